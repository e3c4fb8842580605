"""How numbers, amounts, dates and waits are said from recorded pieces (rows A1, A3, B1, B2).

One object per language turns a value into piece names; nothing here knows prompts or audio.
Recorded pieces are as large as is sensible ("thirty-four", 一千, 五角), because each joint between
two recordings is heard.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Final, Literal, NewType, Protocol

PieceId = NewType("PieceId", str)
Pieces = tuple[PieceId, ...]
Language = Literal["zh", "en"]

MONEY_LIMIT: Final = 10**14
"""Amounts in fen stay below this (one trillion yuan), whatever their sign."""
COUNT_LIMIT: Final = 10**8
"""Counts, and the whole part of a percentage, stay below this."""
WAIT_LIMIT: Final = 100 * 60
"""A wait in minutes stays below this."""
YEARS: Final = range(1950, 2100)
"""The years that can be said."""


def _run(name: str, first: int, last: int) -> list[str]:
    return [f"{name}{number}" for number in range(first, last + 1)]


_MANDARIN_ENDS: Final = (
    *_run("d", 0, 9), "liang", *_run("n", 10, 99), *_run("teen", 10, 19),
    *_run("hundred", 1, 9), *_run("thousand", 1, 9), "thousand_liang", "wan", "yi",
)  # fmt: skip
"""What a number may end with: 元 is recorded together with it."""
_MANDARIN_ALONE: Final = {digit: "yao" if digit == "1" else f"d{digit}" for digit in "0123456789"}


class Spoken(Protocol):
    """How one language says each kind of value. Callers keep to the ranges above."""

    def vocabulary(self) -> frozenset[PieceId]:
        """Every piece that any value may need."""

    def money(self, fen: int) -> Pieces:
        """An amount in fen; below zero (a credit balance) it starts with "minus"."""

    def day(self, day: date, *, year: bool) -> Pieces:
        """A calendar day, with its year if asked."""

    def year(self, year: int) -> Pieces:
        """A calendar year, without a word for it."""

    def digits(self, digits: str) -> Pieces:
        """ASCII digits, one at a time, as in the tail of a card number."""

    def count(self, number: int, *, before: str, after: str) -> Pieces:
        """A whole number; the text around it decides its form where the language has several."""

    def percent(self, percent: Decimal) -> Pieces:
        """A percentage of zero or more: Decimal("0.05") is 0.05 %."""

    def minutes(self, minutes: int) -> Pieces:
        """A wait in whole minutes; zero is "less than one minute"."""

    def clock(self, at: time) -> Pieces:
        """A time of day, to the minute."""


@dataclass(frozen=True, slots=True)
class Mandarin:
    """Mandarin as a bank says it: 两千二百元, 十元零一分, 百分之零点零五."""

    def vocabulary(self) -> frozenset[PieceId]:
        return _pieces(
            *_MANDARIN_ENDS, "yao",
            *(f"{name}_yuan" for name in _MANDARIN_ENDS), *(f"pair{n:02}" for n in range(100)),
            *_run("jiao", 1, 9), "jiao_liang", *_run("fen", 1, 9), "fen_liang",
            "minus", "point", "percent", *_run("month", 1, 12), *_run("day", 1, 31), "year",
            *_run("hour", 0, 23), "sharp", "minute", "minutes", "hours", "under_minute",
        )  # fmt: skip

    def money(self, fen: int) -> Pieces:
        yuan, rest = divmod(abs(fen), 100)
        jiao, cents = divmod(rest, 10)
        names = ["minus"] if fen < 0 else []
        if yuan or not rest:
            *before, last = self._number(yuan, two="liang")
            names += [*before, f"{last}_yuan"]
        if jiao:
            names.append("jiao_liang" if jiao == 2 and not yuan else f"jiao{jiao}")
        elif cents and yuan:
            names.append("d0")
        if cents:
            names.append("fen_liang" if rest == 2 and not yuan else f"fen{cents}")
        return _said(names)

    def day(self, day: date, *, year: bool) -> Pieces:
        named = (*self.year(day.year), PieceId("year")) if year else ()
        return named + _said([f"month{day.month}", f"day{day.day}"])

    def year(self, year: int) -> Pieces:
        return _said([f"d{digit}" for digit in str(year)])

    def digits(self, digits: str) -> Pieces:
        """In pairs, 九三 一七: single syllables are the hardest to understand on a telephone."""
        pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
        return _said([_MANDARIN_ALONE.get(pair, f"pair{pair}") for pair in pairs])

    def count(self, number: int, *, before: str, after: str) -> Pieces:
        """两 before a measure (两位); 二 in ordinals and labels (第二位, 二号) and at the end."""
        labels = before.endswith("第") or after.startswith(("号", "楼", "月", "日"))
        measured = after[:1].isalnum() and not labels
        return _said(self._number(number, two="liang" if measured else "d2", ordinal=labels))

    def percent(self, percent: Decimal) -> Pieces:
        whole, decimals = _decimal_parts(percent)
        names = ["percent", *self._number(whole, two="d2")]
        if decimals:
            names += ["point", *(f"d{digit}" for digit in decimals)]
        return _said(names)

    def minutes(self, minutes: int) -> Pieces:
        if minutes == 0:
            return _said(["under_minute"])
        hours, rest = divmod(minutes, 60)
        names = [*self._number(hours, two="liang"), "hours"] if hours else []
        if rest:
            gap = ["d0"] if hours and rest < 10 else []
            names += [*gap, *self._number(rest, two="d2" if hours else "liang"), "minutes"]
        return _said(names)

    def clock(self, at: time) -> Pieces:
        if at.minute == 0:
            return _said([f"hour{at.hour}", "sharp"])
        gap = ["d0"] if at.minute < 10 else []
        return _said([f"hour{at.hour}", *gap, *self._number(at.minute, two="d2"), "minute"])

    def _number(self, number: int, *, two: str, ordinal: bool = False) -> Iterator[str]:
        """A number in groups of four digits; a lone 2 is said by the piece `two`."""
        if number == 0:
            yield "d0"
        groups = [(number // 10**8, "yi"), (number // 10**4 % 10**4, "wan"), (number % 10**4, "")]
        leading, skipped = True, False
        for group, unit in groups:
            if group == 0:
                skipped = not leading
                continue
            if not leading and (skipped or group < 1000):
                yield "d0"
            if group == 2 and leading:
                yield "d2" if ordinal else ("liang" if unit else two)
            else:
                yield from self._group(group, leading=leading, ordinal=ordinal)
            if unit:
                yield unit
            leading, skipped = False, False

    def _group(self, group: int, *, leading: bool, ordinal: bool) -> Iterator[str]:
        """One to four digits. 两千 only at the head of the whole number: 两千二百, but 一万二千."""
        thousands, hundreds, rest = group // 1000, group // 100 % 10, group % 100
        if thousands:
            yield (
                "thousand_liang"
                if thousands == 2 and leading and not ordinal
                else f"thousand{thousands}"
            )
        if hundreds:
            yield f"hundred{hundreds}"
        if rest and ((thousands and not hundreds) or (hundreds and rest < 10)):
            yield "d0"
        if 10 <= rest < 20 and (thousands or hundreds or not leading):
            yield f"teen{rest}"
        elif rest >= 10:
            yield f"n{rest}"
        elif rest:
            yield f"d{rest}"


@dataclass(frozen=True, slots=True)
class English:
    """English: "one thousand two hundred thirty-four yuan and fifty fen"."""

    def vocabulary(self) -> frozenset[PieceId]:
        return _pieces(
            *_run("n", 0, 99), *_run("hundred", 1, 9), "thousand", "million", "billion",
            "yuan", "and", "fen", "minus", "point", "percent", *_run("month", 1, 12),
            *_run("day", 1, 31), "oh", "am", "pm",
            "minute", "minutes", "hour", "hours", "under_minute",
        )  # fmt: skip

    def money(self, fen: int) -> Pieces:
        yuan, cents = divmod(abs(fen), 100)
        names = ["minus"] if fen < 0 else []
        if yuan or not cents:
            names += [*self._number(yuan), "yuan"]
        if yuan and cents:
            names.append("and")
        if cents:
            names += [f"n{cents}", "fen"]
        return _said(names)

    def day(self, day: date, *, year: bool) -> Pieces:
        named = self.year(day.year) if year else ()
        return _said([f"month{day.month}", f"day{day.day}"]) + named

    def year(self, year: int) -> Pieces:
        """Two thousand nine, but twenty ten and nineteen ninety-eight."""
        if 2000 <= year < 2010:
            return _said(self._number(year))
        return _said([f"n{year // 100}", f"n{year % 100}"])

    def digits(self, digits: str) -> Pieces:
        return _said([f"n{digit}" for digit in digits])

    def count(self, number: int, *, before: str, after: str) -> Pieces:
        return _said(self._number(number))

    def percent(self, percent: Decimal) -> Pieces:
        whole, decimals = _decimal_parts(percent)
        names = [*self._number(whole)]
        if decimals:
            names += ["point", *(f"n{digit}" for digit in decimals)]
        return _said([*names, "percent"])

    def minutes(self, minutes: int) -> Pieces:
        if minutes == 0:
            return _said(["under_minute"])
        hours, rest = divmod(minutes, 60)
        names = [f"n{hours}", "hour" if hours == 1 else "hours"] if hours else []
        if rest:
            names += [f"n{rest}", "minute" if rest == 1 else "minutes"]
        return _said(names)

    def clock(self, at: time) -> Pieces:
        names = [f"n{at.hour % 12 or 12}"]
        if at.minute:
            names += [*(["oh"] if at.minute < 10 else []), f"n{at.minute}"]
        return _said([*names, "am" if at.hour < 12 else "pm"])

    def _number(self, number: int) -> Iterator[str]:
        if number == 0:
            yield "n0"
        for size, unit in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (1, "")):
            hundreds, rest = divmod(number // size % 1000, 100)
            if hundreds:
                yield f"hundred{hundreds}"
            if rest:
                yield f"n{rest}"
            if unit and (hundreds or rest):
                yield unit


SPOKEN: Final[dict[Language, Spoken]] = {"zh": Mandarin(), "en": English()}


def _decimal_parts(number: Decimal) -> tuple[int, str]:
    """The whole part, and the decimals without trailing zeros."""
    whole, _, decimals = f"{number:f}".partition(".")
    return int(whole), decimals.rstrip("0")


def _pieces(*names: str) -> frozenset[PieceId]:
    return frozenset(map(PieceId, names))


def _said(names: Iterator[str] | list[str]) -> Pieces:
    return tuple(map(PieceId, names))
