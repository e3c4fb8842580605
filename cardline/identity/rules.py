"""Who is this, and may they do that? Fails towards protection: a freeze passes, a release waits."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cardline.core.verdict import Reason, Verdict, judge
from cardline.identity.model import (
    PERSON,
    Act,
    Factor,
    HolderView,
    HoldRecord,
    Proof,
    Proofs,
)
from cardline.identity.policy import IdentityPolicy, Way

_ANSWERABLE = (
    Factor.REGISTERED_NUMBER,
    Factor.ONE_TIME_CODE,
    Factor.QUERY_PASSWORD,
    Factor.AGENT_JUDGEMENT,
)
_TAILS = (Factor.CARD_AND_ID_TAILS,)  # their tries are counted apart while freezing
_PHONE = (Factor.REGISTERED_NUMBER, Factor.ONE_TIME_CODE)


def may_act(
    act: Act, proofs: Proofs, *, holder: HolderView | None, policy: IdentityPolicy, now: datetime
) -> Verdict:
    """Decide whether what was proven suffices for ``act`` (rows A2, B4, B6).

    ``holder`` is the view of ``proofs.claimed``; with another or none only open acts pass. The
    refusals name what the nearest way still lacks, one reason a factor: ``needs-…`` (prove it),
    ``stale-…`` (prove it anew), ``locked-…`` and ``weak-…`` (with their end).
    """
    if _is_open(act, policy):
        return Verdict(policy.version)
    source = policy.sources[act]
    if holder is None or proofs.claimed != holder.id:
        return judge(policy.version, (Reason("holder-unknown", source),))
    counted = counting(act, proofs, holder=holder, policy=policy, now=now)
    if any(way <= counted for way in _ways(act, holder, policy, now)):
        return Verdict(policy.version)
    way = _nearest(act, counted, proofs, holder, policy, now)
    lacks = _by_cost(way - counted, policy)
    return judge(
        policy.version, (_lack(factor, act, proofs, holder, policy, now) for factor in lacks)
    )


def missing(
    act: Act,
    proofs: Proofs,
    *,
    holder: HolderView | None,
    policy: IdentityPolicy,
    now: datetime,
    with_agent: bool = False,
) -> tuple[Factor, ...]:
    """Return what to ask next for ``act``, and no more: the way that costs the caller least.

    Empty where nothing is lacking. Factors that are locked, or that this holder does not have, are
    left out; ``(PERSON,)`` says that keys lead no further. While nobody is claimed the tails come
    first, for they tell who it is. ``with_agent`` is true where a person already talks to the
    caller and may judge; there ``(PERSON,)`` means that not even a person can: to a branch.
    """
    if _is_open(act, policy):
        return ()
    if holder is None or proofs.claimed != holder.id:
        tails = Factor.CARD_AND_ID_TAILS
        return (PERSON,) if _locked_until(tails, act, proofs, policy, now) else (tails,)
    counted = counting(act, proofs, holder=holder, policy=policy, now=now)
    open_ways = [
        way - counted
        for way in _ways(act, holder, policy, now)
        if _askable(way - counted, act, proofs, holder, policy, now, with_agent=with_agent)
    ]
    if not open_ways:
        return (PERSON,)
    return _by_cost(min(open_ways, key=lambda rest: _cost(rest, policy)), policy)


def may_hold(
    record: HoldRecord, proofs: Proofs, *, policy: IdentityPolicy, now: datetime
) -> Verdict:
    """Decide whether this calling number may hold one more card by keys (row B6).

    It only ever stops holds on tails alone. The true holder is never refused: with the registered
    number, a code, the password, or a person's judgement no limit applies, and a person can judge.
    """
    if not hold_is_limited(proofs, policy=policy, now=now):
        return Verdict(policy.version)
    return judge(
        policy.version,
        (
            _too_many(record, timedelta(days=1), policy.holds_per_caller_day, "day", now),
            _too_many(record, timedelta(days=30), policy.holds_per_caller_month, "month", now),
            _objected(record, policy, now),
        ),
    )


def hold_is_limited(proofs: Proofs, *, policy: IdentityPolicy, now: datetime) -> bool:
    """True where nothing but data was proven: such holds are counted against the number."""
    return not any(_given(factor, Act.HOLD, proofs, policy, now) for factor in _ANSWERABLE)


def counting(
    act: Act, proofs: Proofs, *, holder: HolderView, policy: IdentityPolicy, now: datetime
) -> frozenset[Factor]:
    """Return the factors that count for ``act``: of this holder, fresh, and strong enough."""
    return frozenset(
        factor
        for factor in Factor
        if (proof := _given(factor, act, proofs, policy, now)) is not None
        and _weak_until(proof, act, holder, policy, now) is None
    )


def _given(
    factor: Factor, act: Act, proofs: Proofs, policy: IdentityPolicy, now: datetime
) -> Proof | None:
    for proof in proofs.given:
        if _is_about(proof, factor, act, proofs):
            age = now - proof.at
            if timedelta(0) <= age < policy.proof_lasts:
                return proof
    return None


def _is_about(proof: Proof, factor: Factor, act: Act, proofs: Proofs) -> bool:
    return (
        proof.factor is factor and proof.holder == proofs.claimed and proof.only_for in (None, act)
    )


def _weak_until(
    proof: Proof, act: Act, holder: HolderView, policy: IdentityPolicy, now: datetime
) -> datetime | None:
    """Return until when a proof is too weak for a guarded act; ``None`` where it counts."""
    ends = [proof.weak_until] if act in policy.guarded else []
    if proof.factor in _PHONE and act in policy.guarded | policy.cooling:
        ends.append(holder.phone_weak_until)
    late = [end for end in ends if end is not None and end > now]
    return max(late) if late else None


def _locked_until(
    factor: Factor, act: Act, proofs: Proofs, policy: IdentityPolicy, now: datetime
) -> datetime | None:
    for lock in proofs.locks:
        if lock.factor is factor and lock.until > now:
            if act in policy.freezing and not lock.freezing_too and factor in _TAILS:
                continue
            return lock.until
    return None


def _askable(
    rest: Iterable[Factor],
    act: Act,
    proofs: Proofs,
    holder: HolderView,
    policy: IdentityPolicy,
    now: datetime,
    *,
    with_agent: bool,
) -> bool:
    """True where each factor can be asked for now and would count if it were proven."""
    for factor in rest:
        if factor is Factor.REGISTERED_NUMBER:
            return False
        if factor is PERSON and not with_agent:
            return False
        if factor is Factor.ONE_TIME_CODE and not holder.has_phone:
            return False
        if factor is Factor.QUERY_PASSWORD and not holder.has_query_password:
            return False
        if factor is Factor.KNOWLEDGE_QUESTIONS and not holder.has_questions:
            return False
        if _locked_until(factor, act, proofs, policy, now):
            return False
        proof = _given(factor, act, proofs, policy, now)
        if proof is not None:
            return False  # given, yet it does not count: asking again does not make it stronger
        if factor in _PHONE and _phone_is_weak(act, holder, policy, now):
            return False
    return True


def _phone_is_weak(act: Act, holder: HolderView, policy: IdentityPolicy, now: datetime) -> bool:
    end = holder.phone_weak_until
    return act in policy.guarded | policy.cooling and end is not None and end > now


def _ways(act: Act, holder: HolderView, policy: IdentityPolicy, now: datetime) -> tuple[Way, ...]:
    """Return the ways that suffice now: after a change of data a person is part of each (B4)."""
    end = holder.data_changed_until
    if act not in policy.cooling or end is None or end <= now:
        return policy.ways[act]
    return tuple(way | {PERSON} for way in policy.ways[act])


def _nearest(
    act: Act,
    counted: frozenset[Factor],
    proofs: Proofs,
    holder: HolderView,
    policy: IdentityPolicy,
    now: datetime,
) -> Way:
    """Return the way to explain a refusal by: one that can be gone now, then the cheapest."""

    def rank(way: Way) -> tuple[bool, bool, int]:
        rest = way - counted
        by_keys = _askable(rest, act, proofs, holder, policy, now, with_agent=False)
        by_person = _askable(rest, act, proofs, holder, policy, now, with_agent=True)
        return (not by_keys, not by_person, _cost(rest, policy))

    return min(_ways(act, holder, policy, now), key=rank)


def _lack(
    factor: Factor,
    act: Act,
    proofs: Proofs,
    holder: HolderView,
    policy: IdentityPolicy,
    now: datetime,
) -> Reason:
    word = factor.value.replace("_", "-")
    source = policy.sources[act]
    proof = _given(factor, act, proofs, policy, now)
    if proof is not None:
        return Reason(f"weak-{word}", source, _weak_until(proof, act, holder, policy, now))
    end = _locked_until(factor, act, proofs, policy, now)
    if end is not None:
        return Reason(f"locked-{word}", source, end)
    once = any(_is_about(old, factor, act, proofs) for old in proofs.given)
    return Reason(f"stale-{word}" if once else f"needs-{word}", source)


def _too_many(
    record: HoldRecord, window: timedelta, most: int, name: str, now: datetime
) -> Reason | None:
    inside = sorted(at for at in record.at if now - window < at <= now)
    if len(inside) < most:
        return None
    return Reason(
        f"holds-per-caller-{name}",
        f"identity.holds_per_caller_{name}",
        inside[len(inside) - most] + window,
    )


def _objected(record: HoldRecord, policy: IdentityPolicy, now: datetime) -> Reason | None:
    if record.objected_at is None or now >= record.objected_at + policy.objection_lasts:
        return None
    return Reason(
        "holder-objected", "identity.objection_days", record.objected_at + policy.objection_lasts
    )


def _is_open(act: Act, policy: IdentityPolicy) -> bool:
    return any(not way for way in policy.ways[act])


def _cost(rest: Iterable[Factor], policy: IdentityPolicy) -> int:
    return sum(policy.costs.get(factor, 0) for factor in rest)


def _by_cost(rest: Iterable[Factor], policy: IdentityPolicy) -> tuple[Factor, ...]:
    return tuple(sorted(rest, key=lambda factor: (policy.costs.get(factor, 0), factor.value)))


def day_of(at: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
    """Return the day of ``at`` in ``zone`` and the instant at which that day ends."""
    day = at.astimezone(zone).date()
    end = datetime.combine(day + timedelta(days=1), time(0), zone)
    return day, end.astimezone(UTC)
