"""What the wall and the reports read of chats. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.messages.chat import stay_store, store
from cardline.messages.chat.model import Chat, ChatAgent, ChatStay


@dataclass(frozen=True, slots=True)
class ChatFloor:
    """Chats now: those that wait, who takes them, messages that nobody has taken up."""

    waiting: Sequence[Chat]
    agents: Sequence[ChatAgent]
    """Each with the number of chats that he has: ``load``."""
    left: Sequence[Chat]


async def floor_now(tx: Transaction) -> ChatFloor:
    """Read how chats stand now, in three statements."""
    return ChatFloor(await store.waiting(tx), await store.agents(tx), await store.left(tx))


async def stays(tx: Transaction, *, start: datetime, end: datetime) -> list[ChatStay]:
    """Return the stays in queues that began in ``[start, end)``."""
    return await stay_store.entered(tx, start=start, end=end)


async def ended(tx: Transaction, *, start: datetime, end: datetime) -> list[tuple[str, int, int]]:
    """Count the chats that ended in ``[start, end)``: outcome, how many, how many never waited."""
    return await stay_store.ended(tx, start=start, end=end)
