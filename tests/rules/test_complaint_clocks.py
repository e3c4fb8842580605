"""Due times of complaints: the published deadlines, and any course of events against a slow count.

The reference walks day by day and knows nothing of how the rule reckons.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.complaints.clock_model import ClockRule, ComplaintPolicy, Task
from cardline.complaints.model import (
    Arrival,
    Complainant,
    Complaint,
    Door,
    Extension,
    Grade,
    Mark,
    Pause,
    PauseGround,
    State,
    Timeline,
)
from cardline.complaints.rules.clocks import clocks, grade_of, next_due, warn_at
from cardline.complaints.words import explain
from cardline.core.calendar import WorkCalendar
from tests.rules.complaint_cases import CALENDARS, CN, PACKS, POLICIES, clock, complaint, extension

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


LATE = local("2026-03-03T23:10")


# ---------------------------------------------------------------- the published deadlines


@pytest.mark.parametrize(
    ("pack", "key", "door", "subjects", "received", "last"),
    [
        ("cn", "answer_simple", Door.HOTLINE, ("fees",), "2026-03-03T23:10", "2026-03-18"),
        ("cn", "answer_simple", Door.HOTLINE, ("fees",), "2028-02-20T00:00", "2028-03-06"),
        ("cn", "answer_simple", Door.LETTER, ("fees",), "2026-09-20T09:00", "2026-10-05"),
        ("cn", "regulator", Door.REGULATOR, ("fees",), "2026-09-28T10:00", "2026-10-13"),
        ("cn", "regulator", Door.REGULATOR, ("fees",), "2026-02-13T10:00", "2026-03-02"),
        ("cn", "regulator", Door.REGULATOR, ("fees",), "2026-03-03T23:10", "2026-03-12"),
        ("cn", "pbc", Door.PBC, ("fees",), "2026-03-03T23:10", "2026-03-18"),
        ("cn", "credit_record", Door.FORM, ("credit-record",), "2026-03-03T23:10", "2026-03-23"),
        ("uk", "summary", Door.EMAIL, ("fees",), "2026-04-02T10:00", "2026-04-09"),
        ("uk", "answer", Door.EMAIL, ("fees",), "2026-03-03T10:00", "2026-04-28"),
        ("uk", "payment", Door.EMAIL, ("payment-services",), "2026-03-03T10:00", "2026-03-24"),
        ("us", "cfpb", Door.REGULATOR, ("fees",), "2026-03-03T10:00", "2026-03-18"),
        ("us", "acknowledge_billing_error", Door.FORM, ("billing-error",), "2026-03-03T10:00",
         "2026-04-02"),
    ],
)  # fmt: skip
def test_the_published_deadlines(
    pack: str, key: str, door: Door, subjects: tuple[str, ...], received: str, last: str
) -> None:
    zone = POLICIES[pack].zone
    at = local(received, zone)
    case = complaint(at, door=door, subjects=subjects, zone=zone.key)
    found = clock(case, key, now=at, pack=pack)
    assert found.last_day == date.fromisoformat(last)
    assert found.due_at == local(f"{found.last_day + DAY}T00:00", zone)


@pytest.mark.parametrize(("grade", "last"), [("complex", "2026-04-02"), ("special", "2026-05-02")])
def test_an_extension_with_all_that_it_needs_counts_from_the_receipt(grade: str, last: str) -> None:
    case = complaint(LATE, timeline={"extensions": (extension(grade, LATE + 10 * DAY),)})
    found = clock(case, f"answer_{grade}", now=LATE + 11 * DAY)
    assert found.last_day == date.fromisoformat(last)
    assert grade_of(case, CN, CALENDARS["cn"], now=LATE + 11 * DAY) == grade


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ({"approved_at": None}, "extension-lacks-approval"),
        ({"told_at": None}, "extension-lacks-notice"),
        ({"ground": "we are busy"}, "extension-lacks-ground"),
        ({"grade": Grade("forever")}, "extension-lacks-grade"),
        ({"turned_down_at": LATE + DAY}, "extension-lacks-turned-down"),
        ({"told_at": LATE + 20 * DAY}, "extension-late"),
    ],
)
def test_an_extension_that_lacks_something_does_not_count(
    spoilt: dict[str, object], says: str
) -> None:
    wanted = replace(extension("special", LATE + DAY), **spoilt)  # type: ignore[arg-type]
    case = complaint(LATE, timeline={"extensions": (wanted,)})
    found = clock(case, "answer_simple", now=LATE + 25 * DAY)
    assert found.last_day == date(2026, 3, 18)
    assert says in [step.code for step in found.steps]


def test_an_extension_of_the_law_of_complaints_is_none_of_the_peoples_bank() -> None:
    case = complaint(
        LATE, door=Door.PBC, timeline={"extensions": (extension("complex", LATE + DAY),)}
    )
    assert clock(case, "pbc_complex", now=LATE + 2 * DAY).last_day == date(2026, 3, 18)
    longest = complaint(
        LATE, door=Door.PBC, timeline={"extensions": (extension("special", LATE + DAY),)}
    )
    assert clock(longest, "pbc_special", now=LATE + 2 * DAY).last_day == date(2026, 5, 2)


def test_new_facts_begin_it_anew_but_bring_nothing_late_to_life() -> None:
    early = complaint(LATE, timeline={"new_facts": (LATE + 10 * DAY,)})
    late = complaint(LATE, timeline={"new_facts": (LATE + 16 * DAY,)})
    now = LATE + 20 * DAY
    assert clock(early, "answer_simple", now=now).last_day == date(2026, 3, 28)
    assert clock(late, "answer_simple", now=now).last_day == date(2026, 3, 18)


def test_the_day_ends_before_midnight_and_not_with_it() -> None:
    midnight = local("2026-03-19T00:00")
    now = LATE + 40 * DAY
    just = midnight - timedelta(microseconds=1)
    for at, last in ((just, date(2026, 4, 2)), (midnight, date(2026, 3, 18))):
        case = complaint(LATE, timeline={"new_facts": (at,)})
        assert clock(case, "answer_simple", now=now).last_day == last
    running = clock(complaint(LATE), "answer_simple", now=now)
    assert running.missed(midnight)
    assert not running.missed(just)


def test_whole_days_stand_still_and_parts_of_days_do_not() -> None:
    whole = Pause(PauseGround.MEDIATION, local("2026-03-05T00:00"), local("2026-03-08T00:00"))
    part = replace(whole, since=whole.since + timedelta(seconds=1))
    now = LATE + 10 * DAY
    for pause, last in ((whole, date(2026, 3, 21)), (part, date(2026, 3, 20))):
        case = complaint(LATE, timeline={"pauses": (pause,)})
        assert clock(case, "answer_simple", now=now).last_day == last


def test_a_clock_that_stands_still_is_not_missed_and_one_that_was_over_is() -> None:
    still = complaint(LATE, timeline={"pauses": (Pause(PauseGround.APPRAISAL, LATE + DAY),)})
    after = complaint(LATE, timeline={"pauses": (Pause(PauseGround.APPRAISAL, LATE + 16 * DAY),)})
    now = LATE + 40 * DAY
    assert clock(still, "answer_simple", now=now).stopped
    assert not clock(still, "answer_simple", now=now).missed(now)
    assert clock(after, "answer_simple", now=now).missed(now)
    assert clock(still, "acknowledge", now=now).missed(now)  # nothing stops this one


def test_a_complaint_handed_on_later_gets_the_regulators_clock_besides() -> None:
    case = complaint(LATE)
    joined = replace(
        case,
        timeline=replace(
            case.timeline,
            arrivals=(*case.timeline.arrivals, Arrival(Door.REGULATOR, LATE + 7 * DAY)),
        ),
    )
    now = LATE + 8 * DAY
    assert clock(joined, "answer_simple", now=now).last_day == date(2026, 3, 18)
    assert clock(joined, "regulator", now=now).last_day == date(2026, 3, 19)


@pytest.mark.parametrize(
    ("statement_day", "last"),
    [
        (5, date(2026, 5, 5)),  # closes 5 March, 5 April, 5 May; two whole ones after the 3rd
        (3, date(2026, 5, 3)),
        (2, date(2026, 6, 1)),  # 2 June would be day 91
        (None, date(2026, 4, 28)),
    ],
)
def test_two_whole_billing_cycles_and_never_more_than_ninety_days(
    statement_day: int | None, last: date
) -> None:
    zone = POLICIES["us"].zone
    at = local("2026-03-03T10:00", zone)
    case = complaint(at, subjects=("billing-error",), zone=zone.key, statement_day=statement_day)
    assert clock(case, "billing_error", now=at, pack="us").last_day == last


def test_of_two_zones_the_earlier_end_is_taken() -> None:
    at = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)  # the 3rd in Honolulu and in New York
    honolulu = complaint(at, zone="Pacific/Honolulu", door=Door.REGULATOR)
    assert clock(honolulu, "cfpb", now=at, pack="us").due_at == local(
        "2026-03-19T00:00", ZoneInfo("America/New_York")
    )
    at = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)  # the 4th in New York, still the 3rd in Honolulu
    honolulu = complaint(at, zone="Pacific/Honolulu", door=Door.REGULATOR)
    found = clock(honolulu, "cfpb", now=at, pack="us")
    assert found.due_at == local("2026-03-19T00:00", ZoneInfo("Pacific/Honolulu"))
    assert "zones" in [step.code for step in found.steps]


def test_a_year_without_a_calendar_leads_to_an_earlier_date_and_says_so() -> None:
    at = local("2026-12-29T10:00")
    found = clock(complaint(at, door=Door.REGULATOR), "regulator", now=at)
    assert not found.known
    assert found.last_day == date(2027, 1, 5)  # 30, 31, then every day of the unknown year
    assert "calendar-unknown" in [step.code for step in found.steps]


def test_nothing_is_due_on_what_was_withdrawn_or_joined() -> None:
    for state in (State.WITHDRAWN, State.JOINED):
        case = complaint(LATE, state=state)
        assert clocks(case, CN, CALENDARS["cn"], now=LATE) == ()


def test_an_anonymous_complaint_is_decided_in_time_and_nobody_is_told() -> None:
    case = complaint(
        LATE,
        complainant=Complainant(),
        timeline={"marks": {Mark.RECEIVED: LATE, Mark.DECIDED: LATE + DAY}},
    )
    found = clocks(case, CN, CALENDARS["cn"], now=LATE + 2 * DAY)
    assert [one.task for one in found] == [Task.ANSWER]
    assert found[0].met_at == LATE + DAY


def test_a_right_of_the_complainant_ends_by_itself_and_is_nothing_that_we_owe() -> None:
    answered = LATE + 9 * DAY
    case = complaint(
        LATE,
        state=State.ANSWERED,
        timeline={
            "marks": dict.fromkeys((Mark.ACKNOWLEDGED, Mark.ACCEPTED, Mark.ANSWERED), answered)
        },
    )
    found = clocks(case, CN, CALENDARS["cn"], now=answered + DAY)
    assert next_due(found) is None
    window = next_due(found, "complainant")
    assert window is not None
    assert window.last_day == date(2026, 4, 11)


def test_whoever_handles_it_is_warned_before_and_not_at_once() -> None:
    case = complaint(LATE)
    long, short = clock(case, "answer_simple", now=LATE), clock(case, "acknowledge", now=LATE)
    assert warn_at(long, CN) == long.due_at - CN.warn
    assert LATE < warn_at(short, CN) < short.due_at


def test_every_step_has_words_in_both_languages() -> None:
    case = complaint(
        LATE,
        door=Door.REGULATOR,
        subjects=("credit-record",),
        timeline={
            "extensions": (
                extension("complex", LATE + DAY),
                extension("special", LATE + 2 * DAY, whole=False),
            ),
            "pauses": (
                Pause(PauseGround.MEDIATION, LATE + 2 * DAY, LATE + 4 * DAY),
                Pause(PauseGround.APPRAISAL, LATE + 5 * DAY),
            ),
            "new_facts": (LATE + 3 * DAY,),
        },
    )
    found = clock(case, "answer_complex", now=LATE + 6 * DAY)
    zh, en = explain(found, "zh"), explain(found, "en")
    assert zh[0] == "2026年3月3日23:10收到投诉（金融监管机构转来）。"
    assert en[0] == "Received 3 March 2026, 23:10 (the financial regulator)."
    assert "2026年3月7日为第1天" in "".join(zh)
    assert not any("{" in sentence or "}" in sentence for sentence in zh + en)


# ---------------------------------------------------------------- any course of events

ZONES = (
    *("Asia/Shanghai", "Europe/London", "America/New_York", "Pacific/Honolulu"),
    *("America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia"),
)
BEGINS = datetime(2027, 11, 1, tzinfo=UTC)  # the leap day of 2028 lies ahead
_OFFSETS = st.integers(0, 200 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    days = [date(2027, 11, 1) + n * DAY for n in range(500)]
    known = draw(st.sampled_from([2027, 2028, 2029]))  # later years are unknown
    days = [day for day in days if day.year <= known]
    off = draw(st.sets(st.sampled_from(days), min_size=1, max_size=40)) | {
        date(year, 1, 1) for year in range(2027, known + 1)
    }
    worked = {day for day in draw(st.sets(st.sampled_from(days), max_size=20)) if day.weekday() > 4}
    return WorkCalendar(frozenset(off - worked), frozenset(worked))


@st.composite
def cases(draw: st.DrawFn, policy: ComplaintPolicy) -> Complaint:
    at = BEGINS + draw(_OFFSETS)
    later = st.integers(1, 90 * 24 * 60).map(lambda minutes: at + timedelta(minutes=minutes))
    midnight = st.integers(1, 80).map(
        lambda days: at.astimezone(SHANGHAI).replace(hour=0, minute=0) + days * DAY
    )
    times = later | midnight
    pauses = [
        Pause(ground, since, None if open_ else since + timedelta(hours=hours))
        for ground, since, hours, open_ in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(list(PauseGround)), times, st.integers(1, 500), st.booleans()
                ),
                max_size=3,
            )
        )
    ]
    grades = [rule.grade for rule in policy.grades[1:]]
    extensions = [
        Extension(
            f"x{n}", draw(st.sampled_from(grades)), draw(st.sampled_from(["no ground", ground])),
            "", "7001", asked,
            approved_at=draw(st.none() | times), told_at=draw(st.none() | times),
        )
        for n, (asked, ground) in enumerate(
            draw(st.lists(st.tuples(times, st.sampled_from(sorted(policy.grades[-1].grounds))),
                          max_size=3))
        )
    ]  # fmt: skip
    return complaint(
        at,
        door=draw(st.sampled_from(list(Door))),
        subjects=tuple(draw(st.sets(st.sampled_from(sorted(policy.subjects)), max_size=2))),
        zone=draw(st.sampled_from(ZONES)),
        statement_day=draw(st.none() | st.integers(1, 28)),
        timeline={
            "pauses": tuple(pauses),
            "new_facts": tuple(draw(st.lists(times, max_size=3))),
            "extensions": tuple(extensions),
        },
    )


@pytest.mark.parametrize("pack", PACKS)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_no_course_of_events_differs_from_counting_day_by_day(
    pack: str, data: st.DataObject
) -> None:
    policy = POLICIES[pack]
    case = data.draw(cases(policy))
    calendar = data.draw(calendars())
    now = case.timeline.received_at + data.draw(_OFFSETS)
    found = clocks(case, policy, calendar, now=now)
    assert found
    for one in found:
        ladder = [rule for rule in policy.clocks if rule.task is one.task
                  and any(rule.key == one.key or _same(rule, known)
                          for known in policy.clocks if known.key == one.key)]  # fmt: skip
        zones = {policy.zone if each == "bank" else ZoneInfo(case.zone) for each in policy.zones}
        slow = min(_slow_due(ladder, case, policy, calendar, zone, now) for zone in zones)
        assert one.due_at == slow, (one.key, one.steps)
        assert one.due_at > one.begins_at
        assert all(explain(one, "zh"))
        assert all(explain(one, "en"))


def _same(one: ClockRule, other: ClockRule) -> bool:
    of = (one.doors, one.subjects, one.except_subjects)
    return of == (other.doors, other.subjects, other.except_subjects) and bool(
        one.grade and other.grade
    )


def _slow_due(
    ladder: Sequence[ClockRule],
    case: Complaint,
    policy: ComplaintPolicy,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    now: datetime,
) -> datetime:
    """Live through every day, from the one of the receipt on, until the count is full."""
    rungs = [str(rule.grade) for rule in policy.grades]
    rules = {str(rule.grade): rule for rule in ladder}
    grade = rungs[0] if len(ladder) > 1 else "None"
    begin = case.timeline.received_at
    day, count, calendar_days = begin.astimezone(zone).date(), 0, 0
    first = True
    period_ends: list[date] = []
    while True:
        starts, ends = _midnight(day, zone), _midnight(day + DAY, zone)
        happened = _what_happened(ladder, case, policy, starts, ends, begin, now)
        for what in happened:
            if what == "facts":
                count, calendar_days, first, period_ends = 0, 0, True, []
            elif what in rules and rungs.index(what) > rungs.index(grade):
                grade = what
        rule = rules[grade]
        if not first:
            covered = _covered(starts, ends, case.timeline.pauses, rule, now)
            counts = not covered
            calendar_days += counts
            if rule.unit == "working-days":
                counts = counts and _works(day, calendar)
            count += counts
        if rule.unit == "cycles" and case.statement_day == day.day:
            period_ends.append(day)
        if not first and _is_full(rule, count, calendar_days, period_ends, case, policy):
            return ends
        day, first = day + DAY, False


def _is_full(
    rule: ClockRule,
    count: int,
    calendar_days: int,
    period_ends: list[date],
    case: Complaint,
    policy: ComplaintPolicy,
) -> bool:
    if rule.at_most_days is not None and calendar_days >= rule.at_most_days:
        return True
    if rule.unit == "cycles":
        if case.statement_day is None:
            return count >= rule.length * policy.cycle_least
        return len(period_ends) > rule.length  # the first one ends the period that ran already
    return count >= rule.length * (7 if rule.unit == "weeks" else 1)


def _what_happened(
    ladder: Sequence[ClockRule],
    case: Complaint,
    policy: ComplaintPolicy,
    starts: datetime,
    ends: datetime,
    begin: datetime,
    now: datetime,
) -> list[str]:
    """Extensions of that day, then whether new facts came on it; what came first matters not."""
    found = []
    for one in case.timeline.extensions:
        rule = next(each for each in policy.grades if each.grade == one.grade)
        whole = [one.asked_at]
        if one.ground not in rule.grounds:
            continue
        if rule.approvers:
            whole.append(one.approved_at)  # type: ignore[arg-type]
        if rule.notice:
            whole.append(one.told_at)  # type: ignore[arg-type]
        if None not in whole and starts <= max(whole) < ends and max(whole) <= now:
            found.append(str(one.grade))
    facts = any(starts <= at < ends and begin < at <= now for at in case.timeline.new_facts)
    return found + (["facts"] if facts and ladder[0].restarts else [])


def _covered(
    starts: datetime, ends: datetime, pauses: Sequence[Pause], rule: ClockRule, now: datetime
) -> bool:
    """True where no moment of the day is free."""
    at = starts
    while at < ends:
        reaches = [
            min(one.until or now, now)
            for one in pauses
            if one.ground in rule.stops and one.since <= at < min(one.until or now, now)
        ]
        if not reaches:
            return False
        at = max(reaches)
    return True


def _works(day: date, calendar: WorkCalendar) -> bool:
    known = {each.year for each in calendar.holidays}
    return (
        day.year not in known
        or day in calendar.workdays
        or (day.weekday() < 5 and day not in calendar.holidays)
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_nothing_that_happens_makes_a_due_time_earlier_than_the_law_without_it(
    data: st.DataObject,
) -> None:
    case = data.draw(cases(CN))
    now = case.timeline.received_at + data.draw(_OFFSETS)
    plain = replace(case, timeline=Timeline(case.timeline.arrivals))
    calm = {one.task: one.due_at for one in clocks(plain, CN, CALENDARS["cn"], now=now)}
    for one in clocks(case, CN, CALENDARS["cn"], now=now):
        assert one.due_at >= calm[one.task]
