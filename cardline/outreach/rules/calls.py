"""Limits of calls: answered, unanswered, tries, rest after a talk and after an abandoned call."""

from collections.abc import Iterator
from datetime import datetime

from cardline.core.calendar import DAY
from cardline.core.verdict import Reason
from cardline.outreach.model import Attempts, Channel, Outcome, Past, Purpose
from cardline.outreach.rules.case import Case
from cardline.outreach.rules.counting import frees_on
from cardline.outreach.rules.openings import begins

_HEARD = (Outcome.ANSWERED, Outcome.ABANDONED)


def within_attempts(case: Case) -> Iterator[Reason]:
    """Find what stands against one call more (GB/T 45251, CBA; row D1).

    A call whose outcome is not known yet counts as answered and as unanswered: two calls on their
    way at once cannot both be the last that is allowed.
    """
    if case.contact.channel is not Channel.CALL:
        return
    calls = [one for one in case.recipient.past if one.channel is Channel.CALL]
    if not calls:
        return
    yield from _after_abandoned(case, calls)
    limits = case.policy.attempts.get(case.contact.purpose)
    if limits is not None:
        same = [one for one in calls if one.purpose is case.contact.purpose]
        yield from _limited(case, same, limits)


def _limited(case: Case, calls: list[Past], limits: Attempts) -> Iterator[Reason]:
    purpose = case.contact.purpose.value
    today = begins(case.today, case.recipient.zone)
    now = [one for one in calls if one.at >= today]
    if limits.answered_day is not None:
        answered = sum(one.outcome is not Outcome.UNANSWERED for one in now)
        if answered >= limits.answered_day:
            source = f"outreach.{purpose}_answered_per_day"
            yield Reason("answered-today", source, _tomorrow(case))
    if limits.unanswered_day is not None:
        unanswered = sum(one.here and one.outcome not in _HEARD for one in now)
        if unanswered >= limits.unanswered_day:
            source = f"outreach.{purpose}_unanswered_per_day"
            yield Reason("unanswered-today", source, _tomorrow(case))
    if limits.tries is not None:
        yield from _tries(case, calls, limits.tries, limits.tries_days)
    if limits.rest_days is not None:
        talks = [one.at for one in calls if one.outcome is not Outcome.UNANSWERED]
        if talks:
            last = max(talks).astimezone(case.recipient.zone).date()
            ends = begins(last + DAY * limits.rest_days, case.recipient.zone)
            if ends > case.now:
                source = f"outreach.{purpose}_rest_after_talk_days"
                yield Reason("rest-after-talk", source, case.opening(ends))


def _tries(case: Case, calls: list[Past], most: int, days: int) -> Iterator[Reason]:
    zone = case.recipient.zone
    since = begins(case.today - DAY * (days - 1), zone)
    tried = [one.at for one in calls if one.at >= since]
    if len(tried) >= most:
        frees = begins(frees_on(tried, most, days, zone), zone)
        source = f"outreach.{case.contact.purpose.value}_tries"
        yield Reason("tries-spent", source, case.opening(frees))


def _after_abandoned(case: Case, calls: list[Past]) -> Iterator[Reason]:
    if case.contact.agent_held or case.contact.purpose is Purpose.SECURITY:
        return
    abandoned = [one.at for one in calls if one.outcome is Outcome.ABANDONED]
    if not abandoned:
        return
    ends = max(abandoned) + case.policy.abandoned_rest
    if ends > case.now:
        source = "outreach.abandoned_rest_hours"
        yield Reason("rest-after-abandoned", source, case.opening(ends))


def _tomorrow(case: Case) -> datetime | None:
    return case.opening(begins(case.today + DAY, case.recipient.zone))
