"""Days: business days of the bank, working days of the state's calendar, ends of days.

The calendar is one for the whole house: the contact gate and all reckoning of working days read the
same entries of the pack. A year that the calendar does not have is an error, never a guess.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cardline.core.errors import CardlineError
from cardline.core.home import home
from cardline.core.policy import AreaPolicy, PolicyError

DAY = timedelta(days=1)
_SATURDAY = 5
_LEAST_DAYS_OFF = 8
"""The United Kingdom's; mainland China has 13 and more, the United States 11."""


class CalendarUnknown(CardlineError):
    """The calendar has no data for a year; put the State Council's notice into the pack."""

    code = "calendar-unknown"


@dataclass(frozen=True)
class WorkCalendar:
    """Days off and the weekend days that are worked in exchange, by the State Council's notice."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    """Saturdays and Sundays that are working days (调休上班)."""

    @property
    def years(self) -> frozenset[int]:
        """The years that are known."""
        return frozenset(day.year for day in self.holidays)

    def is_working(self, day: date) -> bool:
        """True on a working day. Raises :class:`CalendarUnknown` for a year without data."""
        if day.year not in self.years:
            raise CalendarUnknown(f"the calendar of {day.year} is not in the pack yet")
        if day in self.workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def after(self, day: date, working_days: int) -> date:
        """Return the last of so many working days after ``day``, which itself does not count.

        Raises :class:`CalendarUnknown` where that leads into a year without data.
        """
        left = working_days
        while left > 0:
            day += DAY
            left -= self.is_working(day)
        return day

    def lacks(self, today: date, ahead: timedelta) -> tuple[int, ...]:
        """Return the years of the days from ``today`` on for ``ahead`` that are not known.

        A year with fewer days off than any state gives counts as not known: part of a notice was
        put in, and the days that lack would pass for working days.
        """
        wanted = range(today.year, (today + ahead).year + 1)
        return tuple(year for year in wanted if self._days_off(year) < _LEAST_DAYS_OFF)

    def _days_off(self, year: int) -> int:
        return sum(day.year == year for day in self.holidays)

    def last_known(self) -> date:
        """Return the last day of the last year that is known."""
        return date(max(self.years), 12, 31)


def work_calendar(area: AreaPolicy) -> WorkCalendar:
    """Read the calendar from the area that holds it (``outreach``).

    Raises :class:`PolicyError` for a working day that is no weekend day, or that is also a day off.
    """
    holidays = frozenset(date.fromisoformat(day) for day in area.texts("holidays"))
    workdays = frozenset(date.fromisoformat(day) for day in area.texts("workdays"))
    for day in sorted(workdays):
        if day.weekday() < _SATURDAY or day in holidays:
            raise PolicyError(f"pack {area.pack}: outreach.workdays: {day} is no weekend day")
    return WorkCalendar(holidays, workdays)


def business_day(at: datetime) -> date:
    """Return the bank's date at a time."""
    return at.astimezone(home().zone).date()


def end_of(day: date, zone: ZoneInfo | None = None) -> datetime:
    """Return the instant at which a day ends."""
    zone = zone or home().zone
    return datetime.combine(day + DAY, time(0), zone).astimezone(UTC)
