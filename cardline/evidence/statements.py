"""What is signed, and checking it: keys, roots, and the leaves of roots. Pure.

Each statement is canonical JSON: keys sorted, no white space, UTF-8. A signature (Ed25519, RFC
8032) covers a line that names the purpose, and the statement, so that none passes for another.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardline.evidence.merkle import Tree, leaf_hash
from cardline.evidence.model import KeyId, Leaf, Root, SigningKey

KEY: Final = b"cardline evidence key 1\n"
ROOT: Final = b"cardline evidence root 1\n"
PACK: Final = b"cardline evidence pack 1\n"
Statement = TypeVar("Statement", bound=msgspec.Struct)

FIRST: Final = bytes(32)
"""Stands for the root before the first."""


class Malformed(ValueError):
    """A statement is not what it must be; the message says what."""


class KeyStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed of a key."""

    id: str
    public: str
    valid_from: str
    valid_to: str
    previous: str | None


class RootStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed of a root; ``root`` and ``previous`` in hexadecimal digits."""

    number: int
    at: str
    leaves: int
    root: str
    previous: str
    key: str


def key_id(public: bytes) -> KeyId:
    """Return the name of a key."""
    return KeyId(hashlib.sha256(public).hexdigest()[:16])


def stamp(at: datetime) -> str:
    """Write a time as it stands in statements: UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def encode(statement: msgspec.Struct) -> bytes:
    """Write a statement as canonical JSON."""
    return msgspec.json.encode(statement, order="sorted")


def key_statement(
    public: bytes, *, valid_from: datetime, valid_to: datetime, previous: KeyId | None
) -> bytes:
    """Write what a key signs of itself."""
    return encode(
        KeyStatement(key_id(public), public.hex(), stamp(valid_from), stamp(valid_to), previous)
    )


def root_statement(
    number: int, *, at: datetime, leaves: Sequence[Leaf], previous: Root | None, key: KeyId
) -> bytes:
    """Write what is signed of a root."""
    before = hashlib.sha256(previous.statement).digest() if previous else FIRST
    root = tree_of(leaves).root
    return encode(RootStatement(number, stamp(at), len(leaves), root.hex(), before.hex(), key))


def in_order(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Return leaves in the order of a tree: by the bytes of the stream's name, then by place."""
    return sorted(leaves, key=lambda leaf: (leaf.stream.encode(), leaf.seq))


def leaf_data(leaf: Leaf) -> bytes:
    """Write a leaf: canonical JSON of stream, place and hash."""
    return msgspec.json.encode([leaf.stream, leaf.seq, leaf.hash.hex()])


def tree_of(leaves: Sequence[Leaf]) -> Tree:
    """Return the tree over these leaves, whatever their order."""
    return Tree([leaf_hash(leaf_data(leaf)) for leaf in in_order(leaves)])


def signed_by(public: bytes, purpose: bytes, statement: bytes, signature: bytes) -> bool:
    """Return whether a key signed a statement for a purpose."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, purpose + statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_key(
    statement: bytes, signature: bytes, previous_signature: bytes | None = None
) -> SigningKey:
    """Read a key from its statement. Raises :class:`Malformed`, also where it did not sign it.

    Whether the key before signed it is for :func:`follows`, which knows that key.
    """
    told = _decode(statement, KeyStatement)
    public = _hex(told.public, 32)
    if key_id(public) != told.id:
        raise Malformed(f"key {told.id} is not named after its public key")
    if not signed_by(public, KEY, statement, signature):
        raise Malformed(f"key {told.id} has not signed its own statement")
    valid_from, valid_to = _time(told.valid_from), _time(told.valid_to)
    if valid_from >= valid_to:
        raise Malformed(f"key {told.id} ends before it begins")
    previous = KeyId(told.previous) if told.previous is not None else None
    return SigningKey(
        KeyId(told.id),
        public,
        valid_from,
        valid_to,
        previous,
        statement,
        signature,
        previous_signature,
    )


def follows(key: SigningKey, before: SigningKey) -> bool:
    """Return whether the key before vouched for a key."""
    return (
        key.previous == before.id
        and key.previous_signature is not None
        and signed_by(before.public, KEY, key.statement, key.previous_signature)
    )


def read_root(statement: bytes, signature: bytes) -> Root:
    """Read a root from its statement; who signed it is for :func:`is_by`. Raises ``Malformed``."""
    told = _decode(statement, RootStatement)
    if told.number < 1 or told.leaves < 0:
        raise Malformed("a root has a number from 1 on and no fewer leaves than none")
    return Root(
        told.number,
        _time(told.at),
        told.leaves,
        _hex(told.root, 32),
        _hex(told.previous, 32),
        KeyId(told.key),
        statement,
        signature,
    )


def is_by(root: Root, key: SigningKey) -> bool:
    """Return whether a key signed a root, and was valid then."""
    return (
        root.key == key.id
        and is_valid(key, root.at)
        and signed_by(key.public, ROOT, root.statement, root.signature)
    )


def is_valid(key: SigningKey, at: datetime) -> bool:
    """Return whether a key may sign at a time."""
    return key.valid_from <= at < key.valid_to


def comes_after(root: Root, before: Root | None) -> bool:
    """Return whether a root is the next of a chain; ``None``: whether it is the first."""
    if before is None:
        return root.number == 1 and root.previous == FIRST
    return (
        root.number == before.number + 1
        and root.previous == hashlib.sha256(before.statement).digest()
        and root.at > before.at
    )


def _decode(statement: bytes, kind: type[Statement]) -> Statement:
    try:
        told = msgspec.json.decode(statement, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed(f"this is no statement: {error}") from error
    if encode(told) != statement:
        raise Malformed("the statement is not in its canonical form")
    return told


def _hex(text: str, size: int) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != size or value.hex() != text:
        raise Malformed(f"{size} bytes in hexadecimal digits were expected")
    return value


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("this is no time") from None
    if at.tzinfo is None or stamp(at) != text:
        raise Malformed("a time is written in UTC with microseconds")
    return at
