"""Questions whose answers the bank knows."""

import random

from hypothesis import given
from hypothesis import strategies as st

from cardline.identity.model import Facts, QuestionKind
from cardline.identity.questions import kinds_available, make_question

facts = st.builds(
    Facts,
    statement_day=st.none() | st.integers(1, 28),
    credit_limit_yuan=st.none() | st.integers(0, 2_000_000),
    card_count=st.none() | st.integers(0, 12),
    opened_year=st.none() | st.integers(1985, 2030),
)


@given(facts, st.integers())
def test_a_question_has_four_different_answers_and_one_is_true(known: Facts, seed: int) -> None:
    question = make_question(known, rng=random.Random(seed))
    assert (question is None) == (kinds_available(known) == 0)
    if question is None:
        return
    truth = {
        "statement_day": known.statement_day,
        "credit_limit": known.credit_limit_yuan,
        "card_count": known.card_count,
        "opened_year": known.opened_year,
    }[question.kind]
    assert len(set(question.choices)) == 4
    assert question.choices[question.right - 1] == truth
    assert "right" not in repr(question)


@given(st.integers())
def test_no_kind_is_asked_twice(seed: int) -> None:
    known = Facts(5, 50000, 2, 2021)
    rng = random.Random(seed)
    asked: list[QuestionKind] = []
    while question := make_question(known, rng=rng, asked=asked):
        asked.append(question.kind)
    assert len(asked) == len(set(asked)) == 4


def test_the_true_answer_stands_in_every_place_equally_often() -> None:
    rng = random.Random(7)
    known = Facts(5, 50000, 2, 2021)
    places = [0] * 5
    for _ in range(4000):
        question = make_question(known, rng=rng)
        assert question is not None
        places[question.right] += 1
    assert all(850 < count < 1150 for count in places[1:])
