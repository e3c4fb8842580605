"""Every route against every role: who may not, gets nothing, and who may, gets past the door."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from cardline.app.http.access import Asking
from cardline.desk.staff.model import ROLES, Role
from tests.actions.whole_application import Whole, whole_application

OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /api/v1/session/ways",
    "GET /api/v1/session/oidc",
    "GET /api/v1/session/oidc/back",
    "POST /api/v1/session",
    "POST /api/v1/messages/sms/inbound",  # a signature instead
    "POST /api/v1/messages/app/inbound",  # a signature instead
    "POST /api/v1/messages/mail/stop/{token}",  # a reference that only the receiver has
    "GET /api/v1/messages/mail/stop/{token}",
    "POST /api/v1/trust/check",  # anybody may ask whether it was us
    "GET /api/v1/trust/official",
    "GET /evidence/roots",  # published on purpose
    "POST /api/v1/check-message",  # anybody may ask whether a message is a scam
}
"""What has no role, on purpose."""
PAGES = ("/desk", "/my", "/chat", "/verify", "/complain")
"""Pages of staff (they hold nothing), holders and visitors: their doors are tested beside them."""
OWN_SESSION = "/api/v1/session"
"""What belongs to whoever is logged in, whatever the role."""


@pytest.fixture
async def whole(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_application(database_url, tmp_path) as whole:
        yield whole


def guarded(routes: Iterable[Any]) -> Iterator[tuple[str, str, frozenset[str]]]:
    for route in routes:
        if isinstance(route, APIRoute):
            for method in route.methods if not route.path.startswith(PAGES) else ():
                yield method, route.path, _roles(route)


def _roles(route: APIRoute) -> frozenset[str]:
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Asking) and dependency.call.roles:
            return frozenset(dependency.call.roles)
    return frozenset()


def made_up(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "nothing", path)


async def test_every_route_lets_in_its_roles_and_nobody_else(whole: Whole) -> None:
    faults = []
    routes = list(guarded(whole.application.routes))
    assert len(routes) > 30
    stranger = whole.client()
    people = {role: whole.client(role) for role in ROLES}
    for method, path, roles in routes:
        if f"{method} {path}" in OPEN:
            continue
        if path.startswith(OWN_SESSION):
            roles = frozenset()
        answer = await stranger.request(method, made_up(path))
        if answer.status_code != 401:
            faults.append(f"{method} {path}: a stranger got {answer.status_code}")
        for role, client in people.items():
            answer = await client.request(method, made_up(path))
            refused = answer.status_code in (401, 403)
            if path.startswith(OWN_SESSION):
                if answer.status_code != 401:  # a token is no session
                    faults.append(f"{method} {path}: a token of {role} got {answer.status_code}")
            elif refused != (role not in roles):
                faults.append(f"{method} {path}: {role} got {answer.status_code}")
            elif answer.status_code >= 500 and answer.status_code != 503:
                faults.append(f"{method} {path}: {role} met a fault {answer.status_code}")
    for client in (stranger, *people.values()):
        await client.aclose()
    assert not faults, "\n".join(faults)


async def test_a_route_without_a_role_is_open_on_purpose(whole: Whole) -> None:
    without = {
        f"{method} {path}"
        for method, path, roles in guarded(whole.application.routes)
        if not roles and not (path.startswith(OWN_SESSION) and f"{method} {path}" not in OPEN)
    }
    assert without == OPEN


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_not_there_is_told_the_same_to_everybody(whole: Whole, role: Role) -> None:
    async with whole.client(role) as client:
        answer = await client.get("/api/v1/interactions/nothing")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
