"""Whoever speaks for another hears nothing before a person has seen that they may (CMP 14)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cardline.complaints.clock_model import Task
from cardline.complaints.doors.rules import day_in
from cardline.complaints.model import Complainant, Complaint, Proxy, Reach, State
from cardline.complaints.rules.clocks import clocks
from cardline.complaints.rules.handling import may_close, may_tell
from cardline.complaints.rules.speaking import heard_by_proxy, may_hear, may_show
from cardline.complaints.telling_model import Notice
from cardline.core.ids import HolderId
from tests.rules.complaint_cases import CALENDARS, CN, complaint

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
REACH = Reach(email="ming@example.net")
WHOLE = Proxy("周明", REACH, ("f1",), ("f2",), False, "周秀英", date(2026, 11, 27), "staff:7001")


def spoken(proxy: Proxy | None = WHOLE, **more: Any) -> Complaint:
    who = more.pop("complainant", Complainant(None, "周秀英", "", REACH))
    return complaint(NOW, complainant=who, proxy=proxy, **more)


def lacks(case: Complaint, *, at: datetime = NOW) -> tuple[str, ...]:
    return may_hear(case, CN, now=at).codes


def test_who_has_shown_all_of_it_hears_and_nobody_is_asked_who_speaks_for_themselves() -> None:
    assert lacks(spoken()) == ()
    assert lacks(spoken(None)) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"authority_files": ()}, "authority-needed"),
        ({"checked_by": ""}, "authority-unchecked"),
        ({"principal": "周秀兰"}, "authority-for-another"),
        ({"until": date(2026, 11, 26)}, "authority-ended"),
        ({"identity_files": ()}, "proxy-identity-needed"),
        ({"reach": Reach()}, "proxy-reach-needed"),
    ],
)
def test_each_thing_that_is_missing_is_a_reason_of_its_own(
    change: dict[str, Any], code: str
) -> None:
    verdict = may_hear(spoken(replace(WHOLE, **change)), CN, now=NOW)
    assert verdict.codes == (code,)
    assert {one.source for one in verdict.refusals} == {"CMP 14"}


def test_all_reasons_are_told_at_once() -> None:
    bare = Proxy("周明", Reach(), principal="别人", until=date(2020, 1, 1))
    assert lacks(spoken(bare)) == (
        *("authority-needed", "authority-for-another", "authority-ended"),
        *("proxy-identity-needed", "proxy-reach-needed"),
    )


def test_the_last_day_counts_to_its_end_where_the_complainant_lives() -> None:
    end = datetime(2026, 11, 27, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert lacks(spoken(), at=end) == ()
    assert lacks(spoken(), at=end + timedelta(minutes=1)) == ("authority-ended",)
    assert lacks(spoken(replace(WHOLE, until=None)), at=end + timedelta(days=9999)) == ()


def test_a_name_is_the_same_in_any_width_and_with_spaces() -> None:
    who = Complainant(None, "Li　Mei", "", REACH)
    assert lacks(spoken(replace(WHOLE, principal="LI MEI"), complainant=who)) == ()


ANSWER = Notice("n", "answer", "email", "x", "by", NOW, CN.answer_contents)


def told(case: Complaint, channel: str) -> tuple[str, ...]:
    case = replace(case, state=State.DECIDED)
    notice = replace(ANSWER, channel=channel)
    return may_tell(case, notice, by="7001", policy=CN, now=NOW).codes


def test_the_case_goes_on_and_a_holder_is_answered_at_the_registered_ways() -> None:
    bare = replace(WHOLE, authority_files=())
    holders = spoken(bare, complainant=Complainant(HolderId("h1")))
    assert told(holders, "email") == told(holders, "letter") == ()
    # Who is called, or has something put into the hand, may be whoever speaks.
    assert told(holders, "call") == told(holders, "handed-over") == ("authority-needed",)
    own_way = Complainant(None, "周秀英", "", Reach(phone="13800001234"))
    assert told(spoken(bare, complainant=own_way), "letter") == ()
    for reach in (REACH, Reach()):
        theirs = spoken(bare, complainant=Complainant(None, "周秀英", "", reach))
        assert told(theirs, "email") == ("authority-needed",)
        assert heard_by_proxy(theirs, "email")
    assert not heard_by_proxy(spoken(None), "call")


def test_who_is_reached_through_a_proxy_alone_is_owed_an_answer_all_the_same() -> None:
    case = spoken(complainant=Complainant(None, "周秀英"), state=State.DECIDED)
    assert not case.anonymous
    found = clocks(case, CN, CALENDARS["cn"], now=NOW)
    answer = next(one for one in found if one.task is Task.ANSWER)
    assert answer.met_at is None
    may = may_close(case, by="7001", tasks_open=False, remedies_open=False, policy=CN)
    assert "state-decided" in may.codes
    assert spoken(replace(WHOLE, reach=Reach()), complainant=Complainant()).anonymous


def test_an_authority_may_be_shown_until_it_is_over() -> None:
    over = {State.WITHDRAWN, State.JOINED}
    for state in State:
        assert may_show(spoken(state=state), CN).allowed is (state not in over)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2027-03-01", date(2027, 3, 1)), ("2027/3/1", date(2027, 3, 1)),
        ("２０２７年3月1日", date(2027, 3, 1)), ("2027-02-30", None), ("明年", None), ("", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(typed: str, day: date | None) -> None:
    assert day_in(typed) == day
