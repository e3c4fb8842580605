"""Stereo WAV files of 8 kHz, written in blocks: G.711 µ-law (format 7) or 16-bit PCM (format 1)."""

import hashlib
import os
import struct
from pathlib import Path
from typing import Literal, Self

from cardline.adapters.sip.g711 import RATE, Bytes, decode

Coding = Literal["ulaw", "pcm"]
_FORMAT: dict[Coding, tuple[int, int]] = {"ulaw": (7, 1), "pcm": (1, 2)}
"""WAVE format number and bytes a sample."""


class WavWriter:
    """Writes under a temporary name: with ``finish`` the file appears whole, or it never does."""

    def __init__(self, path: Path, coding: Coding = "ulaw") -> None:
        self._path = path
        self._coding: Coding = coding
        self._part = path.with_name(f".{path.name}.part")
        self._file = self._part.open("wb+")
        self._file.write(_header(coding, 0))
        self._size = 0

    def write(self, both: Bytes) -> None:
        """Append µ-law codes, one row of left and right a sample."""
        sound = both if self._coding == "ulaw" else decode(both, "ulaw")
        self._size += self._file.write(sound.data)

    def finish(self) -> tuple[int, str]:
        """Put the file in its place, safe against a power cut. Returns its bytes and SHA-256."""
        self._file.seek(0)
        self._file.write(_header(self._coding, self._size))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.seek(0)
        digest = hashlib.file_digest(self._file, "sha256").hexdigest()
        size = self._file.tell()
        self._file.close()
        self._part.replace(self._path)
        _sync_folder(self._path.parent)
        return size, digest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._file.close()
        finally:
            self._part.unlink(missing_ok=True)


def _header(coding: Coding, size: int) -> bytes:
    number, width = _FORMAT[coding]
    layout = struct.pack("<HHIIHHH", number, 2, RATE, RATE * 2 * width, 2 * width, 8 * width, 0)
    fact = struct.pack("<4sII", b"fact", 4, size // (2 * width))
    chunks = struct.pack("<4sI", b"fmt ", len(layout)) + layout + fact
    whole = 4 + len(chunks) + 8 + size
    return (
        struct.pack("<4sI4s", b"RIFF", whole, b"WAVE") + chunks + struct.pack("<4sI", b"data", size)
    )


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
