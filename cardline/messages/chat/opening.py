"""Opening a chat, or going on with one that ended a short while ago."""

from datetime import datetime

from cardline.cards.model import Language
from cardline.core.actor import holder_actor
from cardline.core.ids import CallId, InteractionId, new_id
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.messages.chat import message_store, rules, store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import BotState, Chat, HandOver, Visitor
from cardline.messages.chat.queueing import enter_queue, journal_hand_over, told


async def going_on(
    tx: Transaction, visitor: Visitor, *, config: ChatConfig, at: datetime
) -> Chat | None:
    """Return the chat to go on with, locked: the open one, or one that ended a short while ago."""
    found = await store.latest_of(tx, visitor)
    chat = await store.by_id(tx, found.id, lock=True) if found else None
    if chat is None or chat.state != "closed" or rules.may_return(chat, config.policy, now=at):
        return chat
    return None


async def opened(
    tx: Transaction,
    visitor: Visitor,
    chat: Chat | None,
    *,
    language: Language,
    config: ChatConfig,
    at: datetime,
) -> Chat:
    if chat is None:
        return await _open(tx, visitor, language=language, config=config, at=at)
    if chat.state != "closed":
        return chat
    await store.reopen(tx, chat.id, at=at)
    await desk.reopen_interaction(tx, chat.id, at=at)
    again = await store.by_id(tx, chat.id)
    assert again is not None, "it is locked"
    if await message_store.had_agent(tx, chat.id):
        # Whoever was with a person does not begin with the machine again.
        over = HandOver("returned", chat.matter)
        await told(tx, again, "hand_over_returned", config=config, at=at, by_bot=True)
        await journal_hand_over(tx, again, over, at=at)
        await enter_queue(tx, again, matter=chat.matter, urgent=False, config=config, at=at)
        again = await store.by_id(tx, chat.id)
        assert again is not None, "it is locked"
    return again


async def _open(
    tx: Transaction, visitor: Visitor, *, language: Language, config: ChatConfig, at: datetime
) -> Chat:
    interaction = InteractionId(new_id("i"))
    await desk.open_interaction(
        tx,
        Interaction(
            id=interaction,
            door="chat",
            call=CallId(""),
            line="",
            from_number="",
            to_number="",
            holder_id=visitor.holder,
            language=language,
            opened_at=at,
            answered_at=None,
            closed_at=None,
            outcome=None,
            flow_version="",
            state={},
            proofs=visitor.proofs,
            continues=None,
        ),
        source="chat",
        by=holder_actor(visitor.holder),
    )
    chat = Chat(
        id=interaction,
        holder_id=visitor.holder,
        language=language,
        state="bot",
        matter=config.words.fallback_matter,
        urgent=False,
        waiting_since=None,
        given_back=False,
        wanted_agent=None,
        agent_id=None,
        accepted_at=None,
        bot=BotState(),
        last_number=0,
        last_word_at=at,
        opened_at=at,
        closed_at=None,
        outcome=None,
    )
    await store.add(tx, chat, visitor)
    await told(tx, chat, "greeting", config=config, at=at, by_bot=True)
    return chat
