"""The holder's own copy of all contacts: readable without us, recordings included (row A7)."""

import asyncio
import contextlib
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.errors import NotFound
from cardline.core.transaction import Transaction
from cardline.desk import history as interactions
from cardline.evidence.sealing.recordings import OpenRecording, Recordings
from cardline.messages import files as file_actions
from cardline.messages.file_model import SUFFIXES, StoredFile
from cardline.messages.files import Files
from cardline.portal import keeping
from cardline.portal.model import Contact, HolderSession, Note


class Renderer(Protocol):
    """Makes a text from a template."""

    def rendered(self, name: str, *, language: Language, values: Mapping[str, object]) -> str: ...


async def make_copy(
    tx: Transaction,
    session: HolderSession,
    *,
    contacts: Sequence[Contact],
    pages: Renderer,
    language: Language,
    zone: ZoneInfo,
    recordings: Recordings,
    files: Files,
    at: datetime,
) -> Path:
    """Write a ZIP file of everything and return where it is; whoever sends it removes it."""
    holder = session.holder.id
    recorded = {
        name: one
        for name, one in (
            await interactions.recordings_of(tx, [one.id for one in contacts])
        ).items()
        if one.erased_at is None
    }
    notes: dict[str, list[Note]] = {}
    packed: dict[str, bytes] = {}
    for note in await keeping.notes_of(tx, holder=holder):
        notes.setdefault(note.contact, []).append(note)
        for one in note.files:
            with contextlib.suppress(NotFound):  # gone from the shelf: the rest is still theirs
                packed[f"files/{_name(one)}"] = await file_actions.read(files, one)
    values = {
        "contacts": contacts,
        "notes": notes,
        "holder": session.holder,
        "recorded": recorded,
        "file_name": _name,
        "at": at,
        "zone": zone,
    }
    text = pages.rendered("copy", language=language, values=values)
    with tempfile.NamedTemporaryFile(prefix="contacts-", suffix=".zip", delete=False) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("index.html", text)
            for name, content in packed.items():
                archive.writestr(name, content)
            for interaction, recording in recorded.items():
                with contextlib.suppress(NotFound):  # kept elsewhere: the rest is still theirs
                    opened = await recordings.open(tx, recording.path)
                    await asyncio.to_thread(_add, archive, f"recordings/{interaction}.wav", opened)
        return Path(made.name)


def _add(archive: zipfile.ZipFile, name: str, recording: OpenRecording) -> None:
    with recording, archive.open(name, "w") as out:
        for part in recording.parts():
            out.write(part)


def _name(one: StoredFile) -> str:
    """Return the name of a file within the copy; no two are the same."""
    return f"{one.id}{SUFFIXES[one.kind]}"
