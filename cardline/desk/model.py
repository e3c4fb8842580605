"""Types that all parts of the desk share: its policy, and the fields of a holder."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from cardline.core.verdict import RuleVersion
from cardline.desk.staff.model import Role

Field = Literal["name", "phone", "id_tail", "address"]


FIELDS: tuple[Field, ...] = get_args(Field)


Shown = Literal["whole", "masked", "hidden"]


SHOWN: tuple[Shown, ...] = get_args(Shown)


@dataclass(frozen=True)
class DeskPolicy:
    """The numbers and tables of the pack's ``desk`` area, read once."""

    version: RuleVersion
    shown: dict[Role, dict[Field, Shown]]
    unmask: dict[Role, frozenset[Field]]
    reason_characters: int
    notes_unbound: frozenset[str]
    """Roles that write on a holder outside any conversation or case."""
    likely_data: int
    contacts_shown: int
    summary_characters: int
    promise_ahead: timedelta
    wrap_up_within: timedelta
    chat_wrap_up: timedelta
    callback_within: timedelta
    warning_before: timedelta
    plan_longest: timedelta
    recovery: timedelta
    sources: dict[str, str]
