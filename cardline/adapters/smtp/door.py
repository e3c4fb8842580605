"""The door for e-mail: a small SMTP server behind the bank's own mail server (RFC 5321).

It takes what is for us and within the size, says 250 only when everything is kept, and 451 where
that failed, so that the other server brings it again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

log = structlog.get_logger()

Take = Callable[[bytes, str, list[str]], Awaitable[object]]
"""Keeps one e-mail: the whole of it, the sender of the envelope, its recipients."""

_MOST_RECIPIENTS = 20
_IDLE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Door:
    """Where the door is and what it takes."""

    host: str
    port: int
    name: str
    """As it calls itself."""
    most_bytes: int
    most_connections: int
    accepts: Callable[[str], bool]
    take: Take


class _Handler:
    """The answers that are ours; the rest of the protocol is aiosmtpd's."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take addresses of ours alone: this is no relay."""
        if not self._door.accepts(address):
            return "550 5.1.1 there is no such address here"
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep it, then say so."""
        content = envelope.original_content or b""
        try:
            await self._door.take(content, envelope.mail_from or "", list(envelope.rcpt_tos))
        except Exception:
            log.exception("an e-mail could not be kept; its server will bring it again")
            return "451 4.3.0 not kept, try again later"
        return "250 2.6.0 kept"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of the protocol is no end of the world."""
        log.warning("a fault at the door for e-mail", fault=type(error).__name__)
        return "451 4.3.0 try again later"


class _Connection(SMTP):
    """One connection; more than are allowed at once are asked to come back."""

    def __init__(self, *args: Any, room: "_Room", **more: Any) -> None:
        super().__init__(*args, **more)
        self._room = room
        self._counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, or send it away politely."""
        if self._room.open >= self._room.most:
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(b"421 4.3.2 too busy, come back later\r\n")
            transport.close()
            return
        self._room.open += 1
        self._counted = True
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for the next."""
        if self._counted:
            self._room.open -= 1
            self._counted = False
            super().connection_lost(error)


class _Room:
    def __init__(self, most: int) -> None:
        self.most = most
        self.open = 0


@contextlib.asynccontextmanager
async def _serving(door: Door) -> Any:
    room = _Room(door.most_connections)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(
            _Handler(door),
            room=room,
            data_size_limit=door.most_bytes,
            enable_SMTPUTF8=True,
            hostname=door.name,
            ident="Cardline",
            timeout=_IDLE_SECONDS,
            loop=loop,
        ),
        host=door.host,
        port=door.port,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


open_door = _serving
"""Open the door for the time of a block; gives the port on which it listens."""


async def serve_door(door: Door) -> None:
    """Keep the door open until cancelled. Raises ``OSError`` where the port is taken."""
    async with open_door(door):
        await asyncio.Event().wait()
