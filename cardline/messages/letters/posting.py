"""What happens to letters after they were queued: withdrawn, posted, come back (row E1)."""

from dataclasses import replace
from datetime import datetime, timedelta

from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.home import home
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.evidence.actions import journal
from cardline.messages import outbox
from cardline.messages.letters import store
from cardline.messages.letters.actions import WAY
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import Letter, ReturnReason
from cardline.messages.model import MessageState
from cardline.messages.outcomes import Fate, MessageOutcome
from cardline.outreach import actions as outreach
from cardline.trust import actions as trust

_EARLY = timedelta(minutes=5)
"""How far a clock of the post room may be ahead of ours."""
_LONGEST = 40


async def withdraw(
    tx: Transaction, letter: str, *, why: str, config: LetterConfig, by: Staff, at: datetime
) -> Letter:
    """Stop a letter that waits for the printer. Its number stays its own.

    Raises ``NotFound``, ``Conflict`` where the printer has it, and ``Invalid`` without a reason.
    """
    why = mask_secrets(why.strip()).text
    if not why:
        raise Invalid("say why the letter is stopped")
    found = await _locked(tx, letter)
    if found.state is not MessageState.QUEUED:
        raise Conflict("this letter is with the printer already, or was stopped before")
    await store.set_withdrawn(tx, found.id, why=why, by=by.number, at=at)
    await outreach.cancel_contact(tx, key=found.key, at=at)
    await trust.take_back(tx, key=outbox.proof_key(WAY, found.key), at=at)
    facts: JsonObject = {"reason": why}
    await _written(tx, found, "withdrawn", facts, config=config, by=by, at=at)
    return replace(
        found,
        state=MessageState.WITHDRAWN,
        withdrawn_at=at,
        withdrawn_by=by.number,
        withdrawn_why=why,
    )


async def post(
    tx: Transaction,
    letter: str,
    *,
    carrier: str,
    posting: str,
    posted_at: datetime,
    config: LetterConfig,
    by: Staff,
    at: datetime,
) -> Letter:
    """Write that the carrier has a letter: the proof of notice. Said twice alike it is harmless.

    Raises ``NotFound``; ``Conflict`` where it is not printed, or was posted otherwise; ``Invalid``
    for a time to come or before its printing, and a registered letter without its number.
    """
    carrier, posting = carrier.strip(), posting.strip()
    found = await _locked(tx, letter)
    if found.state is MessageState.POSTED:
        if (found.carrier, found.posting) == (carrier, posting):
            return found
        raise Conflict("this letter was posted with another number")
    if found.state is not MessageState.PRINTED:
        raise Conflict("only a printed letter is posted")
    if not carrier or len(carrier) > _LONGEST or len(posting) > _LONGEST:
        raise Invalid(f"name the carrier, and the posting in at most {_LONGEST} characters")
    if found.registered and not posting:
        raise Invalid("a registered letter is posted with the number of its posting")
    if posted_at > at + _EARLY or (found.printed_at and posted_at < found.printed_at - _EARLY):
        raise Invalid("a letter is posted after it was printed, and not in the future")
    await store.set_posted(
        tx, found.id, carrier=carrier, posting=posting, posted_at=posted_at, by=by.number
    )
    facts: JsonObject = {"carrier": carrier, "posting": posting}
    facts["posted_at"] = posted_at.isoformat()
    await _written(tx, found, "posted", facts, config=config, by=by, at=at)
    return replace(
        found,
        state=MessageState.POSTED,
        carrier=carrier,
        posting=posting,
        posted_at=posted_at,
    )


async def come_back(
    tx: Transaction,
    letter: str,
    *,
    reason: ReturnReason,
    config: LetterConfig,
    by: Staff,
    at: datetime,
) -> Letter:
    """Write that a letter came back, and why; whoever caused it is told, else the desk gets a task.

    Raises ``NotFound``, and ``Conflict`` where it was never posted.
    """
    found = await _locked(tx, letter)
    if found.state is MessageState.RETURNED:
        return found
    if found.state is not MessageState.POSTED:
        raise Conflict("only a posted letter comes back")
    await store.set_returned(tx, found.id, reason=reason, at=at)
    seen = await _written(tx, found, "returned", {"reason": reason}, config=config, by=by, at=at)
    if not seen:
        await tasks.open_task(
            tx,
            source=f"letter-returned:{found.id}",
            kind="other",
            what=config.words[home().language].returned.format(number=found.number),
            due_at=at + config.answer_within,
            by=by.actor,
            at=at,
            holder=found.holder,
            matter="general",
        )
    return replace(found, state=MessageState.RETURNED, return_reason=reason, returned_at=at)


async def _locked(tx: Transaction, letter: str) -> Letter:
    found = await store.by_id(tx, letter, lock=True)
    if found is None:
        raise NotFound("there is no such letter")
    return found


async def _written(
    tx: Transaction,
    letter: Letter,
    fate: Fate,
    facts: JsonObject,
    *,
    config: LetterConfig,
    by: Staff,
    at: datetime,
) -> bool:
    """Journal a step and tell it; false where nobody sees to it."""
    body: JsonObject = {"letter": letter.id, "number": letter.number, **facts}
    await journal(tx, stream=letter.stream, kind=f"letter.{fate}", by=by.actor, body=body, at=at)
    outcome = MessageOutcome(
        fate=fate,
        channel=WAY.channel,
        message=letter.id,
        key=letter.key,
        template=letter.template,
        holder=letter.holder,
        stream=letter.stream,
        at=at,
        facts=facts,
    )
    return await config.outcomes.tell(tx, outcome)
