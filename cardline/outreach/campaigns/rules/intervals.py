"""What a share, and a difference of two, is worth: Wilson's and Newcombe's intervals (row D6)."""

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval, all in ``[0, 1]``."""

    hits: int
    of: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Share of the contacted less share of the held-out, in ``[-1, 1]``, with its interval."""

    contacted: Share
    held_out: Share
    value: float
    low: float
    high: float

    @property
    def tells(self) -> bool:
        """True where the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def share(hits: int, of: int, *, z: float) -> Share:
    """Return a share with Wilson's score interval (Wilson 1927); nobody: anything is possible."""
    if of == 0:
        return Share(0, 0, 0.0, 0.0, 1.0)
    value = hits / of
    width = z * sqrt(value * (1 - value) / of + z * z / (4 * of * of))
    middle = value + z * z / (2 * of)
    scale = 1 + z * z / of
    low = max(0.0, (middle - width) / scale)
    high = min(1.0, (middle + width) / scale)
    return Share(hits, of, value, low if hits else 0.0, high if hits < of else 1.0)


def difference(contacted: Share, held_out: Share) -> Difference:
    """Return the difference of two shares with Newcombe's interval (1998, method 10)."""
    value = contacted.value - held_out.value
    down = sqrt((contacted.value - contacted.low) ** 2 + (held_out.high - held_out.value) ** 2)
    up = sqrt((contacted.high - contacted.value) ** 2 + (held_out.value - held_out.low) ** 2)
    return Difference(contacted, held_out, value, max(-1.0, value - down), min(1.0, value + up))
