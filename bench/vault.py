"""A journal with a bit of everything, sealed a few times, for whoever tampers with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from cardline.adapters.postgres.database import Database
from cardline.adapters.signing.key_files import KeyFiles
from cardline.core.actor import SYSTEM, Actor
from cardline.core.transaction import Transaction
from cardline.core.verdict import Reason, RuleVersion, Verdict
from cardline.evidence import roots, verifying
from cardline.evidence.actions import journal
from cardline.evidence.model import Breach, Root
from cardline.evidence.publishing import Published

NOW = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
LASTS = timedelta(days=400)


@dataclass
class Vault:
    """A database, its keys, and the time."""

    database: Database
    folder: Path
    now: datetime = NOW
    signer: KeyFiles = field(init=False)

    def __post_init__(self) -> None:
        self.signer = KeyFiles(self.folder / "keys")

    async def write(self, stream: str, count: int = 1, **body: object) -> None:
        async with self.database.transaction() as tx:
            for number in range(count):
                self.now += timedelta(seconds=1)
                await journal(
                    tx,
                    stream=stream,
                    kind="test.done",
                    by=Actor("agent", "a6001"),
                    body={"number": number, "text": "挂失", **body},
                    at=self.now,
                    verdict=Verdict(RuleVersion("t/1"), (Reason("no", "here", NOW),)),
                )

    async def new_key(self, *, lasts: timedelta = LASTS) -> str:
        self.now += timedelta(seconds=1)
        async with self.database.transaction() as tx:
            key = await roots.new_key(tx, signer=self.signer, lasts=lasts, by=SYSTEM, at=self.now)
        return key.id

    async def seal(self, *, due_only: bool = False) -> Root | None:
        self.now += timedelta(seconds=1)
        async with self.database.transaction() as tx:
            return await roots.make_root(tx, signer=self.signer, at=self.now, due_only=due_only)

    async def published(self) -> Published:
        async with self.database.transaction() as tx:
            keys = await roots.all_keys(tx)
            made = await roots.read_roots(tx)
        return Published({key.id: key for key in keys}, {root.number: root for root in made})

    async def breaches(self, published: Published = verifying.NOTHING) -> list[Breach]:
        async with self.database.transaction() as tx:
            return (await verifying.verify(tx, published=published)).breaches

    async def fill(self) -> None:
        """Two keys, four roots, streams that grew between them, and some that no root covers."""
        await self.new_key()
        for number in range(6):
            await self.write(f"i{number}", 3 + number)
        await self.seal()
        await self.write("i1", 2)
        await self.write("card:c1", 4)
        await self.seal()
        await self.new_key()
        await self.seal()
        await self.write("i2", 3)
        await self.write("留言:七", 2)
        await self.seal()
        await self.write("i3", 2)
        await self.write("i9", 3)


@asynccontextmanager
async def tampering(url: str) -> AsyncIterator[AsyncConnection[TupleRow]]:
    """A connection of somebody who owns the database and has put its triggers aside."""
    async with await AsyncConnection.connect(url) as owner:
        await owner.execute("SET session_replication_role = replica")
        yield owner
        await owner.rollback()


async def breaches_seen(
    owner: AsyncConnection[TupleRow], published: Published = verifying.NOTHING
) -> list[Breach]:
    """Verify inside the tamperer's own transaction."""
    return (await verifying.examine(Transaction(owner), published=published)).breaches
