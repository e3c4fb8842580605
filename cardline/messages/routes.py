"""The gateway's webhook for texts that come in, signed so that nobody else can text in its name."""

from datetime import datetime
from typing import Protocol

import msgspec
from fastapi import APIRouter, Request, Response

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.phone import parse_phone
from cardline.core.transaction import Database, Transaction
from cardline.identity.config import IdentityConfig
from cardline.messages.inbound import receive_sms
from cardline.messages.model import Received
from cardline.messages.signing import signed

_MOST_BYTES = 16 * 1024


class Services(Protocol):
    """What the webhook needs of the application."""

    @property
    def database(self) -> Database: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def identity(self) -> IdentityConfig: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def sms_inbound_key(self) -> bytes:
        """Shared with the gateway; empty: the webhook is closed."""
        ...


class Inbound(msgspec.Struct, forbid_unknown_fields=False):
    """The body: JSON. ``message`` is the gateway's id of this text, the same when it repeats."""

    message: str
    sender: str = msgspec.field(name="from")
    text: str


def router(services: Services) -> APIRouter:
    """Make the routes of messages."""
    routes = APIRouter(prefix="/api/v1/messages", tags=["messages"])

    @routes.post("/sms/inbound", summary="A text came in (for the SMS gateway)")
    async def inbound(request: Request) -> Response:
        """Headers ``X-Cardline-Timestamp`` and ``X-Cardline-Signature``; see ``signing.sign``.

        204 where it is done or was done before; 400 for a malformed body, 401 for a wrong
        signature, 413 for a body over 16 KiB. On 5xx the gateway sends it again.
        """
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > _MOST_BYTES:
            return Response(status_code=413)
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return Response(status_code=413)
        now = services.clock()
        if not signed(
            services.sms_inbound_key,
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
        async with services.database.transaction() as tx:
            taken = await take(tx, arrived, services=services, at=now)
        return Response(status_code=204 if taken else 400)

    return routes


async def take(
    tx: Transaction, arrived: Inbound, *, services: Services, at: datetime
) -> Received | None:
    """Receive one text; ``None`` where its sender is no telephone number or its id is not one."""
    number = parse_phone(arrived.sender)
    fit = arrived.message.isascii() and arrived.message.isprintable()
    if number is None or not fit or not 0 < len(arrived.message) <= 100:
        return None
    return await receive_sms(
        tx,
        message=arrived.message,
        from_number=number,
        text=arrived.text,
        bank=services.bank,
        config=services.identity,
        at=at,
    )
