"""Chats on many connections at once: every race ends in exactly one outcome."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.messages.chat.model import Visitor
from tests.actions.chat_room import ANNA, Room


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with Database(database_url, connections=8) as database:
        yield Room(database)


async def _check_invariants(room: Room) -> None:
    for what, query in {
        "an agent has more than he can": """
            SELECT a.agent_id FROM chat_agent AS a JOIN chat AS c ON c.agent_id = a.agent_id
            GROUP BY a.agent_id, a.capacity HAVING count(*) > a.capacity""",
        "the numbers of the messages have a gap": """
            SELECT chat FROM chat_message GROUP BY chat HAVING max(number) <> count(*)""",
        "a visitor has two open chats": """
            SELECT holder_id FROM chat WHERE state <> 'closed' AND holder_id IS NOT NULL
            GROUP BY holder_id HAVING count(*) > 1""",
        "a chat and its interaction disagree about the end": """
            SELECT c.id FROM chat AS c JOIN interaction AS i ON i.id = c.id
            WHERE (c.closed_at IS NULL) <> (i.closed_at IS NULL)""",
        "a chat was accepted twice, neither given back nor opened again": """
            SELECT stream FROM journal WHERE kind = 'chat.accepted' GROUP BY stream
            HAVING count(*) > 1 + (SELECT count(*) FROM journal AS back
                WHERE back.stream = journal.stream
                AND back.kind IN ('chat.given-back', 'chat.transferred', 'chat.closed'))""",
        "a stay in a queue is open though the chat does not wait, or the other way round": """
            SELECT id FROM chat FULL JOIN (SELECT chat, queue FROM chat_stay WHERE left_at IS NULL)
                AS stay ON stay.chat = chat.id
            WHERE (chat.state = 'waiting') IS DISTINCT FROM (stay.chat IS NOT NULL)
                OR stay.queue <> chat.matter || '-' || chat.language""",
        "an acceptance ended no stay, or a stay ended without one": """
            SELECT c.id FROM chat AS c
            WHERE (SELECT count(*) FROM chat_stay AS s
                    WHERE s.chat = c.id AND s.outcome = 'answered')
                <> (SELECT count(*) FROM journal AS j WHERE j.stream = c.id
                    AND j.kind = 'chat.accepted' AND j.body ? 'waited_seconds')""",
    }.items():
        assert await room.ask(query) == [], what
    assert await room.intact()


async def test_two_agents_race_for_one_chat_and_one_gets_it(room: Room) -> None:
    for name in ("a1", "a2", "a3", "a4"):
        await room.hire(name, "general")
    for _ in range(5):
        chat = await room.waiting()
        codes = await asyncio.gather(*(room.accept(name, chat) for name in room.staff))
        assert Counter(codes) == {(): 1, ("chat-taken",): 3}
        await room.finish(next(n for n, c in zip(room.staff, codes, strict=True) if c == ()), chat)
    await _check_invariants(room)


async def test_an_agent_who_takes_two_at_once_is_not_overfilled(room: Room) -> None:
    await room.hire("a1", "general", capacity=1)
    chats = [await room.waiting() for _ in range(2)]
    codes = await asyncio.gather(*(room.accept("a1", chat) for chat in chats))
    assert codes[0] == ()
    assert codes[1] in (("chat-full",), ("older-waits",))
    await _check_invariants(room)


async def test_two_first_words_open_one_chat(room: Room) -> None:
    said = await asyncio.gather(*(room.say("最低还款", ANNA) for _ in range(6)))
    assert len({one.chat.id for one in said if one.chat}) == 1
    await _check_invariants(room)


async def test_the_same_message_sent_at_once_is_one(room: Room) -> None:
    said = await asyncio.gather(*(room.say("最低还款", ANNA, key="once") for _ in range(6)))
    assert len({one.message for one in said}) == 1
    await _check_invariants(room)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_at_once_nothing_is_lost_or_doubled(room: Room, seed: int) -> None:
    dice = random.Random(seed)
    names = ["a1", "a2", "a3"]
    for name in names:
        await room.hire(name, "general", capacity=2)
    visitors = [Visitor(HolderId(f"h{n}"), None) for n in range(5)]
    for visitor in visitors:
        await room.say("人工", visitor)

    async def agent(name: str) -> None:
        for _ in range(6):
            mine = await room.mine(name)
            if mine.next is not None:
                await room.accept(name, mine.next)
            for chat, _, _ in mine.chats:
                try:
                    act = dice.choice(["write", "finish", "transfer"])
                    if act == "write":
                        await room.write(name, chat, "您好")
                    elif act == "finish":
                        await room.finish(name, chat)
                    else:
                        await room.transfer(name, chat)
                except NotFound:
                    pass

    async def holder(visitor: Visitor) -> None:
        for _ in range(4):
            await room.say(dice.choice(["人工", "年费", "谢谢"]), visitor)
            await room.see(visitor)

    async def away() -> None:
        for _ in range(4):
            name = dice.choice(names)
            await room.ready(name, ready=False, hand_back=True)
            await room.sweep()
            await room.ready(name)

    async with asyncio.timeout(90):
        await asyncio.gather(
            *(agent(name) for name in names), *(holder(one) for one in visitors), away()
        )
    await _check_invariants(room)
