"""Two nodes at once: one key is one complaint, like complaints are one, a step is taken once."""

import asyncio

import pytest

from cardline.adapters.postgres.database import Database
from cardline.complaints import actions
from cardline.complaints.model import Grade, State
from cardline.evidence.verifying import verify
from tests.actions.complaint_room import COMPLIANCE, Room, decision


@pytest.fixture
async def room(database: Database) -> Room:
    return await Room(database).open()


async def test_pressed_eight_times_at_once_it_is_one_complaint(room: Room) -> None:
    found = await asyncio.gather(*(room.receive() for _ in range(8)))
    assert len({case.id for case in found}) == 1
    assert await room.rows("SELECT count(*) FROM complaint") == [1]
    assert await room.rows("SELECT count(*) FROM sms_outbox") == [1]


async def test_the_same_words_by_eight_doors_at_once_are_one_and_seven_joined(room: Room) -> None:
    found = await asyncio.gather(*(room.receive(f"k{n}") for n in range(8)))
    main = [case for case in found if case.state is State.RECEIVED]
    assert len(main) == 1
    assert {case.joined_to for case in found if case.state is State.JOINED} == {main[0].id}
    assert await room.rows("SELECT count(*) FROM complaint") == [8]
    async with room.database.transaction() as tx:
        report = await verify(tx)
    assert report.breaches == []


async def test_two_who_join_crosswise_leave_one_that_goes_on(room: Room) -> None:
    first, second = await room.receive(), await room.receive("k2", statement="第二件事。")
    await asyncio.gather(
        room.do(actions.join, first.id, into=second.id),
        room.do(actions.join, second.id, into=first.id),
    )
    states = {(await room.find(one.id)).state for one in (first, second)}
    assert states == {State.RECEIVED, State.JOINED}


async def test_a_decision_is_made_once_and_an_extension_settled_once(room: Room) -> None:
    case = await room.accepted()
    asked = await room.do(
        actions.extend, case, grade=Grade("special"), ground="many-facts", why="需逐笔核对"
    )
    settled = await asyncio.gather(
        *(
            room.do(
                actions.settle_extension, case, extension=asked.made, approve=approve,
                why="一个月足够", staff=COMPLIANCE,
            )
            for approve in (True, False, True)
        )
    )  # fmt: skip
    assert sum(one.verdict.allowed for one in settled) == 1
    decided = await asyncio.gather(*(room.do(actions.decide, case, decision()) for _ in range(4)))
    assert sum(one.verdict.allowed for one in decided) == 1
    await asyncio.gather(*(room.sweep() for _ in range(3)))
    assert await room.paid() == [30000]
