"""Types of sealed things: one data key each, wrapped by a master key."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from cardline.core.errors import CardlineError

Cipher = Literal["aes-256-gcm", "sm4-gcm"]
CIPHERS: tuple[Cipher, ...] = ("aes-256-gcm", "sm4-gcm")
KEY_BYTES: dict[Cipher, int] = {"aes-256-gcm": 32, "sm4-gcm": 16}


class Sealer(Protocol):
    """Wraps the data keys of what lies on the disk, by a master key that never leaves it (row F3).

    The bank's key management may stand behind it; ours keeps master keys in files.
    """

    @property
    def current(self) -> str:
        """Name of the master key that wraps from now on."""
        ...

    def wrap(self, key: bytes, *, about: str) -> tuple[str, bytes]:
        """Wrap a data key for the thing called ``about``; return the master key's name and it."""
        ...

    def unwrap(self, wrapped: bytes, *, master: str, about: str) -> bytes:
        """Return the data key.

        Raises ``MasterKeyMissing`` where no master key of this name is at hand, ``MasterKeyWrong``
        where it does not fit. May block: call it in a thread where the key lies far away.
        """


@dataclass(frozen=True, slots=True)
class SealedKey:
    """The data key of one thing, as it is kept: useless without the master key of that name."""

    id: str
    """32 hexadecimal digits; the thing itself carries them too."""
    name: str
    """What it opens: ``recordings/CALL.wav``, ``files/PATH``."""
    cipher: Cipher
    master: str
    """Name of the master key that wraps it."""
    wrapped: bytes | None = field(repr=False)
    """``None``: destroyed; what it opened is gone for good."""


class Unreadable(CardlineError):
    """Something sealed cannot be read; the message says which key is missing or what is broken."""

    code = "sealed-unreadable"


class MasterKeyMissing(Unreadable):
    """The master key that wraps a data key is not at hand."""

    code = "master-key-missing"


class MasterKeyWrong(Unreadable):
    """A master key is not the one that its name says, or does not open what it must."""

    code = "master-key-wrong"


class Erased(Unreadable):
    """The data key was destroyed: erased by rule, on purpose, and on record."""

    code = "erased"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a pass over things that lay in the clear came to."""

    sealed: int = 0
    missing: tuple[str, ...] = ()
    """Ids of those whose file is not there."""
    altered: tuple[str, ...] = ()
    """Ids of those whose file is not what the journal says; they are left as they lie."""
