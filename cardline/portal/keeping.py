"""A holder's own notes, receipts and screenshots beside a contact (row A7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cardline.core.errors import NotFound
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.messages import files as file_actions
from cardline.messages.file_model import Cleaned, StoredFile
from cardline.messages.files import Files
from cardline.portal import store
from cardline.portal.model import HolderSession, Note, NoteId, PortalPolicy
from cardline.portal.rules import clean_text, may_write
from cardline.portal.sessions import actor_of


@dataclass(frozen=True, slots=True)
class SafeFile:
    """A file that was cleaned, and whether a scanner looked at it."""

    cleaned: Cleaned
    scanned: bool


async def add_note(
    tx: Transaction,
    session: HolderSession,
    *,
    contact: str,
    text: str,
    given: Sequence[SafeFile],
    files: Files,
    policy: PortalPolicy,
    at: datetime,
) -> Verdict:
    """Keep a note beside a contact of the holder's; whoever calls has looked whose it is."""
    holder = session.holder.id
    await store.lock_holder(tx, holder=holder)
    text = mask_secrets(clean_text(text)).text
    verdict = may_write(
        text,
        most=policy.note_characters,
        files=len(given),
        kept=await store.count_files(tx, holder=holder),
        policy=policy,
        source="note_characters",
    )
    if not verdict.allowed:
        return verdict
    note = Note(NoteId(new_id("no")), contact, text, at, len(given))
    await store.add_note(tx, note, holder=holder)
    await keep_files(tx, session, given, owner=note.id, stream=session.id, files=files, at=at)
    # That there is a note is journaled; what stands in it is the holder's own.
    body: JsonObject = {"note": note.id, "contact": contact, "files": len(given)}
    by = actor_of(holder)
    await journal(tx, stream=session.id, kind="portal.note-kept", by=by, body=body, at=at)
    return verdict


async def remove_note(
    tx: Transaction,
    session: HolderSession,
    *,
    contact: str,
    note: str,
    files: Files,
    at: datetime,
) -> None:
    """Take a note of one's own away with its files. Raises ``NotFound``."""
    holder, by = session.holder.id, actor_of(session.holder.id)
    if not await store.remove_note(tx, note, holder=holder, contact=contact, at=at):
        raise NotFound("there is no such note")
    await file_actions.drop_files_of(tx, files, note, stream=session.id, by=by, at=at)
    body: JsonObject = {"note": note, "contact": contact}
    await journal(tx, stream=session.id, kind="portal.note-removed", by=by, body=body, at=at)


async def notes_of(tx: Transaction, *, holder: HolderId, contact: str | None = None) -> list[Note]:
    """Return a holder's notes beside one contact or all, oldest first, with their files."""
    return [
        replace(one, files=tuple(await file_actions.files_of(tx, one.id))) if one.count else one
        for one in await store.notes(tx, holder=holder, contact=contact)
    ]


async def own_file(tx: Transaction, owner: str, file: str, *, holder: HolderId) -> StoredFile:
    """Return a file beside a note, or with a message, of one's own. Raises ``NotFound``."""
    if not await store.owns(tx, owner, holder=holder):
        raise NotFound("there is no such file")
    return await file_actions.find(tx, file, owner=owner)


async def keep_files(
    tx: Transaction,
    session: HolderSession,
    given: Sequence[SafeFile],
    *,
    owner: str,
    stream: str,
    files: Files,
    at: datetime,
) -> None:
    """Keep files that were made safe."""
    for one in given:
        await file_actions.keep(
            tx,
            files,
            one.cleaned,
            scanned=one.scanned,
            owner=owner,
            stream=stream,
            by=actor_of(session.holder.id),
            at=at,
        )
