"""The sheet on which a recording is laid out: a window that moves along the call, never all of it.

Left is the caller as received; right is what the caller heard: parties, and over them what was
played. All sound is µ-law here, so that µ-law packets are copied as they came.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cardline.adapters.sip.g711 import PAYLOAD_TYPE, RATE, SILENCE, Bytes, decode, encode, recode
from cardline.adapters.sip.recording.capture import Packets
from cardline.adapters.sip.recording.clock import Places
from cardline.adapters.sip.recording.prompts import Prompt
from cardline.adapters.sip.recording.wav import WavWriter

_WINDOW = 90 * RATE
_LATE = 6 * RATE
"""How far behind the newest arrival sound may still be laid down."""
_LEAD = RATE
"""The window begins this long before zero, for packets that straddle it."""
_SILENT = SILENCE["ulaw"]

Span = tuple[int, int]
"""Half-open, in samples since zero."""


class Track:
    """One party's sound within the window."""

    def __init__(self) -> None:
        self.codes: Bytes = np.full(_WINDOW, _SILENT, np.uint8)
        self.used = 0
        """Nothing but silence from here on."""

    def put(self, packets: Packets, places: Places) -> None:
        """Lay down the payloads at ``places``, counted from the window's begin."""
        for length in np.unique(packets.length).tolist():
            fits = (packets.length == length) & (places >= 0) & (places + length <= _WINDOW)
            if not fits.any():
                continue
            rows = sliding_window_view(packets.data, length)[packets.begins[fits]]
            alaw = packets.payload_type[fits] == PAYLOAD_TYPE["alaw"]
            if alaw.any():
                rows[alaw] = recode(rows[alaw], "alaw", "ulaw")
            sliding_window_view(self.codes, length, writeable=True)[places[fits]] = rows
            self.used = max(self.used, int(places[fits].max()) + length)

    def shift(self, by: int) -> None:
        """Forget the first samples of the window."""
        kept = max(self.used - by, 0)
        self.codes[:kept] = self.codes[by : by + kept]
        self.codes[kept : self.used] = _SILENT
        self.used = kept


class Sheet:
    """Two channels from zero to the end of the call, handed to ``wav`` as the window moves on."""

    def __init__(
        self, wav: WavWriter, *, prompts: Sequence[Prompt], silenced: Sequence[Span]
    ) -> None:
        self._wav = wav
        self._prompts = list(prompts)
        self._silenced = silenced
        self._caller = Track()
        self._heard: dict[str, Track] = {}
        self._begins = -_LEAD

    def put_caller(self, packets: Packets, places: Places) -> None:
        self._caller.put(packets, places - self._begins)

    def put_heard(self, party: str, packets: Packets, places: Places) -> None:
        if len(packets):
            self._heard.setdefault(party, Track()).put(packets, places - self._begins)

    def arrived(self, place: int) -> None:
        """Nothing will arrive before ``place`` any more: what is long past goes to the file."""
        self._advance(place - _LATE)

    def finish(self, ends: int) -> None:
        """Write everything up to the end of the call."""
        self._advance(ends)

    def _advance(self, until: int) -> None:
        while self._begins < until:
            step = min(until - self._begins, _WINDOW)
            self._write(self._begins, self._begins + step)
            self._caller.shift(step)
            for track in self._heard.values():
                track.shift(step)
            self._begins += step

    def _write(self, begins: int, ends: int) -> None:
        if ends <= 0:
            return
        skip = max(-begins, 0)
        begins += skip
        both = np.empty((ends - begins, 2), np.uint8)
        both[:, 0] = self._caller.codes[skip : skip + ends - begins]
        both[:, 1] = self._mixed(skip, skip + ends - begins)
        for from_, until in self._silenced:
            both[max(from_ - begins, 0) : max(until - begins, 0), 0] = _SILENT
        for prompt in self._prompts:
            from_, until = max(prompt.begins, begins), min(prompt.ends, ends)
            if from_ < until and len(prompt.codes):
                both[from_ - begins : until - begins, 1] = _looped(prompt, from_, until)
        self._prompts = [prompt for prompt in self._prompts if prompt.ends > ends]
        self._wav.write(both)

    def _mixed(self, begins: int, ends: int) -> Bytes | int:
        sounding = [
            track.codes[begins:ends] for track in self._heard.values() if track.used > begins
        ]
        if len(sounding) < 2:
            return sounding[0] if sounding else _SILENT
        total = np.zeros(ends - begins, np.int32)
        for codes in sounding:
            total += decode(codes, "ulaw")
        return encode(np.clip(total, -32768, 32767).astype(np.int16), "ulaw")


def _looped(prompt: Prompt, begins: int, ends: int) -> Bytes:
    first = (begins - prompt.begins) % len(prompt.codes)
    rest = prompt.codes[first : first + ends - begins]
    if len(rest) == ends - begins:
        return rest
    return np.resize(np.roll(prompt.codes, -first), ends - begins)
