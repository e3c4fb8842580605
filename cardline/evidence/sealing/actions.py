"""Data keys: kept, opened, wrapped anew, destroyed (row F3)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.evidence.sealing import store
from cardline.evidence.sealing.chunks import key_id_of
from cardline.evidence.sealing.keys import open_key
from cardline.evidence.sealing.model import SealedKey, Sealer, Unreadable


async def keep(tx: Transaction, key: SealedKey, *, at: datetime) -> None:
    """Keep the key of something sealed; a repeat changes nothing."""
    await store.add(tx, key, at=at)


async def key_for(tx: Transaction, header: bytes, *, name: str) -> SealedKey | None:
    """Return the key of the thing that begins with ``header``; ``None`` where it is not sealed.

    Raises :class:`Unreadable` where nobody knows the key.
    """
    key_id = key_id_of(header)
    if key_id is None:
        return None
    found = await store.by_id(tx, key_id)
    if found is None or found.name != name:
        raise Unreadable(
            f"nobody has the key {key_id} of {name}: the database is not the one of it"
        )
    return found


async def keys_of(tx: Transaction, name: str) -> list[SealedKey]:
    """Return the keys of a thing, oldest first, destroyed ones too."""
    return await store.of_name(tx, name)


async def destroy_keys(tx: Transaction, names: Sequence[str], *, at: datetime) -> list[str]:
    """Destroy the keys of things: none of them can ever be read again. Who erases journals it."""
    return await store.destroy(tx, names, at=at)


async def rewrap(
    tx: Transaction, *, sealer: Sealer, by: Actor, at: datetime, limit: int = 500
) -> int:
    """Wrap keys that are under older master keys under the newest one; return how many it were.

    What they seal is not touched. Run it until it returns 0. Raises ``MasterKeyMissing`` and
    ``MasterKeyWrong``, and changes nothing then.
    """
    current = sealer.current
    found = await store.under_others(tx, current, limit=limit)
    for kept in found:
        key = await asyncio.to_thread(open_key, sealer, kept)
        master, wrapped = sealer.wrap(key, about=kept.id)
        await store.rewrap(tx, kept.id, master=master, wrapped=wrapped)
    if found:
        body: JsonObject = {"master": current, "keys": len(found)}
        body["from"] = sorted({kept.master for kept in found})
        await journal(tx, stream="sealing", kind="sealing.rewrapped", by=by, body=body, at=at)
    return len(found)


async def journal_new_master(tx: Transaction, master: str, *, by: Actor, at: datetime) -> None:
    """Write that there is a new master key; never the key."""
    body: JsonObject = {"master": master}
    await journal(tx, stream="sealing", kind="sealing.new-master", by=by, body=body, at=at)


async def masters_in_use(tx: Transaction) -> dict[str, int]:
    """Return how many data keys each master key wraps."""
    return await store.masters(tx)
