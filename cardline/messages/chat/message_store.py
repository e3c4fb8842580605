"""SQL of the messages of a chat."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from cardline.core.ids import AgentId, InteractionId
from cardline.core.transaction import Transaction
from cardline.messages.chat.model import Author, ChatMessage, Side
from cardline.messages.file_model import StoredFile

_SELECT: LiteralString = """
    SELECT m.chat, m.number, m.author, m.agent_id, m.text, m.masked, m.article, m.staff_only, m.at,
        m.delivered_at, m.read_at, f.id, f.path, f.name, f.kind, f.bytes, f.sha256, f.scanned,
        f.owner, f.stored_at
    FROM chat_message AS m LEFT JOIN stored_file AS f ON f.id = m.file
"""
_TO: dict[Side, LiteralString] = {"holder": "author <> 'holder'", "agent": "author = 'holder'"}


async def add(
    tx: Transaction,
    chat: InteractionId,
    *,
    author: Author,
    text: str,
    at: datetime,
    agent: AgentId | None = None,
    masked: Sequence[str] = (),
    article: str | None = None,
    file: str | None = None,
    staff_only: bool = False,
    key: str | None = None,
) -> int:
    """Add a message and return its number; it locks the chat, so that numbers have no gap."""
    cursor = await tx.connection.execute(
        """
        UPDATE chat SET last_number = last_number + 1,
            last_word_at = CASE WHEN %s THEN %s ELSE last_word_at END
        WHERE id = %s RETURNING last_number
        """,
        (author in ("holder", "agent"), at, chat),
    )
    row = await cursor.fetchone()
    assert row is not None, "the chat was looked up in this transaction"
    await tx.connection.execute(
        """
        INSERT INTO chat_message
            (chat, number, author, agent_id, text, masked, article, file, staff_only, key, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (chat, row[0], author, agent, text, list(masked), article, file, staff_only, key, at),
    )
    return int(row[0])


async def by_key(tx: Transaction, chat: InteractionId, key: str) -> int | None:
    """Return the number of the message with this key."""
    cursor = await tx.connection.execute(
        "SELECT number FROM chat_message WHERE chat = %s AND key = %s", (chat, key)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def after(
    tx: Transaction, chat: InteractionId, number: int, *, staff: bool, most: int = 500
) -> list[ChatMessage]:
    """Return the messages after a number, in order; notes between agents only to ``staff``."""
    cursor = await tx.connection.execute(
        _SELECT + "WHERE m.chat = %s AND m.number > %s AND (%s OR NOT m.staff_only) "
        "ORDER BY m.number LIMIT %s",
        (chat, number, staff, most),
    )
    return [_message(row) for row in await cursor.fetchall()]


async def last(tx: Transaction, chat: InteractionId) -> ChatMessage | None:
    """Return the last message of a person."""
    cursor = await tx.connection.execute(
        _SELECT + "WHERE m.chat = %s AND m.author IN ('holder', 'agent') "
        "ORDER BY m.number DESC LIMIT 1",
        (chat,),
    )
    row = await cursor.fetchone()
    return _message(row) if row else None


async def delivered(tx: Transaction, chat: InteractionId, *, to: Side, at: datetime) -> bool:
    """Everything so far stands on the screen of this side; True where something is new."""
    cursor = await tx.connection.execute(
        "UPDATE chat_message SET delivered_at = %s "  # noqa: S608 - constants only
        f"WHERE chat = %s AND delivered_at IS NULL AND {_TO[to]} AND NOT staff_only",
        (at, chat),
    )
    return cursor.rowcount > 0


async def read(
    tx: Transaction, chat: InteractionId, *, to: Side, through: int, at: datetime
) -> bool:
    """This side has read everything up to a number; True where something is new."""
    cursor = await tx.connection.execute(
        "UPDATE chat_message SET read_at = %s, delivered_at = coalesce(delivered_at, %s) "  # noqa: S608 - constants only
        f"WHERE chat = %s AND number <= %s AND read_at IS NULL AND {_TO[to]} AND NOT staff_only",
        (at, at, chat, through),
    )
    return cursor.rowcount > 0


async def unread(tx: Transaction, chat: InteractionId, *, to: Side) -> int:
    """Count what this side has not read."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM chat_message "  # noqa: S608 - constants only
        f"WHERE chat = %s AND read_at IS NULL AND {_TO[to]} AND NOT staff_only",
        (chat,),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def written_since(tx: Transaction, chat: InteractionId, since: datetime) -> int:
    """Count what the holder wrote since a time."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM chat_message WHERE chat = %s AND author = 'holder' AND at > %s",
        (chat, since),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def had_agent(tx: Transaction, chat: InteractionId) -> bool:
    """True where an agent has written in this chat."""
    cursor = await tx.connection.execute(
        "SELECT EXISTS (SELECT FROM chat_message WHERE chat = %s AND author = 'agent')", (chat,)
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def receipts(tx: Transaction, chat: InteractionId) -> tuple[int, int]:
    """Return up to which number the holder's words were delivered, and read."""
    cursor = await tx.connection.execute(
        """
        SELECT coalesce(max(number) FILTER (WHERE delivered_at IS NOT NULL), 0),
            coalesce(max(number) FILTER (WHERE read_at IS NOT NULL), 0)
        FROM chat_message WHERE chat = %s AND author = 'holder'
        """,
        (chat,),
    )
    row = await cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


async def with_file(tx: Transaction, chat: InteractionId, file: str) -> ChatMessage | None:
    """Return the message of this chat that carries a file."""
    cursor = await tx.connection.execute(
        _SELECT + "WHERE m.chat = %s AND m.file = %s LIMIT 1", (chat, file)
    )
    row = await cursor.fetchone()
    return _message(row) if row else None


async def files_of(tx: Transaction, chat: InteractionId) -> int:
    """Count the files of a chat."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM chat_message WHERE chat = %s AND file IS NOT NULL", (chat,)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


def _message(row: Sequence[Any]) -> ChatMessage:
    file = StoredFile(*row[11:20]) if row[11] is not None else None
    return ChatMessage(
        chat=row[0],
        number=row[1],
        author=row[2],
        agent_id=row[3],
        text=row[4],
        masked=tuple(row[5]),
        article=row[6],
        file=file,
        staff_only=row[7],
        at=row[8],
        delivered_at=row[9],
        read_at=row[10],
    )
