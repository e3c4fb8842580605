"""The numbers of identity as types, checked on loading: a pack that errs is refused."""

from dataclasses import dataclass
from datetime import timedelta

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.core.verdict import RuleVersion
from cardline.identity.model import KINDS, Act, Factor

Way = frozenset[Factor]
"""Factors that suffice together; the empty way: anybody may."""

_ASKED = tuple(factor for factor in Factor if factor is not Factor.REGISTERED_NUMBER)


@dataclass(frozen=True)
class IdentityPolicy:
    """Read-only and shared. ``ways`` keep the order of the pack: earlier wins between equals."""

    version: RuleVersion
    ways: dict[Act, tuple[Way, ...]]
    sources: dict[Act, str]
    guarded: frozenset[Act]
    cooling: frozenset[Act]
    """Acts that a change of the holder's data makes harder for a time."""
    freezing: frozenset[Act]
    costs: dict[Factor, int]
    """Seconds that a caller spends on a factor."""
    proof_lasts: timedelta
    weak_after_reset: timedelta
    weak_after_phone_change: timedelta
    careful_after_data_change: timedelta
    lockout_tries: int
    tails_tries: int
    tails_tries_freezing: int
    password_digits: int
    password_history: int
    code_digits: int
    code_lasts: timedelta
    code_tries: int
    code_resend: timedelta
    codes_per_day: int
    codes_for_strangers: int
    codes_per_network: int
    hold_code_digits: int
    questions_needed: int
    question_lasts: timedelta
    hold_length: timedelta
    holds_per_caller_day: int
    holds_per_caller_month: int
    objection_lasts: timedelta


def identity_policy(area: AreaPolicy) -> IdentityPolicy:
    """Read the pack's ``identity`` area.

    Raises :class:`PolicyError` where an entry is missing or unknown, where a guarded act could be
    opened by one kind of factor or by data alone, or where a reset password would come to count
    before a hold ends.
    """
    ways = {act: _ways(area, act) for act in Act}
    guarded = frozenset(_act(area, word) for word in area.texts("guarded_acts"))
    for act in guarded:
        for way in ways[act]:
            _check_guarded(area, act, way)
    policy = IdentityPolicy(
        version=area.version,
        ways=ways,
        sources={act: area.source(f"needs_{act.value}") for act in Act},
        guarded=guarded,
        cooling=frozenset(_act(area, word) for word in area.texts("cooling_acts")),
        freezing=frozenset(_act(area, word) for word in area.texts("freezing_acts")),
        costs={factor: area.integer(f"cost_{factor.value}") for factor in _ASKED},
        proof_lasts=area.seconds("proof_lasts_seconds"),
        weak_after_reset=area.hours("weak_after_reset_hours"),
        weak_after_phone_change=area.hours("weak_after_phone_change_hours"),
        careful_after_data_change=area.hours("careful_after_data_change_hours"),
        lockout_tries=area.integer("lockout_tries"),
        tails_tries=area.integer("tails_tries"),
        tails_tries_freezing=area.integer("tails_tries_freezing"),
        password_digits=area.integer("password_digits"),
        password_history=area.integer("password_history"),
        code_digits=area.integer("code_digits"),
        code_lasts=area.seconds("code_lasts_seconds"),
        code_tries=area.integer("code_tries"),
        code_resend=area.seconds("code_resend_seconds"),
        codes_per_day=area.integer("codes_per_day"),
        codes_for_strangers=area.integer("codes_for_strangers"),
        codes_per_network=area.integer("codes_per_network"),
        hold_code_digits=area.integer("hold_code_digits"),
        questions_needed=area.integer("questions_needed"),
        question_lasts=area.seconds("question_lasts_seconds"),
        hold_length=area.hours("hold_hours"),
        holds_per_caller_day=area.integer("holds_per_caller_day"),
        holds_per_caller_month=area.integer("holds_per_caller_month"),
        objection_lasts=area.days("objection_days"),
    )
    if not policy.codes_per_network <= policy.codes_for_strangers < policy.codes_per_day:
        raise PolicyError(
            f"pack {area.pack}: codes_per_network must be at most codes_for_strangers, and that "
            "below codes_per_day, or a stranger could use up the codes of a holder"
        )
    if policy.weak_after_reset <= policy.hold_length:
        raise PolicyError(
            f"pack {area.pack}: identity.weak_after_reset_hours must be longer than hold_hours, "
            "or whoever stole phone and wallet resets the password and lifts the hold"
        )
    if policy.cooling & policy.freezing:
        raise PolicyError(f"pack {area.pack}: identity.cooling_acts must never slow a freeze")
    return policy


def _ways(area: AreaPolicy, act: Act) -> tuple[Way, ...]:
    lines = area.texts(f"needs_{act.value}")
    if not lines:
        raise PolicyError(f"pack {area.pack}: identity.needs_{act.value} names no way")
    return tuple(_way(area, act, line) for line in lines)


def _way(area: AreaPolicy, act: Act, line: str) -> Way:
    if line.strip() == "nothing":
        return frozenset()
    words = [word.strip() for word in line.split("+")]
    try:
        return frozenset(Factor(word) for word in words)
    except ValueError as error:
        raise PolicyError(f"pack {area.pack}: identity.needs_{act.value}: {error}") from None


def _act(area: AreaPolicy, word: str) -> Act:
    try:
        return Act(word)
    except ValueError:
        raise PolicyError(f"pack {area.pack}: identity knows no act {word!r}") from None


def _check_guarded(area: AreaPolicy, act: Act, way: Way) -> None:
    kinds = {KINDS[factor] for factor in way}
    if len(kinds) < 2 or not kinds & {"secret", "judgement"} or "possession" not in kinds:
        raise PolicyError(
            f"pack {area.pack}: identity.needs_{act.value}: a guarded act needs the phone and, "
            "besides data, a secret or a person's judgement"
        )
