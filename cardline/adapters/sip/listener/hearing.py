"""What is said at the other end, as stretches of speech and of tones; pure, one frame at a time.

A frame is 20 ms. It is loud where it is well above the noise around it: the noise is what the
quietest part of the last seconds was like, within bounds, so that a street is no speech and a word
that comes before any noise was heard is one. A loud frame whose power stands at one frequency is
tonal; a run of those at the same frequency is a tone. Everything else that is loud is speech.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import DECODED, RATE, SILENCE, Law

FRAME = 160
"""Samples, and bytes, of 20 ms."""
STEP = FRAME / RATE

_LOUD_DB = 9.0
"""Decibels above the noise that are loud; a voice on a telephone is 20 to 40 above it."""
_FLOOR_DB = (-50.0, -30.0)
"""Bounds of what is taken for noise, dBFS; the lower one holds until noise was heard."""
_FLOOR_FRAMES, _FLOOR_SHARE, _FLOOR_EVERY = 250, 0.05, 5
"""Frames that are looked at, the share of the quietest, and how often they are looked at."""
_FLOOR_LEAST = 15
"""Frames before the noise is known."""
_BEGINS, _BEGINS_OF = 3, 4
"""Loud frames of the last so many with which speech begins."""
_ENDS = 10
"""Frames in a row without speech with which it is over: 0.2 s; stops within words are shorter."""
_TONE_WINDOW = 2 * FRAME
_TONE_SIZE = 1024
_TONE_SHARE = 0.9
"""Share of a window's power within the main lobe of its peak that makes it tonal."""
_TONE_HZ = (330.0, 2500.0)
_TONE_BEGINS, _TONE_ENDS = 6, 3
_TONE_NEAR = 12.0
"""Hertz within which frames are of one tone: voices glide, machines do not."""
_FULL_SCALE = 32768.0

Kind = Literal["speech", "tone"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that is heard; times as given with the frames, ``ended`` is None as it begins."""

    kind: Kind
    began: float
    ended: float | None = None
    hz: float = 0.0


class Ear:
    """Listens to one end of one call."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_FLOOR_FRAMES)
        self._floor = _FLOOR_DB[0]
        self._frames = 0
        self._recent: deque[tuple[float, bool]] = deque(maxlen=_BEGINS_OF)
        self._window: Floats = np.zeros(_TONE_WINDOW)
        self._shape: Floats = np.hanning(_TONE_WINDOW)
        self._speech: Stretch | None = None
        self._loud_until = 0.0
        self._tone: Stretch | None = None
        self._tonal: list[tuple[float, float]] = []
        """Begin and frequency of tonal frames that follow each other."""
        self._toneless = 0

    def hear(self, codes: bytes, law: Law, at: float) -> Iterator[Stretch]:
        """Take the 20 ms of sound that began at a time; yield what begins and ends with it."""
        samples: Floats = DECODED[law][np.frombuffer(codes, np.uint8)] / _FULL_SCALE
        self._window = np.concatenate([self._window[FRAME:], samples])
        level = 10 * math.log10(float(np.mean(samples**2)) + 1e-9)
        loud = level > self._floor + _LOUD_DB
        self._learn(level)
        hz = self._pitch() if loud else 0.0
        yield from self._hear_tone(hz, at)
        yield from self._hear_speech(loud and not hz and self._tone is None, at)

    def end(self) -> Iterator[Stretch]:
        """Nobody listens any more: what goes on is told as far as it was heard."""
        if self._speech is not None:
            yield Stretch("speech", self._speech.began, self._loud_until)
        if self._tone is not None:
            yield Stretch("tone", self._tone.began, self._tonal[-1][0] + STEP, self._tone.hz)

    def _learn(self, level: float) -> None:
        self._levels.append(level)
        self._frames += 1
        if self._frames >= _FLOOR_LEAST and self._frames % _FLOOR_EVERY == 0:
            quiet = sorted(self._levels)[int(len(self._levels) * _FLOOR_SHARE)]
            self._floor = min(max(quiet, _FLOOR_DB[0]), _FLOOR_DB[1])

    def _pitch(self) -> float:
        """The frequency at which nearly all power stands, or 0."""
        power = np.abs(np.fft.rfft(self._window * self._shape, _TONE_SIZE)) ** 2
        peak = int(power.argmax())
        hz = peak * RATE / _TONE_SIZE
        if not _TONE_HZ[0] <= hz <= _TONE_HZ[1]:
            return 0.0
        lobe = 2 * _TONE_SIZE // _TONE_WINDOW + 1
        share = power[max(0, peak - lobe) : peak + lobe + 1].sum() / power.sum()
        return hz if share >= _TONE_SHARE else 0.0

    def _hear_tone(self, hz: float, at: float) -> Iterator[Stretch]:
        same = bool(hz) and (not self._tonal or abs(hz - self._tonal[0][1]) <= _TONE_NEAR)
        if same:
            self._toneless = 0
            self._tonal.append((at, hz))
            if self._tone is None and len(self._tonal) >= _TONE_BEGINS:
                self._tone = Stretch("tone", self._tonal[0][0], None, hz)
                yield self._tone
            return
        self._toneless += 1
        if self._tone is None:
            self._tonal = [(at, hz)] if hz else []
        elif self._toneless >= _TONE_ENDS:
            yield Stretch("tone", self._tone.began, self._tonal[-1][0] + STEP, self._tone.hz)
            self._tone, self._tonal = None, []

    def _hear_speech(self, loud: bool, at: float) -> Iterator[Stretch]:
        self._recent.append((at, loud))
        if loud:
            self._loud_until = at + STEP
        if self._speech is None:
            begun = [began for began, was_loud in self._recent if was_loud]
            if loud and len(begun) >= _BEGINS:
                self._speech = Stretch("speech", begun[0])
                yield self._speech
        elif at + STEP - self._loud_until >= _ENDS * STEP - STEP / 2:
            yield Stretch("speech", self._speech.began, self._loud_until)
            self._speech = None
            self._recent.clear()


class Stream:
    """Makes frames of one RTP stream: what is late is left out, what is missing is made up for.

    A gap of a few packets is filled with the last frame, a longer one (a phone that does not send
    silence) is silence; so a lost packet ends no word, and no packet no word without an end.
    """

    _FILLED = 3 * FRAME
    _AGAIN = 2 * RATE
    """Samples of a jump of timestamps with which the stream begins anew."""
    _SILENT_AFTER = 0.12
    """Seconds without a packet after which silence is heard."""

    def __init__(self) -> None:
        self._ear = Ear()
        self._next: int | None = None
        """Timestamp that is expected."""
        self._at = 0.0
        """When what is expected was said."""
        self._rest = b""
        self._law: Law = "alaw"
        self._last = 0.0
        self._made_up = False
        """Silence was heard since the last packet."""

    def take(self, timestamp: int, codes: bytes, law: Law, now: float) -> list[Stretch]:
        """Take the sound of one packet that arrived at a time."""
        self._last = now
        self._law = law
        found: list[Stretch] = []
        ahead = 0 if self._next is None else (timestamp - self._next) & 0xFFFFFFFF
        if ahead > 0x7FFFFFFF:
            ahead -= 0x100000000
        # Some phones let their timestamps stand still while they send nothing.
        was_silent, self._made_up = self._made_up, False
        stood_still = was_silent and ahead < 0
        if self._next is None or stood_still or not -self._AGAIN < ahead < self._AGAIN:
            self._rest = b""
            self._at = max(self._at, now - len(codes) / RATE)
        elif ahead < 0:
            codes = codes[-ahead:]
            timestamp -= ahead
        elif ahead:
            missing = bytes([SILENCE[law]]) * ahead
            if not was_silent and ahead <= self._FILLED and len(self._rest) + len(codes) >= FRAME:
                missing = (codes * (ahead // max(1, len(codes)) + 1))[:ahead]
            found += self._hear(missing)
        self._next = (timestamp + len(codes)) & 0xFFFFFFFF
        return found + self._hear(codes)

    def silence_until(self, now: float) -> list[Stretch]:
        """Hear silence where no packet has come for a while."""
        if self._next is None or now - self._last < self._SILENT_AFTER:
            return []
        frames = int((now - self._SILENT_AFTER / 2 - self._at) / STEP)
        if frames <= 0:
            return []
        self._next = (self._next + frames * FRAME) & 0xFFFFFFFF
        self._made_up = True
        return self._hear(bytes([SILENCE[self._law]]) * (frames * FRAME))

    def end(self) -> list[Stretch]:
        """Nobody listens any more."""
        return list(self._ear.end())

    def _hear(self, codes: bytes) -> list[Stretch]:
        codes = self._rest + codes
        found: list[Stretch] = []
        whole = len(codes) // FRAME * FRAME
        for start in range(0, whole, FRAME):
            found += self._ear.hear(codes[start : start + FRAME], self._law, self._at)
            self._at += STEP
        self._rest = codes[whole:]
        return found
