"""Statement periods: when they close, and when what they ask for is due."""

from dataclasses import dataclass
from datetime import date, timedelta

from cardline.cards.rules.terms import check_statement_day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Business days ``[from_on, to_on)``; the closing date is the last of them."""

    from_on: date
    to_on: date

    @property
    def closing_on(self) -> date:
        """The last day of the period, the date of its statement."""
        return self.to_on - _DAY

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day < self.to_on


def next_closing(day: date, statement_day: int) -> date:
    """Return the first closing date on or after ``day``. Raises ``Invalid`` outside 1 to 28."""
    check_statement_day(statement_day)
    if day.day <= statement_day:
        return day.replace(day=statement_day)
    return month_later(day.replace(day=1)).replace(day=statement_day)


def previous_closing(day: date, statement_day: int) -> date:
    """Return the last closing date before ``day``. Raises ``Invalid`` outside 1 to 28."""
    check_statement_day(statement_day)
    if day.day > statement_day:
        return day.replace(day=statement_day)
    return (day.replace(day=1) - _DAY).replace(day=statement_day)


def period_closing(closing_on: date, statement_day: int) -> Period:
    """Return the period whose statement is dated ``closing_on``."""
    return Period(previous_closing(closing_on, statement_day) + _DAY, closing_on + _DAY)


def due_date(closing_on: date, due_days: int) -> date:
    """Return the last day on which a payment is in time, grace not counted."""
    return closing_on + timedelta(days=due_days)


def month_later(first_of_month: date) -> date:
    """Return the first day of the month after."""
    return (first_of_month + timedelta(days=31)).replace(day=1)


def year_later(day: date, years: int) -> date:
    """Return the same day ``years`` on; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
