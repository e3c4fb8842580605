"""Keys of this installation: made once, kept in files that only their owner may read."""

import os
import secrets
from pathlib import Path


def installation_key(home: Path, name: str) -> bytes:
    """Return the 32-byte key ``name`` of this home folder, making it on first use.

    Whoever backs up the database backs up these files apart from it: without them passwords
    cannot be checked, and stored message texts and second factors cannot be read.
    """
    folder = home / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / f"{name}.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()
