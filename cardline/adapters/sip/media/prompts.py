"""Prompts: pieces of speech joined into one file of raw codes an utterance, for rtp.io to play."""

import contextlib
import hashlib
import os
import shutil
import struct
import tempfile
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cardline.adapters.sip.g711 import PAYLOAD_TYPE, RATE, SILENCE, Bytes, Law, encode, recode

_FRAME = RATE // 50
"""Codes in one packet of 20 ms; rtp.io drops the rest of a file that is no multiple."""
_KEPT_AT_LEAST = 1800.0
"""Seconds for which a file stays after its last use: the recording is made from it."""


class UnreadablePiece(Exception):
    """A file is no mono WAV of 8 kHz in µ-law, A-law or 16-bit PCM."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One file to play."""

    path: Path
    """With its suffix, ``.0`` for µ-law and ``.8`` for A-law."""
    seconds: float


class Plays:
    """The prompt folder, and the utterances made of it. Bounded by ``limit`` bytes on disk."""

    def __init__(self, prompts: Path, cache: Path, *, limit: int = 1 << 30) -> None:
        self._prompts = prompts
        self._cache = cache
        self._limit = limit
        self._pieces: dict[str, Bytes] = {}
        self._made: OrderedDict[tuple[Law, tuple[str, ...]], Utterance] = OrderedDict()
        self._spare: Path | None = None
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._size = sum(entry.stat().st_size for entry in os.scandir(cache) if entry.is_file())

    def close(self) -> None:
        """Remove what was put elsewhere while the disk was full."""
        if self._spare is not None:
            shutil.rmtree(self._spare, ignore_errors=True)

    def utterance(self, pieces: tuple[str, ...], law: Law) -> Utterance | None:
        """Return the joined pieces, or ``None`` where one is missing or unreadable."""
        key = (law, pieces)
        made = self._made.get(key)
        if made is not None and _touch(made.path):
            self._made.move_to_end(key)
            return made
        found = [self._piece(name) for name in pieces]
        parts = [part for part in found if part is not None]
        if not parts or len(parts) < len(pieces):
            return None
        codes = recode(np.concatenate(parts), "ulaw", law)
        short = -len(codes) % _FRAME
        raw = codes.tobytes() + bytes([SILENCE[law]]) * short
        name = f"{hashlib.blake2b(raw, digest_size=16).hexdigest()}.{PAYLOAD_TYPE[law]}"
        made = Utterance(self._cache / name, len(raw) / RATE)
        if not _touch(made.path):
            kept = self._keep(made.path, raw)
            if kept is None:
                return None
            made = Utterance(kept, made.seconds)
        self._made[key] = made
        if len(self._made) > 20_000:
            self._made.popitem(last=False)
        return made

    def reload(self) -> None:
        """Read the prompt folder anew from now on."""
        self._pieces.clear()
        self._made.clear()

    def _piece(self, name: str) -> Bytes | None:
        codes = self._pieces.get(name)
        if codes is None and not name.startswith("/") and ".." not in name.split("/"):
            try:
                codes = read_wav((self._prompts / f"{name}.wav").read_bytes())
            except (OSError, UnreadablePiece):
                return None
            self._pieces[name] = codes
        return codes

    def _keep(self, path: Path, raw: bytes) -> Path | None:
        """Write a file where there is room: a full spool must not silence the menus."""
        with contextlib.suppress(OSError):
            self._write(path, raw)
            return path
        with contextlib.suppress(OSError):
            if self._spare is None:
                self._spare = Path(tempfile.mkdtemp(prefix="cardline-plays-"))
            self._write(self._spare / path.name, raw)
            return self._spare / path.name
        return None

    def _write(self, path: Path, raw: bytes) -> None:
        part = path.with_name(f".{path.name}")
        part.write_bytes(raw)
        part.replace(path)
        self._size += len(raw)
        if self._size > self._limit:
            self._prune()

    def _prune(self) -> None:
        entries = [
            (entry.stat(), entry.path) for entry in os.scandir(self._cache) if entry.is_file()
        ]
        self._size = sum(stat.st_size for stat, _ in entries)
        before = time.time() - _KEPT_AT_LEAST
        for stat, path in sorted(entries, key=lambda entry: entry[0].st_mtime):
            if self._size <= self._limit * 3 // 4 or stat.st_mtime > before:
                break
            with contextlib.suppress(OSError):
                Path(path).unlink()
                self._size -= stat.st_size


def _touch(path: Path) -> bool:
    """Note that a file is used; False where it is not there."""
    try:
        os.utime(path)
    except OSError:
        return False
    return True


def read_wav(data: bytes) -> Bytes:
    """Return the µ-law codes of a WAV file. Raises :class:`UnreadablePiece`."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise UnreadablePiece
    at, layout = 12, b""
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if kind == b"fmt ":
            layout = data[at + 8 : at + 8 + size]
        elif kind == b"data":
            return _codes(layout, data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    raise UnreadablePiece


def _codes(layout: bytes, sound: bytes) -> Bytes:
    if len(layout) < 16:
        raise UnreadablePiece
    coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", layout)
    if channels != 1 or rate != RATE:
        raise UnreadablePiece
    if (coding, bits) == (7, 8):
        return np.frombuffer(sound, np.uint8)
    if (coding, bits) == (6, 8):
        return recode(np.frombuffer(sound, np.uint8), "alaw", "ulaw")
    if (coding, bits) == (1, 16):
        return encode(np.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(np.int16), "ulaw")
    raise UnreadablePiece
