"""One stereo recording of a whole call, made of what the line left in its spool (rows F1, E5).

Left is the caller as received; right is all that the caller heard: prompts and music, rebuilt from
the marks because the media relay does not capture what it plays, and otherwise the other parties.
Whatever is damaged or missing becomes silence, and is told as a gap or a defect: never an error.
"""

import heapq
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import PAYLOAD_TYPE, RATE
from cardline.adapters.sip.recording.capture import Capture, Packets
from cardline.adapters.sip.recording.clock import StreamClock
from cardline.adapters.sip.recording.marks import CALLER, read_marks
from cardline.adapters.sip.recording.prompts import load_prompts
from cardline.adapters.sip.recording.sheet import Sheet
from cardline.adapters.sip.recording.spans import Presence
from cardline.adapters.sip.recording.spool import captures_of, marks_file
from cardline.adapters.sip.recording.story import Recording, Story
from cardline.adapters.sip.recording.wav import Coding, Seal, WavWriter

LONGEST_CALL = 24 * 3600.0
"""Seconds; times further apart are taken for damage."""
_SECRET_LEAD, _SECRET_TAIL = 0.06, 0.12
"""Seconds around a secret entry that are silent too: the jitter of its first and last packets."""
_FRAME = 0.02

Block = tuple[Packets, Packets | None]


def build_recording(
    spool: Path, call: str, file: Path, *, coding: Coding = "ulaw", seal: Seal | None = None
) -> Recording:
    """Make ``file`` of what ``spool`` holds about ``call``: its marks and capture files.

    ``seal``: the key under which it lies. Costs some milliseconds of CPU a minute, and some
    megabytes of memory however long the call was.
    Raises ``OSError`` where the file cannot be written, and for nothing that the spool holds.
    """
    with WavWriter(file, coding, seal) as wav:
        return _Builder(spool, call, file, wav).build()


class _Builder:
    """The making of one recording. Times are seconds since zero, the answer."""

    def __init__(self, spool: Path, call: str, file: Path, wav: WavWriter) -> None:
        self._file = file
        self._wav = wav
        self._marks = read_marks(marks_file(spool, call))
        paths, missing = captures_of(spool, call, self._marks)
        self._captures = [Capture(path) for path in paths]
        self._defects = [*self._marks.defects, *(f"capture-missing:{name}" for name in missing)]
        self._clocks: dict[int, StreamClock] = {}
        self._caller = Presence()
        self._heard = Presence()
        self._latest = 0.0

    def build(self) -> Recording:
        merged = heapq.merge(*map(_blocks, self._captures), key=lambda block: float(block[0].at[0]))
        first = next(merged, None)
        self._settle(first)
        prompts = load_prompts(
            self._marks.played, zero=self._zero, law=self._marks.law, longest=self._longest
        )
        self._sheet = Sheet(self._wav, prompts=prompts, silenced=self._silenced())
        for packets, following in chain([first] if first else [], merged):
            self._lay(packets, following)
        seconds = self._latest if self._gone is None else self._gone
        self._sheet.finish(round(seconds * RATE))
        size, digest = self._wav.finish()
        for capture in self._captures:
            self._defects += capture.defects
        story = Story(self._marks, zero=self._zero, seconds=seconds, prompts=prompts)
        return Recording(
            file=self._file,
            seconds=seconds,
            bytes=size,
            sha256=digest,
            segments=story.segments(),
            gaps=story.gaps(self._caller, self._heard, captured=bool(self._captures)),
            defects=tuple(self._defects),
            sources=tuple(capture.path for capture in self._captures),
        )

    def _settle(self, first: Block | None) -> None:
        """Fix zero and, where it is known, the end; marks that contradict the media give way."""
        marks = self._marks
        begun = float(first[0].at[0]) if first else None
        zero = marks.answered
        if zero is not None and begun is not None and not -3600 < begun - zero < LONGEST_CALL:
            self._defects.append("marks-inconsistent")
            zero = None
        if zero is None:
            zero = begun if begun is not None else (marks.last or 0.0)
        self._zero = zero
        self._gone = None if marks.gone is None else marks.gone - zero
        if self._gone is not None and not 0 <= self._gone < LONGEST_CALL:
            self._defects.append("marks-inconsistent")
            self._gone = None
        self._longest = LONGEST_CALL if self._gone is None else self._gone
        last = 0.0 if marks.last is None else marks.last - zero
        self._latest = last if 0 < last < LONGEST_CALL else 0.0
        self._first_port = int(first[0].port[0]) if first else 0

    def _silenced(self) -> list[tuple[int, int]]:
        """Return the secret stretches, in samples."""
        return [
            (
                round((begins - self._zero - _SECRET_LEAD) * RATE),
                round(min(ends - self._zero + _SECRET_TAIL, LONGEST_CALL) * RATE),
            )
            for begins, ends in self._marks.secrets
        ]

    def _lay(self, packets: Packets, following: Packets | None) -> None:
        """Put one block of packets, of all streams, onto the sheet."""
        since = packets.at - self._zero
        packets = packets.where((since > -60) & (since < self._longest + 5))
        if not len(packets):
            return
        since = packets.at - self._zero
        self._latest = max(self._latest, float(since.max()) + _FRAME)
        self._sheet.arrived(round(float(since[0]) * RATE))
        streams = _streams(packets)
        after = _streams(following) if following is not None else None
        for stream in np.unique(streams).tolist():
            mine = packets.where(streams == stream)
            then = following.where(after == stream) if following is not None else mine.part(0, 0)
            self._lay_stream(self._clocks.setdefault(stream, StreamClock()), mine, then)

    def _lay_stream(self, clock: StreamClock, packets: Packets, then: Packets) -> None:
        for party, theirs in self._senders(int(packets.port[0]), packets.at):
            at = packets.at[theirs]
            if party == CALLER:
                self._caller.saw(at - self._zero)
            else:
                self._heard.saw((at - self._zero)[self._marks.heard(party, at)])
        packets, then = packets.where(_is_sound(packets)), then.where(_is_sound(then))
        places = clock.places(
            packets.timestamp, self._samples(packets), then.timestamp, self._samples(then)
        )
        for party, theirs in self._senders(int(packets.port[0]) if len(packets) else 0, packets.at):
            if party == CALLER:
                theirs &= ~self._is_secret(packets.at)
                self._sheet.put_caller(packets.where(theirs), places[theirs])
            else:
                theirs &= self._marks.heard(party, packets.at)
                self._sheet.put_heard(party, packets.where(theirs), places[theirs])

    def _senders(
        self, port: int, at: NDArray[np.float64]
    ) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        if self._marks.ports:
            yield from self._marks.senders(port, at)
        elif len(at):
            party = CALLER if port == self._first_port else f"port-{port}"
            yield party, np.ones(at.shape, np.bool_)

    def _is_secret(self, at: NDArray[np.float64]) -> NDArray[np.bool_]:
        secret = np.zeros(at.shape, np.bool_)
        for begins, ends in self._marks.secrets:
            secret |= (at >= begins - _SECRET_LEAD) & (at < ends + _SECRET_TAIL)
        return secret

    def _samples(self, packets: Packets) -> NDArray[np.int64]:
        return np.rint((packets.at - self._zero) * RATE).astype(np.int64)


def _blocks(capture: Capture) -> Iterator[Block]:
    """Yield each block with the one that follows it."""
    held: Packets | None = None
    for block in capture.blocks():
        if held is not None:
            yield held, block
        held = block
    if held is not None:
        yield held, None


def _streams(packets: Packets) -> NDArray[np.int64]:
    return (packets.port << 32) | packets.ssrc


def _is_sound(packets: Packets) -> NDArray[np.bool_]:
    kinds = packets.payload_type
    sound: NDArray[np.bool_] = (kinds == PAYLOAD_TYPE["ulaw"]) | (kinds == PAYLOAD_TYPE["alaw"])
    return sound
