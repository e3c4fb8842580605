"""The listener process seen from the line: started when first needed, one for all calls."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from cardline.adapters.sip import log
from cardline.adapters.sip.media.session import Endpoint
from cardline.adapters.sip.wires import Channel, Wires


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What the listener says."""

    event: str
    port: int = 0
    call: str = ""
    kind: str = ""
    began: float = 0.0
    ended: float | None = None
    hz: float = 0.0


@dataclass(frozen=True, slots=True)
class _Wanted:
    port: int
    until: float
    go: Callable[[Endpoint], None]
    again: bool = False
    """A listener has died while this was wanted."""


class Ears:
    """Asks the listener. ``on_sound`` gets what it hears.

    Where it dies, another one hears what is still wanted, from its beginning; once for each call,
    whose sound may be what it dies of. Where none can be started, nothing is heard and nothing else
    happens: who listens decides without.
    """

    def __init__(self, wires: Wires, *, host: str, on_sound: Callable[[Heard], None]) -> None:
        self._wires = wires
        self._host = host
        self._on_sound = on_sound
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._port = 0
        self._calls: dict[str, _Wanted] = {}
        self._decoder = msgspec.json.Decoder(Heard)

    def prepare(self) -> None:
        """Start the process, so that it is there when somebody answers."""
        if self._process is None:
            self._start()

    def listen(
        self, call: str, *, port: int, seconds: float, go: Callable[[Endpoint], None]
    ) -> None:
        """Hear what leaves ``port`` of ours; ``go`` is told whereto it is to be sent."""
        self.prepare()
        known = self._calls.get(call)
        wanted = self._calls[call] = _Wanted(port, time.time() + seconds, go)
        if self._port:
            self._ask(call, wanted)
            if known is None or known.port != port:
                go(Endpoint(self._host, self._port))

    def stop(self, call: str) -> bool:
        """Hear a call no more; False where it was not heard."""
        if self._calls.pop(call, None) is None:
            return False
        self._send(do="stop", call=call)
        return True

    def close(self) -> None:
        """End the process."""
        if self._channel is not None:
            self._channel.close()
        self._channel, self._port = None, 0
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "cardline.adapters.sip.listener.process"),
                    *(str(theirs.fileno()), str(os.getpid()), self._host),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        except OSError as error:
            log.note("listener cannot be started", str(error))
            ours.close()
            return
        finally:
            theirs.close()
        self._channel = Channel(self._wires, ours, self._events, self._lost)

    def _events(self, lines: list[bytes]) -> None:
        for line in lines:
            heard = self._decoder.decode(line)
            if heard.event == "ready":
                self._ready(heard.port)
            else:
                self._on_sound(heard)

    def _ready(self, port: int) -> None:
        self._port = port
        for call, wanted in list(self._calls.items()):
            self._ask(call, wanted)
            wanted.go(Endpoint(self._host, port))

    def _ask(self, call: str, wanted: _Wanted) -> None:
        self._send(do="listen", call=call, port=wanted.port, until=wanted.until)

    def _send(self, **command: object) -> None:
        if self._channel is not None and self._port:
            self._channel.send(msgspec.json.encode(command) + b"\n")

    def _lost(self) -> None:
        log.note("listener process lost")
        self.close()
        now = time.time()
        self._calls = {
            call: replace(wanted, again=True)
            for call, wanted in self._calls.items()
            if not wanted.again and wanted.until > now
        }
        if self._calls:
            self._start()
