"""Reading lists, and drawing who is left alone (rows D4, D6)."""

import csv
import hashlib
from collections.abc import Iterator
from typing import Protocol

from cardline.core.phone import parse_phone
from cardline.outreach.campaigns.model import Arm, BadRow, CampaignId, ListRow

HOLDER, PHONE = "holder_id", "phone"
MOST_ROWS = 200_000
_LONGEST = 60
"""Characters of one field: it goes into a short message."""


class Table(Protocol):
    """A reader of CSV that knows its line."""

    @property
    def line_num(self) -> int:
        """The line that was read last."""
        ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class NoList(ValueError):
    """The text is no list; the message says what is missing."""


def read_list(text: str, *, fields: frozenset[str]) -> tuple[list[ListRow], list[BadRow]]:
    """Read a CSV list with ``holder_id`` or ``phone``, and a column for each of ``fields``.

    Rows that cannot be used are named with their line and why; the rest is taken. Raises
    :class:`NoList` where the columns are missing or there are too many rows.
    """
    try:
        return _read(csv.reader(text.lstrip("\ufeff").splitlines()), fields)
    except csv.Error as error:
        raise NoList(f"this is no CSV: {error}") from error


def _read(table: Table, fields: frozenset[str]) -> tuple[list[ListRow], list[BadRow]]:
    header = [name.strip() for name in next(table, [])]
    if HOLDER not in header and PHONE not in header:
        raise NoList(f"a list needs a column {HOLDER} or {PHONE} in its first line")
    if len(set(header)) != len(header):
        raise NoList("a column stands twice")
    missing = sorted(fields - set(header))
    if missing:
        raise NoList(f"a list of this kind needs the columns {', '.join(missing)}")
    rows: list[ListRow] = []
    bad: list[BadRow] = []
    seen: set[str] = set()
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) + len(bad) >= MOST_ROWS:
            raise NoList(f"a list has at most {MOST_ROWS} rows; split it")
        row = _row(table.line_num, header, cells, fields)
        if isinstance(row, ListRow):
            who = row.holder or str(row.phone)
            if who in seen:
                row = BadRow(row.line, "stands in this list already", "row-twice")
            seen.add(who)
        if isinstance(row, BadRow):
            bad.append(row)
        else:
            rows.append(row)
    return rows, bad


def _row(
    line: int, header: list[str], cells: list[str], fields: frozenset[str]
) -> ListRow | BadRow:
    if len(cells) != len(header):
        return BadRow(line, f"{len(cells)} columns, {len(header)} expected", "row-columns")
    said = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    holder, written = said.get(HOLDER, ""), said.get(PHONE, "")
    if not holder and not written:
        return BadRow(line, "neither holder nor number", "row-nobody")
    phone = parse_phone(written) if written else None
    if written and phone is None:
        return BadRow(line, "no telephone number", "row-number")
    for name in sorted(fields):
        wrong = next(_faults(name, said[name]), None)
        if wrong:
            return BadRow(line, *wrong)
    return ListRow(line, holder, phone, {name: said[name] for name in sorted(fields)})


def _faults(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Say why and the code."""
    if not value:
        yield f"{name} is empty", "row-empty"
    if len(value) > _LONGEST:
        yield f"{name} is longer than {_LONGEST} characters", "row-long"
    if any(not letter.isprintable() for letter in value):
        yield f"{name} holds characters that cannot be printed", "row-unprintable"


def arm_of(campaign: CampaignId, holder: str, *, hold_out: float) -> Arm:
    """Draw whether a person is contacted; the same for ever, whoever makes the list when.

    By a hash of campaign and holder: in every campaign it is other people who are left alone.
    """
    digest = hashlib.sha256(f"{campaign}/{holder}".encode()).digest()
    drawn = int.from_bytes(digest[:8]) / 2**64
    return "held-out" if drawn < hold_out else "contacted"
