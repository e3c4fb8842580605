"""What was played to the caller, from the raw files that the line played."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cardline.adapters.sip.g711 import RATE, Bytes, Law, recode
from cardline.adapters.sip.recording.marks import Played

_SUFFIXES: dict[Law, tuple[tuple[str, Law], ...]] = {
    "ulaw": ((".0", "ulaw"), (".8", "alaw")),
    "alaw": ((".8", "alaw"), (".0", "ulaw")),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """Sound that was played to the caller in [begins, ends), samples since zero."""

    begins: int
    ends: int
    codes: Bytes
    """µ-law, repeated where it is shorter; empty where no file was found."""
    pieces: tuple[str, ...]
    is_whole: bool
    """False where a file of it is missing."""


def load_prompts(
    played: Sequence[Played], *, zero: float, law: Law, longest: float
) -> list[Prompt]:
    """Return the sound of each play.

    ``law`` is the call's: the file of a name without suffix that was played. ``longest`` (seconds
    since zero) bounds what nobody ended.
    """
    known: dict[str, Bytes | None] = {}
    for file in (file for play in played for file in play.files):
        if file not in known:
            known[file] = _read(file, law)
    prompts = []
    for play in played:
        parts = [codes for file in play.files if (codes := known[file]) is not None and len(codes)]
        codes = parts[0] if len(parts) == 1 else np.concatenate([*parts, np.empty(0, np.uint8)])
        is_whole = len(parts) == len(play.files) > 0
        begins = round((play.begins - zero) * RATE)
        ends = round((min(play.ends, zero + longest) - zero) * RATE)
        if is_whole and not play.loop:
            ends = min(ends, begins + len(codes))
        prompts.append(Prompt(begins, ends, codes, play.pieces or play.files, is_whole))
    return prompts


def _read(file: str, law: Law) -> Bytes | None:
    """Return the µ-law codes of a raw file named with or without its suffix."""
    named: list[tuple[str, Law]] = [
        (file, of) for suffix, of in _SUFFIXES[law] if file.endswith(suffix)
    ]
    for path, of in [*named, *((file + suffix, of) for suffix, of in _SUFFIXES[law]), (file, law)]:
        try:
            return recode(np.fromfile(Path(path), np.uint8), of, "ulaw")
        except OSError:
            continue
    return None
