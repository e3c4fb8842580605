"""Types of clocks: what is due, by when, under which law, and how that was reckoned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from cardline.complaints.model import Door, Grade, Mark, PauseGround
from cardline.core.money import Fen
from cardline.core.roles import Role
from cardline.core.verdict import RuleVersion


class Task(StrEnum):
    """What is due."""

    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    """Accept, or refuse with the reason."""
    ANSWER = "answer"
    """Decide and tell the complainant."""
    SUMMARY = "summary"
    """Until then a short answer suffices (UK)."""
    TELL_REGULATOR = "tell-regulator"
    TELL_PBC = "tell-pbc"
    ASK_REEXAMINATION = "ask-reexamination"
    """Until then the complainant may ask."""
    REEXAMINE = "reexamine"
    CREDIT_RECORD = "credit-record"


Unit = Literal["days", "working-days", "weeks", "cycles"]
Zones = Literal["bank", "holder"]
Whose = Literal["bank", "complainant", "choice"]
"""Who must have acted by then: the bank; the complainant, whose right ends; or it is a choice."""

Value = str | int | date | datetime
Fact = tuple[str, Value]


@dataclass(frozen=True)
class ClockRule:
    """One clock of a pack."""

    key: str
    task: Task
    begins: Mark
    length: int
    unit: Unit
    source_zh: str
    source_en: str
    """The article, as it is said to people."""
    kind: Literal["T", "S", "P", "C"]
    doors: frozenset[Door] = frozenset()
    """Only for what came by one of these doors; empty: by any."""
    subjects: frozenset[str] = frozenset()
    except_subjects: frozenset[str] = frozenset()
    grade: Grade | None = None
    """One step of a ladder: it counts while the complaint has this grade."""
    met_by: tuple[Mark, ...] = ()
    stops: frozenset[PauseGround] = frozenset()
    restarts: bool = False
    at_most_days: int | None = None
    """Never later than so many calendar days, whatever the unit gives."""
    whose: Whose = "bank"
    anew: Mark | None = None
    """Where this has happened too, it is counted from there."""


@dataclass(frozen=True)
class GradeRule:
    """What another grade needs before it counts."""

    grade: Grade
    grounds: frozenset[str]
    approvers: frozenset[Role]
    """Empty: nobody has to approve."""
    notice: bool
    source: str


@dataclass(frozen=True)
class ComplaintPolicy:
    """The numbers and tables of a pack's ``complaints`` area, read once."""

    version: RuleVersion
    zone: ZoneInfo
    """The bank's."""
    zones: tuple[Zones, ...]
    """Whose days count; where they differ, the earlier end."""
    clocks: tuple[ClockRule, ...]
    grades: tuple[GradeRule, ...]
    """The first is where every complaint begins; each later one is longer."""
    currency: str
    """What compensation is paid in (ISO 4217)."""
    cycle_least: int
    """Days of the shortest statement period, for accounts whose days are not known."""
    subjects: frozenset[str]
    refusals: frozenset[str]
    notice_proofs: Mapping[str, str]
    """By channel that counts as notice: what proves it."""
    registered: frozenset[str]
    """What goes by registered post, where it goes by letter: words of ``NoticeAbout``."""
    sent_counts: frozenset[str]
    """Channels of which the sending is the proof: the time is kept, though it came back."""
    answer_contents: tuple[str, ...]
    representatives: int
    major_people: int
    compensation_alone: Fen
    compensation_most: Fen
    second_roles: frozenset[Role]
    handler_roles: frozenset[Role]
    reexaminer_roles: frozenset[Role]
    warn: timedelta
    """Before the due time; never before half of the time is over."""
    again: timedelta
    """Between two escalations of the same overdue thing."""
    department_days: int
    follow_up_days: int
    effect_weeks: int
    code_waits: timedelta
    """How long a text with a code may be late."""
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation: a code of the catalogue and what stands in its sentence."""

    code: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """Something due. In time means before ``due_at``, which is the end of ``last_day``."""

    key: str
    task: Task
    whose: Whose
    due_at: datetime
    last_day: date
    begins_at: datetime
    source_zh: str
    source_en: str
    steps: tuple[Step, ...]
    zone: ZoneInfo
    """Whose days were counted."""
    stopped: bool = False
    """It stands still: ``due_at`` is the earliest that is still possible."""
    met_at: datetime | None = None
    known: bool = True
    """False where the calendar ends before: then it may be a little early, never late."""

    def missed(self, now: datetime) -> bool:
        """True where it was not done in time, or can no longer be."""
        return (self.met_at or now) >= self.due_at and not (self.stopped and self.met_at is None)
