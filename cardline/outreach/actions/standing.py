"""What stands against contacts for a time: blocks, marks, lists, open complaints."""

from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.masking import mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.outreach.model import Block, BlockKind
from cardline.outreach.store import contacts
from cardline.outreach.store import permissions as store

_OF_COMPLAINTS = (BlockKind.COMPLAINT, BlockKind.CALLS_COMPLAINT)


async def block(
    tx: Transaction,
    *,
    kind: BlockKind,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    source: str,
    stream: str,
    by: Actor,
    at: datetime,
    until: datetime | None = None,
) -> None:
    """Block a number or a holder; ``until`` ends it by itself."""
    if holder is None and phone is None:
        raise Invalid("to block, a holder or a telephone number must be given")
    await contacts.lock(tx, holder=holder, phone=phone)
    one = Block(kind, at, until)
    await store.add_block(tx, one, holder=holder, phone=phone, source=source)
    body: JsonObject = {"block": kind, "source": source} | _who(holder, phone)
    await journal(tx, stream=stream, kind="outreach.blocked", by=by, body=body, at=at)


async def unblock(
    tx: Transaction,
    *,
    kind: BlockKind,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    stream: str,
    by: Actor,
    at: datetime,
) -> bool:
    """End a block; returns false where there was none."""
    await contacts.lock(tx, holder=holder, phone=phone)
    ended = await store.end_blocks(tx, holder=holder, phone=phone, kinds=(kind,), at=at)
    body: JsonObject = {"block": kind, "ended": ended} | _who(holder, phone)
    await journal(tx, stream=stream, kind="outreach.unblocked", by=by, body=body, at=at)
    return ended > 0


async def tighten(
    tx: Transaction,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    complaint: str,
    about_contacts: bool,
    stream: str,
    by: Actor,
    at: datetime,
) -> bool:
    """Let an open complaint stand against contacts, at once, in its own transaction (row C5).

    ``complaint`` is its id; ``about_contacts``: it is about being called or written to, which stops
    more. What each stops stands in the pack. Again is harmless: returns false where it stands.
    Raises :class:`Invalid` where neither holder nor number is given.
    """
    if holder is None and phone is None:
        raise Invalid("a complaint stands for a holder or a telephone number")
    await contacts.lock(tx, holder=holder, phone=phone)
    kind = BlockKind.CALLS_COMPLAINT if about_contacts else BlockKind.COMPLAINT
    if await store.has_open_block(tx, kind=kind, source=complaint):
        return False
    one = Block(kind, at, None)
    await store.add_block(tx, one, holder=holder, phone=phone, source=complaint)
    body: JsonObject = {"complaint": complaint, "block": kind} | _who(holder, phone)
    await journal(tx, stream=stream, kind="outreach.tightened", by=by, body=body, at=at)
    return True


async def loosen(tx: Transaction, *, complaint: str, stream: str, by: Actor, at: datetime) -> bool:
    """End what a complaint stood against, once it is decided; false where nothing did."""
    ended = await store.end_blocks_of(tx, source=complaint, kinds=_OF_COMPLAINTS, at=at)
    if ended:
        body: JsonObject = {"complaint": complaint, "ended": ended}
        await journal(tx, stream=stream, kind="outreach.loosened", by=by, body=body, at=at)
    return ended > 0


async def is_blocked(tx: Transaction, *, holder: HolderId, kind: BlockKind, at: datetime) -> bool:
    """True where the holder is blocked in this way at a time, whatever their number."""
    blocks = await store.blocks(tx, holder=holder, phone=None)
    return any(
        one.kind is kind and one.since <= at and (one.until is None or one.until > at)
        for one in blocks
    )


def _who(holder: HolderId | None, phone: PhoneNumber | None) -> JsonObject:
    return {"holder": holder, "phone": mask_phone(phone) if phone else None}
