"""What a complainant sees of a complaint (row C4)."""

from datetime import datetime

from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import ComplaintId, ForComplainant
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction


async def view_for(
    tx: Transaction,
    reference: ComplaintId,
    *,
    holder: HolderId | None,
    config: ComplaintConfig,
    at: datetime,
) -> ForComplainant:
    """Show a complaint to its complainant. Raises ``NotFound`` where it is another holder's.

    ``holder`` ``None``: whoever asks has shown by other means that it is theirs.
    """
    raise NotImplementedError
