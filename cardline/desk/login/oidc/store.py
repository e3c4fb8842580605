"""SQL of browsers that were sent to the bank's log-in service."""

from datetime import datetime

from cardline.core.transaction import Transaction


async def insert_try(
    tx: Transaction, *, state_hash: bytes, browser_hash: bytes, sealed: bytes, ends_at: datetime
) -> None:
    """Write that a browser was sent away."""
    await tx.connection.execute(
        """
        INSERT INTO staff_oidc_try (state_hash, browser_hash, sealed, ends_at)
        VALUES (%s, %s, %s, %s)
        """,
        (state_hash, browser_hash, sealed, ends_at),
    )


async def take_try(
    tx: Transaction, *, state_hash: bytes, browser_hash: bytes, at: datetime
) -> bytes | None:
    """Use what was kept for this browser, once; ``None`` where there is nothing to be used."""
    cursor = await tx.connection.execute(
        """
        DELETE FROM staff_oidc_try
        WHERE state_hash = %s AND browser_hash = %s AND ends_at > %s
        RETURNING sealed
        """,
        (state_hash, browser_hash, at),
    )
    row = await cursor.fetchone()
    return bytes(row[0]) if row else None


async def sweep_tries(tx: Transaction, *, before: datetime) -> None:
    """Delete what nobody came back for."""
    await tx.connection.execute("DELETE FROM staff_oidc_try WHERE ends_at <= %s", (before,))
