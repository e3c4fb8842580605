"""``WS /api/v1/events``: one browser's connection, from the handshake to the last code."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from cardline.app.http.access import (
    EnrolmentNeeded,
    Forbidden,
    PasswordChangeNeeded,
    Unauthorised,
)
from cardline.app.live.hub import Live
from cardline.app.live.listener import (
    NOT_ENROLLED,
    SESSION_OVER,
    WENT_AWAY,
    Listener,
    Viewer,
)
from cardline.app.operation.metrics import DESKS_CLOSED
from cardline.desk.login.model import Session

CLOSE_SECONDS = 5.0
"""How long a browser that does not read is given to take the code."""
_NOT_FOR_US = 1008

Admit = Callable[[HTTPConnection], Awaitable[Session]]


def router(live: Callable[[], Live], admit: Admit) -> APIRouter:
    """Make the route of live events."""
    routes = APIRouter()

    @routes.websocket("/api/v1/events")
    async def events(websocket: WebSocket) -> None:
        """Tell what happens to whoever is logged in; nothing is received."""
        if live().stopping:
            await _refuse(websocket, WENT_AWAY, "restart")  # nobody can say any more who this is
            return
        try:
            session = await admit(websocket)
        except (EnrolmentNeeded, PasswordChangeNeeded) as refusal:
            await _refuse(websocket, NOT_ENROLLED, refusal.code)
            return
        except Forbidden:
            await websocket.close(_NOT_FOR_US)  # before it is accepted: status 403
            return
        except Unauthorised as refusal:
            await _refuse(websocket, SESSION_OVER, refusal.code)
            return
        await websocket.accept()
        staff = session.staff
        viewer = Viewer(session.id, staff.number, staff.role, staff.agent_id)
        listener = live().subscribe(viewer, websocket.query_params.get("after", ""))
        try:
            await _serve(websocket, listener)
        finally:
            live().unsubscribe(listener)

    return routes


async def _refuse(websocket: WebSocket, code: int, reason: str) -> None:
    """Accept and close: a page sees the code of a close, but no status of a handshake."""
    await websocket.accept()
    await websocket.close(code, reason)


async def _serve(websocket: WebSocket, listener: Listener) -> None:
    sending = asyncio.create_task(_send(websocket, listener))
    receiving = asyncio.create_task(_receive(websocket, listener))
    ends: set[asyncio.Future[Any]] = {sending, receiving, listener.closed}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, receiving):
            task.cancel()
        await asyncio.gather(sending, receiving, return_exceptions=True)
    if not listener.closed.done():
        return
    code, reason = listener.closed.result()
    DESKS_CLOSED.labels(str(code)).inc()
    with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(code, reason)


async def _send(websocket: WebSocket, listener: Listener) -> None:
    while True:
        await websocket.send_text(await listener.next())


async def _receive(websocket: WebSocket, listener: Listener) -> None:
    """Return when the browser has gone. What it says is not for us: commands go by HTTP."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        listener.close(_NOT_FOR_US, "nothing is received here")
