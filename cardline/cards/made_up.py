"""Invented people: the same seed and number always give the same person, and no two one phone."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from cardline.cards.model import Language
from cardline.core.phone import PhoneNumber

Item = TypeVar("Item")
Purpose = Literal["imported", "demonstration"]

_NUMBERS = 10_000_000
"""How many telephone numbers there are behind a prefix of four digits."""
_STEP = 7_654_321
"""Shares no factor with ``_NUMBERS``: multiplying shuffles the numbers without a collision."""
_CHECK_CHARACTERS = "0123456789X"


class Draw:
    """A repeatable row of draws for one subject; not random, and of no use for secrets."""

    def __init__(self, seed: int, subject: str) -> None:
        self._name = f"{seed}/{subject}"
        self._block = 0
        self._rest = 0
        self._left = 1

    def below(self, count: int) -> int:
        """Return a number from 0 to ``count - 1``."""
        if self._left < count << 32:
            digest = hashlib.blake2b(f"{self._name}/{self._block}".encode(), digest_size=32)
            self._rest = int.from_bytes(digest.digest(), "big")
            self._left = 1 << 256
            self._block += 1
        self._rest, drawn = divmod(self._rest, count)
        self._left //= count
        return drawn

    def between(self, low: int, high: int) -> int:
        """Return a number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, of_a_hundred: int) -> bool:
        """Return true so many times of a hundred."""
        return self.below(100) < of_a_hundred

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of ``items``."""
        return items[self.below(len(items))]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    name: str
    phone: PhoneNumber
    id_tail: str
    language: Language


@dataclass(frozen=True)
class _Names:
    surnames: str
    given: str
    english_first: tuple[str, ...]
    english_last: tuple[str, ...]
    prefixes: dict[str, str]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    address: str


@cache
def _names() -> _Names:
    raw = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    names = raw["names"]
    return _Names(
        surnames=names["surnames"],
        given=names["given"],
        english_first=tuple(names["english_first"]),
        english_last=tuple(names["english_last"]),
        prefixes=raw["phone"],
        streets=tuple(raw["address"]["streets"]),
        towns=tuple(raw["address"]["towns"]),
        address=raw["address"]["form"],
    )


def person(seed: int, number: int, purpose: Purpose, language: Language = "zh") -> Person:
    """Invent person ``number`` (0 to 9,999,999)."""
    names = _names()
    draw = Draw(seed, f"{purpose}/{number}")
    if language == "en":
        name = f"{draw.pick(names.english_first)} {draw.pick(names.english_last)}"
    else:
        given = draw.pick(names.given)
        if draw.chance(70):
            given += draw.pick(names.given)
        name = draw.pick(names.surnames) + given
    return Person(
        name=name,
        phone=phone(seed, number, purpose),
        id_tail=f"{draw.below(1000):03d}{draw.pick(_CHECK_CHARACTERS)}",
        language=language,
    )


def phone(seed: int, number: int, purpose: Purpose) -> PhoneNumber:
    """Return a mobile number that no network gives out, different for every ``number``."""
    start = Draw(seed, f"{purpose}/phones").below(_NUMBERS)
    local = (start + number * _STEP) % _NUMBERS
    return PhoneNumber(f"+86{_names().prefixes[purpose]}{local:07d}")


def address(seed: int, number: int, purpose: Purpose) -> str:
    """Invent where somebody lives: a town that exists, a street that may not."""
    names = _names()
    draw = Draw(seed, f"{purpose}/{number}/address")
    house, flat = draw.between(1, 399), f"{draw.between(1, 28)}0{draw.between(1, 4)}"
    town, street = draw.pick(names.towns), draw.pick(names.streets)
    return names.address.format(town=town, street=street, house=house, flat=flat)
