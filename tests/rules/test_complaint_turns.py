"""What turns a clock while it runs, to the instant, and what of it the steps tell."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.complaints.model import Complaint, Door, Grade, Mark
from cardline.complaints.rules.clocks import clocks, counts_from, grade_of
from tests.rules.complaint_cases import CALENDARS, CN, clock, complaint, extension

BEGAN = datetime(2026, 3, 3, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
SOON = timedelta(seconds=30)


def turns(case: Complaint, key: str, now: datetime) -> list[str]:
    return [
        step.code
        for step in clock(case, key, now=now).steps
        if step.code == "restarted" or step.code.startswith("exten")
    ]


@pytest.mark.parametrize(
    ("at", "now", "begins_anew"),
    [
        (BEGAN, BEGAN + DAY, False),
        (BEGAN + TICK, BEGAN + DAY, True),
        (BEGAN + SOON, BEGAN + DAY, True),
        (BEGAN + DAY, BEGAN + DAY, True),
        (BEGAN + DAY + TICK, BEGAN + DAY, False),
        (BEGAN + DAY + SOON, BEGAN + DAY, False),
        (BEGAN + DAY, BEGAN + DAY + SOON, True),
    ],
)
def test_new_facts_begin_it_anew_between_the_beginning_and_now(
    at: datetime, now: datetime, begins_anew: bool
) -> None:
    case = complaint(BEGAN, timeline={"new_facts": (at,)})
    assert turns(case, "answer_simple", now) == (["restarted"] if begins_anew else [])
    assert clock(case, "answer_simple", now=now).begins_at == (at if begins_anew else BEGAN)


@pytest.mark.parametrize(
    ("at", "key"),
    [
        (BEGAN + DAY, "answer_complex"),
        (BEGAN + DAY + TICK, "answer_simple"),
        (BEGAN + DAY + SOON, "answer_simple"),
        (BEGAN + DAY - SOON, "answer_complex"),
    ],
)
def test_an_extension_counts_from_its_instant(at: datetime, key: str) -> None:
    case = complaint(BEGAN, timeline={"extensions": (extension("complex", at),)})
    now = BEGAN + DAY
    assert key in [one.key for one in clocks(case, CN, CALENDARS["cn"], now=now)]
    assert turns(case, key, now) == (["extended"] if key == "answer_complex" else [])


def test_of_two_turns_at_one_time_the_extension_is_told_first() -> None:
    at = BEGAN + DAY
    case = complaint(
        BEGAN, timeline={"extensions": (extension("complex", at),), "new_facts": (at,)}
    )
    assert turns(case, "answer_complex", at) == ["extended", "restarted"]


def test_an_extension_to_what_it_has_or_less_turns_nothing() -> None:
    longest, shorter = extension("special", BEGAN + DAY), extension("complex", BEGAN + 2 * DAY)
    again = replace(longest, id="x2", asked_at=BEGAN + 3 * DAY, told_at=BEGAN + 3 * DAY)
    case = complaint(BEGAN, timeline={"extensions": (longest, shorter, again)})
    assert turns(case, "answer_special", BEGAN + 4 * DAY) == ["extended"]


def test_a_clock_without_grades_says_nothing_of_extensions() -> None:
    late = extension("complex", BEGAN + 3 * DAY)
    case = complaint(BEGAN, timeline={"extensions": (late,)})
    assert turns(case, "acknowledge", BEGAN + 4 * DAY) == []


def test_the_grade_is_that_of_the_answer_whatever_else_is_due_before() -> None:
    case = complaint(BEGAN, door=Door.REGULATOR, subjects=("credit-record",))
    assert grade_of(case, CN, CALENDARS["cn"], now=BEGAN) == "simple"


def test_the_right_to_have_it_looked_at_again_runs_from_the_second_answer() -> None:
    answered, again = BEGAN + 5 * DAY, BEGAN + 20 * DAY
    marks = {Mark.RECEIVED: BEGAN, Mark.ANSWERED: answered}
    first = complaint(BEGAN, timeline={"marks": marks})
    assert clock(first, "ask_reexamination", now=again).begins_at == answered
    second = complaint(BEGAN, timeline={"marks": {**marks, Mark.ANSWERED_AGAIN: again}})
    assert clock(second, "ask_reexamination", now=again).begins_at == again
    assert clock(second, "acknowledge", now=again).last_day == date(2026, 3, 4)


def test_an_extension_counts_once_the_last_thing_that_it_needs_is_there() -> None:
    whole = extension("special", BEGAN)
    assert counts_from(replace(whole, approved_at=BEGAN + DAY), CN) == BEGAN + DAY
    assert counts_from(replace(whole, told_at=BEGAN + 2 * DAY), CN) == BEGAN + 2 * DAY
    later = replace(whole, asked_at=BEGAN + 3 * DAY)
    assert counts_from(later, CN) == BEGAN + 3 * DAY


def test_what_needs_neither_approval_nor_notice_counts_as_it_is_asked_for() -> None:
    free = tuple(replace(one, approvers=frozenset(), notice=False) for one in CN.grades)
    asked = extension("complex", BEGAN, whole=False)
    assert counts_from(asked, replace(CN, grades=free)) == BEGAN
    assert counts_from(replace(asked, grade=Grade("simple")), replace(CN, grades=free)) == "grade"
