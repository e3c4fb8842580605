"""Forward-only migrations: numbered SQL files, each applied once, in order, in one transaction."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from psycopg import AsyncConnection

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


async def migrate(url: str, *, folder: Path = FOLDER) -> list[str]:
    """Bring the database up to date; return the names that were applied.

    Raises :class:`MigrationError` where the database is newer than the program, or where a file
    that had been applied was edited since.
    """
    known = {migration.name: migration for migration in migrations(folder)}
    applied_now: list[str] = []
    async with await AsyncConnection.connect(url) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        await connection.execute(
            """
            CREATE TABLE IF NOT EXISTS migration (
                name       text        PRIMARY KEY,
                digest     text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        )
        cursor = await connection.execute("SELECT name, digest FROM migration")
        applied: dict[str, str] = dict(await cursor.fetchall())
        for name, digest in applied.items():
            if name not in known:
                raise MigrationError(
                    f"the database has migration {name}, which this version does not know: "
                    "use the version that wrote it, or a newer one"
                )
            if known[name].digest != digest:
                raise MigrationError(f"migration {name} was edited after it had been applied")
        for name in sorted(known.keys() - applied.keys()):
            await connection.execute(known[name].sql.encode())
            await connection.execute(
                "INSERT INTO migration (name, digest) VALUES (%s, %s)", (name, known[name].digest)
            )
            applied_now.append(name)
    return applied_now
