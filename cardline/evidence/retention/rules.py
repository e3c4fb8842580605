"""How long a thing is kept, and whether it may be erased (row F3). Pure: time is an argument.

A thing may belong to several classes: a collection call that became a complaint is kept for all of
them, and the longest counts. A hold counts for ever. What has no reason at all is kept: nothing is
erased because nobody said why it is there.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

from cardline.core.home import home
from cardline.core.policy import AreaPolicy, Number, PolicyError
from cardline.core.verdict import Reason, Verdict, judge
from cardline.evidence.retention.model import (
    Event,
    Hold,
    Keeping,
    Kept,
    Period,
    RetentionClass,
    RetentionPolicy,
    Thing,
)

_PERIOD = re.compile(r"(\d+) (years?|days?)")


def retention_policy(area: AreaPolicy) -> RetentionPolicy:
    """Read the pack's ``retention`` area. Raises :class:`PolicyError` with the entry at fault."""
    classes = {
        key: _class(area, number)
        for key, number in area.numbers.items()
        if isinstance(number.value, dict)
    }
    begins, ends = area.integer("sweep_from_hour"), area.integer("sweep_until_hour")
    if not 0 <= begins < ends <= 24:
        raise PolicyError(f"pack {area.pack}: retention.sweep_until_hour must be after the other")
    return RetentionPolicy(
        version=area.version,
        classes=classes,
        request_waits=Period(days=area.integer("request_waits_days")),
        sweep_from=begins,
        sweep_until=ends,
        at_once=area.integer("at_once"),
    )


def after(at: datetime, period: Period) -> datetime:
    """Return the end of a period by the bank's calendar; never earlier than the law counts.

    29 February plus a year is 1 March: the whole year has passed then.
    """
    local = at.astimezone(home().zone)
    year = local.year + period.years
    try:
        local = local.replace(year=year)
    except ValueError:
        local = local.replace(year=year, month=3, day=1)
    return (local + timedelta(days=period.days)).astimezone(UTC)


def before(now: datetime, period: Period) -> datetime:
    """Return a time before which everything began whose period is over; rather too late.

    For narrowing a search: what is found is judged by :func:`may_erase`.
    """
    return now - timedelta(days=365 * period.years + period.days)


def keep_until(
    thing: Thing, policy: RetentionPolicy, holds: Iterable[Hold], *, asked: bool = False
) -> Keeping:
    """Return everything that keeps a thing. ``asked``: its holder asks for erasure (PIPL 47)."""
    reasons = [_kept(event, policy, asked=asked) for event in thing.events]
    reasons += [
        Kept("legal-hold", f"hold {hold.id}: {hold.reason}", None)
        for hold in holds
        if hold.lifted_at is None and hold.subject in thing.subjects
    ]
    if not thing.events:
        reasons.append(Kept("no-class", "retention: it belongs to no class", None))
    return Keeping(tuple(reasons))


def may_erase(keeping: Keeping, policy: RetentionPolicy, *, now: datetime) -> Verdict:
    """Say whether a thing may be erased now; every reason that still keeps it refuses."""
    still = (one for one in keeping.reasons if one.until is None or now < one.until)
    return judge(policy.version, (Reason(one.code, one.source, one.until) for one in still))


def may_lift(hold: Hold, by: str, policy: RetentionPolicy) -> Verdict:
    """Four eyes: a hold is lifted by another person than the one who asked for it."""
    source = "retention: a hold is lifted by two"
    return judge(
        policy.version,
        (
            Reason("hold-lifted", source) if hold.lifted_at is not None else None,
            Reason("lift-not-asked", source) if hold.lift_asked_by is None else None,
            Reason("same-person", source) if hold.lift_asked_by == by else None,
        ),
    )


def _kept(event: Event, policy: RetentionPolicy, *, asked: bool) -> Kept:
    cls = policy.classes.get(event.cls)
    if cls is None:
        return Kept("no-class", f"retention.{event.cls}: not in the pack", None)
    source = f"retention.{cls.name}: {cls.source}"
    if event.at is None:
        return Kept(f"kept-{cls.name}", source, None)
    return Kept(f"kept-{cls.name}", source, after(event.at, cls.asked if asked else cls.keep))


def _class(area: AreaPolicy, number: Number) -> RetentionClass:
    value = cast(dict[str, object], number.value)
    if value.keys() != {"keep", "asked"}:
        raise PolicyError(f"pack {area.pack}: retention.{number.key} needs keep and asked")
    keep, asked = (_period(area, number.key, value[name]) for name in ("keep", "asked"))
    if (asked.years, asked.days) > (keep.years, keep.days):
        raise PolicyError(f"pack {area.pack}: retention.{number.key}: asked is longer than keep")
    return RetentionClass(number.key, keep, asked, number.unit, number.source, number.kind)


def _period(area: AreaPolicy, key: str, written: object) -> Period:
    found = _PERIOD.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise PolicyError(f'pack {area.pack}: retention.{key}: a period like "3 years", "90 days"')
    count = int(found.group(1))
    return Period(years=count) if found.group(2).startswith("year") else Period(days=count)
