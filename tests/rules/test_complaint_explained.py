"""A due time explained step by step says what anybody can check with a calendar."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.complaints.model import Door
from cardline.complaints.words import explain
from tests.rules.complaint_cases import POLICIES, clock, complaint


def test_day_one_of_working_days_is_the_first_that_is_worked() -> None:
    at = datetime(2026, 11, 27, 15, 7, tzinfo=ZoneInfo("Europe/London"))  # a Friday
    found = clock(complaint(at, zone="Europe/London"), "summary", now=at, pack="uk")
    assert explain(found, "en")[1:] == (
        "27 November 2026 does not count; day 1 is 30 November 2026.",
        "Working days allowed: 3; Saturdays and Sundays do not count (DISP 1.5.1).",
        "The last day is 2 December 2026: before its end is in time.",
    )


def test_day_one_after_a_holiday_in_china_is_the_day_on_which_work_begins() -> None:
    at = datetime(2026, 9, 30, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = clock(complaint(at, door=Door.REGULATOR), "regulator", now=at)
    assert explain(found, "zh")[1] == "2026年9月30日当天不计，2026年10月8日为第1天。"


def test_billing_cycles_that_ninety_days_cut_short_are_told_with_their_statement_days() -> None:
    zone = POLICIES["us"].zone
    at = datetime(2026, 3, 3, 10, 0, tzinfo=zone)
    case = complaint(at, subjects=("billing-error",), zone=zone.key, statement_day=2)
    said = explain(clock(case, "billing_error", now=at, pack="us"), "en")
    assert said[3:] == (
        "The statement days are 2026-05-02, 2026-06-02.",
        "In no event more than 90 days.",
        "The last day is 1 June 2026: before its end is in time.",
    )
