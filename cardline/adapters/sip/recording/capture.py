"""Capture files (pcap) of RTP, read in blocks: whole columns of packets, never one by one.

Written by the media relay while a call runs, so a file may end in the middle of a packet (a full
disk, a killed process) or carry a hole; reading goes on behind it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import BinaryIO

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import Bytes

Numbers = NDArray[np.int64]

_BLOCK_BYTES = 1 << 20
_BLOCK_SECONDS = 60.0
_RECORD = 16
"""Bytes of a record's header: seconds, fraction, captured length, length."""
_LONGEST = 65_600
_ALIKE = 8
"""Records of one size in a row after which more are supposed."""
_MAGIC: dict[bytes, tuple[str, float]] = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
_LINK_BYTES = {1: 14, 101: 0, 12: 0, 14: 0, 228: 0, 229: 0, 0: 4, 113: 16}
"""Bytes before the IP header, by link type: Ethernet, raw IP, loopback, Linux cooked."""


@dataclass(frozen=True, slots=True)
class Packets:
    """RTP packets in order of arrival, as columns; the payloads lie in ``data``."""

    at: NDArray[np.float64]
    """Arrival, epoch seconds."""
    port: Numbers
    ssrc: Numbers
    payload_type: Numbers
    timestamp: NDArray[np.uint32]
    begins: Numbers
    length: Numbers
    data: Bytes

    def __len__(self) -> int:
        return len(self.at)

    def where(self, chosen: NDArray[np.bool_]) -> "Packets":
        """Return some of the packets, over the same data."""
        return self if chosen.all() else self._picked(np.flatnonzero(chosen))

    def part(self, begins: int, ends: int) -> "Packets":
        """Return the packets from one place up to another."""
        return self._picked(slice(begins, ends))

    def _picked(self, chosen: Numbers | slice) -> "Packets":
        return Packets(
            at=self.at[chosen],
            port=self.port[chosen],
            ssrc=self.ssrc[chosen],
            payload_type=self.payload_type[chosen],
            timestamp=self.timestamp[chosen],
            begins=self.begins[chosen],
            length=self.length[chosen],
            data=self.data,
        )


class Capture:
    """One capture file. ``defects`` is complete once ``blocks`` is exhausted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.defects: list[str] = []

    def blocks(self) -> Iterator[Packets]:
        """Yield packets in blocks of at most a minute and about a megabyte."""
        try:
            with self.path.open("rb") as file:
                yield from self._read(file)
        except OSError:
            self.defects.append(f"capture-unreadable:{self.path.name}")

    def _read(self, file: BinaryIO) -> Iterator[Packets]:
        header = file.read(24)
        order, tick = _MAGIC.get(header[:4], ("", 0.0))
        link = int.from_bytes(header[20:24], "little" if order == "<" else "big") & 0xFFFF
        if len(header) < 24 or link not in _LINK_BYTES:
            self.defects.append(f"capture-damaged:{self.path.name}")
            return
        frames = _Frames(order, tick, _LINK_BYTES[link])
        rest = b""
        while fresh := file.read(_BLOCK_BYTES):
            block = rest + fresh
            offsets, used = frames.offsets(block)
            rest = block[used:]
            if offsets:
                yield from _by_time(frames.packets(block, offsets))
        if rest or frames.holes:
            self.defects.append(f"capture-damaged:{self.path.name}")


def _by_time(packets: Packets) -> Iterator[Packets]:
    latest = np.maximum.accumulate(packets.at)
    begins = 0
    while begins < len(packets):
        ends = int(np.searchsorted(latest, packets.at[begins] + _BLOCK_SECONDS, side="right"))
        ends = max(ends, begins + 1)
        yield packets.part(begins, ends)
        begins = ends


class _Frames:
    """The layout of one file: byte order, clock tick, bytes of the link layer."""

    def __init__(self, order: str, tick: float, link: int) -> None:
        self._word = Struct(f"{order}I")
        self._words = np.dtype(f"{order}u4")
        self._tick = tick
        self._link = link
        self.holes = 0

    def offsets(self, block: bytes) -> tuple[list[int], int]:
        """Return where the whole records of ``block`` begin, and the number of bytes used up."""
        size_at = self._word.unpack_from
        found: list[int] = []
        at, ends, alike, before = 0, len(block), 0, 0
        while at + _RECORD <= ends:
            (size,) = size_at(block, at + 8)
            if not 0 < size <= _LONGEST:
                self.holes += 1
                at = self._behind_hole(block, at + 1)
                continue
            after = at + _RECORD + size
            if after > ends:
                break
            found.append(at)
            at = after
            alike = alike + 1 if size == before else 0
            before = size
            if alike == _ALIKE:
                # Sound comes in packets of one size: step over as many as follow at once.
                run = self._run(block, at, size)
                found.extend(run)
                at, alike = run.stop, 0
        return found, min(at, ends)

    def _run(self, block: bytes, at: int, size: int) -> range:
        """Return where the records of this size begin that follow one another from ``at`` on."""
        step = _RECORD + size
        count = (len(block) - at) // step
        if not count:
            return range(at, at, step)
        sizes = np.ndarray((count,), self._words, block, at + 8, (step,))
        other = sizes != size
        count = int(other.argmax()) if other.any() else count
        return range(at, at + count * step, step)

    def _behind_hole(self, block: bytes, at: int) -> int:
        """Return where a next record seems to begin: before an IPv4 header at its place."""
        before = _RECORD + self._link
        mark = b"\x08\x00\x45" if self._link == 14 else b"\x45\x00"
        lead = 2 if self._link == 14 else 0
        hit = block.find(mark, at + before - lead)
        return len(block) if hit < 0 else hit + lead - before

    def packets(self, block: bytes, offsets: list[int]) -> Packets:
        """Take apart the records at ``offsets``: IP, UDP, RTP; leave out whatever is none."""
        data = np.frombuffer(block, np.uint8)
        record = np.array(offsets, np.int64)
        head = sliding_window_view(data, _RECORD)[record].view(self._words).astype(np.int64)
        ends = record + _RECORD + head[:, 2]
        ip = record + _RECORD + self._link
        # Shorter than IPv4, UDP and RTP headers with one byte of sound or key.
        whole = ends - ip > 40
        record, head, ends, ip = record[whole], head[whole], ends[whole], ip[whole]
        version = data[ip] >> 4
        protocol = np.where(version == 4, data[ip + 9], data[ip + 6])
        udp = ip + np.where(version == 4, (data[ip] & 15).astype(np.int64) * 4, 40)
        fits = (protocol == 17) & ((version == 4) | (version == 6)) & (udp + 20 < ends)
        at = head[fits, 0] + head[fits, 1] * self._tick
        true = _timely(at)
        return _rtp(data, at[true], udp[fits][true], ends[fits][true])


def _timely(at: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell arrivals from damage: a record that is far from both of its neighbours in time."""
    if len(at) < 3:
        return np.ones(at.shape, np.bool_)
    before = np.concatenate([at[1:2], at[:-1]])
    behind = np.concatenate([at[1:], at[-2:-1]])
    is_ahead = at > np.maximum(before, behind) + _BLOCK_SECONDS
    is_back = at < np.minimum(before, behind) - _BLOCK_SECONDS
    timely: NDArray[np.bool_] = ~(is_ahead | is_back)
    return timely


def _rtp(data: Bytes, at: NDArray[np.float64], udp: Numbers, ends: Numbers) -> Packets:
    ends = np.minimum(ends, udp + _number(data, udp + 4, 2))
    first = data[udp + 8]
    payload_type = data[udp + 9].astype(np.int64) & 0x7F
    begins = udp + 20 + 4 * (first & 15).astype(np.int64)
    extended = ((first & 16) != 0) & (begins + 4 < ends)
    sized = np.flatnonzero(extended)
    begins[sized] += 4 + 4 * _number(data, begins[sized] + 2, 2)
    padded = np.flatnonzero((first & 32) != 0)
    ends[padded] -= data[ends[padded] - 1]
    # Payload types 64 to 95 are RTCP that shares the port (RFC 5761).
    sound = ((first >> 6) == 2) & ((payload_type < 64) | (payload_type > 95)) & (ends > begins)
    return Packets(
        at=at[sound],
        port=_number(data, udp[sound] + 2, 2),
        ssrc=_number(data, udp[sound] + 16, 4),
        payload_type=payload_type[sound],
        timestamp=_number(data, udp[sound] + 12, 4).astype(np.uint32),
        begins=begins[sound],
        length=(ends - begins)[sound],
        data=data,
    )


def _number(data: Bytes, at: Numbers, width: int) -> Numbers:
    """Return the big-endian numbers of ``width`` bytes that begin at these places."""
    value = data[at].astype(np.int64)
    for place in range(1, width):
        value = (value << 8) | data[at + place]
    return value
