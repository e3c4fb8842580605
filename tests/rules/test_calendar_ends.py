"""Where the calendar of working days ends: said in time, never guessed, and always earlier."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cardline.app.operation.calendar_watch import calendar_fault
from cardline.complaints.rules.counting import count_working
from cardline.core.calendar import CalendarUnknown, WorkCalendar, work_calendar
from cardline.core.policy import load_area
from tests.rules.complaint_cases import PACKS

CALENDAR = work_calendar(load_area("outreach"))


def test_every_year_of_every_pack_is_there_whole() -> None:
    for pack in PACKS:
        calendar = work_calendar(load_area("outreach", pack=pack))
        for year in calendar.years:
            assert calendar.lacks(date(year, 1, 1), timedelta(0)) == (), (pack, year)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 15, 12, tzinfo=UTC), False),
        (datetime(2026, 11, 18, 12, tzinfo=UTC), True),
        (datetime(2027, 3, 1, tzinfo=UTC), True),
    ],
)
def test_the_end_is_said_in_time(at: datetime, said: bool) -> None:
    fault = calendar_fault("cn", at=at)
    assert bool(fault) is said
    assert ("2027" in fault) is said


def test_a_year_of_which_only_a_part_was_put_in_counts_as_missing() -> None:
    new_year = WorkCalendar(CALENDAR.holidays | {date(2027, 1, 1)}, CALENDAR.workdays)
    assert new_year.lacks(date(2026, 12, 1), timedelta(days=45)) == (2027,)
    whole = CALENDAR.holidays | {date(2027, 2, day) for day in range(5, 15)}
    assert WorkCalendar(whole, CALENDAR.workdays).lacks(date(2026, 12, 1), timedelta(45)) == ()


def test_beyond_the_end_days_count_so_that_what_is_due_is_due_earlier() -> None:
    begin = date(2026, 12, 28)
    counted = count_working(begin, 7, (), CALENDAR)
    assert counted.unknown == (2027,)
    known = WorkCalendar(
        CALENDAR.holidays | {date(2027, 1, day) for day in (1, 2, 3)}, CALENDAR.workdays
    )
    assert counted.last < count_working(begin, 7, (), known).last
    with pytest.raises(CalendarUnknown):
        CALENDAR.after(begin, 7)
