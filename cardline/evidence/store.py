"""SQL of the journal. Entries are only ever added."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.model import Entry, Link


async def append(
    tx: Transaction,
    entry: Entry,
    *,
    salt: bytes,
    before: bytes,
    after: bytes,
    begins: bool = False,
) -> int:
    """Add an entry at the end of its stream, which stays locked; return its place.

    One statement locks the end, chains and moves it: most of what a call costs the database are
    statements. ``before`` and ``after`` are the canonical JSON around the place. ``begins`` tries
    first whether the stream is new.
    """
    values = {
        "stream": entry.stream,
        "at": entry.at,
        "kind": entry.kind,
        "by": entry.by,
        "body": Jsonb(entry.body),
        "verdict": Jsonb(entry.verdict) if entry.verdict is not None else None,
        "salt": salt,
        "before": before,
        "after": after,
    }
    statements = (_BEGIN, _APPEND) if begins else (_APPEND, _BEGIN)
    while True:
        for statement in statements:
            cursor = await tx.connection.execute(statement, values)
            row = await cursor.fetchone()
            if row is not None:
                return int(row[0])


_INSERT = """
    INSERT INTO journal (stream, seq, at, kind, by, body, verdict, previous, hash, salt)
    SELECT %(stream)s, next.seq, %(at)s, %(kind)s, %(by)s, %(body)s, %(verdict)s, next.previous,
        next.hash, %(salt)s
    FROM next
"""

_APPEND = f"""
    WITH head AS MATERIALIZED (
        SELECT seq, hash FROM journal_head WHERE stream = %(stream)s FOR NO KEY UPDATE
    ), next AS MATERIALIZED (
        SELECT seq + 1 AS seq, hash AS previous, sha256(
            hash || %(before)s::bytea || convert_to((seq + 1)::text, 'UTF8') || %(after)s::bytea
        ) AS hash
        FROM head
    ), entry AS ({_INSERT})
    UPDATE journal_head AS h SET seq = next.seq, hash = next.hash FROM next
    WHERE h.stream = %(stream)s
    RETURNING h.seq
"""  # noqa: S608 - constants
"""Where the stream is new, this does nothing, and ``_BEGIN`` does it; and the other way round."""

_BEGIN = f"""
    WITH genesis AS (
        SELECT decode(repeat('00', 32), 'hex') AS hash
    ), next AS (
        INSERT INTO journal_head (stream, seq, hash)
        SELECT %(stream)s, 1, sha256(
            genesis.hash || %(before)s::bytea || convert_to('1', 'UTF8') || %(after)s::bytea)
        FROM genesis
        ON CONFLICT (stream) DO NOTHING
        RETURNING seq, hash, decode(repeat('00', 32), 'hex') AS previous
    )
    {_INSERT} RETURNING seq
"""  # noqa: S608 - constants


_LINK = "stream, seq, at, kind, by, body, verdict, salt, previous, hash"


async def links(tx: Transaction, stream: str) -> list[Link]:
    """Return a stream from its first place on."""
    return (await links_of(tx, [stream])).get(stream, [])


async def links_of(tx: Transaction, streams: Sequence[str]) -> dict[str, list[Link]]:
    """Return several streams, each from its first place on."""
    cursor = await tx.connection.execute(
        f"SELECT {_LINK} FROM journal WHERE stream = ANY(%s) ORDER BY stream, seq",  # noqa: S608 - constants
        (list(streams),),
    )
    found: dict[str, list[Link]] = {}
    for row in await cursor.fetchall():
        found.setdefault(row[0], []).append(_link(row))
    return found


async def links_in_order(
    tx: Transaction, streams: Sequence[str], *, each: int = 2000
) -> AsyncIterator[Link]:
    """Go through several streams, ``each`` entries at a time: one may be longer than memory."""
    async with tx.connection.cursor(name="journal_walk") as cursor:
        cursor.itersize = each
        await cursor.execute(
            f"SELECT {_LINK} FROM journal WHERE stream = ANY(%s) ORDER BY stream, seq",  # noqa: S608 - constants
            (list(streams),),
        )
        async for row in cursor:
            yield _link(row)


async def all_entries_of(tx: Transaction, streams: Sequence[str]) -> list[Entry]:
    """Return the entries of several streams, stream by stream, in their order."""
    cursor = await tx.connection.execute(
        """
        SELECT stream, seq, at, kind, by, body, verdict
        FROM journal WHERE stream = ANY(%s) ORDER BY stream, seq
        """,
        (list(streams),),
    )
    return [Entry(*row) for row in await cursor.fetchall()]


async def entries_of(tx: Transaction, streams: Sequence[str], kinds: Sequence[str]) -> list[Entry]:
    """Return the entries of some kinds in some streams, in the order of time."""
    cursor = await tx.connection.execute(
        """
        SELECT stream, seq, at, kind, by, body, verdict
        FROM journal WHERE stream = ANY(%s) AND kind = ANY(%s) ORDER BY at, stream, seq
        """,
        (list(streams), list(kinds)),
    )
    return [Entry(*row) for row in await cursor.fetchall()]


async def streams_with(
    tx: Transaction,
    streams: Sequence[str],
    *,
    kind: str,
    by: str,
    body: JsonObject,
    since: datetime,
) -> set[str]:
    """Return those streams in which somebody wrote such an entry, with these fields, after then."""
    cursor = await tx.connection.execute(
        """
        SELECT DISTINCT stream FROM journal
        WHERE stream = ANY(%s) AND at > %s AND kind = %s AND by = %s AND body @> %s
        """,
        (list(streams), since, kind, by, Jsonb(body)),
    )
    return {str(row[0]) for row in await cursor.fetchall()}


async def page(
    tx: Transaction,
    *,
    kinds: Sequence[str],
    after: tuple[datetime, str, int] | None,
    limit: int,
) -> list[Entry]:
    """Return entries in the order of time, after a place; no kinds: all of them."""
    cursor = await tx.connection.execute(
        """
        SELECT stream, seq, at, kind, by, body, verdict
        FROM journal
        WHERE (%(all)s OR kind = ANY(%(kinds)s))
          AND (%(at)s::timestamptz IS NULL OR (at, stream, seq) > (%(at)s, %(stream)s, %(seq)s))
        ORDER BY at, stream, seq LIMIT %(limit)s
        """,
        {
            "all": not kinds,
            "kinds": list(kinds),
            "at": after[0] if after else None,
            "stream": after[1] if after else "",
            "seq": after[2] if after else 0,
            "limit": limit,
        },
    )
    return [Entry(*row) for row in await cursor.fetchall()]


def _link(row: Sequence[Any]) -> Link:
    salt, previous, digest = row[7:]
    return Link(Entry(*row[:7]), bytes(salt) if salt else None, bytes(previous), bytes(digest))
