"""A chat as a conversation of the workplace: screen, wrap-up, notes, warnings, the polite end."""

from dataclasses import replace

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.desk.catalogue import load_desk_catalogue
from cardline.desk.hard_conversations import actions as hard
from cardline.desk.screen import reading as screen
from cardline.desk.work import notes, tasks, wrapups
from cardline.desk.work.model import Task
from cardline.desk.work.sweeping import sweep
from cardline.desk.work.wrapups import Draft
from cardline.messages.chat import agent_actions
from cardline.messages.chat.agent_actions import Asked
from cardline.messages.chat.model import Chat, Visitor
from tests.actions.chat_room import ANNA, CONFIG, Room
from tests.actions.identity_desk import config
from tests.partial import LOOKS
from tests.store.ledger_fixture import fill

WORDS = load_desk_catalogue()
CALM = Asked(freeze=False, complaint=False)
DRAFT = Draft("other", "resolved", "已说明账单日和还款日。", True, True)


@pytest.fixture
async def room(database: Database) -> Room:
    return Room(database)


async def talking(room: Room, text: str = "人工", visitor: Visitor = ANNA) -> Chat:
    """A chat that the agent a1 has."""
    await room.hire("a1", "general", "account", "urgent", "complaint")
    chat = await room.waiting(text, visitor)
    assert await room.accept("a1", chat) == ()
    return chat


async def warn(room: Room, chat: Chat) -> None:
    async with room.database.transaction() as tx:
        await hard.warn(
            tx,
            chat.id,
            category="abuse",
            words="（辱骂）",
            catalogue=WORDS,
            by=room.staff["a1"],
            at=room.now,
        )


async def finish(room: Room, chat: Chat, asked: Asked | None = CALM) -> tuple[str, ...]:
    """End it politely; why not."""
    async with room.database.transaction() as tx:
        verdict = await agent_actions.finish(
            tx,
            room.staff["a1"],
            chat.id,
            "polite-end",
            config=CONFIG,
            at=room.now,
            asked=asked,
        )
    return verdict.codes


async def open_tasks(room: Room) -> list[Task]:
    async with room.database.transaction() as tx:
        return await tasks.list_tasks(tx, agent=None, matters=None)


async def sweep_tasks(room: Room) -> int:
    async with room.database.transaction() as tx:
        return await sweep(tx, policy=CONFIG.desk, at=room.now)


async def test_the_screen_of_a_chat_tells_whom_and_what_it_is_about(room: Room) -> None:
    async with room.database.transaction() as tx:
        bank = await fill(tx)
    chat = await talking(room, "我要投诉")
    async with room.database.transaction() as tx:
        shown = await screen.show(
            tx,
            chat.id,
            bank=bank,
            identity_config=config(),
            policy=CONFIG.desk,
            routing_policy=CONFIG.routing,
            looks=LOOKS,
            by=room.staff["a1"],
            at=room.now,
        )
    assert shown.holder is not None
    assert shown.queue is not None
    assert (shown.holder.id, shown.queue.matter) == ("h1", "complaint")


async def test_whoever_has_or_had_the_chat_writes_notes_and_wraps_up(room: Room) -> None:
    chat = await talking(room)
    await room.hire("a2", "general")
    agent, other = room.staff["a1"], room.staff["a2"]
    async with room.database.transaction() as tx:
        note = await notes.note_on_interaction(tx, chat.id, "客户偏好文字", by=agent, at=room.now)
    assert note.interaction == chat.id
    with pytest.raises(NotFound):
        async with room.database.transaction() as tx:
            await notes.note_on_interaction(tx, chat.id, "路过", by=other, at=room.now)
    await room.finish("a1", chat)
    async with room.database.transaction() as tx:
        saved = await wrapups.save(tx, chat.id, DRAFT, version=0, by=agent, at=room.now)
        done = await wrapups.complete(
            tx,
            chat.id,
            catalogue=WORDS,
            policy=CONFIG.desk,
            routing_policy=CONFIG.routing,
            version=saved.version,
            by=agent,
            at=room.now,
        )
    assert done.verdict.allowed, done.verdict.codes


async def test_a_wrap_up_is_not_completed_while_the_chat_goes_on(room: Room) -> None:
    chat = await talking(room)
    agent = room.staff["a1"]
    async with room.database.transaction() as tx:
        saved = await wrapups.save(tx, chat.id, DRAFT, version=0, by=agent, at=room.now)
        lacks = await wrapups.missing(tx, saved, catalogue=WORDS, policy=CONFIG.desk, at=room.now)
    assert lacks.codes == ("still-talking",)


async def test_a_wrap_up_left_after_a_chat_becomes_a_task(room: Room) -> None:
    chat = await talking(room)
    assert await sweep_tasks(room) == 0
    await room.finish("a1", chat)
    assert await sweep_tasks(room) == 0
    room.later(minutes=6)
    assert await sweep_tasks(room) == 1
    assert await sweep_tasks(room) == 0
    (task,) = await open_tasks(room)
    assert (task.kind, task.agent, task.interaction) == ("wrap-up", "a1", chat.id)
    async with room.database.transaction() as tx:
        agent = room.staff["a1"]
        saved = await wrapups.save(tx, chat.id, DRAFT, version=0, by=agent, at=room.now)
        await wrapups.complete(
            tx,
            chat.id,
            catalogue=WORDS,
            policy=CONFIG.desk,
            routing_policy=CONFIG.routing,
            version=saved.version,
            by=agent,
            at=room.now,
        )
    assert await open_tasks(room) == []


async def test_a_chat_ends_politely_by_the_rule_of_calls(room: Room) -> None:
    chat = await talking(room)
    assert await finish(room, chat) == ("not-warned",)
    await warn(room, chat)
    assert await finish(room, chat) == ("warned-too-recently",)
    room.now += CONFIG.desk.warning_before
    assert await finish(room, chat, replace(CALM, complaint=True)) == ("complaint-asked",)
    with pytest.raises(Invalid):
        await finish(room, chat, None)
    assert (await room.see())[0].state == "talking"  # type: ignore[union-attr]
    assert await finish(room, chat) == ()
    assert (await room.see())[0].outcome == "polite-end"  # type: ignore[union-attr]
    assert "desk.polite-end" in await room.kinds(chat.id)


async def test_whoever_wrote_of_a_theft_is_not_sent_away(room: Room) -> None:
    chat = await talking(room, "我的卡被偷了")
    await warn(room, chat)
    room.now += CONFIG.desk.warning_before
    assert await finish(room, chat) == ("freeze-open",)


async def test_a_lead_does_not_end_a_colleagues_chat_politely(room: Room) -> None:
    chat = await talking(room)
    await room.hire("a9", "general", role="lead")
    with pytest.raises((NotFound, Conflict)):
        await room.finish("a9", chat, "polite-end")


async def test_taking_up_a_message_does_the_task_that_stood_for_it(room: Room) -> None:
    await room.hire("a1", "general", ready=False)
    await room.say("人工")
    said = await room.say("请给我回电，谢谢")
    assert said.chat is not None
    (task,) = await open_tasks(room)
    assert task.interaction == said.chat.id
    await room.ready("a1")
    assert await room.accept("a1", said.chat) == ()
    assert await open_tasks(room) == []
    assert "task.done" in await room.kinds(said.chat.id)
