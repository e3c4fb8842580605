"""The whole HTTP application on a real database, without a line, for the tests of security."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from cardline.adapters.postgres.privileges import APPLICATION
from cardline.adapters.sip.absent import AbsentLine
from cardline.app.calls.recorder import Recorder
from cardline.app.calls.registry import Calls
from cardline.app.http.application import make_application
from cardline.app.operation.alarms import Alarms
from cardline.app.operation.metrics import PrometheusObserver
from cardline.app.outward.dialler import Dialler
from cardline.app.people import NewColleague, add_colleague
from cardline.app.running import Running
from cardline.app.settings import load_settings
from cardline.app.wiring import checked_flow, open_parts
from cardline.core.clock import utc_now
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.desk.login import sessions
from cardline.desk.login.model import Session
from cardline.desk.login.routes import cookie_name
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import ROLES, Role
from cardline.hotline.services import Services
from cardline.ports.line.protocol import Line
from cardline.routing.model import RoutingPolicy

HOST = "http://desk"

_DESCRIPTION: dict[str, Any] = {}
_checked_flow = cache(checked_flow)
"""Flows are read and checked once in a run; nothing changes them."""


@dataclass
class Whole:
    """The application, and one of the staff for every role with a token each."""

    application: FastAPI
    running: Running

    def client(self, role: Role | None = None) -> httpx.AsyncClient:
        """Return somebody of this role, by token; ``None``: a stranger."""
        headers = {"Authorization": f"Bearer {token_of(role)}"} if role else {}
        # A fault of the server shall be seen as one, not as an exception of the test.
        transport = httpx.ASGITransport(self.application, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers)

    async def description(self) -> dict[str, Any]:
        """Return the API's description, as it is served; asked for once in a run of tests."""
        if not _DESCRIPTION:
            async with self.client() as stranger:
                answer = await stranger.get("/api/openapi.json")
            assert answer.status_code == 200
            _DESCRIPTION.update(answer.json())
        return _DESCRIPTION

    async def browser(
        self, role: Role, *, proven: bool = True, base_url: str = HOST
    ) -> "StaffBrowser":
        """Return a browser in which somebody of this role has logged in."""
        async with self.running.parts.database.transaction() as tx:
            _, secret = await self.open_session(tx, role, proven=proven)
        return StaffBrowser(self, secret, base_url=base_url)

    async def open_session(
        self, tx: Transaction, role: Role, *, proven: bool = True
    ) -> tuple[Session, Secret]:
        """Open a session; not ``proven``: the second factor is still to be enrolled."""
        who = await staff.staff_by_token(tx, token_of(role))
        assert who is not None
        return await sessions.open_session(
            tx,
            who,
            second_factor=proven,
            user_agent="a browser of the tests",
            policy=self.running.parts.login.policy,
            at=utc_now(),
        )

    async def ask(self, question: str, *values: object) -> list[Any]:
        """Ask the database; rows of one column without their tuples."""
        async with self.running.parts.database.transaction() as tx:
            cursor = await tx.connection.execute(question.encode(), values or None)
            return [row if len(row) > 1 else row[0] for row in await cursor.fetchall()]


class StaffBrowser:
    """The cookie of a session, and the token that our own page would send."""

    def __init__(self, whole: Whole, secret: Secret, *, base_url: str = HOST) -> None:
        self.secret = secret
        self.csrf = sessions.csrf_token(secret)
        transport = httpx.ASGITransport(whole.application, raise_app_exceptions=False)
        name = cookie_name("https" if base_url.startswith("https") else "http")
        self.client = httpx.AsyncClient(
            transport=transport, base_url=base_url, headers={"Cookie": f"{name}={secret.reveal()}"}
        )

    async def ask(
        self, method: str, path: str, body: object = None, *, csrf: str | None = ""
    ) -> httpx.Response:
        """Ask as our own page does; ``csrf`` where it shall be another, or ``None``."""
        token = self.csrf if csrf == "" else csrf
        headers = {"X-CSRF-Token": token} if token is not None else {}
        return await self.client.request(method, path, json=body, headers=headers)


def token_of(role: Role) -> str:
    """Return the token of the one of this role."""
    return f"the token of {role}"


@asynccontextmanager
async def whole_application(
    database_url: str,
    home: Path,
    *,
    line: Line | None = None,
    policy: Callable[[RoutingPolicy], RoutingPolicy] = lambda read: read,
    trunk: str = "",
) -> AsyncIterator[Whole]:
    """Put everything together as the server does, but for the line, which may be a pretended one.

    ``policy`` changes what was read of the pack.
    """
    given = {
        "home": home,
        "database": database_url.replace("//cardline@", f"//{APPLICATION}@"),
        "database_owner": database_url,
        "trunk": trunk,
    }
    settings = load_settings(given, environment={})
    flow, catalogue = _checked_flow(settings.flow, settings.prompts)
    bank_call, _ = _checked_flow(settings.bank_call_flow, settings.prompts)
    async with open_parts(settings) as opened:
        parts = replace(opened, routing=policy(opened.routing))
        services = Services(
            database=parts.database,
            clock=utc_now,
            line=line or AbsentLine("no line in this test"),
            bank=parts.bank,
            flow=flow,
            catalogue=catalogue,
            identity=parts.identity,
            routing=parts.routing,
            trunk=trunk,
            shown_number=settings.shown_number,
            random=parts.random,
            observer=PrometheusObserver(),
            bank_call=bank_call,
            campaigns=parts.campaigns,
            doors=parts.doors,
        )
        alarms = Alarms(parts.database)
        recorder = Recorder(
            settings, parts.database, utc_now, alarms, parts.recordings, parts.files
        )
        calls = Calls(services, settings, alarms, recorder)
        dialler = Dialler(services, calls, parts.database)
        running = Running(parts, services, calls, alarms, dialler)
        async with parts.database.transaction() as tx:
            for number, role in enumerate(ROLES, 7001):
                await add_colleague(
                    tx, _colleague(str(number), role), realm=settings.realm, at=utc_now()
                )
        yield Whole(make_application(running), running)


def _colleague(number: str, role: Role) -> NewColleague:
    return NewColleague(
        number=number,
        name=f"Somebody of {role}",
        role=role,
        skills=("general",),
        languages=("zh",),
        token=token_of(role),
        phone_password="phone",
    )
