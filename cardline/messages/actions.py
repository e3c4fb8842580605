"""Short messages that leave: through the gate into the outbox, and on to the gateway."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.clock import Clock
from cardline.core.errors import Invalid
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.messages import outbox, store
from cardline.messages.catalogue import render
from cardline.messages.model import (
    WAKE_CHANNEL,
    Claimed,
    Dispatched,
    MessageId,
    MessageState,
    Queued,
    SentSms,
    SmsConfig,
    Values,
)
from cardline.messages.outcomes import Outcomes
from cardline.outreach.model import Channel, Purpose
from cardline.ports.messages import Sms

WAY = outbox.Way("sms", "sms_outbox", Channel.SMS, WAKE_CHANNEL)


async def send_sms(
    tx: Transaction,
    *,
    config: SmsConfig,
    holder: HolderId | None,
    to: PhoneNumber,
    template: str,
    values: Values,
    language: Language,
    key: str,
    stream: str,
    at: datetime,
    purpose: Purpose | None = None,
    zone: ZoneInfo | None = None,
    solicited: bool = False,
    wait: bool = False,
    lapses_at: datetime | None = None,
) -> Queued:
    """Ask the gate and write the message into the outbox; it leaves after the commit (row D1).

    ``key`` makes a repeat harmless: the same key is one message. ``solicited``: it answers what the
    person asks in this very interaction. ``wait``: where the gate says not before T, it is queued
    for T instead of being refused. From ``lapses_at`` on it is not worth sending. ``purpose`` may
    be left out; another one than the template's raises :class:`Invalid`.
    """
    zone = zone or home().zone
    form = config.catalogue.get(template)
    if form is None or purpose not in (None, form.purpose):
        raise Invalid(f"the catalogue has no message {template!r} of that purpose")
    text = render(form, config=config, values=values, language=language, zone=zone, at=at)

    async def columns(message: MessageId, state: MessageState) -> dict[str, object]:
        waits = form.secret and state is MessageState.QUEUED
        sealed = config.seal.close(text.text, message=message) if waits else None
        return {"phone": to, "text": text.masked, "sealed": sealed}

    draft = outbox.Draft(
        key=key,
        holder=holder,
        purpose=form.purpose,
        template=template,
        language=language,
        zone=zone,
        stream=stream,
        solicited=solicited,
        shown=config.inbound or config.sender[language],
        text=text.masked,
        phone=to,
        wait=wait,
        lapses_at=lapses_at,
    )
    return await outbox.put(tx, WAY, draft, columns, policy=config.policy, at=at)


async def dispatch(
    db: Database,
    sms: Sms,
    *,
    config: SmsConfig,
    clock: Clock,
    outcomes: Outcomes | None = None,
    limit: int = 50,
) -> Dispatched:
    """Hand over the short messages that are due, once round: see :func:`outbox.dispatch`."""

    async def hand_over(message: Claimed) -> str:
        assert message.phone is not None, "a short message has a number"
        text: str = message.row["text"]
        if message.row["sealed"] is not None:
            text = config.seal.open(message.row["sealed"], message=message.id)
        return await sms.send(to=message.phone, text=text, key=message.key)

    handing = outbox.Handing(
        WAY,
        hand_over,
        config.policy,
        config.tries,
        config.pauses,
        config.lease_seconds,
        outcomes=outcomes,
    )
    async with db.transaction() as tx:
        await store.forget_expired(tx, at=clock())
    return await outbox.dispatch(db, handing, clock=clock, limit=limit)


async def outbox_view(tx: Transaction, *, limit: int = 1000) -> list[JsonObject]:
    """Return the newest messages, oldest first, ready for JSON.

    A text with secrets is masked, save in the embedded outbox, which stands for the telephone:
    there it can be read until the secret has expired.
    """
    return await store.outbox(tx, limit=limit)


async def sent_to(tx: Transaction, *, holder: HolderId, limit: int) -> list[SentSms]:
    """Return the newest messages to a holder, newest first; their secrets are masked."""
    return await store.sent_to(tx, holder=holder, limit=limit)
