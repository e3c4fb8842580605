"""A sweep over 100,000 texts and their conversations whose time is over. Prints JSON.

    python -m bench.retention [--rows 100000]

The embedded PostgreSQL with so many rows, half of them texts that were sent, a quarter closed
conversations, a quarter e-mails; as many again that are young lie beside them, and one holder in a
thousand is under a legal hold. ``due`` is the dry run, ``sweep`` erases with proofs, ``again``
finds nothing more. Fails (status 1) where the sweep takes longer than the goal, where the dry run
said otherwise, where anything young or held went, or the journal is not whole.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.postgres.migrate import migrate
from cardline.adapters.sealer.keyring import KeyRing
from cardline.core.actor import OPERATOR
from cardline.core.policy import load_area
from cardline.evidence.retention import actions as retention
from cardline.evidence.retention import erasing
from cardline.evidence.retention.config import RetentionConfig
from cardline.evidence.retention.rules import retention_policy
from cardline.evidence.retention.ties import complaint_ties
from cardline.evidence.sealing.recordings import Recordings
from cardline.evidence.verifying import verify

GOAL_SECONDS = 120.0
"""The night has three hours; one after ten nights without shall not fill it."""
NOW = datetime(2030, 6, 1, 3, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=1200), NOW - timedelta(days=20)
HOLDERS = 1000
_FILL = (
    """
    INSERT INTO interaction (id, door, call, line, from_number, to_number, holder_id, opened_at,
        closed_at, outcome, flow_version)
    SELECT %(name)s || n, 'phone', %(name)s || n, 'l', '+86138' || (10000000 + n), '95500',
        'h' || n %% %(holders)s, %(at)s, %(at)s, 'hung-up', 'f'
    FROM generate_series(1, %(count)s / 4) AS n
    """,
    """
    INSERT INTO sms_outbox (id, key, holder, phone, purpose, template, language, zone, text, stream,
        solicited, state, at, due_at)
    SELECT %(name)s || n, %(name)s || n, 'h' || n %% %(holders)s, '+86138' || (10000000 + n),
        'service', 't', 'zh', 'Asia/Shanghai', '您好', %(name)s || n / 2, true, 'sent', %(at)s,
        %(at)s
    FROM generate_series(1, %(count)s / 2) AS n
    """,
    """
    INSERT INTO mail_outbox (id, key, holder, address, purpose, template, language, zone, subject,
        text, box, message_id, token, stream, solicited, state, at, due_at)
    SELECT %(name)s || n, %(name)s || n, 'h' || n %% %(holders)s, n || '@example.cn', 'service',
        't', 'zh', 'Asia/Shanghai', '您好', '您好', 'general', %(name)s || n, %(name)s || n,
        %(name)s || n, true, 'sent', %(at)s, %(at)s
    FROM generate_series(1, %(count)s / 4) AS n
    """,
)
_LEFT = (
    "SELECT (SELECT count(*) FROM interaction WHERE erased_at IS NULL)"
    " + (SELECT count(*) FROM sms_outbox WHERE phone <> '')"
    " + (SELECT count(*) FROM mail_outbox WHERE address <> '')"
)


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.retention", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cardline-bench-") as home:
        Path(home).chmod(0o755)
        found = asyncio.run(_run(Path(home), chosen.rows))
    print(json.dumps(found, indent=2))
    return 0 if found["passed"] else 1


async def _run(home: Path, rows: int) -> dict[str, Any]:
    ring = KeyRing(home / "master")
    ring.new(at=OLD)
    policy = retention_policy(load_area("retention"))
    config = RetentionConfig(
        policy, Recordings(home, ring), DiskShelf(home / "files"), (complaint_ties,)
    )
    async with EmbeddedPostgres(home) as postgres:
        await migrate(postgres.url)
        async with Database(postgres.url, connections=4) as database:
            await _fill(database, rows)
            due, due_took, _ = await _timed(lambda: _due(database, config))
            told, took, cpu = await _timed(lambda: _sweep(database, config))
            again, again_took, _ = await _timed(lambda: _sweep(database, config))
            async with database.transaction() as tx:
                whole = (await verify(tx)).breaches == []
                left = await (await tx.connection.execute(_LEFT)).fetchone()
                entries = await (
                    await tx.connection.execute(
                        "SELECT count(*) FROM journal WHERE kind = %s", (erasing.ERASED,)
                    )
                ).fetchone()
    assert left is not None
    assert entries is not None
    erased, held = sum(told.erased.values()), sum(told.kept.values())
    right = (
        told.erased == due.erased
        and told.kept == due.kept
        and erased + held == rows
        and held > 0
        and left[0] == rows + held
        and not again.erased
        and whole
    )
    return {
        "what": "a sweep over rows whose time is over",
        "over": rows,
        "young": rows,
        "due_seconds": round(due_took, 1),
        "sweep": {
            "seconds": round(took, 1),
            "own_cpu_seconds": round(cpu, 1),
            "erased": dict(told.erased),
            "held": held,
            "rows_a_second": round(erased / took),
            "journal_entries": entries[0],
        },
        "again_seconds": round(again_took, 1),
        "journal_whole": whole,
        "load": round(os.getloadavg()[0], 1),
        "goal": {"seconds": GOAL_SECONDS},
        "passed": right and took < GOAL_SECONDS,
    }


async def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    told = await work()
    return told, time.perf_counter() - began, time.process_time() - cpu


async def _fill(database: Database, rows: int) -> None:
    for name, at in (("old-", OLD), ("young-", YOUNG)):
        async with database.transaction() as tx:
            for statement in _FILL:
                await tx.connection.execute(
                    statement.encode(),
                    {"name": name, "at": at, "count": rows, "holders": HOLDERS},
                )
    async with database.transaction() as tx:
        await retention.set_hold(
            tx, ("holder", "h7"), reason="法院来函保全", number="7004", by=OPERATOR, at=NOW
        )
        await tx.connection.execute("ANALYZE")


async def _due(database: Database, config: RetentionConfig) -> erasing.Swept:
    async with database.transaction() as tx:
        return await erasing.due(tx, config=config, now=NOW)


async def _sweep(database: Database, config: RetentionConfig) -> erasing.Swept:
    return await erasing.sweep(database, config=config, clock=lambda: NOW)


if __name__ == "__main__":
    sys.exit(main())
