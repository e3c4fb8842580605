"""SQL of notes and messages of holders; their files are stored by ``messages``."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.portal.model import HolderMessage, MessageLine, Note

_MESSAGE = """id, holder, subject, opened_at, due_at, answered_at,
    answered_at IS NOT NULL AND (read_at IS NULL OR read_at < answered_at)"""


async def lock_holder(tx: Transaction, *, holder: HolderId) -> None:
    """Let one request after the other keep files and messages: they are counted."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('portal ' || %s, 0))", (holder,)
    )


async def add_note(tx: Transaction, note: Note, *, holder: HolderId) -> None:
    """Write a note."""
    await tx.connection.execute(
        """
        INSERT INTO portal_note (id, holder, contact, text, files, at)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (note.id, holder, note.contact, note.text, note.count, note.at),
    )


async def remove_note(
    tx: Transaction, note: str, *, holder: HolderId, contact: str, at: datetime
) -> bool:
    """Empty a note; False where the holder has no such note here."""
    cursor = await tx.connection.execute(
        """
        UPDATE portal_note SET removed_at = %s, text = ''
        WHERE id = %s AND holder = %s AND contact = %s AND removed_at IS NULL
        """,
        (at, note, holder, contact),
    )
    return cursor.rowcount == 1


async def notes(tx: Transaction, *, holder: HolderId, contact: str | None = None) -> list[Note]:
    """Return the notes of a holder beside one contact or all, oldest first, without files."""
    cursor = await tx.connection.execute(
        """
        SELECT id, contact, text, at, files FROM portal_note
        WHERE holder = %(holder)s AND removed_at IS NULL
          AND (%(contact)s::text IS NULL OR contact = %(contact)s)
        ORDER BY at, id
        """,
        {"holder": holder, "contact": contact},
    )
    return [Note(*row) for row in await cursor.fetchall()]


async def count_files(tx: Transaction, *, holder: HolderId) -> int:
    """Return how many files a holder keeps beside notes and has sent with messages."""
    cursor = await tx.connection.execute(
        """
        SELECT coalesce((SELECT sum(files) FROM portal_note
                         WHERE holder = %(holder)s AND removed_at IS NULL), 0)
             + coalesce((SELECT sum(l.files) FROM portal_message_line AS l
                         JOIN portal_message AS m ON m.id = l.message
                         WHERE m.holder = %(holder)s), 0)
        """,
        {"holder": holder},
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def owns(tx: Transaction, owner: str, *, holder: HolderId) -> bool:
    """True where a note that is still there, or a part of a message, is this holder's."""
    cursor = await tx.connection.execute(
        """
        SELECT 1 FROM portal_note
        WHERE id = %(owner)s AND holder = %(holder)s AND removed_at IS NULL
        UNION ALL
        SELECT 1 FROM portal_message_line AS l JOIN portal_message AS m ON m.id = l.message
        WHERE l.id = %(owner)s AND m.holder = %(holder)s
        """,
        {"owner": owner, "holder": holder},
    )
    return await cursor.fetchone() is not None


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
        INSERT INTO portal_message_line (id, message, by, who, text, files, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (line.id, message, line.by, line.who, line.text, line.count, line.at),
    )


async def lock_message(tx: Transaction, message: str) -> HolderMessage | None:
    """Return a message, without its parts, that nobody else changes until the end."""
    cursor = await tx.connection.execute(
        f"SELECT {_MESSAGE} FROM portal_message WHERE id = %s FOR UPDATE",  # noqa: S608 - constants only
        (message,),
    )
    row = await cursor.fetchone()
    return HolderMessage(*row) if row else None


async def await_answer(tx: Transaction, message: str, *, due_at: datetime, at: datetime) -> None:
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
    return [replace(HolderMessage(*row), lines=tuple(lines.get(row[0], ()))) for row in rows]


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
        SELECT message, id, by, who, text, at, files FROM portal_message_line
        WHERE message = ANY(%s) ORDER BY at, id
        """,
        (list(ids),),
    )
    found: dict[str, list[MessageLine]] = {}
    for row in await cursor.fetchall():
        found.setdefault(row[0], []).append(MessageLine(*row[1:]))
    return found
