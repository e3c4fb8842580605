"""E-mails at the desk: what waits, reading one, answering it, its files (rows A5, F4)."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.errors import Held, Invalid, NotFound
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.messages import files as file_actions
from cardline.messages.file_model import StoredFile
from cardline.messages.mail import inbound_store, store
from cardline.messages.mail.actions import send_mail
from cardline.messages.mail.config import MailConfig
from cardline.messages.mail.model import InMail, SentMail
from cardline.messages.model import Queued
from cardline.trust.model import StaffShown


@dataclass(frozen=True, slots=True)
class Told:
    """An e-mail with its files and with what was answered."""

    mail: InMail
    files: tuple[StoredFile, ...]
    answers: tuple[SentMail, ...]


async def waiting(tx: Transaction, *, limit: int = 200) -> list[InMail]:
    """Return what waits for an answer, the one that is due first in front."""
    return await inbound_store.waiting(tx, limit=limit)


async def done(tx: Transaction, *, reader: Staff, limit: int = 100) -> list[InMail]:
    """Return what was answered or closed, the last in front; an agent finds what he did himself."""
    by = reader.number if reader.role == "agent" else None
    return await inbound_store.done(tx, by=by, limit=limit)


async def one(tx: Transaction, mail: str, *, reader: Staff, at: datetime) -> Told:
    """Return an e-mail; who reads it is journaled. Raises ``NotFound``.

    One that waits is everybody's who serves; an agent finds one that was answered only where he
    answered it.
    """
    found = await readable(tx, mail, reader)
    assert found.interaction is not None, "only messages are read"
    body: JsonObject = {"email": found.id, "role": reader.role}
    await desk.note(tx, found.interaction, "email.opened", body, at=at, by=reader.actor)
    return Told(
        found,
        tuple(await file_actions.files_of(tx, found.id)),
        tuple(await store.answers_to(tx, found.id)),
    )


async def answer(
    tx: Transaction,
    mail: str,
    *,
    text: str,
    key: str,
    config: MailConfig,
    by: Staff,
    at: datetime,
) -> Queued:
    """Answer an e-mail to where it came from. Its task is done; ``key`` makes a repeat harmless.

    Secrets are taken out (row E5). Raises ``NotFound``; ``Invalid`` for an empty answer or an
    e-mail without a sender; ``Held`` where nothing may be sent there, with the reasons.
    """
    found = await inbound_store.by_id(tx, mail, lock=True)
    if found is None:
        raise NotFound("there is no such e-mail")
    await readable(tx, mail, by)
    assert found.interaction is not None, "only messages are read"
    text = mask_secrets(text.strip()).text
    if not text:
        raise Invalid("write the answer first")
    if not found.sender:
        raise Invalid("this e-mail says nowhere who wrote it: it cannot be answered by e-mail")
    queued = await send_mail(
        tx,
        config=config,
        key=f"answer/{mail}/{key}",
        template="reply",
        values={"subject": _subject(found.subject, config, found), "text": text},
        holder=found.holder,
        to=found.sender,
        language=found.language,
        stream=found.interaction,
        at=at,
        solicited=True,
        box=found.box,
        answers=found.id,
        staff=StaffShown(by.number, by.name),
    )
    if not queued.verdict.allowed:
        raise Held(queued.verdict.codes)
    body: JsonObject = {"email": found.id, "answer": queued.id}
    await desk.note(tx, found.interaction, "email.answered", body, at=at, by=by.actor)
    await inbound_store.set_answered(tx, found.interaction, by=by.number, at=at)
    await desk.close_interaction(tx, found.interaction, outcome="answered", at=at)
    await tasks.settle_messages(tx, found.interaction, door="email", by=by, at=at)
    return queued


async def sent_file(
    tx: Transaction, mail: str, file: str, *, by: Staff, at: datetime
) -> StoredFile:
    """Return a file that came with an e-mail; journaled. Raises ``NotFound``."""
    found = await readable(tx, mail, by)
    kept = await file_actions.find(tx, file, owner=found.id)
    assert found.interaction is not None, "only messages are read"
    body: JsonObject = {"email": found.id, "file": file, "role": by.role}
    await desk.note(tx, found.interaction, "email.file-opened", body, at=at, by=by.actor)
    return kept


async def readable(tx: Transaction, mail: str, reader: Staff) -> InMail:
    """Return an e-mail that one of the staff may read. Raises ``NotFound``."""
    found = await inbound_store.by_id(tx, mail)
    if found is None or found.kind != "message":
        raise NotFound("there is no such e-mail")
    mine = found.due_at is not None or reader.number in (found.answered_by, found.closed_by)
    if reader.role == "agent" and not mine:
        raise NotFound("there is no such e-mail, or a colleague has answered it")
    return found


def _subject(subject: str, config: MailConfig, mail: InMail) -> str:
    again = config.words[mail.language].again
    shown = subject or config.forms["mail_received"].texts[mail.language].subject
    return shown if shown.lower().startswith(("re:", again.lower())) else f"{again}{shown}"
