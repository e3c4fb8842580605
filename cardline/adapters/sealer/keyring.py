"""Master keys in files of one folder: the newest wraps, the older ones still open (row F3).

A file holds 32 random bytes and is named ``TIME-NAME.key``, where the name is a hash of the key: a
file that was exchanged or damaged is found out before it is used.
"""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag

from cardline.evidence.sealing.chunks import decrypt, encrypt
from cardline.evidence.sealing.model import (
    CIPHERS,
    KEY_BYTES,
    Cipher,
    MasterKeyMissing,
    MasterKeyWrong,
)

_FILE = re.compile(r"(\d{8}T\d{6})-([0-9a-f]{16})\.key")
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One master key of the folder."""

    name: str
    made_at: datetime
    path: Path
    key: bytes = field(repr=False)


class KeyRing:
    """The master keys of an installation; notices by itself when the folder changes."""

    def __init__(self, folder: Path, *, cipher: Cipher = "aes-256-gcm") -> None:
        """Take the folder; ``cipher``: with what data keys are wrapped from now on."""
        self.folder = folder
        self.cipher: Cipher = cipher
        self._keys: dict[str, MasterKey] = {}
        self._seen: int | None = None

    @property
    def current(self) -> str:
        """Name of the newest master key. Raises :class:`MasterKeyMissing` where there is none."""
        return self._newest().name

    def wrap(self, key: bytes, *, about: str) -> tuple[str, bytes]:
        """Wrap a data key under the newest master key."""
        master = self._newest()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        under = _derived(master.key, self.cipher)
        kind = bytes([CIPHERS.index(self.cipher)])
        return master.name, kind + nonce + encrypt(self.cipher, under, nonce, key, about.encode())

    def unwrap(self, wrapped: bytes, *, master: str, about: str) -> bytes:
        """Return the data key. Raises :class:`MasterKeyMissing`, :class:`MasterKeyWrong`."""
        keys = self.keys()
        if master not in keys:
            raise MasterKeyMissing(
                f"the master key {master} is not in {self.folder}; "
                "put its file back from the backup of the keys"
            )
        cipher = CIPHERS[wrapped[0]] if wrapped and wrapped[0] < len(CIPHERS) else None
        nonce, sealed = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
        try:
            if cipher is None:
                raise InvalidTag
            return decrypt(
                cipher, _derived(keys[master].key, cipher), nonce, sealed, about.encode()
            )
        except InvalidTag:
            raise MasterKeyWrong(
                f"the master key {master} does not open the key of {about}: it was changed"
            ) from None

    def keys(self) -> dict[str, MasterKey]:
        """Return all master keys by name, oldest first.

        Raises :class:`MasterKeyWrong` for a file that is not what its name says, and for one that
        others on this machine can read.
        """
        try:
            seen = self.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if seen != self._seen:
            self._keys = {one.name: one for one in map(_read, sorted(self.folder.glob("*.key")))}
            self._seen = seen
        return self._keys

    def new(self, *, at: datetime) -> MasterKey:
        """Make a master key, which wraps from now on; it is on the disk before this returns."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        key = secrets.token_bytes(32)
        made = at.astimezone(UTC)
        latest = max((one.made_at for one in self.keys().values()), default=None)
        if latest is not None and made.replace(microsecond=0) <= latest:
            raise MasterKeyWrong(
                f"the newest master key is of {latest:%Y-%m-%d %H:%M:%S} UTC, not before now: "
                "wait a second, or put the clock right"
            )
        path = self.folder / f"{made:%Y%m%dT%H%M%S}-{_name_of(key)}.key"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        opened = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
        self._seen = None
        return self.keys()[_name_of(key)]

    def _newest(self) -> MasterKey:
        keys = self.keys()
        if not keys:
            raise MasterKeyMissing(
                f"there is no master key in {self.folder}; put it back from the backup of the "
                "keys, or make one: cardline sealing new-key"
            )
        return list(keys.values())[-1]


def _read(path: Path) -> MasterKey:
    named = _FILE.fullmatch(path.name)
    if named is None:
        raise MasterKeyWrong(f"{path} is not named like a master key: TIME-NAME.key")
    if path.stat().st_mode & 0o077:
        raise MasterKeyWrong(f"{path} can be read by others on this machine: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != 32 or not hmac.compare_digest(_name_of(key), named.group(2)):
        raise MasterKeyWrong(
            f"{path} does not hold the master key that its name says: it was damaged or exchanged; "
            "put it back from the backup of the keys"
        )
    made = datetime.strptime(named.group(1), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return MasterKey(named.group(2), made, path, key)


def _name_of(key: bytes) -> str:
    return hashlib.sha256(b"cardline master key\0" + key).hexdigest()[:16]


def _derived(master: bytes, cipher: Cipher) -> bytes:
    made = hmac.new(master, b"cardline wraps data keys\0" + cipher.encode(), "sha256").digest()
    return made[: KEY_BYTES[cipher]]
