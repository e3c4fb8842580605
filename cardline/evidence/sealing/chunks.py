"""How something is sealed: chunks that open each by itself, so that a part is read as a part.

A header of 32 bytes (magic, version, cipher, size of a chunk, id of the key), then the chunks, each
encrypted and authenticated with the header. The nonce of a chunk is its place and whether it is
the last (the STREAM construction): no chunk can be altered, moved, repeated, left out or cut off
unnoticed. A key seals one thing once, so no nonce comes twice under it.
"""

import hashlib
import io
import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Symmetric
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cardline.evidence.sealing.model import CIPHERS, KEY_BYTES, Cipher, Unreadable

MAGIC = b"CARDSEAL"
CHUNK = 65536
"""Bytes of a chunk: four seconds of a recording."""
_HEADER = struct.Struct(">8sBBxxI16s")
_VERSION = 1
_TAG = 16
_NONCE = struct.Struct(">QI")


def new_data_key(cipher: Cipher) -> bytes:
    """Return a random key of the right length."""
    return secrets.token_bytes(KEY_BYTES[cipher])


def new_key_id() -> str:
    """Return a name for a data key."""
    return secrets.token_hex(16)


def encrypt(cipher: Cipher, key: bytes, nonce: bytes, plain: bytes, about: bytes) -> bytes:
    """Encrypt and authenticate ``plain``, and ``about`` with it; the tag stands at the end."""
    if cipher == "aes-256-gcm":
        return AESGCM(key).encrypt(nonce, plain, about)
    sealing = Symmetric(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(about)
    return sealing.update(plain) + sealing.finalize() + sealing.tag


def decrypt(cipher: Cipher, key: bytes, nonce: bytes, sealed: bytes, about: bytes) -> bytes:
    """Open what :func:`encrypt` made. Raises ``InvalidTag`` where anything differs."""
    if len(sealed) < _TAG or len(key) != KEY_BYTES[cipher]:
        raise InvalidTag  # a header that names another cipher than the key is for
    if cipher == "aes-256-gcm":
        return AESGCM(key).decrypt(nonce, sealed, about)
    body, tag = sealed[:-_TAG], sealed[-_TAG:]
    opening = Symmetric(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    opening.authenticate_additional_data(about)
    return opening.update(body) + opening.finalize()


class SealWriter:
    """Writes a sealed file from its beginning to its end; the first bytes may be changed at last.

    A sound file says its length in its first bytes: so the first chunk is held back to the end.
    """

    def __init__(self, out: BinaryIO, *, cipher: Cipher, key: bytes, key_id: str) -> None:
        self._out = out
        self._cipher: Cipher = cipher
        self._key = key
        self._header = _HEADER.pack(
            MAGIC, _VERSION, CIPHERS.index(cipher), CHUNK, bytes.fromhex(key_id)
        )
        self._first: bytearray | None = None
        self._open = bytearray()
        self._index = 0
        out.write(self._header)

    def write(self, plain: bytes | memoryview) -> int:
        """Append; return how many bytes."""
        self._open += plain
        # A full chunk waits for the next byte: only then is it known not to be the last.
        while len(self._open) > CHUNK:
            self._put(bytes(self._open[:CHUNK]), last=False)
            del self._open[:CHUNK]
        return len(plain)

    def finish(self, beginning: bytes = b"") -> None:
        """Write what is left, and ``beginning`` in place of the first bytes."""
        if self._first is None:
            self._open[: len(beginning)] = beginning
        self._put(bytes(self._open), last=True)
        if self._first is not None:
            self._first[: len(beginning)] = beginning
            self._out.seek(len(self._header))
            self._out.write(self._sealed(0, bytes(self._first), last=False))
            self._out.seek(0, os.SEEK_END)
        self._out.flush()

    def _put(self, plain: bytes, *, last: bool) -> None:
        if self._index == 0 and not last:
            self._first = bytearray(plain)
            self._out.write(bytes(CHUNK + _TAG))
        else:
            self._out.write(self._sealed(self._index, plain, last=last))
        self._index += 1

    def _sealed(self, index: int, plain: bytes, *, last: bool) -> bytes:
        return encrypt(self._cipher, self._key, _NONCE.pack(index, last), plain, self._header)


class SealReader:
    """Reads a sealed file, whole or in part. Blocks: use it in a thread.

    Raises :class:`Unreadable` for a wrong key and for anything that was changed or cut off.
    """

    def __init__(self, source: BinaryIO, *, key: bytes) -> None:
        self._source = source
        self._key = key
        source.seek(0)
        self._header = source.read(_HEADER.size)
        found = _parsed(self._header)
        if found is None:
            raise Unreadable("this is no sealed file")
        self._cipher, self._chunk, self.key_id = found
        body = source.seek(0, os.SEEK_END) - _HEADER.size
        whole = self._chunk + _TAG
        self._count = max(1, -(-body // whole))
        self.size = body - self._count * _TAG
        """Bytes of the plain content; the last chunk vouches for it."""
        if self.size < 0:
            raise Unreadable("the sealed file was cut off")
        self._open_chunk(self._count - 1)

    def parts(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the plain bytes from ``start`` to ``stop`` (exclusive), a chunk at a time."""
        stop = self.size if stop is None else min(stop, self.size)
        place = start
        while place < stop:
            index, within = divmod(place, self._chunk)
            plain = self._open_chunk(index)[within : within + stop - place]
            place += len(plain)
            yield plain

    def _open_chunk(self, index: int) -> bytes:
        whole = self._chunk + _TAG
        self._source.seek(_HEADER.size + index * whole)
        sealed = self._source.read(whole)
        nonce = _NONCE.pack(index, index == self._count - 1)
        try:
            return decrypt(self._cipher, self._key, nonce, sealed, self._header)
        except InvalidTag:
            raise Unreadable(
                f"part {index} of this sealed file does not open: "
                "it was changed, cut off, or sealed under another key"
            ) from None


def key_id_of(header: bytes) -> str | None:
    """Return the name of the key that opens a file with this beginning; ``None``: not sealed."""
    found = _parsed(header[: _HEADER.size])
    return found[2] if found else None


def key_id_in(path: Path) -> str | None:
    """Return the name of the key that opens a file; ``None``: not sealed. Raises ``OSError``."""
    with path.open("rb") as source:
        return key_id_of(source.read(_HEADER.size))


def seal_bytes(plain: bytes, *, cipher: Cipher, key: bytes, key_id: str) -> bytes:
    """Seal something small in memory."""
    out = io.BytesIO()
    writer = SealWriter(out, cipher=cipher, key=key, key_id=key_id)
    writer.write(plain)
    writer.finish()
    return out.getvalue()


def open_bytes(sealed: bytes, *, key: bytes) -> bytes:
    """Open what :func:`seal_bytes` made. Raises :class:`Unreadable`."""
    return b"".join(SealReader(io.BytesIO(sealed), key=key).parts())


def digest_of(reader: SealReader) -> str:
    """Return SHA-256 over the plain content, in hexadecimal."""
    digest = hashlib.sha256()
    for part in reader.parts():
        digest.update(part)
    return digest.hexdigest()


def _parsed(header: bytes) -> tuple[Cipher, int, str] | None:
    if len(header) != _HEADER.size or not header.startswith(MAGIC):
        return None
    _, version, cipher, chunk, key_id = _HEADER.unpack(header)
    if version != _VERSION or cipher >= len(CIPHERS) or not 0 < chunk <= 1 << 24:
        raise Unreadable("this file was sealed by a newer version, or its header is broken")
    return CIPHERS[cipher], chunk, key_id.hex()
