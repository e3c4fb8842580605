"""Types of looks at what is masked."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.ids import HolderId, InteractionId
from cardline.core.verdict import Verdict
from cardline.desk.model import Field
from cardline.desk.staff.model import Role


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a field that is masked for the role (row F4)."""

    id: str
    interaction: InteractionId
    holder: HolderId
    field: Field
    reason: str
    staff: str
    role: Role
    at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a look; ``value`` where it was allowed."""

    verdict: Verdict
    value: str | None = None
