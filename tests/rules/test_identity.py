"""Who is this, and may they do that?"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.phone import PhoneNumber
from cardline.identity.model import (
    KINDS,
    PERSON,
    Act,
    Factor,
    HolderView,
    HoldRecord,
    Lock,
    Proof,
    Proofs,
)
from cardline.identity.rules import counting, may_act, may_hold, missing
from tests.rules.identity_people import (
    CODE,
    HOLDER,
    HOUR,
    NOW,
    NUMBER,
    OTHER,
    PASSWORD,
    POLICY,
    QUESTIONS,
    TAILS,
    VIEW,
    proven,
)

AGENT = Factor.AGENT_JUDGEMENT

acts = st.sampled_from(Act)
factors = st.frozensets(st.sampled_from(Factor))
times = st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 31)).map(
    lambda at: at.replace(tzinfo=NOW.tzinfo)
)
proofs_of_anyone = st.builds(
    Proofs,
    claimed=st.sampled_from([HOLDER, OTHER, None]),
    caller=st.just(PhoneNumber("+8615400000001")),
    given=st.lists(
        st.builds(
            Proof,
            factor=st.sampled_from(Factor),
            holder=st.sampled_from([HOLDER, OTHER]),
            at=times,
            weak_until=st.none() | times,
            only_for=st.none() | acts,
        ),
        max_size=6,
    ).map(tuple),
    locks=st.lists(
        st.builds(Lock, factor=st.sampled_from(Factor), until=times, freezing_too=st.booleans()),
        max_size=4,
    ).map(tuple),
)
views = st.builds(
    HolderView,
    id=st.just(HOLDER),
    has_phone=st.booleans(),
    has_query_password=st.booleans(),
    has_questions=st.booleans(),
    phone_weak_until=st.none() | times,
)


def allowed(act: Act, *given_factors: Factor) -> bool:
    return may_act(act, proven(*given_factors), holder=VIEW, policy=POLICY, now=NOW).allowed


@pytest.mark.parametrize(
    ("act", "enough"),
    [
        (Act.FREEZE, [NUMBER]),
        (Act.FREEZE, [PASSWORD, TAILS]),
        (Act.HOLD, [TAILS]),
        (Act.HOLD, [AGENT]),
        (Act.MAKE_HOLD_FINAL, [NUMBER]),
        (Act.RELEASE_HOLD, [NUMBER, PASSWORD]),
        (Act.RELEASE_HOLD, [CODE, PASSWORD]),
        (Act.RELEASE_HOLD, [CODE, QUESTIONS, AGENT]),
        (Act.HEAR_BALANCE, [NUMBER, PASSWORD]),
        (Act.HEAR_BALANCE, [NUMBER, CODE]),
        (Act.HEAR_BALANCE, [TAILS, PASSWORD]),
        (Act.HEAR_POINTS, [NUMBER, TAILS]),
        (Act.CHANGE_QUERY_PASSWORD, [NUMBER, PASSWORD]),
        (Act.RESET_QUERY_PASSWORD, [CODE, TAILS]),
        (Act.LIMIT_REQUEST, [NUMBER, PASSWORD]),
        (Act.CHANGE_PHONE, [CODE, PASSWORD]),
        (Act.STOP_MARKETING, []),
        (Act.TALK_TO_PERSON, []),
        (Act.COMPLAIN, []),
    ],
)
def test_these_proofs_suffice_and_none_of_them_is_idle(act: Act, enough: list[Factor]) -> None:
    assert allowed(act, *enough)
    for fewer in combinations(enough, max(0, len(enough) - 1)):
        assert not enough or not allowed(act, *fewer)


@pytest.mark.parametrize(
    ("act", "too_little"),
    [
        (Act.FREEZE, [TAILS]),
        (Act.RELEASE_HOLD, [NUMBER, CODE, TAILS, QUESTIONS]),
        (Act.RELEASE_HOLD, [PASSWORD, TAILS, QUESTIONS]),
        (Act.LIMIT_REQUEST, [NUMBER, CODE, TAILS, QUESTIONS]),
        (Act.CHANGE_ADDRESS, [NUMBER, CODE, TAILS, QUESTIONS]),
        (Act.CHANGE_PHONE, [NUMBER, CODE, TAILS, QUESTIONS, AGENT]),
        (Act.HEAR_TRANSACTIONS, [NUMBER, QUESTIONS]),
        (Act.HEAR_BALANCE, [NUMBER]),
        (Act.RESET_QUERY_PASSWORD, [NUMBER, TAILS]),
    ],
)
def test_a_stolen_phone_with_a_stolen_wallet_does_not_open(
    act: Act, too_little: list[Factor]
) -> None:
    assert not allowed(act, *too_little)


def test_questions_alone_open_nothing_that_is_guarded() -> None:
    for act in POLICY.guarded:
        assert not allowed(act, QUESTIONS)
        assert not allowed(act, QUESTIONS, TAILS)
        assert not allowed(act, QUESTIONS, TAILS, NUMBER)
        assert not allowed(act, QUESTIONS, TAILS, CODE)


def test_a_refusal_names_what_the_nearest_way_lacks() -> None:
    verdict = may_act(Act.HEAR_BALANCE, proven(NUMBER), holder=VIEW, policy=POLICY, now=NOW)
    assert verdict.codes == ("needs-query-password",)
    assert verdict.not_before is None
    assert verdict.rule == "cn/identity/2026-11-01"


def test_a_reset_password_does_not_lift_a_hold_until_its_cooling_is_over() -> None:
    weak_until = NOW + 71 * HOUR
    fresh = Proofs(claimed=HOLDER, given=(Proof(NUMBER, HOLDER, NOW),)).with_proof(
        Proof(PASSWORD, HOLDER, NOW, weak_until)
    )
    verdict = may_act(Act.RELEASE_HOLD, fresh, holder=VIEW, policy=POLICY, now=NOW)
    assert "weak-query-password" in verdict.codes or "needs-one-time-code" in verdict.codes
    assert not verdict.allowed
    assert missing(Act.RELEASE_HOLD, fresh, holder=VIEW, policy=POLICY, now=NOW) == (PERSON,)
    assert may_act(Act.HEAR_BALANCE, fresh, holder=VIEW, policy=POLICY, now=NOW).allowed
    later = proven(NUMBER, PASSWORD, at=weak_until, weak_until=weak_until)
    assert may_act(Act.RELEASE_HOLD, later, holder=VIEW, policy=POLICY, now=weak_until).allowed


def test_a_newly_registered_number_does_not_count_for_guarded_acts() -> None:
    view = replace(VIEW, phone_weak_until=NOW + HOUR)
    both = proven(NUMBER, CODE, PASSWORD)
    assert not may_act(Act.LIMIT_REQUEST, both, holder=view, policy=POLICY, now=NOW).allowed
    assert may_act(Act.FREEZE, proven(NUMBER), holder=view, policy=POLICY, now=NOW).allowed


def test_the_code_of_a_reset_serves_the_reset_alone() -> None:
    code = Proof(CODE, HOLDER, NOW, only_for=Act.RESET_QUERY_PASSWORD)
    proofs = proven(NUMBER, TAILS).with_proof(code)
    asked = {"holder": VIEW, "policy": POLICY, "now": NOW}
    assert may_act(Act.RESET_QUERY_PASSWORD, proofs, **asked).allowed  # type: ignore[arg-type]
    assert not may_act(Act.HEAR_BALANCE, proofs, **asked).allowed  # type: ignore[arg-type]


def test_a_lock_says_when_it_ends() -> None:
    until = NOW + 13 * HOUR
    locked = proven(NUMBER).with_locks(
        (Lock(PASSWORD, until), Lock(CODE, until), Lock(QUESTIONS, until))
    )
    verdict = may_act(Act.HEAR_TRANSACTIONS, locked, holder=VIEW, policy=POLICY, now=NOW)
    assert set(verdict.codes) <= {"locked-query-password", "locked-one-time-code"}
    assert verdict.not_before == until
    asked = missing(Act.HEAR_TRANSACTIONS, locked, holder=VIEW, policy=POLICY, now=NOW)
    assert asked == (PERSON,)


def test_what_is_asked_next_is_the_cheapest_way_on() -> None:
    def ask(act: Act, proofs: Proofs, view: HolderView = VIEW) -> tuple[Factor, ...]:
        return missing(act, proofs, holder=view, policy=POLICY, now=NOW)

    assert ask(Act.HEAR_BALANCE, proven(NUMBER)) == (PASSWORD,)
    no_password = replace(VIEW, has_query_password=False)
    assert ask(Act.HEAR_BALANCE, proven(NUMBER), no_password) == (CODE,)
    assert ask(Act.HEAR_BALANCE, proven(TAILS)) == (PASSWORD,)
    assert ask(Act.RESET_QUERY_PASSWORD, proven(NUMBER)) == (TAILS, CODE)
    assert ask(Act.RELEASE_HOLD, proven(TAILS)) == (PASSWORD, CODE)
    assert ask(Act.FREEZE, proven(NUMBER)) == ()
    locked = proven(NUMBER).with_locks((Lock(PASSWORD, NOW + HOUR),))
    assert ask(Act.HEAR_BALANCE, locked) == (CODE,)


def test_an_unknown_caller_is_asked_who_this_is_about() -> None:
    nobody = Proofs()
    assert missing(Act.HOLD, nobody, holder=None, policy=POLICY, now=NOW) == (TAILS,)
    spent = nobody.with_locks((Lock(TAILS, NOW + HOUR),))
    assert missing(Act.HEAR_BALANCE, spent, holder=None, policy=POLICY, now=NOW) == (PERSON,)
    assert missing(Act.HOLD, spent, holder=None, policy=POLICY, now=NOW) == (TAILS,)
    hard = nobody.with_locks((Lock(TAILS, NOW + HOUR, freezing_too=True),))
    assert missing(Act.HOLD, hard, holder=None, policy=POLICY, now=NOW) == (PERSON,)


@given(proofs_of_anyone, views, times)
def test_a_freeze_from_the_registered_phone_is_never_stopped(
    proofs: Proofs, view: HolderView, now: datetime
) -> None:
    here = replace(proofs, claimed=HOLDER).with_proof(Proof(NUMBER, HOLDER, now))
    for act in (Act.FREEZE, Act.HOLD, Act.MAKE_HOLD_FINAL):
        assert may_act(act, here, holder=view, policy=POLICY, now=now).allowed


@given(acts, proofs_of_anyone, views, times, st.sampled_from(Factor))
def test_one_proof_more_never_takes_anything_away(
    act: Act, proofs: Proofs, view: HolderView, now: datetime, factor: Factor
) -> None:
    before = may_act(act, proofs, holder=view, policy=POLICY, now=now).allowed
    richer = proofs.with_proof(Proof(factor, proofs.claimed or HOLDER, now))
    assert may_act(act, richer, holder=view, policy=POLICY, now=now).allowed >= (
        before and proofs.claimed is not None
    )


@given(acts, proofs_of_anyone, views, times)
def test_proofs_for_somebody_else_never_count(
    act: Act, proofs: Proofs, view: HolderView, now: datetime
) -> None:
    about = replace(proofs, claimed=HOLDER)
    own = replace(about, given=tuple(one for one in about.given if one.holder == HOLDER))
    verdict = may_act(act, about, holder=view, policy=POLICY, now=now)
    assert verdict == may_act(act, own, holder=view, policy=POLICY, now=now)


@given(acts, proofs_of_anyone, views, times)
def test_the_verdict_is_that_some_way_counts_in_full(
    act: Act, proofs: Proofs, view: HolderView, now: datetime
) -> None:
    verdict = may_act(act, proofs, holder=view, policy=POLICY, now=now)
    is_open = any(not way for way in POLICY.ways[act])
    if proofs.claimed != HOLDER:
        assert verdict.allowed == is_open
        return
    counted = counting(act, proofs, holder=view, policy=POLICY, now=now)
    assert verdict.allowed == any(way <= counted for way in POLICY.ways[act])
    assert verdict.allowed or verdict.refusals
    for reason in verdict.refusals:
        assert reason.until is None or reason.until > now


@given(st.sampled_from(sorted(POLICY.guarded)), proofs_of_anyone, views, times)
def test_a_guarded_act_always_rests_on_two_kinds_and_the_phone(
    act: Act, proofs: Proofs, view: HolderView, now: datetime
) -> None:
    if may_act(act, proofs, holder=view, policy=POLICY, now=now).allowed:
        counted = counting(act, proofs, holder=view, policy=POLICY, now=now)
        kinds = {KINDS[factor] for factor in counted}
        assert "possession" in kinds
        assert kinds & {"secret", "judgement"}


@given(acts, proofs_of_anyone, views, times, st.booleans())
def test_what_is_missing_once_proven_opens_the_act(
    act: Act, proofs: Proofs, view: HolderView, now: datetime, with_agent: bool
) -> None:
    about = replace(proofs, claimed=HOLDER)
    asked = missing(act, about, holder=view, policy=POLICY, now=now, with_agent=with_agent)
    open_now = may_act(act, about, holder=view, policy=POLICY, now=now).allowed
    assert (asked == ()) == open_now
    if asked == (PERSON,):
        return
    locked = {lock.factor for lock in about.locks if lock.until > now}
    for factor in asked:
        assert factor is not NUMBER
        assert with_agent or factor is not PERSON
        assert factor not in locked or (factor is TAILS and act in POLICY.freezing)
        about = about.with_proof(Proof(factor, HOLDER, now))
    assert may_act(act, about, holder=view, policy=POLICY, now=now).allowed


@given(st.lists(times, max_size=10), st.none() | times, factors, times)
def test_a_limit_on_holds_never_stops_whoever_proved_more_than_tails(
    at: list[datetime], objected: datetime | None, given_factors: frozenset[Factor], now: datetime
) -> None:
    record = HoldRecord(tuple(at), objected)
    verdict = may_hold(record, proven(*given_factors, at=now), policy=POLICY, now=now)
    if given_factors & {NUMBER, CODE, PASSWORD, AGENT}:
        assert verdict.allowed
    for reason in verdict.refusals:
        assert reason.until is not None
        assert reason.until > now


def test_a_number_holds_three_cards_a_day_on_tails_and_no_more() -> None:
    three = HoldRecord(tuple(NOW - timedelta(minutes=m) for m in (5, 10, 20)))
    verdict = may_hold(three, proven(TAILS), policy=POLICY, now=NOW)
    assert verdict.codes == ("holds-per-caller-day",)
    assert verdict.not_before == NOW - timedelta(minutes=20) + timedelta(days=1)
    assert may_hold(HoldRecord(three.at[:2]), proven(TAILS), policy=POLICY, now=NOW).allowed


def test_after_an_objection_that_number_goes_through_a_person() -> None:
    record = HoldRecord((), NOW - HOUR)
    verdict = may_hold(record, proven(TAILS), policy=POLICY, now=NOW)
    assert verdict.codes == ("holder-objected",)
    assert may_hold(record, proven(TAILS, AGENT), policy=POLICY, now=NOW).allowed
    assert may_hold(record, proven(TAILS), policy=POLICY, now=NOW + timedelta(days=31)).allowed
