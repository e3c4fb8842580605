"""Types of packs that were asked for on pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.core.ids import HolderId
from cardline.evidence.packs.model import PackId

PackState = Literal["asked", "ready", "failed", "gone"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A pack that somebody asked for, and how far it is. ``complaint``: what it is about; empty
    for anything else. ``contacts``: how many conversations it is about alone; 0: all there are.
    """

    id: PackId
    holder: HolderId | None
    by: str
    reason: str
    asked_at: datetime
    state: PackState
    made_at: datetime | None
    ends_at: datetime | None
    bytes: int | None
    missing: int | None
    complaint: str
    contacts: int
