"""What outreach contributes to an evidence pack: consents, wishes, decisions of the gate (D2)."""

from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.packs.model import Part, Subject
from cardline.outreach.actions.passing import contacts_of
from cardline.outreach.actions.permissions import all_permissions
from cardline.outreach.model import ContactRecord


async def permissions_part(tx: Transaction, subject: Subject) -> Part:
    """Read what a holder allowed and withdrew, and what was decided about each contact."""
    if subject.holder is None or subject.interactions is not None:
        return Part()
    consents, withdrawals = await all_permissions(tx, holder=subject.holder)
    decided = await contacts_of(tx, holder=subject.holder, limit=subject.most)
    given: list[JsonObject] = [
        {
            "consent": one.purpose,
            "channel": one.channel,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
            "source": one.source,
        }
        for one in consents
    ]
    taken: list[JsonObject] = [
        {
            "withdrawal": one.purpose,
            "channel": one.channel,
            "at": one.at.isoformat(),
            "source": one.source,
        }
        for one in withdrawals
    ]
    return Part(
        records=(*given, *taken, *(_record(one) for one in decided)),
        streams=tuple(f"contact:{one.key}" for one in decided),
    )


def _record(one: ContactRecord) -> JsonObject:
    return {
        "contact": one.key,
        "purpose": one.purpose,
        "channel": one.channel,
        "campaign": one.campaign,
        "at": one.at.isoformat(),
        "asked_at": one.asked_at.isoformat(),
        "answer": one.answer,
        "reasons": list(one.codes),
        "rule": one.rule,
        "outcome": one.outcome,
    }
