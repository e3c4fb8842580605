"""Logistic regression over hashed groups of signs, in NumPy alone; the same result every time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardline.trust.scam.learned import groups_of, places_of

PLACES = 1 << 15
LONGEST = 1500
"""Signs of a text that are learned from: what a dialogue is about has been said by then."""
_ROUNDS = 260
_RATE = 0.35
_DECAY = 2e-5


@dataclass(frozen=True)
class Rows:
    """Texts as places with one value each, in rows one after the other (CSR)."""

    places: NDArray[np.int64]
    values: NDArray[np.float64]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1


def rows_of(forms: Sequence[str]) -> Rows:
    """Turn learned forms into rows: each group once, of length one together."""
    each = [np.unique(places_of(groups_of(form[:LONGEST]), PLACES)) for form in forms]
    starts = np.concatenate(([0], np.cumsum([len(one) for one in each])))
    values = np.concatenate([np.full(len(one), 1 / np.sqrt(max(1, len(one)))) for one in each])
    return Rows(np.concatenate(each), values, starts)


def scores(rows: Rows, weights: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    """Return the likelihood of each row."""
    products = np.concatenate((weights[rows.places] * rows.values, [0.0]))
    sums = np.add.reduceat(products, np.minimum(rows.starts[:-1], len(products) - 1))
    sums[rows.starts[:-1] == rows.starts[1:]] = 0.0
    likely: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(sums + bias, -30, 30)))
    return likely


def fit(
    rows: Rows, wanted: NDArray[np.float64], importance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Fit weights by Adam over all rows at once: no chance in it, the same numbers each time."""
    weights, bias = np.zeros(PLACES), 0.0
    first, second = np.zeros(PLACES + 1), np.zeros(PLACES + 1)
    owners = np.repeat(np.arange(len(rows)), np.diff(rows.starts))
    importance = importance / importance.sum()
    for turn in range(1, _ROUNDS + 1):
        missed = (scores(rows, weights, bias) - wanted) * importance
        slope = np.bincount(rows.places, rows.values * missed[owners], minlength=PLACES)
        slope = np.append(slope + _DECAY * weights, missed.sum())
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        step = _RATE * (first / (1 - 0.9**turn)) / (np.sqrt(second / (1 - 0.999**turn)) + 1e-8)
        step *= min(1.0, 3.0 * (1 - turn / (_ROUNDS + 1)))
        weights, bias = weights - step[:-1], bias - float(step[-1])
    return weights, bias
