"""HTTP of routing: what staff see and ask for, and what they are refused."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from cardline.adapters.postgres.database import Database
from cardline.app.http.application import include
from cardline.core.errors import CardlineError, Conflict, NotFound
from cardline.core.ids import AgentId
from cardline.core.networks import read_networks
from cardline.desk.staff.model import Role, Staff
from cardline.routing import routes
from tests.actions.routing_floor import POLICY, Floor, after


class _Services:
    """Staff are named by a header: ``role:agent``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.routing = POLICY
        self.phone_networks = read_networks("192.0.2.0/24")
        self.seconds = 100.0

    def clock(self) -> datetime:
        return after(self.seconds)

    def require(self, *roles: Role) -> Callable[..., Awaitable[Staff]]:
        async def dependency(who: Annotated[str, Header()]) -> Staff:
            role, _, agent = who.partition(":")
            found = next((one for one in roles if one == role), None)
            if found is None:
                raise HTTPException(403)
            return Staff("7", "李", found, AgentId(agent) if agent else None, "1007")

        return dependency


class _Web:
    def __init__(self, floor: Floor, services: _Services, client: httpx.AsyncClient) -> None:
        self.floor = floor
        self.services = services
        self._client = client

    async def ask(
        self, method: str, path: str, *, who: str = "agent:a1", **body: str
    ) -> tuple[int, object]:
        answer = await self._client.request(
            method, f"/api/v1{path}", headers={"who": who}, json=body or None
        )
        return answer.status_code, answer.json()

    async def view(self, path: str, *, who: str = "agent:a1") -> dict[str, object]:
        status, body = await self.ask("GET", path, who=who)
        assert status == 200
        assert isinstance(body, dict)
        return body

    async def views(self, path: str, *, who: str = "agent:a1") -> list[dict[str, object]]:
        status, body = await self.ask("GET", path, who=who)
        assert status == 200
        assert isinstance(body, list)
        return body


@pytest.fixture
async def web(database: Database) -> AsyncIterator[_Web]:
    services = _Services(database)
    application = FastAPI()
    include(application, routes.router(services))

    @application.exception_handler(CardlineError)
    async def refused(request: Request, error: CardlineError) -> JSONResponse:
        status = 404 if isinstance(error, NotFound) else 422
        status = 409 if isinstance(error, Conflict) else status
        return JSONResponse({"code": error.code}, status)

    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield _Web(Floor(database), services, client)


async def test_an_agent_works_through_a_shift(web: _Web) -> None:
    await web.floor.agent("a1", "account", ready=False)
    assert (await web.view("/agents/me/state"))["state"] == "logged-out"
    status, state = await web.ask(
        "POST", "/agents/me/state", state="logged-in", phone="sip:a@192.0.2.1"
    )
    assert status == 200
    status, state = await web.ask("POST", "/agents/me/state", state="ready")
    assert isinstance(state, dict)
    assert (state["state"], state["reasons"]) == ("ready", [])
    await web.floor.enter("i1", at=100)
    (made,) = await web.floor.offers(at=101)
    offer = await web.view("/agents/me/offer")
    assert (offer["interaction"], offer["number"]) == ("i1", "138****8000")
    await web.floor.accept(made, at=100)
    state = await web.view("/agents/me/state")
    assert (state["state"], state["interaction"]) == ("talking", "i1")
    await web.floor.end("i1", AgentId("a1"), at=100)
    assert (await web.view("/agents/me/state"))["state"] == "wrap-up"
    status, state = await web.ask("POST", "/agents/me/wrap-up/end")
    assert isinstance(state, dict)
    assert (status, state["state"]) == (200, "ready")
    assert await web.ask("POST", "/agents/me/wrap-up/end") == (409, {"code": "no-wrap-up"})


async def test_logging_in_without_a_phone_takes_the_desk_phone(web: _Web) -> None:
    await web.floor.agent("a1", ready=False)
    await web.ask("POST", "/agents/me/state", state="logged-in")
    state = await web.view("/agents/me/state")
    assert state["phone"] == "phone:1007"
    assert isinstance(state["reasons"], list)
    assert [reason["code"] for reason in state["reasons"]] == [
        "not-ready.logged-in",
        "phone-unregistered",
    ]


async def test_nobody_declines_the_offer_of_another(web: _Web) -> None:
    await web.floor.agent("a1", "account")
    await web.floor.agent("a2", ready=False)
    await web.floor.enter("i1", at=100)
    (offer,) = await web.floor.offers(at=101)
    path, who = f"/offers/{offer.id}", "agent:a2"
    assert await web.ask("POST", f"{path}/decline", who=who) == (404, {"code": "not-found"})
    status, state = await web.ask("POST", f"{path}/decline")
    assert isinstance(state, dict)
    assert (status, state["reasons"][0]["code"]) == (200, "not-ready.declined")
    assert await web.ask("GET", "/agents/me/offer") == (404, {"code": "not-found"})


async def test_the_screen_says_why_not_this_agent_for_this_caller(web: _Web) -> None:
    await web.floor.agent("a1", "general", at=90)
    await web.floor.agent("a2", "account", languages=("en",), at=90)
    await web.floor.enter("i1", at=95)
    agents = await web.views("/agents?interaction=i1")
    refusals = {str(one["id"]): one["refusals"] for one in agents}
    assert isinstance(refusals["a1"], list)
    (skill,) = refusals["a1"]
    assert skill["code"] == "skill-missing"
    assert datetime.fromisoformat(skill["until"]) == after(155)
    assert isinstance(refusals["a2"], list)
    assert [one["code"] for one in refusals["a2"]] == ["language-missing"]
    assert await web.ask("GET", "/agents?interaction=i9") == (404, {"code": "not-found"})
    assert [one["refusals"] for one in await web.views("/agents")] == [None, None]


async def test_a_lead_ends_the_shift_of_somebody_who_left(web: _Web) -> None:
    await web.floor.agent("a1", "account")
    asked = ("PUT", "/agents/a1/state")
    assert (await web.ask(*asked, who="agent:a1", state="logged-out"))[0] == 403
    status, state = await web.ask(*asked, who="lead", state="logged-out")
    assert isinstance(state, dict)
    assert (status, state["state"]) == (200, "logged-out")
    asked_again = await web.ask(*asked, who="lead", state="not-ready", reason="meal")
    assert asked_again == (409, {"code": "agent-logged-out"})


async def test_queues_show_what_is_true_now_and_figures_what_was(web: _Web) -> None:
    await web.floor.agent("a1", "account")
    await web.floor.enter("i1", at=40)
    await web.floor.enter("i2", "complaint", at=90)
    queues = {str(one["name"]): one for one in await web.views("/queues")}
    assert queues["account-zh"]["longest_wait_seconds"] == 60
    assert (queues["account-zh"]["closed"], queues["complaint-zh"]["closed"]) == (False, True)
    start, end = after(0).isoformat(), after(60).isoformat()
    query = str(httpx.QueryParams({"start": start, "end": end}))
    (figures,) = await web.views(f"/queues/figures?{query}", who="lead")
    assert (figures["queue"], figures["offered"], figures["waiting"]) == ("account-zh", 1, 1)
    assert figures["service_level"] == 0
    assert (await web.ask("GET", f"/queues/figures?{query}"))[0] == 403
    far = (after(0) + timedelta(days=40)).isoformat()
    query = str(httpx.QueryParams({"start": start, "end": far}))
    assert await web.ask("GET", f"/queues/figures?{query}", who="lead") == (
        422,
        {"code": "invalid"},
    )


async def test_staff_who_take_no_calls_have_no_state_and_bad_requests_are_refused(
    web: _Web,
) -> None:
    assert await web.ask("GET", "/agents/me/state", who="lead") == (422, {"code": "invalid"})
    assert await web.ask("GET", "/agents/me/state", who="agent:a9") == (404, {"code": "not-found"})
    for body in ({"state": "talking"}, {"state": "logged-in", "phone": "call me"}):
        assert (await web.ask("POST", "/agents/me/state", **body))[0] == 422


async def test_a_desk_phone_accepts_by_being_picked_up_and_not_by_http(database: Database) -> None:
    paths = {getattr(route, "path", "") for route in routes.router(_Services(database)).routes}
    assert "/api/v1/offers/{offer}/decline" in paths
    assert "/api/v1/offers/{offer}/accept" not in paths
