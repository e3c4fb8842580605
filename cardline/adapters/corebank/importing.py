"""What the imports share: reading a file, remembering rows, writing in bulk, the result."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from psycopg.errors import UniqueViolation

from cardline.adapters.corebank import account_store, card_store, import_store, ledger_store
from cardline.cards.corebank import NewCard
from cardline.cards.model import Account, Holder, Posting, Statement
from cardline.core.actor import Actor
from cardline.core.errors import CardlineError
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal

Progress = Callable[[int, int], None]
"""Called with the rows done and the rows in all."""


class ImportRefused(CardlineError):
    """The file as a whole is not what was announced; nothing of it was loaded."""

    code = "import-refused"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not loaded."""

    line: int
    """Line of the file, the header being line 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file."""

    loaded: int
    unchanged: int
    rejected: tuple[Rejected, ...]

    def as_json(self) -> JsonObject:
        """Return it as plain JSON."""
        return {
            "loaded": self.loaded,
            "unchanged": self.unchanged,
            "rejected": [{"line": each.line, "reason": each.reason} for each in self.rejected],
        }


class BadRow(Exception):
    """What is wrong with a row, in words for whoever made the file."""


@dataclass(slots=True)
class Batch:
    """Rows that are good and not yet written."""

    holders: list[Holder] = field(default_factory=list)
    accounts: list[tuple[Account, date]] = field(default_factory=list)
    """Each with the closing date of its open period."""
    cards: list[NewCard] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    rows: list[tuple[str, bytes]] = field(default_factory=list)

    async def write(self, tx: Transaction, source: str) -> None:
        """Write everything. Raises :class:`ImportRefused` where the ledger has some of it."""
        try:
            await account_store.add_holders(tx, self.holders)
            await account_store.add_accounts(tx, self.accounts)
            await card_store.add_cards(tx, self.cards)
            await ledger_store.add_postings(tx, self.postings)
            await ledger_store.add_statements(tx, self.statements)
            await import_store.add_loaded_rows(tx, source, self.rows)
        except UniqueViolation as error:
            raise ImportRefused(
                "the ledger has some of these holders, accounts or telephone numbers already"
                f" ({error.diag.constraint_name}): nothing was loaded"
            ) from error


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file."""

    line: int
    fields: list[str]

    @property
    def digest(self) -> bytes:
        """Hash by which a later run knows the row again."""
        joined = "\x1f".join(self.fields).encode()
        return hashlib.blake2b(joined, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Table:
    """A file of comma-separated values, read as a whole."""

    header: list[str]
    rows: list[Row]
    digest: str


def read_table(path: Path) -> Table:
    """Read a CSV file in UTF-8 (a byte order mark is fine) or GB18030.

    Raises :class:`ImportRefused` where it cannot be read or is no such file.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}") from error
    text = _decode(path, raw)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    header: list[str] = []
    try:
        for fields in reader:
            cleaned = [value.strip() for value in fields]
            if not header:
                header = cleaned
            elif any(cleaned):
                rows.append(Row(reader.line_num, cleaned))
    except csv.Error as error:
        raise ImportRefused(
            f"{path.name} is no CSV file: line {reader.line_num}: {error}"
        ) from error
    if not header:
        raise ImportRefused(f"{path.name} is empty: nothing was loaded")
    return Table(header, rows, hashlib.sha256(raw).hexdigest())


def _decode(path: Path, raw: bytes) -> str:
    if b"\x00" in raw or raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ImportRefused(
            f"{path.name} is no text file: save it as CSV in UTF-8 or GB18030; nothing was loaded"
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportRefused(f"{path.name} is neither UTF-8 nor GB18030: nothing was loaded")


async def journal_import(
    tx: Transaction,
    *,
    source: str,
    table: Table,
    result: ImportResult,
    by: Actor,
    at: datetime,
) -> None:
    """Write down that a file was loaded: its hash and the counts, none of its content."""
    body = {
        "format": source,
        "sha256": table.digest,
        "loaded": result.loaded,
        "unchanged": result.unchanged,
        "rejected": len(result.rejected),
    }
    stream = f"import:{table.digest[:16]}"
    await journal(tx, stream=stream, kind="accounts.imported", by=by, body=body, at=at)


def in_steps(
    rows: Sequence[Row], progress: Progress | None, step: int = 2000
) -> Iterator[list[Row]]:
    """Yield ``rows`` in pieces and tell ``progress`` after each piece that was worked off."""
    for start in range(0, len(rows), step):
        yield list(rows[start : start + step])
        if progress is not None:
            progress(min(start + step, len(rows)), len(rows))
