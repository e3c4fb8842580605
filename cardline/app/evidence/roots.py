"""The hourly root: made, and written into a file that stands outside the database (row F1)."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final

import structlog

from cardline.app.operation.alarms import Alarms
from cardline.app.wiring import Parts
from cardline.core.actor import SYSTEM
from cardline.core.clock import utc_now
from cardline.core.transaction import Transaction
from cardline.evidence import publishing, roots
from cardline.evidence.publishing import Published
from cardline.evidence.roots import NoKeyError
from cardline.ports.line.events import Alarm

log = structlog.get_logger()

SEAL_SECONDS: Final = 60.0
"""How often it is looked whether a root is due."""
_OTHERS_MINUTES: Final = 10
_FAST_CLOCK: Final = timedelta(minutes=10)
"""By which a root may be ahead of this machine: clocks of several nodes differ a little."""
FILE: Final = "roots.jsonl"


def published_file(parts: Parts) -> Path:
    """Where this home keeps what was published: to be copied to a place that others can read."""
    return parts.settings.evidence_folder / FILE


def read_file(file: Path) -> Published:
    """Read keys and roots of a file; nothing where there is none. Raises ``Malformed``."""
    if not file.exists():
        return Published({}, {})
    with file.open("rb") as lines:
        # A last line without its end was being written when the machine went down.
        return publishing.read_published(line for line in lines if line.endswith(b"\n"))


async def seal(parts: Parts, *, at: datetime, due_only: bool = True) -> bool:
    """Make a root if one is due, and the first key where there never was any; true if one was made.

    Raises ``NoKeyError`` where no key is valid, or its private half is on another machine.
    """

    async def work(tx: Transaction) -> bool:
        lasts = parts.evidence.key_lasts
        await roots.ensure_key(tx, signer=parts.signer, lasts=lasts, by=SYSTEM, at=at)
        made = await roots.make_root(tx, signer=parts.signer, at=at, due_only=due_only)
        return made is not None

    made = await parts.database.run(work)
    await publish(parts)
    return made


async def publish(parts: Parts) -> None:
    """Add to the file what it lacks; what stands in it is never changed."""
    file = published_file(parts)
    known = await asyncio.to_thread(read_file, file)
    last = max(known.roots, default=0)
    async with parts.database.transaction() as tx:
        keys = [key for key in await roots.all_keys(tx) if key.id not in known.keys]
        new = await roots.read_roots(tx, after=last)
    lines = [publishing.key_line(key) for key in keys]
    lines += [publishing.root_line(root) for root in new]
    if lines:
        await asyncio.to_thread(_append, file, b"".join(lines))


def _append(file: Path, lines: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(opened, "ab+") as out:
        _drop_unended_line(out)
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())


def _drop_unended_line(file: IO[bytes]) -> None:
    """Cut off a last line of which the end was never written; whole lines are never touched."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - publishing.LONGEST)
    file.seek(start)
    tail = file.read()
    file.truncate(start + tail.rfind(b"\n") + 1 if tail else size)
    file.seek(0, os.SEEK_END)


async def run_sealing(parts: Parts, alarms: Alarms) -> None:
    """Seal every hour, for ever; say once an hour where it cannot be done, or soon cannot."""
    told = ""
    while True:
        at = utc_now()
        fault = ""
        try:
            await seal(parts, at=at)
            fault = await sealing_fault(parts, at=at)
        except NoKeyError as error:
            # Another node may hold the key: it has the first minutes of the hour.
            fault = error.message if at.minute >= _OTHERS_MINUTES else ""
        except Exception:
            log.exception("the journal was not sealed; trying again")
        hour = f"{at:%Y-%m-%dT%H} {fault}" if fault else ""
        if hour and hour != told:
            await alarms.raised(
                Alarm(code="evidence-key", detail=fault, at=at.timestamp(), call="")
            )
        told = hour
        await asyncio.sleep(SEAL_SECONDS)


async def sealing_fault(parts: Parts, *, at: datetime) -> str:
    """Say that the last key ends soon, or that the clock was wrong; empty where all is well."""
    async with parts.database.transaction() as tx:
        ends = max(key.valid_to for key in await roots.all_keys(tx))
        last = await roots.last_root(tx)
    if last is not None and last.at > at + _FAST_CLOCK:
        return (
            f"the last root is of {last.at:%Y-%m-%d %H:%M} UTC, this machine's clock is behind it: "
            "nothing is sealed until then"
        )
    if ends - at > parts.evidence.key_warning:
        return ""
    return f"the evidence key ends on {ends:%Y-%m-%d}: make the next with cardline evidence new-key"
