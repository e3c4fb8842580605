"""Types of the journal and of what seals it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from cardline.core.transaction import JsonObject

KeyId = NewType("KeyId", str)
"""First 16 hexadecimal digits of the SHA-256 of a public key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as it is journaled. ``seq`` counts from 1 within ``stream`` without a gap."""

    stream: str
    seq: int
    at: datetime
    kind: str
    by: str
    body: JsonObject
    verdict: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in its chain.

    ``salt`` (16 bytes) commits to the fields one by one; entries of before have none and are
    hashed whole. ``previous`` and ``hash`` are 32 bytes.
    """

    entry: Entry
    salt: bytes | None
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Breach:
    """Where something does not hold: the first entry that is missing, inserted or altered.

    ``stream`` is a stream of the journal, or ``evidence-roots`` or ``evidence-keys``; of a root
    ``seq`` is the number, of a key 0, which ``what`` then names.
    """

    stream: str
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """The end of a stream when a root was made: a leaf of its tree."""

    stream: str
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key with its period ``[valid_from, valid_to)``; it signs itself, and the one before
    signs it, so that whoever trusts one can follow to the next."""

    id: KeyId
    public: bytes
    valid_from: datetime
    valid_to: datetime
    previous: KeyId | None
    statement: bytes
    signature: bytes
    previous_signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """A signed root over the ends of all streams that had grown since the root before."""

    number: int
    at: datetime
    leaves: int
    root: bytes
    previous: bytes
    """SHA-256 of the statement before; zeros for the first."""
    key: KeyId
    statement: bytes
    """Canonical JSON of all of the above: what is signed."""
    signature: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """That an entry was the end of its stream when a root was made, with the way to the root."""

    root: int
    seq: int
    index: int
    """Place of the leaf in the tree."""
    path: tuple[bytes, ...]
    """The hashes beside the way up, the lowest first (RFC 6962, 2.1.1)."""


class Signer(Protocol):
    """Signs for the bank (Ed25519); private keys never leave it. Implemented by an adapter."""

    def keys(self) -> frozenset[str]:
        """Return the names of the keys whose private half is here."""
        ...

    def new_key(self) -> bytes:
        """Make a key, keep its private half and return the public one (32 bytes)."""
        ...

    def sign(self, key: str, message: bytes) -> bytes:
        """Return the signature (64 bytes). Raises ``KeyError`` for a key that is not here."""
        ...
