"""Recordings and files of a pack against what the journal says of them. Pure.

A recording is known by its conversation and its hash, any other file by its name, which ends in the
id under which its hash was journaled. What was journaled and is not here was erased, or is told as
not being here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from cardline.evidence.packs.findings import Result
from cardline.evidence.packs.form import RECORDINGS, Listed, Manifest, Told, value_of

_OWN: Final = ("journal/", "records/")
_STORED: Final = "recording.stored"
_KEPT: Final = "file.stored"
_ERASED: Final = "retention.erased"
_TOLD: Final = 20
"""Erasures that are told one by one."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """That something was erased, as the journal has it. ``rule``: what said so."""

    stream: str
    what: str
    at: str
    rule: str


@dataclass
class Hashes:
    """What was journaled of recordings and files, in the entries that are told."""

    recordings: dict[str, list[str]] = field(default_factory=dict)
    """Hashes by stream."""
    files: dict[str, str] = field(default_factory=dict)
    """Hashes by the id of a file."""
    erased: dict[tuple[str, str], Erasure] = field(default_factory=dict)
    """By stream and hash."""

    def take(self, stream: str, one: Told) -> None:
        """Take an entry that holds in its chain."""
        if one.kind not in (_STORED, _KEPT, _ERASED):
            return
        digest = _text(one, "sha256")
        if not digest:
            return
        if one.kind == _STORED:
            self.recordings.setdefault(stream, []).append(digest)
        elif one.kind == _KEPT:
            self.files[_text(one, "file")] = digest
        else:
            rule = _value(one, "rule")
            rules = rule if isinstance(rule, list) else [rule]
            told = "; ".join(str(each) for each in rules)
            self.erased[stream, digest] = Erasure(stream, _text(one, "what"), one.at, told)

    def of_recording(self, one: Listed) -> list[str]:
        """Return the hashes of the recordings of its conversation."""
        return self.recordings.get(one.of, [])

    def of_file(self, one: Listed) -> list[str]:
        """Return the hash that was journaled under its id."""
        known = self.files.get(PurePosixPath(one.name).stem)
        return [known] if known else []


def check_contents(manifest: Manifest, hashes: Hashes, result: Result) -> None:
    """Compare what is in a pack with what was journaled when it was stored."""
    recordings = files = loose = 0
    here: set[tuple[str, str]] = set()
    for one in manifest.files:
        if one.name.startswith(_OWN) or "/" not in one.name:
            continue
        is_sound = one.name.startswith(RECORDINGS)
        known = hashes.of_recording(one) if is_sound else hashes.of_file(one)
        if is_sound:
            here.add((one.of, one.sha256))
        if not known:
            loose += 1
        elif one.sha256 in known:
            recordings += is_sound
            files += not is_sound
        elif is_sound:
            result.fail("recording", name=one.name)
        else:
            result.fail("file", name=one.name)
    if recordings:
        result.prove("recordings", recordings=recordings)
    if files:
        result.prove("files-journaled", files=files)
    if loose:
        result.leave_open("files-loose", files=loose)
    _tell_erased(hashes.erased, result)
    _tell_absent(hashes, here, result)


def _tell_erased(erased: Mapping[tuple[str, str], Erasure], result: Result) -> None:
    told = sorted(erased.values(), key=lambda one: (one.at, one.stream))
    for one in told[:_TOLD]:
        result.prove("erased", what=one.what, stream=one.stream, at=one.at, rule=one.rule)
    if len(told) > _TOLD:
        result.prove("erased-more", things=len(told) - _TOLD)


def _tell_absent(hashes: Hashes, here: set[tuple[str, str]], result: Result) -> None:
    absent = [
        stream
        for stream, each in hashes.recordings.items()
        for digest in each
        if (stream, digest) not in here and (stream, digest) not in hashes.erased
    ]
    if absent:
        result.leave_open("recordings-absent", recordings=len(absent), stream=absent[0])


def _text(one: Told, name: str) -> str:
    value = _value(one, name)
    return value if isinstance(value, str) else ""


def _value(one: Told, name: str) -> Any:
    """What a field says; nothing where it is left out, or is no JSON after all."""
    try:
        return value_of(one, f"body/{name}")
    except (msgspec.DecodeError, AttributeError, RecursionError, ValueError):
        return None
