"""Reports of complaints: the year, causes over time, what a regulator gets. They only read.

None of them counts by person: how many complaints somebody drew is no target (PBC5 11).
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from cardline.complaints import cause_store as store
from cardline.complaints.cause_store import CaseFacts
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.rules.counting import day_at
from cardline.complaints.rules.effects import pareto
from cardline.core.errors import Invalid
from cardline.core.transaction import JsonObject, Transaction

COLUMNS = (
    *("reference", "received_on", "door", "outside_reference", "people", "product", "issue"),
    *("severity", "subjects", "causes", "state", "refusal", "outcome", "reexamined"),
    *("answered_on", "due_on", "in_time", "days", "compensation", "currency", "satisfied"),
    "closed_on",
)
"""What the regulator's export holds of each complaint; nothing of whoever complained."""
_LONGEST = timedelta(days=1100)


async def year_report(
    tx: Transaction, year: int, *, config: ComplaintConfig, at: datetime
) -> JsonObject:
    """Return the yearly report: how many, from where, of what, how well, and what was done."""
    since, until = _year(year, config)
    facts = await store.facts(tx, since=since, until=until)
    answered = [one for one in facts if one.answered_at is not None]
    in_time = [one for one in answered if _in_time(one)]
    late = [one for one in facts if one.answered_at is None and _overdue(one, at)]
    said = [one.satisfied for one in facts if one.satisfied is not None]
    again = [one for one in facts if one.round > 1]
    causes = Counter(cause for one in facts for cause in one.causes)
    return {
        "year": year,
        "until": at.isoformat() if at < until else None,
        "received": len(facts),
        "open": sum(one.closed_at is None for one in facts),
        "people": sum(one.people for one in facts),
        "by_month": _counted(
            facts, lambda one: f"{day_at(one.received_at, config.policy.zone):%m}"
        ),
        "by_door": _counted(facts, lambda one: one.door),
        "by_product": _counted(facts, lambda one: one.product or "unclassified"),
        "by_issue": _counted(facts, lambda one: one.issue or "unclassified"),
        "by_severity": _counted(facts, lambda one: one.severity or "unclassified"),
        "by_outcome": _counted(
            [one for one in facts if one.outcome], lambda one: one.outcome or ""
        ),
        "refused": _counted([one for one in facts if one.refusal], lambda one: one.refusal),
        "withdrawn": sum(one.state == "withdrawn" for one in facts),
        "answered": len(answered),
        "answered_in_time": len(in_time),
        "share_in_time": _share(len(in_time), len(answered)),
        "unanswered_overdue": len(late),
        "mean_days": _mean([_days(one, config) for one in answered]),
        "reexaminations": len(again),
        "changed_by_reexamination": sum(
            one.second_outcome is not None and one.second_outcome != one.outcome for one in again
        ),
        "compensation_fen": sum(one.paid for one in facts),
        "currency": config.policy.currency,
        "asked_and_said": len(said),
        "satisfied": sum(said),
        "share_satisfied": _share(sum(said), len(said)),
        "causes": [
            {
                "code": one.code,
                "zh": config.causes.words[one.code].zh if one.code in config.causes.words else "",
                "en": config.causes.words[one.code].en if one.code in config.causes.words else "",
                "count": one.count,
                "cumulative": one.cumulative,
            }
            for one in pareto(causes)
        ],
        "correctives": [
            {
                "cause": one.cause,
                "what": one.what,
                "due_on": one.due_on.isoformat(),
                "done_on": one.done_on.isoformat() if one.done_on else None,
            }
            for one in await store.correctives(tx)
            if since.date() <= one.opened_at.astimezone(config.policy.zone).date() < until.date()
        ],
    }


async def trend(
    tx: Transaction, *, since: date, until: date, config: ComplaintConfig
) -> JsonObject:
    """Return complaints a week by cause, ``[since, until)``, and the Pareto order of causes."""
    if not since < until or until - since > _LONGEST:
        raise Invalid("a trend goes from a day to a later one, at most three years on")
    zone = config.policy.zone
    rows = await store.weekly(
        tx,
        since=datetime.combine(since, time(0), zone),
        until=datetime.combine(until, time(0), zone),
        zone=zone.key,
    )
    causes: Counter[str] = Counter()
    for _, cause, count in rows:
        if cause:
            causes[cause] += count
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "weeks": [
            {"week": week.isoformat(), "cause": cause or None, "count": count}
            for week, cause, count in rows
        ],
        "pareto": [
            {"code": one.code, "count": one.count, "cumulative": one.cumulative}
            for one in pareto(causes)
        ],
    }


async def export(
    tx: Transaction, year: int, *, config: ComplaintConfig
) -> list[dict[str, str | int | bool | None]]:
    """Return what a regulator gets: one row a complaint, without whoever complained."""
    since, until = _year(year, config)
    zone = config.policy.zone
    return [
        {
            "reference": one.id,
            "received_on": day_at(one.received_at, zone).isoformat(),
            "door": one.door,
            "outside_reference": one.outside_reference,
            "people": one.people,
            "product": one.product,
            "issue": one.issue,
            "severity": one.severity,
            "subjects": " ".join(one.subjects),
            "causes": " ".join(one.causes),
            "state": one.state,
            "refusal": one.refusal,
            "outcome": one.second_outcome or one.outcome,
            "reexamined": one.round > 1,
            "answered_on": day_at(one.answered_at, zone).isoformat() if one.answered_at else None,
            "due_on": day_at(one.answer_due_at - timedelta(microseconds=1), zone).isoformat()
            if one.answer_due_at
            else None,
            "in_time": _in_time(one) if one.answered_at else None,
            "days": _days(one, config) if one.answered_at else None,
            "compensation": f"{Decimal(one.paid) / 100:.2f}",
            "currency": config.policy.currency,
            "satisfied": one.satisfied,
            "closed_on": day_at(one.closed_at, zone).isoformat() if one.closed_at else None,
        }
        for one in await store.facts(tx, since=since, until=until)
    ]


def as_json(rows: Sequence[dict[str, str | int | bool | None]]) -> str:
    """Write an export as JSON."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1)


def _year(year: int, config: ComplaintConfig) -> tuple[datetime, datetime]:
    if not 2000 <= year <= 2100:
        raise Invalid("a year from 2000 to 2100")
    zone = config.policy.zone
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def _in_time(one: CaseFacts) -> bool:
    return (
        one.answered_at is not None
        and one.answer_due_at is not None
        and one.answered_at < one.answer_due_at
    )


def _overdue(one: CaseFacts, at: datetime) -> bool:
    return one.closed_at is None and one.answer_due_at is not None and at >= one.answer_due_at


def _days(one: CaseFacts, config: ComplaintConfig) -> int:
    assert one.answered_at is not None
    zone = config.policy.zone
    return (day_at(one.answered_at, zone) - day_at(one.received_at, zone)).days


def _counted(facts: Sequence[CaseFacts], key: Callable[[CaseFacts], str]) -> dict[str, int]:
    return dict(sorted(Counter(key(one) for one in facts).items()))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _mean(values: Sequence[int]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def _month(one: CaseFacts, config: ComplaintConfig) -> str:
    return f"{day_at(one.received_at, config.policy.zone):%m}"
