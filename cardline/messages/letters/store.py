"""SQL of letters, beside what every outbox has (``outbox_store``)."""

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages.letters.model import Addressee, Letter
from cardline.messages.model import MessageId, MessageState


async def next_serial(tx: Transaction, *, year: int) -> int:
    """Take the next number of a year; nobody else has one until this transaction ends."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO letter_number AS counter (year, last) VALUES (%s, 1)
        ON CONFLICT (year) DO UPDATE SET last = counter.last + 1
        RETURNING last
        """,
        (year,),
    )
    row = await cursor.fetchone()
    assert row is not None, "the row that was just written"
    return int(row[0])


_ONE = "SELECT * FROM letter WHERE id = %s"
_ONE_LOCKED = f"{_ONE} FOR UPDATE"


async def by_id(tx: Transaction, letter: str, *, lock: bool = False) -> Letter | None:
    """Return a letter; ``lock``: nobody else changes it until the end."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(_ONE_LOCKED if lock else _ONE, (letter,))
    row = await cursor.fetchone()
    return _letter(row) if row else None


async def whole(tx: Transaction, letter: str) -> dict[str, Any]:
    """Return every column of a letter that is there."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute("SELECT * FROM letter WHERE id = %s", (letter,))
    row = await cursor.fetchone()
    assert row is not None, "a letter that was found before"
    return row


async def listed(
    tx: Transaction, *, states: list[MessageState], after: str | None, limit: int
) -> list[Letter]:
    """Return letters in these states, the oldest first; ``after`` a number of the list."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        """
        SELECT * FROM letter
        WHERE state = ANY(%(states)s) AND (%(after)s::text IS NULL OR id > %(after)s)
        ORDER BY id LIMIT %(limit)s
        """,
        {"states": [str(state) for state in states], "after": after, "limit": limit},
    )
    return [_letter(row) for row in await cursor.fetchall()]


async def of_holder(tx: Transaction, *, holder: HolderId, limit: int) -> list[tuple[Letter, Any]]:
    """Return the letters to a holder with what they say, newest first."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        "SELECT * FROM letter WHERE holder = %s ORDER BY at DESC, id DESC LIMIT %s",
        (holder, limit),
    )
    return [(_letter(row), row["content"]) for row in await cursor.fetchall()]


async def set_file(tx: Transaction, letter: str, *, file: str, missing: tuple[str, ...]) -> None:
    """Write which PDF was printed."""
    await tx.connection.execute(
        "UPDATE letter SET file = %s, missing = %s WHERE id = %s",
        (file, Jsonb(list(missing)), letter),
    )


async def set_posted(
    tx: Transaction, letter: str, *, carrier: str, posting: str, posted_at: datetime, by: str
) -> None:
    """Write that the carrier has it."""
    await tx.connection.execute(
        """
        UPDATE letter
        SET state = 'posted', carrier = %s, posting = %s, posted_at = %s, posted_by = %s
        WHERE id = %s
        """,
        (carrier, posting, posted_at, by, letter),
    )


async def set_returned(tx: Transaction, letter: str, *, reason: str, at: datetime) -> None:
    """Write that it came back."""
    await tx.connection.execute(
        "UPDATE letter SET state = 'returned', return_reason = %s, returned_at = %s WHERE id = %s",
        (reason, at, letter),
    )


async def set_withdrawn(tx: Transaction, letter: str, *, why: str, by: str, at: datetime) -> None:
    """Write that it will not be printed."""
    await tx.connection.execute(
        """
        UPDATE letter
        SET state = 'withdrawn', withdrawn_at = %s, withdrawn_by = %s, withdrawn_why = %s
        WHERE id = %s
        """,
        (at, by, why, letter),
    )


async def repeats(tx: Transaction, letter: str) -> int:
    """Return how often a letter was sent again."""
    cursor = await tx.connection.execute("SELECT count(*) FROM letter WHERE again = %s", (letter,))
    row = await cursor.fetchone()
    assert row is not None, "a count"
    return int(row[0])


def _letter(row: dict[str, Any]) -> Letter:
    return Letter(
        id=MessageId(row["id"]),
        number=row["number"],
        key=row["key"],
        holder=row["holder"],
        addressee=Addressee(row["addressee"]["name"], tuple(row["addressee"]["lines"])),
        purpose=row["purpose"],
        template=row["template"],
        language=row["language"],
        registered=row["registered"],
        state=MessageState(row["state"]),
        stream=row["stream"],
        at=row["at"],
        printed_at=row["sent_at"],
        missing=tuple(row["missing"]),
        author=row["author"],
        carrier=row["carrier"],
        posting=row["posting"],
        posted_at=row["posted_at"],
        returned_at=row["returned_at"],
        return_reason=row["return_reason"],
        again=row["again"],
        file=row["file"],
        fault=row["fault"],
        withdrawn_at=row["withdrawn_at"],
        withdrawn_by=row["withdrawn_by"],
        withdrawn_why=row["withdrawn_why"],
    )
