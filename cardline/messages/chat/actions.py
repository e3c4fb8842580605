"""What the holder does in a chat: write, send a file, ask for a person, leave."""

from datetime import datetime, timedelta

from cardline.cards.model import Language
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, judge
from cardline.evidence.actions import journal
from cardline.messages import files as file_actions
from cardline.messages.chat import bot_rules, message_store, rules, store
from cardline.messages.chat.answering import carry_out, left_message, respond
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import Chat, ChatMessage, Said, Visitor
from cardline.messages.chat.opening import going_on, opened
from cardline.messages.chat.queueing import end, everybody, journal_message, told, wake
from cardline.messages.file_model import Cleaned
from cardline.messages.files import Files

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
    chat = await going_on(tx, visitor, config=config, at=at)
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
    chat = await opened(tx, visitor, chat, language=language, config=config, at=at)
    masked = mask_secrets(text.strip())
    number = await message_store.add(
        tx, chat.id, author="holder", text=masked.text, masked=masked.found, key=key, at=at
    )
    await journal_message(tx, chat, number, masked.text, masked.found, by=chat.actor, at=at)
    if masked.found:
        kinds = config.texts.kinds(masked.found, chat.language)
        await told(tx, chat, "masked", config=config, at=at, kinds=kinds)
    await respond(tx, chat, masked.text, config=config, at=at)
    await wake(tx, chat.id)
    return Said(verdict, await store.by_id(tx, chat.id), number, masked.found)


async def ask_for_person(
    tx: Transaction, visitor: Visitor, *, language: Language, config: ChatConfig, at: datetime
) -> Chat:
    """The button: a person, at once, without a word."""
    await store.lock_visitor(tx, visitor)
    known = await going_on(tx, visitor, config=config, at=at)
    chat = await opened(tx, visitor, known, language=language, config=config, at=at)
    if chat.state == "bot":
        heard = bot_rules.step(
            chat.bot,
            frozenset({"person"}),
            (),
            length=0,
            words=config.words,
            policy=config.policy,
        )
        await carry_out(tx, chat, heard, config=config, at=at)
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
    known = await going_on(tx, visitor, config=config, at=at)
    chat = await opened(tx, visitor, known, language=language, config=config, at=at)
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
        by=chat.actor,
        at=at,
    )
    number = await message_store.add(tx, chat.id, author="holder", text="", file=kept.id, at=at)
    await journal_message(tx, chat, number, "", cleaned.masked, by=chat.actor, at=at)
    if cleaned.masked:
        kinds = config.texts.kinds(cleaned.masked, chat.language)
        await told(tx, chat, "masked", config=config, at=at, kinds=kinds)
    if chat.state == "message":
        await left_message(tx, chat, config=config, at=at)
    await wake(tx, chat.id)
    return Said(verdict, await store.by_id(tx, chat.id), number, cleaned.masked)


async def refuse_file(tx: Transaction, visitor: Visitor, *, code: str, at: datetime) -> None:
    """Journal that a file was refused, and why; nothing of it is kept."""
    chat = await store.latest_of(tx, visitor)
    if chat is not None and chat.state != "closed":
        body: JsonObject = {"why": code}
        await journal(
            tx,
            stream=chat.id,
            kind="file.refused",
            by=chat.actor,
            body=body,
            at=at,
        )


async def leave(tx: Transaction, visitor: Visitor, *, config: ChatConfig, at: datetime) -> bool:
    """The holder ends the chat; False where there is none."""
    chat = await store.latest_of(tx, visitor)
    if chat is None:
        return False
    return await end(tx, chat.id, "left", by=chat.actor, config=config, at=at)


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
