"""Complaints for tests of rules: one to begin with, policies and calendars of all packs."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from cardline.complaints.clock_model import Clock, ComplaintPolicy
from cardline.complaints.model import (
    Arrival,
    Complainant,
    Complaint,
    ComplaintId,
    Door,
    Extension,
    Grade,
    Mark,
    State,
    Timeline,
)
from cardline.complaints.policy import complaint_policy
from cardline.complaints.rules.clocks import clocks
from cardline.core.calendar import WorkCalendar, work_calendar
from cardline.core.ids import HolderId
from cardline.core.policy import load_area

PACKS = ("cn", "uk", "us")


def policy_of(pack: str) -> ComplaintPolicy:
    servicing = load_area("servicing") if pack == "cn" else None
    return complaint_policy(load_area("complaints", pack=pack), servicing)


POLICIES: dict[str, ComplaintPolicy] = {pack: policy_of(pack) for pack in PACKS}
CALENDARS: dict[str, WorkCalendar] = {
    pack: work_calendar(load_area("outreach", pack=pack)) for pack in PACKS
}
CN = POLICIES["cn"]


def complaint(at: datetime, *, door: Door = Door.HOTLINE, **more: Any) -> Complaint:
    """Return a holder's complaint that came in at a time, accepted and with a handler."""
    timeline = {"marks": {Mark.RECEIVED: at}, **more.pop("timeline", {})}
    case = Complaint(
        id=ComplaintId("C260303-aaaaaa"),
        key="k",
        door=door,
        complainant=Complainant(holder_id=HolderId("h1")),
        statement="The annual fee was charged although it had been waived.",
        demand="Give it back.",
        subjects=("fees",),
        persons=(),
        files=(),
        interaction=None,
        account_id=None,
        statement_day=None,
        language="en",
        zone="Asia/Shanghai",
        proxy=None,
        joint=None,
        taken_by="agent:a1",
        recorded_at=at,
        state=State.ACCEPTED,
        handler="7001",
        timeline=Timeline(arrivals=(Arrival(door, at),), **timeline),
    )
    return replace(case, **more)


def extension(
    grade: str, at: datetime, *, ground: str = "many-facts", whole: bool = True
) -> Extension:
    """Return an extension that was asked for, approved and told at one time, or only asked for."""
    one = Extension("x1", Grade(grade), ground, "why", "7001", at)
    return replace(one, approved_by="9001", approved_at=at, told_at=at) if whole else one


def clock(case: Complaint, key: str, *, now: datetime, pack: str = "cn") -> Clock:
    """Return one clock of a complaint."""
    found = clocks(case, POLICIES[pack], CALENDARS[pack], now=now)
    return next(one for one in found if one.key == key)
