"""Making and opening data keys: without the database, for the recording worker too."""

from cardline.evidence.sealing.chunks import new_data_key, new_key_id, seal_bytes
from cardline.evidence.sealing.model import Cipher, Erased, SealedKey, Sealer


def recording_key(path: str) -> str:
    """Return the name under which the key of a recording is kept."""
    return f"recordings/{path}"


def file_key(path: str) -> str:
    """Return the name under which the key of a file that somebody sent is kept."""
    return f"files/{path}"


def make_key(sealer: Sealer, *, name: str, cipher: Cipher) -> tuple[bytes, SealedKey]:
    """Make a data key for the thing of this name; return it, and how it is kept."""
    key_id, key = new_key_id(), new_data_key(cipher)
    master, wrapped = sealer.wrap(key, about=key_id)
    return key, SealedKey(key_id, name, cipher, master, wrapped)


def open_key(sealer: Sealer, kept: SealedKey) -> bytes:
    """Return a data key in the clear.

    Raises :class:`Erased` where it was destroyed, ``MasterKeyMissing``, ``MasterKeyWrong``.
    """
    if kept.wrapped is None:
        raise Erased("this was erased by the rules of retention: its key was destroyed")
    return sealer.unwrap(kept.wrapped, master=kept.master, about=kept.id)


def seal(sealer: Sealer, content: bytes, *, name: str, cipher: Cipher) -> tuple[bytes, SealedKey]:
    """Seal something small under a key of its own; ``actions.keep`` then keeps the key."""
    key, kept = make_key(sealer, name=name, cipher=cipher)
    return seal_bytes(content, cipher=cipher, key=key, key_id=kept.id), kept
