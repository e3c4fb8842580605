"""One action, one transaction. What is to be told to others is told after the commit."""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:  # what checks a pack does without the driver
    from psycopg import AsyncConnection
    from psycopg.rows import TupleRow

Result = TypeVar("Result")

Notice = Callable[[], Awaitable[None]]


class Transaction:
    """An open database transaction and the notices that leave after its commit.

    Stores run SQL on ``connection``; actions add notices by :meth:`after_commit` and words for
    other processes by :meth:`tell`. A transaction that is rolled back forgets both.
    """

    __slots__ = ("connection", "notices", "words")

    def __init__(self, connection: "AsyncConnection[TupleRow]") -> None:
        self.connection = connection
        self.notices: list[Notice] = []
        self.words: list[tuple[str, str]] = []
        """Channel and payload of what other processes are told after the commit."""

    def after_commit(self, notice: Notice) -> None:
        """Run ``notice`` once the transaction is committed; its failure undoes nothing."""
        self.notices.append(notice)

    def tell(self, channel: str, payload: str) -> None:
        """Tell every process of it after the commit, as :meth:`Database.tell` does."""
        self.words.append((channel, payload))


class Database(Protocol):
    """Where transactions come from; implemented by ``adapters.postgres``."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction: committed at the end of the block, rolled back on an exception."""
        ...

    def statement(self) -> AbstractAsyncContextManager[Transaction]:
        """Like :meth:`transaction` for one single statement, which needs no more around it."""
        ...

    async def run(self, work: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """Run ``work`` in a transaction, again where the server was lost on the way.

        ``work`` must bear being repeated: a commit whose answer was lost may have happened.
        """
        ...

    async def run_one(self, work: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """Like :meth:`run`, for ``work`` of one single statement, which needs no more around it."""
        ...

    def tell(self, channel: str, payload: str) -> None:
        """Tell every process about ``payload`` on ``channel``, in a moment, without waiting.

        What was told while the database was away is lost; whoever listens reads anew after it.
        """
        ...


JsonObject = dict[str, Any]
