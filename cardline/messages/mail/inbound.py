"""E-mail that comes in: read, cleaned, put where it belongs, handed over once (rows A5, C1, E5)."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Holder
from cardline.core.actor import SYSTEM, holder_actor
from cardline.core.clock import Clock
from cardline.core.ids import HolderId, InteractionId, new_id
from cardline.core.masking import mask_email, mask_secrets
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.work import tasks
from cardline.evidence.actions import journal
from cardline.messages import files as file_actions
from cardline.messages import outbox
from cardline.messages.arrivals import Arrival, Box, Handovers
from cardline.messages.file_model import Cleaned, StoredFile
from cardline.messages.files import Files
from cardline.messages.mail import inbound_store as store
from cardline.messages.mail import store as out_store
from cardline.messages.mail.actions import WAY, not_arrived, send_mail
from cardline.messages.mail.addresses import same_address
from cardline.messages.mail.composing import marks_in, without_marks
from cardline.messages.mail.config import MailConfig
from cardline.messages.mail.model import BOUNCES, InMail, MailInPolicy
from cardline.messages.mail.reading import Bounce, ReadMail, bounce_in, read_mail
from cardline.messages.model import MessageState
from cardline.messages.outcomes import MessageOutcome
from cardline.messages.written import language_of, open_written
from cardline.outreach import actions as outreach
from cardline.trust import actions as trust

_TOKEN = re.compile(rf"{BOUNCES}\+([0-9a-z]{{10}})@", re.IGNORECASE)


@dataclass(frozen=True)
class MailDesk:
    """What receiving e-mail needs; built once, at the start."""

    database: Database
    bank: CoreBank
    config: MailConfig
    policy: MailInPolicy
    files: Files
    """With the bounds for files of e-mails."""
    handovers: Handovers
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Kept:
    """Files of an e-mail: those that are safe, and why others are not."""

    safe: tuple[tuple[Cleaned, bool], ...]
    refused: tuple[JsonObject, ...]


def accepts(recipient: str, config: MailConfig) -> bool:
    """True for an address of ours: the boxes, what comes back, and the postmaster (RFC 5321)."""
    own = (config.address, config.complaints, f"postmaster@{config.domain}")
    if any(same_address(recipient, one) for one in own):
        return True
    return _TOKEN.match(recipient) is not None and recipient.lower().endswith(f"@{config.domain}")


async def receive(
    raw: bytes, *, envelope: str, recipients: Sequence[str], desk_: MailDesk
) -> InMail | None:
    """Take one e-mail in; ``None`` where it was here before. Once this returns, it is kept.

    ``envelope``: the sender that the other server named; empty for what comes back (RFC 5321).
    """
    read = await asyncio.to_thread(read_mail, raw, desk_.policy)
    token = next((found[1] for one in recipients if (found := _TOKEN.match(one))), "").lower()
    at = desk_.clock()
    if token and (read.bounce is not None or not envelope):
        bounce = read.bounce or bounce_in(read.text)
        async with desk_.database.transaction() as tx:
            return await _take_bounce(tx, read, bounce, token, size=len(raw), desk_=desk_, at=at)
    complaints = any(same_address(one, desk_.config.complaints) for one in recipients)
    kept = await _clean(read, desk_)
    async with desk_.database.transaction() as tx:
        return await _take(
            tx,
            read,
            kept,
            box="complaints" if complaints else "general",
            # Who names no sender wants no answer: a report, or a machine.
            automatic=read.automatic or not envelope or _is_ours(read, desk_.config),
            size=len(raw),
            desk_=desk_,
            at=at,
        )


async def _clean(read: ReadMail, desk_: MailDesk) -> _Kept:
    safe: list[tuple[Cleaned, bool]] = []
    refused: list[JsonObject] = []

    async def take(cleaned: Cleaned, scanned: bool) -> None:
        safe.append((cleaned, scanned))

    for name, content in read.files:
        verdict = await file_actions.receive(desk_.files, name=name, content=content, then=take)
        if not verdict.allowed:
            shown = mask_secrets(name).text[:80]
            refused.append({"name": shown, "reason": verdict.codes[0]})
    if read.cut:
        refused.append({"name": "", "reason": "mail-cut"})
    return _Kept(tuple(safe), tuple(refused))


async def _take(
    tx: Transaction,
    read: ReadMail,
    kept: _Kept,
    *,
    box: Box,
    automatic: bool,
    size: int,
    desk_: MailDesk,
    at: datetime,
) -> InMail | None:
    if not await store.lock(tx, read.fingerprint):
        return None
    ours = await _ours(tx, read)
    holder, registered = await _who(tx, read, ours, desk_.bank)
    subject, text = mask_secrets(without_marks(read.subject)), mask_secrets(read.text)
    language = language_of(f"{read.subject} {read.text}")
    by = holder_actor(holder)
    known = await _thread(tx, read, ours)
    interaction = known or await open_written(
        tx, "email", holder=holder, language=language, source="email", by=by, at=at
    )
    if known is not None and not automatic:
        await desk.reopen_interaction(tx, interaction, at=at)
    mail = InMail(
        id=new_id("m-"),
        message_id=read.message_id,
        kind="automatic" if automatic else "message",
        box=box,
        interaction=interaction,
        sender=read.sender,
        sender_name=mask_secrets(read.sender_name).text,
        holder=holder,
        registered=registered,
        subject=subject.text,
        text=text.text,
        language=language,
        refused=kept.refused,
        answers=ours.id if ours else None,
        due_at=None if automatic else at + desk_.config.answer_within,
        answered_at=None,
        at=at,
    )
    await store.add(tx, mail, fingerprint=read.fingerprint, size=size)
    files = [
        await file_actions.keep(
            tx,
            desk_.files,
            cleaned,
            scanned=scanned,
            owner=mail.id,
            stream=interaction,
            by=by,
            at=at,
        )
        for cleaned, scanned in kept.safe
    ]
    body: JsonObject = {"email": mail.id, "from": mask_email(read.sender), "holder": holder}
    body |= {"registered": registered, "what": mail.kind, "box": box, "files": len(files)}
    body |= {"refused": [one["reason"] for one in kept.refused], "answers": mail.answers}
    body |= {"masked": [*subject.found, *text.found], "malformed": read.malformed}
    await journal(tx, stream=interaction, kind="email.received", by=by, body=body, at=at)
    if automatic:
        if known is None:
            await desk.close_interaction(tx, interaction, outcome="automatic", at=at)
        return mail
    return await _hand_on(tx, mail, files, ours, again=known is not None, desk_=desk_, at=at)


async def _hand_on(
    tx: Transaction,
    mail: InMail,
    files: Sequence[StoredFile],
    ours: out_store.Known | None,
    *,
    again: bool,
    desk_: MailDesk,
    at: datetime,
) -> InMail:
    """Give it to whose box it is, else to the desk with a word to its sender."""
    assert mail.interaction is not None, "a message has one"
    arrival = Arrival(
        door="email",
        id=mail.id,
        # An answer to what complaints wrote is theirs, wherever it was sent.
        box="complaints" if ours is not None and ours.box == "complaints" else mail.box,
        interaction=mail.interaction,
        sender=mail.sender,
        sender_name=mail.sender_name,
        holder=mail.holder,
        registered=mail.registered,
        by_staff=False,
        subject=mail.subject,
        text=mail.text,
        files=tuple(files),
        language=mail.language,
        again=again,
        answers=ours.key if ours else None,
        about=ours.stream if ours else None,
        at=at,
    )
    if await desk_.handovers.offer(tx, arrival):
        await store.set_taken(tx, mail.id)
        return replace(mail, due_at=None)
    assert mail.due_at is not None, "a message waits for its answer"
    by = holder_actor(mail.holder)
    await tasks.open_letter(
        tx,
        mail.interaction,
        line=mail.id,
        holder=mail.holder,
        due_at=mail.due_at,
        by=by,
        at=at,
        door="email",
    )
    written = await store.of_sender_since(tx, mail.sender, at=at)
    policy = desk_.config.policy
    most = policy.answers_per_day if mail.registered else desk_.policy.stranger_answers
    if not again and mail.sender and written <= most:
        await send_mail(
            tx,
            config=desk_.config,
            key=f"received/{mail.id}",
            template="mail_received",
            values={"due": mail.due_at},
            holder=mail.holder,
            to=mail.sender,
            language=mail.language,
            stream=mail.interaction,
            at=at,
            solicited=True,
            answers=mail.id,
        )
    return mail


async def _take_bounce(
    tx: Transaction,
    read: ReadMail,
    bounce: Bounce,
    token: str,
    *,
    size: int,
    desk_: MailDesk,
    at: datetime,
) -> InMail | None:
    """Something of ours came back, or is late: only the last word counts."""
    ours = await out_store.by_token(tx, token, lock=True)
    if ours is None or not await store.lock(tx, read.fingerprint):
        return None
    mail = InMail(
        id=new_id("m-"),
        message_id=read.message_id,
        kind="bounce",
        box="general",
        interaction=None,
        sender=read.sender,
        sender_name=read.sender_name,
        holder=None,
        registered=False,
        subject=mask_secrets(read.subject).text,
        text=mask_secrets(read.text).text,
        language="en",
        refused=(),
        answers=ours.id,
        due_at=None,
        answered_at=None,
        at=at,
    )
    await store.add(tx, mail, fingerprint=read.fingerprint, size=size)
    if not bounce.final or ours.state is not MessageState.SENT:
        return mail
    config = desk_.config
    await out_store.set_bounced(tx, ours.id, code=bounce.status, at=at)
    if bounce.of_address:
        await out_store.set_bad(tx, ours.address, code=bounce.status, mail=ours.id, at=at)
    await outreach.cancel_contact(tx, key=ours.key, at=at)
    await trust.take_back(tx, key=outbox.proof_key(WAY, ours.key), at=at)
    facts: JsonObject = {"reason": bounce.status}
    body: JsonObject = {"email": ours.id, "template": ours.template, "status": bounce.status}
    body["address_bad"] = bounce.of_address
    await journal(tx, stream=ours.stream, kind="email.bounced", by=SYSTEM, body=body, at=at)
    outcome = MessageOutcome(
        fate="bounced",
        channel=WAY.channel,
        message=ours.id,
        key=ours.key,
        template=ours.template,
        holder=ours.holder,
        stream=ours.stream,
        at=at,
        facts=facts,
    )
    if not await config.outcomes.tell(tx, outcome):
        await not_arrived(
            tx,
            ours.id,
            subject=ours.subject,
            purpose=ours.purpose,
            holder=ours.holder,
            config=config,
            at=at,
        )
    return mail


async def _ours(tx: Transaction, read: ReadMail) -> out_store.Known | None:
    """Return the e-mail of ours that this one answers: by its headers, else by the subject."""
    found = await out_store.by_message_ids(tx, list(read.references)) if read.references else None
    for token in marks_in(read.subject):
        found = found or await out_store.by_token(tx, token)
    return found


async def _thread(
    tx: Transaction, read: ReadMail, ours: out_store.Known | None
) -> InteractionId | None:
    """Return the interaction with which it goes on; ``None`` for a new one."""
    answered = await store.interaction_answered(tx, ours.answers) if ours else None
    if answered is not None or not read.references:
        return answered
    return await store.interaction_of(tx, read.references, sender=read.sender)


async def _who(
    tx: Transaction, read: ReadMail, ours: out_store.Known | None, bank: CoreBank
) -> tuple[HolderId | None, bool]:
    """Return who it claims to be from, and whether the bank has this address of them.

    Anybody may write any address into From: neither is a proof. An address that several holders
    share names nobody.
    """
    found: list[Holder] = await bank.holders_by_email(tx, email=read.sender) if read.sender else []
    if len(found) == 1:
        return found[0].id, True
    if ours is not None and same_address(read.sender, ours.address):
        return ours.holder, False
    return None, False


def _is_ours(read: ReadMail, config: MailConfig) -> bool:
    """True for what we wrote ourselves: it went round in a circle."""
    named = read.message_id.rpartition("@")[2].lower() == config.domain
    return named or any(
        same_address(read.sender, one) for one in (config.address, config.complaints)
    )
