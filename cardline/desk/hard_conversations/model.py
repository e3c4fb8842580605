"""Types of hard conversations: warnings, plans, what the polite end must know."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.ids import HolderId, InteractionId


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
