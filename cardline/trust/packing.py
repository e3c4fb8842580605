"""What trust contributes to an evidence pack: proofs of what the bank sent and whom it called."""

from datetime import UTC, datetime

from cardline.core.transaction import Transaction
from cardline.evidence.packs.model import Part, Subject
from cardline.trust import actions
from cardline.trust.model import ByHolder

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


async def proofs_part(tx: Transaction, subject: Subject) -> Part:
    """Read the proofs of contacts; never the words of a code."""
    if subject.holder is None or subject.interactions is not None:
        return Part()
    number = min(subject.numbers, default="")
    found = await actions.contacts_of(tx, ByHolder(subject.holder, number), since=_ALWAYS)
    return Part(
        records=tuple(
            {
                "id": one.id,
                "channel": one.channel,
                "purpose": one.purpose,
                "shown": one.shown,
                "to": one.to if one.to in subject.numbers else None,
                "staff": one.staff.number if one.staff else None,
                "at": one.at.isoformat(),
                "answered_at": one.answered_at.isoformat() if one.answered_at else None,
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "text": one.text,
            }
            for one in found
        )
    )
