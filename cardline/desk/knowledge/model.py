"""Types of knowledge: articles, scripts, what a search gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cardline.cards.model import Language
from cardline.core.errors import CardlineError

Audience = Literal["holder", "staff"]
"""``staff``: for those who serve only; the bot never shows it."""
Strain = Literal["distress", "anger", "abuse", "nightly", "convinced"]


class KnowledgeError(CardlineError):
    """An article, a script or the list of words is malformed; names the file and its fault."""

    code = "knowledge"


@dataclass(frozen=True, slots=True)
class Text:
    """An article in one language, its numbers filled in from the policy pack."""

    title: str
    keywords: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Article:
    """One answer, reviewed, valid from a day on."""

    id: str
    matters: tuple[str, ...]
    audience: Audience
    valid_from: date
    reviewed_by: str
    texts: Mapping[Language, Text]


@dataclass(frozen=True, slots=True)
class Script:
    """What is said for one kind of matter, from the opening to the read-back (row A4)."""

    matter: str
    language: Language
    opening: str
    identification: str
    steps: tuple[str, ...]
    anything_else: str
    read_back: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HardConversation:
    """Guidance for one kind of hard conversation (row A8)."""

    strain: Strain
    language: Language
    title: str
    say: tuple[str, ...]
    do: tuple[str, ...]
    avoid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The list of words: what says nothing, what means the same, what stays in one piece."""

    stop: frozenset[str]
    same: Mapping[str, str]
    """A word to the one that stands for its meaning."""
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that a search found.

    ``score`` orders (BM25); ``confidence`` from 0 to 1 is the share of what was asked that the
    article's title and keywords cover, rare words counting more.
    """

    article: Article
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; ``found`` where it is what was searched for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its place in the text, in characters."""

    word: str
    start: int
    end: int
