"""Requests that nobody of ours would send: whatever comes, the answer is no fault of the server."""

import zlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import httpx
import pytest

from cardline.desk.staff_model import ROLES, Role
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
    async with whole.client() as client:
        answer = await client.get("/api/openapi.json")
    assert answer.status_code == 200
    return Description(answer.json())


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
