"""Learning the need score: logistic regression with weights that cannot be negative (row D6).

Plain NumPy, the same result for the same data: Newton's method with a projection. Evaluated on
accounts that were set aside by a hash of their number before anything was looked at.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardline.outreach.scoring.model import FEATURES, NeedModel

Array = NDArray[np.float64]

SET_ASIDE = 0.3
"""Share of the accounts on which the model is judged and never learned."""
_RIDGE = 1.0
_STEPS = 200
_ENOUGH = 1e-9
_GROUPS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts of like scores: what was expected and what came (calibration)."""

    accounts: int
    expected: float
    came: float


@dataclass(frozen=True, slots=True)
class Judged:
    """How good a model is on accounts that it has not seen."""

    accounts: int
    missed: int
    auc: float
    """Probability that one who misses scores above one who does not."""
    brier: float
    brier_base: float
    """Of a model that always says the base rate."""
    calibration_error: float
    """Mean distance of expected and came over groups, by size."""
    groups: tuple[Group, ...]


def is_set_aside(account: str) -> bool:
    """Say whether an account is for judging only; the same for ever."""
    digest = hashlib.sha256(f"need-score/{account}".encode()).digest()
    return bool(int.from_bytes(digest[:8]) / 2**64 < SET_ASIDE)


def learn(rows: Sequence[Sequence[float]], missed: Sequence[bool], *, version: str) -> NeedModel:
    """Learn the model. Raises ``ValueError`` where all or none have missed."""
    features = np.asarray(rows, dtype=np.float64)
    came = np.asarray(missed, dtype=np.float64)
    base = float(came.mean()) if len(came) else 0.0
    if not 0 < base < 1:
        raise ValueError("to learn, some must have missed the due date and some not")
    weights = _fit(np.column_stack([np.ones(len(came)), features]), came)
    means = features.mean(axis=0)
    return NeedModel(
        version=version,
        intercept=round(float(weights[0]), 6),
        weights={
            name: round(float(value), 6) for name, value in zip(FEATURES, weights[1:], strict=True)
        },
        means={name: round(float(value), 6) for name, value in zip(FEATURES, means, strict=True)},
        base_rate=round(base, 6),
    )


def judge(probabilities: Sequence[float], missed: Sequence[bool]) -> Judged:
    """Compare what a model said with what came."""
    said = np.asarray(probabilities, dtype=np.float64)
    came = np.asarray(missed, dtype=np.float64)
    order = np.argsort(said, kind="stable")
    groups = tuple(
        Group(len(part), float(said[part].mean()), float(came[part].mean()))
        for part in np.array_split(order, _GROUPS)
        if len(part)
    )
    base = float(came.mean())
    return Judged(
        accounts=len(came),
        missed=int(came.sum()),
        auc=auc(said, came),
        brier=float(((said - came) ** 2).mean()),
        brier_base=float(((base - came) ** 2).mean()),
        calibration_error=sum(group.accounts * abs(group.expected - group.came) for group in groups)
        / len(came),
        groups=groups,
    )


def auc(said: Array, came: Array) -> float:
    """Return the area under the curve by ranks; ties count half (Mann and Whitney)."""
    values, inverse, counts = np.unique(said, return_inverse=True, return_counts=True)
    del values
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2.0)[inverse]
    hits = came == 1
    n_hits, n_others = int(hits.sum()), int((~hits).sum())
    if n_hits == 0 or n_others == 0:
        return 0.5
    return float((ranks[hits].sum() - n_hits * (n_hits + 1) / 2.0) / (n_hits * n_others))


def _fit(table: Array, came: Array) -> Array:
    """Return intercept and weights; a weight that would be negative is held at zero."""
    weights = np.zeros(table.shape[1])
    free = np.ones(table.shape[1], dtype=bool)
    ridge = np.full(table.shape[1], _RIDGE)
    ridge[0] = 0.0
    for _ in range(_STEPS):
        said = 1.0 / (1.0 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (said - came) + ridge * weights
        # A weight held at zero comes back only where the data pull it up.
        free = (weights > 0) | (slope < 0)
        free[0] = True
        spread = said * (1.0 - said)
        part = table[:, free]
        bend = part.T @ (part * spread[:, None]) + np.diag(ridge[free])
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(bend, slope[free])
        after = weights - step
        after[1:] = np.maximum(after[1:], 0.0)
        if float(np.abs(after - weights).max()) < _ENOUGH:
            return after
        weights = after
    return weights
