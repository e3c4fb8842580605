"""The numbers of the contact gate as types, checked on loading."""

from datetime import time

from cardline.core.calendar import work_calendar
from cardline.core.policy import AreaPolicy, PolicyError
from cardline.outreach.model import Caps, ContactPolicy, Hours, Purpose

_TOGETHER = {
    Purpose.MARKETING: frozenset({Purpose.MARKETING, Purpose.SURVEY}),
    Purpose.SURVEY: frozenset({Purpose.MARKETING, Purpose.SURVEY}),
    Purpose.SERVICE: frozenset({Purpose.SERVICE, Purpose.REMINDER}),
    Purpose.REMINDER: frozenset({Purpose.SERVICE, Purpose.REMINDER}),
}


def contact_policy(area: AreaPolicy) -> ContactPolicy:
    """Read the pack's ``outreach`` area.

    Security has neither hours nor caps, whatever the pack says. Raises :class:`PolicyError` for
    hours that are empty, or caps that shrink with the window.
    """
    limited = tuple(purpose for purpose in Purpose if purpose is not Purpose.SECURITY)
    calendar = work_calendar(area)
    return ContactPolicy(
        version=area.version,
        needs_consent=frozenset(Purpose(word) for word in area.texts("needs_consent")),
        hours={purpose: _hours(area, purpose) for purpose in limited},
        caps={purpose: _caps(area, purpose) for purpose in limited},
        shares_caps=_TOGETHER,
        holidays=calendar.holidays,
        holiday_years=calendar.years,
        answers_per_day=area.integer("answers_per_day"),
    )


def _hours(area: AreaPolicy, purpose: Purpose) -> Hours:
    opens = area.clock_time(f"{purpose.value}_opens")
    closes = area.clock_time(f"{purpose.value}_closes")
    if not time(0) <= opens < closes:
        raise PolicyError(f"pack {area.pack}: outreach.{purpose.value} closes before it opens")
    on_holidays = area.numbers[f"{purpose.value}_on_holidays"].value
    return Hours(opens, closes, on_holidays is True)


def _caps(area: AreaPolicy, purpose: Purpose) -> Caps:
    value = area.numbers[f"{purpose.value}_caps"].value
    if not isinstance(value, list) or not 1 <= len(value) <= 3:
        raise PolicyError(f"pack {area.pack}: outreach.{purpose.value}_caps must be 1 to 3 numbers")
    numbers = [number for number in value if isinstance(number, int)]
    if len(numbers) != len(value) or numbers != sorted(numbers) or min(numbers) < 1:
        raise PolicyError(f"pack {area.pack}: outreach.{purpose.value}_caps must not shrink")
    day, week, month = (*numbers, None, None)[:3]
    return Caps(day, week, month)
