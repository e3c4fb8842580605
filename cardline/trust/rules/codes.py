"""The spoken code: three words that can be told apart on a bad line, in Chinese and English."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from cardline.cards.model import Language
from cardline.trust.model import Code, CodeWord

_WORDS = 3
_OTHER = re.compile(r"[^a-z\u4e00-\u9fff]+")
_LONGEST = 120
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))


def make_code(count: int, *, below: Callable[[int], int]) -> Code:
    """Choose three different words of ``count``; ``below(n)`` gives a random number under n."""
    places = list(range(count))
    first, second, third = (places.pop(below(len(places))) for _ in range(_WORDS))
    return first, second, third


def spoken(code: Code, words: Sequence[CodeWord], language: Language) -> tuple[str, str, str]:
    """Return the three words to be said."""
    first, second, third = (words[place] for place in code)
    if language == "zh":
        return first.zh, second.zh, third.zh
    return first.en, second.en, third.en


def read_code(text: str, words: Sequence[CodeWord]) -> Code | None:
    """Read a code as people write it; ``None`` for what is not exactly three of the words.

    Chinese, pinyin without tones, or English, mixed, with anything or nothing between the words.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    letters = _OTHER.sub("", "".join(ch for ch in plain if not unicodedata.combining(ch)))
    spellings = {
        spelling: place
        for place, word in enumerate(words)
        for spelling in (word.zh, word.pinyin, word.en, _plural(word.en))
    }
    found = set(_split(letters, spellings, _WORDS))
    if len(found) != 1:
        return None
    first, second, third = found.pop()
    return first, second, third


def sound(pinyin: str) -> str:
    """Return how a word sounds to somebody who merges zh/z, ch/c, sh/s, n/l and final n/ng."""
    for apart, together in _MERGED:
        pinyin = pinyin.replace(apart, together)
    return pinyin


def _plural(word: str) -> str:
    return word if word.endswith("s") else f"{word}s"


def _split(letters: str, spellings: dict[str, int], left: int) -> list[tuple[int, ...]]:
    if left == 0:
        return [()] if not letters else []
    return [
        (spellings[letters[:size]], *rest)
        for size in range(2, min(len(letters), 12) + 1)
        if letters[:size] in spellings
        for rest in _split(letters[size:], spellings, left - 1)
    ]
