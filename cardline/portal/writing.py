"""Messages to the bank and their answers: interactions with the door ``message`` (row A5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cardline.cards.corebank import CoreBank
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import CallId, HolderId, InteractionId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.identity.config import IdentityConfig
from cardline.messages import files as file_actions
from cardline.messages.actions import send_sms
from cardline.messages.file_model import StoredFile
from cardline.messages.files import Files
from cardline.portal import store
from cardline.portal.keeping import SafeFile, keep_files
from cardline.portal.model import HolderMessage, HolderSession, MessageLine, PortalPolicy
from cardline.portal.rules import clean_text, may_write
from cardline.portal.sessions import actor_of

_DAY = timedelta(days=1)


async def write(
    tx: Transaction,
    session: HolderSession,
    *,
    subject: str,
    text: str,
    given: Sequence[SafeFile],
    files: Files,
    policy: PortalPolicy,
    at: datetime,
) -> tuple[Verdict, str]:
    """Send a message to the bank; returns the verdict and the message's id.

    It is an interaction, so that it stands beside calls and chats, and a task for the desk until
    it is answered. Further reasons: ``no-subject``, ``subject-too-long``, ``too-many-messages``.
    """
    subject, text = clean_text(subject).replace("\n", " "), clean_text(text)
    verdict = await _may_send(tx, session, text, len(given), policy, at)
    more = [Reason("no-subject", policy.sources["subject_characters"])] if not subject else []
    if len(subject) > policy.subject_characters:
        more.append(Reason("subject-too-long", policy.sources["subject_characters"]))
    verdict = Verdict(verdict.rule, (*more, *verdict.refusals))
    if not verdict.allowed:
        return verdict, ""
    message = InteractionId(new_id("i"))
    by = actor_of(session.holder.id)
    await desk.open_interaction(tx, _interaction(message, session, at), source="portal", by=by)
    await store.add_message(
        tx,
        message,
        holder=session.holder.id,
        subject=mask_secrets(subject).text,
        due_at=at + policy.answer_within,
        at=at,
    )
    await _add_line(tx, session, message, text, given, files, policy, at)
    return verdict, message


async def write_again(
    tx: Transaction,
    session: HolderSession,
    *,
    message: str,
    text: str,
    given: Sequence[SafeFile],
    files: Files,
    policy: PortalPolicy,
    at: datetime,
) -> Verdict:
    """Add to a message of one's own. Raises ``NotFound`` for anybody else's."""
    known = await store.lock_message(tx, message)
    if known is None or known.holder != session.holder.id:
        raise NotFound("there is no such message")
    text = clean_text(text)
    verdict = await _may_send(tx, session, text, len(given), policy, at)
    if verdict.allowed:
        await store.await_answer(tx, message, due_at=at + policy.answer_within, at=at)
        await desk.reopen_interaction(tx, InteractionId(message), at=at)
        await _add_line(tx, session, message, text, given, files, policy, at)
    return verdict


async def answer(
    tx: Transaction,
    *,
    message: str,
    text: str,
    by: Staff,
    bank: CoreBank,
    config: IdentityConfig,
    at: datetime,
) -> HolderMessage:
    """Answer a message: it shows on the holder's pages, and their phone is told that it does.

    Raises ``NotFound``, and ``Invalid`` for an empty answer.
    """
    known = await store.lock_message(tx, message)
    if known is None:
        raise NotFound("there is no such message")
    await one_message(tx, message, reader=by)
    text = mask_secrets(clean_text(text)).text
    if not text:
        raise Invalid("write the answer first")
    line = MessageLine(new_id("ml"), "bank", by.number, text, at)
    await store.add_line(tx, line, message=message)
    await store.answer(tx, message, at=at)
    body: JsonObject = {"line": line.id}
    interaction = InteractionId(message)
    await desk.note(tx, interaction, "portal.message-answered", body, at=at, by=by.actor)
    await desk.close_interaction(tx, interaction, outcome="answered", at=at)
    await tasks.settle_messages(tx, interaction, door="letter", by=by, at=at)
    holder = await bank.holder(tx, holder_id=known.holder)
    if holder is not None:
        await send_sms(
            tx,
            config=config.sms,
            holder=holder.id,
            to=holder.phone,
            template="message_answered",
            values={},
            language=holder.language,
            zone=ZoneInfo(holder.zone),
            key=f"message_answered:{line.id}",
            stream=message,
            at=at,
            wait=True,
        )
    return await one_message(tx, message, reader=by)


async def messages_of(tx: Transaction, *, holder: HolderId) -> list[HolderMessage]:
    """Return the messages of a holder, newest first."""
    return await store.messages(tx, holder=holder)


async def open_message(
    tx: Transaction, message: str, *, holder: HolderId, at: datetime
) -> HolderMessage:
    """Return a message of the holder's own, as opened. Raises ``NotFound``."""
    found = await store.messages(tx, holder=holder, ids=[message])
    if not found:
        raise NotFound("there is no such message")
    if found[0].unread:
        await store.mark_read(tx, message, at=at)
    return await _with_files(tx, found[0])


async def waiting(tx: Transaction, *, limit: int = 200) -> list[HolderMessage]:
    """Return the messages that wait for an answer, the one that is due first in front."""
    found = await store.messages(tx, waiting=True, limit=limit)
    return [await _with_files(tx, one) for one in found]


async def one_message(tx: Transaction, message: str, *, reader: Staff) -> HolderMessage:
    """Return a message for the desk. Raises ``NotFound``.

    One that waits is everybody's who serves; an agent finds one that was answered only where the
    agent had a part in answering.
    """
    found = await store.messages(tx, ids=[message])
    if not found or not _is_for(found[0], reader):
        raise NotFound("there is no such message, or a colleague has answered it")
    return await _with_files(tx, found[0])


def _is_for(message: HolderMessage, reader: Staff) -> bool:
    waits = message.due_at is not None
    return (
        waits or reader.role != "agent" or any(line.who == reader.number for line in message.lines)
    )


async def sent_file(
    tx: Transaction, message: str, file: str, *, by: Staff, at: datetime
) -> StoredFile:
    """Return a file that came with a message, for the desk; journaled. Raises ``NotFound``."""
    one = await one_message(tx, message, reader=by)
    found = next((each for line in one.lines for each in line.files if each.id == file), None)
    if found is None:
        raise NotFound("there is no such file")
    body: JsonObject = {"file": file, "role": by.role}
    await desk.note(tx, InteractionId(message), "portal.file-opened", body, at=at, by=by.actor)
    return found


async def lines_of(
    tx: Transaction, *, holder: HolderId, ids: Sequence[str]
) -> dict[str, tuple[str, tuple[MessageLine, ...]]]:
    """Return subject and parts of those of these interactions that are the holder's messages."""
    found = await store.messages(tx, holder=holder, ids=ids, limit=len(ids) or 1)
    return {one.id: (one.subject, one.lines) for one in found}


async def _with_files(tx: Transaction, one: HolderMessage) -> HolderMessage:
    lines = [
        replace(line, files=tuple(await file_actions.files_of(tx, line.id))) if line.count else line
        for line in one.lines
    ]
    return replace(one, lines=tuple(lines))


async def _may_send(
    tx: Transaction,
    session: HolderSession,
    text: str,
    count: int,
    policy: PortalPolicy,
    at: datetime,
) -> Verdict:
    holder = session.holder.id
    await store.lock_holder(tx, holder=holder)
    verdict = may_write(
        text,
        most=policy.message_characters,
        files=count,
        kept=await store.count_files(tx, holder=holder),
        policy=policy,
        source="message_characters",
    )
    if await store.sent_since(tx, holder=holder, since=at - _DAY) >= policy.messages_per_day:
        full = Reason("too-many-messages", policy.sources["messages_per_day"])
        return Verdict(verdict.rule, (*verdict.refusals, full))
    return verdict


async def _add_line(
    tx: Transaction,
    session: HolderSession,
    message: str,
    text: str,
    given: Sequence[SafeFile],
    files: Files,
    policy: PortalPolicy,
    at: datetime,
) -> None:
    line = MessageLine(new_id("ml"), "holder", "", mask_secrets(text).text, at, len(given))
    await store.add_line(tx, line, message=message)
    await keep_files(tx, session, given, owner=line.id, stream=message, files=files, at=at)
    body: JsonObject = {"line": line.id, "files": len(given)}
    by = actor_of(session.holder.id)
    await desk.note(tx, InteractionId(message), "portal.message-sent", body, at=at, by=by)
    await tasks.open_letter(
        tx,
        InteractionId(message),
        line=line.id,
        holder=session.holder.id,
        due_at=at + policy.answer_within,
        by=by,
        at=at,
    )


def _interaction(message: InteractionId, session: HolderSession, at: datetime) -> Interaction:
    return Interaction(
        id=message,
        door="message",
        call=CallId(""),
        line="",
        from_number=session.holder.phone,
        to_number="",
        holder_id=session.holder.id,
        language=session.holder.language,
        opened_at=at,
        answered_at=None,
        closed_at=None,
        outcome=None,
        flow_version="",
        state={},
        proofs=session.proofs,
        continues=None,
    )
