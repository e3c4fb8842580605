"""SQL of the short messages that leave, beside what every outbox has (``outbox_store``)."""

from datetime import datetime

from psycopg.rows import dict_row

from cardline.core.transaction import JsonObject, Transaction
from cardline.messages.model import Claimed, MessageId, MessageState, SentSms
from cardline.messages.outbox_store import claimed_from
from cardline.outreach.model import Purpose


async def forget_expired(tx: Transaction, *, at: datetime) -> None:
    """Mask the secrets that have expired in what the embedded outbox took."""
    await tx.connection.execute(
        """
        UPDATE sms_embedded AS taken SET text = outbox.text
        FROM sms_outbox AS outbox
        WHERE outbox.key = taken.key AND outbox.lapses_at <= %s AND taken.text <> outbox.text
        """,
        (at,),
    )


async def outbox(tx: Transaction, *, limit: int) -> list[JsonObject]:
    """Return the newest messages, oldest of them first; texts as the embedded outbox took them."""
    cursor = await tx.connection.execute(
        """
        SELECT outbox.id, outbox.phone, outbox.at, outbox.purpose, outbox.template,
               coalesce(taken.text, outbox.text), outbox.state, outbox.reasons, outbox.holder,
               outbox.sent_at, outbox.tries, outbox.stream
        FROM sms_outbox AS outbox LEFT JOIN sms_embedded AS taken ON taken.key = outbox.key
        ORDER BY outbox.at DESC, outbox.id DESC LIMIT %s
        """,
        (limit,),
    )
    rows = [dict(zip(_VIEW, row, strict=True)) for row in await cursor.fetchall()]
    for row in rows:
        for name in ("at", "sent_at"):
            row[name] = row[name].isoformat() if row[name] else None
    return rows[::-1]


_VIEW = (
    *("id", "to", "at", "purpose", "template", "text", "state", "reasons"),
    *("holder", "sent_at", "tries", "stream"),
)


async def sent_to(tx: Transaction, *, holder: str, limit: int) -> list[SentSms]:
    """Return the newest messages to a holder, newest first; texts with their secrets masked."""
    cursor = await tx.connection.execute(
        """
        SELECT id, template, purpose, text, state, at FROM sms_outbox
        WHERE holder = %s ORDER BY at DESC, id DESC LIMIT %s
        """,
        (holder, limit),
    )
    return [
        SentSms(MessageId(row[0]), row[1], Purpose(row[2]), row[3], MessageState(row[4]), row[5])
        for row in await cursor.fetchall()
    ]


async def lock_sent(tx: Transaction, *, key: str) -> tuple[Claimed, MessageState] | None:
    """Return a message and its state, and let nobody change it until the transaction ends."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute("SELECT * FROM sms_outbox WHERE key = %s FOR UPDATE", (key,))
    row = await cursor.fetchone()
    return (claimed_from(row), MessageState(row["state"])) if row else None


async def set_delivery(
    tx: Transaction, *, message: MessageId, state: MessageState, error: str, at: datetime
) -> None:
    """Write what the network told of a message; one whose answer was lost did leave."""
    await tx.connection.execute(
        """
        UPDATE sms_outbox
        SET state = %(state)s, receipt_at = %(at)s, fault = nullif(%(error)s, ''),
            sent_at = coalesce(sent_at, %(at)s)
        WHERE id = %(message)s
        """,
        {"state": str(state), "at": at, "error": error, "message": message},
    )


async def set_found(tx: Transaction, *, message: MessageId, gateway_id: str, at: datetime) -> None:
    """Write that a message whose answer was lost was taken."""
    await tx.connection.execute(
        """
        UPDATE sms_outbox SET state = 'sent', gateway_id = %s, sent_at = %s, fault = NULL
        WHERE id = %s
        """,
        (gateway_id, at, message),
    )
