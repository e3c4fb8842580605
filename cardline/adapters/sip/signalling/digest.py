"""Digest authentication (RFC 7616, MD5 as RFC 3261 phones speak it) against stored HA1 values."""

import base64
import hashlib
import hmac
import re
import secrets
import struct
import time
from collections import OrderedDict
from enum import Enum, auto

_PAIR = re.compile(r'\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^,\s]*))\s*(?:,|$)')
_VALID = 300.0
"""Seconds for which a nonce may be used."""
_REMEMBERED = 20_000


class Proof(Enum):
    """What an Authorization header proves."""

    RIGHT = auto()
    WRONG = auto()
    STALE = auto()
    """Right or not, with a nonce that is too old or was used before: ask again."""


class Digest:
    """Challenges and checks for one realm. Nonces carry their time and need no table."""

    def __init__(self, realm: str) -> None:
        self._realm = realm
        self._key = secrets.token_bytes(32)
        self._nobody = secrets.token_hex(16)
        self._used: OrderedDict[str, int] = OrderedDict()

    def challenge(self, *, stale: bool = False) -> str:
        """Return a WWW-Authenticate value."""
        nonce = f'realm="{self._realm}", nonce="{self._nonce()}"'
        return f'Digest {nonce}, algorithm=MD5, qop="auth"{", stale=true" if stale else ""}'

    def check(self, header: str, method: str, ha1: str | None) -> Proof:
        """Check an Authorization value; an unknown user (no ``ha1``) takes as long as any."""
        said = parse(header)
        nonce = said.get("nonce", "")
        age = self._age(nonce)
        if age is None or said.get("realm") != self._realm:
            return Proof.STALE
        if said.get("algorithm", "MD5").upper() != "MD5" or said.get("qop", "auth") != "auth":
            return Proof.WRONG
        ha2 = _md5(f"{method}:{said.get('uri', '')}")
        if "qop" in said:
            middle = f"{nonce}:{said.get('nc', '')}:{said.get('cnonce', '')}:auth"
        else:
            middle = nonce
        expected = _md5(f"{ha1 or self._nobody}:{middle}:{ha2}")
        same = hmac.compare_digest(expected.encode(), said.get("response", "").lower().encode())
        if not same or ha1 is None:
            return Proof.WRONG
        if age > _VALID or not self._first_use(nonce, said.get("nc", "0")):
            return Proof.STALE
        return Proof.RIGHT

    def _nonce(self) -> str:
        head = struct.pack(">d", time.time()) + secrets.token_bytes(4)
        return base64.urlsafe_b64encode(head + self._seal(head)).decode()

    def _seal(self, head: bytes) -> bytes:
        return hmac.digest(self._key, head, "sha256")[:15]

    def _age(self, nonce: str) -> float | None:
        try:
            raw = base64.urlsafe_b64decode(nonce)
        except ValueError:
            return None
        if len(raw) != 27 or not hmac.compare_digest(self._seal(raw[:12]), raw[12:]):
            return None
        made: float = struct.unpack(">d", raw[:8])[0]
        return time.time() - made

    def _first_use(self, nonce: str, count: str) -> bool:
        try:
            number = int(count, 16)
        except ValueError:
            return False
        last = self._used.pop(nonce, -1)
        self._used[nonce] = max(number, last)
        if len(self._used) > _REMEMBERED:
            self._used.popitem(last=False)
        return number > last


def parse(header: str) -> dict[str, str]:
    """Read the parameters of an Authorization value; names in lower case."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    return {
        match[1].lower(): match[2] if match[2] is not None else match[3]
        for match in _PAIR.finditer(rest)
    }


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
