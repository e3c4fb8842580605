"""Looks at complaints by the staff, written down where the complainant finds them (row F4)."""

from datetime import datetime

from cardline.complaints.actions.stepping import stream_of
from cardline.complaints.model import Complaint
from cardline.core.transaction import Transaction
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.actions import record_stay
from cardline.evidence.looks.model import ListenPolicy, Row, What


def row_of(case: Complaint) -> Row:
    """Say whose data a line about a complaint shows; of nobody known, in the complaint itself."""
    holder = case.complainant.holder_id
    return Row(holder, None if holder else stream_of(case.id))


async def looked(
    tx: Transaction,
    case: Complaint,
    staff: Staff,
    policy: ListenPolicy,
    at: datetime,
    *,
    what: What = "complaint",
    subject: str | None = None,
) -> None:
    """Write down a look at a complaint, once for a stay; ``subject``: what of it, else its id."""
    row = row_of(case)
    await record_stay(
        tx,
        who=staff.actor,
        role=staff.role,
        what=what,
        holder=row.holder,
        at=at,
        policy=policy,
        within=row.within,
        subject=case.id if subject is None else subject,
    )
