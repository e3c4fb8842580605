"""Making a pack: what each area contributes, the journal with its proofs, an index; signed (F2)."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cardline.cards.model import Language
from cardline.core.errors import NotFound
from cardline.core.transaction import Database, Transaction
from cardline.evidence import root_store, store
from cardline.evidence.model import KeyId, Leaf, Link, Root, Seal, Signer, SigningKey
from cardline.evidence.packs.archive import Archive
from cardline.evidence.packs.form import (
    FORMAT,
    MANIFEST,
    ROOTS,
    SIGNATURE,
    About,
    ListedSource,
    ListedStream,
    Manifest,
    Signature,
    StreamFile,
    encode,
    is_cut,
    tell,
    tell_seal,
)
from cardline.evidence.packs.model import Item, PackId, Part, Source, Subject
from cardline.evidence.packs.redacting import hidden_fields
from cardline.evidence.policy import EvidencePolicy
from cardline.evidence.publishing import key_line, root_line
from cardline.evidence.roots import signing_key
from cardline.evidence.statements import PACK, in_order, stamp, tree_of

_BATCH = 100
"""Streams that are read together."""
SEALS = 200
"""Seals of one stream in a pack: the first, and the newest."""


@dataclass(frozen=True)
class Section:
    """A part of the index that people read."""

    name: str
    titles: Mapping[Language, str]
    items: tuple[Item, ...]
    records: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """A decision by rule, as the journal has it. ``about``: the act that was asked for.

    ``reasons``: each with its code and its source.
    """

    at: datetime
    stream: str
    seq: int
    kind: str
    rule: str
    allowed: bool
    reasons: tuple[tuple[str, str], ...]
    about: str = ""


@dataclass(frozen=True)
class FileTold:
    """A file of the pack, and what people call it."""

    name: str
    title: str


@dataclass(frozen=True)
class Index:
    """What the index is made from."""

    pack: PackId
    subject: Subject
    made_at: datetime
    made_by: str
    reason: str
    key: SigningKey
    root: Root | None
    sections: tuple[Section, ...]
    decisions: tuple[Decision, ...]
    files: dict[str, tuple[FileTold, ...]]
    """Files by the item that they belong to."""
    streams: int
    entries: int
    cut: int = 0
    """Entries of which something is left out."""


class Writer(Protocol):
    """Makes what people read of a pack."""

    async def pages(self, index: Index) -> list[tuple[str, bytes]]:
        """Return names and contents: the index, and how to check the pack."""
        ...


@dataclass(frozen=True)
class PackConfig:
    """What making packs needs; built once, at the start."""

    policy: EvidencePolicy
    sources: tuple[Source, ...]
    signer: Signer
    writer: Writer


@dataclass(frozen=True)
class Order:
    """Who asked for which pack, and why."""

    id: PackId
    subject: Subject
    by: str
    reason: str


@dataclass(frozen=True)
class Made:
    """What was made."""

    manifest: bytes
    files: int
    streams: int
    entries: int
    missing: tuple[str, ...]


class Journal:
    """The journal's part of a pack, gathered while it is written."""

    def __init__(self) -> None:
        self.listed: list[ListedStream] = []
        self.decisions: list[Decision] = []
        self.first_root = 0
        self.cut = 0
        """Entries of which something is left out."""

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return sum(one.entries for one in self.listed)


async def make(
    database: Database, order: Order, *, config: PackConfig, path: Path, at: datetime
) -> Made:
    """Write a pack to ``path``, which must not exist; everything in it is of one moment.

    The look has been journaled and sealed by whoever calls. Raises ``NoKeyError``, and nothing is
    left at ``path`` where it fails.
    """
    try:
        async with database.transaction() as tx:
            await root_store.see_one_moment(tx)
            return await _make(tx, order, config=config, path=path, at=at)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise


async def _make(
    tx: Transaction, order: Order, *, config: PackConfig, path: Path, at: datetime
) -> Made:
    key = await signing_key(tx, signer=config.signer, at=at)
    keys = {one.id: one for one in await root_store.keys(tx)}
    parts = [(source, await source.read(tx, order.subject)) for source in config.sources]
    with Archive(path) as archive:
        journal = await _journal(tx, archive, order.subject, parts, config.policy)
        missing = {source.name: list(part.missing) for source, part in parts}
        for source, part in parts:
            missing[source.name] += await _contribute(tx, archive, source, part)
        last = await _roots(tx, archive, keys.values(), journal.first_root)
        index = _index(order, parts, missing, journal, archive, keys[key], last, at)
        for name, content in await config.writer.pages(index):
            archive.put(name, [content])
        manifest = encode(_manifest(order, parts, missing, journal, archive, key, at))
        signature = Signature(key, config.signer.sign(key, PACK + manifest).hex())
        archive.put(MANIFEST, [manifest])
        archive.put(SIGNATURE, [encode(signature)])
        files = len(archive.listed)
    told = tuple(one for each in missing.values() for one in each)
    return Made(manifest, files, len(journal.listed), journal.entries, told)


async def _journal(
    tx: Transaction,
    archive: Archive,
    subject: Subject,
    parts: Sequence[tuple[Source, Part]],
    policy: EvidencePolicy,
) -> Journal:
    names = {stream for _, part in parts for stream in part.streams}
    streams = sorted(names, key=str.encode)
    journal = Journal()
    seals = await _seals(tx, streams)
    journal.first_root = min((one.root for each in seals.values() for one in each), default=0)

    def write(batch: Sequence[str], links: dict[str, list[Link]]) -> None:
        for stream in batch:
            if stream in links:
                name = f"journal/{len(journal.listed) + 1:06}.json"
                _write_stream(
                    archive, journal, name, links[stream], seals.get(stream, []), subject, policy
                )

    for start in range(0, len(streams), _BATCH):
        batch = streams[start : start + _BATCH]
        links = await store.links_of(tx, batch)
        await asyncio.to_thread(write, batch, links)
    return journal


def _write_stream(
    archive: Archive,
    journal: Journal,
    name: str,
    links: list[Link],
    seals: Sequence[Seal],
    subject: Subject,
    policy: EvidencePolicy,
) -> None:
    stream = links[0].entry.stream
    told = []
    for link in links:
        hidden = hidden_fields(link, subject, policy)
        told.append(tell(link, hidden))
        journal.cut += is_cut(told[-1])
        if link.entry.verdict is not None and not hidden & {"verdict"}:
            journal.decisions.append(_decision(link, hidden))
    content = encode(StreamFile(stream, told, [tell_seal(one) for one in seals]))
    archive.put(name, [content], of=stream)
    journal.listed.append(ListedStream(stream, len(links), links[-1].hash.hex(), name))


def _decision(link: Link, hidden: Collection[str]) -> Decision:
    entry = link.entry
    verdict = entry.verdict or {}
    return Decision(
        entry.at,
        entry.stream,
        entry.seq,
        entry.kind,
        str(verdict.get("rule", "")),
        bool(verdict.get("allowed")),
        tuple((str(one["code"]), str(one["source"])) for one in verdict.get("reasons", ())),
        "" if "body/act" in hidden else str(entry.body.get("act", "")),
    )


async def _seals(tx: Transaction, streams: Sequence[str]) -> dict[str, list[Seal]]:
    """Return the seals of some streams with their ways; each tree is built once and let go."""
    by_root: dict[int, list[Leaf]] = {}
    for start in range(0, len(streams), _BATCH):
        found: dict[str, list[tuple[Leaf, int]]] = {}
        for leaf, number in await root_store.leaves_of(tx, streams[start : start + _BATCH]):
            found.setdefault(leaf.stream, []).append((leaf, number))
        for each in found.values():
            for leaf, number in each[:1] + each[1:][-(SEALS - 1) :]:
                by_root.setdefault(number, []).append(leaf)
    seals: dict[str, list[Seal]] = {}
    for number in sorted(by_root):
        leaves = in_order(await root_store.leaves_of_root(tx, number))
        tree = tree_of(leaves)
        places = {leaf.stream: place for place, leaf in enumerate(leaves)}
        for leaf in by_root[number]:
            place = places[leaf.stream]
            seals.setdefault(leaf.stream, []).append(
                Seal(number, leaf.seq, place, tree.path(place))
            )
    return seals


async def _contribute(tx: Transaction, archive: Archive, source: Source, part: Part) -> list[str]:
    """Write an area's records and files; return what is gone of them."""
    records = [encode(record) for record in part.records]
    archive.put(f"records/{source.name}.json", [b"[", b",\n".join(records), b"]\n"])
    gone = []
    for file in sorted(part.files, key=lambda one: one.name):
        try:
            content = await file.read(tx)
        except NotFound as error:
            gone.append(f"{file.name}: {error.message}")
            continue
        await asyncio.to_thread(_put, archive, file.name, content, file.of)
    return gone


def _put(archive: Archive, name: str, content: Iterator[bytes], of: str) -> None:
    archive.put(name, content, of=of)


async def _roots(
    tx: Transaction, archive: Archive, keys: Collection[SigningKey], first: int
) -> Root | None:
    """Write every key, and every root from the first that seals something here on."""
    lines = [key_line(key) for key in keys]
    last: Root | None = None
    after = max(0, first - 1)
    while first and (found := await root_store.roots(tx, after=after, limit=5000)):
        lines += [root_line(root) for root in found]
        last = found[-1]
        after = last.number
    archive.put(ROOTS, lines)
    return last


def _index(
    order: Order,
    parts: Sequence[tuple[Source, Part]],
    missing: dict[str, list[str]],
    journal: Journal,
    archive: Archive,
    key: SigningKey,
    root: Root | None,
    at: datetime,
) -> Index:
    titles = {one.name: one.title for _, part in parts for one in part.files}
    files: dict[str, tuple[FileTold, ...]] = {}
    for one in archive.listed:
        if one.of and not one.name.startswith("journal/"):
            told = FileTold(one.name, titles[one.name])
            files[one.of] = (*files.get(one.of, ()), told)
    return Index(
        order.id,
        order.subject,
        at,
        order.by,
        order.reason,
        key,
        root,
        tuple(
            Section(
                source.name,
                source.titles,
                part.items,
                len(part.records),
                tuple(missing[source.name]),
            )
            for source, part in parts
        ),
        tuple(sorted(journal.decisions, key=lambda one: (one.at, one.stream, one.seq))),
        files,
        len(journal.listed),
        journal.entries,
        journal.cut,
    )


def _manifest(
    order: Order,
    parts: Sequence[tuple[Source, Part]],
    missing: dict[str, list[str]],
    journal: Journal,
    archive: Archive,
    key: KeyId,
    at: datetime,
) -> Manifest:
    subject = order.subject
    alone = subject.interactions
    return Manifest(
        FORMAT,
        order.id,
        stamp(at),
        order.by,
        order.reason,
        subject.audience,
        subject.language,
        About(subject.holder, list(alone) if alone is not None else None, subject.complaint),
        key,
        sorted(archive.listed, key=lambda one: one.name),
        journal.listed,
        [
            ListedSource(source.name, len(part.records), missing[source.name])
            for source, part in parts
        ],
    )
