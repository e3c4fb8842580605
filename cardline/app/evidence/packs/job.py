"""Making the packs that were asked for: beside the server, with less priority than calls (F2)."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Final

import structlog

from cardline.app.evidence.packs.making import make_ordered
from cardline.app.operation.logs import set_up_logs
from cardline.app.settings import Settings, load_settings
from cardline.app.wiring import Parts, open_parts
from cardline.core.clock import utc_now
from cardline.core.transaction import Transaction
from cardline.evidence.packs import ordering
from cardline.evidence.packs.making import Made, Order
from cardline.evidence.packs.model import PackId

log = structlog.get_logger()

LOOK_SECONDS: Final = 3.0
_GIVE_WAY: Final = 10


def pack_file(settings: Settings, pack: str) -> Path:
    """Return where a pack waits to be fetched."""
    return settings.evidence_folder / "packs" / f"{pack}.zip"


async def run_packs(parts: Parts) -> None:
    """Have what was asked for made, and remove what was not fetched, for ever."""
    while True:
        try:
            await sweep(parts)
            if parts.signer.keys() and await _waits(parts):
                await _run_worker(parts.settings)
        except Exception:
            log.exception("evidence packs could not be made; trying again")
        await asyncio.sleep(LOOK_SECONDS)


async def sweep(parts: Parts) -> None:
    """Remove the files of packs whose time is over."""

    async def work(tx: Transaction) -> list[PackId]:
        return list(await ordering.sweep(tx, at=utc_now()))

    for pack in await parts.database.run(work):
        await asyncio.to_thread(pack_file(parts.settings, pack).unlink, missing_ok=True)


async def make_next(parts: Parts) -> bool:
    """Make the pack that has waited longest; false where none waits."""

    async def claim(tx: Transaction) -> Order | None:
        return await ordering.next_order(tx, at=utc_now())

    order = await parts.database.run(claim)
    if order is None:
        return False
    path = pack_file(parts.settings, order.id)
    unfinished = path.with_suffix(".making")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished.unlink(missing_ok=True)  # of one that died over it
        made = await make_ordered(parts, order, path=unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(path)
    except Exception:
        log.exception("an evidence pack could not be made", pack=order.id)

        async def let_go(tx: Transaction) -> None:
            await ordering.failed(tx, order.id, at=utc_now())

        await parts.database.run(let_go)
        return True
    await _finish(parts, order, made, path.stat().st_size)
    return True


async def _finish(parts: Parts, order: Order, made: Made, size: int) -> None:
    async def work(tx: Transaction) -> bool:
        return await ordering.finished(
            tx, order.id, made, size=size, policy=parts.evidence, at=utc_now()
        )

    await parts.database.run(work)


async def _waits(parts: Parts) -> bool:
    async def work(tx: Transaction) -> bool:
        return await ordering.waits(tx, at=utc_now())

    return await parts.database.run_one(work)


async def _run_worker(settings: Settings) -> None:
    database = ["--database", settings.database] if settings.database else []
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cardline.app.evidence.packs.job",
        *("--home", str(settings.home), *database),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C is for us; the worker ends with its work
    )
    try:
        await worker.wait()
    finally:
        if worker.returncode is None:
            worker.terminate()
            await worker.wait()


async def _work(settings: Settings) -> None:
    async with open_parts(settings, connections=2) as parts:
        while await make_next(parts):
            pass


def main() -> None:
    """Make everything that waits, then end."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--home", required=True)
    arguments.add_argument("--database")
    given = arguments.parse_args()
    os.umask(0o077)
    os.nice(_GIVE_WAY)
    set_up_logs(pretty=False)
    asyncio.run(_work(load_settings({"home": given.home, "database": given.database})))


if __name__ == "__main__":
    main()
