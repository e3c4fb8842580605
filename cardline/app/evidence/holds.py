"""What a legal hold may lie on: it is asked of the areas that keep it."""

from cardline.cards.corebank import CoreBank
from cardline.complaints import actions as complaints
from cardline.complaints.model import ComplaintId
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.evidence.retention.config import Known
from cardline.evidence.retention.model import Subject


def known_to(bank: CoreBank) -> Known:
    """Return what tells whether there is such a holder, complaint or interaction."""

    async def known(tx: Transaction, subject: Subject) -> bool:
        what, name = subject
        if what == "holder":
            return await bank.holder(tx, holder_id=HolderId(name)) is not None
        if what == "interaction":
            return await desk.find(tx, name) is not None
        try:
            await complaints.find(tx, ComplaintId(name))
        except NotFound:
            return False
        return True

    return known
