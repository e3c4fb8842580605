"""A sweep over 100,000 open complaints, and what a due time costs. Prints JSON.

    python -m bench.complaints [--open 100000] [--away 8] [--nodes 4]

``clocks``: all clocks of one complaint with pauses, new facts and an extension, in CPU time of one
core. ``sweep``: the embedded PostgreSQL with so many open complaints of the last fortnight; nobody
has swept for ``--away`` hours, then one sweep warns and escalates all that came due meanwhile:
tasks of the desk, journal, the next time. ``idle``: a sweep that finds nothing to do. ``nodes``:
as many sweeps at once after another day; everything is told once. Fails (status 1) where
a sweep takes longer than the goal, or tells anything twice or not at all.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.postgres.migrate import migrate
from cardline.app.settings import load_settings
from cardline.app.wiring import complaint_config, identity_config
from cardline.cards.rules.terms import card_terms
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import (
    Arrival,
    Complainant,
    Complaint,
    ComplaintId,
    Door,
    Extension,
    Grade,
    Mark,
    Pause,
    PauseGround,
    State,
    Timeline,
)
from cardline.complaints.rules.clocks import clocks, warn_at
from cardline.complaints.sweeping import Swept, sweep
from cardline.core.actor import OPERATOR
from cardline.core.ids import AgentId, HolderId
from cardline.core.policy import load_area
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Staff

GOAL_SECONDS = 5.0
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
"""The evening in Shanghai: what is due, and what is warned of, turns with the day at midnight."""
FORTNIGHT = 14 * 24 * 60
HANDLERS = 20
DOORS = (*(Door.HOTLINE, Door.PORTAL, Door.CHAT, Door.EMAIL) * 5, Door.REGULATOR, Door.PBC)


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.complaints", description=__doc__)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--away", type=float, default=8.0)
    parser.add_argument("--nodes", type=int, default=4)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cardline-bench-") as home:
        Path(home).chmod(0o755)
        found = asyncio.run(_run(Path(home), chosen.open, chosen.away, chosen.nodes))
    print(json.dumps(found, indent=2))
    return 0 if found["passed"] else 1


async def _run(home: Path, count: int, away: float, nodes: int) -> dict[str, Any]:
    settings = load_settings({"home": home}, environment={})
    bank = EmbeddedCoreBank(card_terms(load_area("cards")))
    config = complaint_config(bank, identity_config(settings))
    async with EmbeddedPostgres(home) as postgres:
        await migrate(postgres.url)
        async with Database(postgres.url, connections=max(8, nodes)) as database:
            filled = await _fill(database, config, count)
            since, until = NOW, NOW + timedelta(hours=away)
            # What was due before belongs to nobody's absence.
            await _told_before(database, since)
            expected = await _waiting(database, until)
            cpu = time.process_time()
            took, did = await _sweep(database, config, until)
            cpu = time.process_time() - cpu
            idle, nothing = await _sweep(database, config, until)
            later = until + timedelta(days=1)
            due_again = await _waiting(database, later)
            began = time.perf_counter()
            together = await asyncio.gather(
                *(sweep(database, config=config, clock=lambda: later) for _ in range(nodes))
            )
            raced = time.perf_counter() - began
            told = sum(one.warned + one.escalated for one in together)
            twice = await _count(
                database, "SELECT count(*) - count(DISTINCT source) FROM desk_task"
            )
    right = (
        did.warned + did.escalated == expected
        and nothing.warned + nothing.escalated == 0
        and told == due_again
        and twice == 0
    )
    return {
        "what": "a sweep over open complaints",
        "open": count,
        "due_rows": filled,
        "clocks": _clocks(config),
        "hours_away": away,
        "sweep": {
            "seconds": round(took, 2),
            "own_cpu_seconds": round(cpu, 2),
            "load_of_the_machine": round(os.getloadavg()[0], 1),
            "warned": did.warned,
            "escalated": did.escalated,
            "expected": expected,
        },
        "idle": {"seconds": round(idle, 3)},
        "nodes": {"at_once": nodes, "seconds": round(raced, 2), "told": told, "due": due_again},
        "right": right,
        "goal_seconds": GOAL_SECONDS,
        "passed": right and took < GOAL_SECONDS,
    }


async def _sweep(database: Database, config: ComplaintConfig, at: datetime) -> tuple[float, Swept]:
    began = time.perf_counter()
    did = await sweep(database, config=config, clock=lambda: at)
    return time.perf_counter() - began, did


async def _fill(database: Database, config: ComplaintConfig, count: int) -> int:
    """Write complaints and what is due on them, as the actions would, by COPY."""
    chance = random.Random(7)
    cases = [_case(chance, n) for n in range(count)]
    rows = [row for case in cases for row in _due(case, config)]
    async with database.transaction() as tx:
        for n in range(HANDLERS):
            one = Staff(f"70{n:02}", f"Lead {n}", "lead", AgentId(f"a70{n:02}"), None)
            await desk_staff.add_staff(
                tx, one, token=one.number, phone_ha1=None, by=OPERATOR, at=NOW
            )
        cursor = tx.connection.cursor()
        async with cursor.copy(
            "COPY complaint (id, key, door, holder_id, anonymous, statement, language, zone,"
            " taken_by, received_at, recorded_at, state, handler) FROM STDIN"
        ) as copy:
            for case in cases:
                at = case.timeline.received_at
                await copy.write_row(
                    (
                        *(case.id, case.key, case.door.value, case.complainant.holder_id, False),
                        *(case.statement, "zh", case.zone, "holder", at, at, case.state.value),
                        case.handler,
                    )
                )
        async with cursor.copy(
            "COPY complaint_due (id, kind, about, what, began_at, due_at, last_day, next_at,"
            " met_at) FROM STDIN"
        ) as copy:
            for row in rows:
                await copy.write_row(row)
        await tx.connection.execute("ANALYZE complaint")
        await tx.connection.execute("ANALYZE complaint_due")
    return len(rows)


def _case(chance: random.Random, n: int) -> Complaint:
    at = NOW - timedelta(minutes=chance.randrange(FORTNIGHT))
    done = {Mark.RECEIVED: at, Mark.ACKNOWLEDGED: at, Mark.ACCEPTED: at + timedelta(hours=6)}
    door = chance.choice(DOORS)
    return Complaint(
        id=ComplaintId(f"C{n:06}"),
        key=f"k{n}",
        door=door,
        complainant=Complainant(HolderId(f"h{n % 40000}")),
        statement="年费已经减免，却仍被收取。",
        demand="",
        subjects=("fees",),
        persons=(),
        files=(),
        interaction=None,
        account_id=None,
        statement_day=None,
        language="zh",
        zone="Asia/Shanghai",
        proxy=None,
        joint=None,
        taken_by="holder",
        recorded_at=at,
        state=State.ACCEPTED,
        handler=f"70{n % HANDLERS:02}",
        timeline=Timeline((Arrival(door, at),), done),
    )


def _due(case: Complaint, config: ComplaintConfig) -> Iterator[tuple[Any, ...]]:
    for clock in clocks(case, config.policy, config.calendar, now=NOW):
        waits = clock.whose == "bank" and clock.met_at is None
        yield (
            *(f"{case.id}/1/{clock.key}", "clock", case.id, clock.task.value, clock.begins_at),
            *(clock.due_at, clock.last_day),
            warn_at(clock, config.policy) if waits else None,
            clock.met_at,
        )


async def _told_before(database: Database, at: datetime) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            "UPDATE complaint_due SET warned_at = %s, next_at = greatest(due_at, %s + interval"
            " '1 day') WHERE next_at < %s",
            (at, at, at),
        )


async def _waiting(database: Database, at: datetime) -> int:
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT count(*) FROM complaint_due WHERE next_at <= %s", (at,)
        )
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])


async def _count(database: Database, question: str) -> int:
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(question.encode())
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])


def _clocks(config: ComplaintConfig) -> dict[str, Any]:
    """All clocks of a complaint with everything that can move them."""
    chance = random.Random(3)
    cases = []
    for n in range(500):
        case = _case(chance, n)
        at = case.timeline.received_at
        extension = Extension(
            "x", Grade("special"), "many-facts", "", "7001", at, "9001", at, told_at=at
        )
        timeline = replace(
            case.timeline,
            pauses=(
                Pause(PauseGround.APPRAISAL, at + timedelta(days=1), at + timedelta(days=4)),
                Pause(PauseGround.MEDIATION, at + timedelta(days=3), at + timedelta(days=9)),
            ),
            new_facts=(at + timedelta(days=5),),
            extensions=(extension,),
        )
        cases.append(replace(case, timeline=timeline))
    began = time.process_time()
    reckoned = sum(
        len(clocks(case, config.policy, config.calendar, now=NOW + timedelta(days=30)))
        for case in cases
    )
    took = time.process_time() - began
    return {"complaints_per_second": round(len(cases) / took), "clocks": reckoned}


if __name__ == "__main__":
    sys.exit(main())
