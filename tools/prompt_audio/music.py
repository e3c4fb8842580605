"""Sounds that nobody speaks: hold music, the beep before a message, a rest (rows A1, A3).

All are made here by adding up sine waves; nothing is taken from a recording or a published tune.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from cardline.adapters.sip.g711 import RATE
from tools.prompt_audio.sound import Samples, levelled

MUSIC_LEVEL: Final = -26.0
"""Loudness of the hold music in dBFS."""
BEEP_LEVEL: Final = -20.0
BEAT: Final = 0.6
"""Seconds from one plucked note to the next."""
# Chords as semitones from the A of 220 Hz, eight plucked notes each; the last leads to the first.
CHORDS: Final = (
    (3, 10, 15, 19, 22, 27),
    (0, 7, 15, 19, 22, 24),
    (5, 12, 17, 20, 24, 27),
    (-2, 10, 14, 17, 22, 26),
    (3, 10, 15, 19, 22, 29),
    (8, 15, 17, 20, 24, 27),
    (5, 12, 15, 20, 24, 29),
    (-2, 10, 15, 17, 22, 26),
)
PLUCKED: Final = (0, 2, 3, 4, 5, 4, 3, 2)


def common_sounds() -> Mapping[str, Samples]:
    """The sounds that all languages share, by name, at 8 kHz."""
    return {"hold_music": _hold_music(), "beep": _beep(), "silence": np.zeros(RATE // 5)}


def _hold_music() -> Samples:
    """Slow chords under plucked notes, 38 s. Notes that ring past the end ring on at the start."""
    bar = round(BEAT * RATE) * len(PLUCKED)
    music = np.zeros(bar * len(CHORDS))
    for number, chord in enumerate(CHORDS):
        for note in chord[1:4]:
            _add(music, number * bar - bar // 8, 0.10 * _held(_pitch(note), bar * 5 // 4))
        for beat, place in enumerate(PLUCKED):
            touch = 0.30 if beat == 0 else 0.20
            _add(
                music,
                number * bar + beat * bar // len(PLUCKED),
                touch * _plucked(_pitch(chord[place])),
            )
    return levelled(music, MUSIC_LEVEL)


def _add(music: Samples, at: int, note: Samples) -> None:
    np.add.at(music, (at + np.arange(note.size)) % music.size, note)


def _pitch(semitones: int) -> float:
    return 220.0 * float(2 ** (semitones / 12))


def _plucked(pitch: float) -> Samples:
    """A string that fades in two seconds, its overtones sooner."""
    t = np.arange(2 * RATE) / RATE
    tone: Samples = np.zeros(t.size)
    for overtone in range(1, 5):
        if overtone * pitch < 3400:
            fade = np.exp(-t * (2.2 + 1.8 * overtone))
            tone += fade / overtone**1.5 * np.sin(2 * np.pi * overtone * pitch * t)
    tone *= np.minimum(t / 0.008, 1.0) * np.minimum((t[-1] - t) / 0.1, 1.0)
    return tone


def _held(pitch: float, length: int) -> Samples:
    """A soft tone that comes and goes, of two strings that are a little apart."""
    t = np.arange(length) / RATE
    shape: Samples = np.sin(np.pi * np.arange(length) / length) ** 2
    tone: Samples = np.sin(2 * np.pi * 0.999 * pitch * t) + np.sin(2 * np.pi * 1.001 * pitch * t)
    return shape * tone


def _beep() -> Samples:
    """1000 Hz for 400 ms."""
    t = np.arange(2 * RATE // 5) / RATE
    ends = np.minimum(1.0, np.minimum(t, t[-1] - t) / 0.01)
    return levelled(ends * np.sin(2 * np.pi * 1000 * t), BEEP_LEVEL)
