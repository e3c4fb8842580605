"""What other processes are told after commits: gathered for a moment, sent together.

A ``NOTIFY`` inside a transaction that writes makes its commit wait for all others that do the same,
the disk included, and one on its own costs a round trip. So words that may come a moment later
leave together, by one statement that writes nothing.
"""

import asyncio
import contextlib
from collections.abc import Iterable

import structlog
from psycopg import AsyncConnection, Error
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

log = structlog.get_logger()

_PAUSE_SECONDS = 0.1


class Words:
    """Words on their way, in the order in which they were told; the same one twice goes once.

    The first leaves at once; what is told in the pause behind it leaves together, at its end.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[TupleRow]]) -> None:
        self._pool = pool
        self._waiting: dict[tuple[str, str], None] = {}
        self._leaving: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def add(self, words: Iterable[tuple[str, str]]) -> None:
        """Send these now or in a moment; never blocks."""
        for word in words:
            self._waiting.pop(word, None)  # the last of the same counts: none overtakes another
            self._waiting[word] = None
        if self._waiting and self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())

    async def close(self) -> None:
        """Send what is left, without a pause."""
        self._closing.set()
        if self._leaving is not None:
            await self._leaving

    async def _leave(self) -> None:
        try:
            while self._waiting:
                await self._send()
                if not self._closing.is_set():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_PAUSE_SECONDS):
                            await self._closing.wait()
        finally:
            self._leaving = None

    async def _send(self) -> None:
        words, self._waiting = list(self._waiting), {}
        try:
            async with self._pool.connection() as connection:
                await connection.execute(
                    "SELECT pg_notify(word.channel, word.payload) "
                    "FROM unnest(%s::text[], %s::text[]) AS word (channel, payload)",
                    ([channel for channel, _ in words], [payload for _, payload in words]),
                )
        except (Error, PoolTimeout) as error:
            # Whoever listens loses the connection too, and reads everything anew after it.
            log.warning("words to other processes were lost", words=len(words), why=str(error))
