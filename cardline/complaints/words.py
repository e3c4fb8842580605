"""The catalogue of complaints (``words.yaml``), and explanations put into words from it."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from cardline.complaints.clock_model import Clock, Step, Value
from cardline.complaints.model import Language
from cardline.complaints.telling_model import Words
from cardline.core.errors import CardlineError
from cardline.core.home import home
from cardline.core.yaml_text import parse_yaml

WORDS = Path(__file__).parent / "words.yaml"
_PARTS = {
    "door": "doors",
    "mark": "marks",
    "grade": "grades",
    "ground": "grounds",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


class WordsMissing(CardlineError):
    """The catalogue lacks a word."""

    code = "words-missing"


@cache
def catalogue() -> dict[str, dict[str, Words]]:
    """Return the catalogue by part and code."""
    raw = parse_yaml(WORDS.read_text(encoding="utf-8"))
    return {
        part: {str(code): Words(entry["zh"], entry["en"]) for code, entry in entries.items()}
        for part, entries in raw.items()
    }


def word(part: str, code: str) -> Words:
    """Return a word. Raises :class:`WordsMissing`."""
    try:
        return catalogue()[part][code]
    except KeyError:
        raise WordsMissing(f"{WORDS.name} has no {part}.{code}") from None


def reason(code: str) -> Words:
    """Return a reason of a refusal in words. Raises :class:`WordsMissing`."""
    return word("reasons", code)


def line(code: str, **facts: str) -> str:
    """Return a sentence for the staff, with its facts. Raises :class:`WordsMissing`."""
    return word("lines", code).in_(home().language).format(**facts)


def explain(clock: Clock, language: Language) -> tuple[str, ...]:
    """Put every step into a sentence; times are those of the zone whose days were counted."""
    return tuple(_sentence(step, clock, language) for step in clock.steps)


def _sentence(step: Step, clock: Clock, language: Language) -> str:
    shown = {name: _shown(step, name, value, language, clock.zone) for name, value in step.facts}
    source = clock.source_zh if language == "zh" else clock.source_en
    return word("steps", step.code).in_(language).format(source=source, **shown)


def _shown(step: Step, name: str, value: Value, language: Language, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return _form("time", local, language).replace("{clock}", f"{local:%H:%M}")
    if isinstance(value, date):
        return _form("day", value, language)
    part = "pauses" if name == "ground" and step.code.startswith("st") else _PARTS.get(name)
    return word(part, value).in_(language) if part and isinstance(value, str) else str(value)


def day_in_words(day: date, language: Language) -> str:
    """Write a day as people of the language do."""
    return _form("day", day, language)


def _form(form: str, day: date, language: Language) -> str:
    written = word("forms", form).in_(language)
    return written.format(
        year=day.year,
        month=day.month,
        day=day.day,
        month_name=_MONTHS[day.month - 1],
        clock="{clock}",
    )
