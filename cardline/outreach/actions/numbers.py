"""How well a number is known to be a holder's: numbers are given out again to others."""

from datetime import datetime

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.outreach.store import wishes as store


async def know_number(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, at: datetime
) -> None:
    """Write that a holder has a number since now; whoever changed it has proven it."""
    await store.know_number(tx, holder=holder, phone=phone, at=at)


async def confirm_number(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, at: datetime
) -> None:
    """Write that a holder has just proven to have a number; the journal has the proof itself."""
    await store.confirm_number(tx, holder=holder, phone=phone, at=at)


async def scrub_number(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, at: datetime
) -> None:
    """Write that a number was held against the public lists and is on none of them."""
    await store.scrub_number(tx, holder=holder, phone=phone, at=at)
