"""What the model is made of: messages with their class, split so that near-copies stay together."""

import csv
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from cardline.core.yaml_text import parse_yaml
from cardline.trust.scam.learned import form_of

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT.parent / "shared" / "data"
MESSAGES = DATA / "scam_sms" / "fbs_sms_half.csv"
CALLS = DATA / "scam_calls" / "dialogues_part.jsonl"
ORDINARY = Path(__file__).parent / "ordinary.yaml"
HELD_OUT = Path(__file__).parent / "held_out.txt"
FRESH = Path(__file__).parent / "fresh.txt"

Part = Literal["train", "choose", "test"]
_FOR_TEST, _FOR_CHOICE = 30, 45
"""Percent of the clusters: 30 for the test, 15 for choosing, the rest for training."""
_SHINGLE = 4
_PERMUTATIONS, _BAND = 64, 4
_ALIKE = 0.5
_PRIME = (1 << 61) - 1
_EACH_TEMPLATE = 14
"""Messages made of one template."""


@dataclass(frozen=True)
class Sample:
    """One text. ``scam`` is what is learned; ``cls`` is what figures are given for."""

    text: str
    form: str
    cls: str
    scam: bool
    part: Part
    cluster: int


def messages() -> list[Sample]:
    """Read the messages of false base stations: fraud and illegal offers are scams."""
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["class"], row["text"]) for row in csv.DictReader(file)]
    return _split([(cls, text, cls.startswith(("FR_", "IL_"))) for cls, text in rows])


def calls() -> list[Sample]:
    """Read what callers say in the dialogues that a language model made: weak evidence."""
    rows = []
    with CALLS.open(encoding="utf-8") as file:
        for line in file:
            told = json.loads(line)
            fraud = told["label"] == "fraud"
            rows.append(
                ("CALL_fraud" if fraud else "CALL_ordinary", "。".join(told["caller"]), fraud)
            )
    return _split(rows)


def ordinary() -> list[Sample]:
    """Make ordinary messages of the templates; all of them are for training."""
    raw = parse_yaml(ORDINARY.read_text(encoding="utf-8"))
    made: list[Sample] = []
    for part in ("bank", "others"):
        for place, template in enumerate(raw[part]):
            for text in dict.fromkeys(_filled(template, raw["slots"])):
                cls = f"ORDINARY_{part}"
                made.append(Sample(text, form_of(text), cls, False, "train", place))
    return made


def held_out(path: Path = HELD_OUT) -> list[str]:
    """Return ordinary messages that training never sees; those of ``FRESH`` are only counted."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _filled(template: str, slots: dict[str, list[str]]) -> Iterator[str]:
    pieces = re.split(r"\{(\w+)\}", template)
    begin = zlib.crc32(template.encode()) % 97
    for turn in range(_EACH_TEMPLATE if len(pieces) > 1 else 1):
        filled = list(pieces)
        for place in range(1, len(pieces), 2):
            words = slots[pieces[place]]
            filled[place] = words[(begin + turn * 36 + place * 5) % len(words)]
        yield "".join(filled)


def _split(rows: Sequence[tuple[str, str, bool]]) -> list[Sample]:
    """Give every cluster of near-copies to one part, chosen by its first text alone."""
    forms = [form_of(text) for _, text, _ in rows]
    clusters = cluster(forms)
    first: dict[int, str] = {}
    for form, number in zip(forms, clusters, strict=True):
        first[number] = min(first.get(number, form), form)
    return [
        Sample(text, form, cls, scam, _part(first[number]), number)
        for (cls, text, scam), form, number in zip(rows, forms, clusters, strict=True)
    ]


def _part(text: str) -> Part:
    place = zlib.crc32(text.encode()) % 100
    return "test" if place < _FOR_TEST else "choose" if place < _FOR_CHOICE else "train"


def cluster(forms: Sequence[str]) -> list[int]:
    """Return a number for each text: the same for those that share half of their shingles.

    MinHash over groups of four signs, banded; what shares a band and agrees in half of all places
    is one cluster, and so is what hangs together through others.
    """
    draw = np.random.default_rng(20261127)
    factors = draw.integers(1, 1 << 31, _PERMUTATIONS, dtype=np.uint64)
    addends = draw.integers(0, 1 << 31, _PERMUTATIONS, dtype=np.uint64)
    marks = np.empty((len(forms), _PERMUTATIONS), dtype=np.uint64)
    for place, form in enumerate(forms):
        shingles = {form[at : at + _SHINGLE] for at in range(max(1, len(form) - _SHINGLE + 1))}
        hashes = np.array([zlib.crc32(one.encode()) for one in sorted(shingles)], dtype=np.uint64)
        marks[place] = ((hashes[:, None] * factors + addends) % np.uint64(_PRIME)).min(axis=0)
    parents = list(range(len(forms)))

    def root(one: int) -> int:
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    for start in range(0, _PERMUTATIONS, _BAND):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        for place in range(len(forms)):
            buckets[marks[place, start : start + _BAND].tobytes()].append(place)
        for members in buckets.values():
            for other in members[1:]:
                if root(members[0]) == root(other):
                    continue
                if np.mean(marks[members[0]] == marks[other]) >= _ALIKE:
                    parents[root(other)] = root(members[0])
    return [root(place) for place in range(len(forms))]
