"""What moves the time: pauses, extensions, new facts (row C2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cardline.complaints import timeline_store, work_store
from cardline.complaints.actions.stepping import Stepped, Working, free_text, locked, step
from cardline.complaints.clock_model import Clock, Task
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import (
    Complaint,
    ComplaintId,
    Extension,
    Grade,
    Pause,
    PauseGround,
    State,
)
from cardline.complaints.rules.clocks import clocks, grade_of
from cardline.complaints.rules.handling import (
    may_add_facts,
    may_approve_extension,
    may_extend,
    may_pause,
    may_resume,
)
from cardline.core.actor import Actor
from cardline.core.errors import Conflict, NotFound
from cardline.core.ids import new_id
from cardline.core.transaction import Transaction

LEAST_WHY = 4


async def pause(
    tx: Transaction, work: Working, case_id: ComplaintId, *, ground: PauseGround, why: str
) -> Stepped:
    """Let the time stand still; which clocks do stands in the pack. Journals
    ``complaint.paused``.
    """
    case = await locked(tx, case_id)
    masked = free_text(why, least=LEAST_WHY, what="write what is waited for")
    verdict = may_pause(
        case, ground, by=work.number, due_at=_answer(case, work).due_at,
        policy=work.config.policy, now=work.at,
    )  # fmt: skip
    if verdict.allowed:
        one = Pause(ground, work.at, None, masked.text)
        await timeline_store.add_pause(tx, case, one, id_=new_id("p"), by=work.number)
    return await step(
        tx, case, case, kind="complaint.paused", verdict=verdict,
        body={"ground": ground, "text": masked.text}, by=work.actor, config=work.config,
        at=work.at, masked=masked.found,
    )  # fmt: skip


async def resume(
    tx: Transaction, work: Working, case_id: ComplaintId, *, ground: PauseGround
) -> Stepped:
    """Let the time run on. Journals ``complaint.resumed``."""
    case = await locked(tx, case_id)
    verdict = may_resume(case, ground, policy=work.config.policy)
    if verdict.allowed:
        await timeline_store.end_pauses(tx, case, ground=ground, at=work.at)
    return await step(
        tx, case, case, kind="complaint.resumed", verdict=verdict, body={"ground": ground},
        by=work.actor, config=work.config, at=work.at,
    )  # fmt: skip


async def extend(
    tx: Transaction,
    work: Working,
    case_id: ComplaintId,
    *,
    grade: Grade,
    ground: str,
    why: str,
) -> Stepped:
    """Ask for a longer time. It counts once approved and told, as the pack wants it.

    Journals ``complaint.extension-asked``; ``made`` is its id.
    """
    case = await locked(tx, case_id)
    masked = free_text(why, least=LEAST_WHY, what="write why it takes longer")
    policy, calendar = work.config.policy, work.config.calendar
    verdict = may_extend(
        case, grade, ground, by=work.number, has=grade_of(case, policy, calendar, now=work.at),
        due_at=_answer(case, work).due_at, policy=policy, now=work.at,
    )  # fmt: skip
    one = Extension(new_id("x"), grade, ground, masked.text, work.number, work.at)
    if verdict.allowed:
        await timeline_store.add_extension(tx, case, one)
    body = {"extension": one.id, "grade": grade, "ground": ground, "text": masked.text}
    return await step(
        tx, case, case, kind="complaint.extension-asked", verdict=verdict, body=body,
        by=work.actor, config=work.config, at=work.at, masked=masked.found, made=one.id,
    )  # fmt: skip


async def settle_extension(
    tx: Transaction,
    work: Working,
    case_id: ComplaintId,
    *,
    extension: str,
    approve: bool,
    why: str = "",
) -> Stepped:
    """Approve a longer time or turn it down; not whoever asked, and with the role of the pack.

    Whoever turns it down says why. Journals ``complaint.extension-approved`` or
    ``complaint.extension-turned-down``. Raises ``NotFound``.
    """
    case = await locked(tx, case_id)
    least = 0 if approve else LEAST_WHY
    masked = free_text(why, least=least, what="write why the time is not longer")
    one = next((each for each in case.timeline.extensions if each.id == extension), None)
    if one is None:
        raise NotFound("there is no such extension")
    verdict = may_approve_extension(
        case, one, by=work.number, role=work.staff.role, policy=work.config.policy
    )
    if verdict.allowed:
        settled = replace(
            one,
            approved_by=work.number,
            approved_at=work.at if approve else None,
            turned_down_at=None if approve else work.at,
        )
        await timeline_store.save_extension(tx, settled)
    kind = "complaint.extension-approved" if approve else "complaint.extension-turned-down"
    return await step(
        tx, case, case, kind=kind, verdict=verdict,
        body={"extension": one.id, "grade": one.grade, "text": masked.text}, by=work.actor,
        config=work.config, at=work.at, masked=masked.found, made=one.id,
    )  # fmt: skip


async def add_facts(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    text: str,
    files: Sequence[str] = (),
    new: bool = True,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """The complainant adds something. ``new``: facts that were not known begin the time anew.

    A complainant's addition is taken for nothing new until a handler has said so, so that nobody
    gains time by asking; staff say it at once. Journals ``complaint.facts-added``.
    """
    case = await locked(tx, case_id)
    masked = free_text(text, least=LEAST_WHY, what="write what is new")
    verdict = may_add_facts(case, config.policy)
    restarts = new and by.kind in ("agent", "staff")
    fact = new_id("f")
    after = case
    if verdict.allowed:
        await timeline_store.add_fact(
            tx, case, fact=fact, text=masked.text, files=files, restarts=restarts, by=str(by), at=at
        )
        after = replace(case, files=tuple(dict.fromkeys((*case.files, *files))))
        decided = case.state in (State.AWAITING, State.DECIDED)
        # What was decided did not know of it. Money that is on its way is never called back: nobody
        # here can tell whether it has arrived.
        if restarts and decided and not await work_store.money_ordered(tx, case):
            after = replace(after, state=State.ACCEPTED)
    body = {"fact": fact, "text": masked.text, "files": list(files), "new": restarts}
    return await step(
        tx, case, after, kind="complaint.facts-added", verdict=verdict, body=body, by=by,
        config=config, at=at, masked=masked.found, made=fact,
    )  # fmt: skip


def _answer(case: Complaint, work: Working) -> Clock:
    """Return the clock of what is owed to the complainant now."""
    wanted = Task.REEXAMINE if case.round > 1 else Task.ANSWER
    found = clocks(case, work.config.policy, work.config.calendar, now=work.at)
    for clock in found:
        if clock.task is wanted:
            return clock
    raise Conflict("nothing is owed on this complaint any more")
