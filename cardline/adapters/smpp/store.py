"""SQL of parts, receipts and texts heard."""

from datetime import datetime

from cardline.core.transaction import Transaction


async def begin(tx: Transaction, *, key: str, part: int, of: int, at: datetime) -> bool:
    """Write that a part leaves; false where it did before."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO smpp_part (key, part, parts, state, at) VALUES (%s, %s, %s, 'sending', %s)
        ON CONFLICT DO NOTHING
        """,
        (key, part, of, at),
    )
    return cursor.rowcount == 1


async def state_of(tx: Transaction, *, key: str, part: int) -> tuple[str, datetime] | None:
    """Return the state of a part and since when it is under way; ``None`` where it is not."""
    cursor = await tx.connection.execute(
        "SELECT state, at FROM smpp_part WHERE key = %s AND part = %s FOR UPDATE", (key, part)
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def forget(tx: Transaction, *, key: str, part: int) -> None:
    """Remove a part that was not taken."""
    await tx.connection.execute(
        "DELETE FROM smpp_part WHERE key = %s AND part = %s AND state = 'sending'", (key, part)
    )


async def set_lost(tx: Transaction, *, key: str, part: int) -> None:
    """Write that nobody knows what became of a part."""
    await tx.connection.execute(
        "UPDATE smpp_part SET state = 'lost' WHERE key = %s AND part = %s AND state = 'sending'",
        (key, part),
    )


async def set_taken(tx: Transaction, *, key: str, part: int, message_id: str) -> None:
    """Write under which id a part was taken; an answer after all finds a lost one again."""
    await tx.connection.execute(
        """
        UPDATE smpp_part SET state = 'taken', message_id = %s WHERE key = %s AND part = %s
        """,
        (message_id, key, part),
    )


async def whole(tx: Transaction, *, key: str) -> str | None:
    """Return the id of the first part where every part was taken, else ``None``."""
    cursor = await tx.connection.execute(
        """
        SELECT (array_agg(message_id ORDER BY part))[1] FROM smpp_part WHERE key = %s
        HAVING count(*) FILTER (WHERE state = 'taken') = max(parts)
        """,
        (key,),
    )
    row = await cursor.fetchone()
    return str(row[0]) if row else None


async def add_receipt(
    tx: Transaction, *, message_id: str, delivered: bool, error: str, at: datetime
) -> None:
    """Keep a receipt; delivered beats everything else that is said of the same message."""
    await tx.connection.execute(
        """
        INSERT INTO smpp_receipt AS known (message_id, delivered, error, at)
        VALUES (%(id)s, %(delivered)s, %(error)s, %(at)s)
        ON CONFLICT (message_id) DO UPDATE
        SET delivered = known.delivered OR excluded.delivered,
            error = CASE WHEN known.delivered THEN known.error ELSE excluded.error END
        """,
        {"id": message_id, "delivered": delivered, "error": error, "at": at},
    )


async def match(tx: Transaction) -> None:
    """Bring receipts to the newest part of their id, and forget those that found it."""
    await tx.connection.execute(
        """
        WITH matched AS (
            SELECT receipt.message_id, receipt.delivered, receipt.error, part.key, part.part
            FROM smpp_receipt AS receipt CROSS JOIN LATERAL (
                SELECT key, part FROM smpp_part WHERE message_id = receipt.message_id
                ORDER BY at DESC LIMIT 1
            ) AS part
            FOR UPDATE OF receipt SKIP LOCKED
        ), written AS (
            UPDATE smpp_part AS part
            SET delivered = coalesce(part.delivered, false) OR matched.delivered,
                error = CASE WHEN part.delivered THEN part.error ELSE matched.error END,
                settled_at = CASE WHEN matched.delivered AND NOT part.delivered THEN NULL
                             ELSE part.settled_at END
            FROM matched WHERE part.key = matched.key AND part.part = matched.part
            RETURNING matched.message_id
        )
        DELETE FROM smpp_receipt USING written WHERE smpp_receipt.message_id = written.message_id
        """
    )


async def decided(tx: Transaction, *, limit: int = 200) -> list[tuple[str, bool, str]]:
    """Return messages that were not told of: key, delivered (every part), the network's code."""
    cursor = await tx.connection.execute(
        """
        SELECT key, bool_and(coalesce(delivered, false)),
               coalesce(max(error) FILTER (WHERE NOT delivered), '')
        FROM smpp_part
        WHERE key IN (
            SELECT key FROM smpp_part WHERE delivered IS NOT NULL AND settled_at IS NULL LIMIT %s
        )
        GROUP BY key
        HAVING count(*) FILTER (WHERE delivered) = max(parts)
            OR bool_or(NOT coalesce(delivered, true))
        """,
        (limit,),
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


async def set_settled(tx: Transaction, *, key: str, at: datetime) -> None:
    """Write that a message was told of."""
    await tx.connection.execute(
        "UPDATE smpp_part SET settled_at = %s WHERE key = %s AND settled_at IS NULL", (at, key)
    )


async def heard(tx: Transaction, *, mark: str, message: str, at: datetime, since: datetime) -> str:
    """Return the id of a text: that of an equal one heard since then, or the new one."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO smpp_heard AS known (mark, message, at) VALUES (%(mark)s, %(message)s, %(at)s)
        ON CONFLICT (mark) DO UPDATE
        SET message = CASE WHEN known.at > %(since)s THEN known.message ELSE excluded.message END,
            at = CASE WHEN known.at > %(since)s THEN known.at ELSE excluded.at END
        RETURNING message
        """,
        {"mark": mark, "message": message, "at": at, "since": since},
    )
    row = await cursor.fetchone()
    assert row is not None, "an upsert returns its row"
    return str(row[0])


async def drop_old(tx: Transaction, *, before: datetime, heard_before: datetime) -> None:
    """Forget what nobody will ask for any more."""
    for statement, at in (
        ("DELETE FROM smpp_part WHERE at < %s", before),
        ("DELETE FROM smpp_receipt WHERE at < %s", before),
        ("DELETE FROM smpp_heard WHERE at < %s", heard_before),
    ):
        await tx.connection.execute(statement.encode(), (at,))
