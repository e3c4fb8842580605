"""SQL of letters that wait for a second person."""

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from cardline.core.transaction import Transaction
from cardline.messages.letters.model import Addressee, LetterDraft


async def add(tx: Transaction, draft: LetterDraft) -> None:
    """Write a draft."""
    await tx.connection.execute(
        """
        INSERT INTO letter_draft
            (id, holder, addressee, language, zone, subject, text, registered, stream, author,
             written_at, state)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting')
        """,
        (
            draft.id,
            draft.holder,
            Jsonb({"name": draft.addressee.name, "lines": list(draft.addressee.lines)}),
            draft.language,
            draft.zone,
            draft.subject,
            draft.text,
            draft.registered,
            draft.stream,
            draft.author,
            draft.written_at,
        ),
    )


_ONE = "SELECT * FROM letter_draft WHERE id = %s"
_ONE_LOCKED = f"{_ONE} FOR UPDATE"


async def by_id(tx: Transaction, draft: str, *, lock: bool = False) -> LetterDraft | None:
    """Return a draft; ``lock``: nobody else decides about it until the end."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(_ONE_LOCKED if lock else _ONE, (draft,))
    row = await cursor.fetchone()
    return _draft(row) if row else None


async def waiting(
    tx: Transaction, *, author: str | None, reader: str, limit: int
) -> list[LetterDraft]:
    """Return the drafts that wait, oldest first; of one author where one is given.

    With them come those of ``reader`` that were sent back and that they have not settled.
    """
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        """
        SELECT * FROM letter_draft
        WHERE (state = 'waiting' AND (%(author)s::text IS NULL OR author = %(author)s))
            OR (state = 'rejected' AND settled_at IS NULL AND author = %(reader)s)
        ORDER BY written_at, id LIMIT %(limit)s
        """,
        {"author": author, "reader": reader, "limit": limit},
    )
    return [_draft(row) for row in await cursor.fetchall()]


async def decide(
    tx: Transaction, draft: str, *, state: str, by: str, why: str, letter: str | None, at: datetime
) -> None:
    """Write the second person's word."""
    await tx.connection.execute(
        """
        UPDATE letter_draft
        SET state = %s, decided_by = %s, decided_at = %s, why = %s, letter = %s WHERE id = %s
        """,
        (state, by, at, why, letter, draft),
    )


async def settle(tx: Transaction, draft: str, *, at: datetime) -> None:
    """Write that the author of a draft that was sent back has done what was to be done."""
    await tx.connection.execute(
        "UPDATE letter_draft SET settled_at = %s WHERE id = %s AND settled_at IS NULL", (at, draft)
    )


def _draft(row: dict[str, Any]) -> LetterDraft:
    return LetterDraft(
        id=row["id"],
        holder=row["holder"],
        addressee=Addressee(row["addressee"]["name"], tuple(row["addressee"]["lines"])),
        language=row["language"],
        zone=row["zone"],
        subject=row["subject"],
        text=row["text"],
        registered=row["registered"],
        stream=row["stream"],
        author=row["author"],
        written_at=row["written_at"],
        state=row["state"],
        decided_by=row["decided_by"],
        why=row["why"],
        letter=row["letter"],
    )
