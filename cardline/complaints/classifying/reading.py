"""The vocabulary, read from its file and checked."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import yaml

from cardline.cards.model import Language
from cardline.complaints.classifying.model import Amounts, Field, Label, Sign, Vocabulary
from cardline.complaints.classifying.rules import folded
from cardline.complaints.words import word
from cardline.core.errors import CardlineError

FILE: Final = Path(__file__).parent / "vocabulary.yaml"
_FIELDS: tuple[Field, ...] = get_args(Field)
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_HEAVIEST = 3


class VocabularyError(CardlineError):
    """``vocabulary.yaml`` is not well formed."""

    code = "vocabulary"


@cache
def load_vocabulary(path: Path = FILE) -> Vocabulary:
    """Read the vocabulary. Raises :class:`VocabularyError` naming the entry at fault."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return Vocabulary(
            version=raw["version"],
            least=int(raw["least"]),
            ahead=int(raw["ahead"]),
            labels={field: _labels(field, raw[field]) for field in _FIELDS},
            amounts={language: _amounts(raw["amounts"], language) for language in _LANGUAGES},
            amount_weight=int(raw["amounts"]["weight"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise VocabularyError(f"{path.name}: {error!r}") from error


def names_of(field: Field) -> dict[str, dict[Language, str]]:
    """Return the labels of a field with their names."""
    return {label.code: label.names for label in load_vocabulary().labels[field]}


def _amounts(raw: Mapping[str, Any], language: Language) -> Amounts:
    one = raw[language]
    units = {str(unit): int(factor) for unit, factor in raw["units"].items()}
    return Amounts(int(one["from"]), re.compile(str(one["written"])), units)


def _labels(field: Field, raw: Mapping[str, Any]) -> tuple[Label, ...]:
    labels = []
    for code, entry in raw.items():
        try:
            names = _names(field, str(code), entry)
            signs = {
                language: tuple(_signs(entry["words"][language], language))
                for language in _LANGUAGES
            }
        except (KeyError, TypeError, ValueError) as error:
            raise VocabularyError(f"{field}.{code}: {error!r}") from error
        labels.append(Label(str(code), names, signs))
    return tuple(labels)


def _names(field: Field, code: str, entry: Mapping[str, Any]) -> dict[Language, str]:
    """Return what a label is called; severities are named where people read them, too."""
    if field == "severity":
        named = word("severities", code)
        return {language: named.in_(language) for language in _LANGUAGES}
    return {language: str(entry[language]) for language in _LANGUAGES}


def _signs(raw: Mapping[int, list[Any]], language: Language) -> list[Sign]:
    signs = []
    for weight, words in raw.items():
        if weight not in range(1, _HEAVIEST + 1):
            raise ValueError(f"a weight of {weight!r}")
        signs += [Sign(_pattern(str(word), language), weight) for word in words]
    return signs


def _pattern(word: str, language: Language) -> re.Pattern[str]:
    """Compile a word; bounded gaps keep the search linear in the text."""
    parts = [folded(part) for part in word.split("~")]
    if not all(parts):
        raise ValueError(f"an empty part in {word!r}")
    if language == "zh":
        return re.compile(r"[^。！？!?\n]{0,12}?".join(re.escape(part) for part in parts))
    spelled = [
        r"\b" + r"\s+".join(_english(one) for one in part.split()) + r"(?!\w)" for part in parts
    ]
    return re.compile(r"\W+(?:[\w']+[^\w.!?\n]+){0,5}?".join(spelled))


def _english(word: str) -> str:
    if word.endswith("*"):
        return re.escape(word[:-1]) + r"\w*"
    return re.escape(word)
