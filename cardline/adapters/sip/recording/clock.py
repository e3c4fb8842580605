"""Where the packets of an RTP stream lie on the recording's clock.

The sender's timestamps say exactly how its packets follow one another; only their arrival says
when. So a stream is anchored by its arrivals, smoothed: what is merely late (jitter, a stall and
the burst after it) stays at the place that its timestamp gives, while a true jump of the timestamps
(a new sender behind the same stream, hold) or a drift between the clocks moves the anchor.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Places = NDArray[np.int64]
"""Samples since the zero of the recording."""

LOOK = 100
"""Packets looked at on either side to tell late from moved: two seconds of sound."""
_SLACK = 160
"""The anchor moves by no less than this number of samples (20 ms)."""
_FAR = np.iinfo(np.int64).max


class StreamClock:
    """The anchor of one stream, kept from block to block."""

    def __init__(self) -> None:
        self._timestamp: np.uint32 | None = None
        self._unwrapped = 0
        self._before = np.empty(0, np.int64)
        self._anchor: int | None = None

    def places(
        self,
        timestamp: NDArray[np.uint32],
        arrival: Places,
        then: NDArray[np.uint32],
        later: Places,
    ) -> Places:
        """Return the place of each packet.

        ``then`` and ``later`` are timestamps and arrivals of the packets that follow this block.
        """
        number = len(timestamp)
        if not number:
            return np.empty(0, np.int64)
        time = self._unwrap(np.concatenate([timestamp, then[:LOOK]]))
        delay = np.concatenate([arrival, later[:LOOK]]) - time
        known = np.concatenate([self._before, delay])
        # The least delay among the packets behind and among those ahead; the greater of both is the
        # path's: a stall is over ahead, and a jump upwards is not yet seen behind.
        least = _least(known)
        here = len(self._before)
        behind = least[here : here + number]
        ahead = least[here + LOOK - 1 : here + LOOK - 1 + number]
        steady = np.maximum(behind, ahead)
        self._before = known[max(here + number - LOOK + 1, 0) : here + number]
        self._timestamp, self._unwrapped = timestamp[-1], int(time[number - 1])
        return time[:number] + self._anchored(steady)

    def _unwrap(self, timestamp: NDArray[np.uint32]) -> Places:
        if self._timestamp is None:
            self._timestamp = timestamp[0]
        steps = np.diff(timestamp, prepend=self._timestamp).view(np.int32)
        return self._unwrapped + np.cumsum(steps, dtype=np.int64)

    def _anchored(self, steady: Places) -> Places:
        if self._anchor is None:
            self._anchor = int(steady[0])
        if np.abs(steady - self._anchor).max() <= _SLACK:
            return np.full(steady.shape, self._anchor)
        anchors = []
        anchor = self._anchor
        for value in steady.tolist():
            if abs(value - anchor) > _SLACK:
                anchor = value
            anchors.append(anchor)
        self._anchor = anchor
        return np.array(anchors, np.int64)


def _least(delay: Places) -> Places:
    """Return the least of the last ``LOOK`` values at each place and ``LOOK - 1`` further."""
    edge = np.full(LOOK - 1, _FAR, np.int64)
    least: Places = sliding_window_view(np.concatenate([edge, delay, edge]), LOOK).min(axis=1)
    return least
