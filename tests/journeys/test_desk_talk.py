"""Caller and agent talk through the page of the desk: heard, muted, held, pressed, rejoined."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium
from tests.journeys.desk import kinds
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import AGENT_HZ, CALLER_HZ, Caller, Stage, only_hears
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def agent(stage: Stage, browser: Browser, agents_for: AgentsFor) -> AsyncIterator[Seat]:
    """An agent at the desk, ready."""
    async with at_the_desk(browser, stage.program, agents_for()[0]) as seat:
        yield await seat.sit_down()


async def test_mute_hold_and_keys_do_in_the_page_what_they_say(
    stage: Stage, strangers: Strangers, agent: Seat
) -> None:
    caller = await served(stage, strangers(), agent)
    await agent.press("m")
    await agent.sees("已静音，对方听不到您")
    await only_hears(caller.ear)
    await agent.press("m")
    await caller.ear.person(AGENT_HZ)

    await agent.button("保持").click()
    await agent.sees("保持中，客户正在听音乐")
    await caller.hears("common/hold_music")
    await agent.hears()
    await agent.screen.check_access(english=True)
    await agent.screen.picture("hold")
    await agent.press("o")
    await caller.ear.person(AGENT_HZ)
    await agent.gets_sound()

    await agent.button("拨号盘").click()
    for key in "4#":
        await agent.page.locator(".keypad").get_by_role("button", name=key, exact=True).click()
    await expect(agent.page.locator(".keypad-sent")).to_have_text("4#")
    await agent.screen.check_access(english=True)
    await agent.screen.picture("keypad")
    pressed = caller.call.media.received.keys
    await until(lambda: pressed == ["4", "#"], within=10, what="the caller to get both keys")
    await agent.press("Escape")
    await another_microphone_is_chosen_and_unplugged(agent, caller)

    await agent.button("挂断").click()
    await caller.hears("goodbye")
    await expect(agent.page.locator(".phone.idle")).to_be_visible(timeout=LATE)


async def another_microphone_is_chosen_and_unplugged(agent: Seat, caller: Caller) -> None:
    """The talk goes on with what is there; the caller hears no difference."""
    page = agent.page

    async def another(before: str) -> bool:
        return bool(await page.evaluate("(before) => microphone.id !== before", before))

    async def changes(what: str) -> None:
        await until(lambda: another(before), within=15, what=what, every=0.1)
        caller.ear.forget()
        await caller.ear.person(AGENT_HZ)

    before = await page.evaluate("microphone.id")
    await agent.button("音频设置").click()
    choice = agent.dialog.get_by_label("麦克风", exact=True)
    await expect(choice.locator("option").nth(2)).to_be_attached(timeout=LATE)
    await choice.select_option(index=2)
    await changes("the other microphone")
    await agent.screen.check_access(english=True)
    await agent.screen.picture("devices")
    await agent.press("Escape")
    await expect(agent.dialog).to_be_hidden(timeout=LATE)
    before = await page.evaluate("microphone.id")
    await page.evaluate(
        """() => {
          const [devices, gone] = [navigator.mediaDevices, localStorage['audio-input']]
          const all = devices.enumerateDevices.bind(devices)
          devices.enumerateDevices = async () =>
            (await all()).filter((one) => one.deviceId !== gone)
          devices.dispatchEvent(new Event('devicechange'))
        }"""
    )
    await changes("a microphone instead of the one that was unplugged")
    await agent.sees("通话中")


async def test_after_a_reload_in_mid_call_the_agent_is_back_by_itself(
    stage: Stage, strangers: Strangers, agent: Seat
) -> None:
    caller = await served(stage, strangers(), agent)
    await agent.page.reload()
    await agent.hears(CALLER_HZ)
    await agent.sees("通话中")
    caller.ear.forget()
    await caller.ear.person(AGENT_HZ)
    # Away for longer: the caller is told, and hears music until the page is open again.
    await agent.page.goto("about:blank")
    await caller.hears("hold_notice", "common/hold_music")
    await agent.page.go_back()
    await agent.hears(CALLER_HZ)
    await caller.ear.person(AGENT_HZ)
    await agent.sees("通话中")
    await caller.hang_up()
    told = await caller.closed()
    assert {"party.away", "party.back"} <= set(kinds(told))
    assert kinds(told).count("offer.accepted") == 1
