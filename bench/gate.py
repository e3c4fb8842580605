"""What the contact gate costs, and whether it holds when workers race. Prints JSON.

    python -m bench.gate [--verdicts 300000] [--asks 3000] [--attempts 20000] [--workers 8]
                         [--seconds 3600]

``rule``: ``may_contact`` with all reasons on people of every kind, in CPU time of one core, which
neighbours on the machine do not disturb; ``with_inputs``: and the facts written down and hashed.
``gate``: ``pass_gate`` on the embedded PostgreSQL, one after another: lock, look, verdict, place,
journal, commit. ``race``: that many processes ask for the same few holders over 30 days, purposes,
channels and numbers mixed; afterwards every window of every cap is counted by other means than the
rule's. ``--attempts 1000000`` takes about 25 minutes of two cores, and about 2 GB of disk; with
``--seconds`` the workers stop after so long, and what they reached is counted all the same.
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import random
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.postgres.migrate import migrate
from cardline.app.loop import run
from cardline.core.actor import SYSTEM
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.outreach import actions as outreach
from cardline.outreach.model import (
    NO_WISHES,
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    Outcome,
    Past,
    Purpose,
    Recipient,
    Wishes,
)
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.facts import facts_of, fingerprint

GOAL_PER_SECOND = 50_000
POLICY = contact_policy(load_area("outreach"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2026, 10, 12, 9, 0, tzinfo=SHANGHAI)
ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Asia/Urumqi", "Europe/London")]
RACED = (Purpose.MARKETING, Purpose.SURVEY, Purpose.SERVICE, Purpose.REMINDER)
WAYS = (Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.APP)
DAYS = 30

Case = tuple[Contact, Recipient, datetime]


def _cases(count: int) -> list[Case]:
    """People about whom much is known, asked about at any hour of a month."""
    chance = random.Random(1)
    return [_case(chance) for _ in range(count)]


def _case(chance: random.Random) -> Case:
    now = BEGAN.astimezone(UTC) + timedelta(minutes=chance.randrange(DAYS * 1440))

    def ago(most: int) -> datetime:
        return now - timedelta(minutes=chance.randrange(1, most))

    past = [
        Past(
            chance.choice(list(Purpose)),
            ago(30 * 1440),
            chance.choice(list(Channel)),
            chance.choice((None, *Outcome)),
            chance.random() < 0.7,
        )
        for _ in range(chance.randrange(8))
    ]
    consents = [
        Consent(Purpose.MARKETING, channel, ago(400 * 1440), None, "app")
        for channel in chance.sample(WAYS, chance.randrange(4))
    ]
    blocks = [Block(chance.choice(list(BlockKind)), ago(9999), None)]
    wishes = Wishes(days_off=frozenset({chance.randrange(1, 8)}), most_week=3)
    recipient = Recipient(
        known=chance.random() < 0.95,
        zone=chance.choice(ZONES),
        consents=tuple(consents),
        blocks=tuple(blocks) if chance.random() < 0.1 else (),
        past=tuple(past),
        wishes=wishes if chance.random() < 0.2 else NO_WISHES,
    )
    contact = Contact(
        chance.choice(list(Purpose)),
        chance.choice(list(Channel)),
        PhoneNumber("+8615400000001"),
        HolderId("h1"),
    )
    return contact, recipient, now


def _verdicts(count: int) -> dict[str, Any]:
    cases = _cases(min(count, 20_000))
    answers: Counter[str] = Counter()
    reasons = 0
    began = time.process_time()
    for number in range(count):
        contact, recipient, now = cases[number % len(cases)]
        may_contact(contact, recipient, POLICY, now=now)
    spent = time.process_time() - began
    for contact, recipient, now in cases:
        verdict = may_contact(contact, recipient, POLICY, now=now)
        reasons += len(verdict.refusals)
        answers["yes" if verdict.allowed else "later" if verdict.not_before else "no"] += 1
    began = time.process_time()
    for contact, recipient, now in cases:
        may_contact(contact, recipient, POLICY, now=now)
        fingerprint(facts_of(contact, recipient, now=now))
    hashed = time.process_time() - began
    return {
        "verdicts": count,
        "per_second": round(count / spent),
        "microseconds": round(spent / count * 1e6, 2),
        "with_inputs_per_second": round(len(cases) / hashed),
        "reasons_each": round(reasons / len(cases), 2),
        "answers": dict(answers),
        "goal_per_second": GOAL_PER_SECOND,
        "ratio": round(count / spent / GOAL_PER_SECOND, 3),
    }


async def _consent(database: Database, holders: list[HolderId]) -> None:
    for holder in holders:
        async with database.transaction() as tx:
            for purpose in (Purpose.MARKETING, Purpose.SURVEY):
                for channel in WAYS:
                    await outreach.give_consent(
                        tx,
                        holder=holder,
                        purpose=purpose,
                        channel=channel,
                        source="bench",
                        wording="bench",
                        stream=f"holder:{holder}",
                        by=SYSTEM,
                        at=BEGAN - timedelta(days=60),
                    )


async def _gate(url: str, asks: int) -> dict[str, float]:
    """Wall time of one ask after another, for as many holders as asks are few."""
    chance = random.Random(3)
    holders = [HolderId(f"g{number}") for number in range(max(1, asks // 20))]
    times = []
    async with Database(url, connections=1) as database:
        await _consent(database, holders)
        for number in range(asks):
            which = chance.randrange(len(holders))
            contact = Contact(
                chance.choice(RACED),
                chance.choice(WAYS),
                PhoneNumber(f"+86155{which:08}"),
                holders[which],
            )
            at = BEGAN + timedelta(days=DAYS) * (number / asks)
            began = time.perf_counter()
            async with database.transaction() as tx:
                await outreach.pass_gate(tx, contact, key=f"g{number}", policy=POLICY, at=at)
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return {
        "asks": asks,
        "p50_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 3),
        "max_ms": round(times[-1], 3),
    }


def _work(url: str, worker: int, attempts: int, holders: int, until: float) -> None:
    run(_attempt(url, worker, attempts, holders, until))


async def _attempt(url: str, worker: int, attempts: int, holders: int, until: float) -> None:
    """One worker of a campaign: asks for anybody, its clock going through 30 days.

    ``until``: when it stops in any case, by the machine's monotonic clock, which all processes
    share.
    """
    chance = random.Random(worker)
    async with Database(url, connections=1) as database:
        for number in range(attempts):
            if time.monotonic() >= until:
                return
            which = chance.randrange(holders)
            contact = Contact(
                chance.choice(RACED),
                chance.choice(WAYS),
                PhoneNumber(f"+86156{which:08}"),
                HolderId(f"r{which}"),
                campaign=f"c{worker}",
            )
            at = BEGAN + timedelta(days=DAYS) * (number / attempts)
            async with database.transaction() as tx:
                await outreach.pass_gate(
                    tx, contact, key=f"r{worker}/{number}", policy=POLICY, at=at
                )


async def _race(url: str, attempts: int, workers: int, most: float) -> dict[str, object]:
    holders = max(4, attempts // 5000)
    async with Database(url, connections=1) as database:
        # What a crash would lose does not matter here; who passes is decided by locks alone.
        async with database.transaction() as tx:
            await tx.connection.execute("ALTER DATABASE cardline SET synchronous_commit = off")
        await _consent(database, [HolderId(f"r{number}") for number in range(holders)])
    context = multiprocessing.get_context("spawn")
    began = time.monotonic()
    each = attempts // workers
    running = [
        context.Process(target=_work, args=(url, worker, each, holders, began + most))
        for worker in range(workers)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join()
    seconds = time.monotonic() - began
    failed = sum(process.exitcode != 0 for process in running)
    asked, places = await _places(url)
    breaches = _breaches(places)
    return {
        "workers": workers,
        "attempts_wanted": each * workers,
        "attempts": asked,
        "passed": len(places),
        "holders": holders,
        "seconds": round(seconds, 1),
        "per_second": round(asked / seconds),
        "workers_failed": failed,
        "breaches": sum(breaches.values()),
        "breaches_by_cap": dict(breaches),
    }


async def _places(url: str) -> tuple[int, list[tuple[str, str, date]]]:
    """Whom each contact that holds a place was for, why, and on which day in China."""
    async with Database(url, connections=1) as database, database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT count(*) FROM outreach_contact WHERE key LIKE 'r%'"
        )
        counted = await cursor.fetchone()
        cursor = await tx.connection.execute(
            """
            SELECT holder, purpose, (at AT TIME ZONE 'Asia/Shanghai')::date
            FROM outreach_contact WHERE cancelled_at IS NULL AND key LIKE 'r%' ORDER BY at
            """
        )
        assert counted is not None
        return int(counted[0]), [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


def _breaches(places: list[tuple[str, str, date]]) -> Counter[str]:
    """Count every window of days, of every holder, that holds more than its cap."""
    caps = {
        "marketing": (("marketing", "survey"), POLICY.caps[Purpose.MARKETING]),
        "service": (("service", "reminder"), POLICY.caps[Purpose.SERVICE]),
        "total": (("marketing", "survey", "service", "reminder"), POLICY.total_caps),
    }
    found: Counter[str] = Counter()
    days: dict[tuple[str, str], list[date]] = {}
    for holder, purpose, day in places:
        for name, (purposes, _) in caps.items():
            if purpose in purposes:
                days.setdefault((holder, name), []).append(day)
    for (_, name), contacts in days.items():
        cap = caps[name][1]
        for most, length in ((cap.day, 1), (cap.week, 7), (cap.month, 30)):
            if most is None:
                continue
            for first in set(contacts):
                inside = sum(first <= day < first + timedelta(days=length) for day in contacts)
                found[f"{name}-{length}"] += inside > most
    return +found


async def measure(options: argparse.Namespace) -> dict[str, object]:
    """Run all parts."""
    rule = _verdicts(options.verdicts)
    result: dict[str, object] = {"what": "contact gate", "rule": rule}
    reached = rule["per_second"] >= GOAL_PER_SECOND
    if options.asks or options.attempts:
        with tempfile.TemporaryDirectory() as folder:
            async with EmbeddedPostgres(Path(folder)) as server:
                await migrate(server.url)
                if options.asks:
                    result["gate"] = await _gate(server.url, options.asks)
                if options.attempts:
                    race = await _race(
                        server.url, options.attempts, options.workers, options.seconds
                    )
                    result["race"] = race
                    reached = reached and not race["breaches"] and not race["workers_failed"]
    result["passed"] = bool(reached)
    return result


def main() -> None:
    """Run it and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--verdicts", type=int, default=300_000)
    parser.add_argument("--asks", type=int, default=3_000)
    parser.add_argument("--attempts", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=math.inf)
    print(json.dumps(asyncio.run(measure(parser.parse_args())), indent=2))


if __name__ == "__main__":
    main()
