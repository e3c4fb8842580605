"""A holder's own notes, receipts and screenshots beside a contact (row A7)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cardline.core.errors import NotFound
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.portal import store
from cardline.portal.model import FileId, HolderSession, KeptFile, Note, NoteId, PortalPolicy
from cardline.portal.rules import clean_text, may_write
from cardline.portal.sessions import actor_of


class SafeFile(Protocol):
    """A file that was checked by its content and made anew where that is possible."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...


async def add_note(
    tx: Transaction,
    session: HolderSession,
    *,
    contact: str,
    text: str,
    files: Sequence[SafeFile],
    policy: PortalPolicy,
    at: datetime,
) -> Verdict:
    """Keep a note beside a contact of the holder's; whoever calls has looked whose it is."""
    await store.lock_holder(tx, holder=session.holder.id)
    text = mask_secrets(clean_text(text)).text
    verdict = may_write(
        text,
        most=policy.note_characters,
        files=len(files),
        kept=await store.count_files(tx, holder=session.holder.id),
        policy=policy,
        source="note_characters",
    )
    if not verdict.allowed:
        return verdict
    note = NoteId(new_id("no"))
    await store.add_note(tx, note, holder=session.holder.id, contact=contact, text=text, at=at)
    await keep_files(tx, files, holder=session.holder.id, note=note, at=at)
    # That there is a note is journaled; what stands in it is the holder's own.
    body: JsonObject = {"note": note, "contact": contact, "files": len(files)}
    by = actor_of(session.holder.id)
    await journal(tx, stream=session.id, kind="portal.note-kept", by=by, body=body, at=at)
    return verdict


async def remove_note(
    tx: Transaction, session: HolderSession, *, contact: str, note: str, at: datetime
) -> None:
    """Take a note of one's own away with its files. Raises ``NotFound``."""
    if not await store.remove_note(
        tx, note, holder=session.holder.id, contact=contact, at=at
    ):
        raise NotFound("there is no such note")
    body: JsonObject = {"note": note, "contact": contact}
    by = actor_of(session.holder.id)
    await journal(tx, stream=session.id, kind="portal.note-removed", by=by, body=body, at=at)


async def notes_of(
    tx: Transaction, *, holder: HolderId, contact: str | None = None
) -> list[Note]:
    """Return a holder's notes beside one contact or all, oldest first."""
    return await store.notes(tx, holder=holder, contact=contact)


async def own_file(tx: Transaction, file: str, *, holder: HolderId) -> tuple[KeptFile, bytes]:
    """Return a file of the holder's own. Raises ``NotFound`` for anybody else's."""
    found = await store.file_of(tx, file, holder=holder)
    if found is None:
        raise NotFound("there is no such file")
    return found


async def keep_files(
    tx: Transaction,
    files: Sequence[SafeFile],
    *,
    holder: HolderId,
    at: datetime,
    note: str | None = None,
    line: str | None = None,
) -> None:
    """Keep files that were made safe."""
    for one in files:
        await store.add_file(
            tx,
            FileId(new_id("fi")),
            holder=holder,
            note=note,
            line=line,
            name=one.name,
            media_type=one.media_type,
            content=one.content,
            sha256=hashlib.sha256(one.content).hexdigest(),
            at=at,
        )
