"""All sockets of the line, read by one thread, handed in batches to the one loop that acts."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from typing import Protocol

_CHUNK = 1 << 16
_BATCH = 64
"""Datagrams taken from a socket before the others get their turn."""

Deliver = Callable[..., None]
"""``deliver(callback, *arguments)``: run ``callback`` in the loop. Callable from any thread."""

Datagram = tuple[bytes, tuple[str, int]]


class _Readable(Protocol):
    def ready(self, events: int) -> None: ...


class Wires:
    """Waits for every socket of the process; what arrives is delivered to the loop."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._written: list[Channel] | None = None
        self._epoll = select.epoll()
        self._watched: dict[int, _Readable] = {}
        threading.Thread(target=self._run, name="wires", daemon=True).start()

    def deliver(self, callback: Callable[..., None], *arguments: object) -> None:
        """Have the loop call back. What is sent meanwhile leaves together afterwards."""
        self._deliver(self._batch, callback, arguments)

    def held(self, channel: "Channel") -> bool:
        """Whether what ``channel`` sends waits for the end of the batch; it is flushed then."""
        if self._written is None:
            return False
        self._written.append(channel)
        return True

    def _batch(self, callback: Callable[..., None], arguments: tuple[object, ...]) -> None:
        # Each write wakes the process at the other end: one is cheaper than five.
        self._written = []
        try:
            callback(*arguments)
        finally:
            written, self._written = self._written, None
            for channel in written:
                channel.flush()

    def watch(self, fd: int, reader: _Readable, events: int = select.EPOLLIN) -> None:
        self._watched[fd] = reader
        self._epoll.register(fd, events)

    def change(self, fd: int, events: int) -> None:
        with contextlib.suppress(OSError):
            self._epoll.modify(fd, events)

    def forget(self, fd: int) -> None:
        self._watched.pop(fd, None)
        with contextlib.suppress(OSError, ValueError):
            self._epoll.unregister(fd)

    def _run(self) -> None:
        while True:
            for fd, events in self._epoll.poll():
                reader = self._watched.get(fd)
                if reader is not None:
                    reader.ready(events)


class Channel:
    """One stream socket: lines in, lines out. Everything but ``ready`` belongs to the loop.

    ``on_lines`` gets whole lines; ``on_end`` is called once, when the other side is gone or takes
    nothing any more (more than ``limit`` bytes wait).
    """

    def __init__(
        self,
        wires: Wires,
        sock: socket.socket,
        on_lines: Callable[[list[bytes]], None],
        on_end: Callable[[], None],
        *,
        limit: int = 8 << 20,
    ) -> None:
        sock.setblocking(False)
        self._wires = wires
        self._sock = sock
        self._fd = sock.fileno()
        self._on_lines = on_lines
        self._on_end = on_end
        self._limit = limit
        self._rest = b""
        self._waiting = bytearray()
        self._open = True
        wires.watch(self._fd, self)

    def send(self, data: bytes) -> None:
        """Send, now or as soon as the other side takes it."""
        if not self._open:
            return
        empty = not self._waiting
        self._waiting += data
        if empty and not self._wires.held(self):
            self.flush()
        elif len(self._waiting) > self._limit:
            self._end()

    def flush(self) -> None:
        """Send what waits, as far as the other side takes it."""
        if not self._waiting or not self._open:
            return
        try:
            sent = self._sock.send(self._waiting)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._end()
            return
        del self._waiting[:sent]
        if self._waiting:
            self._wires.change(self._fd, select.EPOLLIN | select.EPOLLOUT)

    def close(self) -> None:
        """Close without telling anybody."""
        if self._open:
            self._open = False
            self._wires.forget(self._fd)
            self._sock.close()

    def ready(self, events: int) -> None:
        # In the reading thread. The loop may close the socket at any moment.
        if events & select.EPOLLOUT:
            self._wires.change(self._fd, select.EPOLLIN)
            self._wires.deliver(self.flush)
        if events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            try:
                data = self._sock.recv(_CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._wires.forget(self._fd)
            self._wires.deliver(self._take, data)

    def _take(self, data: bytes) -> None:
        if not self._open:
            return
        if not data:
            self._end()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self._limit:
            self._end()
        elif lines:
            self._on_lines(lines)

    def _end(self) -> None:
        if self._open:
            self.close()
            self._on_end()


class Listener:
    """A listening Unix socket; each connection is delivered to the loop."""

    def __init__(
        self, wires: Wires, sock: socket.socket, on_connection: Callable[[socket.socket], None]
    ) -> None:
        sock.setblocking(False)
        self._wires = wires
        self._sock = sock
        self._on_connection = on_connection
        wires.watch(sock.fileno(), self)

    def ready(self, events: int) -> None:
        try:
            connection, _ = self._sock.accept()
        except OSError:
            return
        self._wires.deliver(self._on_connection, connection)

    def close(self) -> None:
        self._wires.forget(self._sock.fileno())
        self._sock.close()


class DatagramReader:
    """Reads a UDP socket in batches."""

    def __init__(
        self, wires: Wires, sock: socket.socket, on_batch: Callable[[list[Datagram]], None]
    ) -> None:
        sock.setblocking(False)
        self._wires = wires
        self._sock = sock
        self._on_batch = on_batch
        wires.watch(sock.fileno(), self)

    def ready(self, events: int) -> None:
        batch: list[Datagram] = []
        try:
            while len(batch) < _BATCH:
                batch.append(self._sock.recvfrom(_CHUNK))
        except OSError:
            pass
        if batch:
            self._wires.deliver(self._on_batch, batch)

    def close(self) -> None:
        self._wires.forget(self._sock.fileno())
