"""Types of changes of a holder's data: asked for, confirmed by a second side, cooled (row B4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from cardline.cards.model import ContactField
from cardline.core.ids import HolderId, InteractionId

ContactChangeId = NewType("ContactChangeId", str)
Side = Literal["old_phone", "branch"]
"""What confirms a change: a code to the number registered until then, or a branch that saw the
identity document."""


class ContactChangeState(StrEnum):
    """``COOLING``: in force and can be undone; the last three are ends."""

    REQUESTED = "requested"
    COOLING = "cooling"
    FINAL = "final"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A change as it is stored."""

    id: ContactChangeId
    key: str
    holder_id: HolderId
    field: ContactField
    was: str | None
    wanted: str
    interaction: InteractionId
    state: ContactChangeState
    requested_by: str
    requested_at: datetime
    lapses_at: datetime
    side: Side | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    branch: str | None = None
    cooling_until: datetime | None = None
    phone_changed_before: datetime | None = None
    data_changed_before: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the rule must know of a holder whose data shall change."""

    present: str | None
    """The value now."""
    running: bool = False
    """A change of the same field waits or cools."""
    taken: bool = False
    """The wanted telephone number is registered with somebody else."""
    card_protected: bool = False
    """A card is held or frozen: then somebody may be at work who should not."""
