"""RTP for simulated phones (RFC 3550, 3551, 4733): many sessions driven by one clock.

All sessions of an event loop are sent and received in one step every 20 ms, which costs a tenth of
a timer and a callback for each: a hundred talking phones fit into one process.
"""

import asyncio
import random
import socket
import struct
from collections import deque
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from cardline.sim.sound import (
    FRAME,
    PAYLOAD_TYPE,
    RATE,
    SILENCE,
    Law,
    Samples,
    Sound,
    decode,
)

STEP = 0.02
KEY_PAYLOAD_TYPE = 101
KEYS = "0123456789*#ABCD"
_HEAD = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_LAW: dict[int, Law] = {number: law for law, number in PAYLOAD_TYPE.items()}
_BEHIND = 10
"""Steps that are made up for after the process was held up; what is older is left out."""
_END_PACKETS = 3


@dataclass(slots=True)
class Received:
    """What one session has received since it began."""

    packets: int = 0
    lost: int = 0
    """Sequence numbers that never came (so far)."""
    doubled: int = 0
    streams: int = 0
    last_at: float = 0.0
    """Of the event loop's clock; 0 where nothing came."""
    keys: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Press:
    """One key on its way: its packets, then the pause behind it, in steps."""

    key: int
    steps: int
    pause: int
    done: "asyncio.Future[None]"
    at: int = 0
    began: int = 0


class RtpSession:
    """One UDP port that sends a sound and listens."""

    def __init__(self, host: str, *, keep_seconds: float = 10.0) -> None:
        self._socket = _even_port(host)
        self.port: int = self._socket.getsockname()[1]
        self.peer: tuple[str, int] | None = None
        self.law: Law = "ulaw"
        self.is_sending = True
        self.received = Received()
        self.sent = 0
        self._kept: deque[tuple[float, int, Law, bytes]] = deque(maxlen=round(keep_seconds / STEP))
        self._presses: deque[_Press] = deque()
        self._sound, self._frame = SILENCE, 0
        self._ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(15)
        self._timestamp = random.getrandbits(31)
        self._incoming = _Incoming()
        self._clock: _Clock | None = None

    # ------------------------------------------------------------ sending

    def start(self) -> None:
        """Begin to send (where there is a peer) and to receive."""
        if self._clock is None:
            self._clock = _Clock.of_this_loop()
            self._clock.add(self)

    def say(self, sound: Sound) -> None:
        """Send this from now on."""
        self._sound, self._frame = sound, 0

    async def press(self, keys: str, *, gap: float = 0.1, seconds: float = 0.12) -> None:
        """Send keys as events, one after another; returns when the last was released."""
        loop = asyncio.get_running_loop()
        steps, pause = max(round(seconds / STEP), 1), max(round(gap / STEP), 1)
        presses = [_Press(KEYS.index(key), steps, pause, loop.create_future()) for key in keys]
        self._presses.extend(presses)
        for press in presses:
            await press.done

    def step(self) -> None:
        """Send what is due in one step of 20 ms."""
        press = self._presses[0] if self._presses else None
        if press is not None and press.at < press.steps + _END_PACKETS - 1:
            self._send_key(press)
        elif self.peer is not None and self.is_sending:
            payload = self._sound.frame(self._frame, self.law)
            self._send(PAYLOAD_TYPE[self.law], self._timestamp, payload)
        if press is not None:
            self._advance(press)
        self._frame += 1
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF

    def _send_key(self, press: _Press) -> None:
        if press.at == 0:
            press.began = self._timestamp
        is_over = press.at >= press.steps - 1
        length = min(press.at + 1, press.steps) * FRAME
        event = _EVENT.pack(press.key, (0x80 if is_over else 0) | 10, min(length, 0xFFFF))
        first = 0x80 if press.at == 0 else 0
        self._send(KEY_PAYLOAD_TYPE | first, press.began, event)

    def _advance(self, press: _Press) -> None:
        press.at += 1
        if press.at >= press.steps + _END_PACKETS - 1 + press.pause:
            self._presses.popleft()
            if not press.done.done():
                press.done.set_result(None)

    def _send(self, kind: int, timestamp: int, payload: bytes) -> None:
        if self.peer is None:
            return
        head = _HEAD.pack(0x80, kind, self._sequence, timestamp, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        try:
            self._socket.sendto(head + payload, self.peer)
            self.sent += 1
        except OSError:
            # A full socket or a peer that is gone: a phone does not care either.
            return

    # ------------------------------------------------------------ receiving

    def drain(self, now: float) -> None:
        """Take in all packets that have arrived."""
        receive = self._socket.recv
        while True:
            try:
                packet = receive(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # the peer's port was closed: told once by the kernel
            self._take(packet, now)

    def _take(self, packet: bytes, now: float) -> None:
        if len(packet) <= _HEAD.size or packet[0] != 0x80:
            return
        _, kind, sequence, timestamp, ssrc = _HEAD.unpack_from(packet)
        kind &= 0x7F
        law = _LAW.get(kind)
        if law is None and kind != KEY_PAYLOAD_TYPE:
            return
        told = self.received
        told.last_at = now
        if not self._incoming.count(told, ssrc, sequence):
            return
        if law is not None:
            self._kept.append((now, timestamp, law, packet[_HEAD.size :]))
        elif self._incoming.last_key != (ssrc, timestamp) and packet[_HEAD.size] < len(KEYS):
            self._incoming.last_key = (ssrc, timestamp)
            told.keys.append(KEYS[packet[_HEAD.size]])

    def heard(self, seconds: float) -> Samples:
        """Return the sound of the last ``seconds``, silence where packets are missing.

        Ends now; bounded by what is kept. Packets are placed by arrival, in steps of 20 ms.
        """
        now = asyncio.get_running_loop().time()
        samples = np.zeros(round(seconds * RATE), np.int16)
        recent = [kept for kept in self._kept if kept[0] > now - seconds]
        if not recent:
            return samples
        newest_at, newest = recent[-1][0], recent[-1][1]
        for _, timestamp, law, payload in recent:
            back = ((newest - timestamp + 0x80000000) & 0xFFFFFFFF) - 0x80000000
            at = len(samples) - round((now - newest_at) * RATE) - back - len(payload)
            if 0 <= at <= len(samples) - len(payload):
                samples[at : at + len(payload)] = decode(payload, law)
        return samples

    def close(self) -> None:
        """Stop and give the port back."""
        if self._clock is not None:
            self._clock.remove(self)
            self._clock = None
        for press in self._presses:
            if not press.done.done():
                press.done.cancel()
        self._presses.clear()
        self._socket.close()


class _Incoming:
    """Sequence numbers of the stream that arrives."""

    def __init__(self) -> None:
        self.last_key: tuple[int, int] | None = None
        self._ssrc: int | None = None
        self._highest = 0
        self._recent: deque[int] = deque(maxlen=64)

    def count(self, told: Received, ssrc: int, sequence: int) -> bool:
        """Count one packet; False where it came before."""
        if ssrc != self._ssrc:
            self._ssrc, self._highest = ssrc, sequence
            self._recent.clear()
            told.streams += 1
        elif sequence in self._recent:
            told.doubled += 1
            return False
        else:
            ahead = ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000
            if ahead > 0:
                told.lost += ahead - 1
                self._highest = sequence
            else:
                told.lost = max(told.lost - 1, 0)
        self._recent.append(sequence)
        told.packets += 1
        return True


class _Clock:
    """Steps all sessions of one event loop, without drift."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._sessions: dict[RtpSession, None] = {}
        self._next = 0.0
        self._timer: asyncio.Handle | None = None

    @classmethod
    def of_this_loop(cls) -> "_Clock":
        loop = asyncio.get_running_loop()
        if loop not in _clocks:
            _clocks[loop] = cls(loop)
        return _clocks[loop]

    def add(self, session: RtpSession) -> None:
        self._sessions[session] = None
        if self._timer is None:
            self._next = self._loop.time()
            self._timer = self._loop.call_soon(self._run)

    def remove(self, session: RtpSession) -> None:
        self._sessions.pop(session, None)
        if not self._sessions and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run(self) -> None:
        now = self._loop.time()
        due = int((now - self._next) / STEP) + 1
        self._next += due * STEP
        for session in tuple(self._sessions):
            session.drain(now)
            for _ in range(min(due, _BEHIND)):
                session.step()
        self._timer = self._loop.call_at(self._next, self._run)


_clocks: WeakKeyDictionary[asyncio.AbstractEventLoop, _Clock] = WeakKeyDictionary()


def _even_port(host: str) -> socket.socket:
    """Bind an even port, as RTP asks for (RFC 3550 section 11)."""
    for _ in range(100):
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.setblocking(False)
        bound.bind((host, 0))
        if bound.getsockname()[1] % 2 == 0:
            return bound
        bound.close()
    raise OSError("no even UDP port is free")
