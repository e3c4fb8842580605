"""SQL of the imports: what was loaded before, and what is there already."""

from collections.abc import Iterable

from cardline.core.transaction import Transaction


async def lock_imports(tx: Transaction) -> None:
    """Let one import run at a time; the next waits until this transaction ends."""
    await tx.connection.execute("LOCK TABLE bank_import_row IN SHARE ROW EXCLUSIVE MODE")


async def loaded_rows(tx: Transaction, source: str) -> dict[str, bytes]:
    """Return name and digest of every row that was loaded from a kind of file."""
    cursor = await tx.connection.execute(
        "SELECT row, digest FROM bank_import_row WHERE source = %s", (source,)
    )
    return {name: bytes(digest) for name, digest in await cursor.fetchall()}


async def add_loaded_rows(tx: Transaction, source: str, rows: Iterable[tuple[str, bytes]]) -> None:
    """Remember rows as loaded."""
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy("COPY bank_import_row (source, row, digest) FROM STDIN") as copy,
    ):
        for name, digest in rows:
            await copy.write_row((source, name, digest))
