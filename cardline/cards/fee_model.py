"""Types of annual fees that are given back, and of cards that are closed (row B7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from cardline.cards.model import CardState, PostingId
from cardline.core.ids import AccountId, CardId, HolderId, InteractionId
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject
from cardline.core.verdict import Verdict

FeeReversalId = NewType("FeeReversalId", str)
CardClosureId = NewType("CardClosureId", str)
Ground = Literal["waived-by-use", "never-activated", "goodwill"]


class FeeReversalState(StrEnum):
    """``AWAITING`` a second pair of eyes."""

    AWAITING = "awaiting"
    REVERSED = "reversed"
    TURNED_DOWN = "turned-down"


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """What counts for giving an annual fee back."""

    amount: Fen
    charged_at: datetime
    is_annual_fee: bool
    reversed_already: bool
    """Given back, or waiting for a lead."""
    waived: bool
    """The card was used often enough in the year of the fee: it should not have been charged."""
    activated: bool
    last_goodwill_at: datetime | None
    in_arrears: bool


@dataclass(frozen=True, slots=True)
class FeeDecision:
    """What the rule says: on what ground, and whether a lead must agree."""

    verdict: Verdict
    ground: Ground | None
    needs_lead: bool = False


@dataclass(frozen=True, slots=True)
class FeeReversal:
    """A reversal as it is stored."""

    id: FeeReversalId
    holder_id: HolderId
    account_id: AccountId
    card_id: CardId
    posting_id: PostingId
    amount: Fen
    ground: Ground
    interaction: InteractionId
    state: FeeReversalState
    requested_by: str
    requested_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str | None = None
    reversal_id: PostingId | None = None


class ClosureState(StrEnum):
    """``COOLING`` can be withdrawn; ``STOPPED``: something was owed when it was to close."""

    COOLING = "cooling"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ClosureFacts:
    """What must be settled before a card is closed."""

    state: CardState
    last_card: bool
    """It is the last card of its account that is not closed."""
    owed: Fen
    unposted: Fen
    interest_to_come: bool
    """Interest runs that the next statement will charge."""
    instalments: bool
    """The last statement carried an instalment."""
    points: int
    open_cases: int
    closing_already: bool = False


@dataclass(frozen=True, slots=True)
class CardClosure:
    """The closing of a card as it is stored."""

    id: CardClosureId
    holder_id: HolderId
    card_id: CardId
    interaction: InteractionId
    state: ClosureState
    requested_by: str
    requested_at: datetime
    closes_at: datetime
    ended_at: datetime | None = None
    reasons: tuple[JsonObject, ...] = ()
