"""Which days of a pause stand still: whole ones alone, of pauses that touch as of one."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.complaints.model import Pause, PauseGround
from cardline.complaints.rules.counting import (
    Counted,
    count_cycles,
    count_days,
    count_working,
    still_days,
)
from cardline.core.calendar import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=SHANGHAI)
TICK = timedelta(microseconds=1)
SOON = timedelta(seconds=30)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


def days(*spans: tuple[datetime, datetime | None]) -> list[tuple[int, int]]:
    pauses = [Pause(PauseGround.MEDIATION, since, until) for since, until in spans]
    found = still_days(pauses, SHANGHAI, now=NOW)
    return [(first.day, after.day) for first, after in found]


@pytest.mark.parametrize(
    ("since", "until", "still"),
    [
        (at(5), at(8), [(5, 8)]),
        (at(5) + TICK, at(8), [(6, 8)]),
        (at(5), at(8) - TICK, [(5, 7)]),
        (at(5, 12), at(6, 12), []),
        (at(5, 12), at(7), [(6, 7)]),
        (at(5, 9), at(5, 17), []),
        (at(18), None, [(18, 20)]),
        (at(18), at(25), [(18, 20)]),
        (at(21), None, []),
        (at(21), at(25), []),
        (at(8), at(5), []),
        (NOW, None, []),
    ],
)
def test_only_whole_days_stand_still_and_none_that_lies_ahead(
    since: datetime, until: datetime | None, still: list[tuple[int, int]]
) -> None:
    assert days((since, until)) == still


@pytest.mark.parametrize(
    ("second", "still"),
    [
        (at(6, 12) - SOON, [(6, 9)]),
        (at(6, 12), [(6, 9)]),
        (at(6, 12) + TICK, [(7, 9)]),
        (at(6, 12) + SOON, [(7, 9)]),
    ],
    ids=["overlap", "touch", "a moment between", "half a minute between"],
)
def test_pauses_that_touch_are_one(second: datetime, still: list[tuple[int, int]]) -> None:
    assert days((at(5, 12), at(6, 12)), (second, at(9))) == still
    assert days((second, at(9)), (at(5, 12), at(6, 12))) == still


def test_a_pause_within_another_takes_nothing_from_it() -> None:
    assert days((at(5), at(12)), (at(7), at(8)), (at(9), at(10))) == [(5, 12)]


def test_still_days_push_the_end_out_one_for_one() -> None:
    begin = date(2026, 3, 3)
    span = (date(2026, 3, 5), date(2026, 3, 8))
    assert count_days(begin, 10, []) == Counted(date(2026, 3, 13))
    assert count_days(begin, 10, [span]) == Counted(date(2026, 3, 16))
    on_the_last = (date(2026, 3, 13), date(2026, 3, 14))
    assert count_days(begin, 10, [on_the_last]) == Counted(date(2026, 3, 14))
    behind = (date(2026, 3, 14), date(2026, 3, 18))
    assert count_days(begin, 10, [behind]) == Counted(date(2026, 3, 13))
    assert count_days(begin, 10, [(date(2026, 2, 20), date(2026, 3, 4))]) == Counted(
        date(2026, 3, 13)
    ), "the day of the event is not counted, and cannot stand still"
    assert count_days(begin, 10, [(date(2026, 2, 20), date(2026, 3, 5))]) == Counted(
        date(2026, 3, 14)
    )


CALENDAR = WorkCalendar(
    holidays=frozenset({date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5)}),
    workdays=frozenset({date(2026, 5, 9)}),
)
"""Friday, Monday and Tuesday off; the Saturday after worked in exchange."""


def test_working_days_pass_over_days_off_and_count_saturdays_that_are_worked() -> None:
    counted = count_working(date(2026, 4, 30), 5, [], CALENDAR)
    assert counted == Counted(
        date(2026, 5, 11),
        off=(date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5)),
        worked=(date(2026, 5, 9),),
        counts_from=date(2026, 5, 6),
    )
    assert count_working(date(2026, 4, 30), 4, [], CALENDAR).last == date(2026, 5, 9)


def test_working_days_that_stand_still_do_not_count_nor_are_they_named() -> None:
    still = [(date(2026, 5, 4), date(2026, 5, 8)), (date(2026, 5, 9), date(2026, 5, 10))]
    counted = count_working(date(2026, 4, 30), 3, still, CALENDAR)
    assert counted == Counted(
        date(2026, 5, 12), off=(date(2026, 5, 1),), counts_from=date(2026, 5, 8)
    )


def test_every_day_of_a_year_without_a_calendar_counts_and_the_year_is_named_once() -> None:
    counted = count_working(date(2026, 12, 31), 3, [], CALENDAR)
    assert counted == Counted(date(2027, 1, 3), unknown=(2027,), counts_from=date(2027, 1, 1)), (
        "in doubt the earlier date"
    )


def test_statement_periods_are_whole_ones_that_begin_afterwards() -> None:
    on_closing = count_cycles(date(2026, 1, 5), 2, 5, least=28)
    assert on_closing.closings == (date(2026, 2, 5), date(2026, 3, 5))
    before = count_cycles(date(2026, 1, 4), 2, 5, least=28)
    assert before.closings == (date(2026, 2, 5), date(2026, 3, 5))
    behind = count_cycles(date(2026, 1, 6), 2, 5, least=28)
    assert behind.closings == (date(2026, 3, 5), date(2026, 4, 5))
    assert behind.last == date(2026, 4, 5)
    assert count_cycles(date(2026, 1, 6), 2, None, least=28) == Counted(date(2026, 3, 3))
