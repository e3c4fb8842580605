"""Texts that carry a one-time secret wait under a seal, until they are sent (row E5)."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class TextSeal:
    """AES-256-GCM under the server's key. A sealed text opens for its own message only."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes. Raises ``ValueError`` for any other length."""
        if len(key) != 32:
            raise ValueError("the key of the text seal must have 32 bytes")
        self._cipher = AESGCM(key)

    def close(self, text: str, *, message: str) -> bytes:
        """Seal ``text`` for the message with this id."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), message.encode())

    def open(self, sealed: bytes, *, message: str) -> str:
        """Return the text; raises ``cryptography.exceptions.InvalidTag`` for a broken seal."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return self._cipher.decrypt(nonce, body, message.encode()).decode()
