"""What other processes are told: after commits, in order, together, and never what was undone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cardline.adapters.postgres.database import Database

CHANNEL = "test-words"


class Hearing:
    """Somebody in another process."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.connected = asyncio.Event()
        self._news = asyncio.Event()

    async def run(self, url: str) -> None:
        """Listen for ever."""
        async for channel, payload in Database(url).listen(CHANNEL):
            self.connected.set()
            if channel:
                self.heard.append(payload)
                self._news.set()

    async def until(self, last: str) -> list[str]:
        """Wait for a word; returns all that were heard."""
        async with asyncio.timeout(15):
            while last not in self.heard:
                self._news.clear()
                await self._news.wait()
        return self.heard


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Hearing]:
    hearing = Hearing()
    task = asyncio.create_task(hearing.run(database_url))
    await asyncio.wait_for(hearing.connected.wait(), 15)
    yield hearing
    task.cancel()


async def test_words_come_in_the_order_in_which_they_were_told(
    database: Database, other: Hearing
) -> None:
    for number in range(50):
        async with database.transaction() as tx:
            tx.tell(CHANNEL, str(number))
        database.tell(CHANNEL, f"and {number}")
    expected = [word for number in range(50) for word in (str(number), f"and {number}")]
    assert await other.until("and 49") == expected


async def test_what_is_rolled_back_is_told_to_nobody(database: Database, other: Hearing) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            tx.tell(CHANNEL, "never")
            raise ZeroDivisionError
    database.tell(CHANNEL, "last")
    assert await other.until("last") == ["last"]


async def test_the_same_word_told_often_at_once_comes_once_and_none_overtakes_it(
    database: Database, other: Hearing
) -> None:
    for word in ("a", "b", "a", "a"):
        database.tell(CHANNEL, word)
    database.tell(CHANNEL, "last")
    assert await other.until("last") == ["b", "a", "last"]


async def test_what_was_told_leaves_before_the_database_is_closed(
    database_url: str, other: Hearing
) -> None:
    async with Database(database_url) as database:
        database.tell(CHANNEL, "good-bye")
    assert await other.until("good-bye") == ["good-bye"]
