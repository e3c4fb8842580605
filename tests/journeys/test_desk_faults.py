"""What goes wrong at a desk in mid-call: the page says so, and caller and words are kept."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.journeys.browser import chromium
from tests.journeys.cable import cable_to
from tests.journeys.desk import kinds
from tests.journeys.desk_agents import LATE, at_the_desk, served
from tests.journeys.people import AGENT_HZ, LEAD_HZ, Stage
from tests.journeys.program import until
from tests.journeys.test_fault_application import kill_application

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
LOST = "与服务器的连接已断开"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(180)
async def test_a_network_that_is_gone_for_twenty_seconds_costs_no_word_and_no_talk(
    stage: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor
) -> None:
    async with (
        cable_to(stage.program.http) as cable,
        at_the_desk(browser, stage.program, agents_for()[0], origin=cable.origin) as agent,
    ):
        # A clock that is a day ahead must not make anything late or early.
        await agent.page.add_init_script("const n = Date.now; Date.now = () => n() + 86400000")
        await agent.page.reload()
        await agent.sit_down()
        caller = await served(stage, strangers(), agent)
        await agent.button("查看通话").or_(agent.page.get_by_role("link", name="查看通话")).click()
        await expect(agent.page.locator("#note")).to_be_visible(timeout=LATE)
        cable.cut()
        bar = agent.page.get_by_role("alert").filter(has_text=LOST)
        await expect(bar).to_be_visible(timeout=LATE)
        await agent.page.locator("#note").fill("客户问年费如何减免")
        await agent.page.locator("#summary").fill("年费减免")
        await agent.screen.check_access()
        await agent.screen.picture("network-lost")
        await asyncio.sleep(20)
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)

        cable.mend()
        await expect(bar).to_be_hidden(timeout=LATE)
        await expect(agent.page.locator("#note")).to_have_value("客户问年费如何减免")
        await expect(agent.page.locator(".phone.talk")).to_be_visible(timeout=LATE)
        counted = await agent.phone.locator(".figures").first.inner_text()
        assert counted.startswith(("0:", "1:")), counted
        await agent.page.locator("#note").press("Control+Enter")
        await expect(agent.page.locator("#note")).to_have_value("", timeout=LATE)
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)
        await caller.hang_up()
        told = await caller.closed()
        assert await agent.page.locator("#summary").input_value() == "年费减免"
        assert kinds(told).count("offer.accepted") == 1


@pytest.mark.timeout(180)
async def test_a_server_that_is_killed_in_mid_call_and_comes_back_finds_both_talking(
    hurt: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor
) -> None:
    async with at_the_desk(browser, hurt.program, agents_for()[0]) as agent:
        await agent.sit_down()
        caller = await served(hurt, strangers(), agent)
        await kill_application(hurt.program)
        bar = agent.page.get_by_role("alert").filter(has_text=LOST)
        await expect(bar).to_be_visible(timeout=LATE)
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)
        hurt.program.launch()
        await hurt.program.ready()
        await expect(bar).to_be_hidden(timeout=LATE)
        await expect(agent.page.locator(".phone.talk")).to_be_visible(timeout=LATE)
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)
        await agent.gets_sound()
        await agent.button("挂断").click()
        await caller.hears("goodbye")
        await caller.closed()


async def test_a_microphone_that_is_refused_is_said_before_a_caller_waits_for_it(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    async with (
        chromium(allows=False) as browser,
        at_the_desk(browser, stage.program, agents_for()[0]) as agent,
    ):
        await agent.sit_down()
        caller = await stage.caller(strangers())
        await caller.hears("greeting")
        await caller.press("0")
        await agent.button("接听").click(timeout=LATE)
        refused = agent.page.get_by_role("alert").filter(has_text="浏览器不允许使用麦克风")
        await expect(refused).to_be_visible(timeout=LATE)
        await expect(refused).to_contain_text("地址栏")
        await agent.screen.check_access()
        await agent.screen.picture("microphone-refused")
        await agent.button("拒接").click()
        await expect(agent.page.locator(".phone.idle")).to_be_visible(timeout=LATE)
        assert not (await caller.interaction())["closed_at"]
        await caller.hears("hold_music")
        # Allowed again: the same caller is offered again, and served.
        await agent.page.context.grant_permissions(["microphone"])
        await agent.press("g", "h")
        await agent.button("置闲").click(timeout=LATE)
        await agent.answers()
        await caller.ear.person(AGENT_HZ)
        await caller.hang_up()
        await caller.closed()


@pytest.mark.timeout(180)
async def test_a_second_tab_is_refused_and_takes_over_and_of_two_that_answer_one_has_the_talk(
    stage: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor
) -> None:
    staff = agents_for()[0]
    async with at_the_desk(browser, stage.program, staff) as agent:
        await agent.sit_down()
        # The same voice from elsewhere: another browser, where the agent is logged in too.
        async with at_the_desk(browser, stage.program, staff, hz=LEAD_HZ) as other:
            await other.page.evaluate("sessionStorage.setItem('phone-held', 'yes')")
            await other.page.reload()
            await other.sees("电话正在另一个页面上使用")
            await expect(other.page.locator("strong.state")).to_be_visible(timeout=LATE)
            await other.screen.picture("other-tab")
            caller = await stage.caller(strangers())
            await caller.hears("greeting")
            await caller.press("0")
            await expect(agent.button("接听")).to_be_visible(timeout=LATE)
            await expect(other.page.locator(".phone.ringing")).to_be_visible(timeout=LATE)
            await expect(other.button("接听")).to_be_hidden()

            async def answers_here() -> None:
                with contextlib.suppress(PlaywrightTimeout):  # the other page was quicker
                    await agent.button("接听").click(timeout=3000)

            await asyncio.gather(answers_here(), other.button("改在此页接听").click())

            async def settled() -> Any:
                with contextlib.suppress(PlaywrightTimeout):  # it may be gone already
                    if await other.button("接听").is_visible():
                        await other.button("接听").click(timeout=3000)
                return await other.page.locator(".phone.talk").is_visible()

            await until(settled, within=30, every=0.5, what="the other page to have the talk")
            await agent.sees("电话正在另一个页面上使用")
            caller.ear.forget()
            await caller.ear.person(LEAD_HZ)
            await other.gets_sound()
            await caller.hang_up()
            told = await caller.closed()
            assert kinds(told).count("offer.accepted") == 1
