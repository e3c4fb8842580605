"""Whose an e-mail is, as the staff found out, and e-mails that need no answer (row A5)."""

from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import HolderId
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions import claims
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.messages.mail import inbound_store
from cardline.messages.mail.addresses import same_address
from cardline.messages.mail.answering import readable
from cardline.messages.mail.model import ClosedFor, HolderProof, InMail


async def say_whose(
    tx: Transaction,
    mail: str,
    holder: HolderId | None,
    *,
    proof: HolderProof,
    why: str,
    bank: CoreBank,
    by: Staff,
    at: datetime,
) -> None:
    """Say whose a conversation by e-mail is, ``None`` for nobody known, and how that is known.

    ``why``: what it rests on, in words. It opens no act: an e-mail proves nobody. Journals
    ``email.whose``. Raises ``NotFound``, for the holder too; ``Invalid`` for no words.
    """
    found = await readable(tx, mail, by)
    assert found.interaction is not None, "only messages are read"
    told = mask_secrets(why.strip())
    if holder is not None and len(told.text) < _LEAST:
        raise Invalid("write how you know whose e-mail it is")
    known = await bank.holder(tx, holder_id=holder) if holder is not None else None
    if holder is not None and known is None:
        raise NotFound("there is no such holder")
    await claims.claim_written(tx, found.interaction, holder, bank=bank, by=by, at=at)
    registered = bool(known and known.email and same_address(known.email, found.sender))
    await inbound_store.set_holder(
        tx,
        found.interaction,
        holder,
        registered=registered,
        proof=proof if holder is not None else None,
        by=by.number,
        at=at,
    )
    body: JsonObject = {"email": found.id, "holder": holder, "was": found.holder}
    body |= {"proof": proof if holder is not None else None, "why": told.text}
    await desk.note(tx, found.interaction, "email.whose", body, at=at, by=by.actor)


async def close(
    tx: Transaction, mail: str, *, why: ClosedFor, note: str, by: Staff, at: datetime
) -> None:
    """Close what needs no answer by e-mail; its task is done. Journals ``email.closed``.

    Raises ``NotFound``; ``Conflict`` where it waits no more.
    """
    found = await _waiting(tx, mail, by)
    assert found.interaction is not None, "only messages are read"
    body: JsonObject = {"email": found.id, "for": why, "note": mask_secrets(note.strip()).text}
    await desk.note(tx, found.interaction, "email.closed", body, at=at, by=by.actor)
    await inbound_store.set_closed(tx, found.interaction, why=why, by=by.number, at=at)
    await desk.close_interaction(tx, found.interaction, outcome="closed-unanswered", at=at)
    await tasks.settle_messages(tx, found.interaction, door="email", by=by, at=at)


async def _waiting(tx: Transaction, mail: str, by: Staff) -> InMail:
    await inbound_store.by_id(tx, mail, lock=True)
    found = await readable(tx, mail, by)
    if found.due_at is None:
        raise Conflict("this e-mail waits for nobody any more")
    return found


_LEAST = 4
"""Characters: shorter than that nothing is said."""
