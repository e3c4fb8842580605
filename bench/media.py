"""What sipp's callers and agents say: captures of RTP with a tone, and one key (RFC 4733)."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cardline.adapters.sip.g711 import encode

CALLER_HZ, AGENT_HZ = 600, 1000
KEY_SECONDS = 0.16
_FRAME, _SAMPLES = 0.02, 160
_PCMU, _EVENT = 0, 101


def write_capture(
    path: Path, *, hz: int, seconds: float, key: str = "", key_at: float = 2.0
) -> None:
    """Write a pcap of one stream: a tone, and at ``key_at`` a key held for ``KEY_SECONDS``."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for sequence, (at, marker, kind, timestamp, payload) in enumerate(
            _packets(_frames(hz), round(seconds / _FRAME), key, round(key_at / _FRAME))
        ):
            rtp = struct.pack(
                "!BBHII", 0x80, marker << 7 | kind, sequence & 0xFFFF, timestamp, 0x5EED0000 | hz
            )
            frame = _ethernet(rtp + payload)
            whole, part = divmod(round(at * 1_000_000), 1_000_000)
            file.write(struct.pack("<IIII", whole, part, len(frame), len(frame)) + frame)


def _frames(hz: int) -> list[bytes]:
    """One second of a tone; all the frequencies used have whole periods in it."""
    wave = 9000 * np.sin(2 * np.pi * hz * np.arange(50 * _SAMPLES) / 8000)
    coded = encode(wave.astype(np.int16), "ulaw").tobytes()
    return [coded[start : start + _SAMPLES] for start in range(0, len(coded), _SAMPLES)]


def _packets(
    frames: list[bytes], count: int, key: str, key_frame: int
) -> Iterator[tuple[float, int, int, int, bytes]]:
    """Yield seconds, marker, payload type, timestamp, payload."""
    held = round(KEY_SECONDS / _FRAME) if key else 0
    for number in range(count):
        at, since = number * _FRAME, number - key_frame
        if not 0 <= since < held:
            yield (
                at,
                int(number in (0, key_frame + held)),
                _PCMU,
                number * _SAMPLES,
                frames[number % len(frames)],
            )
            continue
        event, begins = "0123456789*#".index(key), key_frame * _SAMPLES
        yield (
            at,
            int(since == 0),
            _EVENT,
            begins,
            struct.pack("!BBH", event, 10, (since + 1) * _SAMPLES),
        )
        if since == held - 1:  # the end is told three times
            for again in range(3):
                told = struct.pack("!BBH", event, 0x80 | 10, held * _SAMPLES)
                yield at + 0.001 * (again + 1), 0, _EVENT, begins, told


def _ethernet(payload: bytes) -> bytes:
    """sipp takes the payload only, but reads it out of an Ethernet frame."""
    udp = struct.pack("!HHHH", 7078, 7078, 8 + len(payload), 0) + payload
    ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 0x7F000001, 0x7F000001)
    return bytes(12) + b"\x08\x00" + ip + udp
