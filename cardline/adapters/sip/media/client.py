"""The media child seen from the line: commands in order, at most 24 in flight, and a watchdog."""

import array
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardline.adapters.sip import log
from cardline.adapters.sip.wires import Channel, Wires

_IN_FLIGHT = 24
"""More wedge rtp.io's control socket at some hundreds; measured safe."""
_OVERDUE = 1.5
"""Seconds after which an unanswered command means that rtp.io is stuck."""
_BENEFIT_OF_DOUBT = 2
_START = 10.0
"""Seconds that the child may take to start."""

Done = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MediaPlace:
    """Where media run: the address, the ports, the folder of the recordings."""

    host: str
    low: int
    high: int
    spool: Path


class Media:
    """Runs the child. ``on_note(words)`` gets its notifications, ``on_complaint(text)`` what it
    writes to standard error, ``on_lost()`` is called when it is dead or stuck and was restarted.
    """

    def __init__(
        self,
        wires: Wires,
        place: MediaPlace,
        *,
        on_note: Callable[[list[str]], None],
        on_complaint: Callable[[str], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._wires = wires
        self._place = place
        self._on_note = on_note
        self._on_complaint = on_complaint
        self._on_lost = on_lost
        self._waiting: deque[tuple[str, Done | None]] = deque()
        self._asked: deque[tuple[float, Done | None]] = deque()
        self._channels: list[Channel] = []
        self._child: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._suspicions = 0
        self.notify_socket = ""

    def start(self) -> None:
        """Start the child and take its sockets. Raises ``OSError`` where it does not start."""
        ours, theirs = socket.socketpair()
        said, saying = socket.socketpair()
        place = self._place
        arguments = [str(theirs.fileno()), str(os.getpid()), str(place.spool), place.host]
        arguments += [str(place.low), str(place.high)]
        self._child = subprocess.Popen(
            [sys.executable, "-m", "cardline.adapters.sip.media.process", *arguments],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=saying.fileno(),
        )
        theirs.close()
        saying.close()
        self._link = ours
        ours.settimeout(_START)
        fds = array.array("i")
        spec, ancillary, _, _ = ours.recvmsg(64, socket.CMSG_SPACE(2 * fds.itemsize))
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(data[: 2 * fds.itemsize])
        if len(fds) != 2:
            raise OSError("the media process did not start: is the rtp-io wheel installed?")
        self.notify_socket = spec.decode()
        commands, notes = (socket.socket(fileno=fd) for fd in fds)
        self._commands = Channel(self._wires, commands, self._replies, self._lost)
        self._channels = [
            self._commands,
            Channel(self._wires, notes, self._notes, self._lost),
            Channel(self._wires, said, self._complaints, lambda: None),
        ]

    def ask(self, command: str, done: Done | None = None) -> None:
        """Send one command; ``done`` gets its one reply (``E...`` where refused)."""
        if len(self._asked) < _IN_FLIGHT:
            self._asked.append((time.monotonic(), done))
            self._commands.send(command.encode() + b"\n")
        else:
            self._waiting.append((command, done))

    def check(self) -> None:
        """Restart the child where its oldest command is overdue. Call it several times a second."""
        overdue = self._asked and time.monotonic() - self._asked[0][0] > _OVERDUE
        self._suspicions = self._suspicions + 1 if overdue else 0
        # After a pause of this process the answers lie there, unread: look again before acting.
        if self._suspicions > _BENEFIT_OF_DOUBT:
            log.note(
                "media process stuck", f"{len(self._asked) + len(self._waiting)} commands wait"
            )
            self._lost()

    def stop(self) -> None:
        """Kill the child and wait for it, so that its ports are free."""
        for channel in self._channels:
            channel.close()
        self._channels = []
        self._asked.clear()
        self._waiting.clear()
        self._suspicions = 0
        if self._link is not None:
            self._link.close()
        if self._child is not None:
            with contextlib.suppress(OSError):
                self._child.kill()
            self._child.wait()

    def _lost(self) -> None:
        self.stop()
        try:
            self.start()
        except OSError as error:
            log.note("media process cannot be started again", str(error))
            raise SystemExit(1) from error  # whoever runs the line starts a new one
        self._on_lost()

    def _replies(self, lines: list[bytes]) -> None:
        for line in lines:
            # rtp.io ends some replies twice; an empty line answers nothing.
            if not line or not self._asked:
                continue
            _, done = self._asked.popleft()
            if done is not None:
                done(line.decode())
        while self._waiting and len(self._asked) < _IN_FLIGHT:
            self.ask(*self._waiting.popleft())

    def _notes(self, lines: list[bytes]) -> None:
        for line in lines:
            self._on_note(line.decode(errors="replace").split())

    def _complaints(self, lines: list[bytes]) -> None:
        for line in lines:
            self._on_complaint(line.decode(errors="replace"))
