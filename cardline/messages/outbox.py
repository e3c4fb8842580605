"""The one way from a transaction to the outside, for every kind of message (row D1).

A message is written with the act that causes it, after the gate has let it pass; a dispatcher on
every node leases what is due, asks the gate again, hands it over and writes down how it ended.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import structlog
from psycopg.types.json import Jsonb

from cardline.cards.model import Language
from cardline.core.actor import SYSTEM
from cardline.core.clock import Clock
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_email, mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.evidence.rules import encode_verdict
from cardline.messages import outbox_store as store
from cardline.messages.model import (
    Claimed,
    Dispatched,
    FateUnknown,
    MessageId,
    MessageState,
    Queued,
    RejectedByGateway,
)
from cardline.messages.outcomes import Fate, MessageOutcome, Outcomes
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, ContactPolicy, Purpose
from cardline.trust import actions as trust
from cardline.trust.model import ProofChannel, StaffShown

log = structlog.get_logger()

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Way:
    """A way out: its table, the word of its ids and journal kinds, and what its end is called."""

    word: ProofChannel
    table: str
    channel: Channel
    wake: str
    done: MessageState = MessageState.SENT


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is about to be written; ``shown`` and ``text`` are what its proof says.

    ``text`` has its secrets masked. ``against``: what stands against it before the gate is asked.
    """

    key: str
    holder: HolderId | None
    purpose: Purpose
    template: str
    language: Language
    zone: ZoneInfo
    stream: str
    solicited: bool
    shown: str
    text: str
    phone: PhoneNumber | None = None
    address: str | None = None
    staff: StaffShown | None = None
    wait: bool = False
    lapses_at: datetime | None = None
    against: tuple[Reason, ...] = ()


Columns = Callable[[MessageId, MessageState], Awaitable[dict[str, object]]]
"""The columns of a message that only its own table has."""


Ended = Callable[[Transaction, Claimed, MessageState, str | None], Awaitable[JsonObject]]
"""What belongs to the end of a message, in its transaction, with the code of the fault; returns
what the journal is to say beside."""
Unseen = Callable[[Transaction, Claimed], Awaitable[None]]
"""What is done about a message that failed for good, where nobody who heard of it sees to it."""


@dataclass(frozen=True, slots=True)
class Handing:
    """What the dispatcher is given about one way: how to hand over, how often, who is told.

    ``hand_over`` returns the other side's id and raises ``RejectedByGateway`` where it never will,
    ``FateUnknown`` where nobody knows whether it was taken.
    ``pauses`` between the tries and ``lease_seconds`` are seconds.
    """

    way: Way
    hand_over: Callable[[Claimed], Awaitable[str]]
    policy: ContactPolicy
    tries: int
    pauses: tuple[float, ...]
    lease_seconds: float
    outcomes: Outcomes | None = None
    ended: Ended | None = None
    unseen: Unseen | None = None


async def put(
    tx: Transaction,
    way: Way,
    draft: Draft,
    columns: Columns,
    *,
    policy: ContactPolicy,
    at: datetime,
) -> Queued:
    """Ask the gate and write a message; it leaves after the commit. The same key is one message."""
    known = await store.lock_key(tx, way.table, key=draft.key)
    if known is not None:
        old, state, reasons = known
        return Queued(old, state, verdict_of(policy, reasons))
    if draft.against:
        verdict = Verdict(policy.version, draft.against)
    else:
        verdict = await outreach.pass_gate(
            tx, _contact(way, draft), key=draft.key, policy=policy, at=at, zone=draft.zone
        )
    later = verdict.not_before if draft.wait else None
    state = MessageState.QUEUED if verdict.allowed or later else MessageState.REFUSED
    message = MessageId(new_id(f"{way.word}-"))
    row: dict[str, object] = {
        "id": message,
        "key": draft.key,
        "holder": draft.holder,
        "purpose": draft.purpose,
        "template": draft.template,
        "language": draft.language,
        "zone": draft.zone.key,
        "stream": draft.stream,
        "solicited": draft.solicited,
        "state": state,
        "reasons": Jsonb(reasons_of(verdict)),
        "at": at,
        "due_at": later or at,
        "lapses_at": draft.lapses_at,
    }
    await store.add(tx, way.table, row | await columns(message, state))
    to = draft.phone or draft.address or ""
    proof = None
    if state is MessageState.QUEUED:
        proof = await trust.leave_proof(
            tx,
            key=proof_key(way, draft.key),
            channel=way.word,
            to=to,
            holder=draft.holder,
            purpose=draft.purpose,
            shown_number=draft.shown,
            staff=draft.staff,
            at=at,
            text=draft.text,
            solicited=draft.solicited,
            journaled=False,
        )
    body: JsonObject = {way.word: message, "to": _masked(draft), "holder": draft.holder}
    body |= {"proof": proof.id} if proof else {}
    body |= {"purpose": draft.purpose, "template": draft.template}
    await journal(
        tx,
        stream=draft.stream,
        kind=f"{way.word}.{state}",
        by=SYSTEM,
        body=body,
        at=at,
        verdict=verdict,
    )
    if verdict.allowed:
        await store.wake(tx, way.wake, message=message)
    return Queued(message, state, verdict)


async def dispatch(
    db: Database, handing: Handing, *, clock: Clock, limit: int = 50, at_once: int = _AT_ONCE
) -> Dispatched:
    """Hand over what is due, once round; returns what was done. Run it by one loop a node.

    At least once: who dies between handing over and writing it down is followed, after the lease,
    by another with the same key, which the other side takes for the same message. The gate is asked
    again at the moment of sending. A gateway that is away puts messages off, with growing pauses.
    """
    at = clock()
    way = handing.way
    async with db.transaction() as tx:
        for late in await store.lapse(tx, way.table, at=at):
            await trust.take_back(tx, key=proof_key(way, late.key), at=at)
            await _tell(tx, handing, late, "lapsed", at=at, facts={})
        lease = at + timedelta(seconds=handing.lease_seconds)
        claimed = await store.claim(tx, way.table, at=at, leased_until=lease, limit=limit)
    room = asyncio.Semaphore(at_once)

    async def one(message: Claimed) -> str:
        async with room:
            return await _send(db, handing, message, clock=clock)

    ends: list[str] = []
    # Protection goes first: one purpose after the other, in the order of the claim.
    for _, together in groupby(claimed, key=lambda message: message.purpose):
        ends += await asyncio.gather(*(one(message) for message in together))
    counts = {word: ends.count(word) for word in _ENDS}
    return Dispatched(**counts)


_ENDS = ("sent", "later", "refused", "failed", "unknown")


def proof_key(way: Way, key: str) -> str:
    """Return the key of the proof that a message of this way leaves."""
    return f"{way.word}/{key}"


def reasons_of(verdict: Verdict) -> list[JsonObject]:
    """Return the reasons of a verdict as they are written into an outbox."""
    reasons: list[JsonObject] = encode_verdict(verdict)["reasons"]
    return reasons


def verdict_of(policy: ContactPolicy, reasons: list[JsonObject]) -> Verdict:
    """Read a verdict out of an outbox again."""
    return Verdict(
        policy.version,
        tuple(
            Reason(
                one["code"],
                one["source"],
                datetime.fromisoformat(one["until"]) if "until" in one else None,
            )
            for one in reasons
        ),
    )


async def _send(db: Database, handing: Handing, message: Claimed, *, clock: Clock) -> str:
    verdict = await _ask_again(db, handing, message, at=clock())
    if not verdict.allowed:
        return await _hold_back(db, handing, message, verdict, at=clock())
    try:
        gateway_id = await handing.hand_over(message)
    except RejectedByGateway as error:
        return await _give_up(
            db, handing, message, fault=error.message, code=error.code, at=clock()
        )
    except FateUnknown as error:
        log.error("nobody knows whether a message was taken", message=message.id)
        await _finish(db, handing, message, MessageState.UNKNOWN, at=clock(), fault=error.message)
        return "unknown"
    except Exception as error:  # whatever the other side's fault is, the message waits
        fault = type(error).__name__
        if message.tries >= handing.tries:
            return await _give_up(db, handing, message, fault=fault, code="away", at=clock())
        pause = handing.pauses[min(message.tries, len(handing.pauses)) - 1]
        log.warning(
            "a message could not be handed over",
            message=message.id,
            fault=fault,
            pause_seconds=pause,
        )
        async with db.transaction() as tx:
            await store.put_off(
                tx,
                handing.way.table,
                message=message.id,
                tries=message.tries,
                due_at=clock() + timedelta(seconds=pause),
                fault=fault,
            )
        return "later"
    await _finish(db, handing, message, handing.way.done, at=clock(), gateway_id=gateway_id)
    return "sent"


async def _ask_again(db: Database, handing: Handing, message: Claimed, *, at: datetime) -> Verdict:
    async with db.transaction() as tx:
        return await outreach.pass_gate(
            tx,
            _contact(handing.way, message),
            key=message.key,
            policy=handing.policy,
            at=at,
            zone=ZoneInfo(message.zone),
        )


async def _hold_back(
    db: Database, handing: Handing, message: Claimed, verdict: Verdict, *, at: datetime
) -> str:
    later = verdict.not_before
    if later is None:
        await _finish(db, handing, message, MessageState.REFUSED, at=at, verdict=verdict)
        return "refused"
    async with db.transaction() as tx:
        await store.put_off(
            tx,
            handing.way.table,
            message=message.id,
            tries=message.tries,
            due_at=later,
            fault=None,
            reasons=reasons_of(verdict),
        )
    return "later"


async def _give_up(
    db: Database, handing: Handing, message: Claimed, *, fault: str, code: str, at: datetime
) -> str:
    log.error("a message failed for good", message=message.id, template=message.template)
    await _finish(db, handing, message, MessageState.FAILED, at=at, fault=fault, code=code)
    return "failed"


async def _finish(
    db: Database,
    handing: Handing,
    message: Claimed,
    state: MessageState,
    *,
    at: datetime,
    gateway_id: str | None = None,
    verdict: Verdict | None = None,
    fault: str | None = None,
    code: str | None = None,
) -> None:
    way = handing.way
    async with db.transaction() as tx:
        ours = await store.finish(
            tx,
            way.table,
            message=message.id,
            state=state,
            tries=message.tries,
            at=at,
            gateway_id=gateway_id,
            reasons=reasons_of(verdict) if verdict else (),
            fault=fault,
        )
        if not ours:
            return
        # What may have arrived keeps its place under the caps, and its proof.
        if state not in (way.done, MessageState.UNKNOWN):
            await outreach.cancel_contact(tx, key=message.key, at=at)
            await trust.take_back(tx, key=proof_key(way, message.key), at=at)
        body: JsonObject = {way.word: message.id, "template": message.template}
        body |= {"gateway_id": gateway_id} if gateway_id else {}
        body |= {"fault": fault} if fault else {}
        if handing.ended is not None:
            body |= await handing.ended(tx, message, state, code)
        await journal(
            tx,
            stream=message.stream,
            kind=f"{way.word}.{state}",
            by=SYSTEM,
            body=body,
            at=at,
            verdict=verdict,
        )
        facts: JsonObject = {"reason": code} if code else {}
        facts |= {"reasons": list(verdict.codes)} if verdict else {}
        seen = await _tell(tx, handing, message, _FATES[state], at=at, facts=facts)
        if state is MessageState.FAILED and not seen and handing.unseen is not None:
            await handing.unseen(tx, message)


_FATES: dict[MessageState, Fate] = {
    MessageState.SENT: "sent",
    MessageState.PRINTED: "printed",
    MessageState.REFUSED: "refused",
    MessageState.FAILED: "failed",
    MessageState.UNKNOWN: "unknown",
}


async def _tell(
    tx: Transaction,
    handing: Handing,
    message: Claimed,
    fate: Fate,
    *,
    at: datetime,
    facts: JsonObject,
) -> bool:
    if handing.outcomes is None:
        return False
    outcome = outcome_of(handing.way, message, fate, at=at, facts=facts)
    return await handing.outcomes.tell(tx, outcome)


def outcome_of(
    way: Way, message: Claimed, fate: Fate, *, at: datetime, facts: JsonObject
) -> MessageOutcome:
    """Return what is told of a message."""
    return MessageOutcome(
        fate=fate,
        channel=way.channel,
        message=message.id,
        key=message.key,
        template=message.template,
        holder=message.holder,
        stream=message.stream,
        at=at,
        facts=facts,
    )


def _contact(way: Way, message: Draft | Claimed) -> Contact:
    return Contact(
        message.purpose,
        way.channel,
        message.phone,
        message.holder,
        message.solicited,
        address=message.address,
    )


def _masked(draft: Draft) -> str:
    if draft.phone:
        return mask_phone(draft.phone)
    return mask_email(draft.address) if draft.address else ""
