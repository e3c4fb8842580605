"""Taking a complaint in, by whatever door (row C1)."""

import secrets
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cardline.cards.model import Account, Holder
from cardline.complaints import store, timeline_store
from cardline.complaints.actions.noticing import acknowledge_by
from cardline.complaints.actions.stepping import MATTER, announce, reckon, stream_of
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import (
    Arrival,
    Complaint,
    ComplaintId,
    Intake,
    Mark,
    State,
    Timeline,
)
from cardline.complaints.rules.clocks import clocks
from cardline.complaints.rules.counting import day_at
from cardline.complaints.rules.intake import likeness, may_receive, severity_of
from cardline.complaints.words import line
from cardline.core.actor import Actor
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.masking import Masked, mask_secrets
from cardline.core.phone import parse_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.work import tasks as desk_tasks
from cardline.evidence.actions import journal
from cardline.outreach import actions as outreach

_TRIES = 3
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class NotReceivable(Invalid):
    """A complaint cannot be taken in as it is; ``verdict`` holds every reason."""

    code = "complaint-not-receivable"

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"this complaint cannot be taken in yet: {', '.join(verdict.codes)}")
        self.verdict = verdict


async def receive(
    tx: Transaction, intake: Intake, *, config: ComplaintConfig, by: Actor, at: datetime
) -> Complaint:
    """Take a complaint in; the same ``key`` again is the same complaint.

    The same words of the same person, while the first is open, are joined to it: what came stays
    under its own reference, ``joined_to`` names the one that goes on. The holder's contact
    permissions are tightened in this transaction (row C5). Journals ``complaint.received`` or
    ``complaint.joined``. Raises :class:`NotReceivable` with all reasons, ``NotFound`` for no such
    holder or an account of somebody else.
    """
    verdict = may_receive(intake, config.policy, now=at)
    if not verdict.allowed:
        raise NotReceivable(verdict)
    said, asked = _masked(intake.statement), _masked(intake.demand)
    intake = replace(intake, statement=said.text, demand=asked.text)
    like = likeness(intake)
    holder, account = await _whose(tx, intake, config)
    for _ in range(_TRIES):
        known = await store.same(tx, key=intake.key, likeness=like)
        if known is not None and known.key == intake.key:
            return known
        case = _made(intake, account, config=config, by=by, at=at)
        if known is not None:
            joined = replace(case, state=State.JOINED, joined_to=known.id, closed_at=at)
            if await store.insert(tx, joined, likeness=None):
                await _joined(tx, joined, known, verdict, config=config, by=by, at=at)
                return joined
        elif await store.insert(tx, case, likeness=like):
            await _begun(tx, case, holder, verdict, said, config=config, by=by, at=at)
            return case
        # Somebody was first with the key or the words, and has committed by now.
    raise Conflict("this complaint is being taken in by somebody else; try again")


async def _begun(
    tx: Transaction,
    case: Complaint,
    holder: Holder | None,
    verdict: Verdict,
    said: Masked,
    *,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> None:
    """A new complaint: journal it, tighten, reckon, put it before somebody, acknowledge."""
    due = await reckon(tx, case, config=config, at=at)
    body = {**received_body(case), **due, **({"masked": list(said.found)} if said.found else {})}
    streams = [stream_of(case.id)] + ([str(case.interaction)] if case.interaction else [])
    for stream in streams:
        await journal(
            tx, stream=stream, kind="complaint.received", by=by, body=body, at=at, verdict=verdict,
            begins=stream == streams[0],
        )  # fmt: skip
    await tighten(tx, case, by=by, at=at)
    accept = next(
        (one for one in clocks(case, config.policy, config.calendar, now=at)
         if one.whose == "bank"), None
    )  # fmt: skip
    await desk_tasks.open_task(
        tx,
        source=new_source(case),
        kind="other",
        what=line("new", case=case.id),
        due_at=max(accept.due_at, at) if accept else at,
        by=by,
        at=at,
        interaction=case.interaction,
        holder=case.complainant.holder_id,
        matter=MATTER,
    )
    if holder is not None:
        await acknowledge_by(tx, case, "sms", config=config, at=at)
    announce(tx, case)


def new_source(case: Complaint) -> str:
    """Return what the task comes from that stands for a complaint with nobody to handle it."""
    return f"complaint:{case.id}/{case.run}:{'again' if case.round > 1 else 'new'}"


async def tighten(tx: Transaction, case: Complaint, *, by: Actor, at: datetime) -> None:
    """Let the complaint stand against contacts with whoever complains (row C5)."""
    holder = case.complainant.holder_id
    phone = parse_phone(case.complainant.reach.phone) if case.complainant.reach.phone else None
    if holder is None and phone is None:
        return
    await outreach.tighten(
        tx,
        holder=holder,
        phone=phone,
        complaint=case.id,
        about_contacts=case.about_contacts,
        stream=stream_of(case.id),
        by=by,
        at=at,
    )


async def _joined(
    tx: Transaction,
    joined: Complaint,
    into: Complaint,
    verdict: Verdict,
    *,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> None:
    """What is the same as an open one: journal it, and let it go on there."""
    await journal(
        tx,
        stream=stream_of(joined.id),
        kind="complaint.received",
        by=by,
        body={**received_body(joined), "joined_to": into.id},
        at=at,
        verdict=verdict,
        begins=True,
    )
    await take_over(tx, joined, into, config=config, by=by, at=at)


async def take_over(
    tx: Transaction,
    joined: Complaint,
    into: Complaint,
    *,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Complaint:
    """Let one complaint go on in another: how it came, evidence and subjects go along.

    What was handed on by a regulator keeps its own clock. Journals ``complaint.joined``.
    """
    for arrival in joined.timeline.arrivals:
        await timeline_store.add_arrival(tx, into, arrival)
    first = min([into.timeline.received_at, joined.timeline.received_at])
    whole = replace(
        into,
        files=tuple(dict.fromkeys(into.files + joined.files)),
        subjects=tuple(dict.fromkeys(into.subjects + joined.subjects)),
        persons=tuple(dict.fromkeys(into.persons + joined.persons)),
        timeline=replace(
            into.timeline, arrivals=(Arrival(into.door, first), *into.timeline.arrivals)
        ),
    )
    await store.save(tx, whole)
    current = await store.by_id(tx, into.id)
    assert current is not None
    due = await reckon(tx, current, config=config, at=at)
    body: JsonObject = {"joined": joined.id, "door": joined.door, **due}
    await journal(tx, stream=stream_of(into.id), kind="complaint.joined", by=by, body=body, at=at)
    await tighten(tx, current, by=by, at=at)
    announce(tx, current)
    return current


def _made(
    intake: Intake, account: Account | None, *, config: ComplaintConfig, by: Actor, at: datetime
) -> Complaint:
    received = intake.received_at or at
    who = intake.complainant
    if who.holder_id is not None:
        who = replace(who, name="", identity_tail="")  # the bank holds these already
    return Complaint(
        id=_reference(day_at(at, config.policy.zone).strftime("%y%m%d")),
        key=intake.key,
        door=intake.door,
        complainant=replace(who, identity_tail=who.identity_tail[-4:]),
        statement=intake.statement,
        demand=intake.demand,
        subjects=tuple(dict.fromkeys(intake.subjects)),
        persons=tuple(dict.fromkeys(intake.persons)),
        files=tuple(dict.fromkeys(intake.files)),
        interaction=intake.interaction,
        account_id=account.id if account else None,
        statement_day=account.statement_day if account else None,
        language=intake.language,
        zone=intake.zone,
        proxy=intake.proxy,
        joint=intake.joint,
        taken_by=str(by),
        recorded_at=at,
        state=State.RECEIVED,
        timeline=Timeline(
            arrivals=(Arrival(intake.door, received, intake.outside_reference),),
            marks={Mark.RECEIVED: received},
        ),
        severity=severity_of(intake, config.policy),
    )


async def _whose(
    tx: Transaction, intake: Intake, config: ComplaintConfig
) -> tuple[Holder | None, Account | None]:
    try:
        ZoneInfo(intake.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(f"{intake.zone!r} is no zone") from error
    holder_id = intake.complainant.holder_id
    if holder_id is None:
        if intake.account_id is not None:
            raise NotFound("there is no such account")
        return None, None
    holder = await config.bank.holder(tx, holder_id=holder_id)
    if holder is None:
        raise NotFound("there is no such holder")
    accounts = await config.bank.accounts_of(tx, holder_id=holder_id)
    if intake.account_id is None:
        return holder, accounts[0] if len(accounts) == 1 else None
    account = next((one for one in accounts if one.id == intake.account_id), None)
    if account is None:
        raise NotFound("there is no such account")
    return holder, account


def received_body(case: Complaint) -> JsonObject:
    """Return what the journal keeps of a complaint that came in."""
    who = case.complainant
    return {
        "complaint": case.id,
        "door": case.door,
        "holder": who.holder_id,
        "anonymous": who.anonymous,
        "received_at": case.timeline.received_at.isoformat(),
        "text": case.statement,
        "demand": case.demand,
        "subjects": list(case.subjects),
        "persons": list(case.persons),
        "files": list(case.files),
        "account": case.account_id,
        "proxy": case.proxy is not None,
        "people": case.joint.people if case.joint else 1,
    }


def _masked(text: str) -> Masked:
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in text):
        raise Invalid("this is no text")
    return mask_secrets(text.strip())


def _reference(day: str) -> ComplaintId:
    """Return a reference that is short enough to be read out: ``C261127-7k3qdm``."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return ComplaintId(f"C{day}-{tail}")
