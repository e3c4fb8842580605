"""Telephone-events (RFC 4733) in whatever the line has captured, decoded from the bytes."""

import struct
from pathlib import Path

KEYS = "0123456789*#ABCD"


def keys_in(folder: Path) -> dict[str, str]:
    """Return for each capture in a folder the keys that stand in it, each press once."""
    return {path.name: _keys(path.read_bytes()) for path in sorted(folder.glob("*.pcap"))}


def _keys(data: bytes) -> str:
    found: list[str] = []
    last: tuple[int, int] | None = None
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        packet = data[at + 16 : at + 16 + size]
        at += 16 + size
        place = _rtp_in(packet)
        if place is None:
            continue
        kind = packet[place + 1] & 0x7F
        timestamp, source = struct.unpack_from("!II", packet, place + 4)
        event = packet[place + 12] if len(packet) > place + 12 else 0xFF
        if kind >= 96 and event < len(KEYS) and (timestamp, source) != last:
            last = (timestamp, source)
            found.append(KEYS[event])
    return "".join(found)


def _rtp_in(packet: bytes) -> int | None:
    """Return where RTP begins: behind a link layer of any kind, IPv4 and UDP."""
    for begins in range(min(len(packet) - 40, 24)):
        if packet[begins] == 0x45 and packet[begins + 9] == 17 and packet[begins + 28] >> 6 == 2:
            return begins + 28
    return None
