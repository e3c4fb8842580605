"""What a corrective action changed: complaints of its cause a week, before and after (row C5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Effect:
    """Complaints a week. Without a whole week after, nothing can be said: ``after`` is ``None``."""

    before: float
    after: float | None
    weeks_before: int
    weeks_after: int


def effect_of(days: Sequence[date], *, done_on: date, today: date, weeks: int) -> Effect:
    """Count whole weeks on both sides of the day on which it was done, at most ``weeks`` each.

    ``days``: those on which complaints of the cause came. The day itself belongs to neither side's
    past: week 1 after begins with it. Weeks that are not over yet are not counted.
    """
    after = min(weeks, max(0, (today - done_on).days // _WEEK))
    first = [day for day in days if 0 < (done_on - day).days <= weeks * _WEEK]
    then = [day for day in days if 0 <= (day - done_on).days < after * _WEEK]
    return Effect(
        before=round(len(first) / weeks, 2),
        after=round(len(then) / after, 2) if after else None,
        weeks_before=weeks,
        weeks_after=after,
    )


@dataclass(frozen=True, slots=True)
class Pareto:
    """One cause, how often it came, and the share of it with all that came more often."""

    code: str
    count: int
    cumulative: float


def pareto(counts: Mapping[str, int]) -> tuple[Pareto, ...]:
    """Order causes by how often they came; shares are of all namings, in ``(0, 1]``."""
    total = sum(counts.values())
    found, so_far = [], 0
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count > 0:
            so_far += count
            found.append(Pareto(code, count, round(so_far / total, 4)))
    return tuple(found)
