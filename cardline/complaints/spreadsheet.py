"""The regulator's export as people open it: words over the columns and in them, never a formula.

Programs take it as JSON, whose names and codes stay what they are (docs/reference/api.md).
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from cardline.complaints.causes import Causes
from cardline.complaints.classifying.reading import names_of
from cardline.complaints.model import Language
from cardline.complaints.telling_model import Words
from cardline.complaints.words import WordsMissing, word
from cardline.core.cells import harmless

Row = Mapping[str, str | int | bool | None]

_MARK = "\ufeff"
"""Without it a spreadsheet reads Chinese as something else."""
_JOIN: Mapping[Language, str] = {"zh": "；", "en": "; "}
_PARTS = {
    "door": "doors",
    "severity": "severities",
    "subjects": "subjects",
    "state": "standings",
    "refusal": "refused_for",
    "outcome": "outcomes",
}


def as_csv(
    rows: Sequence[Row], columns: Sequence[str], *, language: Language, causes: Causes
) -> str:
    """Write an export as CSV (RFC 4180, UTF-8 with its mark), as spreadsheets open it.

    What has no word any more stands by its code.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([word("columns", column).in_(language) for column in columns])
    for row in rows:
        writer.writerow([_cell(column, row[column], language, causes) for column in columns])
    return _MARK + out.getvalue()


def _cell(column: str, value: str | int | bool | None, language: Language, causes: Causes) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return word("answers", "yes" if value else "no").in_(language)
    if isinstance(value, int):
        return str(value)
    said = _said(column, language, causes)
    several = column in ("subjects", "causes")
    text = _JOIN[language].join(map(said, value.split())) if several else said(value)
    return harmless(text)


def _said(column: str, language: Language, causes: Causes) -> Callable[[str], str]:
    """Return how a code of a column is said; a word that is none stays as it is."""

    def say(code: str) -> str:
        if column in ("product", "issue"):
            names = names_of("product" if column == "product" else "issue").get(code)
            return names[language] if names else code
        found = causes.words.get(code) if column == "causes" else _known(_PARTS.get(column), code)
        return found.in_(language) if found else code

    return say


def _known(part: str | None, code: str) -> Words | None:
    try:
        return word(part, code) if part and code else None
    except WordsMissing:
        return None
