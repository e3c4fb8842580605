"""Logging in by the bank's own service: a real OpenID provider, our whole HTTP application."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cardline.adapters.oidc.provider import OidcProvider
from cardline.adapters.postgres.database import Database
from cardline.core.actor import OPERATOR
from cardline.core.errors import Invalid
from cardline.core.masking import Secret
from cardline.desk.login.oidc.provider import ProviderRefused
from cardline.desk.login.oidc.routes import BACK
from cardline.desk.staff import actions as staff
from tests.actions.staff_desk import NUMBER, Browser, StaffDesk, browser
from tests.node import NODE, installed

HERE = Path(__file__).parent / "identity_provider"
DESK = "http://127.0.0.1:8443"
SECRET = "a secret of the client"
MFA = "pwd otp mfa"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A real provider that knows us and serves until the module is over."""
    installed(HERE)
    process = subprocess.Popen(
        [NODE, "provider.mjs", f"{DESK}{BACK}"],
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "NODE_ENV": "production"},
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def provider(
    issuer: str, *, secret: str = SECRET, claim: str = "preferred_username"
) -> OidcProvider:
    return OidcProvider(issuer, client_id="cardline", secret=Secret(secret), claim=claim)


@dataclass
class Person:
    """Somebody with a browser, at our desk and at the bank's service."""

    web: Browser
    bank: httpx.AsyncClient

    async def go(self) -> str:
        """Be sent to the bank's service; return where to."""
        answer = await self.web.ask("GET", "/session/oidc")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def prove(self, address: str, *, login: str = NUMBER, methods: str = MFA) -> str:
        """Log in there; return the address to which one is sent back."""
        answer = await self.bank.get(address)
        while answer.status_code in (302, 303):
            location = httpx.URL(str(answer.url)).join(answer.headers["location"])
            if str(location).startswith(DESK):
                return str(location)
            answer = await self.bank.get(location)
            if answer.status_code == 200:
                form = {"login": login, "methods": methods}
                answer = await self.bank.post(answer.url, data=form)
        raise AssertionError(f"the provider said {answer.status_code}: {answer.text[:300]}")

    async def come_back(self, address: str) -> httpx.Response:
        path = address.removeprefix(f"{DESK}/api/v1")
        return await self.web.ask("GET", path)


Meet = Callable[[OidcProvider], Person]


@pytest.fixture
async def meet(database: Database) -> AsyncIterator[Meet]:
    clients: list[httpx.AsyncClient] = []

    def make(provider: OidcProvider) -> Person:
        web = browser(StaffDesk(database), base_url=DESK, provider=provider)
        bank = httpx.AsyncClient(trust_env=False)
        clients.extend((web.client, bank))
        return Person(web, bank)

    yield make
    for client in clients:
        await client.aclose()


async def test_who_has_proven_two_factors_there_works_here(issuer: str, meet: Meet) -> None:
    person = meet(provider(issuer))
    await person.web.desk.hire()
    address = await person.go()
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{DESK}{BACK}"]
    answer = await person.come_back(await person.prove(address))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    shown = (await person.web.ask("GET", "/session")).json()
    assert (shown["number"], shown["enrolled"]) == (NUMBER, True)
    assert (await person.web.ask("GET", "/staff/me")).status_code == 200
    assert "staff.logged-in" in await person.web.desk.kinds()


@pytest.mark.parametrize(
    ("login", "methods"), [(NUMBER, "pwd"), (NUMBER, ""), ("9999", MFA), ("6102", MFA)]
)
async def test_nobody_enters_without_a_number_of_ours_and_a_second_factor(
    issuer: str, meet: Meet, login: str, methods: str
) -> None:
    person = meet(provider(issuer))
    await person.web.desk.hire()
    await person.web.desk.hire("6102")
    async with person.web.desk.database.transaction() as tx:
        await staff.leave(tx, "6102", by=OPERATOR, at=person.web.desk.now)
    back = await person.prove(await person.go(), login=login, methods=methods)
    answer = await person.come_back(back)
    assert answer.headers["location"] == "/desk/login?refused=not-allowed"
    assert (await person.web.ask("GET", "/session")).status_code == 401
    assert await person.web.desk.ask("SELECT count(*) FROM staff_session") == [0]
    assert await person.web.desk.ask(
        "SELECT count(*) FROM journal WHERE kind = 'staff.login-refused'"
    ) == [1]


async def test_the_way_back_is_used_once_and_by_the_browser_that_went(
    issuer: str, meet: Meet
) -> None:
    person, other = meet(provider(issuer)), meet(provider(issuer))
    await person.web.desk.hire()
    back = await person.prove(await person.go())
    stolen = await other.come_back(back)
    assert stolen.headers["location"] == "/desk/login?refused=try-unknown"
    assert (await person.come_back(back)).headers["location"] == "/desk"
    again = await person.come_back(back)
    assert again.headers["location"] == "/desk/login?refused=try-unknown"


async def test_who_comes_back_too_late_begins_anew(issuer: str, meet: Meet) -> None:
    person = meet(provider(issuer))
    await person.web.desk.hire()
    back = await person.prove(await person.go())
    person.web.desk.later(minutes=16)
    answer = await person.come_back(back)
    assert answer.headers["location"] == "/desk/login?refused=try-unknown"


async def test_a_code_of_somebody_else_is_worth_nothing(issuer: str, meet: Meet) -> None:
    person, thief = meet(provider(issuer)), meet(provider(issuer))
    await person.web.desk.hire()
    mine = parse_qs(urlsplit(await person.prove(await person.go())).query)
    other = parse_qs(urlsplit(await thief.prove(await thief.go(), login="6102")).query)
    answer = await person.come_back(
        f"{DESK}{BACK}?code={other['code'][0]}&state={mine['state'][0]}"
    )
    assert answer.headers["location"] == "/desk/login?refused=provider-refused"


async def test_a_wrong_client_secret_is_told_as_it_is(issuer: str, meet: Meet) -> None:
    person = meet(provider(issuer, secret="wrong"))
    answer = await person.come_back(await person.prove(await person.go()))
    assert answer.headers["location"] == "/desk/login?refused=provider-refused"


async def test_a_claim_that_the_token_lacks_opens_nothing(issuer: str, meet: Meet) -> None:
    person = meet(provider(issuer, claim="employee_number"))
    answer = await person.come_back(await person.prove(await person.go()))
    assert answer.headers["location"] == "/desk/login?refused=provider-refused"


async def test_a_refusal_there_leads_back_to_the_door(issuer: str, meet: Meet) -> None:
    person = meet(provider(issuer))
    answer = await person.come_back(f"{DESK}{BACK}?error=access_denied&state=x")
    assert answer.headers["location"] == "/desk/login?refused=provider-refused"


async def test_a_service_that_is_away_is_told(meet: Meet) -> None:
    person = meet(provider("http://127.0.0.1:9"))
    answer = await person.web.ask("GET", "/session/oidc")
    assert (answer.status_code, answer.json()["code"]) == (422, "provider-away")


async def test_the_page_learns_which_ways_there_are(issuer: str, meet: Meet) -> None:
    person = meet(provider(issuer))
    assert (await person.web.ask("GET", "/session/ways")).json() == {
        "password": True,
        "oidc": True,
    }


async def test_without_a_service_there_is_no_such_way(database: Database) -> None:
    web = browser(StaffDesk(database))
    async with web.client:
        assert (await web.ask("GET", "/session/ways")).json()["oidc"] is False
        for path in ("/session/oidc", "/session/oidc/back?code=1&state=2"):
            assert (await web.ask("GET", path)).status_code == 404


@pytest.mark.parametrize("address", ["http://login.bank.example", "ftp://127.0.0.1", "bank"])
def test_a_service_is_asked_over_https_only(address: str) -> None:
    with pytest.raises(Invalid):
        provider(address)


async def test_a_provider_of_another_name_is_not_believed(issuer: str) -> None:
    with pytest.raises(ProviderRefused):
        await provider(issuer + "/").authorisation(
            redirect=DESK, state=Secret("s"), nonce=Secret("n"), verifier=Secret("v")
        )
