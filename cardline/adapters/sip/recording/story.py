"""What is told about a recording: its stretches, and where sound is missing."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from cardline.adapters.sip.g711 import RATE
from cardline.adapters.sip.recording.marks import CallMarks
from cardline.adapters.sip.recording.prompts import Prompt
from cardline.adapters.sip.recording.spans import Presence, Span, common, without

Kind = Literal["prompt", "talk", "secret"]
Side = Literal["caller", "heard"]
Reason = Literal["no-media", "no-capture", "prompt-missing"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the call: what played, who talked, where a secret was given."""

    kind: Kind
    begins: float
    seconds: float
    what: tuple[str, ...] = ()
    """Pieces of a prompt; parties that the caller heard."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without the sound that should be there."""

    side: Side
    begins: float
    seconds: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recording:
    """A finished recording; times are seconds since the answer."""

    file: Path
    seconds: float
    bytes: int
    sha256: str
    segments: tuple[Segment, ...]
    gaps: tuple[Gap, ...]
    defects: tuple[str, ...]
    """What of the spool was missing or damaged, as stable codes."""
    sources: tuple[Path, ...] = ()
    """The capture files that it was made of."""


class Story:
    """The marks of a call, told in seconds since the answer and cut to the recording."""

    def __init__(
        self, marks: CallMarks, *, zero: float, seconds: float, prompts: Sequence[Prompt]
    ) -> None:
        self._whole: list[Span] = [(0.0, seconds)]
        self._prompts = [((prompt.begins / RATE, prompt.ends / RATE), prompt) for prompt in prompts]
        self._secrets = [(begins - zero, ends - zero) for begins, ends in marks.secrets]
        turns = [hearing.begins - zero for hearing in marks.hearings]
        self._talks = [
            (span, hearing)
            for span, hearing in zip(pairwise([*turns, math.inf]), marks.hearings, strict=True)
            if hearing.parties or hearing.mixed
        ]

    def segments(self) -> tuple[Segment, ...]:
        """Return the stretches in the order in which they began."""
        found = [
            *self._cut("prompt", ((span, prompt.pieces) for span, prompt in self._prompts)),
            *self._cut("talk", ((span, hearing.parties) for span, hearing in self._talks)),
            *self._cut("secret", ((span, ()) for span in self._secrets)),
        ]
        return tuple(sorted(found, key=lambda segment: segment.begins))

    def gaps(self, caller: Presence, heard: Presence, *, captured: bool) -> tuple[Gap, ...]:
        """Return where sound is missing on either side, in order."""
        reason: Reason = "no-media" if captured else "no-capture"
        ends = self._whole[0][1]
        talks = common((span for span, _ in self._talks), self._whole)
        expected = without(talks, (span for span, _ in self._prompts))
        unplayed = [span for span, prompt in self._prompts if not prompt.is_whole]
        found = [
            *_gaps("caller", reason, caller.gaps(without(self._whole, self._secrets), ends)),
            *_gaps("heard", reason, heard.gaps(expected, ends)),
            *_gaps("heard", "prompt-missing", common(unplayed, self._whole)),
        ]
        return tuple(sorted(found, key=lambda gap: gap.begins))

    def _cut(
        self, kind: Kind, stretches: Iterable[tuple[Span, tuple[str, ...]]]
    ) -> Iterator[Segment]:
        for span, what in stretches:
            for begins, ends in common([span], self._whole):
                yield Segment(kind, round(begins, 3), round(ends - begins, 3), what)


def _gaps(side: Side, reason: Reason, spans: Iterable[Span]) -> Iterator[Gap]:
    for begins, ends in spans:
        yield Gap(side, round(begins, 3), round(ends - begins, 3), reason)
