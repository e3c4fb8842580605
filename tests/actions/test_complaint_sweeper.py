"""What nobody forgets: warned before, escalated at, never silent after; objections of the desk."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.cases import actions as cases
from cardline.cards.cases import work as case_work
from cardline.cards.cases.model import CaseId, CaseKind, CaseReason, Decision
from cardline.cards.cases.model import CaseOutcome as Outcome
from cardline.complaints import actions
from cardline.complaints.clock_model import Task
from cardline.complaints.model import Door
from cardline.complaints.words import day_in_words
from cardline.core.errors import NotFound
from tests.actions.complaint_room import COMPLIANCE, LEAD, Room, decision
from tests.actions.serving_desk import AGENT, Desk
from tests.actions.serving_desk import LEAD as DESK_LEAD


@pytest.fixture
async def room(database: Database) -> Room:
    return await Room(database).open()


async def open_tasks(room: Room) -> list[tuple[str, str | None]]:
    return await room.rows(
        "SELECT what, agent FROM desk_task WHERE done_at IS NULL AND source NOT LIKE '%%:new'"
        " ORDER BY opened_at, what"
    )


async def test_the_handler_is_warned_and_the_lead_hears_until_it_is_done(room: Room) -> None:
    case = await room.accepted()
    await room.send_messages()
    await room.sweep()
    assert await open_tasks(room) == []
    room.now = room.now.replace(day=23)
    assert (await room.sweep()).warned == 1
    assert (await room.sweep()).warned == 0
    soon = (f"投诉{case}请按期作出处理决定并答复，最后一天是2026年9月25日", LEAD.agent_id)
    assert await open_tasks(room) == [soon]
    room.now = room.now.replace(day=25, hour=16)  # midnight in Shanghai: the day is over
    assert (await room.sweep()).escalated == 1
    late = (f"投诉{case}已超期：作出处理决定并答复，最后一天是2026年9月25日", None)
    assert await open_tasks(room) == [soon, late]
    await room.rows("UPDATE desk_task SET done_at = now(), done_by = 'x' RETURNING id")
    room.later(days=1)
    assert (await room.sweep()).escalated == 1
    assert await open_tasks(room) == [late]  # never silent
    entries = await room.journal(case)
    assert [one.body["times"] for one in entries if one.kind == "complaint.overdue"] == [1, 2]
    assert (
        next(one for one in entries if one.kind == "complaint.due-soon").body["handler"] == "6010"
    )
    await room.do(actions.decide, case, decision(None))
    await room.answer(case)
    assert await open_tasks(room) == []
    room.later(days=2)
    assert (await room.sweep()).escalated == 0


async def test_what_nobody_handles_or_who_takes_no_calls_lies_where_all_see_it(room: Room) -> None:
    await room.receive()
    room.later(days=2)
    await room.sweep()
    agents = {agent for _, agent in await open_tasks(room)}
    assert agents == {None}
    case = await room.accepted("k2", handler=COMPLIANCE, statement="另一件事。")
    room.later(days=14)
    await room.sweep()
    assert any(case in what for what, agent in await open_tasks(room) if agent is None)


async def test_nodes_that_sweep_at_once_warn_once(room: Room) -> None:
    for n in range(6):
        await room.accepted(f"k{n}", statement=f"第{n}件事。")
    room.later(days=13)
    await asyncio.gather(*(room.sweep() for _ in range(4)))
    warned = await room.rows("SELECT count(*) FROM journal WHERE kind = 'complaint.due-soon'")
    assert warned == [6]


async def test_a_complainant_is_asked_some_days_after_the_answer(room: Room) -> None:
    case = await room.answered()
    room.later(days=7)
    await room.sweep()
    assert (f"请回访投诉{case}的投诉人，听取对处理结果的意见", LEAD.agent_id) in await open_tasks(
        room
    )
    await room.ask(actions.follow_up, case, satisfied=True, words="满意")
    assert not any("回访" in what for what, _ in await open_tasks(room))
    assert (await room.find(case)).satisfied is True


async def test_objections_of_the_desk_run_on_the_same_clock(database: Database) -> None:
    desk = Desk(database)
    await desk.open()
    room = Room(database, now=desk.now)
    room = room.with_bank(desk.bank)
    async with desk.serving() as (tx, serving):
        opened = await cases.open_case(
            tx, serving,
            cases.Ask(CaseKind.CREDIT_OBJECTION, CaseReason.PAID_IN_TIME, "五月已按时还款",
                      month=date(2026, 5, 1)),
        )  # fmt: skip
    case = opened.case
    assert case is not None
    await room.sweep()
    await room.sweep()
    rows = await room.rows("SELECT about, what, last_day FROM complaint_due")
    assert rows == [(case.id, "credit_record", case.due_on)]
    async with room.database.transaction() as tx:
        clock, _whose = await actions.objection(tx, case.id, config=room.config, at=room.now)
        assert (clock.last_day, clock.task) == (case.due_on, Task.CREDIT_RECORD)
        with pytest.raises(NotFound):
            await actions.objection(tx, CaseId("nothing"), config=room.config, at=room.now)
    room.now = desk.now = desk.now + timedelta(days=18)
    assert (await room.sweep()).warned == 1
    last = day_in_words(case.due_on, "zh")
    assert await open_tasks(room) == [(f"征信异议{case.id}请按期答复，最后一天是{last}", None)]
    async with desk.working(DESK_LEAD) as (tx, work):
        await case_work.take(tx, work, case.id)
        await case_work.decide_case(
            tx, work, case.id,
            Decision(Outcome.ENTRY_STANDS, "还款晚于到期还款日三天，记录属实。", bank_erred=False),
        )  # fmt: skip
        await case_work.answer(tx, work, case.id, text="五月的还款晚了三天，记录属实，须如实保留。")
    await room.sweep()
    assert await open_tasks(room) == []
    room.later(days=9)
    assert (await room.sweep()).escalated == 0
    assert AGENT.number == case.opened_by


async def test_a_due_time_beyond_the_calendar_is_reckoned_again_once_it_is_there(
    room: Room,
) -> None:
    room.now = room.now.replace(month=12, day=29)
    case = await room.receive(door=Door.REGULATOR)
    assert (await room.due(case.id))["tell-regulator"] == date(2027, 1, 5)
    await room.sweep()
    calendar = room.config.calendar
    longer = replace(
        calendar,
        holidays=calendar.holidays | {date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)},
    )
    room.config = replace(room.config, calendar=longer)
    await room.sweep()
    assert (await room.due(case.id))["tell-regulator"] == date(2027, 1, 8)
    assert await room.rows("SELECT count(*) FROM complaint_due WHERE NOT known") == [0]
