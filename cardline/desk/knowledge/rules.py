"""Search: words of two languages, ranked by BM25 over title, keywords and body.

Chinese is cut by ``rjieba``; every pair of neighbouring characters (bigram) is indexed beside the
words, at a lower weight, so that a cut which went wrong still finds. The last, unfinished word
matches by its beginning, because people read results while they type.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from cardline.cards.model import Language
from cardline.desk.knowledge.model import Article, Hit, Piece, Text, Token, Words

Cut = Callable[[str], list[str]]
"""Cuts Chinese into words."""

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:['’][a-z]+)?", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]")
_FIELDS: tuple[tuple[str, float], ...] = (("title", 3.0), ("keywords", 3.0), ("body", 1.0))
_K1, _B = 1.2, 0.6
_BIGRAM = 0.35
"""Weight of a bigram beside a word."""
_SUFFIXES = ("ing", "ed", "es", "s")


@dataclass(frozen=True, slots=True)
class Index:
    """All articles of one language, ready to be searched."""

    language: Language
    articles: tuple[Article, ...]
    weights: tuple[Mapping[str, float], ...]
    """For each article: term to its weighted frequency."""
    strong: tuple[frozenset[str], ...]
    """For each article: the terms of title and keywords."""
    idf: Mapping[str, float]
    unknown: float
    """The weight of a term that no article has."""
    lengths: tuple[float, ...]
    mean_length: float
    terms: tuple[str, ...]


def tokens(text: str, words: Words, cut: Cut) -> list[Token]:
    """Cut a text into words with their places; words that mean the same become one."""
    plain = fold(text)
    found: list[Token] = []
    for run in _RUN.finditer(plain):
        if _HAN.match(run.group()):
            place = run.start()
            for word in _join(cut(run.group()), words):
                found.append(Token(words.same.get(word, word), place, place + len(word)))
                place += len(word)
        else:
            word = re.sub(r"['’].*", "", run.group())
            found.append(Token(_stem(word, words), run.start(), run.end()))
    return found


def fold(text: str) -> str:
    """Lower case and plain width, character for character, so that places stay."""
    folded = []
    for letter in text:
        plain = unicodedata.normalize("NFKC", letter).lower()
        folded.append(plain if len(plain) == 1 else letter)
    return "".join(folded)


def terms(text: str, words: Words, cut: Cut) -> Counter[str]:
    """Return the terms of a text: words that say something, and bigrams of Chinese."""
    counted: Counter[str] = Counter()
    for token in tokens(text, words, cut):
        if token.word not in words.stop:
            counted[token.word] += 1
    for run in re.findall(r"[\u3400-\u9fff]{2,}", fold(text)):
        for left, right in pairwise(run):
            counted[f"~{left}{right}"] += 1
    return counted


def build(
    articles: Sequence[Article], language: Language, words: Words, cut: Cut, *, on: date
) -> Index:
    """Index the articles that are valid on a day."""
    valid = tuple(one for one in articles if one.valid_from <= on and language in one.texts)
    weights: list[dict[str, float]] = []
    strong: list[frozenset[str]] = []
    for article in valid:
        text = article.texts[language]
        weighed: dict[str, float] = {}
        fields = {"title": text.title, "keywords": "，".join(text.keywords), "body": text.body}
        for field, weight in _FIELDS:
            for term, count in terms(fields[field], words, cut).items():
                share = _BIGRAM if term.startswith("~") else 1.0
                weighed[term] = weighed.get(term, 0.0) + weight * share * count
        weights.append(weighed)
        strong.append(frozenset(terms(f"{text.title}，{'，'.join(text.keywords)}", words, cut)))
    number = len(valid)
    spread = Counter(term for weighed in weights for term in weighed)
    idf = {term: math.log(1 + (number - n + 0.5) / (n + 0.5)) for term, n in spread.items()}
    lengths = tuple(sum(weighed.values()) for weighed in weights)
    return Index(
        language=language,
        articles=valid,
        weights=tuple(weights),
        strong=tuple(strong),
        idf=idf,
        unknown=math.log(1 + (number + 0.5) / 0.5),
        lengths=lengths,
        mean_length=sum(lengths) / number if number else 1.0,
        terms=tuple(sorted(spread)),
    )


def search(
    index: Index, query: str, words: Words, cut: Cut, *, limit: int = 10, typing: bool = True
) -> list[Hit]:
    """Find articles, best first. ``typing``: the last word may be unfinished."""
    asked = terms(query, words, cut)
    whole = [term for term in asked if not term.startswith("~")]
    if not asked:
        return []
    widened: dict[str, tuple[str, ...]] = {term: (term,) for term in asked}
    if typing and whole and not query[-1:].isspace():
        last = whole[-1]
        if len(last) >= 2 or not last.isascii():
            begun = {term for term in index.terms if term.startswith(last)}
            begun |= {means for word, means in words.same.items() if word.startswith(last)}
            widened[last] = tuple(sorted(begun)) or (last,)
    hits = []
    for place, article in enumerate(index.articles):
        score = _score(index, place, widened)
        if score > 0:
            hits.append(Hit(article, score, _confidence(index, place, whole, widened)))
    hits.sort(key=lambda hit: (-hit.score, hit.article.id))
    return hits[:limit]


def highlight(text: str, query: str, words: Words, cut: Cut) -> list[Piece]:
    """Split a text into stretches, those marked that say what was searched for."""
    asked = {token.word for token in tokens(query, words, cut)} - words.stop
    pieces: list[Piece] = []
    place = 0
    for token in tokens(text, words, cut):
        if token.word in asked and token.start >= place:
            if token.start > place:
                pieces.append(Piece(text[place : token.start], found=False))
            pieces.append(Piece(text[token.start : token.end], found=True))
            place = token.end
    if place < len(text):
        pieces.append(Piece(text[place:], found=False))
    return pieces


def excerpt(text: Text, query: str, words: Words, cut: Cut, *, most: int = 90) -> str:
    """Return the line of the body that says most of what was searched for, cut to ``most``."""
    asked = {token.word for token in tokens(query, words, cut)} - words.stop
    lines = [line.strip() for line in text.body.splitlines() if line.strip()]

    def said(line: str) -> int:
        return len(asked & {token.word for token in tokens(line, words, cut)})

    best = max(lines, key=said, default="")
    return best if len(best) <= most else best[: most - 1] + "…"


def _score(index: Index, place: int, widened: Mapping[str, Iterable[str]]) -> float:
    weighed = index.weights[place]
    norm = _K1 * (1 - _B + _B * index.lengths[place] / index.mean_length)
    total = 0.0
    for term, alike in widened.items():
        best = 0.0
        for one in alike:
            frequency = weighed.get(one, 0.0)
            if frequency:
                best = max(best, index.idf[one] * frequency * (_K1 + 1) / (frequency + norm))
        total += best * (_BIGRAM if term.startswith("~") else 1.0)
    return total


def _confidence(
    index: Index, place: int, whole: Sequence[str], widened: Mapping[str, Iterable[str]]
) -> float:
    if not whole:
        return 0.0
    strong, weak = index.strong[place], index.weights[place]
    covered = asked = 0.0
    for term in whole:
        alike = [one for one in widened[term] if one in index.idf]
        weight = max((index.idf[one] for one in alike), default=index.unknown)
        asked += weight
        if any(one in strong for one in alike):
            covered += weight
        elif any(one in weak for one in alike):
            covered += weight / 2
    return covered / asked


def _join(pieces: Iterable[str], words: Words) -> list[str]:
    """Put neighbouring pieces together where they make a word of the field."""
    own = set(words.own) | set(words.same)
    joined: list[str] = []
    for piece in pieces:
        if joined and joined[-1] + piece in own:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _stem(word: str, words: Words) -> str:
    """Return what stands for an English word, its endings taken off."""
    if word in words.same:
        return words.same[word]
    if word in words.stop:
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            bare = word.removesuffix(suffix)
            shorter = bare[:-1] if bare[-1] == bare[-2] else bare
            forms = (bare, f"{bare}e", shorter)
            return next((words.same[form] for form in forms if form in words.same), bare)
    return word.removesuffix("e") if len(word) > 4 else word
