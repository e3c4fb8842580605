"""How a complaint ends, and how it goes on after all (rows C2, C4)."""

from dataclasses import replace
from datetime import datetime

from cardline.complaints import due_store, timeline_store, work_store
from cardline.complaints.actions.receiving import new_source, tighten
from cardline.complaints.actions.stepping import (
    MATTER,
    Stepped,
    Working,
    free_text,
    locked,
    settle_tasks,
    step,
    stream_of,
)
from cardline.complaints.clock_model import Task
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import (
    Arrival,
    Complaint,
    ComplaintId,
    Door,
    Mark,
    State,
    Timeline,
)
from cardline.complaints.rules.clocks import clocks
from cardline.complaints.rules.handling import (
    in_state,
    may_close,
    may_reexamine,
    may_reopen,
    may_withdraw,
)
from cardline.complaints.words import line
from cardline.core.actor import Actor
from cardline.core.transaction import Transaction
from cardline.core.verdict import judge
from cardline.desk.work import tasks as desk_tasks
from cardline.outreach import actions as outreach

LEAST_WHY = 2


async def withdraw(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    why: str,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """The complainant takes it back: everything ends now (CMP 15). Journals
    ``complaint.withdrawn``.
    """
    case = await locked(tx, case_id)
    masked = free_text(why, least=LEAST_WHY, what="write that the complainant takes it back")
    verdict = may_withdraw(case, config.policy)
    if verdict.allowed:
        await _end(tx, case, by=by, at=at)
    return await step(
        tx, case, replace(case, state=State.WITHDRAWN, closed_at=at),
        kind="complaint.withdrawn", verdict=verdict, body={"text": masked.text}, by=by,
        config=config, at=at, marks={Mark.WITHDRAWN: at}, masked=masked.found,
    )  # fmt: skip


async def close(tx: Transaction, work: Working, case_id: ComplaintId) -> Stepped:
    """Close what was answered, or refused and told, with everything done.

    Journals ``complaint.closed``.
    """
    case = await locked(tx, case_id)
    verdict = may_close(
        case,
        by=work.number,
        tasks_open=await work_store.tasks_open(tx, case),
        remedies_open=await work_store.remedies_open(tx, case),
        policy=work.config.policy,
    )
    if verdict.allowed:
        await outreach.loosen(
            tx, complaint=case.id, stream=stream_of(case.id), by=work.actor, at=work.at
        )
    return await step(
        tx, case, replace(case, state=State.CLOSED, closed_at=work.at), kind="complaint.closed",
        verdict=verdict, body={}, by=work.actor, config=work.config, at=work.at,
        marks={Mark.CLOSED: work.at},
    )  # fmt: skip


async def follow_up(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    satisfied: bool | None,
    words: str,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """Write what the complainant says of the answer; ``None``: they were asked and said nothing.

    Journals ``complaint.followed-up``.
    """
    case = await locked(tx, case_id)
    masked = free_text(words, least=0, what="")
    verdict = judge(config.policy.version, (in_state(case, State.ANSWERED, State.CLOSED),))
    if verdict.allowed:
        due = f"follow-up/{case.id}/{case.run}/{case.round}"
        await due_store.settle(tx, due, at=at)
        await settle_tasks(tx, [due], at=at)
    return await step(
        tx, case, replace(case, satisfied=satisfied if satisfied is not None else case.satisfied),
        kind="complaint.followed-up", verdict=verdict,
        body={"satisfied": satisfied, "text": masked.text}, by=by, config=config, at=at,
        marks={Mark.FOLLOWED_UP: at}, masked=masked.found,
    )  # fmt: skip


async def ask_reexamination(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    why: str,
    in_writing: bool,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """The complainant does not agree: the superior looks at it again, somebody else (CMP 20).

    ``at``: when the request reached the bank. Journals ``complaint.reexamination-asked``.
    """
    case = await locked(tx, case_id)
    masked = free_text(why, least=LEAST_WHY, what="write why they do not agree")
    verdict = may_reexamine(
        case, until=_right_ends(case, config, at), in_writing=in_writing, policy=config.policy,
        now=at,
    )  # fmt: skip
    after = replace(
        case, state=State.ACCEPTED, round=2, first_handler=case.handler,
        first_approver=await _approver(tx, case), handler=None, closed_at=None, satisfied=None,
    )  # fmt: skip
    if verdict.allowed:
        await _to_do(tx, after, by=by, at=at, due_at=at)
        await tighten(tx, after, by=by, at=at)
    return await step(
        tx, case, after, kind="complaint.reexamination-asked", verdict=verdict,
        body={"text": masked.text, "first_handler": case.handler}, by=by, config=config, at=at,
        marks={Mark.REEXAMINATION_ASKED: at}, masked=masked.found, forget_likeness=True,
    )  # fmt: skip


async def reopen(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    new_facts: str,
    door: Door,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """Open what is over again, for something new: all clocks run anew from now.

    Journals ``complaint.reopened``.
    """
    case = await locked(tx, case_id)
    masked = free_text(new_facts, least=0, what="")
    verdict = may_reopen(case, new_facts=masked.text, policy=config.policy)
    after = replace(
        case, state=State.RECEIVED, run=case.run + 1, round=1, first_handler=None,
        first_approver=None, refusal="", closed_at=None, satisfied=None,
        timeline=Timeline((Arrival(door, at),)),
    )  # fmt: skip
    if verdict.allowed:
        await due_store.silence(tx, case.id, at=at, met=False)
        await timeline_store.add_arrival(tx, after, Arrival(door, at))
        await timeline_store.add_fact(
            tx, after, fact=f"{case.id}/{after.run}", text=masked.text, files=(), restarts=False,
            by=str(by), at=at,
        )  # fmt: skip
        await _to_do(tx, after, by=by, at=at, due_at=at)
        await tighten(tx, after, by=by, at=at)
    return await step(
        tx, case, after, kind="complaint.reopened", verdict=verdict,
        body={"text": masked.text, "run": after.run, "door": door}, by=by, config=config, at=at,
        marks={Mark.RECEIVED: at}, masked=masked.found, forget_likeness=True,
    )  # fmt: skip


async def _approver(tx: Transaction, case: Complaint) -> str | None:
    """Return who agreed to the decision that stands, where a second person had to."""
    decided = await work_store.decisions(tx, case)
    return decided[-1].approved_by if decided else None


def _right_ends(case: Complaint, config: ComplaintConfig, at: datetime) -> datetime | None:
    found = clocks(case, config.policy, config.calendar, now=at)
    ends = [one.due_at for one in found if one.task is Task.ASK_REEXAMINATION]
    return max(ends, default=None)


async def _end(tx: Transaction, case: Complaint, *, by: Actor, at: datetime) -> None:
    """Nothing is waited for any more, nobody is warned, nothing stands against contacts."""
    await timeline_store.end_pauses(tx, case, ground=None, at=at)
    due = await due_store.of(tx, [case.id])
    await due_store.silence(tx, case.id, at=at, met=True)
    await settle_tasks(tx, [one.id for one in due], at=at)
    await desk_tasks.settle_sources(tx, [new_source(case)], at=at)
    await outreach.loosen(tx, complaint=case.id, stream=stream_of(case.id), by=by, at=at)


async def _to_do(
    tx: Transaction, case: Complaint, *, by: Actor, at: datetime, due_at: datetime
) -> None:
    """Put it before somebody: it has no handler who may go on."""
    await desk_tasks.open_task(
        tx, source=new_source(case), kind="other", what=line("new", case=case.id), due_at=due_at,
        by=by, at=at, holder=case.complainant.holder_id, matter=MATTER,
    )  # fmt: skip
