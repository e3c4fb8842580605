"""Opening a ZIP file of which nothing is believed: what is not exactly a pack is refused.

Memory and time are bounded by the size of the file, not by what it says of itself.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

MOST_FILES: Final = 200_000
MOST_DIRECTORY: Final = 64 * 1024 * 1024
"""Bytes of the list of files at the end."""
MOST_TEXT: Final = 64 * 1024 * 1024
"""Bytes of a file that is read whole."""
MOST_PACKED: Final = 1024 * 1024 * 1024
"""Bytes of a file that is compressed."""
MOST_RATIO: Final = 200
"""How many times its packed size a compressed file may be."""
_FREE_RATIO = 1024 * 1024
"""Bytes below which the ratio does not matter."""
_CHUNK = 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,2}")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s5H3L2H")
_SIZES = struct.Struct("<2Q")
_LARGE = 0xFFFFFFFF
_LARGE_MARK = struct.pack("<2H", 1, _SIZES.size)
_LARGE_SIZE = len(_LARGE_MARK) + _SIZES.size
"""Of a file that may be larger than 4 GiB the sizes stand behind its name (ZIP64)."""
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)


class Refused(Exception):
    """A file is no pack: ``code`` says why, ``detail`` what was met."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Opened:
    """A pack whose outside is sound: names, sizes and places. A context manager."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`Refused`."""
        try:
            kind = path.stat().st_mode
            if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
                raise Refused("unreadable", "no plain file")  # a pipe would never end
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise Refused("unreadable", error.strerror or "") from error
        try:
            start = _directory(self._file)
            try:
                self._zip = zipfile.ZipFile(self._file)
                infos = self._zip.infolist()
            except _FAULTS as error:
                raise Refused("no-zip", str(error)) from error
            if self._zip.comment:
                raise Refused("comment")
            self._infos = _named(infos)
            _in_place(self._file, infos, start)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Opened":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()
        self._file.close()

    @property
    def names(self) -> frozenset[str]:
        """The names of all files."""
        return frozenset(self._infos)

    def size(self, name: str) -> int:
        """Return how large a file says to be; reading never gives more."""
        return self._infos[name].file_size

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield a file part by part. Raises :class:`Refused` where it is not what it says."""
        info = self._infos[name]
        left = info.file_size
        try:
            with self._zip.open(info) as content:
                while part := content.read(_CHUNK):
                    left -= len(part)
                    if left < 0:
                        raise Refused("size", name)
                    yield part
        except _FAULTS as error:
            raise Refused("damaged", f"{name}: {error}") from error
        if left:
            raise Refused("damaged", name)

    def text(self, name: str) -> bytes:
        """Return a file whole. Raises :class:`Refused` for one that is too large."""
        if name not in self._infos:
            raise Refused("not-there", name)
        if self.size(name) > MOST_TEXT:
            raise Refused("too-large", name)
        return b"".join(self.parts(name))


def _directory(file: BinaryIO) -> int:
    """Return where the list of files begins; it must be bounded, and nothing may follow it."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise Refused("truncated" if size else "empty")
    file.seek(size - _END.size)
    mark, disk, first, here, count, length, start, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\x05\x06" or comment:
        raise Refused("truncated")
    end = size - _END.size
    if count == 0xFFFF or length == 0xFFFFFFFF or start == 0xFFFFFFFF:
        end, count, length, start = _directory64(file, end)
    elif disk or first or here != count:
        raise Refused("no-zip", "more than one volume")
    if count > MOST_FILES or length > MOST_DIRECTORY:
        raise Refused("too-many", str(count))
    if start + length != end:
        raise Refused("extra-bytes", "around the list of files")
    return int(start)


def _directory64(file: BinaryIO, end: int) -> tuple[int, int, int, int]:
    place = end - _LOCATOR.size
    if place < _END64.size:
        raise Refused("truncated")
    file.seek(place)
    mark, disk, at, disks = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if mark != b"PK\x06\x07" or disk or disks != 1 or at != place - _END64.size:
        raise Refused("no-zip", "its end is not sound")
    file.seek(at)
    mark, length, _, _, disk, first, here, count, size, start = _END64.unpack(
        file.read(_END64.size)
    )
    if mark != b"PK\x06\x06" or length != _END64.size - 12 or disk or first or here != count:
        raise Refused("no-zip", "its end is not sound")
    return at, count, size, start


def _named(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if info.orig_filename != name or not _NAME.fullmatch(name):
            raise Refused("name", _shown(info.orig_filename))
        same = unicodedata.normalize("NFKC", name).casefold()
        if same in seen:
            raise Refused("twice", name)
        seen.add(same)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or info.is_dir():
            raise Refused("no-file", name)
        if info.flag_bits & ~0x0806:  # of names in UTF-8, and how hard it was compressed
            raise Refused("encrypted" if info.flag_bits & 1 else "flags", name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("compression", name)
        stored = info.compress_type == zipfile.ZIP_STORED
        if stored and info.file_size != info.compress_size:
            raise Refused("size", name)
        if not stored and (info.file_size > MOST_PACKED or _is_bomb(info)):
            raise Refused("bomb", name)
        if info.comment or not _is_of_sizes(info.extra):
            raise Refused("extra-bytes", f"beside the name of {name}")
        found[name] = info
    return found


def _is_of_sizes(extra: bytes) -> bool:
    """Of what may stand behind a name, only the sizes of a large file do."""
    return not extra or (extra[:2] == _LARGE_MARK[:2] and len(extra) == 4 + extra[2] + extra[3])


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > _FREE_RATIO and info.file_size > MOST_RATIO * max(1, info.compress_size)


def _in_place(file: BinaryIO, infos: list[zipfile.ZipInfo], end: int) -> None:
    """Every byte belongs to exactly one file: nothing before, between, behind or on each other."""
    place = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset != place:
            raise Refused("extra-bytes", f"before {info.filename}")
        file.seek(place)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise Refused("truncated", info.filename)
        mark, _, flags, method, _, _, crc, packed, size, named, extra = _LOCAL.unpack(head)
        name, more = file.read(named), file.read(extra)
        if (packed, size) == (_LARGE, _LARGE) and more[:4] == _LARGE_MARK and extra == _LARGE_SIZE:
            size, packed = _SIZES.unpack(more[4:])
        elif more:
            raise Refused("extra-bytes", f"beside the name of {info.filename}")
        here = (mark, flags, method, crc, packed, size, name)
        if here != (
            b"PK\x03\x04",
            info.flag_bits,
            info.compress_type,
            info.CRC,
            info.compress_size,
            info.file_size,
            info.filename.encode(),
        ):
            raise Refused("two-lists", info.filename)
        place += _LOCAL.size + named + extra + info.compress_size
    if place != end:
        raise Refused("extra-bytes", "behind the last file")


def _shown(name: str) -> str:
    """A hostile name as it may be printed."""
    return name[:80].encode("ascii", "backslashreplace").decode().replace("\x1b", "?")
