"""A crowd of browsers in a process of its own: ``python -m bench.browsers`` with a plan on stdin.

Each listens to live events over a WebSocket and does no more than a browser must: it answers pings
and notes when a message came. Written on bare protocols: the crowd shares the machine with what is
measured. Prints one JSON object. Times are of ``CLOCK_MONOTONIC``, which all processes share.
"""

import asyncio
import base64
import gc
import json
import os
import re
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

_MARK = re.compile(rb'"prev":(\d+),.*?"n":(\d+),"kind":"([a-z-]+)","id":"(?:at(\d+))?')
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Browser(asyncio.Protocol):
    """One page that listens."""

    def __init__(self, request: bytes, seen: Callable[[bytes, float], None]) -> None:
        self._request = request
        self._seen = seen
        self._buffer = bytearray()
        self._open = False
        self.last = -1
        self.gaps = 0
        self.messages = 0
        self.greeted = asyncio.get_running_loop().create_future()
        self.lost = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.greeted.done():
            self.greeted.set_exception(ConnectionError(bytes(self._buffer[:80]).decode()))

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._buffer += data
        if not self._open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self.greeted.set_exception(ConnectionError(bytes(self._buffer[:80]).decode()))
                return
            del self._buffer[: end + 4]
            self._open = True
        while (frame := self._frame()) is not None:
            self._take(*frame, now)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        opcode, payload = buffer[0] & 15, bytes(buffer[start : start + length])
        del buffer[: start + length]
        return opcode, payload

    def _take(self, opcode: int, payload: bytes, now: float) -> None:
        assert self._transport is not None
        if opcode == _PING:
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
            self._transport.write(bytes((128 | _PONG, 128 | len(payload))) + mask + masked)
        elif opcode == _TEXT:
            self._message(payload, now)
        elif opcode == _CLOSE:
            self.lost = True

    def _message(self, payload: bytes, now: float) -> None:
        found = _MARK.search(payload)
        assert found is not None, payload
        prev, n, kind, sent = found.groups()
        self.messages += 1
        if self.last >= 0 and int(prev) != self.last:
            self.gaps += 1
        self.last = int(n)
        if kind == b"hello" and not self.greeted.done():
            self.greeted.set_result(None)
        if sent:
            self._seen(sent, now)


async def listen(port: int, cookies: Sequence[str]) -> None:
    """Connect everybody, say so on stdout, listen until stdin ends, then say what was seen."""
    delays: list[float] = []

    def seen(sent: bytes, now: float) -> None:
        delays.append(now - int(sent) / 1e9)

    loop = asyncio.get_running_loop()
    pages: list[Browser] = []
    began = time.monotonic()
    for cookie in cookies:
        request = _request(port, "/api/v1/events", cookie, upgrade=True)
        _, page = await loop.create_connection(
            lambda request=request: Browser(request, seen),  # type: ignore[misc]  # bound now
            "127.0.0.1",
            port,
        )
        await page.greeted
        pages.append(page)
    print(json.dumps({"connected": len(pages), "seconds": time.monotonic() - began}), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(
        json.dumps(
            {
                "delays": delays,
                "messages": sum(page.messages for page in pages),
                "gaps": sum(page.gaps for page in pages),
                "lost": sum(page.lost for page in pages),
            }
        ),
        flush=True,
    )


class Desk(Browser):
    """A page that reads the whole screen when its agent has answered a call."""

    def __init__(self, request: bytes, answered: Callable[[str, float], None]) -> None:
        super().__init__(request, lambda *_: None)
        self._answered = answered

    def _message(self, payload: bytes, now: float) -> None:
        super()._message(payload, now)
        if b'"kind":"interaction"' in payload and b'"state":"answered"' in payload:
            self._answered(json.loads(payload)["id"], now)


async def screens(port: int, cookies: Sequence[str]) -> None:
    """Connect desks, say so, read a screen for every answered call until stdin ends, say when."""
    seen: list[tuple[str, float, float]] = []
    wrong = 0
    loop = asyncio.get_running_loop()
    reading: set[asyncio.Task[None]] = set()

    async def connect(cookie: str) -> None:
        turn = asyncio.Lock()

        async def screen(interaction: str, heard: float) -> None:
            nonlocal wrong
            async with turn:
                # A connection of its own: the server has closed one that was idle between calls.
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                path = f"/api/v1/interactions/{interaction}/screen"
                writer.write(_request(port, path, cookie))
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                assert length is not None
                body = await reader.readexactly(int(length[1]))
                writer.close()
            wrong += not head.startswith(b"HTTP/1.1 200") or b'"assurance"' not in body
            seen.append((interaction, heard, time.monotonic()))

        def answered(interaction: str, heard: float) -> None:
            task = loop.create_task(screen(interaction, heard))
            reading.add(task)
            task.add_done_callback(reading.discard)

        request = _request(port, "/api/v1/events", cookie, upgrade=True)
        _, page = await loop.create_connection(lambda: Desk(request, answered), "127.0.0.1", port)
        await page.greeted

    began = time.monotonic()
    for cookie in cookies:
        await connect(cookie)
    print(json.dumps({"connected": len(cookies), "seconds": time.monotonic() - began}), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    await asyncio.gather(*reading)
    print(json.dumps({"seen": seen, "wrong": wrong}), flush=True)


async def read(
    port: int, cookies: Sequence[str], paths: Sequence[str], per_second: float, seconds: float
) -> None:
    """Send requests at fixed times, answered or not; a delay counts from the time planned."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    delays: dict[str, list[float]] = {path: [] for path in paths}
    wrong = 0

    async def connection() -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            planned, request = await queue.get()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            assert length is not None
            await reader.readexactly(int(length[1]))
            wrong += not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 404"))
            delays[request.split(b" ", 2)[1].decode()].append(time.monotonic() - planned)
            queue.task_done()

    async with asyncio.TaskGroup() as group:
        crowd = [group.create_task(connection()) for _ in range(64)]
        began = time.monotonic()
        for number in range(int(per_second * seconds)):
            planned = began + number / per_second
            await asyncio.sleep(max(0.0, planned - time.monotonic()))
            path, cookie = paths[number % len(paths)], cookies[number % len(cookies)]
            queue.put_nowait((planned, _request(port, path, cookie)))
        await queue.join()
        for task in crowd:
            task.cancel()
    print(json.dumps({"delays": delays, "wrong": wrong}), flush=True)


def _request(port: int, path: str, cookie: str, *, upgrade: bool = False) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Cookie: {cookie}"]
    if upgrade:
        key = base64.b64encode(os.urandom(16)).decode()
        lines += [f"Origin: http://127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def main() -> None:
    """Do what the plan on the first line of stdin says."""
    plan = json.loads(sys.stdin.readline())
    gc.disable()  # a collection here would be counted as a late answer of theirs
    works: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
        "listen": listen,
        "read": read,
        "screens": screens,
    }
    asyncio.run(works[plan.pop("do")](**plan))


if __name__ == "__main__":
    main()
