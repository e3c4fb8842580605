"""What the tests of the line share: a line to test, and a bare SIP peer, as odd as one likes."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import struct
import sys
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from cardline.adapters.sip.client import LineClient, LineOptions
from cardline.ports.line.commands import LineCommand
from cardline.ports.line.events import Event, Hello, LineEvent
from tests.wire.bare_rtp import SECONDS

_T = TypeVar("_T")


def free_port() -> int:
    """A UDP port that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rtp_range() -> str:
    """600 ports that nobody uses now."""
    for _ in range(50):
        low = 20000 + secrets.randbelow(66) * 600
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(low, low + 600, 25):
                probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                probe.bind(("127.0.0.1", port))
            return f"{low}-{low + 598}"
    raise RuntimeError("no free ports")


def write_prompt(folder: Path, name: str, *, byte: int = 0, seconds: float = 0.4) -> None:
    """A prompt of 16-bit PCM whose level tells it from others."""
    path = folder / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(struct.pack("<h", byte * 256) * int(8000 * seconds))


class RunningLine:
    """A line process with the application's client, and the events that came."""

    def __init__(self, home: Path, extra: tuple[str, ...] = ()) -> None:
        self.home = home
        self.prompts = home / "prompts"
        self.spool = home / "spool"
        self.port = free_port()
        for name in (
            "zh/please_hold.0",
            "en/please_hold.0",
            "common/hold_music",
            "zh/greeting.0",
            "zh/one",
            "zh/two",
        ):
            write_prompt(self.prompts, name, byte=10 + len(name))
        self.options = LineOptions(
            socket=home / "line.sock",
            sip=f"127.0.0.1:{self.port}",
            spool=self.spool,
            prompts=self.prompts,
            log=home / "line.log",
            extra=("--rtp", rtp_range(), "--free-mb", "1", *extra),
        )
        self.client = LineClient(self.options)
        self.seen: list[LineEvent] = []
        self._pending: list[LineEvent] = []
        self._news = asyncio.Condition()
        self._reader: asyncio.Task[None] | None = None

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    async def connect(self) -> Hello:
        """Connect a new client (the first starts the line)."""
        self.client = LineClient(self.options)
        await self.client.start()
        self._reader = asyncio.create_task(self._read(self.client))
        return await self.expect(Hello)

    async def disconnect(self) -> None:
        """As an application that dies: the line is left alone."""
        await self.client.stop(drain=False)
        if self._reader is not None:
            await self._reader

    async def kill(self) -> None:
        """Kill the process; returns when the next one has said hello."""
        os.kill(self.client.pid, signal.SIGKILL)
        await self.expect(Hello)

    async def send(self, command: LineCommand) -> None:
        await self.client.send(command)

    async def expect(self, kind: type[_T], *, within: float = SECONDS, **fields: object) -> _T:
        """The first event of this kind with these fields that was not taken before."""

        def find() -> _T | None:
            for event in self._pending:
                if isinstance(event, kind) and all(
                    getattr(event, name) == value for name, value in fields.items()
                ):
                    self._pending.remove(event)
                    return event
            return None

        async with self._news:
            try:
                async with asyncio.timeout(within):
                    while (found := find()) is None:
                        await self._news.wait()
            except TimeoutError:
                raise AssertionError(
                    f"no {kind.__name__} {fields} came; there were {self._pending}"
                ) from None
            return found

    async def news(self) -> None:
        """Until another event has come."""
        async with self._news:
            await self._news.wait()

    def count(self, kind: type[Event], **fields: object) -> int:
        """How many such events came in all."""
        return sum(
            isinstance(event, kind)
            and all(getattr(event, name) == value for name, value in fields.items())
            for event in self.seen
        )

    async def stop(self) -> None:
        await self.client.stop(drain=True)
        if self._reader is not None:
            await self._reader

    def log(self) -> str:
        path = self.home / "line.log"
        return path.read_text() if path.exists() else ""

    async def _read(self, client: LineClient) -> None:
        async for event in client.events():
            async with self._news:
                self.seen.append(event)
                self._pending.append(event)
                self._news.notify_all()


@asynccontextmanager
async def running_line(home: Path, *extra: str) -> AsyncIterator[RunningLine]:
    """A started line; drained at the end, and its log shown where the test failed."""
    line = RunningLine(home, extra)
    await line.connect()
    try:
        yield line
    finally:
        await line.stop()
        sys.stdout.write(line.log())


def packets(path: Path) -> Iterator[tuple[float, int, int, bytes]]:
    """Arrival time, our port, payload type and payload of each RTP packet in a recording."""
    data, at = path.read_bytes(), 24
    while at + 16 <= len(data):
        seconds, micros, size, _ = struct.unpack_from("<IIII", data, at)
        ip = data[at + 30 : at + 16 + size]
        at += 16 + size
        port = struct.unpack_from("!H", ip, 22)[0]
        yield seconds + micros / 1e6, port, ip[29] & 0x7F, ip[40:]


def media_child(line: RunningLine) -> int:
    """The process that relays, of a line that runs."""
    children = Path(f"/proc/{line.client.pid}/task/{line.client.pid}/children").read_text().split()
    for pid in map(int, children):
        if b"sip.media.process" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError("the line has no media child")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
