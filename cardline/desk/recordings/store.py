"""SQL of recordings as things on the disk: which lie in the clear, which are left over."""

from datetime import datetime

from cardline.core.ids import CallId
from cardline.core.transaction import Transaction


async def unsealed(
    tx: Transaction, *, after: str, limit: int
) -> list[tuple[CallId, str, str, str]]:
    """Return recordings of before sealing: call, interaction, path, hash; ``after`` a call."""
    cursor = await tx.connection.execute(
        """
        SELECT call, interaction, path, sha256 FROM recording
        WHERE sealed_at IS NULL AND erased_at IS NULL AND call > %s ORDER BY call LIMIT %s
        """,
        (after, limit),
    )
    return [(CallId(row[0]), row[1], row[2], row[3]) for row in await cursor.fetchall()]


async def mark_sealed(tx: Transaction, call: str, *, at: datetime) -> bool:
    """Note that a recording lies sealed; False where that was known, or it was erased."""
    cursor = await tx.connection.execute(
        "UPDATE recording SET sealed_at = %s "
        "WHERE call = %s AND sealed_at IS NULL AND erased_at IS NULL",
        (at, call),
    )
    return cursor.rowcount > 0


async def left_over(tx: Transaction, *, limit: int) -> list[tuple[CallId, str]]:
    """Return recordings that were erased and whose file was not seen removed: call, path."""
    cursor = await tx.connection.execute(
        """
        SELECT call, path FROM recording WHERE erased_at IS NOT NULL AND file_gone_at IS NULL
        ORDER BY erased_at LIMIT %s
        """,
        (limit,),
    )
    return [(CallId(row[0]), row[1]) for row in await cursor.fetchall()]


async def mark_gone(tx: Transaction, call: str, *, at: datetime) -> None:
    """Note that the file of an erased recording is not there any more."""
    await tx.connection.execute(
        "UPDATE recording SET file_gone_at = greatest(%s, erased_at) "
        "WHERE call = %s AND file_gone_at IS NULL",
        (at, call),
    )
