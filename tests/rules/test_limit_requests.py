"""Another credit limit: outcomes as a table, and what holds for every request (row B5)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.limits.model import LimitFacts, LimitOutcome, Term
from cardline.cards.rules.limit import decide_limit, highest_rise
from cardline.cards.service_policy import service_policy
from cardline.core.money import Fen, to_fen
from cardline.core.policy import PolicyError, load_area

POLICY = service_policy(load_area("servicing"), load_area("outreach"))
TODAY = date(2026, 9, 10)
GOOD = LimitFacts(
    present=to_fen("20000"),
    owed=to_fen("3000"),
    opened_on=date(2024, 1, 15),
    statements=6,
    highest_use=to_fen("12000"),
    late=0,
    in_arrears=False,
    other_loans=Fen(0),
)
_RANK = [LimitOutcome.REFUSED, LimitOutcome.REFERRED, LimitOutcome.LOWER, LimitOutcome.GRANTED]


def ask(
    yuan: str,
    facts: LimitFacts = GOOD,
    *,
    term: Term = "permanent",
    until: date | None = None,
) -> tuple[str, int | None, tuple[str, ...]]:
    done = decide_limit(to_fen(yuan), term, facts, until=until, policy=POLICY, today=TODAY)
    return done.outcome, done.amount, done.verdict.codes


@pytest.mark.parametrize(
    ("change", "outcome", "codes"),
    [
        ({}, "granted", ()),
        ({"late": 1}, "granted", ()),
        ({"late": 2}, "refused", ("late-too-often",)),
        ({"in_arrears": True}, "refused", ("in-arrears",)),
        ({"highest_use": to_fen("3999")}, "refused", ("use-low",)),
        ({"highest_use": to_fen("4000")}, "granted", ()),
        ({"other_loans": to_fen("60000")}, "granted", ()),
        ({"other_loans": to_fen("60000.01")}, "refused", ("loans-high",)),
        ({"other_loans": None}, "referred", ("loans-unknown",)),
        ({"opened_on": date(2026, 3, 10)}, "granted", ()),
        ({"opened_on": date(2026, 3, 11)}, "refused", ("account-young",)),
        ({"statements": 2}, "referred", ("statements-few",)),
        ({"last_rise_on": TODAY - timedelta(days=180)}, "granted", ()),
        ({"last_rise_on": TODAY - timedelta(days=179)}, "refused", ("rise-recent",)),
        ({"open_disputes": 1}, "referred", ("dispute-open",)),
        ({"card_protected": True}, "referred", ("card-protected",)),
        ({"live_card": False}, "refused", ("no-live-card",)),
        ({"request_open": True}, "refused", ("request-open",)),
        ({"temporary_until": TODAY}, "refused", ("temporary-running",)),
        (
            {"in_arrears": True, "late": 3, "other_loans": None, "open_disputes": 2},
            "refused",
            ("dispute-open", "in-arrears", "late-too-often", "loans-unknown"),
        ),
    ],
)
def test_a_request_is_decided_with_every_reason(
    change: dict[str, object], outcome: str, codes: tuple[str, ...]
) -> None:
    got, amount, why = ask("25000", replace(GOOD, **change))  # type: ignore[arg-type]
    assert (got, why) == (outcome, codes)
    assert (amount == to_fen("25000")) is (outcome == "granted")


def test_too_steep_a_rise_is_answered_with_the_highest_that_can_be_had() -> None:
    assert ask("50000") == ("lower", to_fen("30000"), ("rise-too-steep",))
    assert ask("30000") == ("granted", to_fen("30000"), ())


def test_a_large_amount_is_for_a_person() -> None:
    rich = replace(GOOD, present=to_fen("90000"), highest_use=to_fen("50000"))
    assert ask("100000", rich)[0] == "granted"
    assert ask("101000", rich) == ("referred", None, ("above-rule-highest",))


def test_a_temporary_limit_may_double_and_ends_within_its_term() -> None:
    end = TODAY + timedelta(days=60)
    assert ask("40000", term="temporary", until=end)[0] == "granted"
    late = end + timedelta(days=1)
    assert ask("40000", term="temporary", until=late)[2] == ("temporary-too-long",)
    assert ask("40000", term="temporary", until=TODAY)[2] == ("temporary-too-long",)
    assert ask("10000", term="temporary", until=end)[2] == ("temporary-lower",)
    unused = replace(GOOD, highest_use=Fen(0))
    assert ask("40000", unused, term="temporary", until=end)[0] == "granted"


def test_lowering_ones_own_limit_needs_nothing_but_that_it_is_not_owed() -> None:
    bad = replace(GOOD, late=9, in_arrears=True, other_loans=None)
    assert ask("5000", bad)[0] == "granted"
    assert ask("2000", bad) == ("refused", None, ("owed-above",))


@pytest.mark.parametrize(
    ("yuan", "codes"),
    [("20000", ("limit-is-so",)), ("25500", ("not-a-step",)), ("501000", ("above-highest",))],
)
def test_what_cannot_be_a_limit_is_refused(yuan: str, codes: tuple[str, ...]) -> None:
    assert ask(yuan)[2] == codes


FACTS = st.builds(
    LimitFacts,
    present=st.integers(1, 300).map(lambda n: Fen(n * 100000)),
    owed=st.integers(0, 10**7).map(Fen),
    opened_on=st.dates(date(2020, 1, 1), TODAY),
    statements=st.integers(0, 6),
    highest_use=st.integers(0, 3 * 10**7).map(Fen),
    late=st.integers(0, 4),
    in_arrears=st.booleans(),
    other_loans=st.none() | st.integers(0, 10**8).map(Fen),
    open_disputes=st.integers(0, 2),
    card_protected=st.booleans(),
    last_rise_on=st.none() | st.dates(date(2025, 1, 1), TODAY),
)
WANTED = st.integers(1, 600).map(lambda n: Fen(n * 100000))


@given(WANTED, FACTS)
def test_nobody_gets_more_than_asked_for_or_than_the_rule_may_give(
    wanted: Fen, facts: LimitFacts
) -> None:
    done = decide_limit(wanted, "permanent", facts, until=None, policy=POLICY, today=TODAY)
    assert (done.amount is not None) is (done.outcome in (_RANK[2], _RANK[3]))
    assert done.verdict.allowed is (done.outcome is LimitOutcome.GRANTED)
    if done.amount is None:
        return
    assert done.amount <= wanted
    assert done.amount % POLICY.limit_step == 0
    if done.amount > facts.present:
        assert done.amount <= min(
            highest_rise("permanent", facts, POLICY), POLICY.limit_rule_highest
        )
        assert not facts.in_arrears
        assert facts.other_loans is not None
    if done.outcome is LimitOutcome.LOWER:
        assert facts.present < done.amount < wanted


@given(WANTED, FACTS)
def test_paying_better_never_makes_it_worse(wanted: Fen, facts: LimitFacts) -> None:
    def outcome(known: LimitFacts) -> int:
        return _RANK.index(
            decide_limit(wanted, "permanent", known, until=None, policy=POLICY, today=TODAY).outcome
        )

    now = outcome(facts)
    assert outcome(replace(facts, in_arrears=False)) >= now
    assert outcome(replace(facts, late=0)) >= now
    assert outcome(replace(facts, open_disputes=0)) >= now
    assert outcome(replace(facts, last_rise_on=None)) >= now
    if facts.other_loans is not None:
        assert outcome(replace(facts, other_loans=Fen(0))) >= now


@given(WANTED, WANTED, FACTS)
def test_asking_for_more_is_never_answered_better(one: Fen, two: Fen, facts: LimitFacts) -> None:
    less, more = sorted((one, two))
    if less <= facts.present:
        return
    outcomes = [
        _RANK.index(
            decide_limit(wanted, "permanent", facts, until=None, policy=POLICY, today=TODAY).outcome
        )
        for wanted in (less, more)
    ]
    assert outcomes[1] <= outcomes[0]


def test_a_pack_whose_limits_contradict_each_other_is_refused() -> None:
    area = load_area("servicing")
    wrong = replace(area.numbers["limit_rule_highest"], value=10**12)
    with pytest.raises(PolicyError, match="contradict"):
        service_policy(
            replace(area, numbers={**area.numbers, "limit_rule_highest": wrong}),
            load_area("outreach"),
        )
