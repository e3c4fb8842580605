"""The catalogues of letters: their forms, and the words that all of them share."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from cardline.cards.model import Language
from cardline.core.yaml_text import parse_yaml
from cardline.messages.catalogue import word
from cardline.messages.forms import Form, load_forms
from cardline.messages.letters.model import Words

_FOLDER = Path(__file__).parent
TEMPLATE = _FOLDER / "templates" / "letter.typ"
"""Where everything stands on the paper."""
OWN = frozenset({"hotline", "site"})


def load_letters() -> dict[str, Form]:
    """Read the forms of letters. Raises ``CatalogueError``."""
    return load_forms(_FOLDER / "templates.yaml", own=OWN)


def load_words() -> dict[Language, Words]:
    """Read the words that all letters share. Raises ``msgspec.ValidationError``."""
    raw = parse_yaml((_FOLDER / "words.yaml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, type=dict[Language, Words])


def number_of(words: Words, *, year: int, serial: int) -> str:
    """Return the number as it stands on the letter."""
    return words.number.format(year=year, serial=serial)


def date_of(words: Words, at: datetime, *, language: Language, zone: ZoneInfo) -> str:
    """Return a day as it stands on a letter."""
    return word(at, {language: words.date}, language, zone)
