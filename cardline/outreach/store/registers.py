"""SQL of the public lists of those who want no advertising."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.outreach.model import Register


async def registers(tx: Transaction) -> list[Register]:
    """Return the lists that are loaded, by name."""
    cursor = await tx.connection.execute(
        "SELECT name, region, as_of, numbers, loaded_at FROM outreach_register ORDER BY name"
    )
    return [Register(*row) for row in await cursor.fetchall()]


async def lock(tx: Transaction, *, name: str) -> None:
    """Let nobody else load or drop this list until the end."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"register {name}",)
    )


async def copy_in(tx: Transaction, marks: AsyncIterator[bytes], *, name: str, version: str) -> int:
    """Write the numbers of a load; nobody sees them before :func:`put`. Returns how many."""
    count = 0
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy("COPY outreach_register_number (register, version, mark) FROM STDIN") as copy,
    ):
        async for mark in marks:
            await copy.write_row((name, version, mark))
            count += 1
    return count


async def put(tx: Transaction, register: Register, *, version: str) -> None:
    """Let a load count in place of the one before, whose numbers are removed."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_register (name, version, region, as_of, numbers, loaded_at)
        VALUES (%(name)s, %(version)s, %(region)s, %(as_of)s, %(numbers)s, %(loaded_at)s)
        ON CONFLICT (name) DO UPDATE SET version = excluded.version, region = excluded.region,
            as_of = excluded.as_of, numbers = excluded.numbers, loaded_at = excluded.loaded_at
        """,
        {
            "name": register.name,
            "version": version,
            "region": register.region,
            "as_of": register.as_of,
            "numbers": register.numbers,
            "loaded_at": register.loaded_at,
        },
    )
    await tx.connection.execute(
        "DELETE FROM outreach_register_number WHERE register = %s AND version <> %s",
        (register.name, version),
    )


async def drop(tx: Transaction, *, name: str) -> bool:
    """Remove a list; false where there is none of this name."""
    cursor = await tx.connection.execute("DELETE FROM outreach_register WHERE name = %s", (name,))
    await tx.connection.execute("DELETE FROM outreach_register_number WHERE register = %s", (name,))
    return cursor.rowcount == 1


async def on_lists(tx: Transaction, marks: Sequence[bytes]) -> list[tuple[bytes, datetime]]:
    """Return which of the marks stand on a list, with the time of that list."""
    cursor = await tx.connection.execute(
        """
        SELECT DISTINCT entry.mark, register.as_of
        FROM outreach_register AS register JOIN outreach_register_number AS entry
             ON entry.register = register.name AND entry.version = register.version
        WHERE entry.mark = ANY(%s)
        """,
        (list(marks),),
    )
    return [(bytes(row[0]), row[1]) for row in await cursor.fetchall()]
