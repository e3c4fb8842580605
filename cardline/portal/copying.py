"""The holder's own copy of all contacts: readable without us, recordings included (row A7)."""

import asyncio
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.transaction import Transaction
from cardline.desk import history as interactions
from cardline.desk.model import Recording
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
    at: datetime,
) -> Path:
    """Write a ZIP file of everything and return where it is; whoever sends it removes it."""
    holder = session.holder.id
    recorded = await interactions.recordings_of(tx, [one.id for one in contacts])
    notes: dict[str, list[Note]] = {}
    files: dict[str, bytes] = {}
    for note in await keeping.notes_of(tx, holder=holder):
        notes.setdefault(note.contact, []).append(note)
        for one in note.files:
            _, files[f"files/{one.id}{_suffix(one.media_type)}"] = await keeping.own_file(
                tx, one.id, holder=holder
            )
    values = {
        "contacts": contacts,
        "notes": notes,
        "holder": session.holder,
        "recorded": recorded,
        "suffix": _suffix,
        "at": at,
        "zone": zone,
    }
    text = pages.rendered("copy", language=language, values=values)
    return await asyncio.to_thread(_zip, text, files, recorded, recordings)


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


def _suffix(media_type: str) -> str:
    """Return the ending of a file's name by what it was found to be."""
    endings = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
    endings |= {"application/pdf": ".pdf", "text/plain": ".txt", "image/gif": ".gif"}
    return endings.get(media_type, PurePosixPath("file.bin").suffix)
