"""What other processes are told after commits: gathered for a moment, sent together.

A ``NOTIFY`` inside a transaction that writes makes its commit wait for all others that do the same,
the disk included, and one on its own costs a round trip. So words that may come a moment later
leave together, by one statement that writes nothing.
"""

import asyncio
from collections.abc import Iterable

import structlog
from psycopg import AsyncConnection, Error
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

log = structlog.get_logger()

_GATHERED_SECONDS = 0.03


class Words:
    """Words on their way, in the order in which they were told; the same one twice goes once."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[TupleRow]]) -> None:
        self._pool = pool
        self._waiting: dict[tuple[str, str], None] = {}
        self._leaving: asyncio.Task[None] | None = None

    def add(self, words: Iterable[tuple[str, str]]) -> None:
        """Send these in a moment; never blocks."""
        for word in words:
            self._waiting.pop(word, None)  # the last of the same counts: none overtakes another
            self._waiting[word] = None
        if self._waiting and self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())

    async def close(self) -> None:
        """Send what is left."""
        if self._leaving is not None:
            await self._leaving

    async def _leave(self) -> None:
        try:
            await asyncio.sleep(_GATHERED_SECONDS)
            await self._send()
        finally:
            self._leaving = None
            self.add(())

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
