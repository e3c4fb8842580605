"""Types of the agent's work: policy, wrap-up, promises, tasks, notes, looks, warnings, plans."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from cardline.core.ids import AgentId, HolderId, InteractionId
from cardline.core.verdict import RuleVersion, Verdict
from cardline.desk.staff.model import Role

Field = Literal["name", "phone", "id_tail", "address"]
FIELDS: tuple[Field, ...] = get_args(Field)
Shown = Literal["whole", "masked", "hidden"]
SHOWN: tuple[Shown, ...] = get_args(Shown)
AssuranceLevel = Literal["none", "claimed", "likely", "proven"]
TaskKind = Literal["promise", "callback", "wrap-up", "message", "other"]


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


@dataclass(frozen=True, slots=True)
class Assurance:
    """How sure we are who this is; ``reasons`` are codes of the catalogue, strongest first."""

    level: AssuranceLevel
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One place in the call flow where the caller was, and the key pressed there, if any."""

    at: datetime
    node: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What the agent promised, and by when."""

    what: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class WrapUp:
    """What an agent writes down of a conversation; a draft until ``completed_at``."""

    interaction: InteractionId
    agent: AgentId
    author: str
    version: int
    began_at: datetime
    saved_at: datetime
    matter: str = ""
    outcome: str = ""
    summary: str = ""
    anything_else_asked: bool = False
    read_back_confirmed: bool = False
    promises: tuple[Promise, ...] = ()
    masked: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    holder: HolderId | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody must still do. It lies with an agent, or with the queue of a matter."""

    id: str
    source: str
    kind: TaskKind
    what: str
    interaction: InteractionId | None
    holder: HolderId | None
    agent: AgentId | None
    matter: str | None
    due_at: datetime
    opened_at: datetime
    opened_by: str
    done_at: datetime | None = None
    done_by: str | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the staff wrote down; ``masked`` and ``asks`` name kinds of secrets."""

    id: str
    interaction: InteractionId | None
    holder: HolderId | None
    author: str
    text: str
    masked: tuple[str, ...]
    asks: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a field that is masked for the role (row F4)."""

    id: str
    interaction: InteractionId
    holder: HolderId
    field: Field
    reason: str
    staff: str
    role: Role
    at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a look; ``value`` where it was allowed."""

    verdict: Verdict
    value: str | None = None


@dataclass(frozen=True, slots=True)
class CallerWarning:
    """A warning that was given to a caller (row A8)."""

    id: str
    interaction: InteractionId
    holder: HolderId | None
    number: str
    category: str
    words: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """How everybody speaks with a holder who calls again and again (row A8)."""

    id: str
    holder: HolderId
    text: str
    valid_from: datetime
    valid_to: datetime
    author: str
    written_at: datetime
    reviewer: str | None = None
    reviewed_at: datetime | None = None
    ended_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """True where it is to be followed at a time: reviewed, not ended, within its period."""
        open_ = self.ended_at is None and self.reviewed_at is not None
        return open_ and self.valid_from <= at < self.valid_to


@dataclass(frozen=True, slots=True)
class HardFacts:
    """What the rule of the polite end must know of a conversation."""

    warned_at: datetime | None
    """The first warning of this conversation."""
    freeze_asked: bool
    """As the agent answers: does the caller ask to freeze or report a loss now?"""
    complaint_asked: bool
    freeze_came_at: datetime | None
    """When protection was last asked for: by the urgent queue, by a tried freeze or hold."""
    came_to_complain: bool
    card_settled_at: datetime | None
    """When a card was last frozen, held or released, or the hold refused in writing."""
    complaint_taken: bool
    """The agent's wrap-up says that a complaint was taken down."""
