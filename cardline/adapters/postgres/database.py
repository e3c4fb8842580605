"""Transactions on a pool of connections, notices after the commit, and listening for wake-ups."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import structlog
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from cardline.adapters.postgres.words import Words
from cardline.core.transaction import Transaction

log = structlog.get_logger()

Result = TypeVar("Result")

_RETRY_PAUSES = (0.05, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0)


class Database:
    """PostgreSQL behind a pool. Open it as an async context manager.

    ``connections``: at most so many at once; ``ready``: so many at least, which nobody waits for.
    """

    def __init__(self, url: str, *, connections: int = 8, ready: int = 2) -> None:
        self.url = url
        self._pool: AsyncConnectionPool[AsyncConnection[TupleRow]] = AsyncConnectionPool(
            url,
            min_size=min(ready, connections),
            max_size=connections,
            open=False,
            timeout=10.0,
            reconnect_timeout=30.0,
            # Transactions are begun where they are wanted; one statement needs none around it.
            kwargs={"application_name": "cardline", "autocommit": True},
        )
        self._words = Words(self._pool)

    async def __aenter__(self) -> "Database":
        await self._pool.open(wait=True, timeout=15.0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._words.close()
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit at the end of the block, roll back on an exception; then run the notices."""
        async with self._pool.connection() as connection:
            tx = Transaction(connection)
            async with connection.transaction():
                yield tx
        await self._after(tx)

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Transaction]:
        """Like :meth:`transaction` for one single statement, which needs no more around it."""
        async with self._pool.connection() as connection:
            tx = Transaction(connection)
            yield tx
        await self._after(tx)

    async def run(self, work: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """Run ``work`` in a transaction, again where the server was lost on the way.

        A commit whose answer was lost may have happened: ``work`` must bear being repeated, by a
        key or by a state that it checks first. Gives up after about eight seconds.
        """
        return await self._repeat(self.transaction, work)

    async def run_one(self, work: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """Like :meth:`run`, for ``work`` of one single statement, which needs no more around it."""
        return await self._repeat(self.statement, work)

    async def _repeat(
        self,
        begin: Callable[[], AbstractAsyncContextManager[Transaction]],
        work: Callable[[Transaction], Coroutine[Any, Any, Result]],
    ) -> Result:
        for pause in (*_RETRY_PAUSES, None):
            try:
                async with begin() as tx:
                    return await work(tx)
            except OperationalError:
                if pause is None:
                    raise
                log.warning("the database was lost; trying again", pause_seconds=pause)
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    def tell(self, channel: str, payload: str) -> None:
        """Wake whoever listens on ``channel``, in any process, within some milliseconds."""
        self._words.add(((channel, payload),))

    async def listen(self, *channels: str) -> AsyncIterator[tuple[str, str]]:
        """Yield ``(channel, payload)`` for ever, on a connection of its own, reconnecting.

        After every (re)connection ``("", "")`` is yielded: wake-ups may have been missed.
        """
        while True:
            try:
                async with await AsyncConnection.connect(self.url, autocommit=True) as connection:
                    for channel in channels:
                        await connection.execute(f'LISTEN "{channel}"')
                    yield ("", "")
                    async for notify in connection.notifies():
                        yield (notify.channel, notify.payload)
            except OperationalError:
                log.warning("the database was lost while listening; connecting again")
            await asyncio.sleep(0.3)

    async def _after(self, tx: Transaction) -> None:
        self._words.add(tx.words)
        for notice in tx.notices:
            try:
                await notice()
            except Exception:
                log.exception("a notice after a commit failed")
