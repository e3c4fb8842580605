"""May we contact this person, now, this way, for this? Fails towards silence (rows D1, D2)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from cardline.core.verdict import Reason, Verdict, judge
from cardline.outreach.model import (
    BlockKind,
    Contact,
    ContactPolicy,
    Hours,
    Purpose,
    Recipient,
)

_SEARCHED_DAYS = 400


def may_contact(
    contact: Contact, recipient: Recipient, policy: ContactPolicy, *, now: datetime
) -> Verdict:
    """Decide about one contact; all reasons, each with its end where it has one.

    An answer (``contact.solicited``) keeps no hours and no caps and may go to an unknown number,
    but it never carries marketing or a survey. Reasons: ``recipient-unknown``, ``wrong-number``,
    ``no-contact``, ``consent-missing``, ``consent-withdrawn``, ``quiet-hours``,
    ``public-holiday``, ``holidays-unknown``, ``cap-day``, ``cap-week``, ``cap-month``.
    """
    findings = chain(
        _known(contact, recipient),
        _not_blocked(contact, recipient, now),
        _consented(contact, recipient, policy, now),
        _within_hours(contact, recipient, policy, now),
        _under_caps(contact, recipient, policy, now),
    )
    return judge(policy.version, findings)


def next_opening(hours: Hours, zone: ZoneInfo, policy: ContactPolicy, *, at: datetime) -> datetime:
    """Return the first instant from ``at`` on at which ``hours`` are open; ``at`` where they are.

    Raises ``ValueError`` where the calendar knows no such day within 400 days.
    """
    local = at.astimezone(zone)
    for ahead in range(_SEARCHED_DAYS):
        day = local.date() + timedelta(days=ahead)
        if not _works(day, hours, policy):
            continue
        # An opening that a change of the clocks skips is read with the offset before the change:
        # the instant just after the gap.
        opens = datetime.combine(day, hours.opens, zone).astimezone(UTC)
        if opens > at:
            return opens
        if local.date() == day and _open_at(local.time(), hours):
            return at
    raise ValueError("no day of the calendar is open")


def _known(contact: Contact, recipient: Recipient) -> Iterator[Reason]:
    if not recipient.known and not _is_answer(contact):
        yield Reason("recipient-unknown", "outreach: unknown means no")


def _not_blocked(contact: Contact, recipient: Recipient, now: datetime) -> Iterator[Reason]:
    for block in recipient.blocks:
        if not block.since <= now or (block.until is not None and now >= block.until):
            continue
        if block.kind is BlockKind.WRONG_NUMBER:
            yield Reason("wrong-number", "outreach: the number is somebody else's", block.until)
        elif contact.purpose is not Purpose.SECURITY and not _is_answer(contact):
            yield Reason("no-contact", "MISSION.md D5: reject list", block.until)


def _consented(
    contact: Contact, recipient: Recipient, policy: ContactPolicy, now: datetime
) -> Iterator[Reason]:
    if contact.purpose not in policy.needs_consent:
        return
    withdrawn = max(
        (one.at for one in recipient.withdrawals if one.purpose is contact.purpose), default=None
    )
    holds = any(
        consent.purpose is contact.purpose
        and consent.channel is contact.channel
        and consent.since <= now
        and (consent.until is None or now < consent.until)
        and (withdrawn is None or withdrawn < consent.since)
        for consent in recipient.consents
    )
    if not holds:
        code = "consent-missing" if withdrawn is None else "consent-withdrawn"
        yield Reason(code, "outreach.needs_consent")


def _within_hours(
    contact: Contact, recipient: Recipient, policy: ContactPolicy, now: datetime
) -> Iterator[Reason]:
    hours = policy.hours.get(contact.purpose)
    if hours is None or _is_answer(contact):
        return
    local = now.astimezone(recipient.zone)
    if not hours.on_holidays and local.year not in policy.holiday_years:
        yield Reason("holidays-unknown", "outreach.holidays")
        return
    if not hours.on_holidays and local.date() in policy.holidays:
        until = _opening(hours, recipient, policy, now)
        yield Reason("public-holiday", "outreach.holidays", until)
    elif not _open_at(local.time(), hours):
        until = _opening(hours, recipient, policy, now)
        yield Reason("quiet-hours", f"outreach.{contact.purpose.value}_opens", until)


def _under_caps(
    contact: Contact, recipient: Recipient, policy: ContactPolicy, now: datetime
) -> Iterator[Reason]:
    caps = policy.caps.get(contact.purpose)
    if caps is None or _is_answer(contact):
        return
    today = now.astimezone(recipient.zone).date()
    counted = policy.shares_caps.get(contact.purpose, frozenset({contact.purpose}))
    days = sorted(
        past.at.astimezone(recipient.zone).date()
        for past in recipient.past
        if past.purpose in counted and past.at <= now
    )
    for name, most, window in (
        ("day", caps.day, 1),
        ("week", caps.week, 7),
        ("month", caps.month, 30),
    ):
        inside = [day for day in days if day > today - timedelta(days=window)]
        if most is None or len(inside) < most:
            continue
        frees = inside[len(inside) - most] + timedelta(days=window)
        midnight = datetime.combine(frees, time(0), recipient.zone).astimezone(UTC)
        hours = policy.hours.get(contact.purpose)
        until = _opening(hours, recipient, policy, midnight) if hours else midnight
        yield Reason(f"cap-{name}", f"outreach.{contact.purpose.value}_caps", until)


def _is_answer(contact: Contact) -> bool:
    return contact.solicited and contact.purpose in (Purpose.SERVICE, Purpose.SECURITY)


def _open_at(wall: time, hours: Hours) -> bool:
    return hours.opens <= wall < hours.closes


def _works(day: date, hours: Hours, policy: ContactPolicy) -> bool:
    return hours.on_holidays or (day.year in policy.holiday_years and day not in policy.holidays)


def _opening(
    hours: Hours, recipient: Recipient, policy: ContactPolicy, at: datetime
) -> datetime | None:
    try:
        return next_opening(hours, recipient.zone, policy, at=at)
    except ValueError:
        return None
