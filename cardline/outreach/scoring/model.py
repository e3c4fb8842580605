"""Types of need scoring: who will miss the due date, why we think so, and what to do (row D6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cardline.core.verdict import RuleVersion


@dataclass(frozen=True, slots=True)
class Months:
    """What an account did in its last months, oldest first; amounts in fen.

    ``bills``: closing balances; ``paid``: what was paid of the bill before, in the same month;
    ``arrears``: minimum payments missed in a row at each closing.
    """

    limit: int
    bills: Sequence[int]
    paid: Sequence[int]
    arrears: Sequence[int]


@dataclass(frozen=True, slots=True)
class Features:
    """What the model looks at, each oriented so that more means a greater risk, in ``[0, 1]``.

    Neither sex, age, education, marriage nor place is among them, nor anything that stands for one.
    """

    behind_now: float
    """A minimum payment is missed now."""
    far_behind: float
    """More than one in a row."""
    often_behind: float
    """Share of the months with a missed minimum."""
    worst: float
    """Longest row of missed minimums, as a share of three."""
    used_up: float
    """Nearly the whole limit is owed."""
    no_payment: float
    """Share of the months without any payment."""
    small_payments: float
    """How small payments are on average: 0 at 30,000 yuan a month, 1 at none, logarithmic."""
    small_limit: float
    """How small the limit is: 0 at 500,000 yuan, 1 at 10,000 and below, by its logarithm."""


FEATURES: tuple[str, ...] = tuple(Features.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class NeedModel:
    """A logistic regression whose weights are all positive: more of a feature, more risk."""

    version: str
    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    """Mean of each feature where it was learned: reasons are told against it."""
    base_rate: float


@dataclass(frozen=True, slots=True)
class Cause:
    """How much one feature moves the score of a person against the average, in log-odds."""

    feature: str
    adds: float


class Decision(StrEnum):
    """What to do about a bill that falls due."""

    CALL = "call"
    SMS = "sms"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Costs:
    """What contacts cost and bring, in yuan a person; shares in ``[0, 1]``.

    ``saves``: of those who would miss the due date, how many a contact brings to pay in time. It is
    a supposition until a campaign with a hold-out has measured it.
    """

    version: RuleVersion
    missed: float
    """Cost of a missed due date, to holder and bank together."""
    call: float
    call_annoys: float
    call_saves: float
    sms: float
    sms_annoys: float
    sms_saves: float


@dataclass(frozen=True, slots=True)
class Need:
    """The score of one person: probability, what to do, what that is worth, and why."""

    probability: float
    decision: Decision
    worth: float
    """Expected yuan of the decision against doing nothing."""
    causes: tuple[Cause, ...]
