"""The catalogue of words for answers, reasons and steps, and the words of the spoken code."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cardline.cards.model import Language
from cardline.core.errors import CardlineError
from cardline.core.yaml_text import parse_yaml
from cardline.trust.model import CodeWord

_FOLDER = Path(__file__).parent
WORDS = _FOLDER / "words.yaml"
CODE_WORDS = _FOLDER / "code_words.yaml"
TIPS = _FOLDER / "tips.yaml"


class WordsMissing(CardlineError):
    """The catalogue lacks a word."""

    code = "words-missing"


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str

    def within(self, language: Language) -> str:
        """Return it in one language."""
        return self.zh if language == "zh" else self.en


@cache
def code_words() -> tuple[CodeWord, ...]:
    """Return the words of the spoken code, in the order that their numbers mean."""
    raw = parse_yaml(CODE_WORDS.read_text(encoding="utf-8"))
    return tuple(CodeWord(*(str(part) for part in line)) for line in raw["words"])


@cache
def catalogue() -> dict[str, dict[str, Words]]:
    """Return all words, by part and code."""
    raw = parse_yaml(WORDS.read_text(encoding="utf-8"))
    return {
        part: {str(code): Words(entry["zh"], entry["en"]) for code, entry in entries.items()}
        for part, entries in raw.items()
    }


@cache
def tips() -> dict[str, Words]:
    """Return the safety tips, by the case that they are for (row E7)."""
    raw = parse_yaml(TIPS.read_text(encoding="utf-8"))
    return {str(case): Words(entry["zh"], entry["en"]) for case, entry in raw.items()}


def own_name(code: str) -> tuple[str, str]:
    """Return how an entry of the settings is called, in Chinese and English."""
    found = _word("own", code)
    return found.zh, found.en


def reason(code: str) -> Words:
    """Return a reason in words that everybody understands. Raises :class:`WordsMissing`."""
    return _word("reasons", code)


def step(code: str) -> Words:
    """Return what to do next, in words. Raises :class:`WordsMissing`."""
    return _word("steps", code)


def call_reason(purpose: str) -> Words:
    """Return why we call, as a telephone may show it. Raises :class:`WordsMissing`."""
    return _word("calls", purpose)


def _word(part: str, code: str) -> Words:
    try:
        return catalogue()[part][code]
    except KeyError:
        raise WordsMissing(f"{WORDS.name} has no {part}.{code}") from None
