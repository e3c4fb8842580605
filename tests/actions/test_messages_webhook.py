"""The gateway's webhook."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.app.http.application import include
from cardline.cards.model import CardState
from cardline.core.clock import Clock
from cardline.identity.config import IdentityConfig
from cardline.messages.routes import router
from cardline.messages.signing import sign
from tests.actions.identity_desk import config
from tests.rules.identity_people import NOW
from tests.store.ledger_fixture import CARD, HOLDER, fill

KEY = b"shared with the gateway"
BODY = b'{"message": "gw-1", "from": "15400000001", "text": "GS"}'
STAMP = str(int(NOW.timestamp()))


@dataclass
class Services:
    database: Database
    bank: EmbeddedCoreBank
    identity: IdentityConfig
    clock: Clock
    sms_inbound_key: bytes = KEY


@pytest.fixture
async def services(database: Database) -> Services:
    async with database.transaction() as tx:
        bank = await fill(tx)
    return Services(database, bank, config(), lambda: NOW)


@pytest.fixture
async def gateway(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    application = FastAPI()
    include(application, router(services))
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://bank") as client:
        yield client


async def post(
    gateway: httpx.AsyncClient, body: bytes = BODY, *, stamp: str = STAMP, signature: str = ""
) -> int:
    headers = {
        "X-Cardline-Timestamp": stamp,
        "X-Cardline-Signature": signature or sign(KEY, timestamp=stamp, body=body),
    }
    answer = await gateway.post("/api/v1/messages/sms/inbound", content=body, headers=headers)
    return answer.status_code


async def state(services: Services) -> CardState:
    async with services.database.transaction() as tx:
        card = await services.bank.card(tx, card_id=CARD.id)
    assert card is not None
    return card.state


async def test_a_signed_text_is_done_and_a_repeat_is_harmless(
    services: Services, gateway: httpx.AsyncClient
) -> None:
    assert HOLDER.phone.endswith("15400000001")
    assert await post(gateway) == 204
    assert await state(services) is CardState.FROZEN
    assert await post(gateway) == 204


@pytest.mark.parametrize(
    ("stamp", "signature"),
    [
        (STAMP, "0" * 64),
        (STAMP, "é"),
        (str(int(STAMP) - 301), ""),
        (str(int(STAMP) + 301), ""),
        ("", ""),
        ("now", ""),
        ("9" * 30, ""),
    ],
)
async def test_a_wrong_signature_or_an_old_stamp_does_nothing(
    services: Services, gateway: httpx.AsyncClient, stamp: str, signature: str
) -> None:
    if signature == "é":
        headers = {"X-Cardline-Timestamp": stamp, b"X-Cardline-Signature": "é".encode("latin-1")}
        answer = await gateway.post(
            "/api/v1/messages/sms/inbound",
            content=BODY,
            headers=list(headers.items()),  # type: ignore[arg-type]
        )
        assert answer.status_code == 401
    else:
        assert await post(gateway, stamp=stamp, signature=signature) == 401
    assert await state(services) is CardState.ACTIVE


async def test_without_a_key_the_webhook_is_closed(
    services: Services, gateway: httpx.AsyncClient
) -> None:
    services.sms_inbound_key = b""
    assert await post(gateway, signature=sign(b"", timestamp=STAMP, body=BODY)) == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"message": "", "from": "15400000001", "text": "GS"}', 400),
        (b'{"message": "m", "from": "GS", "text": "GS"}', 400),
        (b'{"message": "m", "from": 1, "text": "GS"}', 400),
        (b"x" * 20000, 413),
    ],
)
async def test_a_malformed_body_is_refused(
    gateway: httpx.AsyncClient, body: bytes, status: int
) -> None:
    assert await post(gateway, body) == status
