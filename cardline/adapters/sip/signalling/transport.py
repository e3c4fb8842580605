"""UDP for the SIP stack: sends from the loop, never waits for a name server there."""

import contextlib
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from sippy.Network_server import (
    Network_server,
    Network_server_opts,
    Remote_address,
)
from sippy.Time.MonoTime import MonoTime

from cardline.adapters.sip.wires import Datagram, DatagramReader, Wires

_RECEIVE_BUFFER = 4 << 20
_NAMES_WAITING = 100


class DatagramOptions(Network_server_opts):  # type: ignore[misc]
    """Where to listen; ``flags`` is set by the stack and not used."""

    flags = 0


class DatagramServer(Network_server):  # type: ignore[misc]
    """The one UDP socket of the line, as the stack wants it."""

    transport = "udp"
    wires: Wires
    advertised: str
    _reader: DatagramReader | None = None

    def __init__(self, _config: object, options: DatagramOptions) -> None:
        super().__init__(options)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self.sock.bind(self.uopts.laddress)
        self._numeric: dict[str, bool] = {}
        self._names: _Names | None = None
        self._reader = DatagramReader(self.wires, self.sock, self._arrived)

    def getSIPaddr(self) -> tuple[tuple[str, int], str]:  # noqa: N802 - the name that sippy calls
        return (self.advertised, self.uopts.laddress[1]), self.transport

    def send_to(self, data: bytes | str, address: tuple[str, int], delayed: bool = False) -> None:
        raw = data if isinstance(data, bytes) else data.encode()
        host, port = address
        if self._is_numeric(host):
            self.put(raw, (host, int(port)))
        else:
            if self._names is None:
                self._names = _Names(self.put)
            self._names.send(raw, (host, int(port)))

    def put(self, raw: bytes, address: tuple[str, int]) -> None:
        """Send; what the kernel does not take is lost, and SIP sends it again."""
        with contextlib.suppress(OSError, OverflowError, ValueError):
            self.sock.sendto(raw, address)

    def shutdown(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self.sock.close()
        self.uopts.data_callback = None

    def join(self) -> None:
        """Nothing runs here that would have to be waited for."""

    def _is_numeric(self, host: str) -> bool:
        known = self._numeric.get(host)
        if known is None:
            try:
                socket.inet_pton(socket.AF_INET, host)
                known = True
            except (OSError, ValueError):
                known = False
            if len(self._numeric) > 10_000:
                self._numeric.clear()
            self._numeric[host] = known
        return known

    def _arrived(self, batch: list[Datagram]) -> None:
        for data, address in batch:
            self.handle_read(data, Remote_address(address, self.transport), MonoTime())


class _Names:
    """Looks up host names beside the loop; a flood of unknown names is dropped."""

    def __init__(self, put: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._put = put
        self._waiting: queue.Queue[tuple[bytes, tuple[str, int]]] = queue.Queue(_NAMES_WAITING)
        threading.Thread(target=self._run, name="names", daemon=True).start()

    def send(self, raw: bytes, address: tuple[str, int]) -> None:
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait((raw, address))

    def _run(self) -> None:
        while True:
            raw, (host, port) = self._waiting.get()
            try:
                found: list[Any] = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)
            except (OSError, UnicodeError):
                continue
            if found:
                self._put(raw, found[0][4])
