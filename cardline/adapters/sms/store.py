"""SQL of the embedded outbox."""

from datetime import datetime

from cardline.core.ids import new_id
from cardline.core.transaction import Transaction


async def keep(tx: Transaction, *, to: str, text: str, key: str, at: datetime) -> str:
    """Keep one message and return its id; a ``key`` seen before returns the id of then."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO sms_embedded AS taken (key, id, phone, text, at)
        VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (key) DO UPDATE SET id = taken.id
        RETURNING id
        """,
        (key, new_id("embedded-"), to, text, at),
    )
    row = await cursor.fetchone()
    assert row is not None
    return str(row[0])
