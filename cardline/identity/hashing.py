"""How the secrets of holders are kept: peppered, salted, slow; and compared in constant time."""

import asyncio
import hashlib
import hmac
import secrets

from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type, hash_secret, verify_secret

from cardline.core.ids import HolderId
from cardline.core.masking import Secret

_TIME_COST = 2
_MEMORY_KIB = 8192
_SALT_BYTES = 16
_HASH_BYTES = 32


class Vault:
    """Hashes under the server's pepper, which lies outside the database.

    Six digits are a million guesses: whoever has the table alone must not be able to make them,
    so the pepper carries the weight and argon2id (about 10 ms) slows whoever has both.
    """

    __slots__ = ("_nobody", "_pepper")

    def __init__(self, pepper: bytes) -> None:
        """Take the pepper, at least 32 bytes. Raises ``ValueError`` for a shorter one."""
        if len(pepper) < 32:
            raise ValueError("the pepper must have at least 32 bytes")
        self._pepper = pepper
        self._nobody = self._hash(self._mac("nobody", secrets.token_hex(16)))

    async def hash_password(self, holder: HolderId, password: Secret) -> str:
        """Return the encoded hash of a query password."""
        return await asyncio.to_thread(self._hash, self._password(holder, password))

    async def is_password(
        self, holder: HolderId | None, password: Secret, encoded: str | None
    ) -> bool:
        """Compare; takes as long where there is no such holder or no password (always false)."""
        mac = self._password(holder or HolderId("nobody"), password)
        same = await asyncio.to_thread(self._verify, encoded or self._nobody, mac)
        return same and encoded is not None

    def code_digest(self, *, purpose: str, holder: HolderId, code_id: str, code: Secret) -> bytes:
        """Return the keyed hash of a short-lived code."""
        return self._mac("code", purpose, holder, code_id, code.reveal())

    def is_code(
        self, digest: bytes, *, purpose: str, holder: HolderId, code_id: str, code: Secret
    ) -> bool:
        """Compare a code in constant time."""
        mac = self.code_digest(purpose=purpose, holder=holder, code_id=code_id, code=code)
        return hmac.compare_digest(digest, mac)

    def network_name(self, network: str) -> str:
        """Return a name for a network by which nobody learns which one it is."""
        return self._mac("network", network).hex()[:16]

    def browser_mark(self, holder: HolderId, day: str) -> str:
        """Return what a browser keeps of a log-in on a day: only this server can make it."""
        return self._mac("browser", holder, day).hex()

    def _password(self, holder: HolderId, password: Secret) -> bytes:
        return self._mac("query-password", holder, password.reveal())

    def _mac(self, *parts: str) -> bytes:
        # Lengths in front: no two lists of parts have the same bytes.
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.new(self._pepper, message, hashlib.sha256).digest()

    def _hash(self, mac: bytes) -> str:
        salt = secrets.token_bytes(_SALT_BYTES)
        return hash_secret(mac, salt, _TIME_COST, _MEMORY_KIB, 1, _HASH_BYTES, Type.ID).decode()

    def _verify(self, encoded: str, mac: bytes) -> bool:
        try:
            return verify_secret(encoded.encode(), mac, Type.ID)
        except VerifyMismatchError:
            return False
