"""Taking a complaint in, by whatever door (row C1)."""

from datetime import datetime

from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import Complaint, Intake
from cardline.core.actor import Actor
from cardline.core.transaction import Transaction


async def receive(
    tx: Transaction, intake: Intake, *, config: ComplaintConfig, by: Actor, at: datetime
) -> Complaint:
    """Take a complaint in; the same ``key`` again is the same complaint."""
    raise NotImplementedError
