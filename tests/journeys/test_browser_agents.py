"""Agents in a real browser with callers on real phones: refresh, tabs, hold, whisper (row A4)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.journeys.browser import chromium
from tests.journeys.desk import kinds
from tests.journeys.people import AGENT_HZ, CALLER_HZ, LEAD_HZ, Caller, Stage
from tests.journeys.recordings import recording_of
from tests.journeys.web_agents import WebAgent, at_a_browser
from tests.wire.web_support import needs_chromium

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]

pytestmark = needs_chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def agent(stage: Stage, browser: Browser, agents_for: AgentsFor) -> AsyncIterator[WebAgent]:
    """An agent at a browser, ready."""
    async with at_a_browser(browser, stage.program, agents_for()[0], hz=AGENT_HZ) as agent:
        yield await agent.sits_down()


async def talks(stage: Stage, number: str, agent: WebAgent) -> tuple[Caller, str]:
    """Bring a caller and a browser together; returns the agent's leg too."""
    caller = await stage.caller(number)
    await caller.hears("greeting")
    await caller.press("0")
    offer = await agent.offered()
    await agent.picks_up(offer["leg"])
    await asyncio.gather(caller.ear.person(AGENT_HZ), agent.hears(CALLER_HZ))
    return caller, offer["leg"]


async def test_a_talk_survives_a_refresh_of_the_page_and_ends_when_the_agent_hangs_up(
    stage: Stage, strangers: Strangers, agent: WebAgent
) -> None:
    caller, leg = await talks(stage, strangers(), agent)
    await agent.phone.refresh()
    await caller.hears("hold_notice", "common/hold_music")
    again = await agent.desk.post("/softphone", tab=agent.tab)
    call = again["calls"][0]
    assert (call["my_leg"], call["my_presence"], call["agent_away"]) == (leg, "away", True)
    await agent.picks_up(leg)
    await asyncio.gather(caller.ear.person(AGENT_HZ), agent.hears(CALLER_HZ))
    assert (await agent.desk.get("/calls/mine"))["my_presence"] == "talking"
    await agent.control("hangup")
    await caller.hears("goodbye")
    await agent.becomes("wrap-up")
    told = await caller.closed(recorded=True)
    assert kinds(told).count("offer.accepted") == 1
    assert {"party.away", "party.back"} <= set(kinds(told))
    heard = recording_of(stage.program, told).heard_by_caller()
    notice = heard.index("zh/hold_notice.0")
    talk = f"{AGENT_HZ} Hz"
    assert talk in heard[:notice]
    assert talk in heard[notice:]


async def test_a_second_browser_is_refused_takes_over_and_goes_on_with_the_call(
    stage: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor, agent: WebAgent
) -> None:
    caller, leg = await talks(stage, strangers(), agent)
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(
            at_a_browser(browser, stage.program, agents_for()[0], hz=AGENT_HZ)
        )
        other.tab = "another-tab-of-it"
        refused = await other.desk.attempt("/softphone", tab=other.tab)
        assert (refused.status_code, refused.json()["code"]) == (409, "other-tab")
        stolen = await other.desk.attempt(
            f"/softphone/legs/{leg}/answer", tab=other.tab, sdp=await other.phone.offer()
        )
        assert stolen.json()["code"] == "other-tab"
        await other.desk.post("/softphone", tab=other.tab, take_over=True)
        stopped = await agent.desk.attempt("/softphone/heartbeat", tab=agent.tab)
        assert (stopped.status_code, stopped.json()["code"]) == (409, "other-tab")
        await other.picks_up(leg)
        await other.hears(CALLER_HZ)
        await agent.phone.page.close()
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)
        await caller.hang_up()
        await other.becomes("wrap-up")


async def test_two_browsers_that_race_for_one_offer_begin_one_talk(
    stage: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor, agent: WebAgent
) -> None:
    caller = await stage.caller(strangers())
    await caller.hears("greeting")
    await caller.press("0")
    leg = (await agent.offered())["leg"]
    async with at_a_browser(browser, stage.program, agents_for()[0], hz=AGENT_HZ) as twin:
        sdps = await asyncio.gather(agent.phone.offer(), twin.phone.offer())
        path = f"/softphone/legs/{leg}/answer"
        answers = await asyncio.gather(
            *(
                page.desk.attempt(path, tab=agent.tab, sdp=sdp)
                for page, sdp in zip((agent, twin), sdps, strict=True)
            )
        )
        assert any(answer.status_code == 200 for answer in answers)
        for page, answer in zip((agent, twin), answers, strict=True):
            if answer.status_code == 200:
                await page.phone.page.evaluate("(sdp) => answered(sdp)", answer.json()["sdp"])
            else:
                assert answer.json()["code"] == "being-answered"
        await caller.ear.person(AGENT_HZ)
        await caller.hang_up()
        told = await caller.closed()
        assert kinds(told).count("offer.accepted") == 1
        await agent.becomes("wrap-up")


async def test_on_hold_the_browser_is_silent_and_the_caller_hears_music(
    stage: Stage, strangers: Strangers, agent: WebAgent
) -> None:
    caller, _ = await talks(stage, strangers(), agent)
    await agent.control("hold")
    await caller.hears("common/hold_music")
    await agent.hears()
    await agent.control("retrieve")
    await caller.ear.person(AGENT_HZ)
    await agent.phone.gets_sound()


async def test_a_lead_whispers_from_a_browser_and_the_caller_does_not_hear(
    stage: Stage,
    browser: Browser,
    strangers: Strangers,
    staff: list[dict[str, Any]],
    agent: WebAgent,
) -> None:
    caller, _ = await talks(stage, strangers(), agent)
    leading = next(one for one in staff if one["role"] == "lead")
    async with at_a_browser(browser, stage.program, leading, hz=LEAD_HZ) as lead:
        await lead.sits_down(ready=False)
        interaction = (await agent.desk.get("/calls/mine"))["interaction"]
        await lead.desk.post(f"/calls/{interaction}/whisper")
        await lead.picks_up(await lead.rung())
        await lead.hears(CALLER_HZ, AGENT_HZ)
        await agent.hears(CALLER_HZ, LEAD_HZ)
        caller.ear.forget()
        await asyncio.sleep(0.6)
        assert f"{LEAD_HZ} Hz" not in caller.ear.names()
        await lead.control("hangup")
        await agent.hears(CALLER_HZ)
        assert (await agent.desk.get("/agents/me/state"))["state"] == "talking"


async def test_keys_on_request_are_not_heard_in_the_browser(
    stage: Stage, strangers: Strangers, agent: WebAgent
) -> None:
    caller, _ = await talks(stage, strangers(), agent)
    await agent.control("entry", what="tails")
    await caller.hears("ask_card_tail")
    await agent.hears()
    await caller.press("#")
    await caller.ear.person(AGENT_HZ)
    assert (await agent.desk.get("/calls/mine"))["entry"]["reason"] == "declined"


async def test_an_offer_that_is_none_is_refused_and_the_caller_keeps_the_place(
    stage: Stage, strangers: Strangers, agent: WebAgent
) -> None:
    caller = await stage.caller(strangers())
    await caller.hears("greeting")
    await caller.press("0")
    leg = (await agent.offered())["leg"]
    path = f"/softphone/legs/{leg}/answer"
    refused = await agent.desk.attempt(path, tab=agent.tab, sdp="v=0 and nothing else")
    assert refused.status_code == 409, refused.text
    assert refused.json()["code"] == "sound-refused"
    assert not (await caller.interaction())["closed_at"]
