"""The mixer process seen from the line: started when first needed, one for all calls."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from cardline.adapters.sip import log
from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.media.session import Endpoint
from cardline.adapters.sip.wires import Channel, Wires

Opened = Callable[[int | None], None]


class Mixer:
    """Sends commands to the mixer; while it starts, they wait.

    ``on_event`` gets its ``key`` and ``idle`` events, ``on_lost()`` is called when it died.
    """

    def __init__(
        self,
        wires: Wires,
        *,
        socket_path: Path,
        host: str,
        ports: tuple[int, int],
        idle: float,
        on_event: Callable[[dict[str, Any]], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._wires = wires
        self._path = socket_path
        self._host = host
        self._ports = ports
        self._idle = idle
        self._on_event = on_event
        self._on_lost = on_lost
        self._process: subprocess.Popen[bytes] | None = None
        self._said: Channel | None = None
        self._channel: Channel | None = None
        self._waiting: list[bytes] = []
        self._opening: dict[tuple[str, str], list[Opened]] = {}

    def open(
        self,
        room: str,
        party: str,
        law: Law,
        event_type: int,
        peer: Endpoint | None,
        done: Opened,
    ) -> None:
        """Give a party a port, ``None`` where there is none. Again: change its law or peer."""
        self._opening.setdefault((room, party), []).append(done)
        where = f"{peer.host}:{peer.port}" if peer is not None and peer.host else None
        self._send(
            do="open",
            room=room,
            party=party,
            law=law,
            peer=where,
            event_pt=event_type,
            idle=self._idle,
        )

    def hears(self, room: str, hears: dict[str, tuple[str, ...]]) -> None:
        """The whole matrix of a room."""
        self._send(do="hears", room=room, hears=hears)

    def close(self, room: str, party: str | None) -> None:
        """Take a party out, or with ``None`` all of a room."""
        if self._process is not None:
            self._send(do="close", room=room, party=party)

    def stop(self) -> None:
        """End the process."""
        for channel in (self._channel, self._said):
            if channel is not None:
                channel.close()
        self._channel = self._said = None
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.wait()
            self._process = None
        self._waiting = []

    def _send(self, **command: object) -> None:
        line = msgspec.json.encode(command) + b"\n"
        if self._channel is not None:
            self._channel.send(line)
            return
        self._waiting.append(line)
        if self._process is None:
            self._start()

    def _start(self) -> None:
        said, saying = socket.socketpair()
        self._path.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "cardline.adapters.sip.mixer.process"),
                *("--socket", str(self._path), "--host", self._host),
                *("--ports", f"{self._ports[0]}-{self._ports[1]}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=saying.fileno(),
        )
        saying.close()
        self._said = Channel(self._wires, said, self._ready, self._lost)

    def _ready(self, lines: list[bytes]) -> None:
        if self._channel is not None or not any(line.strip() == b"ready" for line in lines):
            return
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(str(self._path))
        except OSError:
            self._lost()
            return
        self._channel = Channel(self._wires, sock, self._events, self._lost)
        waiting, self._waiting = self._waiting, []
        for line in waiting:
            self._channel.send(line)

    def _events(self, lines: list[bytes]) -> None:
        for line in lines:
            try:
                event = msgspec.json.decode(line)
            except msgspec.DecodeError:
                continue
            kind = event.get("event")
            if kind == "opened":
                self._opened(event["room"], event["party"], int(event["port"]))
            elif kind == "error":
                log.note("mixer", str(event.get("text", "")))
                if "room" in event and "party" in event:
                    self._opened(event["room"], event["party"], None)
            else:
                self._on_event(event)

    def _opened(self, room: str, party: str, port: int | None) -> None:
        waiting = self._opening.get((room, party), [])
        if waiting:
            waiting.pop(0)(port)
        if not waiting:
            self._opening.pop((room, party), None)

    def _lost(self) -> None:
        log.note("mixer process lost")
        self.stop()
        waiting, self._opening = self._opening, {}
        for callbacks in waiting.values():
            for done in callbacks:
                done(None)
        self._on_lost()
