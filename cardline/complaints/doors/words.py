"""The word by which a stranger opens the own complaint: random, told once, kept as a hash."""

import hashlib
import re
import secrets
from hmac import compare_digest
from typing import Final

from cardline.core.masking import Secret

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _EACH = 3, 4
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})


def new_word() -> Secret:
    """Return a new word: ``7k3q-dmxw-2p9t``, 60 random bits in letters that are told apart."""
    letters = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _EACH)]
    groups = ["".join(letters[place : place + _EACH]) for place in range(0, len(letters), _EACH)]
    return Secret("-".join(groups))


def hash_of(word: Secret) -> bytes:
    """Return the hash of a word as it was meant: case, spaces and dashes do not matter."""
    plain = re.sub(r"[^0-9a-z]", "", word.reveal().lower()).translate(_READ_AS)
    return hashlib.sha256(plain.encode()).digest()


def is_word(word: Secret, known: bytes | None) -> bool:
    """Compare in the same time, whether there is such a complaint or not."""
    return compare_digest(hash_of(word), known or bytes(32))
