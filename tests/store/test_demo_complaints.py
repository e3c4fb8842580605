"""Complaints of the demonstration: every screen has one, made once, and the journal holds."""

from datetime import UTC, datetime, timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.complaints import actions
from cardline.complaints.model import Door, Mark, State
from cardline.complaints.sweeping import sweep
from cardline.core.actor import OPERATOR
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Staff
from cardline.evidence.verifying import examine
from cardline.sim.bank import make_demo_bank
from cardline.sim.demo_complaints import demo_complaints, make_demo_complaints
from cardline.sim.demo_people import demo_staff
from tests.actions.complaint_room import Room
from tests.rules.card_book import TERMS
from tests.store.ledger_fixture import ledger

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOLDERS = 197
"""The last of them that complains is 196."""


async def hire(tx: Transaction) -> None:
    for one in demo_staff():
        agent = AgentId(f"a{one.number}") if one.skills else None
        colleague = Staff(one.number, one.name, one.role, agent, None)
        await desk_staff.add_staff(
            tx, colleague, token=one.number, phone_ha1=None, by=OPERATOR, at=NOW
        )


@pytest.fixture
async def room(database: Database) -> Room:
    async with database.transaction() as tx:
        await make_demo_bank(tx, bank=ledger(), terms=TERMS, seed=7, now=NOW, holders=HOLDERS)
        await hire(tx)
    return Room(database, NOW)


@pytest.mark.timeout(240)
async def test_complaints_of_every_kind_are_there_and_made_once(room: Room) -> None:
    async with room.database.transaction() as tx:
        assert await make_demo_complaints(tx, room.config, now=NOW)
    async with room.database.transaction() as tx:
        assert not await make_demo_complaints(tx, room.config, now=NOW)
        rows = await actions.listed(tx)
    assert len(rows) == len(demo_complaints()["complaints"])
    cases = [case for case, _ in rows]
    assert {case.state for case in cases} == set(State) - {
        *(State.JOINED, State.WITHDRAWN, State.DECIDED)
    }
    assert {case.door for case in cases} == set(Door) - {Door.PBC}
    assert [case.round for case in cases].count(2) == 1
    assert any(case.complainant.anonymous for case in cases)
    answered = [case for case in cases if Mark.ANSWERED in case.timeline.marks]
    assert all(case.timeline.marks[Mark.ANSWERED] < NOW for case in answered)
    assert [case.state for case in cases].count(State.AWAITING) == 1

    # What is due soon is warned of, what is overdue goes to the leads.
    swept = await sweep(room.database, config=room.config, clock=lambda: NOW)
    assert (swept.warned > 0, swept.escalated > 0, swept.paid) == (True, True, 0)
    due = {case.id: one for case, one in rows if one is not None and one.what == "answer"}
    soon = [one for one in due.values() if timedelta(0) < one.due_at - NOW < timedelta(days=3)]
    late = [one for one in due.values() if one.due_at <= NOW]
    assert (len(soon), len(late)) == (1, 1)
    async with room.database.transaction() as tx:
        assert (await examine(tx)).breaches == []
