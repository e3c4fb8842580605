"""Forward-only migrations: numbered SQL files, each applied once, in order, in one transaction."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from psycopg import AsyncConnection
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import TupleRow

from cardline.adapters.postgres.privileges import give_privileges, lacks_privileges
from cardline.core.errors import CardlineError

FOLDER = Path(__file__).parent / "migrations"

_LOCK = 0x43415244  # any constant: two nodes that start together migrate one after the other


class MigrationError(CardlineError):
    """The database and this program do not fit together."""

    code = "migration"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its name without suffix, its text, and the hash by which a change is noticed."""

    name: str
    sql: str
    digest: str


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return all migrations in their order."""
    found = []
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql")):
        sql = path.read_text(encoding="utf-8")
        found.append(Migration(path.stem, sql, hashlib.sha256(sql.encode()).hexdigest()))
    return found


async def migrate(url: str, *, application: str = "", folder: Path = FOLDER) -> list[str]:
    """Bring the database up to date; return the names that were applied.

    ``url`` is the owner's; ``application`` the role to which the owner gives what it needs, and
    takes what it must not have (:mod:`cardline.adapters.postgres.privileges`).

    Raises :class:`MigrationError` where the database is newer than the program, where a file
    that had been applied was edited since, or where the role of ``url`` may not migrate.
    """
    known = {migration.name: migration for migration in migrations(folder)}
    async with await AsyncConnection.connect(url) as connection:
        try:
            return await _migrate(connection, known, application)
        except InsufficientPrivilege as error:
            raise MigrationError(
                "the role of this database may not bring its tables up to date "
                f"({str(error).splitlines()[0]}): name its owner with the setting database_owner"
            ) from error


async def _migrate(
    connection: AsyncConnection[TupleRow], known: dict[str, Migration], application: str
) -> list[str]:
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    applied = await _applied(connection)
    for name, digest in applied.items():
        if name not in known:
            raise MigrationError(
                f"the database has migration {name}, which this version does not know: "
                "use the version that wrote it, or a newer one"
            )
        if known[name].digest != digest:
            raise MigrationError(f"migration {name} was edited after it had been applied")
    applied_now = sorted(known.keys() - applied.keys())
    for name in applied_now:
        await connection.execute(known[name].sql.encode())
        await connection.execute(
            "INSERT INTO migration (name, digest) VALUES (%s, %s)", (name, known[name].digest)
        )
    if application and (applied_now or await lacks_privileges(connection, application)):
        await give_privileges(connection, application)
    return applied_now


async def _applied(connection: AsyncConnection[TupleRow]) -> dict[str, str]:
    """Return the digests of what was applied; a role that may not make the table may read it."""
    cursor = await connection.execute("SELECT to_regclass('migration') IS NULL")
    if (await cursor.fetchone() or (True,))[0]:
        await connection.execute(
            """
            CREATE TABLE migration (
                name       text        PRIMARY KEY,
                digest     text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        )
    cursor = await connection.execute("SELECT name, digest FROM migration")
    return dict(await cursor.fetchall())
