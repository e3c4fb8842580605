"""What waits for no disk: signs of life alone, and never what is written after them."""

from datetime import timedelta

from cardline.adapters.postgres.database import Database
from cardline.app.people import NewColleague, add_colleague
from cardline.core.clock import utc_now
from cardline.core.ids import AgentId
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.desk.login import session_store, sessions
from cardline.desk.login.rules import read_login_policy
from cardline.desk.staff.model import Staff
from cardline.routing.store import agents

PHONE = "web:a1"


async def _waits_for_the_disk(tx: Transaction) -> bool:
    cursor = await tx.connection.execute("SHOW synchronous_commit")
    row = await cursor.fetchone()
    assert row is not None
    return bool(row[0] != "off")


async def _lease(database: Database, *, seconds: float, alone: bool) -> bool:
    """Lease a phone for so long; returns whether that transaction waits for the disk."""
    at = utc_now()
    async with database.transaction() as tx:
        await tx.connection.execute("SET LOCAL synchronous_commit = on")
        until = at + timedelta(seconds=seconds)
        await agents.lease_phone(tx, PHONE, until=until, alone=alone, at=at)
        return await _waits_for_the_disk(tx)


async def test_a_lease_that_is_only_renewed_waits_for_no_disk(database: Database) -> None:
    assert await _lease(database, seconds=60, alone=True)  # a new phone
    assert not await _lease(database, seconds=60, alone=True)
    assert await _lease(database, seconds=60, alone=False)
    assert await _lease(database, seconds=0, alone=True)  # it left
    assert await _lease(database, seconds=60, alone=True)  # it is back, which is journaled


async def test_a_session_that_is_renewed_hurries_and_the_next_transaction_does_not(
    database: Database,
) -> None:
    at = utc_now()
    staff = NewColleague("7001", "王芳", "agent", ("general",), ("zh",), "", "")
    async with database.transaction() as tx:
        await add_colleague(tx, staff, realm="bank", at=at)
        session, _ = await sessions.open_session(
            tx,
            Staff("7001", "王芳", "agent", AgentId("a7001"), None),
            second_factor=True,
            user_agent="test",
            policy=read_login_policy(load_area("staff")),
            at=at,
        )
        await tx.connection.execute("SET LOCAL synchronous_commit = on")
        later = at + timedelta(minutes=1)
        await session_store.renew_session(tx, session.id, seen_at=later, idle_until=later)
        assert not await _waits_for_the_disk(tx)
    async with database.transaction() as tx:
        await tx.connection.execute("SET LOCAL synchronous_commit = on")
        assert await _waits_for_the_disk(tx)
