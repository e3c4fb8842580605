"""Packs made from nothing but the rules, and packs that somebody has altered."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardline.evidence.model import Entry, Leaf, Link, Root, Seal, SigningKey
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
    tell,
    tell_seal,
)
from cardline.evidence.publishing import key_line, root_line
from cardline.evidence.rules import GENESIS, chain_hash
from cardline.evidence.statements import (
    KEY,
    PACK,
    ROOT,
    in_order,
    key_statement,
    read_key,
    read_root,
    root_statement,
    stamp,
    tree_of,
)

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
YEAR = timedelta(days=400)
SOUND = b"RIFF" + bytes(500)
Contents = dict[str, bytes]


@dataclass(frozen=True)
class Pair:
    """A key with its private half."""

    key: SigningKey
    private: Ed25519PrivateKey


def pair(
    seed: int,
    *,
    since: datetime = NOW - timedelta(days=30),
    lasts: timedelta = YEAR,
    before: Pair | None = None,
    vouched: bool = True,
) -> Pair:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    public = private.public_key().public_bytes_raw()
    statement = key_statement(
        public,
        valid_from=since,
        valid_to=since + lasts,
        previous=before.key.id if before else None,
    )
    signed = before.private.sign(KEY + statement) if before and vouched else None
    return Pair(read_key(statement, private.sign(KEY + statement), signed), private)


def chain(
    stream: str, count: int, *, unsalted: int = 0, sha256: str = "", kind: str = "test.done"
) -> list[Link]:
    """A stream; the first ``unsalted`` entries are hashed whole, as before."""
    links: list[Link] = []
    previous = GENESIS
    for seq in range(1, count + 1):
        body = {"number": seq, "text": "挂失", "phone": "+8613900000000"}
        last = seq == count and sha256
        entry = Entry(
            stream,
            seq,
            NOW - timedelta(days=1) + timedelta(seconds=seq),
            "recording.stored" if last else kind,
            "agent:a6001",
            {**body, "sha256": sha256} if last else body,
            {"rule": "t/1", "allowed": True, "reasons": []},
        )
        salt = None if seq <= unsalted else bytes([seq % 256]) * 16
        digest = chain_hash(previous, entry, salt)
        links.append(Link(entry, salt, previous, digest))
        previous = digest
    return links


@dataclass
class Forge:
    """A bank of which everything is known: keys, streams, and which ends were sealed when."""

    pairs: Sequence[Pair]
    streams: dict[str, list[Link]]
    ends: Sequence[dict[str, int]]
    """One root each: streams and the places up to which it seals them."""
    hidden: frozenset[tuple[str, int]] = frozenset()
    """Entries that are left out, all their fields."""
    fields: frozenset[str] = frozenset({"by", "verdict", "body/number", "body/text", "body/phone"})
    signers: Sequence[int] = ()
    """Which key signs each root, the first by default; the last signs the manifest."""
    made_at: datetime = NOW
    more: Contents = field(default_factory=dict)
    """Further files."""
    without: frozenset[str] = frozenset()
    """Files that stay out."""

    def roots(self) -> tuple[list[Root], dict[str, list[Seal]]]:
        made: list[Root] = []
        seals: dict[str, list[Seal]] = {}
        for number, ends in enumerate(self.ends, start=1):
            leaves = in_order(
                [Leaf(name, seq, self.streams[name][seq - 1].hash) for name, seq in ends.items()]
            )
            signer = self.pairs[self.signers[number - 1] if self.signers else 0]
            at = NOW - timedelta(hours=len(self.ends) - number, minutes=5)
            statement = root_statement(
                number, at=at, leaves=leaves, previous=made[-1] if made else None, key=signer.key.id
            )
            made.append(read_root(statement, signer.private.sign(ROOT + statement)))
            tree = tree_of(leaves)
            for place, leaf in enumerate(leaves):
                seal = Seal(number, leaf.seq, place, tree.path(place))
                seals.setdefault(leaf.stream, []).append(seal)
        return made, seals

    def contents(self) -> Contents:
        """All files but the manifest and its signature."""
        roots, seals = self.roots()
        found = {ROOTS: b"".join([key_line(one.key) for one in self.pairs])}
        found[ROOTS] += b"".join(root_line(root) for root in roots)
        for number, (name, links) in enumerate(sorted(self.streams.items()), start=1):
            told = [
                tell(link, self.fields if (name, link.entry.seq) in self.hidden else frozenset())
                for link in links
            ]
            file = StreamFile(name, told, [tell_seal(one) for one in seals.get(name, [])])
            found[f"journal/{number:06}.json"] = encode(file)
        found["index.pdf"] = b"%PDF-1.7"
        found["records/contacts.json"] = b"[]"
        found["recordings/i1.wav"] = SOUND
        return {
            name: content
            for name, content in (found | self.more).items()
            if name not in self.without
        }

    def write(
        self,
        path: Path,
        *,
        forged: Callable[[Contents], object] = lambda _: None,
        manifest: Callable[[Manifest], Manifest] = lambda manifest: manifest,
    ) -> Path:
        """Write a pack. ``forged`` alters what is in it before the bank itself signs it."""
        contents = self.contents()
        forged(contents)
        with Archive(path) as archive:
            streams = []
            for number, (name, links) in enumerate(sorted(self.streams.items()), start=1):
                file = f"journal/{number:06}.json"
                streams.append(ListedStream(name, len(links), links[-1].hash.hex(), file))
            for name, content in contents.items():
                of = Path(name).stem if name.startswith("recordings/") else ""
                archive.put(name, [content], of=of)
            signer = self.pairs[self.signers[-1] if self.signers else 0]
            made = manifest(
                Manifest(
                    FORMAT,
                    "ep1",
                    stamp(self.made_at),
                    "staff:7004",
                    "核查",
                    "auditor",
                    "zh",
                    About("h1", ["i1"], ""),
                    signer.key.id,
                    sorted(archive.listed, key=lambda one: one.name),
                    streams,
                    [ListedSource("contacts", 0, [])],
                )
            )
            raw = encode(made)
            archive.put(MANIFEST, [raw])
            signature = Signature(signer.key.id, signer.private.sign(PACK + raw).hex())
            archive.put(SIGNATURE, [encode(signature)])
        return path


def usual() -> Forge:
    """Two streams, three roots, a recording."""
    return Forge(
        [pair(1)],
        {
            "i1": chain("i1", 6, sha256=hashlib.sha256(SOUND).hexdigest()),
            "holder:h1": chain("holder:h1", 4),
        },
        [{"i1": 2, "holder:h1": 1}, {"i1": 6}, {"holder:h1": 4}],
    )


def read(path: Path) -> Contents:
    with zipfile.ZipFile(path) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def put(path: Path, contents: Contents) -> Path:
    """Write a ZIP file with these contents, as a pack is written."""
    with Archive(path) as archive:
        for name, content in contents.items():
            archive.put(name, [content])
    return path


def altered(path: Path, change: Callable[[Contents], object]) -> Path:
    """Alter a finished pack, as somebody without the key would; return the new file."""
    contents = read(path)
    change(contents)
    return put(path.with_name(f"altered-{path.name}"), contents)


def with_hidden(forge: Forge, *places: tuple[str, int]) -> Forge:
    return replace(forge, hidden=frozenset(places))


def with_entry(forge: Forge, kind: str, body: dict[str, Any]) -> Forge:
    """One entry more at the end of the first conversation, after the last root."""
    links = forge.streams["i1"]
    seq = len(links) + 1
    entry = Entry("i1", seq, NOW - timedelta(minutes=1), kind, "system", body, None)
    salt = bytes([seq]) * 16
    link = Link(entry, salt, links[-1].hash, chain_hash(links[-1].hash, entry, salt))
    return replace(forge, streams=forge.streams | {"i1": [*links, link]})


def edited(name: str, change: Callable[[Any], object]) -> Callable[[Contents], None]:
    """Return how a JSON file is changed and written as it was."""

    def edit(contents: Contents) -> None:
        value = json.loads(contents[name])
        change(value)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        contents[name] = text.encode()

    return edit
