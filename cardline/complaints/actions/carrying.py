"""Handing notices to short message, e-mail and post (rows A5, C4; CMP 21).

A notice is the key of the message that carries it: by it whatever becomes of the message finds back
(:mod:`hearing`). What the gate keeps back was not told, and the handler hears so at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.complaints import work_store
from cardline.complaints.actions.stepping import holder_of, stream_of
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import (
    Complaint,
    Decided,
    Door,
    Extension,
    Notice,
    NoticeAbout,
    WayOn,
)
from cardline.complaints.rules.clocks import clocks, next_due
from cardline.complaints.rules.handling import proxy_lacks
from cardline.complaints.telling import (
    ANSWERS,
    remedies_in_words,
    said,
    speaks_for,
    ways_for,
    ways_in_words,
)
from cardline.complaints.words import day_in_words, word
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.core.verdict import Reason
from cardline.desk.staff import actions as desk_staff
from cardline.messages import actions as messages
from cardline.messages.letters.actions import addressed, send_letter
from cardline.messages.mail.actions import send_mail
from cardline.messages.model import MessageId, MessageState

SMS: dict[NoticeAbout, str] = {
    "acknowledgement": "complaint_received",
    "acceptance": "complaint_accepted",
    "extension": "complaint_extended",
}
"""What a short message can say whole; an answer needs more room than that."""
FORMS: dict[NoticeAbout, str] = {
    "acknowledgement": "complaint_acknowledged",
    "acceptance": "complaint_accepted",
    "refusal": "complaint_refused",
    "extension": "complaint_extended",
    "answer": "complaint_answered",
    "reexamination": "complaint_reexamined",
}
_SOURCE = "rows A5, D1"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a notice goes to, and the ways to them; of a stranger as they gave them."""

    holder: HolderId | None
    name: str
    language: Language
    zone: ZoneInfo
    phone: PhoneNumber | None
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Carried:
    """The message that carries a notice, or why none may."""

    message: MessageId | None
    reasons: tuple[Reason, ...] = ()


def carries(config: ComplaintConfig, notice: Notice) -> bool:
    """True where the notice is sent from here, and nobody tells it by hand."""
    if notice.channel == "sms":
        return notice.about in SMS
    written = {"email": config.mail, "letter": config.letters}
    return written.get(notice.channel) is not None


async def carry(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    *,
    config: ComplaintConfig,
    at: datetime,
    to: str = "",
) -> Carried:
    """Send a notice its way; it answers what the complainant has asked, and may wait for the day.

    ``to``: the address on a stranger's letter, of which the bank has nothing but the paper.
    Refusals: ``no-address``, ``way-closed`` (the gate's own reasons stand in the journal),
    ``approval-needed``.
    """
    extension = extension_of(case, notice.extension)
    if notice.about == "extension" and notice.channel != "sms" and not _approved(extension, config):
        return Carried(None, (Reason("approval-needed", config.policy.sources["grades"]),))
    whom = await _recipient(tx, case, config, to)
    if whom is None:
        return _none()
    send = {"sms": _by_sms, "email": _by_mail, "letter": _by_letter}[notice.channel]
    return await send(tx, case, notice, whom, config, at)


def extension_of(case: Complaint, extension: str | None) -> Extension | None:
    """Return the extension that a notice tells of."""
    return next((one for one in case.timeline.extensions if one.id == extension), None)


async def decided_now(tx: Transaction, case: Complaint) -> Decided | None:
    """Return the decision that is to be told."""
    found = [one for one in await work_store.decisions(tx, case) if one.round == case.round]
    return found[-1] if found else None


def ways_of(case: Complaint, notice: Notice, config: ComplaintConfig) -> tuple[WayOn, ...]:
    """Return the ways on that a notice tells of."""
    return ways_for(case, notice.about, config.ways)


def _none() -> Carried:
    return Carried(None, (Reason("no-address", _SOURCE),))


def _queued(message: MessageId, state: MessageState) -> Carried:
    if state is MessageState.REFUSED:
        return Carried(None, (Reason("way-closed", _SOURCE),))
    return Carried(message)


def _approved(extension: Extension | None, config: ComplaintConfig) -> bool:
    if extension is None or extension.turned_down_at is not None:
        return False
    needs = any(one.grade == extension.grade and one.approvers for one in config.policy.grades)
    return extension.approved_at is not None or not needs


async def _recipient(
    tx: Transaction, case: Complaint, config: ComplaintConfig, to: str
) -> Recipient | None:
    """A holder is told at the registered ways; a stranger at those that they gave."""
    holder = await holder_of(tx, case, config)
    gave = case.complainant.reach
    if holder is not None:
        return Recipient(
            holder.id,
            holder.name,
            holder.language,
            ZoneInfo(holder.zone),
            holder.phone,
            holder.email or gave.email,
            holder.address or "",
        )
    name = case.complainant.name
    proxy = speaks_for(case, proxy_lacks(case))
    if proxy is not None:
        name, gave = proxy.name, proxy.reach
    # Of a letter the bank has the paper alone: somebody reads the address and writes it down.
    address = "" if case.door is Door.LETTER and proxy is None else gave.address
    if not name:
        return None
    zone = ZoneInfo(case.zone)
    return Recipient(None, name, case.language, zone, None, gave.email, to or address)


async def _by_sms(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    whom: Recipient,
    config: ComplaintConfig,
    at: datetime,
) -> Carried:
    if whom.phone is None:
        return _none()
    template = SMS[notice.about]
    queued = await messages.send_sms(
        tx,
        config=config.sms,
        holder=whom.holder,
        to=whom.phone,
        template=template,
        values={"case": case.id, "due": _answer_day(case, notice, config, at)},
        language=whom.language,
        key=f"{notice.id}/{template}",
        stream=stream_of(case.id),
        at=at,
        zone=whom.zone,
        solicited=True,
        wait=True,
    )
    return _queued(queued.id, queued.state)


async def _by_mail(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    whom: Recipient,
    config: ComplaintConfig,
    at: datetime,
) -> Carried:
    if not whom.email or config.mail is None:
        return _none()
    values = await _values(tx, case, notice, whom, config, at)
    if notice.about in (*ANSWERS, "refusal"):
        values["outside"] = ways_in_words(ways_of(case, notice, config), whom.language)
    queued = await send_mail(
        tx,
        config=config.mail,
        key=notice.id,
        template=FORMS[notice.about],
        values=values,
        holder=whom.holder,
        to=whom.email,
        language=whom.language,
        stream=stream_of(case.id),
        at=at,
        zone=whom.zone,
        solicited=True,
        wait=True,
        box="complaints",
        answers=case.mail,
    )
    return _queued(queued.id, queued.state)


async def _by_letter(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    whom: Recipient,
    config: ComplaintConfig,
    at: datetime,
) -> Carried:
    to = addressed(whom.name, whom.address)
    if to is None or config.letters is None:
        return _none()
    told = notice.about in (*ANSWERS, "refusal")
    queued = await send_letter(
        tx,
        config=config.letters,
        key=notice.id,
        template=FORMS[notice.about],
        values=await _values(tx, case, notice, whom, config, at),
        holder=whom.holder,
        to=to,
        language=whom.language,
        stream=stream_of(case.id),
        at=at,
        zone=whom.zone,
        solicited=True,
        wait=True,
        registered=notice.about in config.policy.registered,
        facts=((said("reference", whom.language), case.id),),
        outside=ways_in_words(ways_of(case, notice, config), whom.language) if told else "",
    )
    return _queued(queued.id, queued.state)


async def _values(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    whom: Recipient,
    config: ComplaintConfig,
    at: datetime,
) -> dict[str, str | int | datetime]:
    """Return what the forms are filled with."""
    received = case.timeline.received_at.astimezone(config.policy.zone).date()
    values: dict[str, str | int | datetime] = {"reference": case.id}
    values["received"] = day_in_words(received, whom.language)
    if notice.about in ANSWERS:
        decided = await decided_now(tx, case)
        remedies = decided.decision.remedies if decided else ()
        values["answer"] = notice.text
        values["remedy"] = remedies_in_words(
            remedies, whom.language, currency=config.policy.currency
        )
        return values
    values["words"] = notice.text
    if notice.about == "refusal":
        values["reason"] = word("refused_for", case.refusal).in_(whom.language)
        return values
    values["due"] = _answer_day(case, notice, config, at, whom.language)
    extension = extension_of(case, notice.extension)
    if notice.about == "extension" and extension is not None:
        values["ground"] = word("grounds", extension.ground).in_(whom.language)
    else:
        values["contact"] = await _name(tx, case.handler)
    return values


async def _name(tx: Transaction, number: str | None) -> str:
    if number is None:
        return ""
    try:
        return (await desk_staff.find(tx, number)).name
    except NotFound:
        return ""


def _answer_day(
    case: Complaint,
    notice: Notice,
    config: ComplaintConfig,
    at: datetime,
    language: Language | None = None,
) -> str:
    """Return the last day of the answer; in digits where no language is given."""
    told = clocks(_as_told(case, notice, at), config.policy, config.calendar, now=at)
    due = next((one for one in told if one.task.value == "answer"), None)
    due = due or next_due(clocks(case, config.policy, config.calendar, now=at))
    if due is None:
        return ""
    return day_in_words(due.last_day, language) if language else due.last_day.isoformat()


def _as_told(case: Complaint, notice: Notice, at: datetime) -> Complaint:
    """Return the complaint as it will be once this notice has arrived: with the new date."""
    timeline = case.timeline
    told = tuple(
        replace(one, told_at=at) if one.id == notice.extension else one
        for one in timeline.extensions
    )
    return replace(case, timeline=replace(timeline, extensions=told))
