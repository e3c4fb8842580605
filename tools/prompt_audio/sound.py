"""Sound for the telephone: 8 kHz mono µ-law WAV files, trimmed and of one loudness (row A1)."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import RATE, decode, encode
from cardline.adapters.sip.media.prompts import read_wav

Samples = NDArray[np.float64]

VOICE_RATE: Final = 24000
"""Samples a second as the voices speak."""
SPEECH_LEVEL: Final = -20.0
"""Loudness of speech in dBFS, measured by `level`."""
PEAK: Final = 0.89
"""No sample is louder than this (1 is full scale)."""
_FRAME: Final = RATE // 100
_QUIET_BELOW_LOUDEST: Final = 36.0  # decibels: an s at the start is as soft as that
_FORMAT_MULAW: Final = 7
FULL_SCALE: Final = 32768


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
    """Read a recording, whatever WAV format the line plays. Raises UnreadablePiece, OSError."""
    return decode(read_wav(path.read_bytes()), "ulaw") / FULL_SCALE


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


def _mulaw(sound: Samples) -> bytes:
    samples = np.clip(np.round(sound * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    return encode(samples.astype(np.int16), "ulaw").tobytes()
