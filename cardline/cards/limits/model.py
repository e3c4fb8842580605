"""Types of requests for another credit limit (row B5)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType

from cardline.core.ids import AccountId, HolderId, InteractionId
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject
from cardline.core.verdict import Verdict

LimitRequestId = NewType("LimitRequestId", str)
Term = Literal["permanent", "temporary"]


class LimitOutcome(StrEnum):
    """What the rule says to a request."""

    GRANTED = "granted"
    LOWER = "lower"
    """Less than was asked for, if the holder wants that."""
    REFUSED = "refused"
    REFERRED = "referred"
    """A person decides."""


class LimitState(StrEnum):
    """Where a request is."""

    IN_FORCE = "in-force"
    OFFERED = "offered"
    REFUSED = "refused"
    REFERRED = "referred"
    DECLINED = "declined"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """What the bank knows that counts for a limit; no income, no wealth."""

    present: Fen
    owed: Fen
    opened_on: date
    statements: int
    """How many there are, up to what the rule looks at."""
    highest_use: Fen
    """Highest closing balance over them."""
    late: int
    """Minimum payments missed over the statements that count for it."""
    in_arrears: bool
    """A minimum payment is overdue and not made up for."""
    other_loans: Fen | None
    """``None``: unknown."""
    open_disputes: int = 0
    card_protected: bool = False
    """A card of the account is held or frozen."""
    live_card: bool = True
    """A card of the account is not closed."""
    last_rise_on: date | None = None
    temporary_until: date | None = None
    """Where a temporary limit is in force."""
    request_open: bool = False
    """Another request waits for a person or for the holder."""


@dataclass(frozen=True, slots=True)
class LimitDecision:
    """What the rule says, with every reason.

    ``verdict`` carries all of them; ``allowed`` only where the whole amount is granted.
    """

    outcome: LimitOutcome
    amount: Fen | None
    """Granted or offered; ``None`` where neither."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class LimitRequest:
    """A request as it is stored."""

    id: LimitRequestId
    key: str
    holder_id: HolderId
    account_id: AccountId
    interaction: InteractionId
    term: Term
    present: Fen
    wanted: Fen
    until: date | None
    state: LimitState
    amount: Fen | None
    decision: JsonObject = field(repr=False)
    requested_by: str
    requested_at: datetime
    decided_by: str | None = None
    decided_why: str | None = None
    decided_at: datetime | None = None
    in_force_at: datetime | None = None
    ended_at: datetime | None = None
