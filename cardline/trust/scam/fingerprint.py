"""A text's fingerprint: the same scam with other numbers and a word changed is known again.

SimHash of 64 bits over groups of four signs of the learned form, in which numbers, links, phones
and names are tokens already. It says nothing about who received the text.
"""

import hashlib
from typing import Final

_GROUP: Final = 4
_BITS: Final = 64
_APART: Final = 10
"""Bits; measured on the false-base-station messages: see the model card."""
SHORTEST: Final = 24
"""Signs: shorter than that too many texts are alike."""
_LONGEST: Final = 5000


def fingerprint(form: str) -> str:
    """Return the fingerprint of a learned form in hexadecimal; empty for a short text."""
    if len(form) < SHORTEST:
        return ""
    counts = [0] * _BITS
    part = form[:_LONGEST]
    for start in range(len(part) - _GROUP + 1):
        digest = hashlib.blake2b(part[start : start + _GROUP].encode(), digest_size=8).digest()
        value = int.from_bytes(digest, "big")
        for bit in range(_BITS):
            counts[bit] += 1 if value >> bit & 1 else -1
    return f"{sum(1 << bit for bit in range(_BITS) if counts[bit] > 0):016x}"


def is_near(one: str, other: str) -> bool:
    """True where two fingerprints are of one text, as far as can be told."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= _APART
