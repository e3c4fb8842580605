"""The kinds of value that slots take: what fits, how it is said and written (rows A1, B1, B2)."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal, get_args

from cardline.hotline.speech.numbers import (
    COUNT_LIMIT,
    MONEY_LIMIT,
    SPOKEN,
    WAIT_LIMIT,
    YEARS,
    Language,
    Pieces,
)

Kind = Literal[
    "money", "date", "date_year", "year", "digits", "count", "percent", "minutes", "time"
]
Value = int | str | Decimal | date | time
"""money (fen), count, minutes, year: int; date, date_year: date; digits: str; percent: Decimal."""

KINDS: Final[frozenset[Kind]] = frozenset(get_args(Kind))
PERCENT_DECIMALS: Final = 6


class SpeechError(ValueError):
    """Something cannot be said; the message names it."""


class UnfitValue(SpeechError):
    """A slot's value is missing, not asked for, of the wrong type, or out of range."""


def spoken(kind: Kind, value: Value, language: Language, *, before: str, after: str) -> Pieces:
    """The pieces that say a value between two texts. Raises UnfitValue."""
    voice = SPOKEN[language]
    match kind, value:
        case _ if (wanted := _unfit(kind, value)) is not None:
            raise UnfitValue(f"{wanted}, not {value!r}")
        case "money", int(fen):
            return voice.money(fen)
        case "count", int(number):
            return voice.count(number, before=before, after=after)
        case "minutes", int(minutes):
            return voice.minutes(minutes)
        case "date" | "date_year", date() as day:
            return voice.day(day, year=kind == "date_year")
        case "year", int(year):
            return voice.year(year)
        case "digits", str(digits):
            return voice.digits(digits)
        case "percent", Decimal() as percent:
            return voice.percent(percent)
        case "time", time() as at:
            return voice.clock(at)
    raise AssertionError(kind)


def written(kind: Kind, value: Value, language: Language) -> str:
    """A value as it is read on a screen: "1,234.50元", "November 22". Raises UnfitValue."""
    if (wanted := _unfit(kind, value)) is not None:
        raise UnfitValue(f"{wanted}, not {value!r}")
    chinese = language == "zh"
    match kind, value:
        case "money", int(fen):
            yuan, cents = divmod(abs(fen), 100)
            return f"{'-' if fen < 0 else ''}{yuan:,}.{cents:02}{'元' if chinese else ' yuan'}"
        case "minutes", 0:
            return "不到1分钟" if chinese else "less than 1 minute"
        case "minutes", int(minutes):
            return f"{minutes}分钟" if chinese else f"{minutes} minute{'s' * (minutes != 1)}"
        case "count", int(number):
            return f"{number:,}"
        case "date" | "date_year", date() as day if chinese:
            return f"{f'{day.year}年' if kind == 'date_year' else ''}{day.month}月{day.day}日"
        case "date" | "date_year", date() as day:
            year = f", {day.year}" if kind == "date_year" else ""
            return f"{_MONTHS[day.month - 1]} {day.day}{year}"
        case "percent", Decimal() as percent:
            return f"{percent:f}%"
        case "time", time() as at:
            return f"{at:%H:%M}"
    return str(value)


def _unfit(kind: Kind, value: Value) -> str | None:
    """What the kind wants, if the value is not it."""
    match kind, value:
        case "money" | "count" | "minutes" | "year", bool():
            fits = False
        case "money", int(fen):
            fits = abs(fen) < MONEY_LIMIT
        case "count", int(number):
            fits = 0 <= number < COUNT_LIMIT
        case "minutes", int(minutes):
            fits = 0 <= minutes < WAIT_LIMIT
        case "date" | "date_year", datetime():
            fits = False  # a moment has no day before its zone is known
        case "date", date():
            fits = True
        case "date_year", date() as day:
            fits = day.year in YEARS
        case "year", int(year):
            fits = year in YEARS
        case "digits", str(digits):
            fits = digits.isascii() and digits.isdigit()
        case "percent", Decimal() as percent:
            fits = percent.is_finite() and 0 <= percent < COUNT_LIMIT
            fits = fits and percent == round(percent, PERCENT_DECIMALS)
        case "time", time():
            fits = True
        case _:
            fits = False
    return None if fits else _WANTED[kind]


_WANTED: Final[dict[Kind, str]] = {
    "money": f"wants an int in fen, below {MONEY_LIMIT:,} either way",
    "date": "wants a date",
    "date_year": f"wants a date of the years {YEARS.start} to {YEARS.stop - 1}",
    "year": f"wants an int from {YEARS.start} to {YEARS.stop - 1}",
    "digits": "wants a str of digits",
    "count": f"wants an int from 0, below {COUNT_LIMIT:,}",
    "percent": f"wants a Decimal from 0, below {COUNT_LIMIT:,}, of {PERCENT_DECIMALS} decimals",
    "minutes": f"wants an int of minutes from 0, below {WAIT_LIMIT:,}",
    "time": "wants a time",
}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
