"""SQL of what seals the journal: keys, roots and their leaves. All of it is only ever added to."""

from collections.abc import AsyncIterator, Sequence

from psycopg.rows import TupleRow

from cardline.core.transaction import Transaction
from cardline.evidence.model import KeyId, Leaf, Root, SigningKey
from cardline.evidence.statements import read_key, read_root

_LOCK = 0x45564944  # any constant: one root at a time, whichever node makes it
_KEY = "id, public, valid_from, valid_to, statement, signature, previous_signature"


async def lock(tx: Transaction) -> None:
    """Let nobody else make a key or a root until the transaction ends."""
    await tx.connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


async def add_key(tx: Transaction, key: SigningKey) -> None:
    """Write a key down."""
    await tx.connection.execute(
        f"INSERT INTO evidence_key ({_KEY}) VALUES (%s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - constants
        (
            key.id,
            key.public,
            key.valid_from,
            key.valid_to,
            key.statement.decode(),
            key.signature,
            key.previous_signature,
        ),
    )


async def keys(tx: Transaction) -> list[SigningKey]:
    """Return all keys, the oldest first. Raises ``Malformed`` for one that was altered."""
    return [read_key(*row[4:]) for row in await key_rows(tx)]


async def key_rows(tx: Transaction) -> list[TupleRow]:
    """Return the keys as they are stored, statements as bytes, for whoever checks them."""
    cursor = await tx.connection.execute(
        f"SELECT {_KEY} FROM evidence_key ORDER BY valid_from, id"  # noqa: S608 - constants
    )
    return [
        (KeyId(row[0]), bytes(row[1]), *row[2:4], row[4].encode(), bytes(row[5]), _maybe(row[6]))
        for row in await cursor.fetchall()
    ]


async def last_root(tx: Transaction) -> Root | None:
    """Return the newest root."""
    cursor = await tx.connection.execute(
        "SELECT statement, signature FROM evidence_root ORDER BY number DESC LIMIT 1"
    )
    row = await cursor.fetchone()
    return read_root(row[0].encode(), bytes(row[1])) if row else None


async def add_root(tx: Transaction, root: Root) -> None:
    """Write a root down; its leaves are there already."""
    await tx.connection.execute(
        "INSERT INTO evidence_root (number, at, statement, signature) VALUES (%s, %s, %s, %s)",
        (root.number, root.at, root.statement.decode(), root.signature),
    )


async def roots(tx: Transaction, *, after: int, limit: int) -> list[Root]:
    """Return roots beyond a number, in their order. Raises ``Malformed`` for an altered one."""
    rows = await root_rows(tx, after=after, limit=limit)
    return [read_root(statement, signature) for _, _, statement, signature in rows]


async def root_rows(tx: Transaction, *, after: int, limit: int) -> list[TupleRow]:
    """Return roots as they are stored, statements as bytes, for whoever checks them."""
    cursor = await tx.connection.execute(
        """
        SELECT number, at, statement, signature FROM evidence_root
        WHERE number > %s ORDER BY number LIMIT %s
        """,
        (after, limit),
    )
    return [(row[0], row[1], row[2].encode(), bytes(row[3])) for row in await cursor.fetchall()]


async def add_leaves(tx: Transaction, *, root: int) -> list[Leaf]:
    """Put the end of every stream that has grown under a root; return them.

    Ends, not times, say what is new: what was being written when the last root was made is taken
    now. One statement, so that all ends are of one moment.
    """
    cursor = await tx.connection.execute(
        """
        INSERT INTO evidence_leaf (stream, seq, hash, root)
        SELECT h.stream, h.seq, h.hash, %s FROM journal_head AS h
        WHERE NOT EXISTS (
            SELECT 1 FROM evidence_leaf AS l WHERE l.stream = h.stream AND l.seq = h.seq
        )
        RETURNING stream, seq, hash
        """,
        (root,),
    )
    return [_leaf(row) for row in await cursor.fetchall()]


async def leaves_of_root(tx: Transaction, root: int) -> list[Leaf]:
    """Return the leaves of a root, in no order."""
    cursor = await tx.connection.execute(
        "SELECT stream, seq, hash FROM evidence_leaf WHERE root = %s", (root,)
    )
    return [_leaf(row) for row in await cursor.fetchall()]


async def leaves_of(tx: Transaction, streams: Sequence[str]) -> list[tuple[Leaf, int]]:
    """Return the leaves of some streams, each with its root, in the order of places."""
    cursor = await tx.connection.execute(
        """
        SELECT stream, seq, hash, root FROM evidence_leaf
        WHERE stream = ANY(%s) ORDER BY stream, seq
        """,
        (list(streams),),
    )
    return [(_leaf(row), row[3]) for row in await cursor.fetchall()]


async def roots_of_leaves(tx: Transaction) -> AsyncIterator[tuple[int, int]]:
    """Yield the number of every root that has leaves, and how many."""
    cursor = await tx.connection.execute(
        "SELECT root, count(*) FROM evidence_leaf GROUP BY root ORDER BY root"
    )
    for row in await cursor.fetchall():
        yield row[0], row[1]


async def heads(tx: Transaction, *, after: str, limit: int) -> list[Leaf]:
    """Return the ends of streams as the journal keeps them, beyond a name, in order."""
    cursor = await tx.connection.execute(
        """
        SELECT stream, seq, hash FROM journal_head
        WHERE stream > %s ORDER BY stream LIMIT %s
        """,
        (after, limit),
    )
    return [_leaf(row) for row in await cursor.fetchall()]


async def streams_without_end(tx: Transaction) -> list[str]:
    """Return streams that have entries, or were under a root, but no end."""
    cursor = await tx.connection.execute(
        """
        SELECT stream FROM (
            SELECT DISTINCT stream FROM journal UNION SELECT DISTINCT stream FROM evidence_leaf
        ) AS known
        WHERE NOT EXISTS (SELECT 1 FROM journal_head AS h WHERE h.stream = known.stream)
        ORDER BY stream
        """
    )
    return [row[0] for row in await cursor.fetchall()]


async def see_one_moment(tx: Transaction) -> None:
    """Let everything read in this transaction be of one moment; its first statement."""
    await tx.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _leaf(row: Sequence[object]) -> Leaf:
    stream, seq, digest = row[0], row[1], row[2]
    assert isinstance(seq, int)
    assert isinstance(digest, bytes | memoryview)
    return Leaf(str(stream), seq, bytes(digest))


def _maybe(value: bytes | None) -> bytes | None:
    return bytes(value) if value is not None else None
