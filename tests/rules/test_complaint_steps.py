"""How a due time is explained, step by step, and when a clock is said to stand still or be met."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cardline.complaints.clock_model import Step
from cardline.complaints.model import Complainant, Complaint, Door, Mark, Pause, PauseGround
from cardline.complaints.rules.clocks import grade_of
from cardline.complaints.words import explain
from tests.rules.complaint_cases import CALENDARS, POLICIES, clock, complaint, extension

BEGAN = datetime(2026, 4, 30, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The last day before the holidays of May."""
NEW_YORK = POLICIES["us"].zone
ABROAD = datetime(2026, 3, 3, 10, 0, tzinfo=NEW_YORK)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
SOON = timedelta(seconds=30)


def steps(case: Complaint, key: str, now: datetime = BEGAN, pack: str = "cn") -> list[Step]:
    return list(clock(case, key, now=now, pack=pack).steps)


def step(code: str, **facts: Any) -> Step:
    return Step(code, tuple(facts.items()))


def test_calendar_days_are_explained_from_the_receipt_to_the_last_day() -> None:
    assert steps(complaint(BEGAN), "answer_simple") == [
        step("received", at=BEGAN, door="hotline"),
        step("first-day", begin=date(2026, 4, 30), first=date(2026, 5, 1)),
        step("length-days", length=15),
        step("last-day", day=date(2026, 5, 15)),
    ]


def test_working_days_name_the_holidays_and_the_saturdays_that_are_worked() -> None:
    case = complaint(BEGAN, door=Door.REGULATOR)
    assert steps(case, "regulator") == [
        step("received", at=BEGAN, door="regulator"),
        step("first-day", begin=date(2026, 4, 30), first=date(2026, 5, 6)),
        step("length-working-days", length=7),
        step("days-off", count=5, first=date(2026, 5, 1)),
        step("worked-weekend", day=date(2026, 5, 9)),
        step("last-day", day=date(2026, 5, 13)),
    ]
    assert explain(clock(case, "regulator", now=BEGAN), "zh")[3] == (
        "期间有5个法定休息日（从2026年5月1日起），不计入。"
    )


def test_an_end_on_a_day_off_is_not_moved_and_that_is_said() -> None:
    saturday = complaint(BEGAN + DAY)
    assert steps(saturday, "answer_simple", BEGAN + DAY)[-1] == step(
        "not-moved", day=date(2026, 5, 16)
    )


@pytest.mark.parametrize(
    ("statement_day", "told", "last"),
    [
        (5, step("cycles-known", closings="2026-04-05, 2026-05-05"), date(2026, 5, 5)),
        (2, step("cycles-known", closings="2026-05-02, 2026-06-02"), date(2026, 6, 1)),
        (None, step("cycles-unknown", least=28), date(2026, 4, 28)),
    ],
)
def test_billing_cycles_are_named_with_their_closings_and_their_end(
    statement_day: int | None, told: Step, last: date
) -> None:
    case = complaint(
        ABROAD, subjects=("billing-error",), zone=NEW_YORK.key, statement_day=statement_day
    )
    assert steps(case, "billing_error", ABROAD, "us")[2:] == [
        step("length-cycles", length=2),
        told,
        step("at-most", days=90),
        step("last-day", day=last),
    ]
    assert grade_of(case, POLICIES["us"], CALENDARS["us"], now=ABROAD) == "standard"


def test_what_begins_with_an_answer_says_so() -> None:
    answered = BEGAN + 5 * DAY
    marks = {Mark.RECEIVED: BEGAN, Mark.ANSWERED: answered}
    case = complaint(BEGAN, timeline={"marks": marks})
    first, *_ = steps(case, "ask_reexamination", answered)
    assert first == step("began", at=answered, mark="answered")


def test_of_whom_nobody_knows_nobody_can_be_told() -> None:
    marks = {Mark.RECEIVED: BEGAN, Mark.DECIDED: BEGAN + DAY}
    nameless = complaint(BEGAN, complainant=Complainant(), timeline={"marks": marks})
    assert steps(nameless, "answer_simple")[-1] == step("nobody-to-tell")
    assert clock(nameless, "answer_simple", now=BEGAN).met_at == BEGAN + DAY
    known = complaint(BEGAN, timeline={"marks": marks})
    assert clock(known, "answer_simple", now=BEGAN).met_at is None, "decided is not answered"
    regulator = complaint(
        BEGAN, door=Door.REGULATOR, complainant=Complainant(), timeline={"marks": marks}
    )
    assert clock(regulator, "regulator", now=BEGAN).met_at is None, "somebody is to be told there"


def test_pauses_are_told_with_the_days_that_did_not_count() -> None:
    over = Pause(PauseGround.MEDIATION, BEGAN + 2 * DAY, BEGAN + 4 * DAY)
    runs = Pause(PauseGround.APPRAISAL, BEGAN + 5 * DAY)
    case = complaint(BEGAN, timeline={"pauses": (over, runs)})
    assert steps(case, "answer_simple", BEGAN + 8 * DAY)[2:] == [
        step("length-days", length=15),
        step("stood-still", ground="mediation", since=over.since, until=over.until),
        step("stands-still", ground="appraisal", since=runs.since),
        step("still-days", days=3),
        step("last-day", day=date(2026, 5, 18)),
    ]


@pytest.mark.parametrize(
    ("since", "until", "stops"),
    [
        (BEGAN, None, True),
        (BEGAN, BEGAN + DAY, False),
        (BEGAN, BEGAN + DAY + TICK, True),
        (BEGAN, BEGAN + DAY + SOON, True),
        (BEGAN, BEGAN + DAY - SOON, False),
    ],
)
def test_a_clock_stands_still_to_the_instant(
    since: datetime, until: datetime | None, stops: bool
) -> None:
    case = complaint(BEGAN, timeline={"pauses": (Pause(PauseGround.MEDIATION, since, until),)})
    assert clock(case, "answer_simple", now=BEGAN + DAY).stopped == stops
    assert not clock(case, "acknowledge", now=BEGAN + DAY).stopped, "nothing stops this one"


def test_a_pause_after_the_end_stops_nothing_any_more() -> None:
    due = clock(complaint(BEGAN), "answer_simple", now=BEGAN).due_at
    for since, stops in ((due - TICK, True), (due - SOON, True), (due, False), (due + SOON, False)):
        case = complaint(BEGAN, timeline={"pauses": (Pause(PauseGround.APPRAISAL, since),)})
        assert clock(case, "answer_simple", now=due + DAY).stopped == stops


def told(case: Complaint, now: datetime, key: str = "answer_simple") -> list[str]:
    return [one.code for one in steps(case, key, now) if "still" in one.code]


@pytest.mark.parametrize("ahead", [TICK, SOON])
def test_a_pause_is_over_at_its_instant(ahead: timedelta) -> None:
    pause = Pause(PauseGround.MEDIATION, BEGAN + DAY, BEGAN + 3 * DAY)
    case = complaint(BEGAN, timeline={"pauses": (pause,)})
    assert told(case, BEGAN + 3 * DAY) == ["stood-still", "still-days"]
    assert told(case, BEGAN + 3 * DAY - ahead) == ["stands-still", "still-days"]


@pytest.mark.parametrize("ahead", [TICK, SOON])
def test_a_pause_before_it_began_anew_is_not_told(ahead: timedelta) -> None:
    anew = BEGAN + 6 * DAY
    for until, codes in ((anew, ["still-days"]), (anew + ahead, ["stood-still", "still-days"])):
        pause = Pause(PauseGround.MEDIATION, BEGAN + DAY, until)
        case = complaint(BEGAN, timeline={"pauses": (pause,), "new_facts": (anew,)})
        assert told(case, BEGAN + 8 * DAY) == codes


@pytest.mark.parametrize("before", [TICK, SOON])
def test_a_pause_after_the_end_is_not_told(before: timedelta) -> None:
    due = clock(complaint(BEGAN), "answer_simple", now=BEGAN).due_at
    for since, codes in ((due, []), (due - before, ["stands-still", "still-days"])):
        case = complaint(BEGAN, timeline={"pauses": (Pause(PauseGround.APPRAISAL, since),)})
        assert told(case, due + DAY) == codes


def test_a_clock_that_nothing_stops_tells_of_no_pause_and_one_without_grades_of_no_extension() -> (
    None
):
    pause = Pause(PauseGround.MEDIATION, BEGAN)
    wanted = extension("special", BEGAN, whole=False)
    case = complaint(BEGAN, timeline={"pauses": (pause,), "extensions": (wanted,)})
    codes = [one.code for one in steps(case, "acknowledge", BEGAN + DAY)]
    assert codes == ["received", "first-day", "length-days", "last-day", "not-moved"]


def test_of_a_day_in_a_year_without_a_calendar_nobody_says_that_it_is_off() -> None:
    december = datetime(2026, 12, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    last = steps(complaint(december), "answer_simple", december)[-1]
    assert last == step("last-day", day=date(2027, 1, 9)), "a Saturday"
