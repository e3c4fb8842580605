"""Keys and roots as they are published: JSON, one a line. Whoever keeps a copy can tell later
whether the bank rewrote its history. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from cardline.evidence.model import KeyId, Root, SigningKey
from cardline.evidence.statements import Malformed, read_key, read_root

LONGEST = 4096
"""Bytes of a line."""


class KeyLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A key: its statement as it was signed, and the signatures in hexadecimal digits."""

    key: str
    signature: str
    previous_signature: str | None = None


class RootLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A root: its statement as it was signed, and the signature."""

    root: str
    signature: str


@dataclass(frozen=True)
class Published:
    """What was published, by name and number."""

    keys: dict[KeyId, SigningKey]
    roots: dict[int, Root]


def key_line(key: SigningKey) -> bytes:
    """Return the line of a key, with its end."""
    vouched = key.previous_signature.hex() if key.previous_signature else None
    line = KeyLine(key.statement.decode(), key.signature.hex(), vouched)
    return msgspec.json.encode(line) + b"\n"


def root_line(root: Root) -> bytes:
    """Return the line of a root, with its end."""
    return msgspec.json.encode(RootLine(root.statement.decode(), root.signature.hex())) + b"\n"


def read_published(lines: Iterable[bytes]) -> Published:
    """Read keys and roots. Raises ``Malformed`` with the number of the line.

    Keys have signed themselves; who signed the roots is for whoever uses them. The same line may
    come twice; two that differ under one name or number may not.
    """
    found = Published({}, {})
    for number, line in enumerate(lines, start=1):
        try:
            _read(line, found)
        except (Malformed, ValueError, RecursionError) as error:
            raise Malformed(f"line {number}: {error}") from error
    return found


def _read(line: bytes, found: Published) -> None:
    if len(line) > LONGEST:
        raise Malformed("too long")
    if line.startswith(b'{"key"'):
        told = msgspec.json.decode(line, type=KeyLine)
        vouched = told.previous_signature
        key = read_key(
            told.key.encode(),
            bytes.fromhex(told.signature),
            bytes.fromhex(vouched) if vouched else None,
        )
        if found.keys.setdefault(key.id, key) != key:
            raise Malformed(f"there are two keys {key.id}")
        return
    root_told = msgspec.json.decode(line, type=RootLine)
    root = read_root(root_told.root.encode(), bytes.fromhex(root_told.signature))
    if found.roots.setdefault(root.number, root) != root:
        raise Malformed(f"there are two roots {root.number}")
