"""Made-up callees for `bench.machines`: what is heard after the answer, packet by packet.

The words are synthetic speech (`bench/greetings`); delays, pauses, tones, music, noise, loudness,
lost and late packets are drawn by chance from a seed. No real callee was ever recorded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import RATE, Law, decode, encode
from cardline.adapters.sip.listener.hearing import FRAME
from cardline.adapters.sip.media.prompts import read_wav

FOLDER = Path(__file__).with_name("greetings")
Half = Literal["tuned", "held"]
Sound = NDArray[np.float64]

NOISES = {"none": -75.0, "room": -50.0, "street": -40.0, "loud street": -33.0}
"""Noise in dBFS, where speech is at -20; then both are made softer or louder, as lines are."""
_MACHINES_STAND = (0.6, 0.3, 0.1, 0.0)
"""How often a machine has each of them: few stand in a street."""
LOSSES = (0.0, 0.02, 0.08)
PEOPLE = ("word", "word again", "long hello", "silent")
MACHINES = ("tone", "no tone", "early tone", "music", "tone at once")
_SILENT_SECONDS = 5.0
_LONG = 1.8
"""Seconds from which on a hello is a long one."""


@dataclass(frozen=True)
class Callee:
    """One call that is answered."""

    is_person: bool
    kind: str
    recording: str
    """Which greeting was used; calls of the same one are not independent."""
    noise: str
    loss: float
    packets: tuple[tuple[float, int, bytes], ...]
    """Arrival in seconds since the answer, timestamp, codes; in the order of arrival."""
    law: Law
    tone_ends: float | None
    """When its tone is over, where it has one after which it records."""


def callees(half: Half, *, copies: int, seed: int) -> Iterator[Callee]:
    """Yield the callees of a half, ``copies`` of each recording and kind."""
    chance = np.random.default_rng([seed, half == "held"])
    for path in sorted((FOLDER / half / "people").glob("*.wav")):
        words = _recorded(path)
        hello = len(words) / RATE >= _LONG
        for kind in ("long hello",) if hello else ("word", "word again"):
            for _ in range(copies):
                yield _person(kind, path.stem, words, chance)
    for number in range(6 * copies):
        yield _person("silent", f"silent-{number % 6}", np.zeros(0), chance)
    for path in sorted((FOLDER / half / "machines").glob("*.wav")):
        for kind in MACHINES:
            for _ in range(copies):
                yield _machine(kind, path.stem, _recorded(path), chance)


def _person(kind: str, recording: str, words: Sound, chance: np.random.Generator) -> Callee:
    parts: list[Sound] = [_pause(chance.uniform(0.1, 1.3)), words]
    if kind == "word again":
        parts += [_pause(chance.uniform(0.7, 1.8)), words]
    parts.append(_pause(_SILENT_SECONDS))
    return _callee(True, kind, recording, parts, chance, None)


def _machine(kind: str, recording: str, words: Sound, chance: np.random.Generator) -> Callee:
    parts: list[Sound] = [_pause(chance.uniform(0.1, 1.0))]
    tone = _tone(chance.choice([425.0, 800.0, 1000.0, 1400.0]), chance.uniform(0.2, 0.8))
    if kind == "music":
        parts.append(_music(chance.uniform(1.5, 4.0), chance))
    if kind == "early tone":
        parts += [tone, _pause(chance.uniform(0.1, 0.4))]
    if kind == "tone at once":
        parts += [words[: RATE // 2], _pause(0.1), tone]
    else:
        parts += [words, _pause(chance.uniform(0.2, 0.9))]
    if kind in ("tone", "music"):
        parts.append(tone)
    ends = None
    if kind in ("tone", "music", "tone at once"):
        ends = sum(map(len, parts)) / RATE
    parts.append(_pause(_SILENT_SECONDS))
    return _callee(False, kind, recording, parts, chance, ends)


def _callee(
    is_person: bool,
    kind: str,
    recording: str,
    parts: Sequence[Sound],
    chance: np.random.Generator,
    tone_ends: float | None,
) -> Callee:
    noise = str(chance.choice(list(NOISES), p=None if is_person else _MACHINES_STAND))
    loss = float(chance.choice(LOSSES))
    law: Law = "alaw" if chance.random() < 0.7 else "ulaw"
    sound = np.concatenate(parts)
    sound = sound + _noise(len(sound), chance) * 10 ** (NOISES[noise] / 20)
    sound *= 10 ** (chance.uniform(-12, 3) / 20)
    sound = np.concatenate([sound, np.zeros(-len(sound) % FRAME)])
    samples = np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)
    codes = encode(samples, law).tobytes()
    start = int(chance.integers(0, 1 << 32))
    packets: list[tuple[float, int, bytes]] = []
    late = 0.0
    for number in range(len(codes) // FRAME):
        late = max(0.0, late + chance.normal(0, 0.004) - 0.1 * late)
        if chance.random() >= loss:
            at = (number + 1) * FRAME / RATE + late
            stamp = (start + number * FRAME) & 0xFFFFFFFF
            packets.append((at, stamp, codes[number * FRAME : (number + 1) * FRAME]))
    packets.sort(key=lambda packet: packet[0])
    return Callee(is_person, kind, recording, noise, loss, tuple(packets), law, tone_ends)


def _recorded(path: Path) -> Sound:
    return decode(read_wav(path.read_bytes()), "ulaw") / 32768


def _pause(seconds: float) -> Sound:
    return np.zeros(round(RATE * seconds))


def _tone(hz: float, seconds: float) -> Sound:
    time = np.arange(round(RATE * seconds)) / RATE
    sound: Sound = np.sqrt(2) * 10 ** (-20 / 20) * np.sin(2 * np.pi * hz * time)
    return sound


def _music(seconds: float, chance: np.random.Generator) -> Sound:
    """Chords of three decaying tones with overtones, another one every 0.4 s."""
    time = np.arange(round(RATE * 0.4)) / RATE
    found: list[Sound] = []
    while sum(map(len, found)) < RATE * seconds:
        root = 220.0 * 2 ** (int(chance.integers(0, 12)) / 12)
        chord = sum(
            np.sin(2 * np.pi * root * step * over * time) / over
            for step in (1.0, 1.26, 1.5)
            for over in (1, 2, 3)
        )
        found.append(chord * np.exp(-3 * time))
    music = np.concatenate(found)[: round(RATE * seconds)]
    sound: Sound = music / np.std(music) * 10 ** (-20 / 20)
    return sound


def _noise(length: int, chance: np.random.Generator) -> Sound:
    """Noise of a street: more of it is low, and it swells and fades a little."""
    size = 1 << length.bit_length()
    spectrum = np.fft.rfft(chance.standard_normal(size))
    hz = np.fft.rfftfreq(size, 1 / RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(1 + (hz / 400) ** 2), size)[:length]
    swell = 1 + 0.3 * np.sin(2 * np.pi * chance.uniform(0.1, 0.5) * np.arange(length) / RATE)
    sound: Sound = noise * swell / max(float(np.std(noise * swell)), 1e-9)
    return sound
