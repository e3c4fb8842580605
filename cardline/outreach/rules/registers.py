"""Public lists of those who want no advertising, as they are published (row D1). Pure.

One number a line (the British TPS), area code and number in two columns (the US registry), or a
table whose first line names its columns.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from cardline.core.phone import PhoneNumber, is_whole, parse_phone

_NAMES = ("phone", "number", "telephone", "phone_number", "phone number", "telephone number")
_AREAS = ("area", "area code", "area_code", "areacode", "npa")
_DIGITS = re.compile(r"\d")
_LEAST = 5
"""Digits below which a line cannot hold a number: it is a heading."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that holds no number, and why; what stands in it may be anybody's."""

    line: int
    reason: str


def numbers_in(
    rows: Iterable[tuple[int, Sequence[str]]], *, region: str
) -> Iterator[PhoneNumber | BadRow]:
    """Read the numbers of a list; empty lines are nothing, all others a number or bad.

    ``rows``: the number of each line and its cells. ``region``: whose numbers stand there without a
    country code.
    """
    column = area = None
    first = True
    for line, given in rows:
        cells = [cell.strip() for cell in given]
        if not any(cells):
            continue
        if first:
            first = False
            column, area = (_named(cells, names) for names in (_NAMES, _AREAS))
            if column is not None or len(_DIGITS.findall("".join(cells))) < _LEAST:
                continue
        written = _written(cells, column, area)
        if written is None:
            yield BadRow(line, f"has {len(cells)} cells, and no heading says which is the number")
            continue
        # A number without its area code would protect somebody else.
        number = parse_phone(written, region=region)
        if number is None or not is_whole(number):
            yield BadRow(line, "is no whole telephone number")
        else:
            yield number


def mark_of(number: PhoneNumber, *, key: bytes) -> bytes:
    """Return the mark under which a number stands on a list: 16 bytes that need the key."""
    return blake2b(number.encode(), key=key, digest_size=16).digest()


def _named(cells: list[str], names: Sequence[str]) -> int | None:
    return next((place for place, cell in enumerate(cells) if cell.lower() in names), None)


def _written(cells: list[str], column: int | None, area: int | None) -> str | None:
    if column is not None:
        return "".join(cells[one] for one in (area, column) if one is not None and one < len(cells))
    if len(cells) == 1:
        return cells[0]
    code, number, *rest = cells
    if len(code) == 3 and len(number) == 7 and not any(rest):
        return code + number
    return None
