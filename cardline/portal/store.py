"""SQL of notes, files and messages of holders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.portal.model import (
    FileId,
    HolderMessage,
    KeptFile,
    MessageLine,
    Note,
    NoteId,
)

_FILE = "id, name, media_type, length(content), at"
_MESSAGE = """id, holder, subject, opened_at, due_at, answered_at,
    answered_at IS NOT NULL AND (read_at IS NULL OR read_at < answered_at)"""


async def lock_holder(tx: Transaction, *, holder: HolderId) -> None:
    """Let one request after the other keep files and messages: they are counted."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('portal ' || %s, 0))", (holder,)
    )


async def add_note(
    tx: Transaction, note: NoteId, *, holder: HolderId, contact: str, text: str, at: datetime
) -> None:
    """Write a note."""
    await tx.connection.execute(
        "INSERT INTO portal_note (id, holder, contact, text, at) VALUES (%s, %s, %s, %s, %s)",
        (note, holder, contact, text, at),
    )


async def remove_note(
    tx: Transaction, note: str, *, holder: HolderId, contact: str, at: datetime
) -> bool:
    """Empty a note and drop its files; False where the holder has no such note here."""
    cursor = await tx.connection.execute(
        """
        UPDATE portal_note SET removed_at = %s, text = ''
        WHERE id = %s AND holder = %s AND contact = %s AND removed_at IS NULL
        """,
        (at, note, holder, contact),
    )
    if cursor.rowcount != 1:
        return False
    await tx.connection.execute("DELETE FROM portal_file WHERE note = %s", (note,))
    return True


async def notes(tx: Transaction, *, holder: HolderId, contact: str | None = None) -> list[Note]:
    """Return the notes of a holder beside one contact or all, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT id, contact, text, at FROM portal_note
        WHERE holder = %(holder)s AND removed_at IS NULL
          AND (%(contact)s::text IS NULL OR contact = %(contact)s)
        ORDER BY at, id
        """,
        {"holder": holder, "contact": contact},
    )
    rows = await cursor.fetchall()
    files = await _files(tx, "note", [row[0] for row in rows])
    return [Note(*row, files.get(row[0], ())) for row in rows]


async def add_file(
    tx: Transaction,
    file: FileId,
    *,
    holder: HolderId,
    note: str | None,
    line: str | None,
    name: str,
    media_type: str,
    content: bytes,
    sha256: str,
    at: datetime,
) -> None:
    """Write a file beside a note or with a part of a message."""
    await tx.connection.execute(
        """
        INSERT INTO portal_file (id, holder, note, line, name, media_type, content, sha256, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (file, holder, note, line, name, media_type, content, sha256, at),
    )


async def count_files(tx: Transaction, *, holder: HolderId) -> int:
    """Return how many files a holder keeps."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM portal_file WHERE holder = %s", (holder,)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def file_of(
    tx: Transaction, file: str, *, holder: HolderId
) -> tuple[KeptFile, bytes] | None:
    """Return a file with its content where it is this holder's."""
    cursor = await tx.connection.execute(
        f"SELECT {_FILE}, content FROM portal_file WHERE id = %s AND holder = %s",  # noqa: S608 - constants only
        (file, holder),
    )
    row = await cursor.fetchone()
    return (KeptFile(*row[:5]), bytes(row[5])) if row else None


async def file_of_message(
    tx: Transaction, file: str, *, message: str
) -> tuple[KeptFile, bytes] | None:
    """Return a file that was sent with a message; files beside notes are nobody's business."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_FILE}, content FROM portal_file
        WHERE id = %s AND line IN (SELECT id FROM portal_message_line WHERE message = %s)
        """,  # noqa: S608 - constants only
        (file, message),
    )
    row = await cursor.fetchone()
    return (KeptFile(*row[:5]), bytes(row[5])) if row else None


async def add_message(
    tx: Transaction,
    message: str,
    *,
    holder: HolderId,
    subject: str,
    due_at: datetime,
    at: datetime,
) -> None:
    """Write a message that begins."""
    await tx.connection.execute(
        """
        INSERT INTO portal_message (id, holder, subject, opened_at, due_at, read_at)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (message, holder, subject, at, due_at, at),
    )


async def add_line(tx: Transaction, line: MessageLine, *, message: str) -> None:
    """Write one part of a message."""
    await tx.connection.execute(
        """
        INSERT INTO portal_message_line (id, message, by, who, text, at)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (line.id, message, line.by, line.who, line.text, line.at),
    )


async def lock_message(tx: Transaction, message: str) -> HolderMessage | None:
    """Return a message, without its parts, that nobody else changes until the end."""
    cursor = await tx.connection.execute(
        f"SELECT {_MESSAGE} FROM portal_message WHERE id = %s FOR UPDATE",  # noqa: S608 - constants only
        (message,),
    )
    row = await cursor.fetchone()
    return HolderMessage(*row) if row else None


async def await_answer(
    tx: Transaction, message: str, *, due_at: datetime, at: datetime
) -> None:
    """Write that the holder wrote again; an earlier due time stays."""
    await tx.connection.execute(
        """
        UPDATE portal_message SET due_at = coalesce(due_at, %s), read_at = %s WHERE id = %s
        """,
        (due_at, at, message),
    )


async def answer(tx: Transaction, message: str, *, at: datetime) -> None:
    """Write that the bank answered."""
    await tx.connection.execute(
        "UPDATE portal_message SET due_at = NULL, answered_at = %s WHERE id = %s", (at, message)
    )


async def mark_read(tx: Transaction, message: str, *, at: datetime) -> None:
    """Write that the holder has opened it."""
    await tx.connection.execute(
        "UPDATE portal_message SET read_at = %s WHERE id = %s", (at, message)
    )


async def messages(
    tx: Transaction,
    *,
    holder: HolderId | None = None,
    ids: Sequence[str] | None = None,
    waiting: bool = False,
    limit: int = 200,
) -> list[HolderMessage]:
    """Return messages with their parts: of one holder, newest first; or waiting, the due first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_MESSAGE} FROM portal_message
        WHERE (%(holder)s::text IS NULL OR holder = %(holder)s)
          AND (%(ids)s::text[] IS NULL OR id = ANY(%(ids)s))
          AND (NOT %(waiting)s OR due_at IS NOT NULL)
        ORDER BY CASE WHEN %(waiting)s THEN due_at END, opened_at DESC, id LIMIT %(limit)s
        """,  # noqa: S608 - constants only
        {
            "holder": holder,
            "ids": list(ids) if ids is not None else None,
            "waiting": waiting,
            "limit": limit,
        },
    )
    rows = await cursor.fetchall()
    lines = await _lines(tx, [row[0] for row in rows])
    return [HolderMessage(*row, tuple(lines.get(row[0], ()))) for row in rows]


async def sent_since(tx: Transaction, *, holder: HolderId, since: datetime) -> int:
    """Return how many parts a holder has sent since a time."""
    cursor = await tx.connection.execute(
        """
        SELECT count(*) FROM portal_message_line AS l JOIN portal_message AS m ON m.id = l.message
        WHERE m.holder = %s AND l.by = 'holder' AND l.at > %s
        """,
        (holder, since),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def _lines(tx: Transaction, ids: Sequence[str]) -> dict[str, list[MessageLine]]:
    cursor = await tx.connection.execute(
        """
        SELECT message, id, by, who, text, at FROM portal_message_line
        WHERE message = ANY(%s) ORDER BY at, id
        """,
        (list(ids),),
    )
    rows = await cursor.fetchall()
    files = await _files(tx, "line", [row[1] for row in rows])
    found: dict[str, list[MessageLine]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(MessageLine(*row[1:], files.get(row[1], ())))
    return found


async def _files(
    tx: Transaction, beside: str, ids: Sequence[Any]
) -> dict[str, tuple[KeptFile, ...]]:
    column = {"note": "note", "line": "line"}[beside]
    cursor = await tx.connection.execute(
        f"SELECT {column}, {_FILE} FROM portal_file WHERE {column} = ANY(%s) ORDER BY at, id",  # noqa: S608 - constants only
        (list(ids),),
    )
    found: dict[str, tuple[KeptFile, ...]] = {}
    for row in await cursor.fetchall():
        found[row[0]] = (*found.get(row[0], ()), KeptFile(*row[1:]))
    return found
