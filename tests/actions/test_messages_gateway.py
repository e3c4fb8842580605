"""The HTTP gateway adapter against a real HTTP server."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from cardline.adapters.app.gateway import GatewayPush
from cardline.adapters.sms.gateway import GatewayAway, GatewaySms
from cardline.core.errors import Invalid
from cardline.core.masking import Secret
from cardline.messages.model import RejectedByGateway
from cardline.messages.signing import sign


class Server(ThreadingHTTPServer):
    """Answers with the statuses it was told to, then 200; remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.body = b'{"id": "g1"}'
        self.came: list[tuple[dict[str, str], dict[str, str]]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((dict(self.headers), json.loads(body)))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def gateway(server: Server) -> GatewaySms:
    return GatewaySms(
        f"http://127.0.0.1:{server.server_port}/send",
        token=Secret("t0ken"),
        sender="10690000000",
        timeout_seconds=5,
        pauses=(0.01, 0.01),
    )


async def test_a_message_is_handed_over_with_its_key(server: Server) -> None:
    assert await gateway(server).send(to="+8615400000001", text="您好", key="k1") == "g1"
    ((headers, body),) = server.came
    assert headers["Idempotency-Key"] == "k1"
    assert headers["Authorization"] == "Bearer t0ken"
    assert body == {"to": "+8615400000001", "from": "10690000000", "text": "您好"}


async def test_a_short_outage_is_bridged_with_the_same_key(server: Server) -> None:
    server.statuses = [503, 429]
    assert await gateway(server).send(to="+8615400000001", text="x", key="k1") == "g1"
    assert [headers["Idempotency-Key"] for headers, _ in server.came] == ["k1"] * 3


async def test_a_long_outage_is_the_outboxs(server: Server) -> None:
    server.statuses = [500] * 3
    with pytest.raises(GatewayAway):
        await gateway(server).send(to="+8615400000001", text="x", key="k1")


@pytest.mark.parametrize("status", [400, 403, 302])
async def test_what_the_gateway_never_takes_is_not_tried_again(server: Server, status: int) -> None:
    server.statuses = [status]
    with pytest.raises(RejectedByGateway):
        await gateway(server).send(to="+8615400000001", text="x", key="k1")
    assert len(server.came) == 1


async def test_an_answer_that_is_not_understood_is_asked_again(server: Server) -> None:
    server.body = b"<html>"
    with pytest.raises(GatewayAway):
        await gateway(server).send(to="+8615400000001", text="x", key="k1")


async def test_nobody_listening_is_away() -> None:
    sms = GatewaySms(
        "http://127.0.0.1:9/", token=Secret("t"), sender="1", timeout_seconds=1, pauses=()
    )
    with pytest.raises(GatewayAway):
        await sms.send(to="+8615400000001", text="x", key="k1")


@pytest.mark.parametrize("url", ["http://gateway.example/", "ftp://x/", "file:///etc/passwd"])
def test_texts_leave_over_https_only(url: str) -> None:
    with pytest.raises(Invalid):
        GatewaySms(url, token=Secret("t"), sender="1")


async def test_a_message_to_the_app_is_signed_and_its_answers_mean_the_same(
    server: Server,
) -> None:
    push = GatewayPush(
        f"http://127.0.0.1:{server.server_port}/push",
        key=Secret("k"),
        clock=lambda: datetime(2026, 11, 27, tzinfo=UTC),
    )
    message = {"account": "app", "to": "u1", "title": "客服回复", "text": "您好"}
    assert await push.send(message=message, key="k1") == "g1"
    ((headers, body),) = server.came
    assert body == message
    assert headers["Idempotency-Key"] == "k1"
    stamp = headers["X-Cardline-Timestamp"]
    written = msgspec.json.encode(message)
    assert headers["X-Cardline-Signature"] == sign(b"k", timestamp=stamp, body=written)
    server.statuses = [503, 400, 302]
    with pytest.raises(GatewayAway):
        await push.send(message=message, key="k2")
    for _ in range(2):
        with pytest.raises(RejectedByGateway):
            await push.send(message=message, key="k2")
    with pytest.raises(Invalid):
        GatewayPush("http://push.bank.example", key=Secret("k"))
