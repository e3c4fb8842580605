"""What e-mails, letters and messages of the app contribute to an evidence pack: their texts, how
they were handed over, posted or came back, their files, the PDF of each letter (rows A5, E1, F2).
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from cardline.core.errors import NotFound
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions.packing import of_subject
from cardline.evidence.packs.model import Item, Line, PackFile, Part, Subject
from cardline.evidence.packs.sources import Read
from cardline.messages import files as file_actions
from cardline.messages import packing_store as store
from cardline.messages.file_model import SUFFIXES, StoredFile
from cardline.messages.files import Files
from cardline.messages.packing_model import ReceivedPost, SentPost

_TEXTS = Path(__file__).with_name("packing.toml")
_NEVER_LEFT = frozenset({"refused", "failed", "lapsed", "withdrawn"})


def post_part(files: Files) -> Read:
    """Return how e-mails, letters and messages of the app are read for a pack."""
    texts: dict[str, dict[str, str]] = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))

    async def read(tx: Transaction, subject: Subject) -> Part:
        interactions = [str(one.id) for one in await of_subject(tx, subject)]
        streams = [
            *interactions,
            *([f"complaint:{subject.complaint}"] if subject.complaint else []),
        ]
        everything = subject.interactions is None
        sent = await store.sent(
            tx,
            holder=subject.holder if everything else None,
            streams=streams,
            limit=subject.most,
        )
        received = await store.received(tx, interactions)
        told = _Telling(texts, subject)
        kept, missing = await _files(tx, files, sent, received, told)
        items = [
            *(told.sent(one) for one in sent),
            *(told.received(one) for one in received),
        ]
        return Part(
            records=(
                *({"sent": _sent(one)} for one in sent),
                *({"received": _plain(asdict(one))} for one in received),
            ),
            items=tuple(sorted(items, key=lambda one: (one.at, one.id), reverse=True)),
            files=tuple(kept),
            missing=tuple(missing),
        )

    return read


class _Telling:
    """Items in the language of the subject."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]], subject: Subject) -> None:
        self._texts = texts
        self._subject = subject

    def say(self, key: str, /, **values: object) -> str:
        return self._texts[key][self._subject.language].format(**values)

    def sent(self, one: SentPost) -> Item:
        lines = [Line(self.say("to", address=one.address))] if one.way != "app" else []
        lines += [Line(one.text)] if self._needs_text(one) else []
        if one.handed_at:
            said = self.say(f"{one.way}-handed", reference=one.reference)
            lines.append(Line(said, one.handed_at))
        if one.posted_at:
            said = self.say("posted", carrier=one.carrier, posting=one.posting)
            lines.append(Line(said.strip(), one.posted_at))
        if one.returned_at:
            lines.append(Line(self.say(f"{one.way}-returned"), one.returned_at))
        if one.state in _NEVER_LEFT:
            lines.append(Line(self.say("not-sent")))
        return Item(one.id, one.at, self._title(f"{one.way}-sent", one.subject), tuple(lines))

    def received(self, one: ReceivedPost) -> Item:
        lines = [Line(self.say("from", sender=one.sender))] if one.way != "app" else []
        if one.way == "app":
            lines.append(Line(one.text))
        if one.way == "letter" and one.reference:
            lines.append(Line(self.say("letter-posting", reference=one.reference)))
        if one.refused:
            lines.append(Line(self.say("refused-files", count=one.refused)))
        return Item(one.id, one.at, self._title(f"{one.way}-received", one.subject), tuple(lines))

    def _title(self, key: str, subject: str) -> str:
        return " · ".join(part for part in (self.say(key), subject) if part)

    def _needs_text(self, one: SentPost) -> bool:
        """The story of all of a holder's contacts has the texts of e-mails and letters already."""
        return one.way == "app" or self._subject.interactions is not None


async def _files(
    tx: Transaction,
    files: Files,
    sent: Sequence[SentPost],
    received: Sequence[ReceivedPost],
    told: _Telling,
) -> tuple[list[PackFile], list[str]]:
    """Return the files with what they belong to, and the names of those that are gone."""
    found: list[PackFile] = []
    missing: list[str] = []
    for post in sent:
        wanted = [(post.printed, post.id, told.say("letter-file"))] if post.printed else []
        for file, owner, name in [*wanted, *post.files]:
            try:
                kept = await file_actions.find(tx, file, owner=owner)
            except NotFound:
                missing.append(told.say("gone", message=post.id, name=name))
                continue
            found.append(_file(files, post.id, kept, name))
    for came in received:
        if came.way != "app":
            scans = await file_actions.files_of(tx, came.id)
            found += [_file(files, came.id, one, one.name) for one in scans]
    return list({one.name: one for one in found}.values()), missing


def _file(files: Files, of: str, one: StoredFile, title: str) -> PackFile:
    async def read(_: Transaction) -> Iterator[bytes]:
        return iter([await file_actions.read(files, one)])

    return PackFile(f"files/{of}/{one.id}{SUFFIXES[one.kind]}", of, read, title)


def _sent(one: SentPost) -> JsonObject:
    told = _plain(asdict(one))
    told["files"] = [{"id": file, "name": name} for file, _, name in one.files]
    return told


def _plain(values: JsonObject) -> JsonObject:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
