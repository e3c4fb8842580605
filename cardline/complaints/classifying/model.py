"""Types of the suggestions for a complaint: what it is about, and which words say so (issue 5)."""

from dataclasses import dataclass, field
from datetime import date
from re import Pattern
from typing import Literal

from cardline.cards.model import Language

Field = Literal["product", "issue", "severity"]


@dataclass(frozen=True, slots=True)
class Sign:
    """A word, or two near each other, that speaks for a label; ``weight``: 1 to 3."""

    pattern: Pattern[str]
    weight: int


@dataclass(frozen=True, slots=True)
class Label:
    """One value of a field with its names and its signs by language."""

    code: str
    names: dict[Language, str]
    signs: dict[Language, tuple[Sign, ...]]


@dataclass(frozen=True, slots=True)
class Amounts:
    """How amounts are written; one of ``least`` yuan or dollars speaks for a grave matter."""

    least: int
    written: Pattern[str]
    """With the groups ``number`` and ``unit``."""
    units: dict[str, int]


@dataclass(frozen=True)
class Vocabulary:
    """All that suggestions are made from; read-only, shared."""

    version: date
    least: int
    """The weight from which a label is suggested."""
    ahead: int
    """By so much it must lead the next one."""
    labels: dict[Field, tuple[Label, ...]]
    amounts: dict[Language, Amounts]
    amount_weight: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label with the weight that speaks for it and the words of the text that do."""

    code: str
    weight: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one field probably is. ``code`` is empty where the text does not tell enough."""

    code: str = ""
    words: tuple[str, ...] = ()
    """The words of the complaint that speak for it, as they stand there, heaviest first."""
    candidates: tuple[Candidate, ...] = field(default=())
    """All labels for which anything speaks, heaviest first: a person chooses."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions for the three fields; nothing is set by them."""

    version: str
    language: Language
    product: Suggestion
    issue: Suggestion
    severity: Suggestion
