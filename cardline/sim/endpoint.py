"""The SIP endpoint of a simulated phone: one UDP socket and the transactions over it (RFC 3261)."""

import asyncio
import random
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

from cardline.sim.sip_message import (
    BadMessage,
    Message,
    has_parameter,
    host_and_port,
    parse,
)
from cardline.sim.transaction import TRANSACTION_SECONDS, ClientTransaction, ServerTransaction

Address = tuple[str, int]
_KEPT = TRANSACTION_SECONDS
"""Seconds for which a finished transaction still knows its repeats."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a phone misbehaves, for tests of faults. By default not at all."""

    duplicate_requests: bool = False
    """Sends each request twice."""
    never_ack: bool = False
    """Never acknowledges a final response to an INVITE."""
    drop_bye: bool = False
    """Vanishes instead of hanging up: neither BYE nor answers nor sound from then on."""
    cancel_on_answer: bool = False
    """Sends CANCEL when the 200 arrives, as where both crossed, then ACK and BYE."""
    lose: float = 0.0
    """Share of the datagrams that get lost in either direction, 0 to 1."""


class Endpoint(asyncio.DatagramProtocol):
    """Sends and receives messages; tells ``on_request`` of each new request, once.

    An ACK that belongs to no transaction (to a 2xx) goes to ``on_ack``.
    """

    def __init__(
        self,
        manners: Manners,
        *,
        on_request: Callable[[ServerTransaction], None],
        on_ack: Callable[[Message], None],
    ) -> None:
        self.manners = manners
        self.host, self.port = "", 0
        self.garbage = 0
        """Datagrams that were no SIP."""
        self._on_request = on_request
        self._on_ack = on_ack
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._destinations: dict[tuple[str, str], Address] = {}
        self._servers: dict[tuple[str, str], ServerTransaction] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, host: str, port: int) -> None:
        """Bind the socket; port 0 takes a free one."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, (host, port))
        self._transport = transport
        self.host, self.port = transport.get_extra_info("sockname")[:2]

    def close(self) -> None:
        """Stop in the middle of whatever goes on."""
        for client in self._clients.values():
            client.stop()
        for server in self._servers.values():
            server.stop()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    # ------------------------------------------------------------ requests of ours

    def new_via(self) -> str:
        """Return a Via for a new transaction."""
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        return f"SIP/2.0/UDP {self.host}:{self.port};rport;branch={branch}"

    def request(
        self,
        message: Message,
        to: Address,
        *,
        on_provisional: Callable[[Message], None] | None = None,
        on_repeat: Callable[[], None] | None = None,
    ) -> ClientTransaction:
        """Send a request until it is answered; ``on_repeat``: its 2xx came once more."""
        encoded = message.encode()
        key = (message.branch, message.method)
        client = ClientTransaction(
            message,
            lambda: self.send_request(encoded, to),
            on_provisional=on_provisional,
            on_repeat=on_repeat,
        )
        self._clients[key] = client
        self._destinations[key] = to
        client.final.add_done_callback(lambda _: self._later(self._forget, key))
        return client

    def _forget(self, key: tuple[str, str]) -> None:
        self._clients.pop(key, None)
        self._destinations.pop(key, None)

    def destination_of(self, client: ClientTransaction) -> Address:
        """Return where a request went (a CANCEL goes after its INVITE)."""
        return self._destinations[client.request.branch, client.request.method]

    def send_request(self, encoded: bytes, to: Address) -> None:
        """Send a request once; twice with bad manners. An ACK goes this way."""
        self._send(encoded, to)
        if self.manners.duplicate_requests:
            self._send(encoded, to)

    # ------------------------------------------------------------ the wire

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self._is_lost() or not data.strip(b"\r\n\0"):
            return
        try:
            message = parse(data)
        except BadMessage:
            self.garbage += 1
            return
        if message.is_request:
            self._take_request(message, addr)
        else:
            self._take_response(message)

    def error_received(self, exc: Exception) -> None:
        """A port was closed at the other end: the timers find out."""

    def _take_response(self, response: Message) -> None:
        key = (response.branch, response.sequence_method)
        client = self._clients.get(key)
        if client is None:
            return
        client.take(response)
        is_refused = response.status >= 300 and client.request.method == "INVITE"
        if is_refused and not self.manners.never_ack:
            ack = acknowledgement(client.request, response)
            self.send_request(ack.encode(), self._destinations[key])

    def _take_request(self, request: Message, source: Address) -> None:
        method = "INVITE" if request.method == "ACK" else request.method
        key = (_transaction_id(request), method)
        server = self._servers.get(key)
        if request.method == "ACK":
            if server is not None:
                server.acknowledge()
            else:
                self._on_ack(request)
        elif server is not None:
            server.repeat()
        else:
            back = _way_back(request, source)
            server = ServerTransaction(request, lambda encoded: self._send(encoded, back))
            self._servers[key] = server
            self._later(self._servers.pop, key, None, after=10 * _KEPT)
            self._on_request(server)

    def cancelled_by(self, cancel: Message) -> ServerTransaction | None:
        """Return the INVITE that a CANCEL is about."""
        return self._servers.get((_transaction_id(cancel), "INVITE"))

    def _send(self, encoded: bytes, to: Address) -> None:
        if self._transport is not None and not self._is_lost():
            self._transport.sendto(encoded, to)

    def _is_lost(self) -> bool:
        return self.manners.lose > 0 and random.random() < self.manners.lose

    def _later(self, forget: Callable[..., object], *rest: object, after: float = _KEPT) -> None:
        loop = asyncio.get_running_loop()
        if not loop.is_closed():
            loop.call_later(after, forget, *rest)


def acknowledgement(invite: Message, response: Message) -> Message:
    """Return the ACK to a final response that is no 2xx (RFC 3261 section 17.1.1.3)."""
    ack = Message(method="ACK", uri=invite.uri)
    ack.add("Via", invite.get("Via"))
    ack.add("Route", *invite.all("Route"))
    ack.add("Max-Forwards", "70")
    ack.add("From", invite.get("From"))
    ack.add("To", response.get("To"))
    ack.add("Call-ID", invite.call_id)
    ack.add("CSeq", f"{invite.sequence} ACK")
    return ack


def response_to(request: Message, status: int, reason: str, *, tag: str = "") -> Message:
    """Return a response with the headers of its request (RFC 3261 section 8.2.6)."""
    response = Message(status=status, reason=reason)
    for name in ("Via", "Record-Route", "From"):
        response.add(name, *request.all(name))
    to = request.get("To")
    response.add("To", f"{to};tag={tag}" if tag and not request.to_tag else to)
    response.add("Call-ID", request.call_id)
    response.add("CSeq", request.get("CSeq"))
    return response


def address_of(uri: str) -> Address:
    """Return where to send a request for ``uri``. Raises ``BadMessage`` or ``OSError``."""
    host, port = host_and_port(uri)
    return socket.gethostbyname(host), port


def _transaction_id(request: Message) -> str:
    """Return branch and sender (RFC 3261 section 17.2.3)."""
    return f"{request.branch} {_sent_by(request)}"


def _sent_by(request: Message) -> str:
    return request.get("Via").split(";")[0].split()[-1].lower()


def _way_back(request: Message, source: Address) -> Address:
    """Return where responses go (RFC 3261 section 18.2.2, RFC 3581)."""
    via = request.get("Via")
    if has_parameter(via, "rport"):
        return source
    _, _, port = _sent_by(request).rpartition(":")
    return source[0], int(port) if port.isdigit() else 5060
