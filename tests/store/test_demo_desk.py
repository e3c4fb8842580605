"""The made-up desk: every screen has something to show, made once, through the real actions."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.cases import actions as cases
from cardline.cards.pending import pending_of
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.hard_conversations import actions as hard
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.desk.work.sweeping import sweep
from cardline.evidence.verifying import examine
from cardline.routing import actions as routing
from cardline.sim.bank import make_demo_bank
from cardline.sim.chat_visitors import ChatLife
from cardline.sim.demo_desk import DemoDesk, demo_desk, make_demo_desk
from cardline.sim.demo_people import demo_staff, holder_id
from tests.actions.chat_room import CONFIG
from tests.actions.identity_desk import config
from tests.actions.serving_desk import POLICY as SERVICE
from tests.rules.card_book import TERMS
from tests.store.ledger_fixture import ledger

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PARTS = DemoDesk(ledger(), config(), SERVICE, CONFIG.desk, CONFIG.routing)


async def hire(tx: Transaction, at: datetime) -> list[Staff]:
    for one in demo_staff():
        agent = AgentId(f"a{one.number}") if one.skills else None
        colleague = Staff(one.number, one.name, one.role, agent, None)
        await desk_staff.add_staff(
            tx, colleague, token=one.number, phone_ha1=None, by=OPERATOR, at=at
        )
    return await desk_staff.all_staff(tx)


@pytest.fixture
async def home(database: Database) -> Database:
    async with database.transaction() as tx:
        await make_demo_bank(tx, bank=ledger(), terms=TERMS, seed=7, now=NOW, holders=40)
        await hire(tx, NOW)
    return database


async def test_cases_tasks_plans_and_messages_are_there_and_made_once(home: Database) -> None:
    async with home.transaction() as tx:
        assert await make_demo_desk(tx, PARTS, now=NOW)
    async with home.transaction() as tx:
        assert not await make_demo_desk(tx, PARTS, now=NOW)
        opened = await sweep(tx, policy=CONFIG.desk, at=NOW)
        assert opened == len(demo_desk()["messages"])
        waiting = await tasks.list_tasks(tx, agent=None, matters=None)
        assert {task.kind for task in waiting} == {"promise", "callback"}
        for call in demo_desk()["calls"]:
            holder = holder_id(call["holder"])
            assert bool(await cases.open_of_holder(tx, holder)) is ("case" in call)
            assert bool(await pending_of(tx, holder)) is ("change" in call)
            plan = (await hard.plans_for(tx, holder, at=NOW)).current
            assert (plan is not None) is ("plan" in call)
        assert (await examine(tx)).breaches == []


async def test_a_visitor_asks_the_machine_then_a_person_who_answers_and_wraps_up(
    home: Database,
) -> None:
    at = utc_now()
    async with home.transaction() as tx:
        staff = {one.number: one for one in await desk_staff.all_staff(tx)}
        agent = AgentId("a6011")
        await routing.register_agent(
            tx, agent=agent, number="6011", name="顾清和", languages=("zh",), at=at
        )
        for matter in ("general", "account"):
            await routing.grant_skill(tx, agent=agent, matter=matter, passed_at=at, at=at)
    life = ChatLife(
        home,
        CONFIG,
        utc_now,
        [staff["6011"]],
        [holder_id(30)],
        head_start=timedelta(0),
        typing=0.01,
    )
    await life.ready(staff["6011"])
    there = asyncio.create_task(life.be_there())
    try:
        async with asyncio.timeout(60):
            assert await life.visitor(4) == "answered"
    finally:
        there.cancel()
        await asyncio.gather(there, return_exceptions=True)
    async with home.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT 1 FROM desk_wrap_up AS d JOIN interaction AS own ON own.id = d.interaction "
            "WHERE door = 'chat' AND completed_at IS NOT NULL"
        )
        assert len(await cursor.fetchall()) == 1
