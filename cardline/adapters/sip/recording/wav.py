"""Stereo WAV files of 8 kHz, written in blocks: G.711 µ-law (format 7) or 16-bit PCM (format 1).

They lie sealed under a key of their own, where there is one; their hash is that of the sound file.
"""

import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from cardline.adapters.sip.g711 import RATE, Bytes, decode
from cardline.evidence.sealing.chunks import SealReader, SealWriter, digest_of
from cardline.evidence.sealing.model import SealedKey

Coding = Literal["ulaw", "pcm"]
_FORMAT: dict[Coding, tuple[int, int]] = {"ulaw": (7, 1), "pcm": (1, 2)}
"""WAVE format number and bytes a sample."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The key under which a file is written, and how that key is kept."""

    key: bytes
    kept: SealedKey

    def __repr__(self) -> str:
        return f"Seal({self.kept.id})"


class WavWriter:
    """Writes under a temporary name: with ``finish`` the file appears whole, or it never does."""

    def __init__(self, path: Path, coding: Coding = "ulaw", seal: Seal | None = None) -> None:
        self._path = path
        self._coding: Coding = coding
        self._seal = seal
        self._part = path.with_name(f".{path.name}.part")
        self._file = self._part.open("wb+")
        self._sealing: SealWriter | None = None
        if seal is not None:
            kept = seal.kept
            self._sealing = SealWriter(self._file, cipher=kept.cipher, key=seal.key, key_id=kept.id)
        self._header_bytes = (self._sealing or self._file).write(_header(coding, 0))
        self._size = 0

    def write(self, both: Bytes) -> None:
        """Append µ-law codes, one row of left and right a sample."""
        sound = both if self._coding == "ulaw" else decode(both, "ulaw")
        data = sound.data
        (self._sealing or self._file).write(data)
        self._size += data.nbytes

    def finish(self) -> tuple[int, str]:
        """Put the file in its place, safe against a power cut.

        Returns bytes and SHA-256 of the sound file, whether it lies sealed or not: as it is read
        back.
        """
        header = _header(self._coding, self._size)
        if self._sealing is not None:
            self._sealing.finish(header)
        else:
            self._file.seek(0)
            self._file.write(header)
            self._file.flush()
        os.fsync(self._file.fileno())
        digest = self._digest()
        self._file.close()
        self._part.replace(self._path)
        sync_folder(self._path.parent)
        return self._header_bytes + self._size, digest

    def _digest(self) -> str:
        if self._seal is not None:
            return digest_of(SealReader(self._file, key=self._seal.key))
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()

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


def sync_folder(folder: Path) -> None:
    """Make what was written into a folder outlast a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
