"""The complaints by which suggestions are measured: our own in Chinese, real ones in English."""

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

FOLDER: Final = Path(__file__).parent
ROOT: Final = FOLDER.parents[1]
NARRATIVES: Final = (
    ROOT.parent / "shared" / "data" / "complaints_cfpb" / "credit_card_narratives_half.csv"
)
_BEGINNING = 60
"""Letters of a narrative by which near-copies are known: people file the same one twice."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A complaint with what a person says it is about; an empty severity was not judged."""

    text: str
    issue: str
    severity: str = ""


def chinese(part: str) -> list[Sample]:
    """Return the Chinese complaints of a part: ``built`` or ``fresh``."""
    raw = yaml.safe_load((FOLDER / "chinese.yaml").read_text(encoding="utf-8"))
    return [Sample(str(one["text"]), str(one["issue"]), str(one["severity"])) for one in raw[part]]


def english(path: Path = NARRATIVES) -> list[Sample]:
    """Return the narratives of the test half with their labels, less the near-copies of the other.

    The half is told by a hash of the narrative: odd is test. The vocabulary was written from the
    even half, the labels by reading the odd one, before anything was measured.
    """
    labels = english_labels()
    built, tested = set(), []
    for text in _narratives(path):
        if int(key_of(text), 16) % 2:
            tested.append(text)
        else:
            built.add(_beginning(text))
    return [Sample(text, labels[key_of(text)]) for text in tested if _beginning(text) not in built]


def english_labels() -> dict[str, str]:
    """Return the label of each narrative of the test half by the beginning of its hash."""
    with (FOLDER / "english_labels.csv").open(encoding="utf-8", newline="") as file:
        return {row["sha256"]: row["issue"] for row in csv.DictReader(file)}


def key_of(text: str) -> str:
    """Return the first eight hexadecimal digits of a narrative's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _narratives(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["narrative"] for row in csv.DictReader(file)]


def _beginning(text: str) -> str:
    return re.sub(r"[^a-z]|x{2,}", "", text.lower())[:_BEGINNING]
