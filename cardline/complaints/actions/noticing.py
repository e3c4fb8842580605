"""Telling the complainant (CMP 19, 21).

What carries a notice says what became of it (:mod:`hearing`); what was told by hand is proven by
hand (:mod:`proving`).
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from cardline.complaints import store, work_store
from cardline.complaints.actions.carrying import (
    SMS,
    carries,
    carry,
    decided_now,
    extension_of,
    ways_of,
)
from cardline.complaints.actions.proving import prove
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
from cardline.complaints.model import Complaint, ComplaintId, Mark
from cardline.complaints.rules.handling import may_prove, may_tell
from cardline.complaints.telling import ANSWERS, in_full
from cardline.complaints.telling_model import Notice, NoticeAbout
from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import NotFound
from cardline.core.ids import new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict, judge
from cardline.evidence.actions import journal

LEAST_TEXT = 10
"""Characters of a notice."""


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
    to: str = "",
    proof_kind: str | None = None,
    proof: str | None = None,
    told_at: datetime | None = None,
) -> Stepped:
    """Tell the complainant; with its proof it counts at once, else when the proof comes.

    Without a proof given by hand a short message, an e-mail or a letter is sent from here; what an
    answer must hold and ``contents`` does not name, such a letter says by itself. ``to``: the
    address on a stranger's letter. ``told_at``: when it was handed over, dialled or posted, where
    that was before now. Journals ``complaint.told``; what may not be sent is a refused step.
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
        extension=extension,
    )
    if about == "extension" and extension_of(case, extension) is None:
        raise NotFound("there is no such extension")
    by_hand = proof is not None or proof_kind is not None
    sends = not by_hand and carries(work.config, notice)
    if sends:
        notice = await _in_full(tx, case, replace(notice, at=work.at), work)
    policy = work.config.policy
    may = may_tell(case, notice, by=work.number, policy=policy, now=work.at)
    findings = list(may.refusals)
    if by_hand:
        findings += may_prove(notice, proof_kind or "", proof or "", policy).refusals
    if sends and not findings:
        carried = await carry(tx, case, notice, config=work.config, at=work.at, to=to)
        notice = replace(notice, carried_by=carried.message)
        findings += carried.reasons
    verdict = judge(policy.version, findings)
    body: JsonObject = {"notice": notice.id, "about": about, "channel": channel}
    body |= {"contents": list(notice.contents), "text": notice.text}
    body["carried_by"] = notice.carried_by
    if verdict.allowed:
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


async def _in_full(tx: Transaction, case: Complaint, notice: Notice, work: Working) -> Notice:
    """Return an answer as letter and e-mail will say it, decision and ways on with it."""
    if notice.about not in ANSWERS or notice.channel == "sms":
        return notice
    holder = await holder_of(tx, case, work.config)
    text, contents = in_full(
        notice.text,
        notice.contents,
        await decided_now(tx, case),
        ways_of(case, notice, work.config),
        language=holder.language if holder else case.language,
    )
    return replace(notice, text=text, contents=contents)


async def acknowledge_by(
    tx: Transaction,
    case: Complaint,
    channel: Literal["sms", "email", "letter"],
    *,
    config: ComplaintConfig,
    at: datetime,
    to: str = "",
    speaker: bool = False,
) -> bool:
    """Tell the reference and what comes next, in the form's words; it counts when it has left.

    False where it cannot go that way. ``to``, ``speaker``: as :func:`carry`.
    """
    text = SMS["acknowledgement"] if channel == "sms" else ""
    notice = Notice(
        id=new_id("n"), about="acknowledgement", channel=channel, text=text, by=str(SYSTEM), at=at
    )
    if not carries(config, notice):
        return False
    carried = await carry(tx, case, notice, config=config, at=at, to=to, speaker=speaker)
    if carried.message is not None:
        await work_store.add_notice(tx, case, replace(notice, carried_by=carried.message))
        body: JsonObject = {"notice": notice.id, "about": notice.about, "channel": channel}
        body["carried_by"] = carried.message
        await journal(
            tx, stream=stream_of(case.id), kind="complaint.told", by=SYSTEM, body=body, at=at
        )
    return carried.message is not None


async def notices_of(tx: Transaction, case: ComplaintId) -> list[Notice]:
    """Return all that the complainant was told, oldest first."""
    return await work_store.notices(tx, case)


async def find(tx: Transaction, case: ComplaintId) -> Complaint:
    """Return a complaint. Raises ``NotFound``."""
    found = await store.by_id(tx, case)
    if found is None:
        raise NotFound("there is no such complaint")
    return found
