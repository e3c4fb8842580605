"""How entries are hashed and chained, and how a chain is checked (row F1)."""

import hashlib
from collections.abc import Iterable
from datetime import UTC

import msgspec

from cardline.core.transaction import JsonObject
from cardline.core.verdict import Verdict
from cardline.evidence.model import Breach, Entry, Link

GENESIS = bytes(32)
SALT = 16
"""Bytes of a salt."""


def encode_verdict(verdict: Verdict) -> JsonObject:
    """Write a verdict as plain JSON: rule, allowed, and every reason with its source."""
    return {
        "rule": verdict.rule,
        "allowed": verdict.allowed,
        "reasons": [
            {
                "code": reason.code,
                "source": reason.source,
                **({"until": reason.until.astimezone(UTC).isoformat()} if reason.until else {}),
            }
            for reason in verdict.refusals
        ],
    }


def canonical(entry: Entry, salt: bytes | None) -> tuple[bytes, bytes]:
    """Return the canonical JSON of an entry (keys sorted) in two parts: its place goes between.

    So the database can put the place in and hash the whole while it holds the end of the stream.
    With a salt there stand commitments to the fields in place of their values: any of them can be
    left out of a copy, and the rest still proves itself. Without, as it was before, the values.
    """
    head = [entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.kind]
    rest: list[object] = (
        [*head, entry.by, entry.body, entry.verdict]
        if salt is None
        else [*head, {name: commitment.hex() for name, commitment in commitments(entry, salt)}]
    )
    return b"[" + _json(entry.stream) + b",", b"," + _json(rest)[1:]


def fields_of(entry: Entry) -> dict[str, object]:
    """Return what is committed to one by one: who, the verdict, and each field of the body."""
    return {
        "by": entry.by,
        "verdict": entry.verdict,
        **{f"body/{name}": value for name, value in entry.body.items()},
    }


def commitments(entry: Entry, salt: bytes) -> list[tuple[str, bytes]]:
    """Return the commitment to each field of an entry."""
    return [
        (name, commit(field_salt(salt, name), value)) for name, value in fields_of(entry).items()
    ]


def field_salt(salt: bytes, name: str) -> bytes:
    """Return the salt of one field (16 bytes): it opens that one and tells nothing of others."""
    return hashlib.sha256(salt + name.encode()).digest()[:SALT]


def commit(salt: bytes, value: object) -> bytes:
    """Return the commitment to a value: SHA-256 over a salt of 16 bytes and its canonical JSON."""
    return hashlib.sha256(salt + _json(value)).digest()


def chain_hash(previous: bytes, entry: Entry, salt: bytes | None) -> bytes:
    """Return SHA-256 over the hash before and the canonical JSON of the entry."""
    before, after = canonical(entry, salt)
    return hashlib.sha256(previous + before + str(entry.seq).encode() + after).digest()


def check_chain(stream: str, links: Iterable[Link]) -> Breach | None:
    """Walk a stream in the order of its places; return the first breach, or ``None``."""
    walk = Walk(stream)
    for link in links:
        breach = walk.step(link)
        if breach is not None:
            return breach
    return None


class Walk:
    """A walk along one stream, entry by entry."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.seq = 0
        """Place of the last entry that held."""
        self.hash = GENESIS

    def step(self, link: Link) -> Breach | None:
        """Take the next entry; return what does not hold of it."""
        entry = link.entry
        if entry.seq != self.seq + 1:
            what = "missing" if entry.seq > self.seq else "inserted"
            return Breach(self.stream, min(entry.seq, self.seq + 1), what)
        altered = link.previous != self.hash or link.hash != chain_hash(self.hash, entry, link.salt)
        if altered:
            return Breach(self.stream, entry.seq, "altered")
        self.seq, self.hash = entry.seq, link.hash
        return None


def _json(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")
