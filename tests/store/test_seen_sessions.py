"""Sessions that a node keeps: no statement for what was just seen, and no change that is missed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta

import psycopg
import pytest

from cardline.adapters.postgres.database import Database
from cardline.app.http import seen
from cardline.app.http.seen import SeenSessions
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.desk.login.model import Session
from tests.actions.staff_desk import CONFIG, NUMBER, StaffDesk

POLICY = CONFIG.policy
CHANGES = (
    "UPDATE staff_session SET ended_at = now()",
    "UPDATE staff_session SET must_change = true",
    "UPDATE staff_session SET second_factor = false, ends_at = opened_at + interval '1 second'",
    "UPDATE staff SET left_at = now()",
    "UPDATE staff SET role = 'quality'",
)
"""By hand, beside every action of ours."""


class Counting(Database):
    """A database that counts what is asked of it, and can be made deaf."""

    asked = 0
    deaf = False

    def statement(self) -> AbstractAsyncContextManager[Transaction]:
        self.asked += 1
        return super().statement()

    async def listen(self, *channels: str) -> AsyncIterator[tuple[str, str]]:
        async for told in super().listen(*channels):
            if not self.deaf:
                yield told


@pytest.fixture
async def desk(application_url: str) -> AsyncIterator[StaffDesk]:
    async with Counting(application_url) as database:
        yield StaffDesk(database)


@asynccontextmanager
async def node(desk: StaffDesk) -> AsyncIterator[SeenSessions]:
    """A node that hears."""
    assert isinstance(desk.database, Counting)
    sessions = SeenSessions(desk.database, POLICY, lambda: desk.now)
    running = asyncio.create_task(sessions.run())
    try:
        yield sessions
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def a_session(desk: StaffDesk) -> Secret:
    await desk.enrol()
    secret = (await desk.log_in(code=desk.code())).secret
    assert secret
    return secret


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(2000):
        if await condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def is_kept(desk: StaffDesk, sessions: SeenSessions, secret: Secret) -> bool:
    """True where a look at the session asks nothing."""
    assert isinstance(desk.database, Counting)
    before = desk.database.asked
    await sessions.see(secret)
    return desk.database.asked == before


async def seen_by(sessions: SeenSessions, secret: Secret) -> Session | None:
    told = await sessions.see(secret)
    return told.session if told.verdict.allowed else None


async def test_a_session_is_asked_for_once_and_its_use_is_written_each_minute(
    desk: StaffDesk,
) -> None:
    secret = await a_session(desk)
    async with node(desk) as sessions:
        await until(lambda: is_kept(desk, sessions, secret))
        assert all([await is_kept(desk, sessions, secret) for _ in range(20)])
        desk.later(seconds=61)
        assert not await is_kept(desk, sessions, secret)
        session = await seen_by(sessions, secret)
        assert session
        assert session.seen_at == desk.now


async def test_a_session_that_is_kept_ends_when_its_time_is_over(desk: StaffDesk) -> None:
    secret = await a_session(desk)
    soon = desk.now + timedelta(seconds=30)
    await desk.ask("UPDATE staff_session SET ends_at = %s RETURNING id", soon)
    async with node(desk) as sessions:
        await until(lambda: is_kept(desk, sessions, secret))
        desk.now = soon
        assert (await sessions.see(secret)).verdict.codes == ("session-over",)
        assert await is_kept(desk, sessions, secret)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_by_whatever_way_is_heard_by_every_node(
    desk: StaffDesk, database_url: str, change: str
) -> None:
    secret = await a_session(desk)
    async with node(desk) as one, node(desk) as other:
        before = {}
        for sessions in (one, other):
            await until(lambda s=sessions: is_kept(desk, s, secret))  # type: ignore[misc]  # bound now
            before[sessions] = await seen_by(sessions, secret)
        with psycopg.connect(database_url) as by_hand:
            by_hand.execute(change)
        for sessions in (one, other):

            async def changed(sessions: SeenSessions = sessions) -> bool:
                return await seen_by(sessions, secret) != before[sessions]

            await until(changed)


async def test_a_deaf_node_asks_every_time(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "DEAF_SECONDS", 0.2)
    monkeypatch.setattr(seen, "HEARTBEAT_SECONDS", 0.02)
    secret = await a_session(desk)
    assert isinstance(desk.database, Counting)
    async with node(desk) as sessions:
        await until(lambda: is_kept(desk, sessions, secret))
        desk.database.deaf = True

        async def asks() -> bool:
            return not await is_kept(desk, sessions, secret)

        await until(asks)
        assert not await is_kept(desk, sessions, secret)


async def test_a_node_that_never_heard_keeps_nothing(desk: StaffDesk) -> None:
    secret = await a_session(desk)
    assert isinstance(desk.database, Counting)
    sessions = SeenSessions(desk.database, POLICY, lambda: desk.now)
    assert await seen_by(sessions, secret)
    assert not await is_kept(desk, sessions, secret)


async def test_whoever_changes_something_is_read_anew_at_once(desk: StaffDesk) -> None:
    secret = await a_session(desk)
    async with node(desk) as sessions:
        await until(lambda: is_kept(desk, sessions, secret))
        session = await seen_by(sessions, secret)
        assert session
        assert session.staff.number == NUMBER
        sessions.forget(session.staff)
        assert not await is_kept(desk, sessions, secret)
