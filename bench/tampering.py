"""One alteration of one row, anywhere in what the journal is and what seals it, at random."""

from dataclasses import dataclass
from random import Random

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from cardline.core.transaction import Transaction
from cardline.evidence.actions import read_links
from cardline.evidence.model import Breach
from cardline.evidence.rules import GENESIS, chain_hash
from cardline.evidence.verifying import KEYS, ROOTS

_TABLES = {
    "journal": ("stream", "seq"),
    "journal_head": ("stream",),
    "evidence_leaf": ("stream", "seq"),
    "evidence_root": ("number",),
    "evidence_key": ("id",),
}
_WEIGHTS = (10, 3, 4, 2, 1)
_CHANGES = {
    # Table and column, with something that is always another value of its type.
    ("journal", "stream"): "stream || 'x'",
    ("journal", "seq"): "seq + 1000",
    ("journal", "at"): "at + interval '1 microsecond'",
    ("journal", "kind"): "kind || 'x'",
    ("journal", "by"): "by || 'x'",
    ("journal", "body"): "body || '{\"number\": -1}'",
    ("journal", "verdict"): "coalesce(verdict, '{}') || '{\"allowed\": true}'",
    ("journal", "salt"): "substr(sha256(salt), 1, 16)",
    ("journal", "previous"): "sha256(previous)",
    ("journal", "hash"): "sha256(hash)",
    ("journal_head", "stream"): "stream || 'x'",
    ("journal_head", "seq"): "seq + 1",
    ("journal_head", "hash"): "sha256(hash)",
    ("evidence_leaf", "stream"): "stream || 'x'",
    ("evidence_leaf", "seq"): "seq + 1000",
    ("evidence_leaf", "hash"): "sha256(hash)",
    ("evidence_leaf", "root"): "root %% 4 + 1",
    ("evidence_root", "number"): "number + 1000",
    ("evidence_root", "at"): "at + interval '1 second'",
    ("evidence_root", "statement"): "replace(statement, '\"leaves\":', '\"leaves\":1')",
    ("evidence_root", "signature"): "sha256(signature) || sha256(signature)",
    ("evidence_key", "id"): "reverse(id)",
    ("evidence_key", "public"): "sha256(public)",
    ("evidence_key", "valid_from"): "valid_from - interval '1 day'",
    ("evidence_key", "valid_to"): "valid_to + interval '1 day'",
    ("evidence_key", "statement"): "replace(statement, '202', '212')",
    ("evidence_key", "signature"): "sha256(signature) || sha256(signature)",
    ("evidence_key", "previous_signature"): "CASE WHEN previous_signature IS NULL THEN "
    "sha256(signature) || sha256(signature) END",
}
_INSERTS = {
    "journal": "INSERT INTO journal SELECT stream, seq + (SELECT max(seq) FROM journal), at, kind, "
    "by, body, verdict, previous, hash, salt FROM journal WHERE stream = %s AND seq = %s",
    "journal_head": "INSERT INTO journal_head SELECT stream || 'x', seq, hash FROM journal_head "
    "WHERE stream = %s",
    "evidence_leaf": "INSERT INTO evidence_leaf SELECT stream || 'x', seq, hash, root "
    "FROM evidence_leaf WHERE stream = %s AND seq = %s",
    "evidence_root": "INSERT INTO evidence_root SELECT number + 1000, at, statement, signature "
    "FROM evidence_root WHERE number = %s",
    "evidence_key": "INSERT INTO evidence_key SELECT reverse(id), public, valid_from, valid_to, "
    "statement, signature, previous_signature FROM evidence_key WHERE id = %s",
}


@dataclass(frozen=True)
class Tampering:
    """What was done to which row."""

    table: str
    what: str
    row: tuple[object, ...]

    def is_located_by(self, breaches: list[Breach]) -> bool:
        """Whether one of the breaches says where it was."""
        places = {breach.stream for breach in breaches}
        if self.table == "evidence_key":
            return KEYS in places
        if self.table == "evidence_root":
            number = int(str(self.row[0])) + (1000 if self.what == "insert" else 0)
            return any(one.stream == ROOTS and one.seq == number for one in breaches)
        if self.table == "evidence_leaf":
            return ROOTS in places
        added = "x" if (self.table, self.what) == ("journal_head", "insert") else ""
        return f"{self.row[0]}{added}" in places


class Tamperer:
    """Somebody who can do anything to the tables, one row at a time."""

    def __init__(self, owner: AsyncConnection[TupleRow], random: Random) -> None:
        self._owner = owner
        self._random = random
        self._rows: dict[str, list[tuple[object, ...]]] = {}

    async def tamper(self) -> Tampering:
        """Alter, delete or insert one row."""
        table = self._random.choices(tuple(_TABLES), _WEIGHTS)[0]
        row = self._random.choice(await self._known(table))
        how = self._random.choice(("alter", "delete", "insert"))
        names = [sql.Identifier(name) for name in _TABLES[table]]
        where = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(name) for name in names)
        target = sql.Identifier(table)
        what = how
        if how == "insert":
            await self._owner.execute(_INSERTS[table].encode(), row)
        elif how == "delete":
            await self._owner.execute(sql.SQL("DELETE FROM {} WHERE {}").format(target, where), row)
        else:
            column = self._random.choice([name for known, name in _CHANGES if known == table])
            value = sql.SQL(_CHANGES[table, column])
            change = sql.SQL("UPDATE {} SET {} = {} WHERE {}")
            await self._owner.execute(
                change.format(target, sql.Identifier(column), value, where), row
            )
            what = f"alter {column}"
        return Tampering(table, what, row)

    async def _known(self, table: str) -> list[tuple[object, ...]]:
        if table not in self._rows:
            names = sql.SQL(", ").join(sql.Identifier(name) for name in _TABLES[table])
            cursor = await self._owner.execute(
                sql.SQL("SELECT {} FROM {} ORDER BY 1").format(names, sql.Identifier(table))
            )
            self._rows[table] = [tuple(row) for row in await cursor.fetchall()]
        return self._rows[table]


async def rewrite(
    owner: AsyncConnection[TupleRow], stream: str, *, kind: str = "x.y", unsalted: bool = False
) -> None:
    """Alter the first entry of a stream and make the whole chain fit again, its end included.

    ``unsalted``: as entries were before, hashed whole.
    """

    await owner.execute(
        "UPDATE journal SET kind = %s WHERE stream = %s AND seq = 1", (kind, stream)
    )
    if unsalted:
        await owner.execute("UPDATE journal SET salt = NULL WHERE stream = %s", (stream,))
    previous = GENESIS
    for link in await read_links(Transaction(owner), stream):
        digest = chain_hash(previous, link.entry, link.salt)
        await owner.execute(
            "UPDATE journal SET previous = %s, hash = %s WHERE stream = %s AND seq = %s",
            (previous, digest, stream, link.entry.seq),
        )
        previous = digest
    await owner.execute("UPDATE journal_head SET hash = %s WHERE stream = %s", (previous, stream))
