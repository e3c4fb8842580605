"""The network between a desk and its server, which can be cut: sound goes another way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Cable:
    """Carries TCP connections to a server until it is cut."""

    def __init__(self, server: str) -> None:
        self._host, _, self._port = server.rpartition(":")
        self._carrying: set[asyncio.Task[None]] = set()
        self.is_cut = False
        self.origin = ""

    async def _carry(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        if self.is_cut:
            to_near.transport.abort()
            return
        far, to_far = await asyncio.open_connection(self._host, int(self._port))
        work = asyncio.gather(_pump(near, to_far), _pump(far, to_near))
        task = asyncio.ensure_future(_finish(work))
        self._carrying.add(task)
        try:
            await task
        finally:
            self._carrying.discard(task)
            to_near.transport.abort()
            to_far.transport.abort()

    def cut(self) -> None:
        """Break every connection, and let none come."""
        self.is_cut = True
        for task in self._carrying:
            task.cancel()

    def mend(self) -> None:
        """Carry again."""
        self.is_cut = False


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def _finish(work: "asyncio.Future[list[None]]") -> None:
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await work


@asynccontextmanager
async def cable_to(server: str) -> AsyncIterator[Cable]:
    """Lay a cable to a server; ``origin`` is its near end, host and port."""
    cable = Cable(server)
    listening = await asyncio.start_server(cable._carry, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()[:2]
    cable.origin = f"{host}:{port}"
    try:
        yield cable
    finally:
        cable.cut()
        listening.close()
        await listening.wait_closed()
