"""Points: earned, taken back, used oldest first, expired."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.model import Points, PostingKind
from cardline.cards.rules.points import expires_on, points_at, points_for
from cardline.core.money import to_fen
from tests.rules.card_book import TERMS, day


@pytest.mark.parametrize(
    ("kind", "yuan", "points"),
    [
        (PostingKind.PURCHASE, "99.99", 99),
        (PostingKind.PURCHASE, "0.99", 0),
        (PostingKind.REFUND, "-99.99", -99),
        (PostingKind.CASH, "1000", 0),
        (PostingKind.PAYMENT, "-1000", 0),
    ],
)
def test_points_of_a_posting(kind: PostingKind, yuan: str, points: int) -> None:
    assert points_for(kind, to_fen(yuan), TERMS) == points


def test_points_last_to_the_end_of_their_month() -> None:
    assert expires_on(day("01-01"), TERMS) == date(2028, 2, 1)
    assert expires_on(day("12-31"), TERMS) == date(2029, 1, 1)


def test_the_oldest_points_are_used_first_and_the_next_to_end_are_named() -> None:
    entries = [(day("01-10"), 300), (day("01-20"), 50), (day("02-10"), 100), (day("03-01"), -320)]
    assert points_at(entries, day("04-01"), TERMS) == Points(130, 30, date(2028, 2, 1))
    assert points_at(entries, date(2028, 2, 1), TERMS) == Points(100, 100, date(2028, 3, 1))
    assert points_at(entries, date(2028, 3, 1), TERMS) == Points(0, 0, None)


def test_what_lies_ahead_does_not_count_yet() -> None:
    assert points_at([(day("05-01"), 10)], day("04-30"), TERMS).balance == 0


def test_points_taken_back_beyond_zero_are_paid_from_later_ones() -> None:
    entries = [(day("01-10"), 10), (day("01-11"), -30), (day("01-12"), 50)]
    assert points_at(entries, day("01-11"), TERMS).balance == 0
    assert points_at(entries, day("01-12"), TERMS).balance == 30


@given(st.lists(st.integers(-1000, 1000), max_size=30))
def test_nothing_expires_within_a_month_and_nothing_falls_below_zero(moves: list[int]) -> None:
    entries = [(day("03-01"), move) for move in moves]
    points = points_at(entries, day("03-02"), TERMS)
    assert points.balance == max(0, points.balance)
    assert points.balance >= sum(moves)
    assert points.expiring == points.balance
