"""The HTTP application with its live events on a real port, and browsers that listen to it."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cardline.adapters.postgres.database import Database
from cardline.app.live.hub import Live
from cardline.core.actor import OPERATOR
from cardline.core.ids import AgentId
from cardline.core.masking import Secret
from cardline.desk.login import sessions
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import Role, Staff
from tests.actions.routing_floor import POLICY, T0
from tests.actions.staff_desk import CONFIG
from tests.partial import partial_application

PATIENCE = 20.0


@dataclass
class Clock:
    """Time stands until it is moved."""

    now: datetime = T0

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Page:
    """A browser that listens as the desk does: it checks that nothing is missing."""

    connection: ClientConnection
    told: list[dict[str, Any]] = field(default_factory=list)

    async def next(self, *kinds: str) -> dict[str, Any]:
        """Return the next message of one of these kinds, of any but pings where none is named."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = json.loads(await self.connection.recv())
                if self.told and message["kind"] != "hello":
                    assert message["prev"] == self.told[-1]["n"], message
                self.told.append(message)
                if message["kind"] in kinds or (not kinds and message["kind"] != "ping"):
                    return dict(message)

    async def until_closed(self) -> int:
        """Read to the end; return the code with which the server closed."""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(PATIENCE):
                while True:
                    self.told.append(json.loads(await self.connection.recv()))
        assert self.connection.close_code is not None
        return self.connection.close_code

    @property
    def position(self) -> str:
        """Up to where it was told."""
        return f"{self.told[-1]['epoch']}:{self.told[-1]['n']}"


@dataclass
class LiveServer:
    """One node."""

    database: Database
    clock: Clock
    live: Live
    port: int
    stop: asyncio.Event

    async def log_in(self, number: str, role: Role = "agent", *, proven: bool = True) -> str:
        """Hire somebody where need be, and open a session; return the cookie."""
        agent = AgentId(f"a{number}") if role in ("agent", "lead") else None
        who = Staff(number, "林晓", role, agent, None)
        async with self.database.transaction() as tx:
            await staff.add_staff(
                tx, who, token=f"token of {number}", phone_ha1=None, by=OPERATOR, at=self.clock()
            )
            _, secret = await sessions.open_session(
                tx,
                who,
                second_factor=proven,
                user_agent="test",
                policy=CONFIG.policy,
                at=self.clock(),
            )
        return f"cardline_session={secret.reveal()}"

    async def log_out(self, cookie: str) -> None:
        """End the session of a cookie."""
        secret = Secret(cookie.partition("=")[2])
        async with self.database.transaction() as tx:
            seen = await sessions.see_session(tx, secret, policy=CONFIG.policy, at=self.clock())
            assert seen.session is not None
            await sessions.log_out(tx, seen.session, at=self.clock())

    @asynccontextmanager
    async def page(
        self, cookie: str, *, after: str = "", origin: str | None = "", **options: Any
    ) -> AsyncIterator[Page]:
        """Open the page of somebody with this cookie; ``origin`` is our own unless given."""
        headers = {"Cookie": cookie} if cookie else {}
        if origin is not None:
            headers["Origin"] = origin or f"http://127.0.0.1:{self.port}"
        url = f"ws://127.0.0.1:{self.port}/api/v1/events?after={after}"
        async with connect(
            url, additional_headers=headers, proxy=None, compression=None, **options
        ) as connection:
            yield Page(connection)


@asynccontextmanager
async def live_server(database: Database) -> AsyncIterator[LiveServer]:
    """Run one node until the end of the block, and shut it down as ``serve`` does."""
    clock = Clock()
    live = Live(database, routing=POLICY, login=CONFIG.policy, clock=clock, healthy=lambda: True)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                partial_application(
                    clock=clock, live=live, database=database, routing=POLICY, login=CONFIG
                ),
                log_config=None,
                lifespan="off",
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=2,
            )
        )
        stop = asyncio.Event()
        node = LiveServer(database, clock, live, listening.getsockname()[1], stop)
        hearing = asyncio.create_task(live.run())
        serving = asyncio.create_task(server.serve([listening]))
        stopping = asyncio.create_task(_shut_down(stop, live, server))
        try:
            while not server.started or not live.hearing:  # noqa: ASYNC110 - neither has an event
                await asyncio.sleep(0.01)
            yield node
        finally:
            stop.set()
            await stopping
            await serving
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await hearing


async def _shut_down(stop: asyncio.Event, live: Live, server: uvicorn.Server) -> None:
    await stop.wait()
    live.close()
    server.should_exit = True
