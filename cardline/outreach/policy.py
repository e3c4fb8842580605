"""The numbers of the contact gate as types, checked on loading."""

from datetime import time, timedelta

from cardline.core.calendar import work_calendar
from cardline.core.policy import AreaPolicy, PolicyError
from cardline.outreach.model import (
    NO_CAPS,
    Attempts,
    BlockKind,
    Caps,
    Channel,
    ContactPolicy,
    Hours,
    Purpose,
)
from cardline.outreach.rules.openings import WINDOWS

_READ_DAYS = max(WINDOWS)
"""Contacts further back are not read: a longer limit would not be kept, and nobody would notice."""

_TOGETHER = {
    Purpose.MARKETING: frozenset({Purpose.MARKETING, Purpose.SURVEY}),
    Purpose.SURVEY: frozenset({Purpose.MARKETING, Purpose.SURVEY}),
    Purpose.SERVICE: frozenset({Purpose.SERVICE, Purpose.REMINDER}),
    Purpose.REMINDER: frozenset({Purpose.SERVICE, Purpose.REMINDER}),
}


def contact_policy(area: AreaPolicy) -> ContactPolicy:
    """Read the pack's ``outreach`` area.

    Security has neither hours nor caps, whatever the pack says, and nothing but a wrong number
    stops it. Raises :class:`PolicyError` for hours that are empty, caps that shrink with the
    window, and words that are no purpose or channel.
    """
    limited = tuple(purpose for purpose in Purpose if purpose is not Purpose.SECURITY)
    kinds = tuple(kind for kind in BlockKind if kind is not BlockKind.WRONG_NUMBER)
    return ContactPolicy(
        version=area.version,
        needs_consent=frozenset(_purpose(area, word) for word in area.texts("needs_consent")),
        hours={purpose: _hours(area, purpose) for purpose in limited},
        caps={purpose: _caps(area, f"{purpose.value}_caps") for purpose in limited},
        shares_caps=_TOGETHER,
        calendar=work_calendar(area),
        answers_per_day=area.integer("answers_per_day"),
        total_caps=_caps(area, "total_caps") if "total_caps" in area.numbers else NO_CAPS,
        attempts=dict(_attempts(area, limited)),
        stops={kind: _stops(area, f"{kind.value}_stops") for kind in kinds},
        any_hour=frozenset(_channel(area, word) for word in area.texts("any_hour_channels")),
        number_age_for=frozenset(_purpose(area, word) for word in area.texts("number_age_for")),
        number_known=area.days("number_known_days"),
        number_confirmed=area.days("number_confirmed_days"),
        abandoned_rest=_read(area, "abandoned_rest_hours", area.hours("abandoned_rest_hours")),
        scrub=_maybe_days(area, "scrub_days"),
        wish_hours=area.hours("wish_hours_least"),
    )


def _hours(area: AreaPolicy, purpose: Purpose) -> Hours:
    opens = area.clock_time(f"{purpose.value}_opens")
    closes = area.clock_time(f"{purpose.value}_closes")
    if not time(0) <= opens < closes:
        raise PolicyError(f"pack {area.pack}: outreach.{purpose.value} closes before it opens")
    days = []
    for name in ("on_holidays", "on_weekends"):
        value = area.numbers[f"{purpose.value}_{name}"].value
        if not isinstance(value, bool):
            raise PolicyError(f"pack {area.pack}: outreach.{purpose.value}_{name} is true or false")
        days.append(value)
    on_holidays, on_weekends = days
    return Hours(opens, closes, on_holidays, on_weekends)


def _caps(area: AreaPolicy, key: str) -> Caps:
    numbers = _integers(area, key, least=1, most=3)
    if numbers != sorted(numbers):
        raise PolicyError(f"pack {area.pack}: outreach.{key} must not shrink")
    day, week, month = (*numbers, None, None)[:3]
    return Caps(day, week, month)


def _attempts(area: AreaPolicy, purposes: tuple[Purpose, ...]) -> list[tuple[Purpose, Attempts]]:
    found = []
    for purpose in purposes:
        name = purpose.value
        tries = f"{name}_tries"
        most, days = _integers(area, tries, least=2, most=2) if tries in area.numbers else (None, 1)
        limits = Attempts(
            answered_day=_maybe(area, f"{name}_answered_per_day"),
            unanswered_day=_maybe(area, f"{name}_unanswered_per_day"),
            tries=most,
            tries_days=days or 1,
            rest_days=_maybe(area, f"{name}_rest_after_talk_days"),
        )
        if max(limits.tries_days, limits.rest_days or 0) > _READ_DAYS:
            raise PolicyError(
                f"pack {area.pack}: outreach.{name}: at most {_READ_DAYS} days are looked back"
            )
        if limits != Attempts():
            found.append((purpose, limits))
    return found


def _stops(area: AreaPolicy, key: str) -> frozenset[tuple[Purpose, Channel]]:
    """Read words like ``marketing`` (by every channel) or ``collection/call``."""
    stopped: set[tuple[Purpose, Channel]] = set()
    for word in area.texts(key):
        name, slash, channel = word.partition("/")
        channels = [_channel(area, channel)] if slash else list(Channel)
        purpose = _purpose(area, name)
        if purpose is Purpose.SECURITY:
            raise PolicyError(f"pack {area.pack}: outreach.{key}: nothing stops what protects")
        stopped |= {(purpose, one) for one in channels}
    return frozenset(stopped)


def _read(area: AreaPolicy, key: str, length: timedelta) -> timedelta:
    if length > timedelta(days=_READ_DAYS):
        raise PolicyError(
            f"pack {area.pack}: outreach.{key}: at most {_READ_DAYS} days are looked back"
        )
    return length


def _integers(area: AreaPolicy, key: str, *, least: int, most: int) -> list[int]:
    value = area.numbers[key].value if key in area.numbers else None
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise PolicyError(f"pack {area.pack}: outreach.{key} must be {least} to {most} numbers")
    numbers = [number for number in value if isinstance(number, int)]
    if len(numbers) != len(value) or min(numbers) < 1:
        raise PolicyError(f"pack {area.pack}: outreach.{key} must be numbers from 1 on")
    return numbers


def _maybe(area: AreaPolicy, key: str) -> int | None:
    return area.integer(key) if key in area.numbers else None


def _maybe_days(area: AreaPolicy, key: str) -> timedelta | None:
    return area.days(key) if key in area.numbers else None


def _purpose(area: AreaPolicy, word: str) -> Purpose:
    if word not in list(Purpose):
        raise PolicyError(f"pack {area.pack}: outreach: {word!r} is no purpose")
    return Purpose(word)


def _channel(area: AreaPolicy, word: str) -> Channel:
    if word not in list(Channel):
        raise PolicyError(f"pack {area.pack}: outreach: {word!r} is no channel")
    return Channel(word)
