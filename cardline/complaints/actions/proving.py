"""What proves a notice, what it does from then on, and what is left of one that never arrived.

A notice counts from the moment that its proof names (CMP 21).
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from cardline.complaints import due_store, timeline_store, work_store
from cardline.complaints.actions.carrying import extension_of
from cardline.complaints.actions.stepping import (
    MATTER,
    Stepped,
    locked,
    settle_tasks,
    step,
)
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.due_store import Due
from cardline.complaints.model import Complaint, Mark, State
from cardline.complaints.rules.counting import day_at
from cardline.complaints.rules.handling import may_prove
from cardline.complaints.telling import ANSWERS
from cardline.complaints.telling_model import Notice, NoticeAbout
from cardline.complaints.words import line, word
from cardline.core.actor import SYSTEM, Actor
from cardline.core.calendar import end_of
from cardline.core.errors import Invalid, NotFound
from cardline.core.home import home
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.staff import actions as desk_staff
from cardline.desk.work import tasks as desk_tasks

_MARKS: dict[NoticeAbout, Mark] = {
    "acknowledgement": Mark.ACKNOWLEDGED,
    "refusal": Mark.REFUSAL_TOLD,
    "answer": Mark.ANSWERED,
    "reexamination": Mark.REEXAMINATION_ANSWERED,
}


async def prove(
    tx: Transaction,
    notice_id: str,
    *,
    kind: str,
    reference: str,
    told_at: datetime,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """Write what proves a notice, and let it count from ``told_at`` on.

    Proven twice it counts once, from the first time. An answer that is proven makes the complaint
    answered. Journals ``complaint.proven``. Raises ``NotFound``.
    """
    found = await work_store.notice(tx, notice_id)
    if found is None:
        raise NotFound("there is no such notice")
    case_id, run, notice = found
    case = await locked(tx, case_id)
    verdict = may_prove(notice, kind, reference, config.policy)
    if notice.proven_at is not None:
        return Stepped(Verdict(config.policy.version), case, made=notice.id)
    if not notice.at <= told_at <= at:
        raise Invalid("a notice is proven for a time after it was written, and not for later")
    after, marks = case, dict[Mark, datetime]()
    if verdict.allowed:
        await work_store.prove(tx, notice_id, proof=reference, at=told_at)
        await desk_tasks.settle_sources(tx, [_untold(case, run, notice)], at=at)
        if run == case.run and not case.ended:
            after, marks = await _effect(tx, case, notice, told_at, config=config)
    body: JsonObject = {"notice": notice.id, "about": notice.about, "channel": notice.channel}
    body |= {"proof": reference, "told_at": told_at.isoformat()}
    return await step(
        tx, case, after, kind="complaint.proven", verdict=verdict, body=body, by=by,
        config=config, at=at, marks=marks, made=notice.id,
    )  # fmt: skip


async def take_back(
    tx: Transaction,
    notice_id: str,
    *,
    fate: str,
    reason: str,
    config: ComplaintConfig,
    at: datetime,
) -> Stepped:
    """A notice did not arrive: it counts no longer, and the handler is to choose another way.

    An answer is owed again. Of a channel in ``sent_counts`` the time of sending is kept: that the
    bank was in time is law's rule; that somebody must hear of it remains. Journals
    ``complaint.undelivered``. Raises ``NotFound``.
    """
    found = await work_store.notice(tx, notice_id)
    if found is None:
        raise NotFound("there is no such notice")
    case_id, run, notice = found
    case = await locked(tx, case_id)
    kept = notice.proven_at is not None and notice.channel in config.policy.sent_counts
    if notice.proven_at is not None:
        await work_store.unprove(tx, notice.id)
    current = run == case.run and _of_this_round(case, notice)
    other = await _told_otherwise(tx, case, notice) if current else None
    after = case
    if current and not case.ended and notice.proven_at is not None:
        after = await _undo(tx, case, notice, other, kept=kept, at=at)
    if current and other is None and case.state not in (State.WITHDRAWN, State.JOINED):
        await _say_untold(tx, case, notice, fate, at=at)
    body: JsonObject = {"notice": notice.id, "about": notice.about, "channel": notice.channel}
    body |= {"fate": fate, "reason": reason, "carried_by": notice.carried_by}
    body |= {"handler": case.handler, "time_kept": kept}
    return await step(
        tx, case, after, kind="complaint.undelivered", verdict=Verdict(config.policy.version),
        body=body, by=SYSTEM, config=config, at=at, made=notice.id,
    )  # fmt: skip


async def _effect(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    at: datetime,
    *,
    config: ComplaintConfig,
) -> tuple[Complaint, dict[Mark, datetime]]:
    """Return what a proven notice makes of the complaint."""
    if notice.about == "acknowledgement":
        return case, {Mark.ACKNOWLEDGED: at}
    if notice.about == "refusal" and case.state is State.REFUSED:
        return case, {Mark.REFUSAL_TOLD: at}
    if notice.about == "extension":
        extension = extension_of(case, notice.extension)
        if extension is not None and extension.told_at is None:
            await timeline_store.save_extension(tx, replace(extension, told_at=at))
        return case, {}
    if notice.about in ANSWERS and case.state is State.DECIDED and _of_this_round(case, notice):
        await _ask_later(tx, case, at, config=config)
        marks = {_MARKS[notice.about]: at}
        if notice.about == "answer" and Mark.ANSWERED in case.timeline.marks:
            # The first came back. That it was in time stays; the right to disagree begins now.
            await timeline_store.drop_mark(tx, case, Mark.ANSWERED_AGAIN)
            marks = {Mark.ANSWERED_AGAIN: at}
        return replace(case, state=State.ANSWERED), marks
    return case, {}


async def _undo(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    other: datetime | None,
    *,
    kept: bool,
    at: datetime,
) -> Complaint:
    """Return what is left of a complaint whose notice did not arrive after all.

    ``other``: since when another notice has told the same.
    """
    mark = _MARKS.get(notice.about)
    if mark is not None and not kept and case.timeline.marks.get(mark) == notice.proven_at:
        await timeline_store.drop_mark(tx, case, mark)
        if other is not None:
            await timeline_store.set_mark(tx, case, mark, other)
    extension = extension_of(case, notice.extension)
    if extension is not None and not kept and extension.told_at == notice.proven_at:
        await timeline_store.save_extension(tx, replace(extension, told_at=other))
    if notice.about in ANSWERS and case.state is State.ANSWERED and other is None:
        due = _follow_up(case)
        await due_store.settle(tx, due, at=at)
        await settle_tasks(tx, [due], at=at)
        return replace(case, state=State.DECIDED)
    return case


async def _told_otherwise(tx: Transaction, case: Complaint, notice: Notice) -> datetime | None:
    """Return since when another notice of this run has told the same, with proof."""
    since = case.timeline.received_at
    times = [
        one.proven_at
        for one in await work_store.notices(tx, case.id)
        if one.id != notice.id
        and (one.about, one.extension) == (notice.about, notice.extension)
        and one.proven_at is not None
        and one.at >= since
    ]
    return min(times, default=None)


def _of_this_round(case: Complaint, notice: Notice) -> bool:
    return notice.about not in ANSWERS or (notice.about == "reexamination") == (case.round > 1)


async def _say_untold(
    tx: Transaction, case: Complaint, notice: Notice, fate: str, *, at: datetime
) -> None:
    source, tongue = _untold(case, case.run, notice), home().language
    handler = None
    for one in await desk_staff.all_staff(tx):
        if one.number == case.handler:
            handler = one.agent_id
    opened = await desk_tasks.open_task(
        tx,
        source=source,
        kind="other",
        what=line(
            "undelivered",
            case=case.id,
            about=word("abouts", notice.about).in_(tongue),
            channel=word("channels", notice.channel).in_(tongue),
            fate=word("fates", fate).in_(tongue),
        ),
        due_at=at,
        by=SYSTEM,
        at=at,
        holder=case.complainant.holder_id,
        agent=handler,
        matter=MATTER,
    )
    if opened is None:
        await desk_tasks.open_again(tx, source, due_at=at, at=at)


def _untold(case: Complaint, run: int, notice: Notice) -> str:
    """Return the source of the task that stands until the complainant was told."""
    about = notice.extension or notice.about
    return f"complaint-untold:{case.id}/{run}/{about}"


def _follow_up(case: Complaint) -> str:
    return f"follow-up/{case.id}/{case.run}/{case.round}"


async def _ask_later(
    tx: Transaction, case: Complaint, answered: datetime, *, config: ComplaintConfig
) -> None:
    """Some days after the answer somebody asks whether it was good (row C4)."""
    zone = config.policy.zone
    last = day_at(answered, zone) + timedelta(days=config.policy.follow_up_days)
    due_at = end_of(last, zone)
    row = Due(
        id=_follow_up(case),
        kind="follow-up",
        about=case.id,
        what="follow-up",
        began_at=answered,
        due_at=due_at,
        last_day=last,
        next_at=datetime.combine(last, time(0), zone),
    )
    await due_store.put(tx, [row])
