"""Evidence keys in files of their own, which only their owner may read; never in the database."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cardline.core.keyfiles import keep_private_key
from cardline.evidence.statements import key_id


class KeyFiles:
    """Private keys below a folder, PEM (PKCS 8), named after their public halves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keys(self) -> frozenset[str]:
        """Return the names of the keys that are here."""
        return frozenset(path.stem for path in self._folder.glob("*.pem"))

    def new_key(self) -> bytes:
        """Make a key, write it down and return its public half."""
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes_raw()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.chmod(0o700)
        keep_private_key(self._folder / f"{key_id(public)}.pem", key)
        return public

    def sign(self, key: str, message: bytes) -> bytes:
        """Return the signature. Raises ``KeyError`` for a key that is not here, or is another."""
        try:
            pem = (self._folder / f"{key}.pem").read_bytes()
        except OSError:
            raise KeyError(key) from None
        private = load_pem_private_key(pem, None)
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyError(key)
        if key_id(private.public_key().public_bytes_raw()) != key:
            raise KeyError(key)
        return private.sign(message)
