"""SQL of data keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.core.transaction import Transaction
from cardline.evidence.sealing.model import SealedKey


async def add(tx: Transaction, key: SealedKey, *, at: datetime) -> None:
    """Add a data key; one that is known already stays as it is."""
    await tx.connection.execute(
        """
        INSERT INTO sealed_key (id, name, cipher, master, wrapped, made_at)
        VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
        """,
        (key.id, key.name, key.cipher, key.master, key.wrapped, at),
    )


async def by_id(tx: Transaction, key: str) -> SealedKey | None:
    """Return a data key."""
    cursor = await tx.connection.execute(
        "SELECT id, name, cipher, master, wrapped FROM sealed_key WHERE id = %s", (key,)
    )
    row = await cursor.fetchone()
    return _key(row) if row else None


async def of_name(tx: Transaction, name: str) -> list[SealedKey]:
    """Return the data keys of a thing, oldest first; mostly it is one."""
    cursor = await tx.connection.execute(
        """
        SELECT id, name, cipher, master, wrapped FROM sealed_key WHERE name = %s
        ORDER BY made_at, id
        """,
        (name,),
    )
    return [_key(row) for row in await cursor.fetchall()]


async def under_others(tx: Transaction, master: str, *, limit: int) -> list[SealedKey]:
    """Lock and return data keys that another master key than this one wraps."""
    cursor = await tx.connection.execute(
        """
        SELECT id, name, cipher, master, wrapped FROM sealed_key
        WHERE wrapped IS NOT NULL AND master <> %s
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        (master, limit),
    )
    return [_key(row) for row in await cursor.fetchall()]


async def rewrap(tx: Transaction, key: str, *, master: str, wrapped: bytes) -> None:
    """Keep a data key under another master key."""
    await tx.connection.execute(
        "UPDATE sealed_key SET master = %s, wrapped = %s WHERE id = %s AND wrapped IS NOT NULL",
        (master, wrapped, key),
    )


async def destroy(tx: Transaction, names: Sequence[str], *, at: datetime) -> list[str]:
    """Destroy the data keys of some things; return the ids of those that were there."""
    cursor = await tx.connection.execute(
        """
        UPDATE sealed_key SET wrapped = NULL, destroyed_at = %s
        WHERE name = ANY(%s) AND wrapped IS NOT NULL RETURNING id
        """,
        (at, list(names)),
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def masters(tx: Transaction) -> dict[str, int]:
    """Return how many data keys every master key wraps."""
    cursor = await tx.connection.execute(
        """
        SELECT master, count(*) FROM sealed_key WHERE wrapped IS NOT NULL
        GROUP BY master ORDER BY master
        """
    )
    return dict(await cursor.fetchall())


async def samples(tx: Transaction) -> dict[str, SealedKey]:
    """Return one data key, the latest, of every master key."""
    cursor = await tx.connection.execute(
        """
        SELECT DISTINCT ON (master) id, name, cipher, master, wrapped FROM sealed_key
        WHERE wrapped IS NOT NULL ORDER BY master, made_at DESC
        """
    )
    return {row[3]: _key(row) for row in await cursor.fetchall()}


def _key(row: Sequence[Any]) -> SealedKey:
    key, name, cipher, master, wrapped = row
    return SealedKey(key, name, cipher, master, None if wrapped is None else bytes(wrapped))
