"""An interaction as one story: what happened when, who decided what and why, who was there."""

import re
from datetime import datetime
from typing import Any

from cardline.core.masking import mask_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import store
from cardline.desk.interactions.claims import looked, party_only
from cardline.desk.interactions.model import Interaction, Leg, Recording
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import read_links
from cardline.evidence.looks.model import ListenPolicy
from cardline.evidence.model import Entry
from cardline.evidence.rules import check_chain

_NUMBERS = frozenset({"from", "number", "caller_number"})
"""Fields of journal entries that hold somebody's telephone number."""
_NUMBER_IN_WORDS = re.compile(r"(?<![\w+])\+?\d{11,15}(?!\w)", re.ASCII)
"""A telephone number within what somebody wrote."""
_OF_THE_LINE = frozenset({"at", "kind", "by", "allowed", "reasons"})
"""What every line says of itself; a body's field of that name is told as ``its_…``."""


async def story_for(
    tx: Transaction, interaction_id: str, *, by: Staff, looks: ListenPolicy, at: datetime
) -> JsonObject:
    """Return the story as one of the staff may read it (rows E5, F4).

    An agent reads those in which he takes part or has a task from; an administrator sees that and
    when something happened, and nothing of what was said; a look by anybody but those who took
    part is journaled. Telephone numbers are masked wherever they stand. Raises ``NotFound``.
    """
    found = await party_only(tx, interaction_id, by, ringing=True)
    told = await story(tx, found.id)
    assert told is not None
    await looked(tx, found, what="story", by=by, policy=looks, at=at)
    shown: JsonObject = _without_numbers(told)
    return _outside_only(shown) if by.role == "administrator" else shown


def _outside_only(told: JsonObject) -> JsonObject:
    lines = [{name: line[name] for name in ("at", "kind", "by")} for line in told["timeline"]]
    return {**told, "proofs": [], "verdicts": [], "timeline": lines}


def _without_numbers(value: Any) -> Any:
    """Mask the telephone numbers in whatever was written down."""
    match value:
        case str():
            return _NUMBER_IN_WORDS.sub(lambda found: mask_phone(found.group()), value)
        case dict():
            return {name: _without_numbers(one) for name, one in value.items()}
        case list():
            return [_without_numbers(one) for one in value]
        case _:
            return value


async def story(tx: Transaction, interaction_id: str) -> JsonObject | None:
    """Return the timeline, legs, verdicts and recording of an interaction, ready for JSON."""
    interaction = await store.by_id(tx, interaction_id)
    if interaction is None:
        return None
    links = await read_links(tx, interaction.id)
    entries = [link.entry for link in links]
    breach = check_chain(interaction.id, links)
    recording = await store.recording_of(tx, interaction.id)
    return {
        **summary(interaction),
        "proofs": [
            {"factor": proof.factor.value, "at": _time(proof.at)}
            for proof in interaction.proofs.given
        ],
        "timeline": sorted(
            (line for entry in entries for line in _lines(entry)),
            key=lambda line: datetime.fromisoformat(str(line["at"])),
        ),
        "verdicts": [
            {**entry.verdict, "at": _time(entry.at), "kind": entry.kind, "by": _by(entry.by)}
            for entry in entries
            if entry.verdict
        ],
        "legs": [
            *([_caller_leg(interaction)] if interaction.call else []),
            *[_leg(leg) for leg in await store.legs(tx, interaction.id)],
        ],
        "recording": _recording(recording),
        "journal": {
            "entries": len(entries),
            "intact": breach is None,
            **({"breach": {"at_entry": breach.seq, "what": breach.what}} if breach else {}),
        },
    }


def summary(interaction: Interaction) -> JsonObject:
    """Return an interaction in one line, ready for JSON; numbers of people are masked."""
    return {
        "id": interaction.id,
        "door": interaction.door,
        "call": interaction.call or None,
        "from": mask_phone(interaction.from_number),
        "to": interaction.to_number,
        "holder": interaction.holder_id,
        "language": interaction.language,
        "opened_at": _time(interaction.opened_at),
        "answered_at": _time(interaction.answered_at),
        "closed_at": _time(interaction.closed_at),
        "outcome": interaction.outcome,
        "continues": interaction.continues,
    }


def _caller_leg(interaction: Interaction) -> JsonObject:
    return {
        "leg": "caller",
        "target": mask_phone(interaction.from_number),
        "dialled_at": _time(interaction.opened_at),
        "answered_at": _time(interaction.answered_at),
        "ended_at": _time(interaction.closed_at),
        "cause": interaction.outcome,
    }


def _leg(leg: Leg) -> JsonObject:
    return {
        "leg": leg.leg,
        "agent": leg.agent_id,
        "target": leg.target,
        "purpose": leg.purpose,
        "monitoring": leg.monitoring,
        "dialled_at": _time(leg.dialled_at),
        "answered_at": _time(leg.answered_at),
        "ended_at": _time(leg.ended_at),
        "cause": leg.cause,
    }


def _lines(entry: Entry) -> list[JsonObject]:
    """One line an entry; the steps of the hotline are unfolded to their own times."""
    if entry.kind == "hotline.steps":
        return [{**step, "kind": "hotline.step", "by": "system"} for step in entry.body["steps"]]
    told = {
        f"its_{name}" if name in _OF_THE_LINE else name: mask_phone(value)
        if name in _NUMBERS and isinstance(value, str)
        else value
        for name, value in entry.body.items()
    }
    line: JsonObject = {**told, "at": _time(entry.at), "kind": entry.kind, "by": _by(entry.by)}
    if entry.verdict:
        line["allowed"] = entry.verdict["allowed"]
        line["reasons"] = [reason["code"] for reason in entry.verdict["reasons"]]
    return [line]


def _by(actor: str) -> str:
    """Name who did it; a caller's number is masked."""
    kind, colon, who = actor.partition(":")
    return f"{kind}:{mask_phone(who)}" if kind == "caller" and colon else actor


def _recording(recording: Recording | None) -> JsonObject | None:
    if recording is None:
        return None
    return {
        "file": recording.path,
        "seconds": round(recording.seconds, 2),
        "bytes": recording.bytes,
        "sha256": recording.sha256,
        "gaps": recording.gaps,
        "erased_at": _time(recording.erased_at),
        "channels": {"left": "caller", "right": "heard by the caller"},
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at else None
