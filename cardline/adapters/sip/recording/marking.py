"""``SPOOL/<call>.marks``: what a recording needs to know beside its packets, as it happens."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec


class Marks:
    """Appends one JSON object a line. A full disk is told once, and the mark is kept for later."""

    def __init__(self, spool: Path, call: str, on_failure: Callable[[], None]) -> None:
        self._path = spool / f"{call}.marks"
        self._on_failure = on_failure
        self._fd = -1
        self._kept: list[bytes] = []

    def add(self, mark: str, **fields: object) -> None:
        """Write a mark with the present time."""
        self._write(msgspec.json.encode({"at": time.time(), "mark": mark, **fields}) + b"\n")

    def retry(self) -> bool:
        """Write what could not be written; True where nothing is left over."""
        kept, self._kept = self._kept, []
        for line in kept:
            self._write(line)
        return not self._kept

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _write(self, line: bytes) -> None:
        if self._kept:
            self._kept.append(line)
            return
        try:
            if self._fd < 0:
                self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            written = os.write(self._fd, line)
            if written < len(line):
                # A torn line is ended, so that the whole one written later stands alone.
                self._kept = [b"\n", line]
        except OSError:
            self._kept.append(line)
        if self._kept:
            self._on_failure()
