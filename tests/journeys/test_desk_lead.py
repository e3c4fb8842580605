"""A lead at the desk: asked for help, listens, whispers, joins and leaves; the wall beside it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, at_the_desk, served
from tests.journeys.people import AGENT_HZ, CALLER_HZ, LEAD_HZ, Stage, only_hears
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
Staff = list[dict[str, Any]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


def of_role(staff: Staff, role: str) -> dict[str, Any]:
    return next(one for one in staff if one["role"] == role)


@pytest.mark.timeout(180)
async def test_help_reaches_the_lead_who_listens_whispers_joins_and_leaves_by_the_page(
    stage: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor, staff: Staff
) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        agent = await enter(at_the_desk(browser, stage.program, agents_for()[0]))
        lead = await enter(at_the_desk(browser, stage.program, of_role(staff, "lead"), hz=LEAD_HZ))
        await lead.sit_down(ready=False)
        await agent.sit_down()
        await lead.goes_to("班长台")
        caller = await served(stage, strangers(), agent)
        await agent.page.get_by_role("link", name="查看通话").click()
        await expect(agent.page.get_by_role("heading", name="难处理的通话")).to_be_visible()
        await agent.press("l")
        await agent.page.get_by_label("需要协助的原因").fill("客户情绪激动，想请您听一下")
        await agent.screen.check_access(english=True)
        await agent.screen.picture("ask-for-help")
        await agent.press("Enter")
        asked = lead.page.get_by_role("listitem").filter(has_text="客户情绪激动")
        await expect(asked).to_be_visible(timeout=LATE)
        await lead.screen.check_access(english=True)
        await lead.screen.picture("lead-help")

        await lead.button("监听", within=asked).click()
        await expect(lead.phone).to_contain_text("监听接入", timeout=LATE)
        await lead.button("接听").click()
        await lead.sees("通话中")
        await lead.gets_sound()
        await lead.hears(CALLER_HZ, AGENT_HZ)
        await expect(asked).to_be_hidden(timeout=LATE)
        await only_hears(caller.ear, AGENT_HZ)

        await lead.button("密语", within=lead.phone).click()
        await agent.hears(CALLER_HZ, LEAD_HZ)
        await only_hears(caller.ear, AGENT_HZ)
        await lead.screen.picture("lead-whisper")
        await lead.button("加入", within=lead.phone).click()

        await agent.gets_sound()
        await agent.press("m")
        caller.ear.forget()
        await caller.ear.person(LEAD_HZ)
        await agent.press("m")
        await lead.button("挂断").click()
        await expect(lead.page.locator(".phone.idle")).to_be_visible(timeout=LATE)
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)

        await lead.goes_to("大屏")
        await expect(lead.page.get_by_text(agent.staff["name"])).to_be_visible(timeout=LATE)
        await lead.screen.check_access(english=True)
        await lead.screen.picture("wall-busy")
        await caller.hang_up()
        await caller.closed()


@pytest.mark.timeout(180)
async def test_quality_listens_to_a_talk_and_to_its_recording_and_says_why(
    stage: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor, staff: Staff
) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        agent = await enter(at_the_desk(browser, stage.program, agents_for()[0]))
        await agent.sit_down()
        number = strangers()
        caller = await served(stage, number, agent)
        await caller.hang_up()
        told = await caller.closed(recorded=True)
        quality = await enter(
            at_the_desk(
                browser,
                stage.program,
                of_role(staff, "quality"),
                address=f"/interactions/{told['id']}",
            )
        )
        why = quality.page.get_by_label("收听原因")
        await why.fill("例")
        await expect(quality.button("收听")).to_be_disabled()
        await why.fill("月度抽检：核对开场白")
        await quality.screen.check_access()
        await quality.screen.picture("contact")
        await quality.button("收听").click()
        player = quality.page.locator("audio")
        await expect(player).to_be_visible()
        await expect(player).to_have_js_property("error", None)
        await until(
            lambda: player.evaluate("(audio) => audio.duration > 0.5"),
            within=30,
            what="the recording to be loaded",
        )
        await quality.screen.picture("recording")
        again = await stage.lead.get(f"/interactions/{told['id']}")
        heard = [one for one in again["timeline"] if one["kind"] == "recording.listened"]
        assert heard, again["timeline"]
        assert "月度抽检" in str(heard[-1])
