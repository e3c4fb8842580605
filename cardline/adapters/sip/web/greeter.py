"""Learns from which addresses browsers come, for those that do not say or do not know.

rtp.io's ICE (RFC 8445, lite) takes a browser only at an address that it was told. A browser behind
address translation does not know its own, and one without leave to use the microphone hides it. So
our answer names a second address of ours, this one: the browser tries both from the same socket,
and what arrives here shows where it comes from. It is never answered, so no browser settles on it.
A false word here does no harm: who comes from there must still prove to rtp.io the password.
"""

import socket
import struct
from collections.abc import Callable

from cardline.adapters.sip.wires import Datagram, DatagramReader, Wires

_HEAD = struct.Struct("!HHI12x")
_BINDING = 0x0001
_COOKIE = 0x2112A442
_USERNAME = 0x0006
_PRIORITY = 2130706431
"""Above what rtp.io gives itself, so that browsers try here first."""
_MOST_ADDRESSES = 10

Met = Callable[[str, int], None]


class Greeter:
    """One socket for all browsers that are awaited. ``ports`` are tried one after another."""

    def __init__(self, wires: Wires, host: str, ports: range) -> None:
        """Raises ``OSError`` where none is free."""
        self._host = host
        self._awaited: dict[str, tuple[Met, set[tuple[str, int]]]] = {}
        self._socket = _bound(host, ports)
        self._reader = DatagramReader(wires, self._socket, self._arrived)

    @property
    def candidate(self) -> str:
        """Our address as a browser is told it."""
        return f"2 1 UDP {_PRIORITY} {self._host} {self._socket.getsockname()[1]} typ host"

    def await_browser(self, ufrag: str, met: Met) -> None:
        """``met`` is told each address from which somebody comes who names our ``ufrag``."""
        self._awaited[ufrag] = met, set()

    def forget(self, ufrag: str) -> None:
        self._awaited.pop(ufrag, None)

    def _arrived(self, batch: list[Datagram]) -> None:
        for data, address in batch:
            met, known = self._awaited.get(named(data), (None, set()))
            if met is not None and address not in known and len(known) < _MOST_ADDRESSES:
                known.add(address)
                met(*address)


def named(data: bytes) -> str:
    """Whom a check of ICE is for (RFC 8445, 7.2.2), or the empty string for anything else."""
    if len(data) < _HEAD.size:
        return ""
    kind, size, cookie = _HEAD.unpack_from(data)
    if kind != _BINDING or cookie != _COOKIE or size != len(data) - _HEAD.size:
        return ""
    at = _HEAD.size
    while at + 4 <= len(data):
        attribute, length = struct.unpack_from("!HH", data, at)
        if attribute == _USERNAME:
            return data[at + 4 : at + 4 + length].partition(b":")[0].decode("ascii", "replace")
        at += 4 + length + -length % 4
    return ""


def _bound(host: str, ports: range) -> socket.socket:
    for port in ports:
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            bound.bind((host, port))
        except OSError:
            bound.close()
        else:
            return bound
    raise OSError(f"no free port among {ports.start} to {ports.stop}")
