"""What callers and agents say: RTP with a tone, and one key (RFC 4733)."""

import struct

import numpy as np

from cardline.adapters.sip.g711 import encode

CALLER_HZ, AGENT_HZ = 600, 1000
KEY_SECONDS = 0.16
FRAME = 0.02
"""Seconds of sound in a packet."""
_SAMPLES = 160
_PCMU, _EVENT = 0, 101
_VOLUME, _END = 10, 0x80


def speech(*, hz: int, seconds: float, key: str, key_at: float) -> list[list[bytes]]:
    """Return the packets of every 20 ms: a tone, and at ``key_at`` a key; ``-`` for none."""
    tones, count = _tones(hz), round(seconds / FRAME)
    held = 0 if key == "-" else round(KEY_SECONDS / FRAME)
    begins = round(key_at / FRAME)
    said: list[list[bytes]] = []
    sequence = 0
    for number in range(count):
        since = number - begins
        if 0 <= since < held:
            packets = _key(key, since, held)
            kind, timestamp, marker = _EVENT, begins * _SAMPLES, since == 0
        else:
            packets = [tones[number % len(tones)]]
            kind, timestamp, marker = _PCMU, number * _SAMPLES, number in (0, begins + held)
        said.append([])
        for payload in packets:
            header = (0x80, marker << 7 | kind, sequence & 0xFFFF, timestamp, 0x5EED0000 | hz)
            said[-1].append(struct.pack("!BBHII", *header) + payload)
            sequence += 1
    return said


def _tones(hz: int) -> list[bytes]:
    """One second of a tone; all the frequencies used have whole periods in it."""
    wave = 9000 * np.sin(2 * np.pi * hz * np.arange(50 * _SAMPLES) / 8000)
    coded = encode(wave.astype(np.int16), "ulaw").tobytes()
    return [coded[start : start + _SAMPLES] for start in range(0, len(coded), _SAMPLES)]


def _key(key: str, since: int, held: int) -> list[bytes]:
    event, duration = "0123456789*#".index(key), (since + 1) * _SAMPLES
    told = [struct.pack("!BBH", event, _VOLUME, duration)]
    if since == held - 1:  # the end is told three times
        told += 3 * [struct.pack("!BBH", event, _END | _VOLUME, duration)]
    return told
