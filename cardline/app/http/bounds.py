"""What no request may be, whatever its route: no text, too large; refused before it is read."""

import json
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256 * 1024
"""Of the body of a request to the API. Pages that take files have bounds of their own."""
_WITH_FILES = {"/api/v1/letters-in": 64 * 1024 * 1024}
"""Routes of the API that take files: the scans of one letter."""
_API = "/api/"


class Bounds:
    """Refuses addresses that are no text, and bodies that are larger than anything of ours."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        if not _is_text(scope):
            await _refuse(scope, send, 422, "invalid", "this address is no text")
            return
        if scope["type"] == "http" and scope["path"].startswith(_API):
            most = _WITH_FILES.get(scope["path"], MOST_BYTES)
            if _declared(scope) > most:
                await _refuse(scope, send, 413, "too-large", f"at most {most} bytes")
                return
            receive = _counted(receive, most)
        await self._application(scope, receive, send)


def _is_text(scope: Scope) -> bool:
    """False where path or query hold a NUL or what is no UTF-8: no database keeps that."""
    try:
        query = unquote_to_bytes(scope.get("query_string", b"")).decode()
        scope["path"].encode()
    except UnicodeError:
        return False
    return "\0" not in scope["path"] and "\0" not in query


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:12])
    return 0


def _counted(receive: Receive, most: int) -> Receive:
    """Count what comes, for whoever does not say how much it will be."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, "too large")
        return message

    return counting


async def _refuse(scope: Scope, send: Send, status: int, code: str, message: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body: dict[str, Any] = {"code": code, "message": message}
    content = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
