"""The folder of recordings: everybody who reads one, reads it here (rows F1, F3).

A recording lies sealed under a key of its own; one from before sealing is read as it lies, until
it is sealed in passing. What is read is always the plain sound file, whose hash is in the journal.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO, Self

from cardline.core.errors import NotFound
from cardline.core.transaction import Transaction
from cardline.evidence.sealing import actions
from cardline.evidence.sealing.chunks import CHUNK, SealReader, SealWriter, digest_of, key_id_in
from cardline.evidence.sealing.keys import make_key, open_key, recording_key
from cardline.evidence.sealing.model import Cipher, SealedKey, Sealer, Unreadable

_HEADER_BYTES = 32
_AT_ONCE = 4 * CHUNK


class OpenRecording:
    """A recording as the plain sound file, whole or in part. Close it, or use it in ``with``."""

    def __init__(self, source: BinaryIO, reader: SealReader | None) -> None:
        self._source = source
        self._reader = reader
        self.size = reader.size if reader else source.seek(0, os.SEEK_END)
        """Bytes of the sound file."""

    def parts(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield bytes from ``start`` to ``stop`` (exclusive), some at a time; blocks."""
        stop = self.size if stop is None else min(stop, self.size)
        if self._reader is not None:
            yield from self._reader.parts(start, stop)
            return
        self._source.seek(start)
        while start < stop:
            part = self._source.read(min(CHUNK, stop - start))
            if not part:
                raise Unreadable("the recording was cut off while it was read")
            start += len(part)
            yield part

    def read(self) -> bytes:
        """Return all of it; blocks."""
        return b"".join(self.parts())

    async def stream(self, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """Yield bytes from ``start`` to ``stop``, read in a thread; closes the recording."""
        stop = self.size if stop is None else min(stop, self.size)
        try:
            for place in range(start, stop, _AT_ONCE):
                end = min(place + _AT_ONCE, stop)
                yield await asyncio.to_thread(self._part, place, end)
        finally:
            self.close()

    def _part(self, start: int, stop: int) -> bytes:
        return b"".join(self.parts(start, stop))

    def sha256(self) -> str:
        """Return the hash of the sound file, as the journal has it; blocks."""
        digest = hashlib.sha256()
        for part in self.parts():
            digest.update(part)
        return digest.hexdigest()

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Recordings:
    """Where recordings lie, and the keys' keeper."""

    def __init__(self, folder: Path, sealer: Sealer, *, cipher: Cipher = "aes-256-gcm") -> None:
        self.folder = folder
        self.sealer = sealer
        self.cipher: Cipher = cipher

    async def open(self, tx: Transaction, path: str) -> OpenRecording:
        """Open a recording by the path in its row.

        Raises ``NotFound`` where the file is not there, ``Erased`` where its key was destroyed, and
        :class:`Unreadable` where its master key is missing or wrong, or the file was changed.
        """
        try:
            source = await asyncio.to_thread((self.folder / path).open, "rb")
        except OSError:
            for key in await actions.keys_of(tx, recording_key(path)):
                open_key(self.sealer, key)  # says so where it was erased
            raise NotFound("the recording is being kept elsewhere") from None
        try:
            header = await asyncio.to_thread(source.read, _HEADER_BYTES)
            kept = await actions.key_for(tx, header, name=recording_key(path))
            return await asyncio.to_thread(self._opened, source, kept)
        except BaseException:
            source.close()
            raise

    def _opened(self, source: BinaryIO, kept: SealedKey | None) -> OpenRecording:
        if kept is None:
            return OpenRecording(source, None)
        return OpenRecording(source, SealReader(source, key=open_key(self.sealer, kept)))

    def is_sealed(self, path: str) -> bool:
        """True where the file lies sealed; blocks. Raises ``OSError`` where there is none."""
        return key_id_in(self.folder / path) is not None

    def seal_copy(self, path: str, *, sha256: str) -> SealedKey | None:
        """Write a sealed copy of a file that lies in the clear, beside it; return its key.

        ``None`` where the file is not what the journal says: then it is left alone, for whoever
        looks into it. :meth:`replace` puts the copy in place once the key is kept. Blocks.
        """
        name = recording_key(path)
        key, kept = make_key(self.sealer, name=name, cipher=self.cipher)
        digest = hashlib.sha256()
        with (self.folder / path).open("rb") as plain, self._copy(path).open("wb+") as out:
            writer = SealWriter(out, cipher=self.cipher, key=key, key_id=kept.id)
            while part := plain.read(CHUNK):
                digest.update(part)
                writer.write(part)
            writer.finish()
            os.fsync(out.fileno())
            same = digest.hexdigest() == sha256 == digest_of(SealReader(out, key=key))
        if not same:
            self._copy(path).unlink()
            return None
        return kept

    def replace(self, path: str) -> None:
        """Put the sealed copy in the place of the file in the clear; blocks."""
        self._copy(path).replace(self.folder / path)

    def remove(self, path: str) -> None:
        """Remove a file; one that is gone already is no fault. Blocks."""
        (self.folder / path).unlink(missing_ok=True)
        self._copy(path).unlink(missing_ok=True)

    def _copy(self, path: str) -> Path:
        return self.folder / f".{path}.sealing"
