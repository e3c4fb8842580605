"""What is due, by when, under which law? The fourth question of the house (row C2).

It fails towards the earlier date: in doubt a day counts, an extension does not, of two zones the
earlier end is taken; only a right of the complainant ends at the later one. What was already late
is brought to life by nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.complaints.clock_model import (
    Clock,
    ClockRule,
    ComplaintPolicy,
    GradeRule,
    Step,
    Task,
    Whose,
)
from cardline.complaints.model import Complaint, Extension, Grade, Mark, State
from cardline.complaints.rules.counting import (
    Counted,
    Days,
    count_cycles,
    count_days,
    count_working,
    day_at,
    still_days,
)
from cardline.core.calendar import DAY, CalendarUnknown, WorkCalendar, end_of

_DAYS_IN_WEEK = 7
_NOBODY_TO_TELL = (Task.ACKNOWLEDGE, Task.ACCEPT, Task.SUMMARY, Task.ASK_REEXAMINATION)


@dataclass(frozen=True)
class _Ground:
    """What all clocks of one complaint share."""

    case: Complaint
    policy: ComplaintPolicy
    calendar: WorkCalendar
    now: datetime


@dataclass(frozen=True)
class _Reckoned:
    due_at: datetime
    clock: ClockRule
    counted: Counted
    begin: datetime
    zone: ZoneInfo
    turns: tuple[Step, ...]
    """Restarts and extensions, as they came."""
    still: tuple[Days, ...]


def clocks(
    case: Complaint, policy: ComplaintPolicy, calendar: WorkCalendar, *, now: datetime
) -> tuple[Clock, ...]:
    """Return every clock that runs or ran on a complaint, the one due first at the top.

    Nothing is due on what was withdrawn or joined to another.
    """
    if case.state in (State.WITHDRAWN, State.JOINED):
        return ()
    ground = _Ground(case, policy, calendar, now)
    found = [clock for ladder in _ladders(policy) if (clock := _clock(ladder, ground))]
    return tuple(sorted(found, key=lambda clock: (clock.due_at, clock.key)))


def grade_of(
    case: Complaint, policy: ComplaintPolicy, calendar: WorkCalendar, *, now: datetime
) -> Grade:
    """Return the grade that counts for the answer: of all extensions those that hold."""
    for clock in clocks(case, policy, calendar, now=now):
        rule = next(one for one in policy.clocks if one.key == clock.key)
        if clock.task is Task.ANSWER and rule.grade is not None:
            return rule.grade
    return policy.grades[0].grade


def _ladders(policy: ComplaintPolicy) -> Iterator[tuple[ClockRule, ...]]:
    """Yield the clocks, those that differ by grade alone together, from short to long."""
    order = [one.grade for one in policy.grades]
    seen: dict[tuple[object, ...], list[ClockRule]] = {}
    for one in policy.clocks:
        same = (one.task, one.doors, one.subjects, one.except_subjects, one.grade is None)
        seen.setdefault(same, []).append(one)
    for steps in seen.values():
        yield tuple(sorted(steps, key=lambda one: order.index(one.grade) if one.grade else 0))


def _clock(ladder: Sequence[ClockRule], ground: _Ground) -> Clock | None:
    rule, case = ladder[0], ground.case
    begin = _begin(rule, case)
    if begin is None or not _concerns(rule, case):
        return None
    bank, holder = ground.policy.zone, ZoneInfo(case.zone)
    zones = dict.fromkeys(bank if one == "bank" else holder for one in ground.policy.zones)
    reckoned = sorted(
        (_reckon(ladder, begin, zone, ground) for zone in zones), key=lambda one: one.due_at
    )
    chosen = reckoned[-1] if rule.whose == "complainant" else reckoned[0]
    other = reckoned[0] if rule.whose == "complainant" else reckoned[-1]
    return _told(chosen, other, ground)


def _concerns(rule: ClockRule, case: Complaint) -> bool:
    subjects = frozenset(case.subjects)
    if case.anonymous and rule.task in _NOBODY_TO_TELL:
        return False
    about = not rule.subjects or bool(rule.subjects & subjects)
    return about and not rule.except_subjects & subjects


def _begin(rule: ClockRule, case: Complaint) -> datetime | None:
    if rule.begins is not Mark.RECEIVED:
        return case.timeline.marks.get(_began_by(rule, case))
    arrivals = [
        one.at for one in case.timeline.arrivals if not rule.doors or one.door in rule.doors
    ]
    return min(arrivals, default=None)


def _began_by(rule: ClockRule, case: Complaint) -> Mark:
    """Return the mark from which a clock is counted, for those that begin with none of receipt."""
    anew = rule.anew
    return anew if anew is not None and anew in case.timeline.marks else rule.begins


def _reckon(
    ladder: Sequence[ClockRule], begin: datetime, zone: ZoneInfo, ground: _Ground
) -> _Reckoned:
    """Follow restarts and extensions in the order in which they came to count."""
    steps = {rule.grade: rule for rule in ladder}
    grade = ladder[0].grade
    pauses = [one for one in ground.case.timeline.pauses if one.ground in ladder[0].stops]
    still = still_days(pauses, zone, now=ground.now)
    turns: list[Step] = []
    now = _Reckoned(begin, ladder[0], Counted(begin.date()), begin, zone, (), still)

    def again(begin: datetime, grade: Grade | None) -> _Reckoned:
        rule = steps[grade]
        counted = _count(rule, begin, zone, still, ground)
        due_at = end_of(counted.last, zone)
        return _Reckoned(due_at, rule, counted, begin, zone, (), still)

    now = again(begin, grade)
    for at, extension in _events(ladder, begin, ground):
        if at >= now.due_at:
            if extension is not None:
                turns.append(_extension_step("extension-late", extension, at))
        elif extension is None:
            turns.append(Step("restarted", (("at", at),)))
            now = again(at, now.clock.grade)
        elif _longer(extension.grade, now.clock.grade, ladder):
            turns.append(_extension_step("extended", extension, at))
            now = again(now.begin, extension.grade)
    turns += _lacking(ladder, ground)
    return _Reckoned(now.due_at, now.clock, now.counted, now.begin, zone, tuple(turns), still)


def _events(
    ladder: Sequence[ClockRule], begin: datetime, ground: _Ground
) -> list[tuple[datetime, Extension | None]]:
    timeline = ground.case.timeline
    found: list[tuple[datetime, Extension | None]] = []
    if ladder[0].restarts:
        found += [(at, None) for at in timeline.new_facts if begin < at <= ground.now]
    if len(ladder) > 1:
        for one in timeline.extensions:
            at = counts_from(one, ground.policy)
            if isinstance(at, datetime) and at <= ground.now:
                found.append((at, one))
    # Of two at one time the extension comes first: it must have been in time by itself.
    return sorted(found, key=lambda event: (event[0], event[1] is None))


def counts_from(extension: Extension, policy: ComplaintPolicy) -> datetime | str:
    """Return from when on an extension counts, or what it lacks.

    ``turned-down``, ``grade``, ``ground``, ``approval`` or ``notice``.
    """
    rule = _grade_rule(extension.grade, policy)
    if extension.turned_down_at is not None:
        return "turned-down"
    if rule is None:
        return "grade"
    if extension.ground not in rule.grounds:
        return "ground"
    times = [extension.asked_at]
    if rule.approvers:
        if extension.approved_at is None:
            return "approval"
        times.append(extension.approved_at)
    if rule.notice:
        if extension.told_at is None:
            return "notice"
        times.append(extension.told_at)
    return max(times)


def _grade_rule(grade: Grade, policy: ComplaintPolicy) -> GradeRule | None:
    return next((one for one in policy.grades[1:] if one.grade == grade), None)


def _longer(new: Grade, old: Grade | None, ladder: Sequence[ClockRule]) -> bool:
    order = [rule.grade for rule in ladder]
    return new in order and order.index(new) > order.index(old)


def _count(
    rule: ClockRule, begin: datetime, zone: ZoneInfo, still: Sequence[Days], ground: _Ground
) -> Counted:
    day = day_at(begin, zone)
    if rule.unit == "working-days":
        counted = count_working(day, rule.length, still, ground.calendar)
    elif rule.unit == "cycles":
        least, closes_on = ground.policy.cycle_least, ground.case.statement_day
        counted = count_cycles(day, rule.length, closes_on, least=least)
    else:
        days = rule.length * (_DAYS_IN_WEEK if rule.unit == "weeks" else 1)
        counted = count_days(day, days, still)
    if rule.at_most_days is not None:
        most = count_days(day, rule.at_most_days, still)
        if most.last < counted.last:
            return replace(counted, last=most.last)
    return counted


# ---------------------------------------------------------------- telling it


def _told(found: _Reckoned, other: _Reckoned, ground: _Ground) -> Clock:
    rule = found.clock
    met = [at for mark in _met_by(rule, ground.case) if (at := _mark(mark, ground.case))]
    open_pause = any(
        one.ground in rule.stops
        and one.since < found.due_at
        and (one.until is None or one.until > ground.now)
        for one in ground.case.timeline.pauses
    )
    return Clock(
        key=rule.key,
        task=rule.task,
        whose=rule.whose,
        due_at=found.due_at,
        last_day=found.counted.last,
        begins_at=found.begin,
        source_zh=rule.source_zh,
        source_en=rule.source_en,
        steps=tuple(_steps(found, other, ground)),
        zone=found.zone,
        stopped=open_pause and not met,
        met_at=min(met, default=None),
        known=not found.counted.unknown,
    )


def _met_by(rule: ClockRule, case: Complaint) -> tuple[Mark, ...]:
    if case.anonymous and Mark.ANSWERED in rule.met_by:
        return (*rule.met_by, Mark.DECIDED)  # there is nobody to be told
    return rule.met_by


def _mark(mark: Mark, case: Complaint) -> datetime | None:
    return case.timeline.marks.get(mark)


def _steps(found: _Reckoned, other: _Reckoned, ground: _Ground) -> Iterator[Step]:
    rule, counted, case = found.clock, found.counted, ground.case
    first = _begin(rule, case) or found.begin
    if rule.begins is Mark.RECEIVED:
        arrival = next(one for one in case.timeline.arrivals if one.at == first)
        yield Step("received", (("at", first), ("door", arrival.door.value)))
    else:
        yield Step("began", (("at", first), ("mark", _began_by(rule, case).value)))
    yield from found.turns
    begin = day_at(found.begin, found.zone)
    first_day = counted.counts_from or begin + DAY
    yield Step("first-day", (("begin", begin), ("first", first_day)))
    yield Step(f"length-{rule.unit}", (("length", rule.length),))
    yield from _stops(found, ground)
    if counted.off:
        yield Step("days-off", (("count", len(counted.off)), ("first", counted.off[0])))
    for day in counted.worked:
        yield Step("worked-weekend", (("day", day),))
    for year in counted.unknown:
        yield Step("calendar-unknown", (("year", year),))
    if rule.unit == "cycles":
        known = case.statement_day is not None
        yield Step("cycles-known" if known else "cycles-unknown", _closings(counted, ground))
    if rule.at_most_days is not None:
        yield Step("at-most", (("days", rule.at_most_days),))
    yield Step("last-day", (("day", counted.last),))
    if rule.unit != "working-days" and _is_off(counted, ground.calendar):
        yield Step("not-moved", (("day", counted.last),))
    if other.counted.last != counted.last:
        yield Step("zones", (("zone", found.zone.key), ("other", other.zone.key)))
    if case.anonymous:
        yield Step("nobody-to-tell")


def _stops(found: _Reckoned, ground: _Ground) -> Iterator[Step]:
    """Say each pause, and how many whole days did not count in all."""
    pauses = [
        one
        for one in ground.case.timeline.pauses
        if one.ground in found.clock.stops and one.since < found.due_at
    ]
    for one in pauses:
        if one.until is None or one.until > ground.now:
            yield Step("stands-still", (("ground", one.ground.value), ("since", one.since)))
        elif one.until > found.begin:
            facts = (("ground", one.ground.value), ("since", one.since), ("until", one.until))
            yield Step("stood-still", facts)
    begin = day_at(found.begin, found.zone)
    days = sum(
        max((after - max(first, begin + DAY)).days, 0)
        for first, after in found.still
        if first <= found.counted.last
    )
    if pauses:
        yield Step("still-days", (("days", days),))


def _closings(counted: Counted, ground: _Ground) -> tuple[tuple[str, str | int], ...]:
    if counted.closings:
        return (("closings", ", ".join(day.isoformat() for day in counted.closings)),)
    return (("least", ground.policy.cycle_least),)


def _extension_step(code: str, extension: Extension, at: datetime) -> Step:
    facts = (("grade", extension.grade), ("ground", extension.ground), ("at", at))
    return Step(code, facts)


def _lacking(ladder: Sequence[ClockRule], ground: _Ground) -> Iterator[Step]:
    """Say which extensions do not count, and what they lack."""
    if len(ladder) == 1:
        return
    for one in ground.case.timeline.extensions:
        lacks = counts_from(one, ground.policy)
        if isinstance(lacks, str):
            yield Step(f"extension-lacks-{lacks}", (("grade", one.grade), ("at", one.asked_at)))


def _is_off(counted: Counted, calendar: WorkCalendar) -> bool:
    try:
        return not calendar.is_working(counted.last)
    except CalendarUnknown:
        return False


def warn_at(clock: Clock, policy: ComplaintPolicy) -> datetime:
    """Return when whoever handles it is warned: some time before, at the earliest at half time."""
    half = clock.begins_at + (clock.due_at - clock.begins_at) / 2
    return max(clock.due_at - policy.warn, half)


def next_due(found: Sequence[Clock], whose: Whose = "bank") -> Clock | None:
    """Return what is due next: of what is not done yet, the first."""
    return next((one for one in found if one.met_at is None and one.whose == whose), None)
