"""Recordings as things on the disk: sealed where they lie in the clear, removed once erased (F3).

Each step may be cut off at any place and is done again: the key is kept before the sealed file
takes the place of the other, and a file is only noted as gone after it was removed.
"""

import asyncio

from cardline.core.actor import SYSTEM
from cardline.core.clock import Clock
from cardline.core.transaction import Database, Transaction
from cardline.desk.recordings import store
from cardline.evidence.actions import journal
from cardline.evidence.sealing import actions as sealing
from cardline.evidence.sealing.model import Sealed
from cardline.evidence.sealing.recordings import Recordings

_AT_ONCE = 50


async def seal_old(
    database: Database, recordings: Recordings, *, clock: Clock, pause: float = 0.0
) -> Sealed:
    """Seal every recording that lies in the clear; ``pause`` in seconds between two of them.

    Raises ``MasterKeyMissing`` or ``MasterKeyWrong`` where nothing can be sealed.
    """
    sealed, missing, altered, after = 0, list[str](), list[str](), ""
    while True:
        async with database.statement() as tx:
            found = await store.unsealed(tx, after=after, limit=_AT_ONCE)
        for call, interaction, path, sha256 in found:
            after = call
            try:
                result = await _seal(database, recordings, path, sha256, clock=clock)
            except OSError:
                missing.append(call)
                continue
            if not result:
                altered.append(call)
                continue
            sealed += await _mark(database, call, interaction, clock=clock)
            await asyncio.sleep(pause)
        if len(found) < _AT_ONCE:
            return Sealed(sealed, tuple(missing), tuple(altered))


async def _seal(
    database: Database, recordings: Recordings, path: str, sha256: str, *, clock: Clock
) -> bool:
    """Seal a file, or find it sealed after a pass that was cut off; False: it was altered."""
    if await asyncio.to_thread(recordings.is_sealed, path):
        return True
    kept = await asyncio.to_thread(recordings.seal_copy, path, sha256=sha256)
    if kept is None:
        return False
    async with database.transaction() as tx:
        await sealing.keep(tx, kept, at=clock())
    await asyncio.to_thread(recordings.replace, path)
    return True


async def _mark(database: Database, call: str, interaction: str, *, clock: Clock) -> bool:
    at = clock()
    async with database.transaction() as tx:
        if not await store.mark_sealed(tx, call, at=at):
            return False
        await journal(
            tx, stream=interaction, kind="recording.sealed", by=SYSTEM, body={"call": call}, at=at
        )
    return True


async def remove_erased(
    database: Database, recordings: Recordings, *, clock: Clock, limit: int = 500
) -> int:
    """Remove the files of erased recordings, whose keys are gone already; return how many."""
    async with database.statement() as tx:
        found = await store.left_over(tx, limit=limit)
    for _, path in found:
        await asyncio.to_thread(recordings.remove, path)

    async def note(tx: Transaction) -> None:
        for call, _ in found:
            await store.mark_gone(tx, call, at=clock())

    await database.run(note)
    return len(found)
