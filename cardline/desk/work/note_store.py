"""SQL of notes."""

from collections.abc import Sequence
from typing import Any

from cardline.core.transaction import Transaction
from cardline.desk.work.model import Note

_NOTE = "id, interaction, holder, author, text, masked, asks, at"


async def add_note(tx: Transaction, note: Note) -> None:
    """Add a note."""
    await tx.connection.execute(
        f"INSERT INTO desk_note ({_NOTE}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - constants only
        (
            *(note.id, note.interaction, note.holder, note.author, note.text),
            *(list(note.masked), list(note.asks), note.at),
        ),
    )


async def notes(
    tx: Transaction, *, holder: str | None, interaction: str | None, limit: int
) -> list[Note]:
    """Return the newest notes of a holder or a conversation, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_NOTE} FROM desk_note WHERE holder = %s OR interaction = %s
        ORDER BY at DESC, id DESC LIMIT %s
        """,  # noqa: S608 - constants only
        (holder, interaction, limit),
    )
    return [_note(row) for row in await cursor.fetchall()]


def _note(row: Sequence[Any]) -> Note:
    note_id, interaction, holder, author, text, masked, asks, at = row
    return Note(note_id, interaction, holder, author, text, tuple(masked), tuple(asks), at)
