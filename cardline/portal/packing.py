"""What contacts contribute to an evidence pack: their story in the holder's words, short messages,
chats, what was written on these pages, and the holder's own notes (rows A7, F2).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions.packing import of_subject
from cardline.evidence.packs.model import Item, Line, PackFile, Part, Subject
from cardline.evidence.packs.sources import Read
from cardline.messages import files as file_actions
from cardline.messages.file_model import SUFFIXES, StoredFile
from cardline.messages.files import Files
from cardline.portal import contacts, keeping, sessions, writing
from cardline.portal.model import Contact, Note
from cardline.portal.texts import Texts


def contacts_part(texts: Texts, files: Files) -> Read:
    """Return how contacts are read for a pack."""

    async def read(tx: Transaction, subject: Subject) -> Part:
        found = await _contacts(tx, subject)
        notes = await _notes(tx, subject)
        kept = [(one.id, each) for one in found for each in await _files_with(tx, one, subject)]
        kept += [(note.contact, each) for note in notes for each in note.files]
        streams: list[str] = []
        if subject.interactions is None and subject.holder is not None:
            opened = await sessions.all_sessions(tx, holder=subject.holder, limit=subject.most)
            streams = [f"holder:{subject.holder}", *opened]
        return Part(
            records=tuple(_record(one, texts, subject) for one in found),
            items=tuple(_item(one, notes, texts, subject) for one in found),
            files=tuple(_file(of, one, files) for of, one in kept),
            streams=tuple(streams),
        )

    return read


async def _contacts(tx: Transaction, subject: Subject) -> list[Contact]:
    if subject.interactions is None and subject.holder is not None:
        return await contacts.all_contacts(tx, holder=subject.holder, most=subject.most)
    found = await of_subject(tx, subject)
    return await contacts.contacts_from(tx, found, holder=subject.holder or HolderId(""))


async def _notes(tx: Transaction, subject: Subject) -> list[Note]:
    """The holder's own notes are for the holder alone."""
    if subject.audience != "holder" or subject.holder is None:
        return []
    return await keeping.notes_of(tx, holder=subject.holder)


async def _files_with(tx: Transaction, one: Contact, subject: Subject) -> Sequence[StoredFile]:
    if one.door == "chat":
        return await file_actions.files_of(tx, one.id)
    if one.door != "message" or subject.holder is None:
        return ()
    written = await writing.lines_of(tx, holder=subject.holder, ids=[one.id])
    found: list[StoredFile] = []
    for line in written.get(one.id, ("", ()))[1]:
        if line.count:
            found += await file_actions.files_of(tx, line.id)
    return found


def _title(one: Contact, texts: Texts, subject: Subject) -> str:
    language = subject.language
    about = [texts.about(code, language) for code in one.about]
    told = [
        one.subject or texts.say(f"door.{one.door}", language),
        *(word for word in about if word),
    ]
    told += [texts.say("contact.agent", language, number=number) for number in one.agents]
    return " · ".join(told)


def _item(one: Contact, notes: Sequence[Note], texts: Texts, subject: Subject) -> Item:
    lines = [
        Line(f"{said} {text}".strip(), at, texts.say(f"who.{who}", subject.language))
        for at, who, said, text in _lines(one, texts, subject)
    ]
    title = texts.say("notes.title", subject.language)
    lines += [Line(note.text, note.at, title) for note in notes if note.contact == one.id]
    return Item(one.id, one.at, _title(one, texts, subject), tuple(lines))


def _record(one: Contact, texts: Texts, subject: Subject) -> JsonObject:
    return {
        "id": one.id,
        "door": one.door,
        "at": one.at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "subject": one.subject,
        "about": list(one.about),
        "outcome": one.outcome,
        "agents": list(one.agents),
        "story": [
            {"at": at.isoformat(), "who": who, "what": said, "text": text}
            for at, who, said, text in _lines(one, texts, subject)
        ],
    }


def _lines(one: Contact, texts: Texts, subject: Subject) -> list[tuple[datetime, str, str, str]]:
    found: list[tuple[datetime, str, str, str]] = []
    for line in one.story:
        said = texts.word(line.word, subject.language) if line.word else ""
        if said or line.text:
            found.append((line.at, line.who, said, line.text))
    return found


def _file(of: str, one: StoredFile, files: Files) -> PackFile:
    async def read(_: Transaction) -> Iterator[bytes]:
        return iter([await file_actions.read(files, one)])

    return PackFile(f"files/{one.id}{SUFFIXES[one.kind]}", of, read, one.name)
