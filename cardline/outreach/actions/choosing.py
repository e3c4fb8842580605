"""The holder in control: kinds, channels, hours, frequency, pause, reject list (row D5)."""

from dataclasses import replace
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.masking import mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.outreach.model import ContactPolicy, Rejected, Wishes
from cardline.outreach.rules.wishing import may_wish
from cardline.outreach.store import contacts
from cardline.outreach.store import wishes as store


async def wishes_of(tx: Transaction, *, holder: HolderId) -> Wishes:
    """Return what a holder has set, with the campaigns on the reject list."""
    return await store.wishes(tx, holder=holder)


async def rejected_by(tx: Transaction, *, holder: HolderId) -> list[Rejected]:
    """Return the reject list of a holder, newest first."""
    return await store.rejected(tx, holder=holder)


async def set_wishes(
    tx: Transaction,
    wished: Wishes,
    *,
    holder: HolderId,
    policy: ContactPolicy,
    stream: str,
    by: Actor,
    at: datetime,
) -> Verdict:
    """Keep what a holder wants, at once; the gate obeys from the next verdict on.

    The reject list stands apart: :func:`reject`. What was set so already is not journaled again.
    """
    verdict = may_wish(wished, policy)
    if not verdict.allowed:
        return verdict
    await contacts.lock(tx, holder=holder, phone=None)
    before = await store.wishes(tx, holder=holder)
    if replace(before, campaigns_off=frozenset()) == replace(wished, campaigns_off=frozenset()):
        return verdict
    await store.put_wishes(tx, wished, holder=holder, at=at)
    body: JsonObject = {
        "holder": holder,
        "kinds_off": sorted(wished.kinds_off),
        "channels_off": sorted(wished.channels_off),
        "opens": wished.opens.isoformat() if wished.opens else None,
        "closes": wished.closes.isoformat() if wished.closes else None,
        "days_off": sorted(wished.days_off),
        "most_week": wished.most_week,
        "most_month": wished.most_month,
        "paused_until": wished.paused_until.isoformat() if wished.paused_until else None,
    }
    await journal(tx, stream=stream, kind="outreach.wished", by=by, body=body, at=at)
    return verdict


async def reject(
    tx: Transaction,
    *,
    holder: HolderId,
    stream: str,
    by: Actor,
    at: datetime,
    campaign: str | None = None,
    phone: PhoneNumber | None = None,
) -> bool:
    """Put a campaign or a number on the reject list; false where it stands there."""
    _one(campaign, phone)
    await contacts.lock(tx, holder=holder, phone=None)
    new = await store.reject(tx, holder=holder, campaign=campaign, phone=phone, at=at)
    if new:
        body = _body(holder, campaign, phone)
        await journal(tx, stream=stream, kind="outreach.rejected", by=by, body=body, at=at)
    return new


async def unreject(
    tx: Transaction,
    *,
    holder: HolderId,
    stream: str,
    by: Actor,
    at: datetime,
    campaign: str | None = None,
    phone: PhoneNumber | None = None,
) -> bool:
    """Take a campaign or a number off the reject list; false where it is not there."""
    _one(campaign, phone)
    await contacts.lock(tx, holder=holder, phone=None)
    found = await store.unreject(tx, holder=holder, campaign=campaign, phone=phone, at=at)
    if found:
        body = _body(holder, campaign, phone)
        await journal(tx, stream=stream, kind="outreach.unrejected", by=by, body=body, at=at)
    return found


def _one(campaign: str | None, phone: PhoneNumber | None) -> None:
    if (campaign is None) == (phone is None):
        raise Invalid("the reject list takes a campaign or a number, one at a time")


def _body(holder: HolderId, campaign: str | None, phone: PhoneNumber | None) -> JsonObject:
    return {
        "holder": holder,
        "campaign": campaign,
        "phone": mask_phone(phone) if phone else None,
    }
