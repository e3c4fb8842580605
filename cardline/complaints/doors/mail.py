"""Complaints by e-mail and letter: what the mail area hands over becomes one (rows A5, C1).

An e-mail proves nothing: even from the registered address nothing is told back but that it came.
Nobody is asked for more here; what is missing is asked for by whoever handles it. A stranger who
writes is told once a day that it came; whoever floods us writes on in one complaint.
"""

import hashlib
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from cardline.complaints import actions, store
from cardline.complaints.doors import following
from cardline.complaints.doors import store as door_store
from cardline.complaints.doors.codes import acknowledge_stranger
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.model import (
    OPEN_STATES,
    Complainant,
    Complaint,
    ComplaintId,
    Door,
    Intake,
    Reach,
)
from cardline.core.actor import Actor
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages.arrivals import Arrival, Handovers

_STREAM = "complaint:"
_NAME = 60
_DAY = timedelta(days=1)


def take_from(handovers: Handovers, config: DoorConfig) -> None:
    """Let what comes into the box of complaints come to this door; called once, at the start."""
    handovers.register("complaints", partial(taken, config=config))


async def taken(tx: Transaction, arrival: Arrival, *, config: DoorConfig) -> bool:
    """Make a complaint of an e-mail or a letter, or add it to the one that it answers.

    Always true: a task for whoever handles complaints stands for it. The same mail twice is one
    complaint, its files are the evidence. A mail that answers ours about a complaint goes to that
    one only where it comes from who complained.
    """
    holder = _proven(arrival)
    by = Actor("holder", holder) if holder else Actor("caller")
    open_one = await _answered(tx, arrival)
    if open_one is not None and await _added(tx, open_one, arrival, by, config):
        return True
    words = "\n".join(part for part in (arrival.subject.strip(), arrival.text.strip()) if part)
    say = config.texts.say
    if arrival.door == "email":
        reach, name = Reach(email=arrival.sender), arrival.sender_name or arrival.sender
    else:  # where to answer stands on the paper, which is among the files
        reach = Reach(address=say("said.letter", arrival.language))
        name = arrival.sender_name or arrival.sender or say("said.writer", arrival.language)
    who = Complainant(None, name[:_NAME], "", reach)
    if holder:
        who = Complainant(holder_id=holder)
    flooded = await _flooded(tx, who, arrival, config)
    if flooded is not None and await _bundled(tx, flooded, words, arrival, by, config):
        return True
    complaint = await actions.receive(
        tx,
        Intake(
            key=f"{arrival.door}:{arrival.id}",
            door=Door.EMAIL if arrival.door == "email" else Door.LETTER,
            complainant=who,
            statement=words or say("said.attached", arrival.language),
            files=tuple(one.id for one in arrival.files),
            interaction=arrival.interaction,
            language=arrival.language,
            zone=str(config.complaints.policy.zone),
            received_at=_reached_us(arrival, config.complaints.policy.zone),
        ),
        config=config.complaints,
        by=by,
        at=arrival.at,
    )
    if arrival.door == "email" and holder is None:
        await _acknowledged(tx, complaint, arrival, config)
    return True


async def _acknowledged(
    tx: Transaction, complaint: Complaint, arrival: Arrival, config: DoorConfig
) -> None:
    """Tell a stranger that the mail came, its reference, the code and what comes next.

    Nothing of its words. What an address wrote already goes on under its first reference.

    Once for each address and day: whose address somebody borrowed is not flooded by us.
    """
    day = arrival.at.astimezone(config.complaints.policy.zone).date()
    sender = hashlib.sha256(arrival.sender.lower().encode()).hexdigest()[:24]
    if await door_store.once(tx, f"acknowledged:{sender}:{day}", at=arrival.at):
        open_one = complaint
        if complaint.joined_to is not None:
            open_one = await actions.find(tx, complaint.joined_to)
        await acknowledge_stranger(tx, open_one, config=config, at=arrival.at)


async def _flooded(
    tx: Transaction, who: Complainant, arrival: Arrival, config: DoorConfig
) -> Complaint | None:
    """Return the newest open complaint of a sender who has filled the day; else ``None``."""
    if arrival.door != "email" or not arrival.sender:
        return None
    await door_store.lock_key(tx, f"mail:{arrival.sender.lower()}")
    since = arrival.at - _DAY
    today = await door_store.mailed_since(
        tx, sender=arrival.sender, holder=who.holder_id, since=since
    )
    if len(today) < config.policy.mails_per_day:
        return None
    found = await store.by_ids(tx, today)
    return next((found[one] for one in today if found[one].state in OPEN_STATES), None)


async def _bundled(
    tx: Transaction,
    case: Complaint,
    words: str,
    arrival: Arrival,
    by: Actor,
    config: DoorConfig,
) -> bool:
    """Add a mail to an open complaint of its sender: nothing is lost, and one person has it all."""
    most = config.policy.mails_per_day
    text = config.texts.say("said.bundled", arrival.language, count=most, text=words)
    stepped = await actions.add_facts(
        tx,
        case.id,
        text=text,
        files=tuple(one.id for one in arrival.files),
        config=config.complaints,
        by=by,
        at=arrival.at,
    )
    return stepped.verdict.allowed


def _proven(arrival: Arrival) -> HolderId | None:
    """Return whose it is: a person of ours tied it, or it came from the registered way.

    A complaint in somebody's name harms nobody: it tells the sender nothing, and what the holder is
    told goes to the registered telephone.
    """
    return arrival.holder if arrival.by_staff or arrival.registered else None


def _reached_us(arrival: Arrival, zone: ZoneInfo) -> datetime:
    """Return when it reached the bank: of a letter the day of its stamp, whenever it is read."""
    if arrival.received_on is None:
        return arrival.at
    return min(arrival.at, datetime.combine(arrival.received_on, time(0), zone))


async def _answered(tx: Transaction, arrival: Arrival) -> ComplaintId | None:
    """Return the complaint of which a mail of ours told that this one answers."""
    about = arrival.about or ""
    if not about.startswith(_STREAM):
        return None
    found = await store.by_id(tx, ComplaintId(about.removeprefix(_STREAM)))
    if found is None:
        return None
    mine = found.complainant.holder_id is not None and found.complainant.holder_id == arrival.holder
    same_way = arrival.door == "email" and found.complainant.reach.email == arrival.sender
    return found.id if mine or same_way else None


async def _added(
    tx: Transaction, case: ComplaintId, arrival: Arrival, by: Actor, config: DoorConfig
) -> bool:
    said = following.Said(
        key=f"{arrival.door}:{arrival.id}",
        text=arrival.text,
        kept=tuple(f.id for f in arrival.files),
    )
    fault, _ = await following.follow(
        tx, "facts", case, said, holder=None, by=by, config=config, at=arrival.at
    )
    return not fault
