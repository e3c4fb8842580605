"""The listener: a process that hears what those say whom the line has called.

``python -m cardline.adapters.sip.listener.process FD PARENT HOST`` with FD a socket on which one
JSON object a line is spoken. One UDP port serves all calls: whose packet it is follows from the
port of ours that it comes from. Nothing is taken from the calls: rtp.io sends here what it would
otherwise send to nobody. The process dies with the line, and no call notices where it dies alone.

Asked: ``listen`` (call, port, until), ``stop`` (call). Told: ``ready`` (port), ``sound`` (call,
kind, began, ended, hz). Times are seconds since the epoch.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from cardline.adapters.sip.media.process import die_with_parent

if TYPE_CHECKING:
    from cardline.adapters.sip.listener.hearing import Stream

_TICK = 0.02
_BATCH = 256
"""Datagrams that are taken before the line is heard again."""


class ListenTo(msgspec.Struct, frozen=True, tag_field="do", tag="listen"):
    """Hear a call from now on, until a time; again: until another time."""

    call: str
    port: int
    until: float


class Stop(msgspec.Struct, frozen=True, tag_field="do", tag="stop"):
    """Hear a call no more."""

    call: str


_command = msgspec.json.Decoder(ListenTo | Stop)


@dataclass
class Listened:
    """A call that is listened to."""

    call: str
    until: float
    stream: "Stream" = field(repr=False)


class Listener:
    """All calls that are listened to, and the line that asked for it."""

    def __init__(self, line: socket.socket, sound: socket.socket) -> None:
        line.setblocking(False)
        sound.setblocking(False)
        self._line, self._sound = line, sound
        self._calls: dict[int, Listened] = {}
        """By our port from which their sound comes."""
        self._asked = b""
        self._said = b""
        self._tell({"event": "ready", "port": sound.getsockname()[1]})

    def serve(self) -> None:
        """Serve until the line is gone (``ConnectionError``)."""
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        poll.register(self._sound, select.POLLIN)
        ticks = 0.0
        while True:
            self._flush()
            ready = {fd for fd, _ in poll.poll(1000 * _TICK if self._calls else None)}
            if self._line.fileno() in ready:
                self._obey()
            if self._sound.fileno() in ready:
                self._hear()
            now = time.time()
            if not 0 <= now - ticks < _TICK:
                ticks = now
                self._tick(now)

    def _obey(self) -> None:
        fresh = self._line.recv(1 << 16)
        if not fresh:
            raise ConnectionError("the line is gone")
        *lines, self._asked = (self._asked + fresh).split(b"\n")
        for line in lines:
            command = _command.decode(line)
            if isinstance(command, Stop):
                self._forget(command.call)
                continue
            known = self._calls.get(command.port)
            if known is not None and known.call == command.call:
                known.until = command.until
                continue
            from cardline.adapters.sip.listener.hearing import Stream

            self._calls[command.port] = Listened(command.call, command.until, Stream())

    def _hear(self) -> None:
        from cardline.adapters.sip.g711 import LAW_OF_PAYLOAD_TYPE

        now = time.time()
        for _ in range(_BATCH):
            try:
                packet, sender = self._sound.recvfrom(2048)
            except OSError:
                return
            listened = self._calls.get(sender[1])
            if listened is None or len(packet) <= 12 or packet[0] & 0xDF != 0x80:
                continue  # nobody asked for it, or no plain RTP
            law = LAW_OF_PAYLOAD_TYPE.get(packet[1] & 0x7F)
            if law is None:
                continue
            timestamp = int.from_bytes(packet[4:8], "big")
            stretches = listened.stream.take(timestamp, packet[12:], law, now)
            for one in stretches:
                self._tell({"event": "sound", "call": listened.call, **msgspec.to_builtins(one)})

    def _tick(self, now: float) -> None:
        for port, listened in list(self._calls.items()):
            over = now > listened.until
            stretches = listened.stream.silence_until(now)
            for one in [*stretches, *(listened.stream.end() if over else [])]:
                self._tell({"event": "sound", "call": listened.call, **msgspec.to_builtins(one)})
            if over:
                del self._calls[port]

    def _forget(self, call: str) -> None:
        for port in [port for port, one in self._calls.items() if one.call == call]:
            del self._calls[port]

    def _tell(self, event: dict[str, object]) -> None:
        self._said += msgspec.json.encode(event) + b"\n"

    def _flush(self) -> None:
        if self._said:
            with contextlib.suppress(BlockingIOError):
                self._said = self._said[self._line.send(self._said) :]


def main(arguments: list[str]) -> None:
    """Run the listener for the line that started it."""
    fd, parent, host = arguments
    die_with_parent(int(parent))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded: one thread is plenty
    line = socket.socket(fileno=int(fd))
    sound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sound.bind((host, 0))
    import cardline.adapters.sip.listener.hearing  # noqa: F401 - loaded before anybody is heard

    with contextlib.suppress(ConnectionError):
        Listener(line, sound).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
