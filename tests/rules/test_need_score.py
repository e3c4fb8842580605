"""The need score: explainable, monotone, honest, and decided by what a contact is worth."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.app.training import read_examples
from cardline.core.policy import load_area
from cardline.outreach.scoring.learning import is_set_aside, judge, learn
from cardline.outreach.scoring.model import FEATURES, Costs, Decision, Features, Months
from cardline.outreach.scoring.rules import (
    as_row,
    causes,
    decide,
    features_of,
    logistic,
    need,
    probability,
)
from cardline.outreach.scoring.shipped import costs_of, load_model

MODEL = load_model()
COSTS = costs_of(load_area("scoring"))
GOOD = Months(
    limit=100_000_00,
    bills=[1000_00] * 6,
    paid=[1000_00] * 6,
    arrears=[0] * 6,
)
BAD = Months(
    limit=20_000_00,
    bills=[19_000_00] * 6,
    paid=[0] * 6,
    arrears=[0, 0, 1, 2, 3, 4],
)


def test_who_pays_is_left_in_peace_and_who_is_behind_is_called() -> None:
    well, badly = need(MODEL, features_of(GOOD), COSTS), need(MODEL, features_of(BAD), COSTS)
    assert well.probability < 0.2 < 0.5 < badly.probability
    assert badly.decision is Decision.CALL
    assert well.decision is not Decision.CALL


def test_a_score_names_what_raises_it() -> None:
    found = [one.feature for one in causes(MODEL, features_of(BAD))]
    assert 1 <= len(found) <= 3
    assert "far_behind" in found
    assert "far_behind" not in [one.feature for one in causes(MODEL, features_of(GOOD))]


@given(
    values=st.lists(st.floats(0, 1), min_size=len(FEATURES), max_size=len(FEATURES)),
    which=st.sampled_from(FEATURES),
    more=st.floats(0, 1),
)
def test_more_of_a_risk_never_lowers_the_score(
    values: list[float], which: str, more: float
) -> None:
    before = Features(*values)
    after = replace(before, **{which: min(1.0, getattr(before, which) + more)})
    assert probability(MODEL, after) >= probability(MODEL, before)


@given(
    bills=st.lists(st.integers(-5_000_00, 500_000_00), min_size=1, max_size=8),
    limit=st.integers(0, 1_000_000_00),
)
def test_features_stay_between_nothing_and_one(bills: list[int], limit: int) -> None:
    months = Months(limit, bills, [100_00] * len(bills), [1] * len(bills))
    assert all(0.0 <= value <= 1.0 for value in as_row(features_of(months)))


def test_neither_sex_age_schooling_nor_marriage_is_looked_at() -> None:
    words = {"sex", "age", "education", "marriage", "gender", "zone", "language"}
    assert not words & set(FEATURES)


def test_an_account_without_a_month_is_not_scored() -> None:
    with pytest.raises(ValueError, match="without a closed month"):
        features_of(Months(1, [], [], []))


@pytest.mark.parametrize(
    ("likely", "decision"),
    [(0.01, Decision.NOTHING), (0.2, Decision.SMS), (0.95, Decision.CALL)],
)
def test_what_is_worth_most_is_done(likely: float, decision: Decision) -> None:
    assert decide(likely, COSTS)[0] is decision


@given(likely=st.floats(0, 1), annoys=st.floats(0, 100))
def test_more_annoyance_never_leads_to_more_calls(likely: float, annoys: float) -> None:
    crosser = replace(COSTS, call_annoys=COSTS.call_annoys + annoys)
    if decide(likely, crosser)[0] is Decision.CALL:
        assert decide(likely, COSTS)[0] is Decision.CALL
    assert decide(likely, crosser)[1] >= 0


def test_a_model_learned_from_a_rule_finds_the_rule() -> None:
    rows, came = [], []
    for number in range(600):
        behind = float(number % 3 == 0)
        row = [behind, 0.0, 0.0, 0.0, (number % 7) / 7, 0.0, 0.0, 0.0]
        rows.append(row)
        came.append(behind == 1.0 and number % 5 != 0)
    model = learn(rows, came, version="test")
    assert model.weights["behind_now"] > 2
    assert all(weight >= 0 for weight in model.weights.values())
    assert model == learn(rows, came, version="test")


def test_a_risk_that_would_count_the_wrong_way_is_held_at_nothing() -> None:
    rows = [[0.0] * 8 if number % 2 else [1.0] + [0.0] * 7 for number in range(100)]
    came = [bool(number % 2) for number in range(100)]
    model = learn(rows, came, version="test")
    assert model.weights["behind_now"] == 0.0


def test_who_all_paid_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="some must have missed"):
        learn([[0.0] * 8] * 3, [False] * 3, version="test")


def test_judging_knows_a_perfect_and_a_worthless_score() -> None:
    came = [True, True, False, False] * 5
    assert judge([0.9, 0.8, 0.2, 0.1] * 5, came).auc == 1.0
    assert judge([0.5] * 20, came).auc == 0.5
    assert judge([0.5] * 20, came).brier == judge([0.5] * 20, came).brier_base


def test_probabilities_do_not_overflow() -> None:
    assert logistic(-800) == 0.0
    assert logistic(800) == 1.0


def test_what_ships_is_as_good_as_its_card_says(shared_data: Path) -> None:
    examples = read_examples(shared_data / "cards_uci" / "UCI_Credit_Card.csv")
    unseen = [one for one in examples if is_set_aside(one.account)]
    said = [probability(MODEL, features_of(one.months)) for one in unseen]
    judged = judge(said, [one.missed for one in unseen])
    assert judged.auc > 0.76
    assert judged.brier < 0.88 * judged.brier_base
    assert judged.calibration_error < 0.03


def test_costs_are_the_packs() -> None:
    assert isinstance(COSTS, Costs)
    assert COSTS.version == "cn/scoring/2026-11-01"
