"""Requests that nobody of ours would send: whatever comes, the answer is no fault of the server."""

import zlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import httpx
import pytest

from cardline.desk.staff.model import ROLES, Role
from tests.actions.busy_bank import busy_bank
from tests.actions.openapi_requests import Description, Operation, as_json
from tests.actions.whole_application import Whole, whole_application

EACH = 25
"""Requests for each operation and role."""
AWAY = frozenset({"GET /readyz", "GET /metrics"})
"""What says 503 of itself without a line, or reads no input."""


@pytest.fixture
async def whole(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_application(database_url, tmp_path) as whole:
        yield whole


async def described(whole: Whole) -> Description:
    """The description, and names of things that are there: requests get as far as they can."""
    return Description(await whole.description(), (await busy_bank(whole)).names)


@pytest.mark.parametrize("role", ROLES)
async def test_no_request_of_anybody_makes_the_server_fail(whole: Whole, role: Role) -> None:
    description = await described(whole)
    faults, statuses = [], Counter[int]()
    async with whole.client(role) as client:
        for operation in description.operations():
            if str(operation) in AWAY:
                continue
            draw = Random(zlib.crc32(f"{operation}/{role}".encode()))
            for number in range(EACH):
                answer, sent = await _send(client, description, operation, draw)
                statuses[answer.status_code] += 1
                if answer.status_code >= 500:
                    faults.append(f"{operation} #{number}: {answer.status_code} {sent[:300]!r}")
    assert statuses[422] > 100, "nearly nothing got as far as being read"
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])


async def _send(
    client: httpx.AsyncClient, description: Description, operation: Operation, draw: Random
) -> tuple[httpx.Response, str]:
    address = description.address(operation, draw if draw.random() < 0.7 else None)
    content = b""
    kind = "application/json"
    if operation.body is not None:
        content = as_json(description.hostile(operation.body, draw))
        odd = draw.random()
        if odd < 0.05:
            content = draw.choice((b"", b"{", b"\xff\xfe", b"[" * 20_000, b'{"a":NaN}', b"\0"))
        elif odd < 0.1:
            kind = draw.choice(("text/plain", "application/xml", "multipart/form-data", "", "x/y;"))
    answer = await client.request(
        operation.method, address, content=content, headers={"Content-Type": kind}
    )
    return answer, f"{address} {content[:200]!r}"


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_large_is_refused_unread(whole: Whole, declared: bool) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 100_000
            yield b"x" * 100_000

    async with whole.client("agent") as client:
        headers = {"Content-Length": "100000000"} if declared else {}
        answer = await client.post("/api/v1/tasks", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent < (100_001 if declared else 500_000)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/interactions/%00", "/api/v1/interactions?q=%00", "/api/v1/interactions?q=%ff",
        "/api/v1/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/desk/assets/..%2findex.html",
        "/desk/assets/%2e%2e", "/chat/static/..%2f..%2fpages.yaml", "/my/static/..%2fx",
        "/desk/assets/x%00.js", "/my/%00", "/chat?language=%00", "/my/login?back=%00",
    ],
)  # fmt: skip
async def test_no_address_leads_out_of_where_it_belongs(whole: Whole, path: str) -> None:
    async with whole.client("lead") as client:
        answer = await client.get(path)
    assert answer.status_code in (200, 404, 422, 503)
    assert "root:" not in answer.text
    if answer.status_code == 200:
        assert answer.headers["content-type"].startswith("text/html")


async def test_nobody_is_sent_to_another_site(whole: Whole) -> None:
    async with whole.client() as client:
        for path in (
            "/api/v1/session/oidc/back?error=https://evil.example",
            "/desk/login?refused=https://evil.example",
            "/my/login?back=https://evil.example",
            "//evil.example",
        ):
            answer = await client.get(path)
            assert "evil.example" not in answer.headers.get("location", "")
