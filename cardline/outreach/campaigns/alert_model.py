"""Types of alerts: a transaction out of the ordinary, and what the holder says of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.core.ids import CardId, HolderId

Answer = Literal["confirmed", "denied"]
Door = Literal["sms", "call", "portal", "agent"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One question to a holder about one transaction."""

    id: str
    holder: HolderId
    card: CardId
    tail: str
    amount: str
    merchant: str
    digest: bytes
    raised_at: datetime
    lapses_at: datetime
    answer: Answer | None = None
    answered_at: datetime | None = None
    door: Door | None = None
    frozen: bool = False
