"""The catalogue of the pages: every text in Chinese and English, read once and checked."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

from cardline.cards.model import Language
from cardline.core.errors import CardlineError
from cardline.portal.model import Word

_FOLDER = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class TextsError(CardlineError):
    """A text is missing in one of the languages, or takes other values there."""

    code = "texts"


class Texts:
    """All texts; :meth:`say` fills one in. A key that nobody wrote is an error, never a blank."""

    def __init__(self, tables: Mapping[Language, Mapping[str, str]]) -> None:
        self._tables = tables

    def say(self, key: str, language: Language, /, **values: object) -> str:
        """Return a text, filled in. Raises ``KeyError`` for a key or a value that is missing."""
        text = self._tables[language][key]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """True where the catalogue has this text."""
        return key in self._tables["zh"]

    def about(self, code: str, language: Language) -> str:
        """Return what a contact was about; a code without words is passed over."""
        key = f"about.{code}"
        return self.say(key, language) if self.has(key) else ""

    def word(self, word: Word, language: Language) -> str:
        """Return a line of a story. The name of a factor is itself a text of the catalogue."""
        values = dict(word.values)
        if "factor" in values:
            key = f"factor.{values['factor']}"
            values["factor"] = self.say(key if self.has(key) else "factor.other", language)
        return self.say(word.key, language, **values) if self.has(word.key) else ""


def load_texts(folder: Path = _FOLDER) -> Texts:
    """Read the catalogue. Raises :class:`TextsError` naming every text that is not in both."""
    tables = {language: _flat(folder / f"texts.{language}.toml") for language in LANGUAGES}
    zh, en = tables["zh"], tables["en"]
    faults = sorted(
        key
        for key in zh.keys() | en.keys()
        if key not in zh or key not in en or _fields(zh[key]) != _fields(en[key])
    )
    if faults:
        raise TextsError(f"not the same in both languages: {', '.join(faults)}")
    return Texts(tables)


def _flat(path: Path) -> dict[str, str]:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return dict(_walk(raw, ""))


def _walk(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _walk(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _fields(text: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in Formatter().parse(text) if field)
