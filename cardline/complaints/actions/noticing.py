"""Telling the complainant, and what proves it (CMP 19, 21).

A notice counts from the moment that its proof names. A short message is proven when it has left;
a letter when it was posted; what carries it says so through :func:`prove` or :func:`prove_carried`.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from cardline.cards.model import Holder
from cardline.complaints import due_store, store, timeline_store, work_store
from cardline.complaints.actions.stepping import (
    Stepped,
    Working,
    free_text,
    holder_of,
    locked,
    step,
    stream_of,
)
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.due_store import Due
from cardline.complaints.model import (
    Complaint,
    ComplaintId,
    Extension,
    Mark,
    Notice,
    NoticeAbout,
    State,
)
from cardline.complaints.rules.clocks import clocks, next_due
from cardline.complaints.rules.counting import day_at
from cardline.complaints.rules.handling import may_prove, may_tell
from cardline.core.actor import SYSTEM, Actor
from cardline.core.calendar import end_of
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict, judge
from cardline.evidence.actions import journal
from cardline.messages import actions as messages
from cardline.messages.model import MessageState


class Carry(Protocol):
    """What hands a notice to e-mail or post."""

    async def __call__(
        self,
        tx: Transaction,
        case: Complaint,
        notice: Notice,
        holder: Holder,
        *,
        config: ComplaintConfig,
        at: datetime,
    ) -> str | None:
        """Return the message that carries it, ``None`` where none can."""
        ...


_LEAVES_WITHIN = timedelta(days=3)
"""A short message that has not left by then never will."""
LEAST_TEXT = 10
"""Characters of a notice."""
_TEMPLATES: dict[NoticeAbout, str] = {
    "acknowledgement": "complaint_received",
    "acceptance": "complaint_accepted",
    "extension": "complaint_extended",
}
"""What a short message can say whole; an answer needs more room than that."""


async def acknowledge(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Stepped:
    """Write that the complainant was given the reference, on a page or by word of mouth.

    Doors that answer at once call this. Journals ``complaint.acknowledged``; again it is harmless.
    """
    case = await locked(tx, case_id)
    verdict = Verdict(config.policy.version)
    if Mark.ACKNOWLEDGED in case.timeline.marks or case.ended:
        return Stepped(verdict, case)
    marks = {Mark.ACKNOWLEDGED: at}
    return await step(
        tx, case, case, kind="complaint.acknowledged", verdict=verdict, body={}, by=by,
        config=config, at=at, marks=marks,
    )  # fmt: skip


async def notify(
    tx: Transaction,
    work: Working,
    case_id: ComplaintId,
    *,
    about: NoticeAbout,
    channel: str,
    text: str,
    contents: tuple[str, ...] = (),
    extension: str | None = None,
    carried_by: str | None = None,
    proof_kind: str | None = None,
    proof: str | None = None,
    told_at: datetime | None = None,
    carry: Carry | None = None,
) -> Stepped:
    """Tell the complainant; with its proof it counts at once, else when the proof comes.

    ``told_at``: when it was handed over, dialled or posted, where that was before now. What a
    short message can say whole it says by itself. Journals ``complaint.told``.
    """
    case = await locked(tx, case_id)
    masked = free_text(text, least=LEAST_TEXT, what="write what the complainant is told")
    when = told_at or work.at
    notice = Notice(
        id=new_id("n"),
        about=about,
        channel=channel,
        text=masked.text,
        by=str(work.actor),
        at=when,
        contents=tuple(dict.fromkeys(contents)),
        carried_by=carried_by,
        extension=extension,
    )
    if about == "extension" and _extension(case, extension) is None:
        raise NotFound("there is no such extension")
    policy = work.config.policy
    may = may_tell(case, notice, by=work.number, policy=policy, now=work.at)
    findings = list(may.refusals)
    if proof is not None or proof_kind is not None:
        findings += may_prove(notice, proof_kind or "", proof or "", policy).refusals
    verdict = judge(work.config.policy.version, findings)
    body: JsonObject = {"notice": notice.id, "about": about, "channel": channel}
    body |= {"contents": list(notice.contents), "text": masked.text, "carried_by": carried_by}
    if verdict.allowed:
        if proof is None and carried_by is None:
            notice = replace(notice, carried_by=await _carried(tx, case, notice, work, carry))
            body["carried_by"] = notice.carried_by
        await work_store.add_notice(tx, case, notice)
    stepped = await step(
        tx, case, case, kind="complaint.told", verdict=verdict, body=body, by=work.actor,
        config=work.config, at=work.at, masked=masked.found, made=notice.id,
    )  # fmt: skip
    if verdict.allowed and proof is not None:
        return await prove(
            tx, notice.id, kind=proof_kind or "", reference=proof, told_at=when,
            config=work.config, by=work.actor, at=work.at,
        )  # fmt: skip
    return stepped


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
        if run == case.run and not case.ended:
            after, marks = await _effect(tx, case, notice, told_at, config=config)
    body: JsonObject = {"notice": notice.id, "about": notice.about, "channel": notice.channel}
    body |= {"proof": reference, "told_at": told_at.isoformat()}
    return await step(
        tx, case, after, kind="complaint.proven", verdict=verdict, body=body, by=by,
        config=config, at=at, marks=marks, made=notice.id,
    )  # fmt: skip


async def prove_carried(
    tx: Transaction,
    carrier: str,
    *,
    kind: str,
    reference: str = "",
    told_at: datetime,
    config: ComplaintConfig,
    at: datetime,
) -> Stepped | None:
    """The message that carries a notice was sent or posted; ``None`` where it carries none.

    ``reference``: what proves it, where that is not the message itself.
    """
    notice = await work_store.carried(tx, carrier)
    found = await work_store.notice(tx, notice) if notice else None
    if notice is None or found is None:
        return None
    # The clocks of two nodes differ a little; nothing arrives before it was written.
    told = max(told_at, found[2].at)
    return await prove(
        tx, notice, kind=kind, reference=reference or carrier, told_at=told, config=config,
        by=SYSTEM, at=max(at, told),
    )  # fmt: skip


async def prove_sent(
    tx: Transaction, *, config: ComplaintConfig, at: datetime, limit: int = 200
) -> int:
    """Prove the notices whose short message has left; return how many. Runs again safely."""
    waiting = await work_store.on_their_way(tx, since=at - _LEAVES_WITHIN, limit=limit)
    if not waiting:
        return 0
    sent = await messages.states_of(tx, [carrier for _, carrier in waiting])
    done = 0
    for _, carrier in waiting:
        state, sent_at = sent.get(carrier, (None, None))
        if state is not MessageState.SENT or sent_at is None:
            continue
        done += (
            await prove_carried(
                tx, carrier, kind="message", told_at=min(sent_at, at), config=config, at=at
            )
            is not None
        )
    return done


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
        extension = _extension(case, notice.extension)
        if extension is not None and extension.told_at is None:
            await timeline_store.save_extension(tx, replace(extension, told_at=at))
        return case, {}
    if notice.about in ("answer", "reexamination") and case.state is State.DECIDED:
        again = notice.about == "reexamination"
        mark = Mark.REEXAMINATION_ANSWERED if again else Mark.ANSWERED
        await _ask_later(tx, case, at, config=config)
        return replace(case, state=State.ANSWERED), {mark: at}
    return case, {}


async def _ask_later(
    tx: Transaction, case: Complaint, answered: datetime, *, config: ComplaintConfig
) -> None:
    """Some days after the answer somebody asks whether it was good (row C4)."""
    zone = config.policy.zone
    last = day_at(answered, zone) + timedelta(days=config.policy.follow_up_days)
    due_at = end_of(last, zone)
    row = Due(
        id=f"follow-up/{case.id}/{case.run}/{case.round}",
        kind="follow-up",
        about=case.id,
        what="follow-up",
        began_at=answered,
        due_at=due_at,
        last_day=last,
        next_at=datetime.combine(last, time(0), zone),
    )
    await due_store.put(tx, [row])


async def acknowledge_by_sms(
    tx: Transaction, case: Complaint, holder: Holder, *, config: ComplaintConfig, at: datetime
) -> None:
    """Tell a holder the reference by short message; it counts when it has left."""
    notice = Notice(
        id=new_id("n"),
        about="acknowledgement",
        channel="sms",
        text="complaint_received",
        by=str(SYSTEM),
        at=at,
    )
    carrier = await _by_sms(tx, case, holder, notice, config=config, at=at)
    if carrier is not None:
        await work_store.add_notice(tx, case, replace(notice, carried_by=carrier))
        body: JsonObject = {"notice": notice.id, "about": notice.about, "channel": "sms"}
        body["carried_by"] = carrier
        await journal(
            tx, stream=stream_of(case.id), kind="complaint.told", by=SYSTEM, body=body, at=at
        )


async def _carried(
    tx: Transaction, case: Complaint, notice: Notice, work: Working, carry: Carry | None
) -> str | None:
    """Send what can be sent; return the message, ``None`` where somebody tells it by hand."""
    if notice.channel == "sms" and notice.about in _TEMPLATES:
        return await _send(tx, case, notice, work)
    holder = await holder_of(tx, case, work.config)
    if carry is None or holder is None or notice.about not in ("answer", "reexamination"):
        return None
    return await carry(tx, case, notice, holder, config=work.config, at=work.at)


async def _send(tx: Transaction, case: Complaint, notice: Notice, work: Working) -> str:
    holder = await holder_of(tx, case, work.config)
    if holder is None:
        raise Invalid("only a holder has a number that we know to be theirs")
    carrier = await _by_sms(tx, case, holder, notice, config=work.config, at=work.at)
    if carrier is None:
        raise Invalid("no short message may go to this number; choose another way")
    return carrier


async def _by_sms(
    tx: Transaction,
    case: Complaint,
    holder: Holder,
    notice: Notice,
    *,
    config: ComplaintConfig,
    at: datetime,
) -> str | None:
    due = next(
        (one for one in clocks(_as_told(case, notice, at), config.policy, config.calendar, now=at)
         if one.task.value == "answer"),
        None,
    )  # fmt: skip
    due = due or next_due(clocks(case, config.policy, config.calendar, now=at))
    template = _TEMPLATES[notice.about]
    queued = await messages.send_sms(
        tx,
        config=config.sms,
        holder=holder.id,
        to=holder.phone,
        template=template,
        values={"case": case.id, "due": due.last_day.isoformat() if due else ""},
        language=holder.language,
        key=f"{notice.id}/{template}",
        stream=stream_of(case.id),
        at=at,
        zone=ZoneInfo(holder.zone),
        solicited=True,
        wait=True,
    )
    return queued.id if queued.state is MessageState.QUEUED else None


def _as_told(case: Complaint, notice: Notice, at: datetime) -> Complaint:
    """Return the complaint as it will be once this notice has arrived: with the new date."""
    timeline = case.timeline
    told = tuple(
        replace(one, told_at=at) if one.id == notice.extension else one
        for one in timeline.extensions
    )
    return replace(case, timeline=replace(timeline, extensions=told))


def _extension(case: Complaint, extension: str | None) -> Extension | None:
    return next((one for one in case.timeline.extensions if one.id == extension), None)


async def notices_of(tx: Transaction, case: ComplaintId) -> list[Notice]:
    """Return all that the complainant was told, oldest first."""
    return await work_store.notices(tx, case)


async def find(tx: Transaction, case: ComplaintId) -> Complaint:
    """Return a complaint. Raises ``NotFound``."""
    found = await store.by_id(tx, case)
    if found is None:
        raise NotFound("there is no such complaint")
    return found
