"""Reports as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence

from cardline.core.cells import harmless


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Write rows under a line of column names; null is empty.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(f"{one['code']}:{one['times']}" for one in value)
    return harmless(value) if isinstance(value, str) else value
