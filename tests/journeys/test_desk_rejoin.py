"""The page of the desk goes away in the middle of a call and comes back: reloaded, or asleep."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import Stage

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
_REMEMBERS_ALERTS = """
window.alerts = [];
new MutationObserver(() => {
  for (const one of document.querySelectorAll('.phone .bad, .ant-message-error'))
    if (!window.alerts.includes(one.textContent)) window.alerts.push(one.textContent);
}).observe(document, { subtree: true, childList: true, characterData: true })
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def agent(stage: Stage, browser: Browser, agents_for: AgentsFor) -> AsyncIterator[Seat]:
    """An agent at the desk, ready."""
    async with at_the_desk(browser, stage.program, agents_for()[1]) as seat:
        await seat.page.add_init_script(_REMEMBERS_ALERTS)
        yield await seat.sit_down()


async def test_who_hangs_up_while_the_page_rejoins_after_a_reload_reads_of_no_failure(
    stage: Stage, strangers: Strangers, agent: Seat
) -> None:
    page = agent.page
    asked, over = asyncio.Event(), asyncio.Event()

    async def too_late(route: Route) -> None:
        asked.set()
        await over.wait()
        await route.continue_()

    caller = await served(stage, strangers(), agent)
    await page.route("**/softphone/legs/*/answer", too_late)
    await page.reload()
    await asyncio.wait_for(asked.wait(), LATE / 1000)
    await agent.button("挂断").click()
    await caller.hears("goodbye")
    await expect(page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    async with page.expect_response("**/softphone/legs/*/answer", timeout=LATE) as answer:
        over.set()
    assert (await answer.value).status in (404, 409)
    await page.unroute_all()
    # The next call is taken and ended as if nothing had been.
    await agent.desk.post("/agents/me/state", state="ready")
    caller = await served(stage, strangers(), agent)
    assert await page.evaluate("alerts") == []
    await page.reload()
    await agent.button("挂断").click(timeout=LATE)
    await caller.hears("goodbye")
    await expect(page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    assert await page.evaluate("alerts") == []
