"""Hours and days in the holder's zone, whatever its clocks do. All answers are instants in UTC.

Open is what the wall clock says; an opening is an instant from which on it says so. What depends on
a day alone is worked out once a day, zone and hours, and kept.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cardline.core.calendar import DAY, WorkCalendar
from cardline.outreach.model import ContactPolicy, Hours, Wishes

WINDOWS = (1, 7, 30)
"""Days that caps look back: a day, a week, a month."""
LOOKED_BACK = timedelta(days=max(WINDOWS) + 2)
"""How far back contacts are read: the longest window, wherever on earth its first day began."""

_SEARCHED_DAYS = 400
_SATURDAY = 6
_TICK = timedelta(microseconds=1)


def next_opening(hours: Hours, zone: ZoneInfo, policy: ContactPolicy, *, at: datetime) -> datetime:
    """Return the first instant from ``at`` on at which ``hours`` are open; ``at`` where they are.

    Raises ``ValueError`` where the calendar knows no such day within 400 days.
    """
    local = at.astimezone(zone)
    day = local.date()
    if hours.opens <= local.time() < hours.closes and works(day, hours, policy.calendar):
        return at
    for opens in _openings(hours, zone, policy.calendar, day):
        if opens > at:
            return opens
    return _first_after(hours, zone, policy.calendar, day)


def opening(hours: Hours, zone: ZoneInfo, policy: ContactPolicy, at: datetime) -> datetime | None:
    """Return the next opening; ``None`` where nobody knows when it will be."""
    try:
        return next_opening(hours, zone, policy, at=at)
    except ValueError:
        return None


def works(day: date, hours: Hours, calendar: WorkCalendar) -> bool:
    """True where contacts may be made on a day. A year without a calendar has no such day."""
    if hours.days_off and day.isoweekday() in hours.days_off:
        return False
    return day_off(day, hours, calendar) == ""


def day_off(day: date, hours: Hours, calendar: WorkCalendar) -> str:
    """Return why the pack lets a day be kept free: a reason's code; empty where it is not.

    A Saturday or Sunday that is worked in exchange (调休上班) is a working day like any other.
    """
    if not hours.on_holidays and day.year not in _years(calendar):
        return "holidays-unknown"
    if day in calendar.workdays:
        return ""
    if not hours.on_holidays and day in calendar.holidays:
        return "public-holiday"
    if not hours.on_weekends and day.isoweekday() >= _SATURDAY:
        return "weekend"
    return ""


@lru_cache(maxsize=4096)
def narrowed(hours: Hours, wishes: Wishes) -> Hours | None:
    """Return the hours that pack and holder both allow; ``None`` where none are left."""
    opens = max(hours.opens, wishes.opens or hours.opens)
    closes = min(hours.closes, wishes.closes or hours.closes)
    if opens >= closes or len(wishes.days_off) >= 7:
        return None
    return Hours(opens, closes, hours.on_holidays, hours.on_weekends, wishes.days_off)


@lru_cache(maxsize=4096)
def windows(zone: ZoneInfo, today: date) -> tuple[datetime, datetime, datetime]:
    """Return when the 1, 7 and 30 days that end with ``today`` began."""
    day, week, month = (begins(today - DAY * (days - 1), zone) for days in WINDOWS)
    return day, week, month


def begins(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins."""
    # A midnight that a change of the clocks skips is read with the offset before the change: the
    # instant just after the gap.
    return datetime.combine(day, time(0), zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def _openings(
    hours: Hours, zone: ZoneInfo, calendar: WorkCalendar, day: date
) -> tuple[datetime, ...]:
    """Return the instants of a day at which the hours open: one, or two where clocks go back."""
    if not works(day, hours, calendar):
        return ()
    first = datetime.combine(day, hours.opens, zone)
    tried = {first.astimezone(UTC), first.replace(fold=1).astimezone(UTC)}
    tried |= set(_changes(zone, day))
    return tuple(sorted(one for one in tried if _opens_at(one, hours, zone, day)))


@lru_cache(maxsize=4096)
def _first_after(hours: Hours, zone: ZoneInfo, calendar: WorkCalendar, day: date) -> datetime:
    for ahead in range(1, _SEARCHED_DAYS):
        found = _openings(hours, zone, calendar, day + DAY * ahead)
        if found:
            return found[0]
    raise ValueError("no day of the calendar is open")


def _opens_at(at: datetime, hours: Hours, zone: ZoneInfo, day: date) -> bool:
    here, before = at.astimezone(zone), (at - _TICK).astimezone(zone)
    if here.date() != day or not hours.opens <= here.time() < hours.closes:
        return False
    return before.date() != day or not hours.opens <= before.time() < hours.closes


def _changes(zone: ZoneInfo, day: date) -> list[datetime]:
    """Return the instant of the day at which the clocks are changed, if there is one."""
    low, high = begins(day, zone) - _TICK, begins(day + DAY, zone)
    before = low.astimezone(zone).utcoffset()
    if before == high.astimezone(zone).utcoffset():
        return []
    while high - low > _TICK:
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return [high]


@lru_cache(maxsize=64)
def _years(calendar: WorkCalendar) -> frozenset[int]:
    return calendar.years
