"""Every route is found on its shelf as it is among all, and what is not there is missed as well."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import BaseRoute

from tests.actions.openapi_requests import Description
from tests.actions.whole_application import HOST, Whole, whole_application

PLACES = (
    "/api/v1/nothing",
    "/api/v1/agents/nobody/nothing",
    "/api/v1/agents/me/state/",
    "/api/v1",
    "/api/v2/agents/me/state",
    "/nothing",
    "/my/nothing",
    "/my/",
    "/desk/anything/at/all",
    "/verify",
    "/",
    "",
)


@pytest.fixture
async def whole(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_application(database_url, tmp_path) as application:
        yield application


def routes_tried(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Have every route note that it was chosen, instead of answering."""
    chosen: list[Any] = []
    for route in whole.application.routes:

        async def note(*_: object, route: BaseRoute = route) -> None:
            chosen.append(route)
            raise LookupError

        monkeypatch.setattr(route, "handle", note)
    return chosen


async def answered(whole: Whole, method: str, path: str) -> tuple[int, str]:
    transport = httpx.ASGITransport(whole.application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        answer = await client.request(method, path)
    return answer.status_code, answer.headers.get("location", "")


async def test_a_shelf_leads_to_the_route_that_all_of_them_would_lead_to(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = Description(await whole.description(), {})
    asked = [(one.method, described.address(one, None)) for one in described.operations()]
    asked += [(method, place) for method in ("GET", "POST", "DELETE") for place in PLACES]
    router = whole.application.router
    shelves, everything = router.middleware_stack, router.app
    found: dict[bool, list[object]] = {True: [], False: []}
    for shelved, way in ((True, shelves), (False, everything)):
        monkeypatch.setattr(router, "middleware_stack", way)
        with monkeypatch.context() as patched:
            chosen = routes_tried(whole, patched)
            for method, path in asked:
                before = len(chosen)
                status = await answered(whole, method, path)
                found[shelved].append((method, path, status, chosen[before:]))

    assert len(asked) > 200
    assert found[True] == found[False]
    assert sum(bool(one[3]) for one in found[True]) > 190
