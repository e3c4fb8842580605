"""SQL of files that people sent."""

from cardline.core.transaction import Transaction
from cardline.messages.file_model import StoredFile


async def add(tx: Transaction, file: StoredFile) -> None:
    """Add a file."""
    await tx.connection.execute(
        """
        INSERT INTO stored_file (id, path, name, kind, bytes, sha256, scanned, owner, stored_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
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
        ),
    )


async def by_id(tx: Transaction, file: str, *, owner: str) -> StoredFile | None:
    """Return a file of this owner."""
    cursor = await tx.connection.execute(
        """
        SELECT id, path, name, kind, bytes, sha256, scanned, owner, stored_at
        FROM stored_file WHERE id = %s AND owner = %s
        """,
        (file, owner),
    )
    row = await cursor.fetchone()
    return StoredFile(*row) if row else None


async def of_owner(tx: Transaction, owner: str) -> list[StoredFile]:
    """Return the files of an owner, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT id, path, name, kind, bytes, sha256, scanned, owner, stored_at
        FROM stored_file WHERE owner = %s ORDER BY stored_at, id
        """,
        (owner,),
    )
    return [StoredFile(*row) for row in await cursor.fetchall()]


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
