"""Which characters the fonts of documents have, read from their character maps (OpenType, cmap)."""

import struct
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pylopdf_fonts_zh_cn import sans_path, serif_path

FONTS = (Path(serif_path()), Path(sans_path()))
"""Noto Serif SC and Noto Sans SC, under the SIL Open Font License."""

_WESTERN = ((0x20, 0x7E), (0xA0, 0x17F), (0x386, 0x3CE), (0x400, 0x45F))
"""What Typst's own font adds: letters of Europe."""


class Coverage:
    """The characters that at least one font has."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._ranges = _joined(ranges)
        self._starts = [start for start, _ in self._ranges]

    def has(self, character: str) -> bool:
        """True where some font draws ``character``."""
        here = bisect_right(self._starts, ord(character)) - 1
        return here >= 0 and ord(character) <= self._ranges[here][1]


@cache
def coverage(folder: Path | None) -> Coverage:
    """Return what can be drawn; ``folder``: further fonts, for rare characters."""
    paths = [*FONTS, *further(folder)]
    ranges = [pair for path in paths for pair in _ranges(path.read_bytes())]
    return Coverage([*ranges, *_WESTERN])


def further(folder: Path | None) -> list[Path]:
    """Return the font files of a folder."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in (".ttf", ".otf"))


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _ranges(font: bytes) -> list[tuple[int, int]]:
    """Read the segmented coverage (format 12) of a font; nothing where it has none."""
    for at in range(12, 12 + 16 * int.from_bytes(font[4:6], "big"), 16):
        tag, _, offset, length = struct.unpack(">4sLLL", font[at : at + 16])
        if tag == b"cmap":
            return _segments(font[offset : offset + length])
    return []


def _segments(table: bytes) -> list[tuple[int, int]]:
    for at in range(4, 4 + 8 * int.from_bytes(table[2:4], "big"), 8):
        (offset,) = struct.unpack(">L", table[at + 4 : at + 8])
        if table[offset : offset + 2] == b"\x00\x0c":
            (count,) = struct.unpack(">L", table[offset + 12 : offset + 16])
            groups = struct.iter_unpack(">LLL", table[offset + 16 : offset + 16 + 12 * count])
            return [(start, end) for start, end, _ in groups]
    return []
