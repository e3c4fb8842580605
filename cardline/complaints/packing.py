"""Evidence packs about complaints: whom one is about; what was said, decided and told (row C6)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cardline.cards.model import Holder, Language
from cardline.complaints import store, timeline_store, work_store
from cardline.complaints.actions.stepping import stream_of
from cardline.complaints.model import Complaint, ComplaintId
from cardline.complaints.telling import said
from cardline.complaints.telling_model import Notice
from cardline.complaints.words import catalogue, word
from cardline.complaints.work_model import Decided
from cardline.core.phone import parse_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.packs.model import Audience, Item, Line, PackFile, Part, Subject
from cardline.evidence.packs.sources import Read
from cardline.messages import files as file_actions
from cardline.messages.file_model import SUFFIXES, StoredFile
from cardline.messages.files import Files

_STAFF: Final = ("agent:", "staff:")
_FORM: Final = re.compile(r"[a-z]+(?:_[a-z]+)+")


def subject_of(
    one: Complaint,
    holder: Holder | None,
    *,
    audience: Audience,
    most: int,
    language: Language | None = None,
) -> Subject:
    """Return the subject of a pack about a complaint, with the conversation that it was made in.

    ``holder``: whose it is, as far as the bank knows; ``most``: contacts at the most.
    """
    numbers = {parse_phone(one.complainant.reach.phone), holder.phone if holder else None}
    return Subject(
        one.complainant.holder_id,
        language or one.language,
        audience,
        most,
        (one.interaction,) if one.interaction else (),
        one.id,
        frozenset(str(number) for number in numbers if number),
    )


def complaints_part(files: Files) -> Read:
    """Return how complaints are read for a pack; ``files``: where their evidence lies."""

    async def read(tx: Transaction, subject: Subject) -> Part:
        return await _part(tx, subject, files)

    return read


async def _part(tx: Transaction, subject: Subject, files: Files) -> Part:
    found = await _found(tx, subject)
    records, items = [], []
    evidence: list[PackFile] = []
    for one in found:
        facts = await timeline_store.facts(tx, one.id)
        evidence += [
            _file(files, one, file) for file in await _evidence(tx, one, facts, subject.audience)
        ]
        notices = await work_store.notices(tx, one.id)
        records.append(
            _record(one, subject)
            | {
                "notices": [
                    {
                        "about": notice.about,
                        "channel": notice.channel,
                        "text": notice.text,
                        "at": notice.at.isoformat(),
                        "proof": notice.proof,
                        "proven_at": notice.proven_at.isoformat() if notice.proven_at else None,
                    }
                    for notice in notices
                ]
            }
        )
        decided = await work_store.decisions(tx, one) if subject.audience == "auditor" else []
        items.append(_item(one, facts, notices, decided, subject.language))
    return Part(
        records=tuple(records),
        items=tuple(items),
        files=tuple(evidence),
        streams=tuple(stream_of(one.id) for one in found),
    )


def _item(
    one: Complaint,
    facts: Sequence[JsonObject],
    notices: Sequence[Notice],
    decided: Sequence[Decided],
    language: Language,
) -> Item:
    """Tell a complaint: what was said at first and later, decided (for an auditor alone) and told,
    in their order.
    """
    names = ("complainant", "demand", "added", "decided", "bank")
    who = {name: _said(name, language) for name in names}
    received = one.timeline.received_at
    told = [Line(one.statement, received, who["complainant"])]
    later = [Line(str(each["text"]), each["at"], who["added"]) for each in facts]
    later += [line for each in decided for line in _decision(each, who["decided"], language)]
    later += [line for each in notices for line in _notice(each, who["bank"], language)]
    if one.demand:
        told.append(Line(one.demand, None, who["demand"]))
    told += sorted(later, key=lambda line: line.at or received)
    door = word("doors", one.door.value).in_(language)
    state = word("states", one.state.value).in_(language)
    title = _said("title", language, door=door, state=state)
    return Item(one.id, received, title, tuple(line for line in told if line.text))


def _decision(one: Decided, who: str, language: Language) -> list[Line]:
    decision = one.decision
    told = {"findings": decision.findings, "basis": decision.basis, "reasons": decision.reasons}
    texts = [said(f"outcome-{decision.outcome.value}", language)]
    texts += [said(name, language, text=text) for name, text in told.items() if text.strip()]
    lines = [Line("\n".join(texts), one.at, who)]
    if one.approved_by:
        lines.append(Line(_said("agreed", language, who=one.approved_by), one.approved_at, who))
    return lines


def _notice(one: Notice, who: str, language: Language) -> list[Line]:
    about = word("abouts", one.about).in_(language)
    known = one.channel in catalogue()["channels"]
    channel = (
        word("channels", one.channel) if known else word("packed", f"channel-{one.channel}")
    ).in_(language)
    # What a form of the house said stands in the message that it became; here is its name alone.
    key = "notice" if _FORM.fullmatch(one.text) else "notice-text"
    lines = [Line(_said(key, language, about=about, channel=channel, text=one.text), one.at, who)]
    if one.proven_at is not None and one.proof:
        proof = _said("proof", language, about=about, proof=one.proof)
        lines.append(Line(proof, one.proven_at, who))
    return lines


def _said(code: str, language: Language, **facts: str) -> str:
    return word("packed", code).in_(language).format(**facts)


async def _found(tx: Transaction, subject: Subject) -> list[Complaint]:
    if subject.complaint:
        one = await store.by_id(tx, ComplaintId(subject.complaint))
        return [one] if one is not None else []
    if subject.holder is None or subject.interactions is not None:
        return []
    return await store.of_holder(tx, subject.holder, limit=subject.most)


async def _evidence(
    tx: Transaction, one: Complaint, facts: Sequence[JsonObject], audience: Audience
) -> list[StoredFile]:
    """What was attached: with the conversation that it was made in, or later, by whatever door.

    What one of the staff tied to it from elsewhere is for an auditor alone: nobody has checked that
    it is the complainant's.
    """
    if audience == "auditor":
        return await file_actions.named(tx, one.files)
    owners = [*([one.interaction] if one.interaction else []), stream_of(one.id)]
    found = [file for owner in owners for file in await file_actions.files_of(tx, owner)]
    found = [file for file in found if file.id in one.files]
    known = {file.id for file in found}
    theirs = [each for each in facts if not str(each["by"]).startswith(_STAFF)]
    later = [name for each in theirs for name in each["files"] if name not in known]
    return [*found, *await file_actions.named(tx, list(dict.fromkeys(later)))]


def _file(files: Files, of: Complaint, one: StoredFile) -> PackFile:
    async def read(_: Transaction) -> Iterator[bytes]:
        return iter([await file_actions.read(files, one)])

    return PackFile(f"files/{of.id}/{one.id}{SUFFIXES[one.kind]}", of.id, read, one.name)


def _record(one: Complaint, subject: Subject) -> JsonObject:
    told: JsonObject = {
        "id": one.id,
        "door": one.door,
        "statement": one.statement,
        "demand": one.demand,
        "interaction": one.interaction,
        "received_at": one.timeline.received_at.isoformat(),
        "recorded_at": one.recorded_at.isoformat(),
        "marks": {name: at.isoformat() for name, at in one.timeline.marks.items()},
        "state": one.state,
        "refusal": one.refusal,
        "satisfied": one.satisfied,
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
    }
    if subject.audience == "auditor":
        told |= {
            "handler": one.handler,
            "persons": list(one.persons),
            "issue": one.issue,
            "product": one.product,
            "severity": one.severity,
            "causes": list(one.causes),
        }
    return told
