"""The exact instants at which proofs, locks and cooling turn, and what each of them touches."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cardline.core.ids import HolderId
from cardline.core.verdict import Verdict
from cardline.identity.model import (
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

TICK = timedelta(microseconds=1)
SOON = timedelta(seconds=30)
OPEN = [act for act in Act if any(not way for way in POLICY.ways[act])]


def decide(
    act: Act, proofs: Proofs, view: HolderView | None = VIEW, now: datetime = NOW
) -> Verdict:
    return may_act(act, proofs, holder=view, policy=POLICY, now=now)


def ask(
    act: Act, proofs: Proofs, view: HolderView | None = VIEW, *, person: bool = False
) -> tuple[Factor, ...]:
    return missing(act, proofs, holder=view, policy=POLICY, now=NOW, with_agent=person)


@pytest.mark.parametrize("act", sorted(set(Act) - set(OPEN)))
def test_whoever_proved_to_be_somebody_else_may_nothing_here(act: Act) -> None:
    everything = Proofs(claimed=OTHER, given=tuple(Proof(one, OTHER, NOW) for one in Factor))
    assert decide(act, everything).codes == ("holder-unknown",)
    assert decide(act, everything, None).codes == ("holder-unknown",)
    assert ask(act, everything) == (TAILS,)
    own = replace(VIEW, id=HolderId(OTHER), has_questions=True)
    assert decide(act, everything, own).allowed


@pytest.mark.parametrize("act", OPEN)
def test_what_is_open_to_everybody_asks_for_nothing(act: Act) -> None:
    assert decide(act, Proofs(), None).allowed
    assert ask(act, Proofs(), None) == ()


def test_a_proof_counts_for_its_time_to_the_instant() -> None:
    lasts = POLICY.proof_lasts
    assert decide(Act.HEAR_BALANCE, proven(NUMBER, PASSWORD, at=NOW - lasts + TICK)).allowed
    old = decide(Act.HEAR_BALANCE, proven(NUMBER, PASSWORD, at=NOW - lasts))
    assert old.codes == ("stale-query-password", "needs-card-and-id-tails")
    assert not decide(Act.FREEZE, proven(NUMBER, at=NOW + TICK)).allowed
    assert decide(Act.FREEZE, proven(NUMBER, at=NOW)).allowed


@pytest.mark.parametrize(
    ("until", "counts"), [(NOW, True), (NOW + TICK, False), (NOW + SOON, False)]
)
def test_a_new_telephone_is_weak_to_the_instant_and_a_password_is_not(
    until: datetime, counts: bool
) -> None:
    view = replace(VIEW, phone_weak_until=until)
    proofs = proven(NUMBER, CODE, PASSWORD)
    found = counting(Act.LIMIT_REQUEST, proofs, holder=view, policy=POLICY, now=NOW)
    assert found == ({NUMBER, CODE, PASSWORD} if counts else {PASSWORD})
    heard = counting(Act.HEAR_BALANCE, proofs, holder=view, policy=POLICY, now=NOW)
    assert heard == {NUMBER, CODE, PASSWORD}, "only what can do harm waits"
    verdict = decide(Act.LIMIT_REQUEST, proofs, view)
    assert verdict.allowed == counts
    if not counts:
        assert set(verdict.codes) <= {"weak-registered-number", "weak-one-time-code"}
        assert verdict.not_before == until


@pytest.mark.parametrize(("until", "weak"), [(NOW, False), (NOW + TICK, True), (NOW + SOON, True)])
def test_a_new_telephone_is_not_asked_for_a_code_of_what_can_do_harm(
    until: datetime, weak: bool
) -> None:
    view = replace(VIEW, phone_weak_until=until)
    assert ask(Act.CHANGE_ADDRESS, proven(PASSWORD), view) == ((PERSON,) if weak else (CODE,))
    assert ask(Act.RESET_QUERY_PASSWORD, proven(TAILS), view) == ((PERSON,) if weak else (CODE,))
    no_password = replace(view, has_query_password=False)
    assert ask(Act.HEAR_BALANCE, proven(TAILS), no_password) == (CODE,)


@pytest.mark.parametrize(
    ("until", "locked"), [(NOW, False), (NOW + TICK, True), (NOW + SOON, True)]
)
def test_a_lock_ends_at_its_instant(until: datetime, locked: bool) -> None:
    proofs = proven(NUMBER).with_locks((Lock(PASSWORD, until),))
    assert ask(Act.HEAR_BALANCE, proofs) == ((CODE,) if locked else (PASSWORD,))
    alone = replace(VIEW, has_phone=False)
    verdict = decide(Act.CHANGE_QUERY_PASSWORD, proofs, alone)
    assert verdict.codes == (("locked-query-password",) if locked else ("needs-query-password",))
    assert verdict.not_before == (until if locked else None)


def test_only_the_tails_stay_open_to_a_freeze_when_they_are_locked_for_the_rest() -> None:
    until = NOW + HOUR
    tails = proven(PASSWORD).with_locks((Lock(TAILS, until),))
    assert ask(Act.FREEZE, tails) == (TAILS,)
    assert ask(Act.HEAR_BALANCE, tails) == (PERSON,)
    nobody_knows = replace(VIEW, has_phone=False)
    password = proven(TAILS).with_locks((Lock(PASSWORD, until),))
    assert ask(Act.FREEZE, password, nobody_knows) == (PERSON,)
    for_all = proven(PASSWORD).with_locks((Lock(TAILS, until, freezing_too=True),))
    assert ask(Act.FREEZE, for_all, nobody_knows) == (PERSON,)


def test_nobody_is_asked_for_what_they_do_not_have() -> None:
    assert ask(Act.HEAR_TRANSACTIONS, proven(TAILS), replace(VIEW, has_query_password=False)) == (
        CODE,
    )
    bare = HolderView(HOLDER, has_phone=False, has_query_password=False, has_questions=False)
    assert ask(Act.HEAR_TRANSACTIONS, proven(TAILS), bare) == (PERSON,)
    assert ask(Act.HEAR_BALANCE, proven(NUMBER), bare) == (PERSON,)
    assert ask(Act.HEAR_BALANCE, proven(NUMBER), replace(bare, has_questions=True)) == (QUESTIONS,)
    asked = ask(Act.FREEZE, proven(TAILS), replace(bare, has_questions=True), person=True)
    assert asked == (QUESTIONS, PERSON)
    assert ask(Act.FREEZE, proven(TAILS), bare, person=True) == (PERSON,)


@pytest.mark.parametrize("act", sorted(POLICY.cooling))
@pytest.mark.parametrize(("until", "cools"), [(NOW, False), (NOW + TICK, True), (NOW + SOON, True)])
def test_after_a_change_of_data_a_person_is_part_of_what_can_do_harm(
    act: Act, until: datetime, cools: bool
) -> None:
    view = replace(VIEW, has_questions=True, data_changed_until=until)
    way = min(POLICY.ways[act], key=len)
    without = proven(*(way - {PERSON}))
    assert decide(act, without, view).allowed == (not cools and PERSON not in way)
    assert decide(act, proven(*way, PERSON), view).allowed


@pytest.mark.parametrize("act", sorted(set(Act) - POLICY.cooling - set(OPEN)))
def test_a_change_of_data_leaves_the_rest_as_it_was(act: Act) -> None:
    view = replace(VIEW, has_questions=True, data_changed_until=NOW + HOUR)
    for way in POLICY.ways[act]:
        assert decide(act, proven(*way), view).allowed


def test_holds_of_a_day_and_of_a_month_are_counted_to_the_instant() -> None:
    day, month = timedelta(days=1), timedelta(days=30)

    def codes(*at: datetime) -> tuple[str, ...]:
        return may_hold(HoldRecord(at), proven(TAILS), policy=POLICY, now=NOW).codes

    most = POLICY.holds_per_caller_day
    assert codes(*(NOW,) * most) == ("holds-per-caller-day",)
    assert codes(*(NOW - day + TICK,) * most) == ("holds-per-caller-day",)
    assert codes(*(NOW - day,) * most) == ()
    assert codes(*(NOW + TICK,) * most) == ()
    most = POLICY.holds_per_caller_month
    assert codes(*(NOW - month + TICK,) * most) == ("holds-per-caller-month",)
    assert codes(*(NOW - month,) * most) == ()


def test_a_limit_of_holds_says_when_the_next_one_may_be() -> None:
    earlier = tuple(NOW - timedelta(hours=hours) for hours in (1, 2, 3, 4))
    verdict = may_hold(HoldRecord(earlier), proven(TAILS), policy=POLICY, now=NOW)
    most = POLICY.holds_per_caller_day
    assert verdict.not_before == sorted(earlier)[len(earlier) - most] + timedelta(days=1)


def test_an_objection_stands_to_its_last_instant() -> None:
    objected = HoldRecord((), NOW - POLICY.objection_lasts)
    assert may_hold(objected, proven(TAILS), policy=POLICY, now=NOW).allowed
    assert may_hold(objected, proven(TAILS), policy=POLICY, now=NOW - TICK).codes == (
        "holder-objected",
    )
    verdict = may_hold(objected, proven(TAILS), policy=POLICY, now=NOW - SOON)
    assert verdict.not_before == NOW


def test_a_refusal_names_a_way_that_can_be_gone() -> None:
    no_password = replace(VIEW, has_query_password=False)
    assert decide(Act.HEAR_BALANCE, proven(NUMBER), no_password).codes == ("needs-one-time-code",)
    locked = proven(NUMBER).with_locks((Lock(PASSWORD, NOW + HOUR),))
    assert decide(Act.HEAR_BALANCE, locked).codes == ("needs-one-time-code",)
    with_a_person = ("needs-one-time-code", "needs-knowledge-questions", "needs-agent-judgement")
    assert decide(Act.RELEASE_HOLD, Proofs(claimed=HOLDER), no_password).codes == with_a_person
    assert decide(Act.RELEASE_HOLD, Proofs(claimed=HOLDER)).codes == (
        "needs-query-password",
        "needs-one-time-code",
    )
