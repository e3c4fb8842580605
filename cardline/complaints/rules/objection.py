"""The clock of an objection to a credit record that the desk took as a case (row B8, CRR 25).

One clock for both: a complaint about a credit record runs by the same rule.
"""

from datetime import datetime

from cardline.complaints.clock_model import Clock, ComplaintPolicy, Task
from cardline.complaints.model import (
    Arrival,
    Complainant,
    Complaint,
    ComplaintId,
    Door,
    Mark,
    State,
    Timeline,
)
from cardline.complaints.rules.clocks import clocks
from cardline.core.calendar import WorkCalendar
from cardline.core.ids import HolderId

_SUBJECT = "credit-record"


def objection_clock(
    case: str,
    holder: HolderId,
    *,
    received_at: datetime,
    answered_at: datetime | None,
    policy: ComplaintPolicy,
    calendar: WorkCalendar,
    now: datetime,
) -> Clock | None:
    """Return by when an objection is answered, step by step; ``None`` where the pack has none."""
    marks = {Mark.RECEIVED: received_at}
    if answered_at is not None:
        marks[Mark.ANSWERED] = answered_at
    as_complaint = Complaint(
        id=ComplaintId(case),
        key=case,
        door=Door.AGENT,
        complainant=Complainant(holder),
        statement="",
        demand="",
        subjects=(_SUBJECT,),
        persons=(),
        files=(),
        interaction=None,
        account_id=None,
        statement_day=None,
        language="zh",
        zone=policy.zone.key,
        proxy=None,
        joint=None,
        taken_by="",
        recorded_at=received_at,
        state=State.ACCEPTED,
        timeline=Timeline((Arrival(Door.AGENT, received_at),), marks),
    )
    found = clocks(as_complaint, policy, calendar, now=now)
    return next((one for one in found if one.task is Task.CREDIT_RECORD), None)
