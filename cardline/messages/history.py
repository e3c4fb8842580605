"""What was texted to a holder, and by them (rows A7, D5)."""

from cardline.core.ids import HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.messages import history_store
from cardline.messages.chat import message_store
from cardline.messages.chat.model import ChatMessage
from cardline.messages.model import ReceivedText, SentText


async def texts_to(tx: Transaction, *, holder: HolderId, limit: int) -> list[SentText]:
    """Return the short messages to a holder, newest first; secrets are masked for good."""
    return await history_store.sent(tx, holder=holder, limit=limit)


async def texts_from(tx: Transaction, *, holder: HolderId, limit: int) -> list[ReceivedText]:
    """Return the texts of a holder that were answered to them, newest first."""
    return await history_store.received(tx, holder=holder, limit=limit)


async def words_of_chat(tx: Transaction, chat: str) -> list[ChatMessage]:
    """Return what was written in a chat, in order, without notes between agents.

    Whoever calls has looked whose chat it is.
    """
    return await message_store.after(tx, InteractionId(chat), 0, staff=False)
