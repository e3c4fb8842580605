"""Types of the doors of complaints: what somebody wrote, and how a stranger finds it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cardline.complaints.model import OPEN_STATES, Language
from cardline.complaints.telling_model import ForComplainant
from cardline.core.verdict import RuleVersion

As = Literal["self", "proxy", "joint", "anonymous"]
"""As whom somebody complains on the public form."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way on outside the bank, or above whoever decided (row C6); ``line``: what to dial."""

    name: str
    line: str


@dataclass(frozen=True)
class DoorPolicy:
    """The numbers of the doors; read-only and shared."""

    version: RuleVersion
    statement_characters: int
    name_characters: int
    lookup_tries: int
    lookup_within: timedelta
    mails_per_day: int
    """Complaints of one sender by e-mail in 24 hours; what more comes is added to the last."""
    texts_per_day: int
    """Acknowledgements to one number that nobody has proven."""
    codes_per_day: int
    """New codes that a page sends for one complaint."""
    ways: tuple[Way, ...]
    facts: Mapping[str, str]
    """What stands in the texts of the ways."""
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote in a form, as it was typed.

    ``key`` came with the form: sent twice, it is one complaint. Names and ways are asked only of
    whom the bank does not know.
    """

    key: str
    statement: str
    demand: str = ""
    about_contacts: bool = False
    staff: str = ""
    """Who is complained of: staff numbers or names, as far as known."""
    phone: str = ""
    email: str = ""
    address: str = ""
    who: As = "self"
    name: str = ""
    identity_tail: str = ""
    speaker: str = ""
    """Who speaks for the complainant; of a joint complaint the representatives, one a line."""
    heir: bool = False
    until: str = ""
    """The last day of the authority, as it was typed."""
    people: str = ""
    """How many complain together, as it was typed."""
    language: Language = "zh"
    known: bool = False
    """A holder who is logged in: the bank has name and ways, and does not ask for them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One part of what went to and fro; ``files``: how many came with it."""

    by: Literal["complainant", "bank"]
    at: datetime
    text: str
    demand: str = ""
    files: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A complaint as its complainant sees it."""

    view: ForComplainant
    lines: tuple[Line, ...]
    lacks: tuple[str, ...] = ()
    """What whoever speaks for the complainant has not shown yet, as codes of reasons."""
    spoken_for: bool = False
    """Whoever has the code speaks for somebody else."""

    @property
    def open(self) -> bool:
        """True while the bank still owes something."""
        return self.view.state in OPEN_STATES

    @property
    def may_judge(self) -> bool:
        """True where the complainant is asked whether the answer was good (row C4)."""
        return self.view.satisfied is None and self.view.answer is not None
