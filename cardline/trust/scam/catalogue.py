"""Signals as data (``signals.yaml``) and the words for them (``words.yaml``), read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from cardline.cards.model import Language
from cardline.core.yaml_text import parse_yaml
from cardline.trust.scam.links import LinkRules
from cardline.trust.scam.patterns import (
    Pattern,
    SignalsError,
    Takers,
    any_of,
    compile_list,
    compile_pattern,
)

SIGNALS: Final = Path(__file__).parent / "signals.yaml"
WORDS: Final = Path(__file__).parent / "words.yaml"
WEIGHTLESS: Final = (
    *("sender-registered", "links-registered", "sender-of-another", "sender-unregistered"),
    *("sender-unknown", "learned", "cut", "nothing-found", "empty"),
)
"""Reasons that rules give without weighing them."""
_LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Weight:
    """What one signal counts."""

    group: str
    weight: float
    grave: bool
    opposes: bool


@dataclass(frozen=True)
class Signal:
    """One signal that is found by words."""

    code: str
    weight: Weight
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Signals:
    """All signals of one installation."""

    version: str
    by_words: tuple[Signal, ...]
    found: Mapping[str, Weight]
    takers: Takers
    banks: re.Pattern[str]
    """What a text calls itself by where it comes as a bank."""
    calls: re.Pattern[str]
    """What stands before a number that is to be called."""
    links: LinkRules

    def weight(self, code: str) -> Weight:
        """Return what a signal counts. Raises ``KeyError`` for a code that nobody weighed."""
        return self.found[code]


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return one of them."""
        return self.en if language == "en" else self.zh


@cache
def load_signals(path: Path = SIGNALS) -> Signals:
    """Read the signals. Raises :class:`SignalsError` naming the entry that is at fault."""
    raw = _read(path)
    lists = {
        str(name): compile_list(str(words), where=f"lists.{name}")
        for name, words in _part(raw, "lists").items()
    }
    by_words = tuple(
        _signal(str(code), entry, lists) for code, entry in _part(raw, "signals").items()
    )
    found = {
        str(code): _weight(f"found.{code}", entry) for code, entry in _part(raw, "found").items()
    }
    links = _part(raw, "links")
    return Signals(
        version=str(raw.get("version", "")),
        by_words=by_words,
        found={**found, **{one.code: one.weight for one in by_words}},
        takers=Takers(
            *(any_of(_texts(raw, name)) for name in ("refuse", "asking", "forbid")),
            *(any_of(_texts(raw, name)) for name in ("anyone", "exposed")),
        ),
        banks=re.compile(lists.get("bank", r"(?!)")),
        calls=re.compile(
            "(?:" + "|".join(re.escape(word.casefold()) for word in _texts(raw, "call_words")) + ")"
        ),
        links=LinkRules(*(frozenset(_texts(links, name)) for name in _LINKS)),
    )


_LINKS = ("short", "odd", "known", "bait", "second")


@cache
def load_words(path: Path = WORDS) -> Mapping[str, Words]:
    """Read the words, keys as ``part.code``. Raises :class:`SignalsError` for one that lacks."""
    raw = _read(path)
    words: dict[str, Words] = {}
    for part, entries in raw.items():
        for code, entry in entries.items():
            if not isinstance(entry, dict) or set(entry) != {"zh", "en"} or not all(entry.values()):
                raise SignalsError(f"{path.name}: {part}.{code} needs its words in zh and en")
            words[f"{part}.{code}"] = Words(str(entry["zh"]).strip(), str(entry["en"]).strip())
    return words


def reason_words(code: str) -> Words:
    """Return a reason as people read it. Raises ``KeyError`` for a code without words."""
    return load_words()[f"reasons.{code}"]


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = parse_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SignalsError(f"{path.name}: {error}") from error
    if not isinstance(raw, dict):
        raise SignalsError(f"{path.name} is empty")
    return raw


def _part(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = raw.get(name)
    if not isinstance(part, dict) or not part:
        raise SignalsError(f"signals have no part {name}")
    return part


def _texts(raw: Mapping[str, Any], name: str) -> list[str]:
    words = raw.get(name)
    if not isinstance(words, list) or not words or not all(isinstance(one, str) for one in words):
        raise SignalsError(f"{name} must be a list of words; quote those that YAML reads otherwise")
    return words


def _signal(code: str, entry: object, lists: Mapping[str, str]) -> Signal:
    if not isinstance(entry, dict) or not isinstance(entry.get("patterns"), list):
        raise SignalsError(f"signals.{code} needs group, weight and patterns")
    patterns = tuple(
        compile_pattern(str(each), lists, where=f"signals.{code}") for each in entry["patterns"]
    )
    if not patterns:
        raise SignalsError(f"signals.{code} has no pattern")
    rest = {key: value for key, value in entry.items() if key != "patterns"}
    return Signal(code, _weight(f"signals.{code}", rest), patterns)


def _weight(where: str, entry: object) -> Weight:
    if not isinstance(entry, dict) or not isinstance(entry.get("group"), str):
        raise SignalsError(f"{where} needs a group and a weight")
    unknown = set(entry) - {"group", "weight", "grave", "opposes"}
    if unknown:
        raise SignalsError(f"{where}: {', '.join(sorted(map(str, unknown)))} is not known")
    weight = entry.get("weight")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < 1:
        raise SignalsError(f"{where}: weight must be above 0 and below 1, not {weight!r}")
    grave, opposes = entry.get("grave", False), entry.get("opposes", False)
    if not isinstance(grave, bool) or not isinstance(opposes, bool):
        raise SignalsError(f"{where}: grave and opposes are true or false")
    return Weight(entry["group"], float(weight), grave, opposes)
