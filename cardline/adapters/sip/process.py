"""The line process: wires its parts together and keeps them alive."""

import gc
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardline.adapters.sip import log
from cardline.adapters.sip.calls.call import Call
from cardline.adapters.sip.calls.liveness import Liveness
from cardline.adapters.sip.control import commands
from cardline.adapters.sip.control.absence import Absence
from cardline.adapters.sip.control.connection import Control
from cardline.adapters.sip.listener.client import Ears, Heard
from cardline.adapters.sip.media.client import Media, MediaPlace
from cardline.adapters.sip.media.process import raise_file_limit
from cardline.adapters.sip.media.prompts import Plays
from cardline.adapters.sip.media.session import Endpoint
from cardline.adapters.sip.media.shares import take_share
from cardline.adapters.sip.mixer.client import Mixer
from cardline.adapters.sip.recording.disk import Recordings
from cardline.adapters.sip.signalling import stack
from cardline.adapters.sip.signalling.door import Door
from cardline.adapters.sip.signalling.registrar import Registrar
from cardline.adapters.sip.signalling.stack import Stack, after, every
from cardline.adapters.sip.web.greeter import Greeter
from cardline.adapters.sip.wires import Wires
from cardline.core.ids import new_id
from cardline.ports.line.events import Alarm, Hello, Incoming, LineEvent

_COLLECT = 10.0
"""Seconds between two garbage collections; left to itself, Python's is the limit of latency."""
_WATCH = 0.25
_GOODBYE = 1.0
"""Seconds that BYEs may take at the end."""
_FILES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to run one line."""

    socket: Path
    host: str
    port: int
    spool: Path
    prompts: Path
    prompt_cache: Path
    rtp: tuple[int, int] = (30000, 40000)
    realm: str = "cardline"
    max_calls: int = 320
    media_timeout: float = 30.0
    patience: float = 300.0
    notice: str = "zh/please_hold.0,en/please_hold.0"
    """Pieces that follow each other, separated by commas."""
    music: str = "common/hold_music"
    free_bytes: int = 256 << 20


class LineProcess:
    """All state of the line. Everything here happens in one loop, in one thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.name = new_id("line_")
        self.spool = settings.spool
        self.calls: dict[str, Call] = {}
        self.draining = False
        self.max_calls = settings.max_calls
        self.media_timeout = settings.media_timeout
        settings.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings.socket.parent.mkdir(parents=True, exist_ok=True)
        raise_file_limit(_FILES)
        host = _own_address(settings.host)
        low, high = take_share(settings.socket.with_suffix(".ports"), *settings.rtp)
        middle = low + (high - low) * 9 // 10 // 2 * 2
        # Where media go that nobody shall hear: a port that is held and never read.
        self._sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self._sink.bind((host, 0))
        self.sink = Endpoint(host, self._sink.getsockname()[1])
        wires = Wires(stack.deliver)
        self._door = Door(self, settings.max_calls)
        self.stack = Stack(
            wires,
            host=settings.host,
            advertised=host,
            port=settings.port,
            on_request=self._door.request,
        )
        self.media = Media(
            wires,
            MediaPlace(host, low, middle - 2, settings.spool),
            on_note=self._noted,
            on_complaint=self._complained,
            on_lost=self._media_lost,
        )
        self.mixer = Mixer(
            wires,
            socket_path=settings.socket.with_suffix(".mixer"),
            host=host,
            ports=(middle, high),
            idle=settings.media_timeout,
            on_event=self._mixed,
            on_lost=self._mixer_lost,
        )
        self.ears = Ears(wires, host=host, on_sound=self._heard)
        # The mixer takes the even ones of these.
        self.greeter = Greeter(wires, host, range(middle + 1, high + 1, 2))
        self.plays = Plays(settings.prompts, settings.prompt_cache)
        self.registrar = Registrar(
            settings.realm, host, self.tell, settings.socket.with_suffix(".phones")
        )
        self.recordings = Recordings(self, settings.spool, settings.free_bytes)
        self._liveness = Liveness(self, settings.media_timeout)
        self._absence = Absence(
            self, notice=settings.notice, music=settings.music, patience=settings.patience
        )
        # Last of all: who can connect to the line finds one that holds its ports.
        self._control = Control(
            wires, settings.socket, on_command=self._command, on_change=self._application
        )

    def run(self) -> None:
        """Run until drained."""
        self.media.start()
        stack.on_signal(signal.SIGTERM, self.drain)
        stack.on_signal(signal.SIGHUP, self.plays.reload)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        every(_WATCH, self.media.check)
        every(_COLLECT, _collect)
        self._liveness.watch()
        self.recordings.watch()
        self._absence.begin()
        gc.collect()
        gc.freeze()
        gc.disable()
        stack.run()
        self.mixer.stop()
        self.ears.close()
        self.media.stop()
        self.plays.close()
        self._control.close()

    def drain(self) -> None:
        """End the calls politely, close the recordings, exit."""
        if not self.draining:
            self.draining = True
            for call in list(self.calls.values()):
                call.hang_up("caller")
            self._leave(time.monotonic() + _GOODBYE)

    # ------------------------------------------------------------ calls

    def arrived(self, call: Call, event: Incoming) -> None:
        """A new incoming call."""
        self.calls[call.id] = call
        call.incoming = event
        if self._control.there:
            call.announced = True
            self.tell(event)
        else:
            self._absence.settle(call)

    def forget(self, call: Call) -> None:
        """A call is over, with everything that belongs to it."""
        self.calls.pop(call.id, None)
        self.recordings.forget(call.id)
        self._liveness.forget(call.id)

    def alone(self, call: Call) -> None:
        """Somebody left a call: while the application is away, that is ours to care for."""
        if not self._control.there and not self.draining:
            self._absence.settle(call)

    def tell(self, event: LineEvent) -> None:
        """Tell the application, or keep it for later."""
        if self._control.there:
            self._control.send(event)
        else:
            self._absence.missed(event)

    # ------------------------------------------------------------ what the parts report

    def _command(self, command: Any) -> None:
        try:
            commands.carry_out(self, command)
        except Exception as error:  # one bad command must not take 300 calls with it
            log.note("command failed", f"{type(command).__name__}: {type(error).__name__}")

    def _application(self, there: bool) -> None:
        if not there:
            self._absence.begin()
            return
        missed = self._absence.end()
        here = [call for call in self.calls.values() if not call.ending]
        ringing = [call for call in here if call.incoming and call.answered is None]
        self._control.send(
            Hello(
                line=self.name,
                sip=f"{self.stack.host}:{self.stack.port}",
                calls=tuple(call.up() for call in here if call not in ringing),
                phones=self.registrar.states(),
            )
        )
        for event in missed:
            self._control.send(event)
        for call in ringing:
            call.announced = True
            if call.incoming is not None:
                self._control.send(call.incoming)

    def _noted(self, words: list[str]) -> None:
        # "<call>/c 5 10 640 0": a key; a lone "<call>" is rtp.io's own time-out.
        name, _, side = words[0].partition("/") if words else ("", "", "")
        call = self.calls.get(name)
        if call is None:
            return
        if len(words) < 2:
            call.media_lost()
        elif side == "c":
            call.key("caller", words[1])
        else:
            party = call.bridge.far_party()
            if party is not None:
                call.key(party, words[1])

    def _mixed(self, event: dict[str, Any]) -> None:
        call = self.calls.get(str(event.get("room")))
        party = str(event.get("party"))
        if call is not None and party != "caller":
            if event.get("event") == "key":
                call.key(party, str(event.get("digit")))
            elif event.get("event") == "idle":
                self._liveness.idle(call, party)

    def _heard(self, heard: Heard) -> None:
        call = self.calls.get(heard.call)
        if call is not None:
            call.heard(heard)

    def _complained(self, text: str) -> None:
        self.recordings.complained(text)

    def _media_lost(self) -> None:
        self.tell(Alarm(code="media-restarted", detail=f"{len(self.calls)} calls", at=time.time()))
        for call in list(self.calls.values()):
            call.media_lost()

    def _mixer_lost(self) -> None:
        self.tell(Alarm(code="mixer-restarted", detail="", at=time.time()))
        for call in list(self.calls.values()):
            call.bridge.mixer_lost()

    def _leave(self, until: float) -> None:
        if time.monotonic() > until or (not self.calls and self.stack.unfinished() == 0):
            stack.stop()
        else:
            after(0.02, self._leave, until)


def _collect() -> None:
    gc.collect()


def _own_address(host: str) -> str:
    """The address that we tell others: ``host``, or the one that the default route uses."""
    if host != "0.0.0.0":  # noqa: S104
        return socket.gethostbyname(host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address


def serve(settings: Settings) -> int:
    """Run a line; returns its exit status: 0 drained, 2 cannot start."""
    log.set_up()
    try:
        line = LineProcess(settings)
        line.run()
    except OSError as error:
        sys.stderr.write(f"cannot start at {settings.host}:{settings.port}: {error}\n")
        return 2
    sys.stderr.flush()
    os._exit(0)  # the threads that read sockets have nothing to end
