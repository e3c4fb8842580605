"""Types of annual fees that are given back (row B7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from cardline.cards.model import PostingId
from cardline.core.ids import AccountId, CardId, HolderId, InteractionId
from cardline.core.money import Fen
from cardline.core.verdict import Verdict

FeeReversalId = NewType("FeeReversalId", str)
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
