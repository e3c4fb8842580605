"""Somebody who serves and logs in: what the tests of logging in share."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from cardline.adapters.postgres.database import Database
from cardline.app.settings import Settings
from cardline.core.actor import OPERATOR
from cardline.core.masking import Secret
from cardline.core.policy import load_area
from cardline.core.verdict import Verdict
from cardline.desk.login import actions as login
from cardline.desk.login import credentials, totp
from cardline.desk.login.model import Login, Session
from cardline.desk.login.oidc.provider import IdentityProvider
from cardline.desk.login.rules import read_login_policy
from cardline.desk.login.vault import LoginConfig, LoginVault
from cardline.desk.policy import read_desk_policy
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import Role, Staff
from cardline.routing.model import RoutingPolicy
from tests.partial import partial_application

NOW = datetime(2026, 11, 23, 1, 0, 0, tzinfo=UTC)
NUMBER = "6101"
PASSWORD = "correct horse battery"
TOKEN = "token of 6101"
CONFIG = LoginConfig(read_login_policy(load_area("staff")), LoginVault(b"k" * 32))


@dataclass
class StaffDesk:
    """One of the staff in a database of their own; time stands until it is moved."""

    database: Database
    now: datetime = NOW
    secret: bytes = b""
    """Of the second factor, once enrolled."""

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def hire(self, number: str = NUMBER, role: Role = "agent") -> None:
        async with self.database.transaction() as tx:
            await staff.add_staff(
                tx,
                Staff(number, "林晓", role, None, None),
                token=f"token of {number}",
                phone_ha1=None,
                by=OPERATOR,
                at=self.now,
            )

    async def hire_with_password(self) -> None:
        """Hire somebody who has a password of their own, which nobody else set."""
        await self.hire()
        assert (await self.set_password()).allowed
        await self.ask("UPDATE staff_login SET must_change = false RETURNING number")

    async def enrol(self) -> Session:
        """Hire, set a password, log in for the first time, enrol; the session serves fully."""
        await self.hire_with_password()
        session = (await self.log_in(code="")).session
        assert session
        self.secret = secret_in(await self.begin(session) or "")
        assert (await self.confirm(session, self.code())).allowed
        self.later(minutes=2)
        return session

    async def set_password(self, password: str = PASSWORD, number: str = NUMBER) -> Verdict:
        return await credentials.set_password(
            self.database,
            number=number,
            password=Secret(password),
            config=CONFIG,
            by=OPERATOR,
            at=self.now,
        )

    def code(self, *, steps: int = 0) -> str:
        return totp.code_of(self.secret, totp.step_of(self.now) + steps)

    async def log_in(
        self, password: str = PASSWORD, code: str | None = None, number: str = NUMBER
    ) -> Login:
        return await login.log_in(
            self.database,
            number=number,
            password=Secret(password),
            code=Secret(self.code() if code is None else code),
            user_agent="Browser/1.0",
            config=CONFIG,
            at=self.now,
        )

    async def begin(self, session: Session) -> str | None:
        async with self.database.transaction() as tx:
            _, uri = await credentials.begin_enrolment(tx, session, config=CONFIG, at=self.now)
        return uri

    async def confirm(self, session: Session, code: str) -> Verdict:
        async with self.database.transaction() as tx:
            return await credentials.confirm_enrolment(
                tx, session, code=Secret(code), config=CONFIG, at=self.now
            )

    async def ask(self, question: str, *values: object) -> list[Any]:
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(question.encode(), values)
            return [row if len(row) > 1 else row[0] for row in await cursor.fetchall()]

    async def kinds(self, stream: str = f"staff:{NUMBER}") -> list[str]:
        return await self.ask("SELECT kind FROM journal WHERE stream = %s ORDER BY seq", stream)


@dataclass
class Browser:
    """A browser at the whole HTTP application."""

    desk: StaffDesk
    client: httpx.AsyncClient
    csrf: str = ""

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = {"X-CSRF-Token": self.csrf} if headers is None and self.csrf else dict(headers or {})
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=sent)

    async def log_in(
        self, password: str = PASSWORD, code: str | None = None, number: str = NUMBER
    ) -> httpx.Response:
        code = self.desk.code() if code is None else code
        answer = await self.ask(
            "POST", "/session", {"number": number, "password": password, "code": code}
        )
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer


def browser(
    desk: StaffDesk,
    *,
    base_url: str = "http://desk",
    host: str = "192.0.2.1",
    provider: IdentityProvider | None = None,
    routing: RoutingPolicy | None = None,
) -> Browser:
    application = partial_application(
        clock=lambda: desk.now,
        settings=Settings(public_url=base_url),
        database=desk.database,
        routing=routing,
        login=CONFIG,
        provider=provider,
        desk=read_desk_policy(load_area("desk")),
    )
    transport = httpx.ASGITransport(application, client=(host, 50000))
    return Browser(desk, httpx.AsyncClient(transport=transport, base_url=base_url))


def secret_in(uri: str) -> bytes:
    """Read the secret as an authenticator does."""
    text = parse_qs(urlsplit(uri).query)["secret"][0]
    return base64.b32decode(text + "=" * (-len(text) % 8))
