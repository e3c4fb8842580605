"""Staff in a browser: a password, a second factor, a session (rows A4, F4)."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.journeys.codes import next_code
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]


@pytest.fixture
async def browser(program: Program) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has logged in with."""
    async with httpx.AsyncClient(base_url=f"http://{program.http}/api/v1", timeout=15) as client:
        yield client


async def credentials(program: Program, person: dict[str, Any]) -> dict[str, str]:
    """Return what a person types."""
    code = await next_code(program.http, person["totp_secret"])
    return {"number": person["number"], "password": person["password"], "code": code}


async def test_an_agent_logs_in_works_and_logs_out(
    browser: httpx.AsyncClient, program: Program, agents_for: AgentsFor
) -> None:
    agent = agents_for()[2]
    told = await browser.post("/session", json=await credentials(program, agent))
    assert told.status_code == 200, told.text
    assert (told.json()["number"], told.json()["enrolled"]) == (agent["number"], True)
    flags = told.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    page = {"X-CSRF-Token": told.json()["csrf"]}

    state = {"state": "logged-in", "phone": "sip:127.0.0.1:5999"}
    stranger = await browser.post("/agents/me/state", json=state)
    assert (stranger.status_code, stranger.json()["code"]) == (403, "csrf")
    assert (await browser.post("/agents/me/state", json=state, headers=page)).status_code == 200
    out = {"state": "logged-out"}
    assert (await browser.post("/agents/me/state", json=out, headers=page)).status_code == 200

    secret = browser.cookies["cardline_session"]
    assert (await browser.delete("/session", headers=page)).status_code == 204
    browser.cookies.set("cardline_session", secret)
    assert (await browser.get("/session")).status_code == 401


async def test_a_code_is_used_once_and_a_wrong_one_tells_nothing(
    browser: httpx.AsyncClient, program: Program, agents_for: AgentsFor
) -> None:
    agent = agents_for()[3]
    typed = await credentials(program, agent)
    assert (await browser.post("/session", json=typed)).status_code == 200
    browser.cookies.clear()
    for wrong in (typed, {**typed, "password": "what else"}, {**typed, "number": "0000"}):
        told = await browser.post("/session", json=wrong)
        assert (told.status_code, told.json()["code"]) == (401, "wrong-credentials")
        assert "cardline_session" not in browser.cookies


async def test_behind_a_proxy_with_https_the_cookie_never_leaves_without_it(
    browser: httpx.AsyncClient, program: Program, agents_for: AgentsFor
) -> None:
    agent = agents_for()[4]
    proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    told = await browser.post("/session", json=await credentials(program, agent), headers=proxy)
    assert told.status_code == 200, told.text
    assert "; secure" in told.headers["set-cookie"].lower()


async def test_tries_are_counted_for_the_address_that_the_proxy_tells(
    browser: httpx.AsyncClient,
) -> None:
    guess = {"number": "0000", "password": "a guess of somebody", "code": "000000"}
    for _ in range(10):
        await browser.post("/session", json=guess, headers={"X-Forwarded-For": "192.0.2.66"})
    answers = {}
    for address in ("192.0.2.66", "192.0.2.67"):
        told = await browser.post("/session", json=guess, headers={"X-Forwarded-For": address})
        answers[address] = told.status_code
    assert answers == {"192.0.2.66": 429, "192.0.2.67": 401}
