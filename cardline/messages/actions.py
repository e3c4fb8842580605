"""Short messages that leave: through the gate into the outbox, and on to the gateway."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import structlog

from cardline.cards.model import Language
from cardline.core.actor import SYSTEM
from cardline.core.clock import SHANGHAI, Clock
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.evidence.rules import encode_verdict
from cardline.messages import store
from cardline.messages.catalogue import render
from cardline.messages.model import (
    Dispatched,
    MessageId,
    MessageState,
    Outgoing,
    Queued,
    RejectedByGateway,
    SentSms,
    SmsConfig,
    Values,
)
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, Purpose
from cardline.ports import Sms
from cardline.trust import actions as trust

log = structlog.get_logger()

_AT_ONCE = 8


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
    zone: ZoneInfo = SHANGHAI,
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
    form = config.catalogue.get(template)
    if form is None or purpose not in (None, form.purpose):
        raise Invalid(f"the catalogue has no message {template!r} of that purpose")
    known = await store.lock_key(tx, key=key)
    if known is not None:
        old, state, reasons = known
        return Queued(old, state, _verdict(config, reasons))
    text = render(form, config=config, values=values, language=language, zone=zone, at=at)
    contact = Contact(form.purpose, Channel.SMS, to, holder, solicited)
    verdict = await outreach.pass_gate(tx, contact, key=key, policy=config.policy, at=at, zone=zone)
    later = verdict.not_before if wait else None
    state = MessageState.QUEUED if verdict.allowed or later else MessageState.REFUSED
    message = MessageId(new_id("sms-"))
    sealed = config.seal.close(text.text, message=message) if form.secret else None
    row = store.Row(
        id=message,
        key=key,
        holder=holder,
        to=to,
        purpose=form.purpose,
        template=template,
        language=language,
        zone=zone.key,
        text=text.masked,
        sealed=sealed if state is MessageState.QUEUED else None,
        stream=stream,
        solicited=solicited,
        state=state,
        reasons=_reasons(verdict),
        at=at,
        due_at=later or at,
        lapses_at=lapses_at,
    )
    await store.add(tx, row)
    proof = None
    if state is MessageState.QUEUED:
        proof = await trust.leave_proof(
            tx,
            key=_proof_key(key),
            channel="sms",
            to=to,
            holder=holder,
            purpose=form.purpose,
            shown_number=config.inbound or config.sender[language],
            staff=None,
            at=at,
            text=text.masked,
            solicited=solicited,
            journaled=False,
        )
    body: JsonObject = {"sms": message, "to": mask_phone(to), "holder": holder}
    body |= {"proof": proof.id} if proof else {}
    body |= {"purpose": form.purpose, "template": template}
    kind = "sms.queued" if state is MessageState.QUEUED else "sms.refused"
    await journal(tx, stream=stream, kind=kind, by=SYSTEM, body=body, at=at, verdict=verdict)
    if verdict.allowed:
        await store.wake(tx, message=message)
    return Queued(message, state, verdict)


async def dispatch(
    db: Database, sms: Sms, *, config: SmsConfig, clock: Clock, limit: int = 50
) -> Dispatched:
    """Hand over what is due, once round; returns what was done. Run it by one loop a node.

    At least once: who dies between handing over and writing it down is followed, after the lease,
    by another with the same key, which the gateway takes for the same message. The gate is asked
    again at the moment of sending. A gateway that is away puts messages off, with growing pauses.
    """
    at = clock()
    async with db.transaction() as tx:
        for key in await store.lapse(tx, at=at):
            await trust.take_back(tx, key=_proof_key(key), at=at)
        lease = at + timedelta(seconds=config.lease_seconds)
        claimed = await store.claim(tx, at=at, leased_until=lease, limit=limit)
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(message: Outgoing) -> str:
        async with room:
            return await _send(db, sms, message, config=config, clock=clock)

    ends: list[str] = []
    # Protection goes first: one purpose after the other, in the order of the claim.
    for _, together in groupby(claimed, key=lambda message: message.purpose):
        ends += await asyncio.gather(*(one(message) for message in together))
    counts = {word: ends.count(word) for word in ("sent", "later", "refused", "failed")}
    return Dispatched(**counts)


async def outbox_view(tx: Transaction, *, limit: int = 1000) -> list[JsonObject]:
    """Return the newest messages, oldest first, ready for JSON.

    A text with secrets is masked, save in the embedded outbox, which stands for the telephone:
    there it can be read until the secret has expired.
    """
    return await store.outbox(tx, limit=limit)


async def sent_to(tx: Transaction, *, holder: HolderId, limit: int) -> list[SentSms]:
    """Return the newest messages to a holder, newest first; their secrets are masked."""
    return await store.sent_to(tx, holder=holder, limit=limit)


async def states_of(
    tx: Transaction, messages: Sequence[str]
) -> dict[str, tuple[MessageState, datetime | None]]:
    """Return where messages are, and when the gateway took them; unknown ones are left out."""
    return await store.states_of(tx, messages)


async def _send(
    db: Database, sms: Sms, message: Outgoing, *, config: SmsConfig, clock: Clock
) -> str:
    verdict = await _ask_again(db, message, config=config, at=clock())
    if not verdict.allowed:
        return await _hold_back(db, message, verdict, at=clock())
    text = message.text
    if message.sealed is not None:
        text = config.seal.open(message.sealed, message=message.id)
    try:
        gateway_id = await sms.send(to=message.to, text=text, key=message.key)
    except RejectedByGateway as error:
        return await _give_up(db, message, fault=error.message, at=clock())
    except Exception as error:  # whatever the gateway's fault is, the message waits
        if message.tries >= config.tries:
            return await _give_up(db, message, fault=type(error).__name__, at=clock())
        pause = config.pauses[min(message.tries, len(config.pauses)) - 1]
        log.warning("a short message could not be handed over", sms=message.id, pause_seconds=pause)
        async with db.transaction() as tx:
            due_at = clock() + timedelta(seconds=pause)
            fault = type(error).__name__
            await store.put_off(
                tx, message=message.id, tries=message.tries, due_at=due_at, fault=fault
            )
        return "later"
    await _finish(db, message, MessageState.SENT, at=clock(), gateway_id=gateway_id)
    return "sent"


async def _ask_again(
    db: Database, message: Outgoing, *, config: SmsConfig, at: datetime
) -> Verdict:
    holder = HolderId(message.holder) if message.holder else None
    contact = Contact(message.purpose, Channel.SMS, message.to, holder, message.solicited)
    async with db.transaction() as tx:
        return await outreach.pass_gate(
            tx,
            contact,
            key=message.key,
            policy=config.policy,
            at=at,
            zone=ZoneInfo(message.zone),
        )


async def _hold_back(db: Database, message: Outgoing, verdict: Verdict, *, at: datetime) -> str:
    later = verdict.not_before
    if later is None:
        await _finish(db, message, MessageState.REFUSED, at=at, verdict=verdict)
        return "refused"
    async with db.transaction() as tx:
        await store.put_off(
            tx,
            message=message.id,
            tries=message.tries,
            due_at=later,
            fault=None,
            reasons=_reasons(verdict),
        )
    return "later"


async def _give_up(db: Database, message: Outgoing, *, fault: str, at: datetime) -> str:
    log.error("a short message failed for good", sms=message.id, template=message.template)
    await _finish(db, message, MessageState.FAILED, at=at, fault=fault)
    return "failed"


async def _finish(
    db: Database,
    message: Outgoing,
    state: MessageState,
    *,
    at: datetime,
    gateway_id: str | None = None,
    verdict: Verdict | None = None,
    fault: str | None = None,
) -> None:
    async with db.transaction() as tx:
        ours = await store.finish(
            tx,
            message=message.id,
            state=state,
            tries=message.tries,
            at=at,
            gateway_id=gateway_id,
            reasons=_reasons(verdict) if verdict else (),
            fault=fault,
        )
        if not ours:
            return
        if state is not MessageState.SENT:
            await outreach.cancel_contact(tx, key=message.key, at=at)
            await trust.take_back(tx, key=_proof_key(message.key), at=at)
        body: JsonObject = {"sms": message.id, "template": message.template}
        body |= {"gateway_id": gateway_id} if gateway_id else {}
        body |= {"fault": fault} if fault else {}
        await journal(
            tx,
            stream=message.stream,
            kind=f"sms.{state}",
            by=SYSTEM,
            body=body,
            at=at,
            verdict=verdict,
        )


def _proof_key(key: str) -> str:
    return f"sms/{key}"


def _reasons(verdict: Verdict) -> list[JsonObject]:
    reasons: list[JsonObject] = encode_verdict(verdict)["reasons"]
    return reasons


def _verdict(config: SmsConfig, reasons: list[JsonObject]) -> Verdict:
    return Verdict(
        config.policy.version,
        tuple(
            Reason(
                one["code"],
                one["source"],
                datetime.fromisoformat(one["until"]) if "until" in one else None,
            )
            for one in reasons
        ),
    )
