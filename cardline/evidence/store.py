"""SQL of the journal. Entries are only ever added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.core.transaction import Transaction
from cardline.evidence.model import Entry, Head


async def lock_head(tx: Transaction, stream: str) -> Head:
    """Lock the end of a stream for this transaction, making the stream where it is new."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO journal_head AS head (stream, seq, hash)
        VALUES (%s, 0, decode(repeat('00', 32), 'hex'))
        ON CONFLICT (stream) DO UPDATE SET seq = head.seq
        RETURNING seq, hash
        """,
        (stream,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return Head(seq=row[0], hash=bytes(row[1]))


async def append(tx: Transaction, entry: Entry, *, previous: bytes, digest: bytes) -> None:
    """Add an entry and move the head of its stream."""
    await tx.connection.execute(
        """
        WITH entry AS (
            INSERT INTO journal (stream, seq, at, kind, by, body, verdict, previous, hash)
            VALUES (%(stream)s, %(seq)s, %(at)s, %(kind)s, %(by)s, %(body)s, %(verdict)s,
                    %(previous)s, %(hash)s)
        )
        UPDATE journal_head SET seq = %(seq)s, hash = %(hash)s WHERE stream = %(stream)s
        """,
        {
            "stream": entry.stream,
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "by": entry.by,
            "body": Jsonb(entry.body),
            "verdict": Jsonb(entry.verdict) if entry.verdict is not None else None,
            "previous": previous,
            "hash": digest,
        },
    )


async def entries(tx: Transaction, stream: str) -> list[tuple[Entry, bytes]]:
    """Return a stream from its first place on, each entry with its hash."""
    cursor = await tx.connection.execute(
        """
        SELECT stream, seq, at, kind, by, body, verdict, hash
        FROM journal WHERE stream = %s ORDER BY seq
        """,
        (stream,),
    )
    return [_entry(row) for row in await cursor.fetchall()]


async def streams(tx: Transaction) -> list[str]:
    """Return the names of all streams."""
    cursor = await tx.connection.execute("SELECT stream FROM journal_head ORDER BY stream")
    return [row[0] for row in await cursor.fetchall()]


def _entry(row: Sequence[Any]) -> tuple[Entry, bytes]:
    stream, seq, at, kind, by, body, verdict, digest = row
    assert isinstance(at, datetime)
    return Entry(stream, seq, at, kind, by, body, verdict), bytes(digest)
