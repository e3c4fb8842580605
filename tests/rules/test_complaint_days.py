"""Which days of a pause stand still: whole ones alone, of pauses that touch as of one."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.complaints.model import Pause, PauseGround
from cardline.complaints.rules.counting import Counted, count_days, still_days

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
