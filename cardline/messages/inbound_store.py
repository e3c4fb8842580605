"""SQL of the texts that come in."""

from datetime import datetime, timedelta

from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.messages.model import CommandKind, MessageId


async def add(
    tx: Transaction,
    *,
    message: str,
    phone: PhoneNumber,
    command: CommandKind,
    text: str,
    stream: str,
    at: datetime,
) -> bool:
    """Write a text down; false where the gateway delivered it before."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO sms_inbound (message, phone, command, text, stream, at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (message) DO NOTHING
        """,
        (message, phone, command, text, stream, at),
    )
    return cursor.rowcount == 1


async def command_of(tx: Transaction, *, message: str) -> CommandKind:
    """Return what a text was read as."""
    cursor = await tx.connection.execute(
        "SELECT command FROM sms_inbound WHERE message = %s", (message,)
    )
    row = await cursor.fetchone()
    assert row is not None
    command: CommandKind = row[0]
    return command


async def set_answer(tx: Transaction, *, message: str, answer: MessageId) -> None:
    """Write which message answers a text."""
    await tx.connection.execute(
        "UPDATE sms_inbound SET answer = %s WHERE message = %s", (answer, message)
    )


async def answers_since(tx: Transaction, *, phone: PhoneNumber, at: datetime) -> int:
    """Return how many texts of this number were answered within 24 hours."""
    cursor = await tx.connection.execute(
        """
        SELECT count(*) FROM sms_inbound
        WHERE phone = %s AND at > %s AND answer IS NOT NULL
        """,
        (phone, at - timedelta(days=1)),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
