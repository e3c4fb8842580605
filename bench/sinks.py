"""Ears for the streams that sipp announces but does not read; one in ten is judged. Prints JSON.

``python -m bench.sinks FIRST COUNT STEP EVERY`` holds COUNT ports of 127.0.0.1 until SIGTERM.
"""

import json
import resource
import selectors
import signal
import socket
import struct
import sys
from types import FrameType

SO_TIMESTAMPNS = 35  # Linux: the kernel's time of arrival, so that our own delay blames nobody
_FORGET = 2.0
"""Seconds after which a stream begins anew: the next call on the same port."""


class Ear:
    """Counts what is lost and how far packets are apart."""

    def __init__(self) -> None:
        self.packets = self.lost = 0
        self.gaps: list[float] = []
        self._last: dict[tuple[int, bytes], tuple[int, float]] = {}

    def take(self, ear: int, packet: bytes, at: float) -> None:
        """Take one packet that arrived at this time."""
        if len(packet) < 12 or packet[1] & 0x7F not in (0, 8):
            return
        self.packets += 1
        stream = (ear, packet[8:12])
        sequence = int.from_bytes(packet[2:4])
        last = self._last.get(stream)
        if last and at - last[1] < _FORGET:
            step = sequence - last[0] & 0xFFFF
            if step == 1:
                self.gaps.append(at - last[1])
            elif 1 < step < 1000:
                self.lost += step - 1
        self._last[stream] = (sequence, at)

    def told(self) -> dict[str, float]:
        """Return the figures; gaps in milliseconds, 20 is perfect."""
        gaps = sorted(self.gaps) or [0.0]

        def share(part: float) -> float:
            return round(1000 * gaps[min(len(gaps) - 1, int(part * len(gaps)))], 1)

        return {
            "streams": len(self._last),
            "packets": self.packets,
            "lost": self.lost,
            "gap_p50_ms": share(0.5),
            "gap_p99_ms": share(0.99),
            "gap_max_ms": share(1.0),
        }


def _bind(port: int, *, judged: bool) -> socket.socket:
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17 if judged else 2048)
    sink.bind(("127.0.0.1", port))
    sink.setblocking(False)
    return sink


def main() -> None:
    """Hold the ports, listen to some, and tell at the end."""
    first, count, step, every = map(int, sys.argv[1:5])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ear, ended = Ear(), False
    selector = selectors.DefaultSelector()
    held = []
    for number in range(count):
        judged = number % every == 0
        try:
            sink = _bind(first + number * step, judged=judged)
        except OSError:  # somebody else's: this stream is not judged
            continue
        held.append(sink)
        if judged:
            sink.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            selector.register(sink, selectors.EVENT_READ, sink)

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    print("listening", flush=True)
    while not ended:
        for key, _ in selector.select(0.5):
            packet, more, _, _ = key.data.recvmsg(2048, 64)
            if more:
                seconds, nanoseconds = struct.unpack("qq", more[0][2])
                ear.take(key.fd, packet, seconds + nanoseconds * 1e-9)
    print(json.dumps(ear.told()), flush=True)


if __name__ == "__main__":
    main()
