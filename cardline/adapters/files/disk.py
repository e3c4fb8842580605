"""The shelf for files: a folder of ours, random names, written whole or not at all."""

import os
import re
import secrets
from pathlib import Path

_PATH = re.compile(r"[0-9a-f]{2}/[0-9a-f]{40}")


class DiskShelf:
    """Keeps files below one folder; a name says nothing of the content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Write a file and return its random name; it is on the disk before this returns."""
        name = secrets.token_hex(20)
        path = f"{name[:2]}/{name}"
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(target, content)
        return path

    def get(self, path: str) -> bytes | None:
        """Return a file; ``None`` where there is none."""
        if not _PATH.fullmatch(path):
            return None
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def replace(self, path: str, content: bytes) -> bool:
        """Put other bytes in the place of a file, whole or not at all; false: there is none."""
        target = self._folder / path
        if not _PATH.fullmatch(path) or not target.exists():
            return False
        _write(target, content)
        return True

    def drop(self, path: str) -> None:
        """Remove a file; one that is gone already is no fault."""
        if _PATH.fullmatch(path):
            (self._folder / path).unlink(missing_ok=True)


def _write(target: Path, content: bytes) -> None:
    # Two may write the same file at once: each has one of its own until it is whole.
    unfinished = target.with_suffix(f".{secrets.token_hex(4)}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
