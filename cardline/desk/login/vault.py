"""How the secrets of staff are kept: passwords keyed and slow, second factors under a seal."""

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from argon2.exceptions import VerifyMismatchError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret, verify_secret
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cardline.core.masking import Secret
from cardline.desk.login.model import LoginPolicy

_SALT_BYTES = 16
_HASH_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Cost:
    """What one argon2id hash takes; written into the hash, so that each keeps its own."""

    passes: int
    memory_kib: int


STANDARD = Cost(passes=3, memory_kib=65536)
"""RFC 9106, section 4, second recommendation, in one lane: one log-in takes one core at most."""
LIGHT = Cost(passes=1, memory_kib=8192)
"""For secrets that are random or no secrets: those of the demonstration."""


class LoginVault:
    """Everything under one key of the installation, which lies outside the database."""

    __slots__ = ("_nobody", "_pepper", "_seal", "_threads", "_tries")

    def __init__(self, key: bytes) -> None:
        """Take the key, at least 32 bytes. Raises ``ValueError`` for a shorter one."""
        if len(key) < 32:
            raise ValueError("the key of the staff's secrets must have at least 32 bytes")
        self._pepper, self._tries = _derive(key, "password"), _derive(key, "tries")
        self._seal = AESGCM(_derive(key, "second-factor"))
        self._nobody = _random_hash(STANDARD)
        # Calls need the other cores: however many log in at once, hashing takes half of them.
        self._threads = ThreadPoolExecutor(
            max(1, (os.cpu_count() or 1) // 2), thread_name_prefix="password"
        )

    async def hash_password(self, number: str, password: Secret, cost: Cost = STANDARD) -> str:
        """Return the encoded hash of a password; it fits this staff number only."""
        keyed = self._keyed(number, password)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _hash, keyed, cost)

    async def is_password(self, number: str, password: Secret, encoded: str | None) -> bool:
        """Compare; takes as long where there is no password (always false)."""
        keyed = self._keyed(number, password)
        loop = asyncio.get_running_loop()
        against = encoded or self._nobody
        same = await loop.run_in_executor(self._threads, _verify, against, keyed)
        return same and encoded is not None

    def tries_key(self, number: str) -> bytes:
        """Return under which key tries at a number are counted."""
        return hmac.new(self._tries, number.encode(), hashlib.sha256).digest()

    def seal(self, number: str, secret: bytes) -> bytes:
        """Seal the secret of a second factor for this staff number."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, secret, number.encode())

    def unseal(self, number: str, sealed: bytes) -> bytes:
        """Return the secret; ``cryptography.exceptions.InvalidTag`` for a broken seal."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return self._seal.decrypt(nonce, body, number.encode())

    def _keyed(self, number: str, password: Secret) -> bytes:
        # NFC as in RFC 8265, section 4.2.2: keyboards compose the same characters differently.
        typed = unicodedata.normalize("NFC", password.reveal()).encode()
        name = number.encode()
        message = len(name).to_bytes(4, "big") + name + typed
        return hmac.new(self._pepper, message, hashlib.sha256).digest()


@dataclass(frozen=True)
class LoginConfig:
    """What the actions of logging in need; built once, at the start."""

    policy: LoginPolicy
    vault: LoginVault


def _derive(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()


def _hash(keyed: bytes, cost: Cost) -> str:
    salt = secrets.token_bytes(_SALT_BYTES)
    encoded = hash_secret(keyed, salt, cost.passes, cost.memory_kib, 1, _HASH_BYTES, Type.ID)
    return encoded.decode()


def _verify(encoded: str, keyed: bytes) -> bool:
    try:
        return verify_secret(encoded.encode(), keyed, Type.ID)
    except VerifyMismatchError:
        return False


def _random_hash(cost: Cost) -> str:
    """Return an encoded hash of nothing, made without the time that a hash takes."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (_SALT_BYTES, _HASH_BYTES)
    )
    costs = f"m={cost.memory_kib},t={cost.passes},p=1"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"
