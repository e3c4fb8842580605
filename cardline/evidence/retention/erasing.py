"""Erasing what is over, with a proof that survives it (row F3).

Erased is a thing whose key is destroyed, whose file is removed, or whose row lost what was personal
in it. The journal keeps that it was there, its hash, when it went, and which rule said so.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cardline.core.actor import SYSTEM
from cardline.core.clock import Clock
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.evidence.retention.config import RetentionConfig
from cardline.evidence.retention.finding import Judged, judged
from cardline.evidence.retention.model import EraseRequest
from cardline.evidence.retention.store import erase
from cardline.evidence.retention.store import holds as hold_store
from cardline.evidence.retention.store.kind import Kind
from cardline.evidence.retention.store.kinds import KINDS
from cardline.evidence.sealing import actions as sealing
from cardline.evidence.sealing.keys import file_key, recording_key

ERASED = "retention.erased"
STREAM = "retention"
"""The stream of what is erased row by row; recordings and conversations have their own."""


@dataclass
class Swept:
    """What a sweep came to, or would."""

    erased: Counter[str] = field(default_factory=Counter)
    """Things by kind."""
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Old things that stay, by kind and reason; one may have several."""
    until: dict[str, datetime | None] = field(default_factory=dict)
    """By reason the latest end of what stays; ``None`` where one has no known end."""

    def keep(self, one: Judged) -> None:
        """Count a thing that stays."""
        for reason in one.verdict.refusals:
            self.kept[one.kind.name, reason.code] += 1
            known = self.until.get(reason.code, reason.until)
            self.until[reason.code] = known and reason.until and max(known, reason.until)


async def due(tx: Transaction, *, config: RetentionConfig, now: datetime) -> Swept:
    """Say what a sweep would erase now, and what old things stay, and why; change nothing."""
    told = Swept()
    lying = await hold_store.holds_that_lie(tx)
    for kind in KINDS:
        after: tuple[datetime, str] | None = None
        while True:
            found = await judged(
                tx, kind, config=config, holds=lying, after=after, lock=False, now=now
            )
            for one in found:
                if one.verdict.allowed:
                    told.erased[kind.name] += 1
                else:
                    told.keep(one)
            if len(found) < config.policy.at_once:
                break
            after = (found[-1].row.near, found[-1].row.key)
    return told


async def sweep(
    database: Database,
    *,
    config: RetentionConfig,
    clock: Clock,
    holder: HolderId | None = None,
    pause: float = 0.0,
) -> Swept:
    """Erase all that is over, a little at a time; doing it again changes nothing.

    ``holder``: one who asked; then of this one alone, by what the law needs. ``pause``: seconds
    between two transactions.
    """
    told = Swept()
    for kind in KINDS:
        after: tuple[datetime, str] | None = None
        while True:

            async def batch(
                tx: Transaction,
                kind: Kind = kind,
                place: tuple[datetime, str] | None = after,
            ) -> list[Judged]:
                return await _batch(tx, kind, config=config, after=place, holder=holder, at=clock())

            found = await database.run(batch)
            for one in found:
                if one.verdict.allowed:
                    told.erased[kind.name] += 1
                else:
                    told.keep(one)
            if len(found) < config.policy.at_once:
                break
            after = (found[-1].row.near, found[-1].row.key)
            await asyncio.sleep(pause)
    return told


async def carry_out_requests(
    database: Database, *, config: RetentionConfig, clock: Clock
) -> list[EraseRequest]:
    """Carry out the requests of holders whose time to think again is over."""
    async with database.transaction() as tx:
        asked = await hold_store.requests_due(tx, now=clock(), limit=100)
    for request in asked:
        told = await sweep(database, config=config, clock=clock, holder=request.holder)

        async def finish(
            tx: Transaction, request: EraseRequest = request, told: Swept = told
        ) -> None:
            await _finish(tx, request, told, at=clock())

        await database.run(finish)
    return asked


async def remove_files(
    database: Database, *, config: RetentionConfig, clock: Clock, limit: int = 500
) -> int:
    """Remove files of erased rows, whose keys are gone already; return how many."""
    async with database.statement() as tx:
        found = await erase.left_over_files(tx, limit=limit)
    for _, path in found:
        await asyncio.to_thread(config.shelf.drop, path)

    async def note(tx: Transaction) -> None:
        await erase.files_gone(tx, [one for one, _ in found], at=clock())

    if found:
        await database.run(note)
    return len(found)


async def _batch(
    tx: Transaction,
    kind: Kind,
    *,
    config: RetentionConfig,
    after: tuple[datetime, str] | None,
    holder: HolderId | None,
    at: datetime,
) -> list[Judged]:
    await hold_store.shut_out(tx, setting=False)
    lying = await hold_store.holds_that_lie(tx)
    found = await judged(
        tx, kind, config=config, holds=lying, after=after, holder=holder, lock=True, now=at
    )
    over = [one for one in found if one.verdict.allowed]
    if over:
        await _erase(tx, kind, over, asked=holder is not None, at=at)
    return found


async def _erase(
    tx: Transaction,
    kind: Kind,
    over: Sequence[Judged],
    *,
    asked: bool,
    at: datetime,
) -> None:
    keys = [one.row.key for one in over]
    match kind.name:
        case "recording":
            names = [recording_key(str(one.row.more["path"])) for one in over]
            await sealing.destroy_keys(tx, names, at=at)
            await erase.recordings(tx, keys, at=at)
            hashes = {one.row.key: str(one.row.more["sha256"]) for one in over}
        case "file" | "letter-file" | "complaint-file":
            names = [file_key(str(one.row.more["path"])) for one in over]
            await sealing.destroy_keys(tx, names, at=at)
            await erase.files(tx, keys, at=at)
            hashes = {one.row.key: str(one.row.more["sha256"]) for one in over}
        case "conversation":
            await erase.conversations(tx, keys, at=at)
            hashes = await erase.heads(tx, keys)
        case "complaint":
            await erase.complaints(tx, keys, at=at)
            ends = await erase.heads(tx, [f"complaint:{key}" for key in keys])
            hashes = {key: ends.get(f"complaint:{key}", "") for key in keys}
        case _:
            await erase.rows(tx, kind, keys)
            await _journal_rows(tx, over, asked=asked, at=at)
            return
    for one in over:
        body = _told(one, asked=asked)
        body |= {"id": one.row.key, "sha256": hashes.get(one.row.key, "")}
        stream = one.row.interaction or STREAM
        await journal(
            tx, stream=stream, kind=ERASED, by=SYSTEM, body=body, at=at, verdict=one.verdict
        )


async def _journal_rows(
    tx: Transaction, over: Sequence[Judged], *, asked: bool, at: datetime
) -> None:
    """One entry a batch: how many, and a hash over their ids, which are random.

    A hash over what stood in them would betray it: a telephone number is soon guessed.
    """
    ids = sorted(one.row.key for one in over)
    body = _told(over[0], asked=asked)
    del body["until"]
    body["rule"] = sorted({reason for one in over for reason in _rules(one)})
    body |= {"count": len(ids), "ids_sha256": hashlib.sha256("\n".join(ids).encode()).hexdigest()}
    verdict = over[0].verdict
    await journal(tx, stream=STREAM, kind=ERASED, by=SYSTEM, body=body, at=at, verdict=verdict)


def _told(one: Judged, *, asked: bool) -> JsonObject:
    until = one.keeping.until
    return {
        "what": one.kind.name,
        "rule": _rules(one),
        "until": until.isoformat() if until else None,
        **({"asked": True} if asked else {}),
    }


def _rules(one: Judged) -> list[str]:
    return [f"{reason.code}: {reason.source}" for reason in one.keeping.reasons]


async def _finish(tx: Transaction, request: EraseRequest, told: Swept, *, at: datetime) -> None:
    kept = {code: _day(until) for code, until in told.until.items()}
    erased: Mapping[str, int] = dict(told.erased)
    if not await hold_store.finish_request(tx, request.id, erased=erased, kept=kept, at=at):
        return
    body: JsonObject = {"request": request.id, "erased": dict(erased), "kept": kept}
    await journal(
        tx,
        stream=f"holder:{request.holder}",
        kind="retention.request-done",
        by=SYSTEM,
        body=body,
        at=at,
    )


def _day(until: datetime | None) -> str:
    return until.astimezone(home().zone).date().isoformat() if until else ""
