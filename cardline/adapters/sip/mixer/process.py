"""The conference mixer: a process for the few talks that are more than two-way.

``python -m cardline.adapters.sip.mixer.process --socket S [--host IP] [--ports LO-HI]`` serves one
client on the Unix socket S, one JSON object a line, and ends with it. A party is opened in a room
with a UDP port of its own and gets 20 ms of RTP every 20 ms: the sum of those whom it hears, in its
law.

Asked: ``open`` (room, party, law, peer, event_pt, idle), ``hears`` (room, hears), ``close`` (room,
party or null for all). Told: ``opened`` (port), ``closed``, ``key`` (digit; once for each press),
``idle`` (no packet for that many seconds), ``error`` (text). Keys are RFC 4733 events.
"""

import argparse
import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from cardline.adapters.sip.mixer.rooms import Rooms

Tell = Callable[[dict[str, object]], None]
STEP = 0.02
_BEHIND = 5
"""Steps that are made up for; after a longer pause of the machine the rest is left out."""
_UNREAD_BYTES = 1 << 20
_PR_SET_PDEATHSIG = 1


class Open(msgspec.Struct, frozen=True, tag_field="do", tag="open"):
    """Let a party in; again for one that is in: its law or peer changed."""

    room: str
    party: str
    law: Literal["ulaw", "alaw"] = "ulaw"
    peer: str | None = None
    event_pt: int = 101
    idle: float | None = None


class Hears(msgspec.Struct, frozen=True, tag_field="do", tag="hears"):
    """Who hears whom in a room from now on; who is not named hears nothing."""

    room: str
    hears: dict[str, list[str]]


class Close(msgspec.Struct, frozen=True, tag_field="do", tag="close"):
    """Put a party out; null puts all out."""

    room: str
    party: str | None = None


_command = msgspec.json.Decoder(Open | Hears | Close)


class Client:
    """The one who asks: lines in, lines out, without ever waiting for them."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self._incoming = b""
        self._outgoing = b""

    def tell(self, event: dict[str, object]) -> None:
        self._outgoing += msgspec.json.encode(event) + b"\n"
        self.flush()

    def flush(self) -> None:
        """Write what fits. Raises ``ConnectionError`` where nobody reads any more."""
        if self._outgoing:
            try:
                sent = self.connection.send(self._outgoing)
            except BlockingIOError:
                sent = 0
            self._outgoing = self._outgoing[sent:]
            if len(self._outgoing) > _UNREAD_BYTES:
                raise ConnectionError("the client does not read")

    def lines(self) -> list[bytes]:
        """Return the whole lines that have come. Raises ``ConnectionError`` at the end."""
        try:
            fresh = self.connection.recv(65536)
        except BlockingIOError:
            return []
        if not fresh:
            raise ConnectionError("the client left")
        *lines, self._incoming = (self._incoming + fresh).split(b"\n")
        return [line for line in lines if line.strip()]


def obey(rooms: "Rooms", client: Client, line: bytes, now: float) -> None:
    """Carry out one command and tell the outcome."""
    try:
        command = _command.decode(line)
        if isinstance(command, Open):
            port = rooms.open(
                (command.room, command.party),
                law=command.law,
                peer=_address(command.peer),
                event_type=command.event_pt,
                idle=command.idle,
                now=now,
            )
            opened = {"event": "opened", "room": command.room, "party": command.party}
            client.tell({**opened, "port": port})
        elif isinstance(command, Hears):
            rooms.hears(command.room, command.hears)
        else:
            rooms.close(command.room, command.party, now)
            client.tell({"event": "closed", "room": command.room, "party": command.party})
    except (msgspec.DecodeError, ValueError) as error:
        client.tell({"event": "error", "text": str(error)})
    except ConnectionError:
        raise
    except OSError as error:
        client.tell({"event": "error", "text": error.strerror or str(error)})


def serve(rooms_of: Callable[[Tell], "Rooms"], listener: socket.socket) -> None:
    """Serve one client until it leaves."""
    connection, _ = listener.accept()
    client = Client(connection)
    rooms = rooms_of(client.tell)
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    due = time.monotonic()
    while True:
        # The next step is due at a fixed time, so that no delay adds up.
        wait = (due - time.monotonic()) * 1000 if len(rooms) else None
        if poll.poll(None if wait is None else max(wait, 0)):
            for line in client.lines():
                obey(rooms, client, line, time.monotonic())
        client.flush()
        now = time.monotonic()
        if not len(rooms) or now - due > _BEHIND * STEP:
            due = now
        while len(rooms) and due <= now:
            rooms.step(now)
            due += STEP


def main() -> None:
    """Run the mixer from the command line."""
    parser = argparse.ArgumentParser(description="mix the talks that are more than two-way")
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket to serve at")
    parser.add_argument("--host", default="127.0.0.1", help="address of the parties' ports")
    parser.add_argument("--ports", default="", help="LO-HI, of which the even ones are used")
    options = parser.parse_args()
    low, _, high = options.ports.partition("-")
    # One thread multiplies matrices this small; more would only spin.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from cardline.adapters.sip.mixer.rooms import Ports, Rooms

    ports = Ports(options.host, int(low or 0), int(high or 0))
    _leave_with_parent()
    listener = _listen(options.socket)
    with contextlib.suppress(ConnectionError):
        serve(lambda tell: Rooms(ports, tell), listener)
    options.socket.unlink(missing_ok=True)


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    listener.bind(str(path))
    os.umask(before)
    listener.listen(1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    return listener


def _leave_with_parent() -> None:
    """End with whoever started us; the keyboard's interrupt is theirs to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _address(peer: str | None) -> tuple[str, int] | None:
    if peer is None:
        return None
    host, colon, port = peer.rpartition(":")
    if not colon or not port.isdigit():
        raise ValueError("a peer is written IP:PORT")
    return host, int(port)


if __name__ == "__main__":
    main()
