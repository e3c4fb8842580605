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
from cardline.desk.model import Recording
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
    recordings: Path,
    files: Files,
    at: datetime,
) -> Path:
    """Write a ZIP file of everything and return where it is; whoever sends it removes it."""
    holder = session.holder.id
    recorded = await interactions.recordings_of(tx, [one.id for one in contacts])
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
    return await asyncio.to_thread(_zip, text, packed, recorded, recordings)


def _zip(
    text: str, files: Mapping[str, bytes], recorded: Mapping[str, Recording], recordings: Path
) -> Path:
    with tempfile.NamedTemporaryFile(prefix="contacts-", suffix=".zip", delete=False) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr("index.html", text)
            for name, content in files.items():
                packed.writestr(name, content)
            for interaction, recording in recorded.items():
                source = recordings / recording.path
                if source.is_file():
                    packed.write(source, f"recordings/{interaction}.wav")
        return Path(made.name)


def _name(one: StoredFile) -> str:
    """Return the name of a file within the copy; no two are the same."""
    return f"{one.id}{SUFFIXES[one.kind]}"
