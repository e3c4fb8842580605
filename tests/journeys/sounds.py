"""Prompts that an ear can tell apart: each has a tone of its own, and so each is heard by name.

    zh/main_menu.0   its own frequency from 620 Hz on; en/main_menu.0 the next one
    numbers, dates   one common tone, VALUE
    hold music       MUSIC, two seconds in a loop

People who talk in a test use tones below 600 Hz (see ``people``).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardline.hotline.speech.prompts import load_catalogue, pieces_needed
from cardline.sim.dialog import Dialog
from cardline.sim.sound import RATE, SILENCE, decode, encode

SECONDS = 0.15
"""Length of a piece."""
MUSIC_HZ, VALUE_HZ, BEEP_HZ = 200.0, 3700.0, 3600.0
MUSIC, BEEP, VALUE = "common/hold_music", "common/beep", "value"

_LOWEST, _HIGHEST = 620.0, 3500.0
_LEVEL = 8000
_WINDOW, _HOP = 480, 160
_STEADY = 3
"""Windows in a row that must agree before something counts as a tone."""
_NEAR = 5.0
_QUIET = 120.0


@cache
def tones() -> dict[str, float]:
    """Return the frequency of every piece that has one of its own."""
    catalogue = load_catalogue()
    own = sorted(
        f"{language}/{piece}"
        for language, piece in pieces_needed(catalogue)
        if (language, piece) not in catalogue.shared
    )
    step = (_HIGHEST - _LOWEST) / (len(own) - 1)
    return {
        **{name: _LOWEST + step * place for place, name in enumerate(own)},
        MUSIC: MUSIC_HZ,
        BEEP: BEEP_HZ,
        VALUE: VALUE_HZ,
    }


def make_prompts(folder: Path) -> Path:
    """Write every recording that the hotline may play, each as short as can be."""
    catalogue = load_catalogue()
    for language, piece in pieces_needed(catalogue):
        hz = tones().get(f"{language}/{piece}", VALUE_HZ)
        _write(folder / language / f"{piece}.wav", hz, 0.06 if hz == VALUE_HZ else SECONDS)
    _write(folder / f"{MUSIC}.wav", MUSIC_HZ, 2.0)
    _write(folder / f"{BEEP}.wav", BEEP_HZ, 0.2)
    _write(folder / "common" / "silence.wav", 0.0, 0.2)
    return folder


def _write(path: Path, hz: float, seconds: float) -> None:
    """Write a WAV file of 8 kHz in µ-law (format 7)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(round(RATE * seconds)) / RATE
    codes = encode(np.round(_LEVEL * np.sin(2 * np.pi * hz * time)).astype(np.int16), "ulaw")
    layout = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout
    chunks += b"data" + struct.pack("<I", len(codes)) + codes
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)


@dataclass(frozen=True, slots=True)
class Tone:
    """A steady tone in something that was heard."""

    hz: float
    begins: float
    """Seconds, on the clock of whoever heard it."""
    ends: float

    @property
    def name(self) -> str:
        """The piece that sounds like this, or the frequency of a person."""
        near = min(tones().items(), key=lambda piece: abs(piece[1] - self.hz))
        return near[0] if abs(near[1] - self.hz) <= _NEAR else f"{round(self.hz / 10) * 10} Hz"


def heard_by(call: Dialog, since: float = 0.0) -> list[Tone]:
    """Return the tones that a phone has heard in a call, as far as it is kept, oldest first.

    What ended before ``since`` (the event loop's clock) is left out.
    """
    found: list[Tone] = []
    for begins, samples in _stretches(call, since):
        found.extend(tones_in(samples, begins))
    return found


def _stretches(call: Dialog, since: float) -> Iterator[tuple[float, NDArray[np.int16]]]:
    """Yield runs of packets without a gap, with the time at which the first one came."""
    run: list[NDArray[np.int16]] = []
    began = last_at = 0.0
    expected = -1
    for at, timestamp, law, payload in tuple(call.media._kept):
        if at < since:
            continue
        if timestamp != expected or at - last_at > 0.5:
            if run:
                yield began, np.concatenate(run)
            run, began = [], at
        run.append(decode(payload, law))
        expected, last_at = (timestamp + len(payload)) & 0xFFFFFFFF, at
    if run:
        yield began, np.concatenate(run)


def tones_in(samples: NDArray[np.int16], begins: float = 0.0) -> list[Tone]:
    """Return the steady tones of a stretch of sound, oldest first."""
    if len(samples) < _WINDOW:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP].astype(float)
    loud = np.sqrt((windows**2).mean(axis=1)) > _QUIET
    pitch = np.zeros(len(windows))
    shaped = windows[loud] * np.hanning(_WINDOW)
    if len(shaped):
        spectrum = np.abs(np.fft.rfft(shaped, RATE // 2, axis=1))
        pitch[loud] = spectrum.argmax(axis=1) * 2.0
    return list(_runs(pitch, begins))


def _runs(pitch: NDArray[np.float64], begins: float) -> Iterator[Tone]:
    hop = _HOP / RATE
    start = 0
    for place in range(1, len(pitch) + 1):
        if place < len(pitch) and abs(pitch[place] - pitch[start]) <= _NEAR:
            continue
        if pitch[start] > 0 and place - start >= _STEADY - (pitch[start] > 3650):
            hz = float(np.median(pitch[start:place]))
            ends = begins + (place - 1) * hop + _WINDOW / RATE
            yield Tone(hz, begins + start * hop, ends)
        start = place


__all__ = ["BEEP", "MUSIC", "SILENCE", "VALUE", "Tone", "heard_by", "make_prompts", "tones_in"]
