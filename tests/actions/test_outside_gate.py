"""An agent rings somebody outside into a call: the gate is asked (rows A4, D1)."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.model import Holder
from cardline.core.actor import SYSTEM
from cardline.core.errors import Conflict
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.hotline.call import outside
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind
from tests.actions.identity_desk import Desk
from tests.store.ledger_fixture import ledger

NIGHT = datetime(2026, 11, 23, 3, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NOON = NIGHT.replace(hour=12)
CALLER = Holder(HolderId("h1"), "张伟", PhoneNumber("+8615400000001"), "123X")
OTHER = Holder(HolderId("h2"), "王芳", PhoneNumber("+8615400000002"), "123X")


@pytest.fixture
async def desk(database: Database) -> Desk:
    async with database.transaction() as tx:
        await ledger().add_holders(tx, holders=[CALLER, OTHER])
    return Desk(database)


async def rings(desk: Desk, number: str, *, at: datetime) -> None:
    call = SimpleNamespace(
        now=lambda: at,
        caller=SimpleNamespace(holder=CALLER),
        services=SimpleNamespace(database=desk.database, bank=ledger(), identity=desk.config),
    )
    await outside.pass_gate(cast(Any, call), f"sip:{number}@10.0.0.1:5060")


@pytest.mark.parametrize("number", ["02187654321", "96110", "+8615400000001"])
async def test_whom_the_caller_asks_for_may_be_rung_at_any_hour(desk: Desk, number: str) -> None:
    await rings(desk, number, at=NIGHT)
    async with desk.database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT answer, solicited FROM outreach_contact")
        assert await cursor.fetchall() == [("yes", True)]


async def test_another_holder_is_not_rung_at_night_by_way_of_a_consultation(desk: Desk) -> None:
    with pytest.raises(Conflict, match="quiet-hours"):
        await rings(desk, "15400000002", at=NIGHT)
    await rings(desk, "15400000002", at=NOON)


async def test_nor_a_number_that_is_known_to_be_somebody_elses(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        await outreach.block(
            tx,
            kind=BlockKind.WRONG_NUMBER,
            holder=None,
            phone=PhoneNumber("+862187654321"),
            source="test",
            stream="i1",
            by=SYSTEM,
            at=NOON,
        )
    with pytest.raises(Conflict, match="wrong-number"):
        await rings(desk, "02187654321", at=NOON)
