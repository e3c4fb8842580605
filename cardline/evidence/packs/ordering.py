"""Packs that are asked for on pages: ordered, made by a job, fetched, removed (rows A7, F2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cardline.core.actor import Actor
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.evidence.packs import store
from cardline.evidence.packs.actions import show_holder, take_order
from cardline.evidence.packs.making import Made, Order
from cardline.evidence.packs.model import Asker, PackId, Subject
from cardline.evidence.packs.ordering_model import Asked
from cardline.evidence.policy import EvidencePolicy

LEASE: Final = timedelta(minutes=30)
"""Longer than the largest pack takes."""
AGAIN: Final = timedelta(minutes=1)
TRIES: Final = 3
_DAY = timedelta(days=1)


async def ask_own(
    tx: Transaction,
    subject: Subject,
    *,
    by: Actor,
    reason: str,
    policy: EvidencePolicy,
    at: datetime,
) -> Verdict:
    """Ask for the holder's own pack.

    Reasons against it: ``pack-being-made``, ``too-many-packs``.
    """
    assert subject.holder is not None
    await store.lock_holder(tx, subject.holder)
    known = await store.of_holder(tx, subject.holder, asked_by=str(by))
    source = policy.sources["packs_per_day"]
    reasons = []
    if any(one.state == "asked" for one in known):
        reasons.append(Reason("pack-being-made", source))
    recent = [one for one in known if one.asked_at > at - _DAY and one.state != "failed"]
    if len(recent) >= policy.packs_per_day:
        reasons.append(Reason("too-many-packs", source, recent[-1].asked_at + _DAY))
    if not reasons:
        await ask(tx, subject, by=by, role="holder", reason=reason, at=at)
    return Verdict(policy.version, tuple(reasons))


async def ask(
    tx: Transaction, subject: Subject, *, by: Actor, role: Asker, reason: str, at: datetime
) -> Order:
    """Ask for a pack; a look, journaled. Raises ``Invalid`` without a reason."""
    order = await take_order(tx, subject, by=by, role=role, reason=reason, at=at)
    await store.insert(tx, order, at=at)
    return order


async def own_packs(tx: Transaction, *, holder: HolderId, by: Actor) -> list[Asked]:
    """Return the packs that a holder asked for, newest first."""
    return await store.of_holder(tx, holder, asked_by=str(by))


async def packs_asked_by(tx: Transaction, by: Actor) -> list[Asked]:
    """Return the packs that somebody of the staff asked for, newest first."""
    return await store.asked_by(tx, str(by))


async def one_asked_by(tx: Transaction, pack: str, *, by: Actor) -> Asked:
    """Return a pack that somebody asked for. Raises ``NotFound`` for anybody else's."""
    found = await store.by_id(tx, pack)
    if found is None or found.by != str(by):
        raise NotFound("there is no such pack")
    return found


async def fetch(tx: Transaction, pack: str, *, by: Actor, role: Asker, at: datetime) -> Asked:
    """Let somebody fetch the pack they asked for; a look, journaled. Raises ``NotFound``."""
    found = await one_asked_by(tx, pack, by=by)
    if found.state != "ready" or found.ends_at is None or found.ends_at <= at:
        raise NotFound("this pack is not ready, or its time is over: ask for it again")
    body: JsonObject = {"pack": pack, "holder": found.holder}
    await show_holder(
        tx,
        "pack-file",
        found.id,
        holder=found.holder,
        by=by,
        role=role,
        reason=found.reason,
        at=at,
    )
    stream = f"holder:{found.holder}" if found.holder else "evidence"
    await journal(tx, stream=stream, kind="evidence.pack-fetched", by=by, body=body, at=at)
    return found


async def next_order(tx: Transaction, *, at: datetime) -> Order | None:
    """Take the order that is to be made next."""
    return await store.claim(tx, at=at, leased_until=at + LEASE, tries=TRIES)


async def waits(tx: Transaction, *, at: datetime) -> bool:
    """Return whether an order is to be made."""
    return await store.waits(tx, at=at)


async def finished(
    tx: Transaction,
    pack: PackId,
    made: Made,
    *,
    size: int,
    policy: EvidencePolicy,
    at: datetime,
) -> bool:
    """Write that a pack is ready; false where it was given up meanwhile."""
    return await store.finish(
        tx, pack, at=at, ends_at=at + policy.pack_kept, size=size, missing=len(made.missing)
    )


async def failed(tx: Transaction, pack: PackId, *, at: datetime) -> None:
    """Let a pack that could not be made be tried again in a moment."""
    await store.let_go(tx, pack, until=at + AGAIN)


async def sweep(tx: Transaction, *, at: datetime) -> Sequence[PackId]:
    """Give up what was tried too often, end what was not fetched; return whose files go."""
    return [*await store.give_up(tx, at=at, tries=TRIES), *await store.end(tx, at=at)]
