"""Which agent has which chat."""

from datetime import datetime

from cardline.core.errors import NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.staff.model import Staff
from cardline.messages.chat import store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import Chat
from cardline.messages.chat.presence import seen


async def agent_with(tx: Transaction, chat_id: str) -> AgentId | None:
    """Return the agent who has a chat now; ``None`` where nobody has it."""
    chat = await store.by_id(tx, chat_id)
    return chat.agent_id if chat else None


async def all_open(tx: Transaction) -> list[Chat]:
    """Return all chats that have not ended, for leads."""
    return await store.not_closed(tx)


async def locked_chat(tx: Transaction, chat_id: str) -> Chat:
    chat = await store.by_id(tx, chat_id, lock=True)
    if chat is None:
        raise NotFound("there is no such chat, or a colleague has it")
    return chat


async def own_chat(
    tx: Transaction,
    staff: Staff,
    chat_id: str,
    *,
    config: ChatConfig,
    at: datetime,
    leads_too: bool = False,
) -> Chat:
    chat = await locked_chat(tx, chat_id)
    mine_now = staff.agent_id is not None and chat.agent_id == staff.agent_id
    if not mine_now and not (leads_too and staff.role == "lead" and chat.state == "talking"):
        raise NotFound("there is no such chat, or a colleague has it")
    if mine_now:
        await seen(tx, staff, config=config, at=at)
    return chat
