"""The application's end of the line: starts it, adopts a running one, restarts a dead one."""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

import cardline
from cardline.ports.line.commands import Drain, LineCommand
from cardline.ports.line.events import Hello, LineEvent

_LONGEST_LINE = 64 << 20
_HELLO = 5.0
"""Seconds that a line may take to say hello; a stuck one is killed."""
_START = 10.0
_STARTS = 3
"""Starts of a process that dies at once, before that is an error."""
_DRAIN = 6.0
_POLL = 0.02
_AGAIN = (0.0, 0.1, 0.5, 1.0)
"""Seconds before each new start of a line that keeps dying."""


class LineUnavailable(Exception):
    """The line process cannot be started; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOptions:
    """How the application runs its line. The other settings are the line's own defaults."""

    socket: Path
    sip: str
    """HOST:PORT."""
    spool: Path
    prompts: Path
    log: Path
    """Where the line's standard error goes; it must not be a pipe of ours, which dies with us."""
    extra: tuple[str, ...] = field(default=())
    """More arguments for ``python -m cardline.adapters.sip``."""

    def arguments(self) -> list[str]:
        return [
            *("-m", "cardline.adapters.sip", "--socket", str(self.socket), "--sip", self.sip),
            *("--spool", str(self.spool), "--prompts", str(self.prompts), *self.extra),
        ]


class LineClient:
    """Implements :class:`cardline.ports.line.protocol.Line`.

    The line runs in a session of its own, so it outlives this process; ``start`` finds it again by
    its socket. Events wait without bound for a slow consumer.
    """

    def __init__(self, options: LineOptions) -> None:
        self._options = options
        self._events: asyncio.Queue[LineEvent | None] = asyncio.Queue()
        self._encoder = msgspec.json.Encoder()
        self._decoder: msgspec.json.Decoder[LineEvent] = msgspec.json.Decoder(LineEvent)
        self._writer: asyncio.StreamWriter | None = None
        self._child = 0
        """The line process where we started it; 0 where it was adopted or has ended."""
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._failures = 0
        self.pid = 0
        """The line process; 0 before the first connection."""

    async def start(self) -> None:
        """Connect to the line, starting it if it does not run.

        Raises :class:`LineUnavailable` where it cannot be started.
        """
        reader = await self._connect()
        self._task = asyncio.create_task(self._supervise(reader), name="line")

    async def send(self, command: LineCommand) -> None:
        """Queue a command. Raises ``ConnectionError`` while the line is down."""
        writer = self._writer
        if writer is None or writer.is_closing():
            raise ConnectionError("the line is down")
        writer.write(self._encoder.encode(command) + b"\n")
        await writer.drain()

    async def events(self) -> AsyncIterator[LineEvent]:
        """All events in order; ends after ``stop``."""
        while (event := await self._events.get()) is not None:
            yield event

    async def stop(self, drain: bool) -> None:
        """Let go of the line. ``drain``: end its calls and the process; else it runs on."""
        self._stopping = True
        if drain:
            with contextlib.suppress(ConnectionError):
                await self.send(Drain())
            await self._await_death(_DRAIN)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._let_go()
        self._events.put_nowait(None)

    async def _supervise(self, reader: asyncio.StreamReader) -> None:
        failures = 0
        while True:
            await self._read(reader)
            await self._let_go()
            while not self._stopping:
                await asyncio.sleep(_AGAIN[min(failures, len(_AGAIN) - 1)])
                try:
                    reader = await self._connect()
                except LineUnavailable:
                    failures += 1
                else:
                    failures = 0
                    break
            if self._stopping:
                return

    async def _read(self, reader: asyncio.StreamReader) -> None:
        greeted = False
        while True:
            try:
                async with asyncio.timeout(None if greeted else _HELLO):
                    line = await reader.readline()
            except TimeoutError:
                self._kill()
                return
            except (OSError, ValueError):
                return
            if not line:
                return
            try:
                event = self._decoder.decode(line)
            except msgspec.DecodeError:
                continue  # a line of another version: what it says beyond our words is left out
            greeted = greeted or isinstance(event, Hello)
            self._events.put_nowait(event)

    async def _let_go(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> asyncio.StreamReader:
        """Connect to the running line, or start one."""
        deadline = asyncio.get_running_loop().time() + _START
        while True:
            try:
                reader, self._writer = await asyncio.open_unix_connection(
                    str(self._options.socket), limit=_LONGEST_LINE
                )
            except OSError:
                self._ensure_process()
            else:
                self.pid = _peer(self._writer)
                self._failures = 0
                return reader
            if asyncio.get_running_loop().time() > deadline:
                self._kill()
                raise LineUnavailable("the line process started, but does not answer")
            await asyncio.sleep(_POLL)

    def _ensure_process(self) -> None:
        if self._child:
            status = self._ended()
            if status is None:
                return
            self._failures += 1
            if status == 2 or self._failures >= _STARTS:
                self._failures = 0
                raise LineUnavailable(f"the line process cannot start: see {self._options.log}")
        elif self.pid and _alive(self.pid):
            return  # an adopted line that just ends, or replaces its socket
        self._options.log.parent.mkdir(parents=True, exist_ok=True)
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # No subprocess object: the line may live longer than we do, without a warning.
        self._child = self.pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *self._options.arguments()],
            _environment(),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self._options.log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )

    def _ended(self) -> int | None:
        """The exit status of our child, or ``None`` while it runs."""
        try:
            pid, status = os.waitpid(self._child, os.WNOHANG)
        except ChildProcessError:
            pid, status = self._child, 0
        if pid == 0:
            return None
        self._child = 0
        return os.waitstatus_to_exitcode(status)

    async def _await_death(self, seconds: float) -> None:
        for _ in range(round(seconds / _POLL)):
            if not self.pid or not _alive(self.pid):
                return
            if self._child and self._ended() is not None:
                return
            await asyncio.sleep(_POLL)
        self._kill()

    def _kill(self) -> None:
        if self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    # The line must find this very package, also where it is only a checkout.
    package = str(Path(cardline.__file__).resolve().parents[1])
    before = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": f"{package}{os.pathsep}{before}" if before else package}


def _peer(writer: asyncio.StreamWriter) -> int:
    sock: socket.socket = writer.get_extra_info("socket")
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid: int = struct.unpack("3i", credentials)[0]
    return pid


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
