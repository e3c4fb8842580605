"""Who is really helped by a contact: a score with its reasons, and a decision (row D6).

The model is a logistic regression of few features whose weights cannot be negative. So a person can
be told what raises the score, and nobody scores lower for having paid worse.
"""

from collections.abc import Sequence
from math import exp, log, log10

from cardline.outreach.scoring.model import (
    FEATURES,
    Cause,
    Costs,
    Decision,
    Features,
    Months,
    Need,
    NeedModel,
)

SMALL, LARGE = 10_000_00, 500_000_00
"""Limits, in fen, at and below which ``small_limit`` is 1, at and above which it is 0."""
MONTHS = 6
LIVELY = 30_000_00
"""Payments a month, in fen, at and above which ``small_payments`` is 0."""
_NEARLY = 0.95
_ROW = 3
_MOST_CAUSES = 3


def features_of(months: Months) -> Features:
    """Return the features of an account. Raises ``ValueError`` for one without a month."""
    if not months.bills:
        raise ValueError("an account without a closed month cannot be scored")
    arrears = [max(0, one) for one in months.arrears[-MONTHS:]]
    paid = [max(0, one) for one in months.paid[-MONTHS:]]
    return Features(
        behind_now=float(arrears[-1] >= 1),
        far_behind=float(arrears[-1] >= 2),
        often_behind=sum(one >= 1 for one in arrears) / len(arrears),
        worst=min(max(arrears), _ROW) / _ROW,
        used_up=float(months.limit > 0 and months.bills[-1] > _NEARLY * months.limit),
        no_payment=sum(one == 0 for one in paid) / len(paid),
        small_payments=_few(sum(paid) / len(paid)),
        small_limit=_small(months.limit),
    )


def probability(model: NeedModel, features: Features) -> float:
    """Return the probability that the due date is missed."""
    return logistic(
        model.intercept + sum(model.weights[name] * getattr(features, name) for name in FEATURES)
    )


def causes(model: NeedModel, features: Features) -> tuple[Cause, ...]:
    """Return what raises the score of a person above the average, the strongest first."""
    found = [
        Cause(name, model.weights[name] * (getattr(features, name) - model.means[name]))
        for name in FEATURES
    ]
    raising = sorted((one for one in found if one.adds > 0.01), key=lambda one: -one.adds)
    return tuple(raising[:_MOST_CAUSES])


def need(model: NeedModel, features: Features, costs: Costs) -> Need:
    """Score one person and decide."""
    likely = probability(model, features)
    decision, worth = decide(likely, costs)
    return Need(likely, decision, worth, causes(model, features))


def decide(likely: float, costs: Costs) -> tuple[Decision, float]:
    """Return what is worth most, and what it is worth in yuan; in doubt the quieter (row D6).

    A contact is worth what it saves less what it costs and how much it annoys; nothing is worth
    nothing.
    """
    worths = (
        (0.0, Decision.NOTHING),
        (likely * costs.sms_saves * costs.missed - costs.sms - costs.sms_annoys, Decision.SMS),
        (likely * costs.call_saves * costs.missed - costs.call - costs.call_annoys, Decision.CALL),
    )
    best_worth, best = worths[0]
    for worth, decision in worths[1:]:
        if worth > best_worth:
            best_worth, best = worth, decision
    return best, best_worth


def logistic(value: float) -> float:
    """Return ``1 / (1 + exp(-value))``, also for large values."""
    if value >= 0:
        return 1.0 / (1.0 + exp(-value))
    grown = exp(value)
    return grown / (1.0 + grown)


def log_odds(share: float) -> float:
    """Return the inverse of :func:`logistic` for a share in ``(0, 1)``."""
    return log(share / (1.0 - share))


def as_row(features: Features) -> Sequence[float]:
    """Return the features in the order of ``FEATURES``."""
    return [float(getattr(features, name)) for name in FEATURES]


def _few(fen: float) -> float:
    return 1.0 - min(1.0, log10(1 + fen / 100) / log10(1 + LIVELY / 100))


def _small(limit: int) -> float:
    if limit <= SMALL:
        return 1.0
    return max(0.0, 1.0 - log10(limit / SMALL) / log10(LARGE / SMALL))
