"""What agents read and write in a chat (rows A5, E5, F4)."""

from datetime import datetime

from cardline.core.asking import asks_for_secret
from cardline.core.errors import NotFound
from cardline.core.ids import InteractionId
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, judge
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal
from cardline.messages.chat import message_store, store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import Chat, ChatMessage, Said
from cardline.messages.chat.owning import own_chat
from cardline.messages.chat.presence import agent_of, seen
from cardline.messages.chat.queueing import journal_message, wake


async def write(
    tx: Transaction,
    staff: Staff,
    chat_id: str,
    text: str,
    *,
    key: str,
    config: ChatConfig,
    at: datetime,
) -> Said:
    """Write to the holder. A text that asks for a secret is stopped and flagged (row E5).

    Raises :class:`NotFound` for a chat that this agent does not have.
    """
    chat = await own_chat(tx, staff, chat_id, config=config, at=at)
    repeated = await message_store.by_key(tx, chat.id, key)
    if repeated is not None:
        return Said(judge(config.policy.version, ()), chat, repeated)
    stripped = text.strip()
    asked = asks_for_secret(stripped)
    findings = [
        Reason("message-empty", "chat: a message says something") if not stripped else None,
        Reason("message-too-long", "chat.message_length")
        if len(stripped) > config.policy.message_length
        else None,
        Reason("asks-for-secret", "MISSION.md E5: nobody asks for a secret") if asked else None,
    ]
    verdict = judge(config.policy.version, findings)
    if asked:
        # What was asked for, never the words: they may quote a secret.
        await journal(
            tx,
            stream=chat.id,
            kind="chat.secret-asked",
            by=staff.actor,
            body={"kinds": list(asked)},
            at=at,
            verdict=verdict,
        )
    if not verdict.allowed:
        return Said(verdict, chat)
    masked = mask_secrets(stripped)
    number = await message_store.add(
        tx,
        chat.id,
        author="agent",
        agent=agent_of(staff),
        text=masked.text,
        masked=masked.found,
        key=key,
        at=at,
    )
    await journal_message(tx, chat, number, masked.text, masked.found, by=staff.actor, at=at)
    await wake(tx, chat.id)
    return Said(verdict, chat, number, masked.found)


async def look(
    tx: Transaction, staff: Staff, chat_id: str, *, after: int, config: ChatConfig, at: datetime
) -> tuple[Chat, list[ChatMessage]]:
    """Read a chat. Whoever has it renews the lease and receives; everybody else is journaled (F4).

    Agents see their own chats, those that wait, and messages left.
    """
    chat = await store.by_id(tx, chat_id)
    if chat is None:
        raise NotFound("there is no such chat, or a colleague has it")
    if chat.agent_id is not None and chat.agent_id == staff.agent_id:
        await seen(tx, staff, config=config, at=at)
        if await message_store.delivered(tx, chat.id, to="agent", at=at):
            await wake(tx, chat.id)
    elif staff.role == "agent" and chat.state not in ("waiting", "message"):
        raise NotFound("there is no such chat, or a colleague has it")
    elif after == 0:
        body: JsonObject = {"role": staff.role}
        await journal(tx, stream=chat.id, kind="chat.looked-at", by=staff.actor, body=body, at=at)
    return chat, await message_store.after(tx, chat.id, after, staff=True)


async def read_by_agent(
    tx: Transaction, staff: Staff, chat_id: str, *, through: int, config: ChatConfig, at: datetime
) -> None:
    """The agent has read everything up to a number."""
    chat = await own_chat(tx, staff, chat_id, config=config, at=at)
    if await message_store.read(tx, chat.id, to="agent", through=through, at=at):
        await wake(tx, chat.id)


async def carries(tx: Transaction, chat_id: str, file: str) -> ChatMessage:
    """Return the message of a chat that carries a file. Raises :class:`NotFound`."""
    found = await message_store.with_file(tx, InteractionId(chat_id), file)
    if found is None:
        raise NotFound("there is no such file in this chat")
    return found
