"""How long what is kept: holds win, nothing goes early, nothing stays long after."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.core.clock import SHANGHAI
from cardline.core.ids import HolderId
from cardline.core.policy import AreaPolicy, Number, PolicyError, load_area
from cardline.core.verdict import RuleVersion
from cardline.evidence.retention.model import Event, Hold, Period, Subject, Thing
from cardline.evidence.retention.rules import (
    after,
    before,
    keep_until,
    may_erase,
    may_lift,
    retention_policy,
)

POLICY = retention_policy(load_area("retention"))
CLASSES = sorted(POLICY.classes)
AT = datetime(2026, 11, 27, 4, tzinfo=UTC)
SUBJECTS: tuple[Subject, ...] = (("holder", "h1"), ("complaint", "q1"), ("interaction", "i1"))

times = st.datetimes(datetime(2015, 1, 1), datetime(2040, 12, 31)).map(
    lambda at: at.replace(tzinfo=UTC)
)
events = st.lists(st.builds(Event, st.sampled_from(CLASSES), times), min_size=1, max_size=4)


def thing(*events: Event, subjects: tuple[Subject, ...] = SUBJECTS) -> Thing:
    return Thing("recording", "c1", HolderId("h1"), "i1", events, frozenset(subjects))


def hold(subject: Subject, *, lifted: bool = False) -> Hold:
    return Hold("lh1", subject, "诉讼", "7004", AT, lifted_at=AT if lifted else None)


def years_later(at: datetime, years: int) -> datetime:
    """The same day years later, counted by hand."""
    local = at.astimezone(SHANGHAI)
    day = local.date()
    end = (
        date(day.year + years, 3, 1)
        if (day.month, day.day) == (2, 29) and not _leap(day.year + years)
        else date(day.year + years, day.month, day.day)
    )
    return datetime.combine(end, local.timetz()).astimezone(UTC)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def test_a_recording_of_an_ordinary_call_is_kept_for_three_years_by_the_calendar() -> None:
    ended = datetime(2024, 2, 28, 18, tzinfo=UTC)  # 29 February in Shanghai
    keeping = keep_until(thing(Event("service_recording", ended)), POLICY, ())
    assert keeping.until == datetime(2027, 2, 28, 18, tzinfo=UTC)
    assert not may_erase(keeping, POLICY, now=keeping.until - timedelta(microseconds=1)).allowed
    assert may_erase(keeping, POLICY, now=keeping.until).allowed


@settings(max_examples=150, deadline=None)
@given(at=times, years=st.integers(0, 12))
def test_years_are_those_of_the_calendar(at: datetime, years: int) -> None:
    assert after(at, Period(years=years)) == years_later(at, years)


@settings(max_examples=150, deadline=None)
@given(events=events, asked=st.booleans(), late=st.integers(-400, 400))
def test_the_longest_reason_counts_and_none_is_left_out(
    events: list[Event], asked: bool, late: int
) -> None:
    keeping = keep_until(thing(*events), POLICY, (), asked=asked)
    classes = [(event.at, POLICY.classes[event.cls]) for event in events]
    ends = [after(at, cls.asked if asked else cls.keep) for at, cls in classes if at]
    assert keeping.until == max(ends)
    assert len(keeping.reasons) == len(events)
    now = max(ends) + timedelta(hours=late)
    verdict = may_erase(keeping, POLICY, now=now)
    assert verdict.allowed == (late >= 0)
    assert len(verdict.refusals) == sum(now < end for end in ends)
    if not verdict.allowed:
        assert verdict.not_before == max(ends)


@settings(max_examples=100, deadline=None)
@given(events=events, subject=st.sampled_from(SUBJECTS), asked=st.booleans(), now=times)
def test_a_hold_always_wins(
    events: list[Event], subject: Subject, asked: bool, now: datetime
) -> None:
    keeping = keep_until(thing(*events), POLICY, [hold(subject)], asked=asked)
    assert keeping.until is None
    verdict = may_erase(keeping, POLICY, now=now + timedelta(days=36500))
    assert (verdict.allowed, verdict.codes) == (False, ("legal-hold",))


def test_a_hold_on_somebody_else_and_one_that_was_lifted_keep_nothing() -> None:
    old = thing(Event("service_recording", AT - timedelta(days=2000)))
    others = [hold(("holder", "h2")), hold(("interaction", "h1")), hold(SUBJECTS[0], lifted=True)]
    assert may_erase(keep_until(old, POLICY, others), POLICY, now=AT).allowed


def test_a_complaint_that_is_open_keeps_everything_of_it() -> None:
    old = AT - timedelta(days=4000)
    open_one = thing(Event("service_recording", old), Event("complaint", None))
    verdict = may_erase(keep_until(open_one, POLICY, ()), POLICY, now=AT)
    assert (verdict.codes, verdict.not_before) == (("kept-complaint",), None)


def test_what_belongs_to_no_class_is_kept() -> None:
    assert may_erase(keep_until(thing(), POLICY, ()), POLICY, now=AT).codes == ("no-class",)
    unknown = thing(Event("forgotten", AT - timedelta(days=9999)))
    assert may_erase(keep_until(unknown, POLICY, ()), POLICY, now=AT).codes == ("no-class",)


def test_asking_shortens_what_is_ours_and_nothing_that_is_the_laws() -> None:
    ended = AT - timedelta(days=200)
    ours = keep_until(thing(Event("service_recording", ended)), POLICY, (), asked=True)
    assert may_erase(ours, POLICY, now=AT).allowed
    laws = thing(Event("service_recording", ended), Event("complaint", ended))
    kept = keep_until(laws, POLICY, (), asked=True)
    assert may_erase(kept, POLICY, now=AT).codes == ("kept-complaint",)
    for cls in POLICY.classes.values():
        assert cls.kind != "T" or cls.asked == cls.keep, cls.name


@settings(max_examples=150, deadline=None)
@given(at=times, cls=st.sampled_from(CLASSES), late=st.integers(0, 10_000_000))
def test_the_search_for_what_is_due_overlooks_nothing(at: datetime, cls: str, late: int) -> None:
    period = POLICY.classes[cls].keep
    now = after(at, period) + timedelta(seconds=late)
    assert at <= before(now, period)


def test_a_hold_is_lifted_by_two() -> None:
    one = Hold("lh1", SUBJECTS[0], "诉讼", "7004", AT)
    assert may_lift(one, "7005", POLICY).codes == ("lift-not-asked",)
    asked = Hold("lh1", SUBJECTS[0], "诉讼", "7004", AT, "结案", "7004", AT)
    assert may_lift(asked, "7004", POLICY).codes == ("same-person",)
    assert may_lift(asked, "7005", POLICY).allowed


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"keep": "3 years"}, "needs keep and asked"),
        ({"keep": "three years", "asked": "1 days"}, "a period like"),
        ({"keep": "90 days", "asked": "1 years"}, "asked is longer"),
    ],
)
def test_a_class_that_is_not_said_right_is_refused(value: dict[str, object], told: str) -> None:
    area = load_area("retention")
    numbers = {**area.numbers, "x": Number("x", value, "test", "P")}
    broken = AreaPolicy("cn", "retention", area.effective_from, numbers)
    with pytest.raises(PolicyError, match=told):
        retention_policy(broken)


def test_every_class_says_from_when_it_counts_and_where_it_comes_from() -> None:
    assert POLICY.version == RuleVersion("cn/retention/2026-11-01")
    for cls in POLICY.classes.values():
        assert cls.starts.startswith("from "), cls.name
        assert len(cls.source) > 10, cls.name
