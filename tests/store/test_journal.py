"""The journal chains its entries, keeps them, and finds what was altered."""

from datetime import UTC, datetime

import psycopg
import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM
from cardline.core.verdict import Reason, RuleVersion, Verdict
from cardline.evidence.actions import journal, read_links
from cardline.evidence.rules import check_chain

NOW = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)


async def _write(database: Database, count: int) -> None:
    for number in range(count):
        async with database.transaction() as tx:
            await journal(
                tx,
                stream="i1",
                kind="test.done",
                by=SYSTEM,
                body={"number": number, "text": "挂失"},
                at=NOW,
                verdict=Verdict(RuleVersion("t/1"), (Reason("no", "here", NOW),)),
            )


async def test_a_stream_read_back_holds_its_chain(database: Database) -> None:
    await _write(database, 5)
    async with database.transaction() as tx:
        links = await read_links(tx, "i1")
    assert [link.entry.seq for link in links] == [1, 2, 3, 4, 5]
    assert check_chain("i1", links) is None


async def test_an_entry_cannot_be_updated_or_deleted(database: Database) -> None:
    await _write(database, 1)
    for statement in ("UPDATE journal SET kind = 'x'", "DELETE FROM journal", "TRUNCATE journal"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.transaction() as tx:
                await tx.connection.execute(statement)


async def test_a_transaction_that_fails_leaves_no_entry_and_tells_nobody(
    database: Database,
) -> None:
    told = []

    async def tell() -> None:
        told.append(1)

    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await journal(tx, stream="i1", kind="t", by=SYSTEM, body={}, at=NOW)
            tx.after_commit(tell)
            raise RuntimeError
    async with database.transaction() as tx:
        assert await read_links(tx, "i1") == []
    assert told == []
