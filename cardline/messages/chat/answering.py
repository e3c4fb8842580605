"""What follows from a word of the holder's: the machine's answer, a person, marketing stopped."""

from datetime import datetime
from decimal import Decimal

from cardline.core.actor import SYSTEM
from cardline.core.home import home
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.work import tasks
from cardline.evidence.actions import journal
from cardline.messages.chat import bot_rules, message_store, store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import BotStep, Candidate, Chat, HandOver
from cardline.messages.chat.queueing import enter_queue, journal_hand_over, told
from cardline.outreach import actions as outreach
from cardline.routing.rules import queue_for


async def respond(
    tx: Transaction, chat: Chat, text: str, *, config: ChatConfig, at: datetime
) -> None:
    heard = bot_rules.signals(text, config.words)
    if chat.state == "message":
        await left_message(tx, chat, config=config, at=at)
    if "stop-marketing" in heard:
        await stop_marketing(tx, chat, config=config, at=at)
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
        await carry_out(tx, chat, heard_step, config=config, at=at)
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
        await journal_hand_over(
            tx, chat, HandOver("theft", config.words.theft_matter, urgent=True), at=at
        )


async def stop_marketing(tx: Transaction, chat: Chat, *, config: ChatConfig, at: datetime) -> None:
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
        by=chat.actor,
        at=at,
    )
    said = "marketing_stopped" if new else "marketing_stopped_before"
    await told(tx, chat, said, config=config, at=at, by_bot=True)


async def carry_out(
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
        await journal_hand_over(tx, chat, heard.hand_over, at=at)
        await enter_queue(
            tx,
            chat,
            matter=heard.hand_over.matter,
            urgent=heard.hand_over.urgent,
            config=config,
            at=at,
        )


async def left_message(tx: Transaction, chat: Chat, *, config: ChatConfig, at: datetime) -> None:
    if await store.leave_task(tx, chat, at=at):
        await told(tx, chat, "message_taken", config=config, at=at)
        await tasks.open_task(
            tx,
            source=f"chat:{chat.id}:{chat.last_number}",
            kind="other",
            what=config.texts.say("task_message", home().language),
            due_at=at + config.policy.message_due,
            by=chat.actor,
            at=at,
            interaction=chat.id,
            holder=chat.holder_id,
            matter=chat.matter,
        )
        body: JsonObject = {"matter": chat.matter}
        await journal(
            tx,
            stream=chat.id,
            kind="chat.message-left",
            by=chat.actor,
            body=body,
            at=at,
        )


_CENT = Decimal("0.01")
