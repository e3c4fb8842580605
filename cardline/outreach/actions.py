"""Consents, withdrawals, blocks, and the one gate through which every outward contact goes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cardline.core.actor import Actor
from cardline.core.clock import SHANGHAI
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.masking import mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.outreach import store
from cardline.outreach.model import (
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    ContactPolicy,
    Purpose,
    Recipient,
    Withdrawal,
)
from cardline.outreach.rules import may_contact

_CAPPED_WITHIN = timedelta(days=32)
_PROTECTING = Purpose.SECURITY


async def pass_gate(
    tx: Transaction,
    contact: Contact,
    *,
    key: str,
    policy: ContactPolicy,
    at: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> Verdict:
    """Judge a contact and, where it may be, take its place under the caps (row D1).

    Two transactions never both take the last place. The caller journals the verdict with the
    contact. Called again with the same ``key`` (at the moment of sending) it does not count the
    contact against itself, and gives the place back where the contact may no longer be.
    """
    limited = contact.purpose is not _PROTECTING and not contact.solicited
    if limited:
        await store.lock(tx, holder=contact.holder, phone=contact.to)
    recipient = await recipient_of(tx, contact, key=key, at=at, zone=zone)
    verdict = may_contact(contact, recipient, policy, now=at)
    if verdict.allowed:
        await store.add_contact(tx, contact, key=key, at=at)
    else:
        await store.cancel_contact(tx, key=key, at=at)
    return verdict


async def recipient_of(
    tx: Transaction, contact: Contact, *, key: str, at: datetime, zone: ZoneInfo
) -> Recipient:
    """Read what the gate must know of whom the contact is for."""
    holder, phone = contact.holder, contact.to
    return Recipient(
        known=holder is not None,
        zone=zone,
        consents=await store.consents(tx, holder=holder),
        withdrawals=await store.withdrawals(tx, holder=holder, phone=phone),
        blocks=await store.blocks(tx, holder=holder, phone=phone),
        past=await store.past(
            tx, holder=holder, phone=phone, since=at - _CAPPED_WITHIN, without=key
        ),
    )


async def cancel_contact(tx: Transaction, *, key: str, at: datetime) -> None:
    """Give back the place of a contact that could not be made after all."""
    await store.cancel_contact(tx, key=key, at=at)


async def stop_marketing(
    tx: Transaction,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    source: str,
    stream: str,
    by: Actor,
    at: datetime,
) -> bool:
    """Withdraw from marketing on all channels, at once (PIPL 15, CPLR 24; row D2).

    Works for a number that nobody knows. Returns false where it was withdrawn already; asking
    twice is harmless. ``source`` is the door: ``hotline``, ``sms``, ``agent``. Raises
    :class:`Invalid` where neither holder nor number is given.
    """
    if holder is None and phone is None:
        raise Invalid("to stop marketing, a holder or a telephone number must be given")
    await store.lock(tx, holder=holder, phone=phone)
    consents = await store.consents(tx, holder=holder)
    before = await store.withdrawn_as(tx, holder=holder, phone=phone, purpose=Purpose.MARKETING)
    again = before is not None and not any(
        consent.purpose is Purpose.MARKETING
        and (consent.until is None or consent.until > at)
        and consent.since >= before
        for consent in consents
    )
    if not again:
        withdrawal = Withdrawal(Purpose.MARKETING, at, source)
        await store.add_withdrawal(tx, withdrawal, holder=holder, phone=phone)
        if holder is not None:
            await store.end_consents(tx, holder=holder, purpose=Purpose.MARKETING, at=at)
    body: JsonObject = {"purpose": "marketing", "source": source, "already": again}
    body |= _who(holder, phone)
    await journal(tx, stream=stream, kind="outreach.withdrawn", by=by, body=body, at=at)
    return not again


async def give_consent(
    tx: Transaction,
    *,
    holder: HolderId,
    purpose: Purpose,
    channel: Channel,
    source: str,
    wording: str,
    stream: str,
    by: Actor,
    at: datetime,
) -> None:
    """Write an explicit consent for one purpose and channel (PIPL 14; row D2)."""
    await store.lock(tx, holder=holder, phone=None)
    consent = Consent(purpose, channel, at, None, source)
    await store.add_consent(tx, consent, holder=holder, wording=wording)
    body: JsonObject = {"purpose": purpose, "channel": channel, "source": source}
    body |= {"wording": wording} | _who(holder, None)
    await journal(tx, stream=stream, kind="outreach.consented", by=by, body=body, at=at)


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
    await store.lock(tx, holder=holder, phone=phone)
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
    await store.lock(tx, holder=holder, phone=phone)
    ended = await store.end_blocks(tx, holder=holder, phone=phone, kinds=(kind,), at=at)
    body: JsonObject = {"block": kind, "ended": ended} | _who(holder, phone)
    await journal(tx, stream=stream, kind="outreach.unblocked", by=by, body=body, at=at)
    return ended > 0


async def consents_in_force(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, purpose: Purpose, at: datetime
) -> list[Consent]:
    """Return the consents for a purpose that hold at a time, one a channel (row D5).

    As the gate sees it: a withdrawal by the holder or from the number ends what is not younger.
    """
    withdrawn = [
        one.at
        for one in await store.withdrawals(tx, holder=holder, phone=phone)
        if one.purpose is purpose
    ]
    found: dict[Channel, Consent] = {}
    for one in await store.consents(tx, holder=holder):
        holds = one.purpose is purpose and one.since <= at
        holds = holds and (one.until is None or one.until > at)
        if holds and all(one.since > then for then in withdrawn):
            found[one.channel] = one
    return list(found.values())


async def is_blocked(tx: Transaction, *, holder: HolderId, kind: BlockKind, at: datetime) -> bool:
    """True where the holder is blocked in this way at a time, whatever their number."""
    blocks = await store.blocks(tx, holder=holder, phone=None)
    return any(
        one.kind is kind and one.since <= at and (one.until is None or one.until > at)
        for one in blocks
    )


def _who(holder: HolderId | None, phone: PhoneNumber | None) -> JsonObject:
    return {"holder": holder, "phone": mask_phone(phone) if phone else None}
