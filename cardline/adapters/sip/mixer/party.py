"""One party of a conference: its UDP port, its jitter buffer, where its sound goes, its keys."""

import socket
import struct
from dataclasses import dataclass

from cardline.adapters.sip.g711 import LAW_OF_PAYLOAD_TYPE, PAYLOAD_TYPE, SILENCE, Law, recoder

FRAME = 160
"""Samples, and bytes, of the 20 ms that are mixed at once."""
_RING = 4096
_DEEPEST = 480
"""Samples that may wait, 60 ms; more are dropped down to ``_USUAL``."""
_USUAL = 320
_FAR = 2000
"""Samples between a timestamp and the place of reading that are a new count, no delay."""
_MOVES_AFTER = 0.2
"""Seconds of silence after which the same host may go on from another port."""
_KEYS = "0123456789*#ABCD"
_HEAD = struct.Struct("!BBHII")
_RECODER: dict[tuple[Law, Law], bytes] = {
    ("ulaw", "alaw"): recoder("ulaw", "alaw"),
    ("alaw", "ulaw"): recoder("alaw", "ulaw"),
}
Address = tuple[str, int]


class JitterBuffer:
    """Half a second of codes, written by timestamp, read in frames; silence where nothing is."""

    def __init__(self, law: Law) -> None:
        self._still = bytes([SILENCE[law]]) * _RING
        self._frame_still = self._still[:FRAME]
        self._ring = bytearray(self._still)
        self._read: int | None = None
        """Timestamp of what is read next; None before the first packet."""
        self._depth = 0
        """Samples from there to the end of the newest packet."""

    def put(self, timestamp: int, codes: bytes) -> None:
        """Take in the sound of one packet; what comes too late is dropped."""
        ahead = 0 if self._read is None else (timestamp - self._read) & 0xFFFFFFFF
        if ahead > 0x7FFFFFFF:
            ahead -= 0x100000000
        if self._read is None or not -_FAR < ahead < _FAR:
            self._ring[:] = self._still
            self._read = (timestamp - FRAME) & 0xFFFFFFFF
            self._depth = ahead = FRAME
        if ahead < 0:
            codes = codes[-ahead:]
            ahead = 0
        if codes:
            self._write(self._read + ahead, codes[: _RING - _FAR])
            self._depth = max(self._depth, ahead + len(codes))
        if self._depth > _DEEPEST:
            surplus = self._depth - _USUAL
            self._write(self._read, self._still[:surplus])
            self._read = (self._read + surplus) & 0xFFFFFFFF
            self._depth -= surplus

    def frame(self) -> bytes:
        """Return the next 20 ms; silence, without moving on, where they have not come yet."""
        if self._read is None or self._depth < FRAME:
            return self._frame_still
        at = self._read % _RING
        codes = bytes(self._ring[at : at + FRAME])
        if len(codes) < FRAME:
            codes += self._ring[: FRAME - len(codes)]
        self._write(self._read, self._frame_still)
        self._read = (self._read + FRAME) & 0xFFFFFFFF
        self._depth -= FRAME
        return codes

    def _write(self, timestamp: int, codes: bytes) -> None:
        at = timestamp % _RING
        ends = at + len(codes)
        if ends <= _RING:
            self._ring[at:ends] = codes
        else:
            self._ring[at:] = codes[: _RING - at]
            self._ring[: ends - _RING] = codes[_RING - at :]


@dataclass(slots=True)
class Source:
    """Where a party's packets come from, and so where its sound goes (symmetric RTP).

    The address that signalling named always wins. Otherwise the first packet decides; later ones
    may move within its host, but never to another host: a stranger shall not take a call over.
    """

    signalled: Address | None
    latched: Address | None = None
    ssrc: int = 0
    last: float = 0.0

    @property
    def address(self) -> Address | None:
        return self.latched or self.signalled

    def takes(self, sender: Address, ssrc: int, now: float) -> bool:
        """True where a packet from ``sender`` is the party's; latches."""
        if self.latched is not None and sender not in (self.latched, self.signalled):
            is_silent = now - self.last >= _MOVES_AFTER
            is_restart = ssrc != self.ssrc and self.latched != self.signalled
            if sender[0] != self.latched[0] or not (is_silent or is_restart):
                return False
        self.latched, self.ssrc, self.last = sender, ssrc, now
        return True


class Party:
    """A party with its port."""

    def __init__(self, bound: socket.socket, *, law: Law, source: Source, event_type: int) -> None:
        self.socket = bound
        self.law: Law = law
        self.source = source
        self.event_type = event_type
        self.buffer = JitterBuffer(law)
        self.keys: list[str] = []
        """Pressed and not told yet."""
        self._usual = (bytes([0x80, PAYLOAD_TYPE[law]]), bytes([0x80, PAYLOAD_TYPE[law] | 0x80]))
        self._last_key: tuple[int, int] | None = None

    def receive(self, now: float) -> None:
        """Take in one packet, which must have arrived."""
        try:
            packet, sender = self.socket.recvfrom(2048)
        except OSError:
            # A checksum that is wrong, or word that the peer's port is closed.
            return
        if sender == self.source.latched and packet[:2] in self._usual:
            # Nearly every packet: nothing about it has to be asked.
            self.source.last = now
            self.buffer.put(int.from_bytes(packet[4:8], "big"), packet[_HEAD.size :])
        elif len(packet) > _HEAD.size and packet[0] >> 6 == 2:
            self._take(packet, sender, now)

    def _take(self, packet: bytes, sender: Address, now: float) -> None:
        first, kind, _, timestamp, ssrc = _HEAD.unpack_from(packet)
        payload = packet[_HEAD.size :] if first == 0x80 else _payload(packet)
        kind &= 0x7F
        law = LAW_OF_PAYLOAD_TYPE.get(kind)
        if not payload or (law is None and kind != self.event_type):
            return
        if not self.source.takes(sender, ssrc, now):
            return
        if law is None:
            self._press(payload[0], (ssrc, timestamp))
        elif law == self.law:
            self.buffer.put(timestamp, payload)
        else:
            self.buffer.put(timestamp, payload.translate(_RECODER[law, self.law]))

    def _press(self, key: int, event: tuple[int, int]) -> None:
        # All packets of one press share their timestamp (RFC 4733 section 2.5.1.2).
        if event != self._last_key and key < len(_KEYS):
            self._last_key = event
            self.keys.append(_KEYS[key])


def _payload(packet: bytes) -> bytes:
    """Return what follows contributing sources and extension, without the padding (RFC 3550)."""
    begins = _HEAD.size + 4 * (packet[0] & 15)
    if packet[0] & 16:
        begins += 4 + 4 * int.from_bytes(packet[begins + 2 : begins + 4], "big")
    ends = len(packet) - (packet[-1] if packet[0] & 32 else 0)
    return packet[begins:ends]
