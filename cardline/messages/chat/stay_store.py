"""SQL of the stays of chats in queues: one row a stay, the facts from which reports count."""

from datetime import datetime

from cardline.core.ids import InteractionId, QueueName, new_id
from cardline.core.transaction import Transaction
from cardline.messages.chat.model import ChatStay, StayCause, StayOutcome


async def begin(
    tx: Transaction, chat: InteractionId, queue: QueueName, cause: StayCause, *, at: datetime
) -> None:
    """A chat enters a queue; one that waits goes on waiting, in this queue."""
    await tx.connection.execute(
        """
        INSERT INTO chat_stay (id, chat, queue, cause, entered_at) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (chat) WHERE left_at IS NULL DO UPDATE SET queue = excluded.queue
        """,
        (new_id("cs"), chat, queue, cause, at),
    )


async def end(tx: Transaction, chat: InteractionId, outcome: StayOutcome, *, at: datetime) -> None:
    """A chat leaves the queue; nothing where it does not wait."""
    await tx.connection.execute(
        """
        UPDATE chat_stay SET left_at = greatest(%s, entered_at), outcome = %s
        WHERE chat = %s AND left_at IS NULL
        """,
        (at, outcome, chat),
    )


async def entered(tx: Transaction, *, start: datetime, end: datetime) -> list[ChatStay]:
    """Return the stays that began in ``[start, end)``."""
    cursor = await tx.connection.execute(
        """
        SELECT queue, cause, entered_at, left_at, outcome FROM chat_stay
        WHERE entered_at >= %s AND entered_at < %s ORDER BY entered_at, id
        """,
        (start, end),
    )
    return [ChatStay(*row) for row in await cursor.fetchall()]


async def ended(tx: Transaction, *, start: datetime, end: datetime) -> list[tuple[str, int, int]]:
    """Count the chats that ended in ``[start, end)``: outcome, how many, how many never waited.

    One that was opened again has not ended.
    """
    cursor = await tx.connection.execute(
        """
        SELECT outcome, count(*), count(*) FILTER (
            WHERE NOT EXISTS (SELECT FROM chat_stay AS stay WHERE stay.chat = chat.id))
        FROM chat WHERE closed_at >= %s AND closed_at < %s GROUP BY outcome ORDER BY outcome
        """,
        (start, end),
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
