"""Reads the UCI credit-card file as examples for the need score: six months, and what came after.

The same months as the import brings into the ledger, and the column that the ledger cannot hold:
whether the account missed its payment in the seventh month.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from cardline.core.errors import CardlineError
from cardline.outreach.scoring.model import Months

_NUMBERS = range(6, 0, -1)
"""Months of the file from the oldest to the newest."""
_FEN = 100


class NoExamples(CardlineError):
    """The file is not the one to learn from."""

    code = "no-examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One account."""

    account: str
    months: Months
    missed: bool


def read_examples(path: Path) -> list[Example]:
    """Read all accounts. Raises :class:`NoExamples` where columns are missing or are no numbers."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        table = csv.DictReader(file)
        try:
            return [_example(row) for row in table]
        except (KeyError, TypeError, ValueError) as error:
            raise NoExamples(
                f"{path.name} is not the UCI credit card file (line {table.line_num}: {error})"
            ) from error


def _example(row: dict[str, str]) -> Example:
    arrears = [row["PAY_0"] if n == 1 else row[f"PAY_{n}"] for n in _NUMBERS]
    return Example(
        account=row["ID"],
        months=Months(
            limit=_fen(row["LIMIT_BAL"]),
            bills=[_fen(row[f"BILL_AMT{n}"]) for n in _NUMBERS],
            paid=[_fen(row[f"PAY_AMT{n}"]) for n in _NUMBERS],
            arrears=[int(one) for one in arrears],
        ),
        missed=row["default.payment.next.month"] == "1",
    )


def _fen(text: str) -> int:
    return round(float(text)) * _FEN
