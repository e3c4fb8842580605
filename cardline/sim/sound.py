"""Sounds that a simulated phone sends, and what can be said of those that it hears.

G.711 is written here once more, on purpose and in another way than the line's: by its levels and
the nearest of them. Two ends that share their code hide each other's mistakes.
"""

import wave
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["ulaw", "alaw"]
Samples = NDArray[np.int16]

RATE = 8000
FRAME = 160
"""Samples in one packet of 20 ms."""
PAYLOAD_TYPE: dict[Law, int] = {"ulaw": 0, "alaw": 8}


@cache
def levels(law: Law) -> Samples:
    """Return the 256 samples that the codes stand for (ITU-T G.711, tables 1 and 2)."""
    values = []
    for code in range(256):
        if law == "ulaw":
            turned = 255 - code
            segment, step = turned >> 4 & 7, turned & 15
            value = ((2 * step + 33) << segment) * 4 - 132
            values.append(-value if turned >= 128 else value)
        else:
            turned = code ^ 0x55
            segment, step = turned >> 4 & 7, turned & 15
            value = 8 * (2 * step + 1) if segment == 0 else 8 * (2 * step + 33) << (segment - 1)
            values.append(value if turned >= 128 else -value)
    return np.array(values, np.int16)


@cache
def _steps(law: Law) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the codes in order of their levels, and the borders between them."""
    order = np.argsort(levels(law), kind="stable")
    rising = levels(law)[order].astype(np.float64)
    return order.astype(np.uint8), (rising[1:] + rising[:-1]) / 2


def encode(samples: Samples, law: Law) -> bytes:
    """Return the codes of the nearest levels."""
    codes, between = _steps(law)
    return codes[np.searchsorted(between, samples)].tobytes()


def decode(codes: bytes, law: Law) -> Samples:
    """Return the samples of ``codes``."""
    samples: Samples = levels(law)[np.frombuffer(codes, np.uint8)]
    return samples


class Sound:
    """Something to say, cut into packets; goes round where it loops, else silence follows."""

    def __init__(self, samples: Samples, *, loops: bool = True) -> None:
        rest = -len(samples) % FRAME
        self.samples: Samples = np.concatenate([samples, np.zeros(rest, np.int16)])
        self._loops = loops
        self._coded: dict[Law, tuple[bytes, ...]] = {}

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    def frame(self, number: int, law: Law) -> bytes:
        """Return the payload of one packet."""
        frames = self._coded.get(law)
        if frames is None:
            whole = encode(self.samples, law)
            frames = tuple(whole[at : at + FRAME] for at in range(0, len(whole), FRAME))
            self._coded[law] = frames
        if number >= len(frames) and not self._loops:
            return SILENCE.frame(0, law)
        return frames[number % len(frames)]


SILENCE = Sound(np.zeros(FRAME, np.int16))


@cache
def tone(hz: int, level: int = 8000) -> Sound:
    """Return a steady tone; ``level`` is its peak, 32767 at most."""
    time = np.arange(RATE) / RATE
    return Sound(np.round(level * np.sin(2 * np.pi * hz * time)).astype(np.int16))


@cache
def murmur(seed: int = 0, level: int = 3000) -> Sound:
    """Return ten seconds of something like talk: low noise in syllables and pauses."""
    chance = np.random.default_rng(seed)
    length = 10 * RATE
    spectrum = np.fft.rfft(chance.standard_normal(length))
    hz = np.fft.rfftfreq(length, 1 / RATE)
    noise = np.fft.irfft(spectrum * np.exp(-(((hz - 450) / 350) ** 2)), length)
    syllables = np.repeat(chance.choice([0.0, 0.4, 1.0], 80, p=[0.35, 0.25, 0.4]), length // 80)
    voice = noise / np.abs(noise).max() * np.convolve(syllables, np.hanning(400) / 200, "same")
    return Sound(np.round(level * np.clip(voice, -1, 1)).astype(np.int16))


def from_wav(path: Path, *, loops: bool = False) -> Sound:
    """Return a sound file of 8 kHz, one channel, 16 bits. Raises ``ValueError`` for any other."""
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError(f"{path.name} is not 8 kHz, one channel, 16 bits")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    return Sound(samples, loops=loops)


def loudness(samples: Samples) -> float:
    """Return the root mean square; 0 for nothing."""
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0


def strongest_hz(samples: Samples) -> float:
    """Return the strongest frequency, or 0 where there is next to no sound."""
    if len(samples) < FRAME or loudness(samples) < 30:
        return 0.0
    heard = samples * np.hanning(len(samples))
    size = max(RATE, len(heard))
    return float(np.argmax(np.abs(np.fft.rfft(heard, size)))) * RATE / size
