"""Statement periods, closing and due dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.rules.periods import (
    due_date,
    next_closing,
    period_closing,
    previous_closing,
    year_later,
)
from cardline.core.errors import Invalid


@pytest.mark.parametrize(
    ("on", "statement_day", "closing"),
    [
        ("2026-01-05", 5, "2026-01-05"),
        ("2026-01-06", 5, "2026-02-05"),
        ("2026-12-29", 28, "2027-01-28"),
        ("2026-02-28", 28, "2026-02-28"),
        ("2026-01-31", 28, "2026-02-28"),
        ("2024-02-29", 28, "2024-03-28"),
    ],
)
def test_next_closing_date(on: str, statement_day: int, closing: str) -> None:
    assert next_closing(date.fromisoformat(on), statement_day) == date.fromisoformat(closing)


@pytest.mark.parametrize(
    ("closing", "due_days", "due"),
    [
        ("2026-02-28", 20, "2026-03-20"),
        ("2024-02-28", 20, "2024-03-19"),
        ("2026-01-28", 25, "2026-02-22"),
        ("2026-12-12", 20, "2027-01-01"),
    ],
)
def test_due_date(closing: str, due_days: int, due: str) -> None:
    assert due_date(date.fromisoformat(closing), due_days) == date.fromisoformat(due)


@pytest.mark.parametrize("statement_day", [0, 29, 30, 31, -1])
def test_a_statement_day_that_some_month_lacks_is_an_error(statement_day: int) -> None:
    with pytest.raises(Invalid, match=f"statement day {statement_day} does not exist"):
        next_closing(date(2026, 1, 1), statement_day)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 28))
def test_periods_follow_each_other_without_gap_or_overlap(day: date, statement_day: int) -> None:
    period = period_closing(next_closing(day, statement_day), statement_day)
    assert day in period
    assert period_closing(previous_closing(day, statement_day), statement_day).to_on == (
        period.from_on
    )
    assert 28 <= (period.to_on - period.from_on).days <= 31


def test_a_card_year_from_29_february_ends_on_1_march() -> None:
    assert year_later(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert year_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
