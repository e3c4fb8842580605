"""Sound for the telephone: 8 kHz mono µ-law WAV files, trimmed and of one loudness (row A1)."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE: Final = 8000
"""Samples a second in every file."""
VOICE_RATE: Final = 24000
"""Samples a second as the voices speak."""
SPEECH_LEVEL: Final = -20.0
"""Loudness of speech in dBFS, measured by `level`."""
PEAK: Final = 0.89
"""No sample is louder than this (1 is full scale)."""
_FRAME: Final = RATE // 100
_QUIET_BELOW_LOUDEST: Final = 36.0
_FORMAT_MULAW: Final = 7


class UnfitFile(ValueError):
    """A file is not an 8 kHz mono µ-law WAV file; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured on one file: times in milliseconds, levels in dBFS."""

    duration: int
    level: float
    peak: float
    lead: int
    tail: int


def for_telephone(speech: Samples, *, lead: float, tail: float) -> Samples:
    """Speech at 24 kHz made fit for a prompt: band-limited, trimmed, levelled.

    `lead` and `tail` are the silences to leave before and after it, in seconds.
    """
    sound = _telephone_band(speech)
    heard = np.flatnonzero(_frame_levels(sound) > _quiet(sound)) * _FRAME
    sound = sound[heard[0] : heard[-1] + _FRAME]
    edge = RATE // 200
    sound[:edge] *= np.linspace(0.0, 1.0, edge)
    sound[-2 * edge :] *= np.linspace(1.0, 0.0, 2 * edge)
    return np.pad(levelled(sound), (round(lead * RATE), round(tail * RATE)))


def levelled(sound: Samples, to: float = SPEECH_LEVEL) -> Samples:
    """The sound at the wanted level. Peaks are bent, not cut; that takes a few rounds."""
    for _ in range(4):
        sound = sound * 10 ** ((to - level(sound)) / 20)
        bend = 0.7 * PEAK
        over = np.maximum(np.abs(sound) - bend, 0.0)
        bent = bend + (PEAK - bend) * np.tanh(over / (PEAK - bend))
        sound = np.where(over > 0, np.sign(sound) * bent, sound)
    return sound


def level(sound: Samples) -> float:
    """The loudness of what is heard, in dBFS: pauses do not count. Silence is minus infinity."""
    levels = _frame_levels(sound)
    loud = levels[levels > _quiet(sound)]
    return float(10 * np.log10(np.mean(10 ** (loud / 10)))) if loud.size else -np.inf


def measures(sound: Samples) -> Measures:
    """Measure a sound at 8 kHz."""
    heard = np.flatnonzero(_frame_levels(sound) > _quiet(sound))
    lead, end = (heard[0], heard[-1] + 1) if heard.size else (0, 0)
    return Measures(
        duration=round(1000 * sound.size / RATE),
        level=level(sound),
        peak=float(20 * np.log10(max(np.abs(sound).max(initial=0.0), 1e-6))),
        lead=int(lead) * 10,
        tail=round(1000 * sound.size / RATE) - int(end) * 10,
    )


def write(path: Path, sound: Samples) -> None:
    """Write a sound at 8 kHz as a µ-law WAV file."""
    data = _mulaw(sound)
    padded = data + b"\0" * (len(data) % 2)
    layout = struct.pack("<HHIIHHH", _FORMAT_MULAW, 1, RATE, RATE, 1, 8, 0)
    chunks = (
        _chunk(b"fmt ", layout)
        + _chunk(b"fact", struct.pack("<I", len(data)))
        + struct.pack("<4sI", b"data", len(data))
        + padded
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_chunk(b"RIFF", b"WAVE" + chunks))


def read(path: Path) -> Samples:
    """Read a µ-law WAV file. Raises UnfitFile for any other file."""
    content = path.read_bytes()
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise UnfitFile("not a WAV file")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        chunks.setdefault(name, content[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    if b"fmt " not in chunks or b"data" not in chunks:
        raise UnfitFile("a WAV file without format or data")
    found = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if (found[0], found[1], found[2], found[5]) != (_FORMAT_MULAW, 1, RATE, 8):
        raise UnfitFile(f"format {found[0]}, {found[1]} channels, {found[2]} Hz, {found[5]} bits")
    return _LINEAR[np.frombuffer(chunks[b"data"], dtype=np.uint8)]


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content


def _frame_levels(sound: Samples) -> Samples:
    """Power in dBFS of each 10 ms; a rest shorter than that counts as one more."""
    padded = np.pad(sound, (0, -sound.size % _FRAME))
    power = np.mean(padded.reshape(-1, _FRAME) ** 2, axis=1)
    levels: Samples = 10 * np.log10(power + 1e-10)
    return levels


def _quiet(sound: Samples) -> float:
    return max(float(_frame_levels(sound).max(initial=-100.0)) - _QUIET_BELOW_LOUDEST, -60.0)


def _telephone_band(speech: Samples) -> Samples:
    """24 kHz to 8 kHz, 100 Hz to 3.7 kHz: two windowed sinc filters, one of them inverted."""
    taps = np.arange(-360, 361)
    window = np.blackman(taps.size)
    low = np.sinc(taps * 2 * 3700 / VOICE_RATE) * window
    rumble = np.sinc(taps * 2 * 100 / VOICE_RATE) * window
    band = np.convolve(speech, low / low.sum(), mode="same")
    band -= np.convolve(band, rumble / rumble.sum(), mode="same")
    return band[:: VOICE_RATE // RATE]


def _linear_table() -> Samples:
    """The value, 1 being full scale, of each of the 256 codes of ITU-T G.711 µ-law."""
    codes = ~np.arange(256, dtype=np.int64) & 0xFF
    magnitude = (((codes & 0x0F) << 3) + 0x84 << ((codes & 0x70) >> 4)) - 0x84
    values: Samples = np.where(codes & 0x80, -magnitude, magnitude) / 32768
    return values


_LINEAR: Final = _linear_table()


def _mulaw(sound: Samples) -> bytes:
    """The nearest code for each sample."""
    order = np.argsort(_LINEAR, kind="stable")
    values = _LINEAR[order]
    borders = (values[1:] + values[:-1]) / 2
    return bytes(order[np.searchsorted(borders, sound)].astype(np.uint8))
