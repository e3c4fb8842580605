"""An agent whose phone is a browser, on the whole system: real Chromium, real SIP (row A4)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from playwright.async_api import Browser

from cardline.sim.phone import Phone
from tests.journeys.browser import chromium
from tests.journeys.desk import Desk
from tests.journeys.people import AGENT_HZ, CALLER_HZ, LEAD_HZ, SECONDS, Agent, Caller, Stage
from tests.journeys.program import until
from tests.wire.web_support import WebPhone, needs_chromium, web_phone

pytestmark = needs_chromium

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
TAB = "tab-of-this-test"
EVERYBODY = (CALLER_HZ, AGENT_HZ, LEAD_HZ)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


class BrowserAgent:
    """An agent with one tab that is the phone."""

    def __init__(self, agent: Agent, page: WebPhone) -> None:
        self.agent = agent
        self.page = page

    async def call(self, presence: str) -> dict[str, Any]:
        """The call, when it is so with the agent's own leg."""

        async def is_so() -> dict[str, Any] | None:
            if await self.agent.desk.nothing("/calls/mine"):
                return None
            told: dict[str, Any] = await self.agent.desk.get("/calls/mine")
            return told if told["my_presence"] == presence else None

        what = f"a call in which the agent is {presence}"
        told: dict[str, Any] = await until(is_so, within=SECONDS, what=what)
        return told

    async def pick_up(self, leg: str) -> None:
        """Answer, or rejoin."""
        offer = await self.page.offer()
        path = f"/softphone/legs/{leg}/answer"
        told = await self.agent.desk.post(path, tab=TAB, sdp=offer)
        await self.page.page.evaluate("(sdp) => answered(sdp)", told["sdp"])


@asynccontextmanager
async def agent_in_a_browser(
    stage: Stage, staff: dict[str, Any], browser: Browser, hertz: int = AGENT_HZ
) -> AsyncIterator[BrowserAgent]:
    """Somebody who is logged in and ready with the browser as phone."""
    desk = Desk(stage.program, staff["token"])
    agent = Agent(stage.program, staff, await Phone(user=staff["phone_user"]).open(), desk)
    stage.agents.append(agent)
    taken = await desk.post("/softphone", tab=TAB)

    async def live() -> None:
        while True:
            await asyncio.sleep(4)
            await desk.post("/softphone/heartbeat", tab=TAB)

    living = asyncio.create_task(live())
    try:
        async with web_phone(browser, hertz) as page:
            await agent.state("logged-in", phone=taken["phone"])
            await agent.ready()
            yield BrowserAgent(agent, page)
    finally:
        living.cancel()
        with suppress(asyncio.CancelledError):
            await living


async def served(stage: Stage, number: str, somebody: BrowserAgent) -> tuple[Caller, str]:
    """A caller asks for a person; the agent picks up in the browser."""
    caller = await stage.caller(number)
    await caller.hears("greeting")
    await caller.press("0")
    leg = str((await somebody.call("ringing"))["my_leg"])
    await somebody.pick_up(leg)
    await caller.ear.person(AGENT_HZ)
    await somebody.page.hears(CALLER_HZ, among=EVERYBODY)
    return caller, leg


async def test_a_caller_is_served_in_a_browser_over_a_refresh_and_a_hold(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor, browser: Browser
) -> None:
    async with agent_in_a_browser(stage, agents_for()[0], browser) as somebody:
        caller, leg = await served(stage, strangers(), somebody)
        await somebody.agent.becomes("talking")
        await somebody.page.refresh()
        assert (await somebody.call("away"))["agent_away"] is True
        await somebody.pick_up(leg)
        await somebody.call("talking")
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)
        await somebody.page.hears(CALLER_HZ, among=EVERYBODY)
        await somebody.agent.control("hold")
        await somebody.page.hears(among=EVERYBODY)
        await somebody.agent.control("retrieve")
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)
        await somebody.agent.control("hangup")
        told = await caller.closed(recorded=True)
        assert told["recording"]


async def test_an_offer_that_is_none_is_refused_and_the_caller_keeps_the_place(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor, browser: Browser
) -> None:
    async with agent_in_a_browser(stage, agents_for()[0], browser) as somebody:
        caller = await stage.caller(strangers())
        await caller.hears("greeting")
        await caller.press("0")
        leg = (await somebody.call("ringing"))["my_leg"]
        path = f"/softphone/legs/{leg}/answer"
        refused = await somebody.agent.desk.attempt(path, tab=TAB, sdp="v=0 and nothing else")
        assert refused.status_code == 409, refused.text
        assert refused.json()["code"] == "sound-refused"
        assert not (await caller.interaction())["closed_at"]
