"""Loads 30,000 real accounts of 2005 (Yeh and Lien, UCI repository no. 350, CC BY 4.0).

The file has a limit, six bills and the payments of six months for each account, and neither names
nor numbers. Holders, telephone numbers, cards, statement days and days of payment are made up,
repeatably, from the ID; holders are marked as made up. Amounts (NT$) are taken as yuan.

The six months, April to September 2005, are moved so that the last one is the month before the
import: a last statement of 2005 would be of no use to anybody. ``PAY_AMTn`` paid the bill before
``BILL_AMTn``, so what was new in a month is ``BILL_AMTn - BILL_AMTn+1 + PAY_AMTn``: a purchase, or
where it is negative a correction. The bill before the first is known only by what was paid of it,
and is brought forward with that amount. Interest that the issuer charged is contained in the
bills and cannot be told apart; it is taken as purchases.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from cardline.adapters.corebank import import_store
from cardline.adapters.corebank.extract_row import PARTICULARS, Reader, read_particulars
from cardline.adapters.corebank.importing import (
    BadRow,
    Batch,
    ImportRefused,
    ImportResult,
    Progress,
    Rejected,
    Row,
    in_steps,
    journal_import,
    read_table,
)
from cardline.adapters.corebank.uci_account import Maker, Record, month_before
from cardline.cards.rules.terms import CardTerms
from cardline.core.actor import Actor
from cardline.core.clock import SHANGHAI
from cardline.core.money import Fen
from cardline.core.transaction import Database

SOURCE = "uci"
_NUMBER = re.compile(r"-?[0-9]{1,12}|[0-9]e\+0?[0-9]", re.ASCII)
"""Whole numbers; round limits stand in the file as ``5e+05``."""

_ARREARS = ["PAY_0", *(f"PAY_{n}" for n in range(2, 7))]
_BILLS = [f"BILL_AMT{n}" for n in range(1, 7)]
_PAYMENTS = [f"PAY_AMT{n}" for n in range(1, 7)]
_NUMBERS = ["LIMIT_BAL", *_ARREARS, *_BILLS, *_PAYMENTS]
HEADER = [
    *["ID", "LIMIT_BAL", "SEX", "EDUCATION", "MARRIAGE", "AGE"],
    *_NUMBERS[1:],
    "default.payment.next.month",
]


async def import_uci(
    db: Database,
    path: Path,
    *,
    terms: CardTerms,
    by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Load the file in one transaction; rows that were loaded before are left as they are.

    Raises :class:`ImportRefused` where it is another file; then nothing is loaded.
    """
    table = read_table(path)
    more = table.header[len(HEADER) :]
    known_more = set(more) <= set(PARTICULARS) and len(set(more)) == len(more)
    if table.header[: len(HEADER)] != HEADER or not known_more:
        raise ImportRefused(
            f"{path.name} is not the UCI credit card file: its first line must name the"
            f" {len(HEADER)} columns ID, LIMIT_BAL, ... default.payment.next.month,"
            f" and after them at most {', '.join(PARTICULARS)};"
            " nothing was loaded"
        )
    maker = Maker(terms, last_month=month_before(at.astimezone(SHANGHAI).date()))
    loaded = unchanged = 0
    rejected: list[Rejected] = []
    async with db.transaction() as tx:
        await import_store.lock_imports(tx)
        known = await import_store.loaded_rows(tx, SOURCE)
        for rows in in_steps(table.rows, progress):
            batch = Batch()
            for row in rows:
                try:
                    if _is_unchanged(row, known):
                        unchanged += 1
                        continue
                    record = read_record(row, more)
                except BadRow as problem:
                    rejected.append(Rejected(row.line, str(problem)))
                    continue
                maker.add(batch, record)
                known[row.fields[0]] = row.digest
                batch.rows.append((row.fields[0], row.digest))
                loaded += 1
            await batch.write(tx, SOURCE)
        result = ImportResult(loaded, unchanged, tuple(rejected))
        await journal_import(tx, source=SOURCE, table=table, result=result, by=by, at=at)
    return result


def _is_unchanged(row: Row, known: dict[str, bytes]) -> bool:
    digest = known.get(row.fields[0])
    if digest is None:
        return False
    if digest != row.digest:
        raise BadRow(f"ID {row.fields[0]} is loaded already, with other figures")
    return True


def read_record(row: Row, more: Sequence[str] = ()) -> Record:
    """Read the figures of a row. Raises :class:`BadRow` with what is wrong.

    ``more``: columns behind those of the data set that somebody added.
    """
    columns = [*HEADER, *more]
    if len(row.fields) != len(columns):
        raise BadRow(f"{len(row.fields)} columns, {len(columns)} expected")
    values = dict(zip(columns, row.fields, strict=True))
    number = _whole("ID", values["ID"])
    if not 0 < number < 10_000_000 or values["ID"] != str(number):
        raise BadRow(f"ID {values['ID']!r} is no number from 1 to 9999999")
    figures = {name: _whole(name, values[name]) for name in _NUMBERS}
    if figures["LIMIT_BAL"] < 0:
        raise BadRow(f"LIMIT_BAL {figures['LIMIT_BAL']} is negative")
    for name in _PAYMENTS:
        if figures[name] < 0:
            raise BadRow(f"{name} {figures[name]} is negative")
    for name in _ARREARS:
        if not -9 <= figures[name] <= 99:
            raise BadRow(f"{name} {figures[name]} is no number of months from -9 to 99")
    reader = Reader(values)
    particulars = read_particulars(reader)
    if reader.problems:
        raise BadRow("; ".join(reader.problems))
    return Record(
        id=number,
        credit_limit=Fen(figures["LIMIT_BAL"] * 100),
        bills=tuple(figures[name] * 100 for name in reversed(_BILLS)),
        payments=tuple(figures[name] * 100 for name in reversed(_PAYMENTS)),
        arrears=tuple(figures[name] for name in reversed(_ARREARS)),
        particulars=particulars,
    )


def _whole(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise BadRow(f"{name} must be a whole number, not {text[:20]!r}")
    return int(Decimal(text))
