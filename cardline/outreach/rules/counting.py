"""Caps: how often a person was contacted in a day, a week, a month of their zone (row D1)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cardline.core.calendar import DAY
from cardline.core.verdict import Reason
from cardline.outreach.model import Caps, Channel, ContactPolicy, Purpose
from cardline.outreach.rules.case import Case
from cardline.outreach.rules.openings import WINDOWS, begins, windows

UNCOUNTED = frozenset({Purpose.SECURITY, Purpose.COLLECTION})
"""Not counted in total, nor by the holder's own frequency: protection, and what law limits."""

_NAMES = ("day", "week", "month")


def under_caps(case: Case) -> Iterator[Reason]:
    """Find the caps that are reached, each with the opening of the day on which it frees.

    Calls for a purpose that has limits of attempts are counted by those instead.
    """
    contact, recipient, policy = case.contact, case.recipient, case.policy
    # A contact that lies ahead counts too: a worker whose clock was behind waited for the lock.
    past = recipient.past
    caps = policy.caps.get(contact.purpose)
    if caps is not None and not by_attempts(contact.purpose, contact.channel, policy):
        together = policy.shares_caps.get(contact.purpose) or (contact.purpose,)
        times = [
            one.at
            for one in past
            if one.purpose in together and not by_attempts(one.purpose, one.channel, policy)
        ]
        source = f"outreach.{contact.purpose.value}_caps"
        yield from _reached(times, caps, case, "cap", source)
    if contact.purpose in UNCOUNTED:
        return
    wishes = recipient.wishes
    total = [one.at for one in past if one.purpose not in UNCOUNTED]
    yield from _reached(total, policy.total_caps, case, "cap-total", "outreach.total_caps")
    if wishes.most_week or wishes.most_month:
        own = Caps(None, wishes.most_week, wishes.most_month)
        yield from _reached(total, own, case, "wish", "MISSION.md D5: how often")


def by_attempts(purpose: Purpose, channel: Channel, policy: ContactPolicy) -> bool:
    """True for a contact that limits of call attempts count, and caps do not."""
    return channel is Channel.CALL and purpose in policy.attempts


def frees_on(times: Sequence[datetime], most: int, days: int, zone: ZoneInfo) -> date:
    """Return the day on which one of ``most`` places in a window of so many days is free again."""
    last = sorted(times)[len(times) - most]
    return last.astimezone(zone).date() + DAY * days


def _reached(
    times: Sequence[datetime], caps: Caps, case: Case, code: str, source: str
) -> Iterator[Reason]:
    if not times:
        return
    zone = case.recipient.zone
    starts = windows(zone, case.today)
    mosts = (caps.day, caps.week, caps.month)
    for name, most, start, days in zip(_NAMES, mosts, starts, WINDOWS, strict=True):
        if most is None or len(times) < most:
            continue
        inside = [at for at in times if at >= start]
        if len(inside) >= most:
            frees = begins(frees_on(inside, most, days, zone), zone)
            yield Reason(f"{code}-{name}", source, case.opening(frees))
