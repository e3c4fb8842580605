"""Consult, three-way, attended and blind transfer, all by what the page of the desk offers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import AGENT_HZ, CALLER_HZ, COLLEAGUE_HZ, Caller, Stage

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]


@pytest.fixture
async def two(stage: Stage, agents_for: AgentsFor) -> AsyncIterator[tuple[Seat, Seat]]:
    """An agent who takes callers, and a colleague who is there and does not."""
    async with AsyncExitStack() as stack:
        browser: Browser = await stack.enter_async_context(chromium())
        first, second = agents_for("limit")[:2]
        agent = await stack.enter_async_context(at_the_desk(browser, stage.program, first))
        colleague = await stack.enter_async_context(
            at_the_desk(browser, stage.program, second, hz=COLLEAGUE_HZ)
        )
        await colleague.sit_down(ready=False)
        yield await agent.sit_down(), colleague


async def points_to(seat: Seat, staff: dict[str, Any]) -> None:
    """Open the transfer by its key and choose a colleague."""
    await seat.press("t")
    choice = seat.dialog.get_by_label("同事", exact=True).last
    await expect(choice.locator(f"option[value='{staff['number']}']")).to_be_attached(timeout=LATE)
    await choice.select_option(staff["number"])


async def hears(caller: Caller, hz: int) -> None:
    """Wait until the caller hears somebody from now on."""
    caller.ear.forget()
    await caller.ear.person(hz)


async def test_a_colleague_is_asked_joined_and_given_the_caller(
    stage: Stage, strangers: Strangers, two: tuple[Seat, Seat]
) -> None:
    agent, colleague = two
    caller = await served(stage, strangers(), agent)
    await points_to(agent, colleague.staff)
    await agent.screen.check_access(english=True)
    await agent.screen.picture("transfer")
    await agent.button("先咨询", within=agent.dialog).click()
    await agent.sees("咨询中，客户正在听音乐")
    await expect(colleague.phone).to_contain_text("同事咨询", timeout=LATE)
    await colleague.screen.picture("ringing-consult")
    await colleague.button("接听").click()
    await colleague.hears(AGENT_HZ)
    await agent.gets_sound()
    await caller.hears("common/hold_music")
    await agent.screen.picture("consult")

    await agent.button("三方通话").click()
    await agent.sees("三方通话中")
    await colleague.gets_sound()
    await agent.screen.check_access(english=True)
    await agent.screen.picture("three-way")
    await agent.button("完成转接").click()
    await expect(agent.page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    await hears(caller, COLLEAGUE_HZ)
    await colleague.sees("通话中")
    await colleague.button("挂断").click()
    await caller.closed()


async def test_a_caller_is_sent_to_a_colleague_and_from_there_to_a_queue(
    stage: Stage, strangers: Strangers, two: tuple[Seat, Seat]
) -> None:
    agent, colleague = two
    caller = await served(stage, strangers(), agent)
    await points_to(agent, colleague.staff)
    await agent.button("直接转接", within=agent.dialog).click()
    await expect(colleague.phone).to_contain_text("转接来电", timeout=LATE)
    await colleague.answers()
    await expect(agent.page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    await hears(caller, COLLEAGUE_HZ)
    await colleague.hears(CALLER_HZ)

    await colleague.press("t")
    await colleague.dialog.get_by_label("队列", exact=True).check()
    await colleague.dialog.get_by_label("队列", exact=True).last.select_option("limit")
    await colleague.button("直接转接", within=colleague.dialog).click()
    await expect(colleague.page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    await agent.page.goto(f"http://{agent.screen.origin}/desk/")
    await agent.button("结束话后处理").click(timeout=LATE)
    await agent.answers()
    await hears(caller, AGENT_HZ)
    await caller.hang_up()
    await caller.closed()
