"""Hearing what became of the messages that carry notices, in the transaction of the step itself.

A short message and an e-mail prove themselves when the other side has taken them, a letter with its
posting. What comes back, or never leaves, is owed again: the complainant has not been told.
"""

from datetime import datetime

from cardline.complaints import work_store
from cardline.complaints.actions.proving import prove, take_back
from cardline.complaints.config import ComplaintConfig
from cardline.core.actor import SYSTEM
from cardline.core.transaction import Transaction
from cardline.messages.outcomes import MessageOutcome
from cardline.outreach.model import Channel

_STREAM = "complaint:"
_PROOFS = {Channel.SMS: "message", Channel.EMAIL: "message", Channel.LETTER: "posting"}


async def take_outcome(
    tx: Transaction, outcome: MessageOutcome, *, config: ComplaintConfig
) -> bool:
    """Prove the notice that a message carries, or say that it did not arrive; false where it
    carries none.

    The notice is the first part of the message's key, so that a letter that is sent once more after
    it came back speaks for the same notice. Journals ``complaint.proven`` or
    ``complaint.undelivered``.
    """
    if outcome.arrived is None or not outcome.stream.startswith(_STREAM):
        return False
    notice_id = outcome.key.partition("/")[0]
    found = await work_store.notice(tx, notice_id)
    if found is None:
        return False
    if not outcome.arrived:
        reason = str(outcome.facts.get("reason") or "")
        await take_back(
            tx, notice_id, fate=outcome.fate, reason=reason, config=config, at=outcome.at
        )
        return True
    # The clock of a post room or of another node differs a little; nothing is told before it was
    # written, or later than it is known.
    told_at = max(_told_at(outcome), found[2].at)
    await prove(
        tx,
        notice_id,
        kind=_PROOFS.get(outcome.channel, ""),
        reference=_reference(outcome),
        told_at=told_at,
        config=config,
        by=SYSTEM,
        at=max(outcome.at, told_at),
    )
    return True


def _told_at(outcome: MessageOutcome) -> datetime:
    posted = outcome.facts.get("posted_at")
    return datetime.fromisoformat(posted) if isinstance(posted, str) else outcome.at


def _reference(outcome: MessageOutcome) -> str:
    """Return what proves it: of a letter the carrier and the number of its posting."""
    carrier = str(outcome.facts.get("carrier") or "")
    posting = str(outcome.facts.get("posting") or outcome.message)
    return f"{carrier} {posting}".strip() if outcome.fate == "posted" else outcome.message
