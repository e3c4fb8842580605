"""Types of cards that are closed (row B7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from cardline.cards.model import CardState
from cardline.core.ids import CardId, HolderId, InteractionId
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject

CardClosureId = NewType("CardClosureId", str)


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
