"""How long ``cardline screen`` takes for a list. Prints JSON.

    python -m bench.screen [--rows 1000000] [--holders 200000] [--listed 0]

Makes a home with so many holders, of whom half have consented, a fifth were contacted of late, and
some have withdrawn, set wishes or are blocked; then a list of so many rows, half of them theirs,
the rest of strangers. ``seconds`` is what the command says of itself, ``wall_seconds`` the whole
process. Both include the start of the embedded database. ``--listed``: so many numbers, some of
them holders', stand on a public list besides; ``load_seconds`` is how long loading it took.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.processes import Machine
from cardline.app.settings import load_settings
from cardline.app.wiring import open_parts
from cardline.core.actor import SYSTEM
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.outreach.actions.registers import load_register

GOAL_SECONDS = 30.0
AT = "2026-11-23T12:00"
_MAIN = "from cardline.app.cli import main; main()"

_FACTS = (
    """
    INSERT INTO bank_holder (id, name, phone, id_tail, language, zone, made_up)
    SELECT 'h' || n, 'x', '+86' || (15600000000 + n), '123X', 'zh', 'Asia/Shanghai', true
    FROM generate_series(1, {holders}) AS n
    """,
    """
    INSERT INTO outreach_consent (id, holder, purpose, channel, since, source, wording)
    SELECT 'c' || n, 'h' || n, 'marketing', 'sms', timestamptz '2026-06-01' + n * interval '1 s',
           'bench', 'bench'
    FROM generate_series(1, {holders}, 2) AS n
    """,
    """
    INSERT INTO outreach_contact (key, holder, phone, purpose, channel, solicited, at, asked_at)
    SELECT 'k' || n, 'h' || n, '+86' || (15600000000 + n), 'marketing', 'sms', false,
           timestamptz '2026-11-20 10:00+08' + (n % 7000) * interval '37 s', now()
    FROM generate_series(1, {holders}, 5) AS n
    """,
    """
    INSERT INTO outreach_withdrawal (id, holder, purpose, at, source)
    SELECT 'w' || n, 'h' || n, 'marketing', timestamptz '2026-07-01' + n * interval '1 s', 'bench'
    FROM generate_series(1, {holders}, 17) AS n
    """,
    """
    INSERT INTO outreach_block (id, holder, kind, since, source)
    SELECT 'b' || n, 'h' || n, 'no_contact', timestamptz '2026-07-01', 'bench'
    FROM generate_series(1, {holders}, 31) AS n
    """,
    """
    INSERT INTO outreach_wish (holder, kinds_off, channels_off, opens, days_off, at)
    SELECT 'h' || n, '{{}}', '{{}}', time '09:00' + (n % 9) * interval '1 hour', '{{}}', now()
    FROM generate_series(1, {holders}, 23) AS n
    """,
)


async def _fill(home: Path, holders: int, listed: int) -> float:
    """Fill the home; returns the seconds that loading the public list took."""
    settings = load_settings({"home": home}, environment={})
    async with open_parts(settings) as parts, parts.database.transaction() as tx:
        for statement in _FACTS:
            await _run(tx, statement.format(holders=holders))
        if not listed:
            return 0.0
        began = time.monotonic()
        await load_register(
            tx,
            (PhoneNumber(f"+86{15600000000 + 7 * number}") for number in range(listed)),
            name="bench",
            region="CN",
            as_of=datetime(2026, 11, 20, tzinfo=UTC),
            policy=parts.identity.sms.policy,
            by=SYSTEM,
            at=datetime(2026, 11, 23, tzinfo=UTC),
        )
        return time.monotonic() - began


async def _run(tx: Transaction, statement: str) -> None:
    await tx.connection.execute(statement.encode())


def _write(path: Path, rows: int, holders: int) -> None:
    chance = random.Random(1)
    with path.open("w", encoding="ascii") as file:
        file.write("phone,holder_id\n")
        for _ in range(rows):
            number = chance.randrange(1, 2 * holders)
            known = number <= holders and chance.random() < 0.5
            file.write(f"{15600000000 + number},{f'h{number}' if known else ''}\n")


def measure(rows: int, holders: int, on_list: int) -> dict[str, object]:
    """Make the home and the list, and run the command once."""
    with tempfile.TemporaryDirectory() as folder:
        home, listed = Path(folder) / "home", Path(folder) / "list.csv"
        load = asyncio.run(_fill(home, holders, on_list))
        _write(listed, rows, holders)
        command = [sys.executable, "-c", _MAIN, "screen", str(listed), "--home", str(home)]
        command += ["--out", str(Path(folder) / "result.csv"), "--at", AT, "--json"]
        before, began = Machine.now(), time.monotonic()
        ended = subprocess.run(
            [*command, "--purpose", "marketing", "--channel", "sms"],
            check=True,
            capture_output=True,
            text=True,
        )
        wall = time.monotonic() - began
        busy = Machine.now().busy_since(before)
        told = json.loads(ended.stdout.splitlines()[-1])
        written = sum(1 for _ in (Path(folder) / "result.csv").open(encoding="utf-8")) - 1
    return {
        "what": "screen",
        "holders": holders,
        **told,
        "written": written,
        "listed": on_list,
        "load_seconds": round(load, 2),
        "wall_seconds": round(wall, 2),
        "box_busy": busy,
        "goal_seconds": GOAL_SECONDS,
        "ratio": round(told["seconds"] / GOAL_SECONDS, 3),
        "passed": told["seconds"] < GOAL_SECONDS and written == rows == told["rows"],
    }


def main() -> None:
    """Run it and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--holders", type=int, default=200_000)
    parser.add_argument("--listed", type=int, default=0)
    options = parser.parse_args()
    print(json.dumps(measure(options.rows, options.holders, options.listed), indent=2))


if __name__ == "__main__":
    main()
