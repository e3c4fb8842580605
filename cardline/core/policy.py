"""Policy packs: every legal and business number, with its source, in versioned files.

A pack is a folder ``cardline/policies/<pack>`` with one TOML file an area::

    effective_from = 2026-11-01

    [lockout_tries]
    value = 3
    unit = "wrong tries a factor and day"
    source = "default of the field"
    kind = "P"        # T instrument's text, S secondary source, P practice, C computed

``kind`` tells how far the source was checked. Banks have a pack checked before use.

A pack that lacks areas says in ``pack.toml`` which it takes from another, and what that means:
``base = "cn"``, and under ``[taken]`` a line an area. What is taken keeps the name of the pack in
which it stands, so that no verdict claims a law that nobody read for it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from cardline.core.errors import CardlineError
from cardline.core.verdict import RuleVersion

PACKS = Path(__file__).parent.parent / "policies"

Value = bool | int | str | float | list[object] | dict[str, object] | time | date


class PolicyError(CardlineError):
    """A policy file is missing, malformed, or lacks a number that a rule needs."""

    code = "policy"


@dataclass(frozen=True, slots=True)
class Number:
    """One entry of a pack."""

    key: str
    value: Value
    source: str
    kind: Literal["T", "S", "P", "C"]
    unit: str = ""


@dataclass(frozen=True)
class AreaPolicy:
    """The numbers of one area, for example ``identity``; frozen, shared, cheap to pass on."""

    pack: str
    area: str
    effective_from: date
    numbers: dict[str, Number]

    @property
    def version(self) -> RuleVersion:
        """``cn/identity/2026-11-01``"""
        return RuleVersion(f"{self.pack}/{self.area}/{self.effective_from.isoformat()}")

    def source(self, key: str) -> str:
        """Name the entry and its source, for a reason."""
        return f"{self.area}.{key}: {self._entry(key).source}"

    def integer(self, key: str) -> int:
        """Return a whole number."""
        value = self._entry(key).value
        if isinstance(value, bool) or not isinstance(value, int):
            raise PolicyError(f"{self.area}.{key} of {self.pack} is no whole number: {value!r}")
        return value

    def decimal(self, key: str) -> Decimal:
        """Return a rate. Rates are written as strings so that they stay exact."""
        value = self._entry(key).value
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise PolicyError(f'{self.area}.{key} in pack {self.pack} must be text like "0.0005"')
        return Decimal(value)

    def text(self, key: str) -> str:
        """Return a word."""
        value = self._entry(key).value
        if not isinstance(value, str):
            raise PolicyError(f"{self.area}.{key} in pack {self.pack} is no text: {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of words."""
        value = self._entry(key).value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise PolicyError(f"{self.area}.{key} of {self.pack} is no list of texts: {value!r}")
        return tuple(str(item) for item in value)

    def flag(self, key: str) -> bool:
        """Return yes or no."""
        value = self._entry(key).value
        if not isinstance(value, bool):
            raise PolicyError(f"{self.area}.{key} in pack {self.pack} is neither true nor false")
        return value

    def clock_time(self, key: str) -> time:
        """Return a time of day (TOML local time)."""
        value = self._entry(key).value
        if not isinstance(value, time):
            raise PolicyError(f"{self.area}.{key} in pack {self.pack} is no time: {value!r}")
        return value

    def seconds(self, key: str) -> timedelta:
        """Return a duration that is written in seconds."""
        return timedelta(seconds=self.integer(key))

    def hours(self, key: str) -> timedelta:
        """Return a duration that is written in hours."""
        return timedelta(hours=self.integer(key))

    def days(self, key: str) -> timedelta:
        """Return a duration that is written in days."""
        return timedelta(days=self.integer(key))

    def _entry(self, key: str) -> Number:
        try:
            return self.numbers[key]
        except KeyError:
            raise PolicyError(f"pack {self.pack} has no {self.area}.{key}") from None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a pack takes from another one: areas, each with what that means for whoever uses it."""

    base: str = ""
    areas: Mapping[str, str] = field(default_factory=dict)


def taken_by(pack: str, *, folder: Path = PACKS) -> Taken:
    """Read what a pack takes from another. Raises :class:`PolicyError` where that is unclear."""
    path = folder / pack / "pack.toml"
    if not path.exists():
        return Taken()
    raw = _read(path)
    base, areas = raw.get("base"), raw.get("taken")
    if not isinstance(base, str) or not isinstance(areas, dict) or raw.keys() != {"base", "taken"}:
        raise PolicyError(f"{path}: needs base, and under [taken] what each area means")
    for area, meaning in areas.items():
        if not isinstance(meaning, str) or not meaning:
            raise PolicyError(f"{path}: [taken] {area} does not say what it means")
        if (folder / pack / f"{area}.toml").exists():
            raise PolicyError(f"{path}: {area} is taken, and there too")
        if not (folder / base / f"{area}.toml").exists():
            raise PolicyError(f"{path}: pack {base} has no {area} either")
    return Taken(base, areas)


def load_area(area: str, *, pack: str = "cn", folder: Path = PACKS) -> AreaPolicy:
    """Read one area of a pack. Raises :class:`PolicyError` with the file and the entry."""
    path = folder / pack / f"{area}.toml"
    if not path.exists():
        taken = taken_by(pack, folder=folder)
        if area not in taken.areas:
            raise PolicyError(f"policy pack {pack} has no file {path.name}")
        return load_area(area, pack=taken.base, folder=folder)
    raw = _read(path)
    effective = raw.pop("effective_from", None)
    if not isinstance(effective, date):
        raise PolicyError(f"{path}: effective_from must be a date")
    numbers: dict[str, Number] = {}
    for key, entry in raw.items():
        if not isinstance(entry, dict) or "value" not in entry or not entry.get("source"):
            raise PolicyError(f"{path}: [{key}] needs value and source")
        if entry.get("kind") not in ("T", "S", "P", "C"):
            raise PolicyError(f"{path}: [{key}] kind must be T, S, P or C")
        numbers[key] = Number(
            key, entry["value"], str(entry["source"]), entry["kind"], str(entry.get("unit", ""))
        )
    return AreaPolicy(pack, area, effective, numbers)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: {error}") from error
