"""What the holder does in a chat: write, send a file, ask for a person, leave."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal

from cardline.cards.model import Language
from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import CallId, InteractionId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, judge
from cardline.desk import actions as desk
from cardline.desk import tasks
from cardline.desk.model import Interaction
from cardline.evidence.actions import journal
from cardline.messages import files as file_actions
from cardline.messages.chat import bot_rules, message_store, rules, store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import (
    BotState,
    BotStep,
    Candidate,
    Chat,
    ChatMessage,
    HandOver,
    Said,
    Visitor,
)
from cardline.messages.chat.queueing import end, enter_queue, everybody, told, wake
from cardline.messages.file_model import Cleaned
from cardline.messages.files import Files
from cardline.outreach import actions as outreach
from cardline.routing.rules import queue_for

_MINUTE = timedelta(minutes=1)


async def say(
    tx: Transaction,
    visitor: Visitor,
    text: str,
    *,
    language: Language,
    key: str,
    config: ChatConfig,
    at: datetime,
) -> Said:
    """Take what a holder or an unknown visitor wrote, and answer (rows A5, E5).

    Secrets are taken out before anything is stored. ``key`` makes a repeat harmless. The first
    word opens the chat; whoever comes back in time goes on with the same one.
    """
    await store.lock_visitor(tx, visitor)
    chat = await _going_on(tx, visitor, config=config, at=at)
    if chat is not None:
        repeated = await message_store.by_key(tx, chat.id, key)
        if repeated is not None:
            return Said(judge(config.policy.version, ()), chat, repeated)
    refusals = _against_text(text, config)
    if chat is not None and chat.state != "closed":
        refusals += await _against_pace(tx, chat, config=config, at=at)
    verdict = judge(config.policy.version, refusals)
    if not verdict.allowed:
        return Said(verdict, chat)
    chat = await _opened(tx, visitor, chat, language=language, config=config, at=at)
    masked = mask_secrets(text.strip())
    number = await message_store.add(
        tx, chat.id, author="holder", text=masked.text, masked=masked.found, key=key, at=at
    )
    await _journal_message(tx, chat, number, masked.text, masked.found, by=_actor(chat), at=at)
    if masked.found:
        kinds = config.texts.kinds(masked.found, chat.language)
        await told(tx, chat, "masked", config=config, at=at, kinds=kinds)
    await _respond(tx, chat, masked.text, config=config, at=at)
    await wake(tx, chat.id)
    return Said(verdict, await store.by_id(tx, chat.id), number, masked.found)


async def ask_for_person(
    tx: Transaction, visitor: Visitor, *, language: Language, config: ChatConfig, at: datetime
) -> Chat:
    """The button: a person, at once, without a word."""
    await store.lock_visitor(tx, visitor)
    known = await _going_on(tx, visitor, config=config, at=at)
    chat = await _opened(tx, visitor, known, language=language, config=config, at=at)
    if chat.state == "bot":
        heard = bot_rules.step(
            chat.bot,
            frozenset({"person"}),
            (),
            length=0,
            words=config.words,
            policy=config.policy,
        )
        await _carry_out(tx, chat, heard, config=config, at=at)
    await wake(tx, chat.id)
    return await store.by_id(tx, chat.id) or chat


async def add_file(
    tx: Transaction,
    visitor: Visitor,
    cleaned: Cleaned,
    *,
    scanned: bool,
    language: Language,
    files: Files,
    config: ChatConfig,
    at: datetime,
) -> Said:
    """Add a file that was cleaned (and scanned) to the chat of a visitor."""
    await store.lock_visitor(tx, visitor)
    known = await _going_on(tx, visitor, config=config, at=at)
    chat = await _opened(tx, visitor, known, language=language, config=config, at=at)
    refusals = await _against_pace(tx, chat, config=config, at=at)
    if await message_store.files_of(tx, chat.id) >= config.policy.files_per_chat:
        refusals.append(Reason("files-too-many", "chat.files_per_chat"))
    verdict = judge(config.policy.version, refusals)
    if not verdict.allowed:
        return Said(verdict, chat)
    kept = await file_actions.keep(
        tx,
        files,
        cleaned,
        scanned=scanned,
        owner=chat.id,
        stream=chat.id,
        by=_actor(chat),
        at=at,
    )
    number = await message_store.add(tx, chat.id, author="holder", text="", file=kept.id, at=at)
    await _journal_message(tx, chat, number, "", cleaned.masked, by=_actor(chat), at=at)
    if cleaned.masked:
        kinds = config.texts.kinds(cleaned.masked, chat.language)
        await told(tx, chat, "masked", config=config, at=at, kinds=kinds)
    if chat.state == "message":
        await _left_message(tx, chat, config=config, at=at)
    await wake(tx, chat.id)
    return Said(verdict, await store.by_id(tx, chat.id), number, cleaned.masked)


async def refuse_file(tx: Transaction, visitor: Visitor, *, code: str, at: datetime) -> None:
    """Journal that a file was refused, and why; nothing of it is kept."""
    chat = await store.latest_of(tx, visitor)
    if chat is not None and chat.state != "closed":
        body: JsonObject = {"why": code}
        await journal(tx, stream=chat.id, kind="file.refused", by=_actor(chat), body=body, at=at)


async def leave(tx: Transaction, visitor: Visitor, *, config: ChatConfig, at: datetime) -> bool:
    """The holder ends the chat; False where there is none."""
    chat = await store.latest_of(tx, visitor)
    if chat is None:
        return False
    return await end(tx, chat.id, "left", by=_actor(chat), config=config, at=at)


async def see(
    tx: Transaction, visitor: Visitor, *, after: int, config: ChatConfig, at: datetime
) -> tuple[Chat | None, list[ChatMessage], tuple[int, int], int]:
    """Return the chat of a visitor, what is new in it, receipts, and the place in the queue (or 0).

    What is returned counts as delivered. A chat that ended is shown until it is too late to return.
    """
    chat = await store.latest_of(tx, visitor)
    if chat is None or (
        chat.state == "closed" and not rules.may_return(chat, config.policy, now=at)
    ):
        return None, [], (0, 0), 0
    messages = await message_store.after(tx, chat.id, after, staff=False)
    if messages and await message_store.delivered(tx, chat.id, to="holder", at=at):
        await wake(tx, chat.id)
    place = 0
    if chat.state == "waiting":
        waiting, _ = await everybody(tx, config=config, at=at)
        # Another transaction may have taken it from the queue since it was read.
        here = next((one for one in waiting if one.id == chat.id), None)
        place = rules.place_of(here, waiting) if here else 0
    return chat, messages, await message_store.receipts(tx, chat.id), place


async def chat_of(tx: Transaction, visitor: Visitor) -> Chat | None:
    """Return the newest chat of a visitor, ended or not."""
    return await store.latest_of(tx, visitor)


async def read_by_holder(tx: Transaction, visitor: Visitor, *, through: int, at: datetime) -> None:
    """The holder has read everything up to a number."""
    chat = await store.latest_of(tx, visitor)
    if chat is not None and await message_store.read(
        tx, chat.id, to="holder", through=through, at=at
    ):
        await wake(tx, chat.id)


# ---------------------------------------------------------------- what follows from a word


async def _respond(
    tx: Transaction, chat: Chat, text: str, *, config: ChatConfig, at: datetime
) -> None:
    heard = bot_rules.signals(text, config.words)
    if chat.state == "message":
        await _left_message(tx, chat, config=config, at=at)
    if "stop-marketing" in heard:
        await _stop_marketing(tx, chat, config=config, at=at)
        if chat.state == "bot" and not heard & bot_rules.AT_ONCE:
            return
    if chat.state == "bot":
        hits = config.knowledge.find(text, chat.language, staff=False, limit=3, typing=False)
        candidates = tuple(
            Candidate(
                hit.article.id, hit.article.matters[0], Decimal(hit.confidence).quantize(_CENT)
            )
            for hit in hits
        )
        heard_step = bot_rules.step(
            chat.bot,
            heard,
            candidates,
            length=len(text),
            words=config.words,
            policy=config.policy,
        )
        await _carry_out(tx, chat, heard_step, config=config, at=at)
    elif "theft" in heard and not chat.urgent:
        # Whatever the queue: a card that is lost is frozen first, and goes ahead.
        await told(tx, chat, "hand_over_theft", config=config, at=at, by_bot=True)
        if chat.state == "waiting":
            await store.put_in_queue(
                tx,
                chat.id,
                queue=queue_for(config.words.theft_matter, chat.language, config.routing),
                cause="asked",
                urgent=True,
                since=chat.waiting_since or at,
                given_back=chat.given_back,
                at=at,
            )
        await _journal_hand_over(
            tx, chat, HandOver("theft", config.words.theft_matter, urgent=True), at=at
        )


async def _stop_marketing(tx: Transaction, chat: Chat, *, config: ChatConfig, at: datetime) -> None:
    """A word in the chat stops marketing, at once, whoever else is in it (row D2)."""
    if chat.holder_id is None:
        await told(tx, chat, "marketing_stop_how", config=config, at=at, by_bot=True)
        return
    new = await outreach.stop_marketing(
        tx,
        holder=chat.holder_id,
        phone=None,
        source="chat",
        stream=chat.id,
        by=_actor(chat),
        at=at,
    )
    said = "marketing_stopped" if new else "marketing_stopped_before"
    await told(tx, chat, said, config=config, at=at, by_bot=True)


async def _carry_out(
    tx: Transaction, chat: Chat, heard: BotStep, *, config: ChatConfig, at: datetime
) -> None:
    await store.save_bot(tx, chat.id, heard.state)
    for one in heard.says:
        values: dict[str, object] = {}
        if one.article:
            values["body"] = config.knowledge.articles[one.article].texts[chat.language].body
        said = config.texts.say(one.text, chat.language, **values)
        if one.titles:
            titles = tuple(
                config.knowledge.articles[title].texts[chat.language].title for title in one.titles
            )
            told_titles = config.texts.titles(titles, chat.language)
            said += "\n" + config.texts.say("did_you_mean", chat.language, titles=told_titles)
        number = await message_store.add(
            tx, chat.id, author="bot", text=said, article=one.article or None, at=at
        )
        if one.article:
            body: JsonObject = {"number": number, "article": one.article}
            await journal(tx, stream=chat.id, kind="chat.bot-answered", by=SYSTEM, body=body, at=at)
    if heard.hand_over is not None:
        await _journal_hand_over(tx, chat, heard.hand_over, at=at)
        await enter_queue(
            tx,
            chat,
            matter=heard.hand_over.matter,
            urgent=heard.hand_over.urgent,
            config=config,
            at=at,
        )


async def _journal_hand_over(tx: Transaction, chat: Chat, over: HandOver, *, at: datetime) -> None:
    body: JsonObject = {"why": over.reason, "matter": over.matter, "urgent": over.urgent}
    await journal(tx, stream=chat.id, kind="chat.handed-over", by=SYSTEM, body=body, at=at)


async def _left_message(tx: Transaction, chat: Chat, *, config: ChatConfig, at: datetime) -> None:
    if await store.leave_task(tx, chat, at=at):
        await told(tx, chat, "message_taken", config=config, at=at)
        await tasks.open_task(
            tx,
            source=f"chat:{chat.id}:{chat.last_number}",
            kind="other",
            what=config.texts.say("task_message", "zh"),
            due_at=at + config.policy.message_due,
            by=_actor(chat),
            at=at,
            interaction=chat.id,
            holder=chat.holder_id,
            matter=chat.matter,
        )
        body: JsonObject = {"matter": chat.matter}
        await journal(
            tx, stream=chat.id, kind="chat.message-left", by=_actor(chat), body=body, at=at
        )


# ---------------------------------------------------------------- opening, going on


async def _going_on(
    tx: Transaction, visitor: Visitor, *, config: ChatConfig, at: datetime
) -> Chat | None:
    """Return the chat to go on with, locked: the open one, or one that ended a short while ago."""
    found = await store.latest_of(tx, visitor)
    chat = await store.by_id(tx, found.id, lock=True) if found else None
    if chat is None or chat.state != "closed" or rules.may_return(chat, config.policy, now=at):
        return chat
    return None


async def _opened(
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
        await _journal_hand_over(tx, again, over, at=at)
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
        by=_actor_of(visitor),
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


def _against_text(text: str, config: ChatConfig) -> list[Reason]:
    if not text.strip():
        return [Reason("message-empty", "chat: a message says something")]
    if len(text) > config.policy.message_length:
        return [Reason("message-too-long", "chat.message_length")]
    return []


async def _against_pace(
    tx: Transaction, chat: Chat, *, config: ChatConfig, at: datetime
) -> list[Reason]:
    written = await message_store.written_since(tx, chat.id, at - _MINUTE)
    if written >= config.policy.messages_per_minute:
        return [Reason("too-fast", "chat.messages_per_minute", at + _MINUTE)]
    return []


async def _journal_message(
    tx: Transaction,
    chat: Chat,
    number: int,
    text: str,
    masked: tuple[str, ...],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """The hash of what is kept, so that a message that was changed later is found out (row F1)."""
    body: JsonObject = {"number": number, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    if masked:
        body["masked"] = list(masked)
    await journal(tx, stream=chat.id, kind="chat.message", by=by, body=body, at=at)


def _actor(chat: Chat) -> Actor:
    return Actor("holder", chat.holder_id) if chat.holder_id else Actor("caller")


def _actor_of(visitor: Visitor) -> Actor:
    return Actor("holder", visitor.holder) if visitor.holder else Actor("caller")


_CENT = Decimal("0.01")
