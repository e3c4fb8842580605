"""The persuasion script (``persuasion.yaml``): what is said to a warned holder (row E4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from cardline.core.yaml_text import parse_yaml
from cardline.trust.scam.catalogue import Words
from cardline.trust.scam.patterns import SignalsError

SCRIPT: Final = Path(__file__).parent / "persuasion.yaml"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is for, and the sentences that are said."""

    code: str
    title: Words
    say: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Objection:
    """What a holder answers, and what helps."""

    code: str
    they: Words
    you: Words


@dataclass(frozen=True, slots=True)
class Script:
    """The steps in their order, answers to objections, and what a cooling-off is."""

    steps: tuple[Step, ...]
    objections: tuple[Objection, ...]
    cooling: Mapping[str, Words]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the steps, in their order."""
        return tuple(step.code for step in self.steps)


@cache
def load_script(path: Path = SCRIPT) -> Script:
    """Read the script. Raises :class:`SignalsError` naming the entry that is at fault."""
    try:
        raw = parse_yaml(path.read_text(encoding="utf-8"))
        return Script(
            steps=tuple(_step(code, entry) for code, entry in raw["steps"].items()),
            objections=tuple(
                Objection(code, _words(entry, "they"), _words(entry, "you"))
                for code, entry in raw["objections"].items()
            ),
            cooling={code: Words(**entry) for code, entry in raw["cooling"].items()},
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise SignalsError(f"{path.name}: {error}") from error


def _step(code: str, entry: Mapping[str, Any]) -> Step:
    zh, en = entry["zh"]["say"], entry["en"]["say"]
    if not zh or len(zh) != len(en):
        raise ValueError(f"step {code} does not say the same in both languages")
    said = tuple(Words(one, other) for one, other in zip(zh, en, strict=True))
    return Step(code, _words(entry, "title"), said)


def _words(entry: Mapping[str, Any], name: str) -> Words:
    return Words(str(entry["zh"][name]), str(entry["en"][name]))
