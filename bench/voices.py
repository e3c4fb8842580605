"""Mouths and ears for the calls that sipp signals; one stream in ten is judged. Prints JSON.

    python -m bench.voices FIRST COUNT STEP EVERY HZ SECONDS KEY KEY_AT

holds COUNT ports of 127.0.0.1, which sipp announces as its own. At each, the first packet heard
begins a stream of G.711 back to where it came from, which ends when nobody is there any more.
sipp could send sound itself, but through one thread and one raw socket a stream: with some hundred
calls that costs more than what is measured, and the kernel charges half of it to whoever else
sends, since every packet is shown to all raw sockets.
"""

import contextlib
import gc
import json
import os
import resource
import selectors
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from types import FrameType

from bench.speech import FRAME, speech

SO_TIMESTAMPNS = 35  # Linux: the kernel's time of arrival, so that our own delay blames nobody
_SLOTS = 5
"""A stream is sent in one of so many parts of every 20 ms, so that packets are evenly apart."""
_FORGET = 2.0
"""Seconds after which a stream that is heard begins anew."""


@dataclass(slots=True, eq=False)
class Mouth:
    """One port; ``frame`` is the next that is said."""

    port: socket.socket
    judged: bool
    frame: int = 0


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


class Voices:
    """All ports of one side."""

    def __init__(self, frames: list[list[bytes]]) -> None:
        self._frames = frames
        self._ear = Ear()
        self._selector = selectors.DefaultSelector()
        self._saying: list[list[Mouth]] = [[] for _ in range(_SLOTS)]
        self._late = 0.0
        self.ended = False

    def hold(self, number: int, *, judged: bool) -> None:
        """Take a port; one of somebody else's is left alone, and its call stays silent."""
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17 if judged else 2048)
        port.setblocking(False)
        try:
            port.bind(("127.0.0.1", number))
        except OSError:
            port.close()
            return
        if judged:
            port.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._selector.register(port, selectors.EVENT_READ, Mouth(port, judged))

    def run(self) -> dict[str, float]:
        """Talk and listen until told to end; return what was heard."""
        slot, every = 0, FRAME / _SLOTS
        due = time.monotonic()
        while not self.ended:
            due += every
            while (left := due - time.monotonic()) > 0:
                for key, _ in self._selector.select(left):
                    self._hear(key.data, slot)
            self._late = max(self._late, -left)
            slot = (slot + 1) % _SLOTS
            self._say(slot)
        return {**self._ear.told(), "sent_late_max_ms": round(1000 * self._late, 1)}

    def _hear(self, mouth: Mouth, slot: int) -> None:
        try:
            packet, more, _, source = mouth.port.recvmsg(2048, 64)
        except BlockingIOError:
            return
        except ConnectionRefusedError:  # the call is over: the next packet will find it out too
            self._selector.unregister(mouth.port)
            return
        if not mouth.frame:
            mouth.frame = 1
            mouth.port.connect(source)
            self._saying[slot].append(mouth)
            if not mouth.judged:
                self._selector.unregister(mouth.port)
        if more:
            seconds, nanoseconds = struct.unpack("qq", more[0][2])
            self._ear.take(mouth.port.fileno(), packet, seconds + nanoseconds * 1e-9)

    def _say(self, slot: int) -> None:
        for mouth in tuple(self._saying[slot]):
            try:
                for packet in self._frames[mouth.frame - 1]:
                    mouth.port.send(packet)
                mouth.frame += 1
            except (ConnectionRefusedError, IndexError):  # the call is over
                self._saying[slot].remove(mouth)
                self._forget(mouth)

    def _forget(self, mouth: Mouth) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(mouth.port)
        mouth.port.close()


def main() -> None:
    """Hold the ports, talk, listen to some, and tell at the end."""
    first, count, step, every, hz = map(int, sys.argv[1:6])
    seconds, key, key_at = float(sys.argv[6]), sys.argv[7], float(sys.argv[8])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with contextlib.suppress(PermissionError):
        os.nice(-10)  # people do not stutter because a machine is busy
    voices = Voices(speech(hz=hz, seconds=seconds, key=key, key_at=key_at))
    for number in range(count):
        voices.hold(first + number * step, judged=number % every == 0)

    def end(_number: int, _frame: FrameType | None) -> None:
        voices.ended = True

    signal.signal(signal.SIGTERM, end)
    gc.disable()
    print("holding", flush=True)
    print(json.dumps(voices.run()), flush=True)


if __name__ == "__main__":
    main()
