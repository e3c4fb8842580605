"""Has rtp.io take packets in batches: it looks at its sockets every few milliseconds at most.

By itself it wakes for every single packet, twice, and with some hundred calls a machine of two
cores does little else; measured, callers then hear gaps although a third of the time is left
(``docs/reference/performance.md``). rtp.io has no setting for this, so the place through which
its library calls ``epoll_wait`` is pointed to one of ours, which rests before it waits. Where that
place cannot be found, everything goes on as it was.
"""

import ctypes
import struct
import time
from collections.abc import Iterator
from pathlib import Path

REST = 0.005
"""Seconds of rest between two looks; a packet is late by this much at most."""

_ELF64_LITTLE = b"\x7fELF\x02\x01"
_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_PLTRELSZ, _DT_STRTAB, _DT_SYMTAB, _DT_JMPREL = 2, 5, 6, 23
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_DYNAMIC = struct.Struct("<qQ")
_RELOCATION = struct.Struct("<QQq")
_SYMBOL_BYTES = 24

_Wait = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int)
_kept: list[object] = []
"""What the library calls must live as long as the process."""


def batch_packets(library: Path, *, rest: float = REST) -> bool:
    """Let a loaded ``library`` rest before each wait for packets; False where that cannot be."""
    offset = imported_at(library.read_bytes(), b"epoll_wait")
    base = _loaded_at(library)
    if offset is None or base is None or not _writable(base + offset):
        return False
    wait = ctypes.CDLL(None).epoll_wait
    wait.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int]

    def rested(*arguments: int) -> int:
        time.sleep(rest)
        return int(wait(*arguments))

    ours = _Wait(rested)
    _kept.append(ours)
    address = ctypes.cast(ours, ctypes.c_void_p).value
    ctypes.c_void_p.from_address(base + offset).value = address
    return True


def imported_at(image: bytes, name: bytes) -> int | None:
    """Return where a library keeps the address of an imported function, from its beginning.

    ``image`` is the file. ``None`` where it does not import ``name`` lazily, or is of another kind.
    """
    if not image.startswith(_ELF64_LITTLE):
        return None
    segments = list(_segments(image))
    dynamic = next((one for one in segments if one[0] == _PT_DYNAMIC), None)
    if dynamic is None:
        return None
    _, start, _, size = dynamic
    known = dict(_DYNAMIC.iter_unpack(image[start : start + size]))
    if not {_DT_PLTRELSZ, _DT_STRTAB, _DT_SYMTAB, _DT_JMPREL} <= known.keys():
        return None

    def in_file(address: int) -> int:
        for kind, start, begins, size in segments:
            if kind == _PT_LOAD and begins <= address < begins + size:
                return address - begins + start
        raise ValueError("an address outside the file")

    first = in_file(known[_DT_JMPREL])
    names, symbols = in_file(known[_DT_STRTAB]), in_file(known[_DT_SYMTAB])
    table = image[first : first + known[_DT_PLTRELSZ]]
    for place, info, _ in _RELOCATION.iter_unpack(table):
        (at,) = struct.unpack_from("<I", image, symbols + (info >> 32) * _SYMBOL_BYTES)
        if image[names + at : names + at + len(name) + 1] == name + b"\0":
            return int(place)
    return None


def _segments(image: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield kind, place in the file, address and size in the file of every segment."""
    (table,) = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    for number in range(count):
        kind, _, start, address, _, length, _, _ = _PROGRAM_HEADER.unpack_from(
            image, table + number * size
        )
        yield kind, start, address, length


def _mapped() -> Iterator[tuple[int, int, str, str]]:
    """Yield beginning, end, rights and file of every piece of our memory."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights, _, _, _, *path = line.split(maxsplit=5)
        begins, _, ends = span.partition("-")
        yield int(begins, 16), int(ends, 16), rights, path[0] if path else ""


def _loaded_at(library: Path) -> int | None:
    return min((piece[0] for piece in _mapped() if piece[3] == str(library)), default=None)


def _writable(address: int) -> bool:
    return any(begins <= address < ends and "w" in rights for begins, ends, rights, _ in _mapped())
