"""Counting days: whole days that stand still, working days, statement periods.

The day of the event is not counted; day 1 is the next. A day counts unless it stands still from its
beginning to its end: in doubt it counts, which leads to the earlier date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cardline.complaints.model import Pause
from cardline.core.calendar import DAY, CalendarUnknown, WorkCalendar

Days = tuple[date, date]
"""Half-open: from the first day to the first day after."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The last day, and what is worth saying about the way there."""

    last: date
    off: tuple[date, ...] = ()
    """Days off of the calendar that were passed over, weekends not among them."""
    worked: tuple[date, ...] = ()
    """Weekend days that counted because they are worked in exchange."""
    unknown: tuple[int, ...] = ()
    """Years that the calendar does not have: all their days were counted."""
    closings: tuple[date, ...] = ()
    """Ends of the statement periods."""
    counts_from: date | None = None
    """The first working day, where working days are counted."""


def day_at(at: datetime, zone: ZoneInfo) -> date:
    """Return the day of an instant in a zone."""
    return at.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def still_days(pauses: Iterable[Pause], zone: ZoneInfo, *, now: datetime) -> tuple[Days, ...]:
    """Return the days that stand still as a whole, in order, without overlap.

    A pause that goes on counts up to ``now``: nobody knows whether it ends then.
    """
    merged: list[tuple[datetime, datetime]] = []
    for since, until in sorted((one.since, min(one.until or now, now)) for one in pauses):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    found = []
    for since, until in merged:
        first = day_at(since, zone)
        if since > start_of(first, zone):
            first += DAY
        after = day_at(until, zone)
        if first < after:
            found.append((first, after))
    return tuple(found)


def count_days(begin: date, days: int, still: Sequence[Days]) -> Counted:
    """Return the last of so many calendar days after ``begin``."""
    last = begin + timedelta(days=days)
    for first, after in still:
        first = max(first, begin + DAY)
        if first > last:
            break
        last += max(after - first, timedelta(0))
    return Counted(last)


def count_working(begin: date, days: int, still: Sequence[Days], calendar: WorkCalendar) -> Counted:
    """Return the last of so many working days after ``begin``.

    Of a year without a calendar every day counts: the true end may be later, never earlier.
    """
    day, left = begin, days
    off: list[date] = []
    worked: list[date] = []
    unknown: list[int] = []
    counts_from: date | None = None
    while left > 0:
        day += DAY
        if any(first <= day < after for first, after in still):
            continue
        try:
            works = calendar.is_working(day)
        except CalendarUnknown:
            works = True
            if day.year not in unknown:
                unknown.append(day.year)
        left -= works
        counts_from = counts_from or (day if works else None)
        if not works and day in calendar.holidays:
            off.append(day)
        if works and day in calendar.workdays:
            worked.append(day)
    return Counted(day, tuple(off), tuple(worked), tuple(unknown), counts_from=counts_from)


def count_cycles(begin: date, cycles: int, closes_on: int | None, *, least: int) -> Counted:
    """Return the end of so many whole statement periods that begin after ``begin``.

    ``closes_on``: day of the month, 1 to 28; unknown: so many times the shortest period.
    """
    if closes_on is None:
        return Counted(begin + timedelta(days=cycles * least))
    closing = begin.replace(day=closes_on)
    if closing < begin:
        closing = _month_later(closing)
    closings = []
    for _ in range(cycles):
        closing = _month_later(closing)
        closings.append(closing)
    return Counted(closing, closings=tuple(closings))


def _month_later(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=day.day)
