"""Types of what the bank decides and does about a complaint (rows C3 and C5)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cardline.core.ids import AccountId
from cardline.core.money import Fen


class RemedyKind(StrEnum):
    """What the bank does about it (row C3)."""

    APOLOGY = "apology"
    COMPENSATION = "compensation"
    CORRECTION = "correction"
    SETTING = "setting-changed"
    STAFF_MEASURE = "staff-measure"


class Outcome(StrEnum):
    """What was decided."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly-upheld"
    NOT_UPHELD = "not-upheld"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A remedy that was decided. ``amount`` goes with compensation, and only with it."""

    kind: RemedyKind
    detail: str = ""
    amount: Fen | None = None
    account_id: AccountId | None = None
    id: str = ""
    done_at: datetime | None = None
    posting: str | None = None
    """The posting at the card system, once it is paid."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides. ``basis`` names law, contract or rule; all three texts are needed."""

    outcome: Outcome
    findings: str
    basis: str
    reasons: str
    remedies: tuple[Remedy, ...] = ()
    bank_erred: bool | None = None
    """Of a credit record it must be said."""

    @property
    def compensation(self) -> Fen:
        """All that is paid."""
        return Fen(sum(remedy.amount or 0 for remedy in self.remedies))


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it is stored."""

    round: int
    decision: Decision
    by: str
    at: datetime
    needs_second: bool
    approved_by: str | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DepartmentTask:
    """What a department must find out or do."""

    id: str
    department: str
    what: str
    due_at: datetime
    opened_by: str
    opened_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class Corrective:
    """What is done so that a cause goes away, by whom and by when (row C5)."""

    id: str
    cause: str
    what: str
    owner: str
    due_on: date
    opened_by: str
    opened_at: datetime
    done_on: date | None = None
    result: str = ""
