"""What complaints contribute to an evidence pack: what was said, decided and told (row C6)."""

from cardline.complaints import store, work_store
from cardline.complaints.actions.stepping import stream_of
from cardline.complaints.model import Complaint, ComplaintId
from cardline.complaints.words import word
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.packs.model import Item, Line, Part, Subject


async def complaints_part(tx: Transaction, subject: Subject) -> Part:
    """Read the complaint that a pack is about, or all of a holder's."""
    found = await _found(tx, subject)
    records, items = [], []
    for one in found:
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
        state = word("states", one.state.value)
        lines = [Line(one.statement, one.timeline.received_at), Line(one.demand)]
        lines += [Line(notice.text, notice.at, notice.by) for notice in notices]
        items.append(
            Item(
                one.id,
                one.timeline.received_at,
                state.in_(subject.language),
                tuple(line for line in lines if line.text),
            )
        )
    return Part(
        records=tuple(records),
        items=tuple(items),
        streams=tuple(stream_of(one.id) for one in found),
    )


async def _found(tx: Transaction, subject: Subject) -> list[Complaint]:
    if subject.complaint:
        one = await store.by_id(tx, ComplaintId(subject.complaint))
        return [one] if one is not None else []
    if subject.holder is None or subject.interactions is not None:
        return []
    return await store.of_holder(tx, subject.holder, limit=subject.most)


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
