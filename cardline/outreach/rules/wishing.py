"""What a holder may set about being contacted (row D5)."""

from datetime import date, datetime

from cardline.core.verdict import Reason, Verdict, judge
from cardline.outreach.model import ContactPolicy, Purpose, Wishes

_ANY_DAY = date(2000, 1, 1)


def may_wish(wished: Wishes, policy: ContactPolicy) -> Verdict:
    """Say whether wishes can be kept; all reasons.

    Reasons: ``protection-stays``, ``hours-too-short``, ``no-day-left``. What is owed must stay
    sayable: hours shorter than the pack's least, or no day at all, would end it by the back door.
    """
    return judge(
        policy.version,
        (_protected(wished), _long_enough(wished, policy), _some_day(wished)),
    )


def _protected(wished: Wishes) -> Reason | None:
    if Purpose.SECURITY in wished.kinds_off:
        return Reason("protection-stays", "MISSION.md: the holder is safe")
    return None


def _long_enough(wished: Wishes, policy: ContactPolicy) -> Reason | None:
    limits = list(policy.hours.values())
    opens = wished.opens or min(hours.opens for hours in limits)
    closes = wished.closes or max(hours.closes for hours in limits)
    length = datetime.combine(_ANY_DAY, closes) - datetime.combine(_ANY_DAY, opens)
    if length < policy.wish_hours:
        return Reason("hours-too-short", "outreach.wish_hours_least")
    return None


def _some_day(wished: Wishes) -> Reason | None:
    if len(wished.days_off) > 6:
        return Reason("no-day-left", "MISSION.md D5: which hours")
    return None
