"""HTTP for messages of the app and official account: the signed way in, and the desk."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.ids import HolderId
from cardline.core.transaction import Database
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_list
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.messages.hooks import actions
from cardline.messages.hooks.model import Account, AppConfig, AppMessage
from cardline.messages.signing import signed

_MOST_BYTES = 64 * 1024
_NAMED = 200


class Services(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def app_messages(self) -> AppConfig: ...
    @property
    def app_inbound_key(self) -> bytes:
        """Shared with the gateway; empty: the webhook is closed."""
        ...

    @property
    def clock(self) -> Clock: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class Inbound(msgspec.Struct, forbid_unknown_fields=False):
    """The body: JSON. ``message`` is the gateway's id of this message, the same when it repeats.

    ``sender``: who wrote, as the gateway names them; ``holder``: the bank's id of a customer whom
    the app knows.
    """

    message: str
    account: Account
    sender: str = msgspec.field(name="from")
    text: str
    holder: str = ""


class AppMessageView(BaseModel):
    """A message that waits for an answer; answer its interaction."""

    interaction: str
    account: Literal["app", "official-account"]
    holder: str | None
    text: str
    at: datetime
    due_at: datetime | None


class AppAnswerBody(BaseModel):
    """What is answered; ``key`` makes a repeat harmless."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]
    key: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class AppAnswerView(BaseModel):
    """What became of the answer."""

    id: str
    state: str


def router(services: Services) -> APIRouter:
    """Make the routes of app messages."""
    routes = APIRouter(prefix="/api/v1", tags=["app messages"])
    servers = Depends(services.require("agent", "lead"))

    @routes.post("/messages/app/inbound", summary="A message came in (for the app's gateway)")
    async def inbound(request: Request) -> Response:
        """Signed as the SMS webhook: ``X-Cardline-Timestamp`` and ``X-Cardline-Signature``.

        204 where it is done or was done before; 400 for a malformed body, 401 for a wrong
        signature, 413 for a body over 64 KiB. On 5xx the gateway sends it again.
        """
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return Response(status_code=413)
        now = services.clock()
        if not signed(
            services.app_inbound_key,
            timestamp=request.headers.get("x-cardline-timestamp", ""),
            body=body,
            signature=request.headers.get("x-cardline-signature", ""),
            now=now,
        ):
            return Response(status_code=401)
        try:
            arrived = msgspec.json.decode(body, type=Inbound)
        except msgspec.DecodeError:
            return Response(status_code=400)
        named = (arrived.message, arrived.sender)
        fit = all(0 < len(one) <= _NAMED and one.isprintable() for one in named)
        if not fit or "\0" in arrived.text + arrived.holder or not arrived.text.strip():
            return Response(status_code=400)
        async with services.database.transaction() as tx:
            await actions.receive_app(
                tx,
                message=arrived.message,
                account=arrived.account,
                party=arrived.sender,
                holder=HolderId(arrived.holder) if arrived.holder else None,
                text=arrived.text,
                bank=services.bank,
                config=services.app_messages,
                at=now,
            )
        return Response(status_code=204)

    @routes.get("/app-messages")
    async def waiting(staff: Annotated[Staff, servers]) -> list[AppMessageView]:
        """List what waits for an answer, the one that is due first in front; journaled (F4)."""
        async with services.database.transaction() as tx:
            found = await actions.waiting(tx)
            rows = [Row(one.holder, one.interaction) for one in found]
            await record_list(
                tx, rows, by=staff, what="message", policy=services.looks, at=services.clock()
            )
        return [_view(one) for one in found]

    @routes.post("/app-messages/{interaction}/answer")
    async def answer(
        interaction: str, body: AppAnswerBody, staff: Annotated[Staff, servers]
    ) -> AppAnswerView:
        """Answer where it came from. 409 with the reasons where nothing may be sent."""
        async with services.database.transaction() as tx:
            queued = await actions.answer(
                tx,
                interaction,
                text=body.text,
                key=body.key,
                config=services.app_messages,
                by=staff,
                at=services.clock(),
            )
        return AppAnswerView(id=queued.id, state=queued.state)

    return routes


def _view(one: AppMessage) -> AppMessageView:
    return AppMessageView(
        interaction=one.interaction,
        account=one.account,
        holder=one.holder,
        text=one.text,
        at=one.at,
        due_at=one.due_at,
    )
