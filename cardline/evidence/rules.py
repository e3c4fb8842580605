"""How entries are hashed and chained, and how a chain is checked (row F1)."""

import hashlib
from collections.abc import Iterable
from datetime import UTC

import msgspec

from cardline.core.transaction import JsonObject
from cardline.core.verdict import Verdict
from cardline.evidence.model import Breach, Entry

GENESIS = bytes(32)


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


def canonical(entry: Entry) -> tuple[bytes, bytes]:
    """Return the canonical JSON of an entry (keys sorted) in two parts: its place goes between.

    So the database can put the place in and hash the whole while it holds the end of the stream.
    """
    rest = msgspec.json.encode(
        [
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.kind,
            entry.by,
            entry.body,
            entry.verdict,
        ],
        order="sorted",
    )
    return b"[" + msgspec.json.encode(entry.stream) + b",", b"," + rest[1:]


def chain_hash(previous: bytes, entry: Entry) -> bytes:
    """Return SHA-256 over the hash before and the canonical JSON of the entry."""
    before, after = canonical(entry)
    return hashlib.sha256(previous + before + str(entry.seq).encode() + after).digest()


def check_chain(stream: str, rows: Iterable[tuple[Entry, bytes]]) -> Breach | None:
    """Walk a stream in the order of its places; return the first breach, or ``None``."""
    previous = GENESIS
    expected = 1
    for entry, digest in rows:
        if entry.seq != expected:
            return Breach(stream, expected, "missing")
        if chain_hash(previous, entry) != digest:
            return Breach(stream, entry.seq, "altered")
        previous = digest
        expected += 1
    return None
