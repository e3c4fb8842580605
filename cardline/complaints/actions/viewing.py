"""What a complainant sees of a complaint, and what the staff does (row C4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.cards.cases import work as case_work
from cardline.cards.cases.model import CaseId, CaseKind
from cardline.complaints import due_store, store, timeline_store, work_store
from cardline.complaints.clock_model import Clock, Task
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.due_store import Due
from cardline.complaints.model import Complaint, ComplaintId, State
from cardline.complaints.rules.clocks import clocks, grade_of, next_due
from cardline.complaints.rules.handling import may_add_facts, may_reexamine, may_withdraw
from cardline.complaints.rules.objection import objection_clock
from cardline.complaints.telling_model import ForComplainant, Notice
from cardline.complaints.words import explain
from cardline.complaints.work_model import Decided, DepartmentTask
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.evidence.actions import read_links


async def view_for(
    tx: Transaction,
    reference: ComplaintId,
    *,
    holder: HolderId | None,
    config: ComplaintConfig,
    at: datetime,
) -> ForComplainant:
    """Show a complaint to its complainant. Raises ``NotFound`` where it is another holder's.

    ``holder`` ``None``: whoever asks has shown by other means that it is theirs.
    """
    case = await store.by_id(tx, reference)
    if case is None or (holder is not None and case.complainant.holder_id != holder):
        raise NotFound("there is no such complaint")
    found = clocks(case, config.policy, config.calendar, now=at)
    due = _next_for_complainant(found, at)
    window = next((one for one in found if one.task is Task.ASK_REEXAMINATION), None)
    may_ask = may_reexamine(
        case,
        until=window.due_at if window else None,
        in_writing=True,
        policy=config.policy,
        now=at,
    )
    told = [
        one
        for one in await work_store.notices(tx, case.id)
        if one.about in ("answer", "reexamination", "refusal") and one.proven_at is not None
    ]
    decided = await work_store.decisions(tx, case) if told else []
    return ForComplainant(
        id=case.id,
        state=case.state,
        received_at=case.timeline.received_at,
        door=case.door,
        next_task=due.task.value if due else None,
        next_by=due.last_day if due else None,
        next_explained=explain(due, case.language) if due else (),
        person=await _name(tx, case.handler),
        stopped=due.stopped if due else False,
        answer=told[-1].text if told else None,
        outcome=decided[-1].decision.outcome if decided else None,
        may_withdraw=may_withdraw(case, config.policy).allowed,
        may_add_facts=may_add_facts(case, config.policy).allowed,
        may_ask_reexamination_until=window.last_day if window and may_ask.allowed else None,
        satisfied=case.satisfied,
        joined_to=case.joined_to,
    )


def _next_for_complainant(found: Sequence[Clock], at: datetime) -> Clock | None:
    """Return what the complainant waits for: of what is owed to them the first, late or not."""
    theirs = (Task.ACCEPT, Task.ANSWER, Task.REEXAMINE, Task.CREDIT_RECORD)
    waiting = [one for one in found if one.task in theirs]
    ahead = [one for one in waiting if at < one.due_at or one.stopped]
    return next_due(ahead) or next_due(waiting)


async def _name(tx: Transaction, number: str | None) -> str | None:
    if number is None:
        return None
    try:
        return (await desk_staff.find(tx, number)).name
    except NotFound:
        return None  # they have left; somebody else will be named


@dataclass(frozen=True)
class Whole:
    """A complaint with all that belongs to it."""

    case: Complaint
    clocks: tuple[Clock, ...]
    grade: str
    decisions: tuple[Decided, ...]
    notices: tuple[Notice, ...]
    tasks: tuple[DepartmentTask, ...]
    facts: tuple[JsonObject, ...]
    joined: tuple[Complaint, ...]
    due: tuple[Due, ...]
    steps: tuple[JsonObject, ...]
    """What the journal has of it, oldest first."""


async def whole(
    tx: Transaction, case_id: ComplaintId, *, config: ComplaintConfig, at: datetime
) -> Whole:
    """Return a complaint with all that belongs to it. Raises ``NotFound``."""
    case = await store.by_id(tx, case_id)
    if case is None:
        raise NotFound("there is no such complaint")
    entries = [link.entry for link in await read_links(tx, f"complaint:{case.id}")]
    return Whole(
        case=case,
        clocks=clocks(case, config.policy, config.calendar, now=at),
        grade=grade_of(case, config.policy, config.calendar, now=at),
        decisions=tuple(await work_store.decisions(tx, case)),
        notices=tuple(await work_store.notices(tx, case.id)),
        tasks=tuple(await work_store.tasks(tx, case.id)),
        facts=tuple(await timeline_store.facts(tx, case.id)),
        joined=tuple(await store.joined_to(tx, case.id)),
        due=tuple(await due_store.of(tx, [case.id])),
        steps=tuple(
            {
                "at": entry.at,
                "kind": entry.kind,
                "by": entry.by,
                "body": entry.body,
                "reasons": [one["code"] for one in entry.verdict["reasons"]]
                if entry.verdict
                else [],
            }
            for entry in entries
        ),
    )


async def objection(
    tx: Transaction, case_id: CaseId, *, config: ComplaintConfig, at: datetime
) -> tuple[Clock, HolderId]:
    """Return the clock of the desk's objection to a credit record, and whose it is.

    Raises ``NotFound``.
    """
    case = await case_work.find(tx, case_id)
    clock = None
    if case.kind is CaseKind.CREDIT_OBJECTION:
        clock = objection_clock(
            case.id,
            case.holder_id,
            received_at=case.opened_at,
            answered_at=case.answered_at,
            policy=config.policy,
            calendar=config.calendar,
            now=at,
        )
    if clock is None:
        raise NotFound("there is no such objection")
    return clock, case.holder_id


async def listed(
    tx: Transaction,
    *,
    states: Sequence[State] | None = None,
    handler: str | None = None,
    taken_by: str | None = None,
    door: str | None = None,
    subject: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[tuple[Complaint, Due | None]]:
    """Return complaints, oldest first, each with what is due next on it."""
    found = await store.listed(
        tx,
        states=[state.value for state in states] if states is not None else None,
        handler=handler,
        taken_by=taken_by,
        door=door,
        subject=subject,
        after=after,
        limit=limit,
    )
    due: dict[str, Due] = {}
    for one in await due_store.of(tx, [case.id for case in found]):
        if one.kind == "clock" and one.next_at is not None:
            due.setdefault(one.about, one)
    return [(case, due.get(case.id)) for case in found]


async def of_holder(tx: Transaction, holder: HolderId, *, limit: int = 50) -> list[Complaint]:
    """Return the complaints of a holder, newest first."""
    return await store.of_holder(tx, holder, limit=limit)
