"""Consents and withdrawals: explicit, per purpose and channel, effective at once (row D2)."""

from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.masking import mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.outreach.model import Channel, Consent, Purpose, Withdrawal
from cardline.outreach.store import contacts
from cardline.outreach.store import permissions as store


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

    As :func:`withdraw`. ``source`` is the door: ``hotline``, ``call``, ``sms``, ``portal``,
    ``chat``, ``agent``.
    """
    return await withdraw(
        tx,
        purpose=Purpose.MARKETING,
        channel=None,
        holder=holder,
        phone=phone,
        source=source,
        stream=stream,
        by=by,
        at=at,
    )


async def withdraw(
    tx: Transaction,
    *,
    purpose: Purpose,
    channel: Channel | None,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    source: str,
    stream: str,
    by: Actor,
    at: datetime,
) -> bool:
    """Withdraw from a purpose on one channel, or with ``None`` on all (PIPL 15; row D2).

    Works for a number that nobody knows. Returns false where this person had withdrawn already, by
    whatever door: nobody is told a second time. Asking twice is harmless. It is effective with this
    transaction: whoever asks the gate afterwards waits for it. Raises :class:`Invalid` where
    neither holder nor number is given.
    """
    if holder is None and phone is None:
        raise Invalid("to stop marketing, a holder or a telephone number must be given")
    await contacts.lock(tx, holder=holder, phone=phone)
    consents = await store.consents(tx, holder=holder)

    def stands(before: datetime | None) -> bool:
        return before is not None and not any(
            consent.purpose is purpose
            and channel in (None, consent.channel)
            and (consent.until is None or consent.until > at)
            and consent.since >= before
            for consent in consents
        )

    already = stands(
        await store.withdrawn_by(tx, holder=holder, phone=phone, purpose=purpose, channel=channel)
    )
    if not stands(
        await store.withdrawn_as(tx, holder=holder, phone=phone, purpose=purpose, channel=channel)
    ):  # noted for this number too: whoever has it later is left in peace as well
        withdrawal = Withdrawal(purpose, at, source, channel)
        await store.add_withdrawal(tx, withdrawal, holder=holder, phone=phone)
        if holder is not None:
            await store.end_consents(tx, holder=holder, purpose=purpose, channel=channel, at=at)
    body: JsonObject = {"purpose": purpose, "source": source, "already": already}
    body |= {"channel": channel} if channel else {}
    body |= _who(holder, phone)
    await journal(tx, stream=stream, kind="outreach.withdrawn", by=by, body=body, at=at)
    return not already


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
    await contacts.lock(tx, holder=holder, phone=None)
    consent = Consent(purpose, channel, at, None, source)
    await store.add_consent(tx, consent, holder=holder, wording=wording)
    body: JsonObject = {"purpose": purpose, "channel": channel, "source": source}
    body |= {"wording": wording} | _who(holder, None)
    await journal(tx, stream=stream, kind="outreach.consented", by=by, body=body, at=at)


async def consents_in_force(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, purpose: Purpose, at: datetime
) -> list[Consent]:
    """Return the consents for a purpose that hold at a time, one a channel (row D5).

    As the gate sees it: a withdrawal by the holder or from the number ends what is not younger.
    """
    withdrawn = [
        one
        for one in await store.withdrawals(tx, holder=holder, phone=phone)
        if one.purpose is purpose
    ]
    found: dict[Channel, Consent] = {}
    for one in await store.consents(tx, holder=holder):
        holds = one.purpose is purpose and one.since <= at
        holds = holds and (one.until is None or one.until > at)
        if holds and all(
            one.since > then.at for then in withdrawn if then.channel in (None, one.channel)
        ):
            found[one.channel] = one
    return list(found.values())


async def all_permissions(
    tx: Transaction, *, holder: HolderId
) -> tuple[tuple[Consent, ...], tuple[Withdrawal, ...]]:
    """Return every consent and every withdrawal of a holder, ended ones too: for their copy."""
    return (
        await store.consents(tx, holder=holder),
        await store.withdrawals(tx, holder=holder, phone=None),
    )


def _who(holder: HolderId | None, phone: PhoneNumber | None) -> JsonObject:
    return {"holder": holder, "phone": mask_phone(phone) if phone else None}
