"""Working days: weekends, days off, days worked in exchange; no guess beyond the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.calendar import CalendarUnknown, business_day, end_of, work_calendar
from cardline.core.policy import PolicyError, load_area

CALENDAR = work_calendar(load_area("outreach"))
DAYS = st.dates(date(2026, 1, 1), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 26), True),
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday that is worked
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
    ],
)
def test_a_working_day_is_one_by_the_state_councils_notice(day: date, works: bool) -> None:
    assert CALENDAR.is_working(day) is works


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2026, 11, 26), 1, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, count: int, last: date) -> None:
    assert CALENDAR.after(day, count) == last


@given(DAYS, st.integers(1, 30))
def test_one_working_day_more_ends_later_and_on_a_working_day(day: date, count: int) -> None:
    last = CALENDAR.after(day, count)
    assert CALENDAR.is_working(last)
    assert CALENDAR.after(day, count + 1) > last
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(map(CALENDAR.is_working, between)) == count


def test_a_year_without_a_calendar_is_an_error_and_no_guess() -> None:
    with pytest.raises(CalendarUnknown, match="2027"):
        CALENDAR.after(date(2026, 12, 30), 5)
    assert CALENDAR.last_known() == date(2026, 12, 31)


def test_a_pack_that_swaps_in_a_weekday_is_refused() -> None:
    area = load_area("outreach")
    wrong = area.numbers["workdays"].__class__("workdays", ["2026-11-26"], "s", "P")
    with pytest.raises(PolicyError, match="no weekend day"):
        work_calendar(
            type(area)("cn", "outreach", area.effective_from, {**area.numbers, "workdays": wrong})
        )


def test_the_banks_day_ends_at_midnight_in_shanghai() -> None:
    late = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)
    assert business_day(late) == date(2026, 11, 27)
    assert end_of(date(2026, 11, 26)) == datetime(2026, 11, 26, 16, tzinfo=UTC)
