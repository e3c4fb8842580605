"""Private keys on the disk: written once, for nobody but their owner."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)


def keep_private_key(file: Path, key: PrivateKeyTypes) -> str:
    """Write a private key (PEM, PKCS 8, mode 0600); return its public half as PEM.

    Raises ``OSError``, also where the file is there already: a key is never overwritten.
    """
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as out:
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode().rstrip()
