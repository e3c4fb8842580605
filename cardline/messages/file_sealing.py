"""Files that people sent before files were sealed: sealed where they lie (row F3).

Each step may be cut off at any place and is done again: the key is kept before sealed bytes take
the place of the others, and a file in the clear with a key is read as it lies.
"""

import asyncio
import hashlib
from typing import Literal

from cardline.core.actor import SYSTEM
from cardline.core.clock import Clock
from cardline.core.transaction import Database, Transaction
from cardline.evidence.actions import journal
from cardline.evidence.sealing import actions as sealing
from cardline.evidence.sealing.chunks import key_id_of, seal_bytes
from cardline.evidence.sealing.keys import file_key, make_key, open_key
from cardline.evidence.sealing.model import Sealed, Sealer
from cardline.messages import file_store as store
from cardline.messages.files import Files

_AT_ONCE = 50
_Result = Literal["sealed", "missing", "altered", "gone"]


async def seal_old_files(
    database: Database, files: Files, *, clock: Clock, pause: float = 0.0
) -> Sealed:
    """Seal every file that lies in the clear; ``pause`` in seconds between two of them.

    Does nothing where no master keys are set. Raises ``MasterKeyMissing`` or ``MasterKeyWrong``
    where nothing can be sealed.
    """
    sealer = files.sealer
    if sealer is None:
        return Sealed()
    seen: dict[_Result, list[str]] = {"sealed": [], "missing": [], "altered": [], "gone": []}
    after = ""
    while True:
        async with database.statement() as tx:
            found = await store.unsealed(tx, after=after, limit=_AT_ONCE)
        for file in found:
            after = file
            seen[await _seal(database, files, sealer, file, clock=clock)].append(file)
            await asyncio.sleep(pause)
        if len(found) < _AT_ONCE:
            return Sealed(len(seen["sealed"]), tuple(seen["missing"]), tuple(seen["altered"]))


async def _seal(
    database: Database, files: Files, sealer: Sealer, file: str, *, clock: Clock
) -> _Result:
    async with database.transaction() as tx:
        # Whoever erases it, or seals it too, waits for us or we for them.
        found = await store.lock_unsealed(tx, file)
        if found is None:
            return "gone"
        path, sha256 = found
        content = await asyncio.to_thread(files.shelf.get, path)
        if content is None:
            return "missing"
        sealed = content
        if key_id_of(content) is None:
            if hashlib.sha256(content).hexdigest() != sha256:
                return "altered"
            sealed = await _sealed(tx, files, sealer, path, content, clock=clock)
    if sealed is not content and not await asyncio.to_thread(files.shelf.replace, path, sealed):
        return "missing"
    at = clock()
    async with database.transaction() as tx:
        if not await store.mark_sealed(tx, file, at=at):
            return "gone"
        await journal(
            tx, stream="sealing", kind="file.sealed", by=SYSTEM, body={"file": file}, at=at
        )
    return "sealed"


async def _sealed(
    tx: Transaction, files: Files, sealer: Sealer, path: str, content: bytes, *, clock: Clock
) -> bytes:
    """Seal bytes under the key that a pass that was cut off has left, or under a new one."""
    name = file_key(path)
    left = [key for key in await sealing.keys_of(tx, name) if key.wrapped]
    if left:
        kept = left[0]
        key = await asyncio.to_thread(open_key, sealer, kept)
    else:
        key, kept = await asyncio.to_thread(make_key, sealer, name=name, cipher=files.cipher)
        await sealing.keep(tx, kept, at=clock())
    return await asyncio.to_thread(seal_bytes, content, cipher=kept.cipher, key=key, key_id=kept.id)
