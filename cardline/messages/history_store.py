"""SQL of what was texted to a holder, and by them."""

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages.model import MessageId, MessageState, ReceivedText, SentText
from cardline.outreach.model import Purpose


async def sent(tx: Transaction, *, holder: HolderId, limit: int) -> list[SentText]:
    """Return the messages to a holder, newest first; only ever the masked text."""
    cursor = await tx.connection.execute(
        """
        SELECT id, at, text, state, purpose, sent_at FROM sms_outbox
        WHERE holder = %s ORDER BY at DESC, id DESC LIMIT %s
        """,
        (holder, limit),
    )
    return [
        SentText(MessageId(row[0]), row[1], row[2], MessageState(row[3]), Purpose(row[4]), row[5])
        for row in await cursor.fetchall()
    ]


async def received(tx: Transaction, *, holder: HolderId, limit: int) -> list[ReceivedText]:
    """Return texts whose answer went to this holder: a number may have had another owner before."""
    cursor = await tx.connection.execute(
        """
        SELECT i.message, i.at, i.text, i.command
        FROM sms_inbound AS i JOIN sms_outbox AS o ON o.id = i.answer
        WHERE o.holder = %s ORDER BY i.at DESC, i.message DESC LIMIT %s
        """,
        (holder, limit),
    )
    return [ReceivedText(*row) for row in await cursor.fetchall()]
