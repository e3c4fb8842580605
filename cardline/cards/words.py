"""The catalogue of words for acts and reasons (``words.yaml``), read once."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cardline.core.errors import CardlineError
from cardline.core.yaml_text import parse_yaml

WORDS = Path(__file__).parent / "words.yaml"
_LACKS = ("needs", "stale", "locked", "weak")


class WordsMissing(CardlineError):
    """The catalogue lacks a word."""

    code = "words-missing"


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str


@cache
def _catalogue() -> dict[str, dict[str, Words]]:
    raw = parse_yaml(WORDS.read_text(encoding="utf-8"))
    return {
        part: {str(code): Words(entry["zh"], entry["en"]) for code, entry in entries.items()}
        for part, entries in raw.items()
    }


def title_of(act: str) -> Words:
    """Return how an act is called. Raises :class:`WordsMissing`."""
    return _word("acts", act)


def cause(code: str) -> Words:
    """Return why a transaction probably failed, in words. Raises :class:`WordsMissing`."""
    return _word("causes", code)


def reason(code: str) -> Words:
    """Return a reason in words that may be read to the holder. Raises :class:`WordsMissing`."""
    how, _, factor = code.partition("-")
    known = _catalogue()
    if how in _LACKS and factor in known["factors"]:
        lack, name = known["lacks"][how], known["factors"][factor]
        return Words(lack.zh.format(factor=name.zh), lack.en.format(factor=name.en))
    return _word("reasons", code)


def _word(part: str, code: str) -> Words:
    try:
        return _catalogue()[part][code]
    except KeyError:
        raise WordsMissing(f"{WORDS.name} has no {part}.{code}") from None
