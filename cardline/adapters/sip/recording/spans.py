"""Stretches of a call, half-open, in seconds: where media was missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Span = tuple[float, float]

LONGEST_PAUSE = 1.0
"""Seconds without a packet that are no gap yet."""


def common(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """Return what lies in both."""
    others = list(second)
    pieces = [(max(a, c), min(b, d)) for a, b in first for c, d in others]
    return [(begins, ends) for begins, ends in pieces if begins < ends]


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Return what lies in ``spans`` and in none of ``taken``."""
    left = list(spans)
    for begins, ends in taken:
        cut = [((a, min(b, begins)), (max(a, ends), b)) for a, b in left]
        left = [piece for pair in cut for piece in pair if piece[0] < piece[1]]
    return left


@dataclass(slots=True)
class Presence:
    """When packets of one side arrived, in seconds since zero."""

    last: float = 0.0
    pauses: list[Span] = field(default_factory=list)
    packets: int = 0

    def saw(self, at: NDArray[np.float64]) -> None:
        """Take in arrivals, in about their order."""
        at = at[at > self.last]
        if not len(at):
            return
        self.packets += len(at)
        latest = np.maximum.accumulate(np.concatenate([[self.last], at]))
        for place in np.flatnonzero(np.diff(latest) > LONGEST_PAUSE).tolist():
            self.pauses.append((float(latest[place]), float(latest[place + 1])))
        self.last = float(latest[-1])

    def gaps(self, expected: Iterable[Span], ends: float) -> list[Span]:
        """Return where media was expected and none came."""
        pauses = [*self.pauses, (self.last, ends)]
        return [(a, b) for a, b in common(expected, pauses) if b - a > LONGEST_PAUSE]
