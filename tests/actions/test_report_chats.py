"""Chats in the reports and on the wall: they agree, and with a count by hand."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.clock import utc_now
from cardline.core.errors import NotFound
from cardline.core.ids import AgentId, CallId, HolderId, InteractionId
from cardline.core.policy import load_area
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.identity.model import Proofs
from cardline.messages.chat import actions as chats
from cardline.messages.chat.model import Visitor
from cardline.reports import reading, rules
from cardline.reports.chat_views import ChatsView, show_chat_service
from cardline.reports.model import ChatsEnded, Period
from cardline.reports.wall import wall
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent
from tests.actions.chat_room import CONFIG, NOW, Room
from tests.actions.whole_application import Whole, whole_application

REPORTS = rules.read_report_policy(load_area("reports"))


@pytest.fixture
async def room(database: Database) -> Room:
    return Room(database)


async def leaves(room: Room, visitor: Visitor) -> None:
    async with room.database.transaction() as tx:
        assert await chats.leave(tx, visitor, config=CONFIG, at=room.now)


async def on_the_wall(room: Room) -> ChatsView:
    async with room.database.transaction() as tx:
        return (await wall(tx, REPORTS, CONFIG.routing, at=room.now)).chats


def visitor(name: str) -> Visitor:
    return Visitor(HolderId(name), None)


async def test_the_worked_example_of_the_readme(room: Room) -> None:
    await room.hire("a1", "general")
    first = await room.waiting(visitor=visitor("h1"))
    room.later(seconds=8)
    assert await room.accept("a1", first) == ()
    second = await room.waiting(visitor=visitor("h2"))
    room.later(seconds=20.4)
    assert await room.accept("a1", second) == ()
    await room.waiting(visitor=visitor("h3"))
    room.later(seconds=5)
    await leaves(room, visitor("h3"))  # did not wait for it
    await room.transfer("a1", first)
    room.later(seconds=6)
    await room.ready("a1", ready=False, hand_back=True)  # gives the second back: nobody is there
    await room.sweep()
    await room.waiting(visitor=visitor("h4"))  # nobody is there
    await room.say("年费", visitor("h5"))  # the machine answers
    await leaves(room, visitor("h5"))
    await room.ready("a1")
    fifth = await room.waiting(visitor=visitor("h6"))
    room.later(seconds=10)

    period = Period(NOW, room.now)
    async with room.database.transaction() as tx:
        whole, general = await reading.chats(tx, period, at=room.now)
        ended = await reading.chats_ended(tx, period)
        later = await reading.chats(tx, Period(room.now, room.now + timedelta(1)), at=room.now)
    assert (whole.queue, general.queue) == (None, "general-zh")
    for told in (whole, general):
        assert told.offered == 7
        assert (told.answered, told.messages, told.left, told.waiting) == (2, 3, 1, 1)
        assert (told.transferred, told.given_back) == (1, 1)
        assert told.mean_wait == timedelta(seconds=14.2)
        assert (told.wait_p50, told.wait_p90) == (8, 21)
        assert told.longest_wait == timedelta(seconds=20.4)
        assert told.answered_share == 2 / 7
    assert ended == [ChatsEnded("left", 2, 1)]
    assert [one.offered for one in later] == [0]

    shown = await on_the_wall(room)
    assert [(one.interaction, one.waited_seconds) for one in shown.waiting] == [(fifth.id, 10.0)]
    assert shown.longest_wait_seconds == 10.0
    assert [(one.agent, one.ready, one.open) for one in shown.agents] == [("a1", True, 0)]
    await room.accept("a1", fifth)
    shown = await on_the_wall(room)
    assert (shown.waiting, shown.longest_wait_seconds) == ([], 0.0)
    assert [(one.agent, one.screen, one.open) for one in shown.agents] == [("a1", True, 1)]


async def test_a_message_that_was_left_is_on_the_wall_until_somebody_takes_it(room: Room) -> None:
    chat = await room.waiting(visitor=visitor("h1"))
    await room.say("请给我回电", visitor("h1"))
    assert (await on_the_wall(room)).messages_left == 1
    await room.hire("a1", "general")
    room.later(seconds=3)
    assert await room.accept("a1", chat) == ()
    shown = await on_the_wall(room)
    assert shown.messages_left == 0
    assert shown.today[0].answered == 0  # it did not wait: it ended as a message
    assert shown.today[0].messages == 1


async def test_a_chat_that_turns_urgent_goes_on_waiting_where_it_will_be_served(
    room: Room,
) -> None:
    await room.hire("a1", "general", "urgent")
    chat = await room.waiting(visitor=visitor("h1"))
    room.later(seconds=5)
    await room.say("我的卡丢了", visitor("h1"))
    assert await room.accept("a1", chat) == ()
    async with room.database.transaction() as tx:
        told = await reading.chats(tx, Period(NOW, room.now + timedelta(1)), at=room.now)
    assert [(one.queue, one.offered, one.answered) for one in told] == [
        (None, 1, 1),
        ("urgent-zh", 1, 1),
    ]
    assert told[0].mean_wait == timedelta(seconds=5)


async def some_chats(room: Room, dice: Random, steps: int) -> None:
    """Let people ask, wait, leave; agents take, pass on, finish, go away and come back."""
    names = ["a1", "a2"]
    for name in names:
        await room.hire(name, "general", "urgent")
    people = [visitor(f"h{number}") for number in range(6)]
    for _ in range(steps):
        room.later(seconds=dice.choice([0.4, 2, 9, 700]))
        name, who = dice.choice(names), dice.choice(people)
        mine = await room.mine(name)
        try:
            match dice.randrange(8):
                case 0 | 1:
                    await room.say(dice.choice(["人工", "年费", "我的卡丢了"]), who)
                case 2 | 3 if mine.next is not None:
                    await room.accept(name, mine.next)
                case 4 if mine.chats:
                    await room.finish(name, mine.chats[0][0])
                case 5 if mine.chats:
                    await room.transfer(name, mine.chats[0][0])
                case 6:
                    await room.ready(name, ready=dice.random() < 0.7, hand_back=dice.random() < 0.3)
                case 7:
                    await room.sweep()
        except NotFound:
            pass


@pytest.mark.parametrize("seed", range(4))
async def test_the_wall_says_of_chats_what_the_reports_say(room: Room, seed: int) -> None:
    await some_chats(room, Random(seed), 80)
    room.later(seconds=1)
    now, shown = room.now, await on_the_wall(room)
    day, hour = reading.today(now), Period(now - timedelta(hours=1), now)
    rows = await room.ask("SELECT queue, entered_at, left_at, outcome, cause FROM chat_stay")
    async with room.database.transaction() as tx:
        for period, seen in ((day, shown.today), (hour, shown.last_hour)):
            told = await reading.chats(tx, period, at=now)
            assert seen == [show_chat_service(one) for one in told]
            for one in seen:
                here: Counter[Any] = Counter()
                for queue, entered, _, outcome, cause in rows:
                    if period.start <= entered < period.end and one.queue in ("", queue):
                        here.update(["offered", outcome or "waiting", cause])
                assert one.offered == here["offered"]
                assert (one.answered, one.messages) == (here["answered"], here["message"])
                assert (one.left, one.waiting) == (here["left"], here["waiting"])
                assert (one.transferred, one.given_back) == (
                    here["transferred"],
                    here["given-back"],
                )
                assert one.offered == one.answered + one.messages + one.left + one.waiting
        whole = (await reading.chats(tx, Period(NOW, now), at=now))[0]
        parts = [
            (await reading.chats(tx, part, at=now))[0] for part in rules.hours_of(Period(NOW, now))
        ]
    assert whole.offered == sum(part.offered for part in parts) > 0
    assert whole.answered == sum(part.answered for part in parts)
    waiting = await room.ask("SELECT id FROM chat WHERE state = 'waiting'")
    assert {one.interaction for one in shown.waiting} == set(waiting)
    assert len(waiting) == sum(left is None for _, _, left, _, _ in rows)
    assert sum(agent.open for agent in shown.agents) == len(
        await room.ask("SELECT id FROM chat WHERE state = 'talking'")
    )


# ---------------------------------------------------------------- calls in danger


@pytest.fixture
async def whole(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_application(database_url, tmp_path) as whole:
        yield whole


async def dangers(whole: Whole) -> list[tuple[str, str, str | None]]:
    async with whole.client("lead") as client:
        answer = await client.get("/api/v1/wall")
    assert answer.status_code == 200, answer.text
    return [
        (one["code"], one["interaction"], one["agent"])
        for one in answer.json()["danger"]
        if one["code"] in ("help-asked", "agent-silent")
    ]


async def note(whole: Whole, interaction: str, kind: str, agent: str) -> None:
    async with whole.running.parts.database.transaction() as tx:
        body = {"leg": "l1", "agent": agent}
        await desk.note(tx, InteractionId(interaction), kind, body, at=utc_now())


@pytest.fixture
async def talk(whole: Whole) -> str:
    """A talk of the agent a7001."""
    at = utc_now()
    async with whole.running.parts.database.transaction() as tx:
        interaction = Interaction(
            id=InteractionId("i1"),
            door="phone",
            call=CallId("c1"),
            line="line",
            from_number="",
            to_number="hotline",
            holder_id=None,
            language="zh",
            opened_at=at,
            answered_at=at,
            closed_at=None,
            outcome=None,
            flow_version="test",
            state={},
            proofs=Proofs(),
            continues=None,
        )
        await desk.open_interaction(tx, interaction, source="test")
        await routing.set_agent_state(
            tx,
            agent=AgentId("a7001"),
            event=AgentEvent.LOG_IN,
            phone="sip:7001@192.0.2.1",
            policy=whole.running.parts.routing,
            at=at,
        )
        verdict = await routing.start_talk(
            tx,
            agent=AgentId("a7001"),
            interaction=interaction.id,
            kind="transfer",
            call=interaction.call,
            policy=whole.running.parts.routing,
            at=at,
        )
        assert verdict.allowed, verdict
    return "i1"


async def test_the_wall_names_an_agent_who_fell_silent_until_he_is_heard(
    whole: Whole, talk: str
) -> None:
    assert await dangers(whole) == []
    await note(whole, talk, "party.away", "a7001")
    assert await dangers(whole) == [("agent-silent", talk, "a7001")]
    await note(whole, talk, "party.away", "a7002")  # who is not in a talk any more
    assert await dangers(whole) == [("agent-silent", talk, "a7001")]
    await note(whole, talk, "party.back", "a7001")
    assert await dangers(whole) == []


async def test_the_wall_names_a_call_in_which_a_lead_is_asked_for(whole: Whole, talk: str) -> None:
    async with whole.running.parts.database.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO call_help VALUES (%s, 'a7001', 'the caller shouts', %s)",
            (talk, utc_now()),
        )
    assert await dangers(whole) == [("help-asked", talk, "a7001")]
    async with whole.running.parts.database.transaction() as tx:
        await desk.close_interaction(tx, InteractionId(talk), outcome="hung-up", at=utc_now())
    assert await dangers(whole) == []
