"""SQL of files that people sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cardline.core.transaction import Transaction
from cardline.evidence.sealing.model import SealedKey
from cardline.messages.file_model import StoredFile


async def add(tx: Transaction, file: StoredFile) -> None:
    """Add a file."""
    await tx.connection.execute(
        """
        INSERT INTO stored_file
            (id, path, name, kind, bytes, sha256, scanned, owner, stored_at, sealed_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            file.id,
            file.path,
            file.name,
            file.kind,
            file.bytes,
            file.sha256,
            file.scanned,
            file.owner,
            file.stored_at,
            file.stored_at if file.key else None,
        ),
    )


async def by_id(tx: Transaction, file: str, *, owner: str) -> StoredFile | None:
    """Return a file of this owner."""
    cursor = await tx.connection.execute(
        """
        SELECT f.id, f.path, f.name, f.kind, f.bytes, f.sha256, f.scanned, f.owner, f.stored_at,
            k.id, k.name, k.cipher, k.master, k.wrapped
        FROM stored_file AS f LEFT JOIN sealed_key AS k ON k.name = 'files/' || f.path
        WHERE f.id = %s AND f.owner = %s AND f.erased_at IS NULL
        """,
        (file, owner),
    )
    row = await cursor.fetchone()
    return _file(row) if row else None


async def named(tx: Transaction, files: Sequence[str]) -> list[StoredFile]:
    """Return files by their ids, whoever owns them, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT f.id, f.path, f.name, f.kind, f.bytes, f.sha256, f.scanned, f.owner, f.stored_at,
            k.id, k.name, k.cipher, k.master, k.wrapped
        FROM stored_file AS f LEFT JOIN sealed_key AS k ON k.name = 'files/' || f.path
        WHERE f.id = ANY(%s) AND f.erased_at IS NULL ORDER BY f.stored_at, f.id
        """,
        (list(files),),
    )
    return [_file(row) for row in await cursor.fetchall()]


async def of_owner(tx: Transaction, owner: str) -> list[StoredFile]:
    """Return the files of an owner, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT f.id, f.path, f.name, f.kind, f.bytes, f.sha256, f.scanned, f.owner, f.stored_at,
            k.id, k.name, k.cipher, k.master, k.wrapped
        FROM stored_file AS f LEFT JOIN sealed_key AS k ON k.name = 'files/' || f.path
        WHERE f.owner = %s AND f.erased_at IS NULL ORDER BY f.stored_at, f.id
        """,
        (owner,),
    )
    return [_file(row) for row in await cursor.fetchall()]


async def remove_of_owner(tx: Transaction, owner: str) -> list[StoredFile]:
    """Remove the files of an owner and return what they were."""
    cursor = await tx.connection.execute(
        """
        DELETE FROM stored_file WHERE owner = %s
        RETURNING id, path, name, kind, bytes, sha256, scanned, owner, stored_at
        """,
        (owner,),
    )
    return [StoredFile(*row) for row in await cursor.fetchall()]


async def unsealed(tx: Transaction, *, after: str, limit: int) -> list[str]:
    """Return ids of files that lie in the clear, from ``after`` on."""
    cursor = await tx.connection.execute(
        """
        SELECT id FROM stored_file
        WHERE sealed_at IS NULL AND erased_at IS NULL AND id > %s ORDER BY id LIMIT %s
        """,
        (after, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


async def lock_unsealed(tx: Transaction, file: str) -> tuple[str, str] | None:
    """Lock a file that lies in the clear; return path and hash."""
    cursor = await tx.connection.execute(
        """
        SELECT path, sha256 FROM stored_file
        WHERE id = %s AND sealed_at IS NULL AND erased_at IS NULL FOR UPDATE
        """,
        (file,),
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def mark_sealed(tx: Transaction, file: str, *, at: datetime) -> bool:
    """Note that a file lies sealed; false where that was known, or it was erased."""
    cursor = await tx.connection.execute(
        "UPDATE stored_file SET sealed_at = %s "
        "WHERE id = %s AND sealed_at IS NULL AND erased_at IS NULL",
        (at, file),
    )
    return cursor.rowcount > 0


def _file(row: Sequence[Any]) -> StoredFile:
    *file, key, name, cipher, master, wrapped = row
    if key is None:
        return StoredFile(*file)
    kept = SealedKey(key, name, cipher, master, None if wrapped is None else bytes(wrapped))
    return replace(StoredFile(*file), key=kept)
