"""The code by which whoever has no log-in opens the own complaint (row C4).

Random, told once, kept as a keyed hash alone. Digits, because they are read out and typed on a
telephone in every language: ``4831 0925 7716``.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from cardline.core.masking import Secret

CodeWay = Literal["page", "said", "email", "sms", "letter"]
"""How a code was told."""

_GROUPS, _EACH = 3, 4
_READ_AS: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})


@dataclass(frozen=True, slots=True)
class KnownCode:
    """What is kept of a code. ``keyed``: false of codes from before December 2026."""

    hashed: bytes
    keyed: bool


class Codes:
    """Makes and compares codes under a key that stands apart from the database.

    12 digits are 40 bits: nobody guesses them at ``lookup_tries`` a day, and without the key
    nobody finds them from their hashes.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes. Raises ``ValueError`` for any other length."""
        if len(key) != 32:
            raise ValueError("the key of codes must have 32 bytes")
        self._key = key

    def new(self) -> Secret:
        """Return a new code, in groups as it is read out."""
        digits = "".join(secrets.choice("0123456789") for _ in range(_GROUPS * _EACH))
        groups = (digits[place : place + _EACH] for place in range(0, len(digits), _EACH))
        return Secret(" ".join(groups))

    def hash_of(self, code: Secret) -> bytes:
        """Return the hash of a code as it was meant."""
        return hmac.digest(self._key, _meant(code), "sha256")

    def is_code(self, code: Secret, known: KnownCode | None) -> bool:
        """Compare in the same time, whether there is such a complaint or not."""
        keyed, plain = self.hash_of(code), hashlib.sha256(_meant(code)).digest()
        right = keyed if known is None or known.keyed else plain
        return hmac.compare_digest(right, known.hashed if known else bytes(32))


def _meant(code: Secret) -> bytes:
    """Leave out what makes no difference: case, width, spaces, dashes, letters read as digits."""
    written = unicodedata.normalize("NFKC", code.reveal()).lower()
    return re.sub(r"[^0-9a-z]", "", written).translate(_READ_AS).encode()
