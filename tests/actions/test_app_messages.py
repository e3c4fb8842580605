"""Messages of the app and the official account: signed, once, in the one history, answered."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardline.adapters.app.folder import PushFolder
from cardline.core.clock import utc_now
from cardline.messages.hooks.actions import dispatch
from cardline.messages.signing import sign
from tests.actions.whole_application import Whole, whole_application

KEY = b"shared with the gateway"
INBOUND = "/api/v1/messages/app/inbound"


@pytest.fixture
async def whole(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Whole]:
    monkeypatch.setenv("CARDLINE_APP_INBOUND_KEY", KEY.decode())
    async with whole_application(database_url, tmp_path) as whole:
        yield whole


async def arrives(whole: Whole, *, key: bytes = KEY, late: int = 0, **more: object) -> int:
    told = {"message": "m1", "account": "official-account", "from": "openid-1", "text": "额度多少"}
    body = json.dumps(told | more).encode()
    timestamp = str(int(utc_now().timestamp()) - late)
    headers = {
        "X-Cardline-Timestamp": timestamp,
        "X-Cardline-Signature": sign(key, timestamp=timestamp, body=body),
    }
    async with whole.client() as gateway:
        return (await gateway.post(INBOUND, content=body, headers=headers)).status_code


async def sent(whole: Whole, home: Path) -> list[dict[str, str]]:
    parts = whole.running.parts
    await dispatch(
        parts.database, PushFolder(home / "out"), config=parts.app_messages, clock=utc_now
    )
    return [json.loads(path.read_text()) for path in (home / "out").glob("*.json")]


async def test_a_message_comes_in_once_waits_and_is_answered_where_it_came_from(
    whole: Whole, tmp_path: Path
) -> None:
    assert await arrives(whole, text="额度多少？密码：845201") == 204
    assert await arrives(whole, text="额度多少？密码：845201") == 204
    assert await arrives(whole, message="m2", text="还有账单") == 204
    assert await whole.ask("SELECT count(*) FROM app_in") == [2]
    assert await whole.ask("SELECT door FROM interaction") == ["app"]
    assert await whole.ask("SELECT count(*) FROM desk_task") == [1]
    async with whole.client("agent") as agent:
        first, _ = (await agent.get("/api/v1/app-messages")).json()
        assert "845201" not in first["text"]
        address = f"/api/v1/app-messages/{first['interaction']}/answer"
        for _ in range(2):
            answer = await agent.post(address, json={"text": "您的额度是五万元。", "key": "k1"})
            assert answer.status_code == 200
        assert (await agent.get("/api/v1/app-messages")).json() == []
    (message,) = await sent(whole, tmp_path)
    assert (message["account"], message["to"]) == ("official-account", "openid-1")
    assert message["text"] == "您的额度是五万元。"
    assert await whole.ask("SELECT done_at IS NOT NULL FROM desk_task") == [True]
    assert await arrives(whole, message="m3", text="谢谢") == 204
    assert await whole.ask("SELECT count(*) FROM interaction") == [2]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"key": b"another key"}, 401),
        ({"late": 400}, 401),
        ({"account": "somewhere"}, 400),
        ({"message": ""}, 400),
        ({"text": "  "}, 400),
        ({"text": "x" * 70_000}, 413),
    ],
)
async def test_what_is_not_the_gateways_or_no_message_is_refused(
    whole: Whole, more: dict[str, object], status: int
) -> None:
    assert await arrives(whole, **more) == status  # type: ignore[arg-type]
    assert await whole.ask("SELECT count(*) FROM app_in") == [0]
