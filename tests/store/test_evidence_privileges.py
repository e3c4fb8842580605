"""The application can add to the journal and do nothing else to it, whoever steers it."""

from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import AsyncConnection

from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.migrate import MigrationError, migrate
from cardline.adapters.postgres.privileges import APPEND_ONLY, powers_over_evidence
from cardline.core.actor import SYSTEM
from cardline.evidence.actions import journal, read_links

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


_FORBIDDEN = (
    *(f"DELETE FROM {table}" for table in (*APPEND_ONLY, "journal_head", "migration")),
    *(f"TRUNCATE {table}" for table in (*APPEND_ONLY, "journal_head")),
    "UPDATE journal SET body = '{}'",
    "UPDATE evidence_root SET at = now()",
    "UPDATE evidence_leaf SET root = 1",
    "UPDATE evidence_key SET valid_to = now()",
    "ALTER TABLE journal DISABLE TRIGGER journal_append_only",
    "ALTER TABLE journal DISABLE TRIGGER ALL",
    "DROP TRIGGER journal_append_only ON journal",
    (
        "CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$"
    ),
    "CREATE RULE nothing AS ON INSERT TO journal DO INSTEAD NOTHING",
    "DROP TABLE journal",
    "ALTER TABLE journal RENAME TO diary",
    "CREATE TABLE public.journal2 ()",
    "SET session_replication_role = replica",
    "SET ROLE cardline",
    "COPY journal TO PROGRAM 'true'",
)


async def test_the_application_may_not_alter_evidence_in_any_way(database: Database) -> None:
    for statement in _FORBIDDEN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.transaction() as tx:
                await tx.connection.execute(statement.encode())
                pytest.fail(f"this went through: {statement}")


async def test_the_application_has_no_power_over_evidence_but_the_owner_has(
    database: Database, database_url: str
) -> None:
    async with database.transaction() as tx:
        assert await powers_over_evidence(tx.connection) == []
    async with await AsyncConnection.connect(database_url) as owner:
        assert "owner of journal" in await powers_over_evidence(owner)


async def test_not_even_the_owner_alters_in_passing(database: Database, database_url: str) -> None:
    async with database.transaction() as tx:
        await journal(tx, stream="i1", kind="test.done", by=SYSTEM, body={"n": 1}, at=NOW)
    for statement in ("UPDATE journal SET kind = 'x'", "DELETE FROM journal", "TRUNCATE journal"):
        async with await AsyncConnection.connect(database_url) as owner:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await owner.execute(statement.encode())


async def test_a_database_of_before_is_handed_over_with_its_entries(database_url: str) -> None:
    """A home of before has no role for the application, and entries without a salt."""
    role = "late_app"
    async with await AsyncConnection.connect(database_url, autocommit=True) as owner:
        await owner.execute(f"DROP ROLE IF EXISTS {role}".encode())
        await owner.execute(f"CREATE ROLE {role} LOGIN".encode())
    try:
        url = database_url.replace("//cardline@", f"//{role}@")
        with pytest.raises(MigrationError, match="database_owner"):
            await migrate(url)
        assert await migrate(database_url, application=role) == []
        assert await migrate(url) == [], "nothing to do needs no rights"
        async with Database(url) as database, database.transaction() as tx:
            await journal(tx, stream="i1", kind="test.done", by=SYSTEM, body={}, at=NOW)
            assert len(await read_links(tx, "i1")) == 1
            assert await powers_over_evidence(tx.connection) == []
    finally:
        async with await AsyncConnection.connect(database_url, autocommit=True) as owner:
            await owner.execute(f"DROP OWNED BY {role}".encode())
            await owner.execute(f"DROP ROLE {role}".encode())
