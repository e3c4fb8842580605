"""The form of a pack: what its files hold. Written by ``making``, read by ``checking``. Pure.

A pack is a ZIP file::

    index.pdf         what it is about, for people; long ones go on in index-2.pdf and so on
    check.txt         how to check it, with the fingerprint of the key
    manifest.json     every other file with size and SHA-256, every stream, canonical JSON
    signature.json    of the manifest
    roots.jsonl       public keys and signed roots, as they are published
    journal/…         one stream each: entries, and the way of its seals to the roots
    records/…         what each area says of it, as JSON
    recordings/…, files/…
"""

import hashlib
from typing import Any, Final

import msgspec

from cardline.evidence.model import Link, Seal
from cardline.evidence.rules import SALT, commitments, field_salt, fields_of
from cardline.evidence.statements import stamp

FORMAT: Final = "cardline evidence pack 1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.json"
ROOTS: Final = "roots.jsonl"
RECORDINGS: Final = "recordings/"
_COMMITMENT: Final = hashlib.sha256().digest_size


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A file of the pack; ``of``: the stream that tells of it, where one does."""

    name: str
    bytes: int
    sha256: str
    of: str = ""


class ListedStream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stream of the journal: how many entries, the hash of the last, and in which file."""

    stream: str
    entries: int
    hash: str
    file: str


class ListedSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An area that contributed, how many records, and what should be here and is not."""

    name: str
    records: int
    missing: list[str]


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pack is about; ``interactions`` is ``null`` for all of a holder's."""

    holder: str | None
    interactions: list[str] | None
    complaint: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed of a pack."""

    format: str
    id: str
    made_at: str
    made_by: str
    reason: str
    audience: str
    language: str
    about: About
    key: str
    files: list[Listed]
    streams: list[ListedStream]
    sources: list[ListedSource]


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signature of the manifest."""

    key: str
    signature: str


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A field of an entry: its salt and value, or its commitment alone where it is left out."""

    salt: str = ""
    value: msgspec.Raw = msgspec.Raw()
    commitment: str = ""


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An entry. With ``fields``: committed to one by one. With ``by``: hashed whole, as before.
    With neither: left out, its hash goes on."""

    seq: int
    hash: str
    at: str = ""
    kind: str = ""
    fields: dict[str, Field] | None = None
    by: str | None = None
    body: msgspec.Raw = msgspec.Raw()
    verdict: msgspec.Raw = msgspec.Raw()


class TellsSeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A seal: entry ``seq`` was the end of the stream under a root; the way to it."""

    root: int
    seq: int
    index: int
    path: list[str]


class StreamFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stream from its first entry on."""

    stream: str
    entries: list[Told]
    seals: list[TellsSeal]


def encode(value: Any) -> bytes:
    """Write canonical JSON."""
    return msgspec.json.encode(value, order="sorted")


def tell(link: Link, hidden: frozenset[str]) -> Told:
    """Write an entry down without the fields that are hidden."""
    entry = link.entry
    if link.salt is None:
        if hidden:
            return Told(entry.seq, link.hash.hex())
        return Told(
            entry.seq,
            link.hash.hex(),
            stamp(entry.at),
            entry.kind,
            by=entry.by,
            body=msgspec.Raw(encode(entry.body)),
            verdict=msgspec.Raw(encode(entry.verdict)),
        )
    values = fields_of(entry)
    fields = {
        name: Field(commitment=commitment.hex())
        if name in hidden
        else Field(field_salt(link.salt, name).hex(), msgspec.Raw(encode(values[name])))
        for name, commitment in commitments(entry, link.salt)
    }
    return Told(entry.seq, link.hash.hex(), stamp(entry.at), entry.kind, fields)


def tell_seal(seal: Seal) -> TellsSeal:
    """Write a seal down."""
    return TellsSeal(seal.root, seal.seq, seal.index, [step.hex() for step in seal.path])


def hash_of(previous: bytes, stream: str, told: Told) -> bytes | None:
    """Reckon the hash of an entry from what is told; ``None`` where it is left out whole.

    Raises ``ValueError`` for what is no entry, and where something is told that no hash covers.
    """
    if _says_more(told):
        raise ValueError("it tells more than its hash covers")
    head = [encode(stream), str(told.seq).encode(), encode(told.at), encode(told.kind)]
    if told.fields is not None:
        committed = {name: _commitment(field) for name, field in told.fields.items()}
        rest = [encode(committed)]
    elif told.by is not None:
        rest = [encode(told.by), bytes(told.body), bytes(told.verdict)]
    else:
        return None
    return hashlib.sha256(previous + b"[" + b",".join(head + rest) + b"]").digest()


def value_of(told: Told, name: str) -> Any:
    """Return the value of a field where it is told; ``None`` where it is not."""
    if told.fields is not None:
        field = told.fields.get(name)
        return msgspec.json.decode(field.value) if field is not None and field.salt else None
    if told.by is None or not name.startswith("body/"):
        return None
    return msgspec.json.decode(told.body).get(name.removeprefix("body/"))


def is_cut(told: Told) -> bool:
    """Return whether something of an entry is left out."""
    if told.fields is None:
        return is_gap(told)
    return any(not field.salt for field in told.fields.values())


def is_gap(told: Told) -> bool:
    """Return whether an entry is left out whole, so that its hash is all there is of it."""
    return told.fields is None and told.by is None


def _says_more(told: Told) -> bool:
    """Whoever reads the file must not meet a word that is not proven with the rest."""
    if told.fields is not None:
        return told.by is not None or bool(bytes(told.body) or bytes(told.verdict))
    if told.by is None:
        return any((told.at, told.kind, bytes(told.body), bytes(told.verdict)))
    return False


def _commitment(field: Field) -> str:
    if not field.salt:
        if bytes(field.value) or len(bytes.fromhex(field.commitment)) != _COMMITMENT:
            raise ValueError("a field that is left out has its commitment and nothing else")
        return field.commitment
    if field.commitment or len(bytes.fromhex(field.salt)) != SALT or not bytes(field.value):
        raise ValueError("a field that is told has its salt and its value")
    return hashlib.sha256(bytes.fromhex(field.salt) + bytes(field.value)).hexdigest()
