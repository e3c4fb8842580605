"""From the log-in over a frozen card to a wrap-up that is done, without a mouse."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser import chromium, desk_page
from tests.journeys.desk import Desk
from tests.journeys.desk_agents import LATE
from tests.journeys.people import Stage

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


async def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(60):
        focused = await page.evaluate(
            "(document.activeElement?.labels?.[0] ?? document.activeElement)?.innerText ?? ''"
        )
        if focused.startswith(words):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not come to {words}")


@pytest.mark.timeout(180)
async def test_a_call_is_taken_a_card_frozen_and_the_work_completed_by_keys_alone(
    stage: Stage, browser: Browser, holders: Holders, agents_for: AgentsFor
) -> None:
    agent = agents_for()[3]
    holder = holders(cards=2)
    desk = Desk(stage.program, agent["token"])
    async with desk_page(browser, stage.program) as screen:
        page, keys = screen.page, screen.page.keyboard
        # A mouse would be noticed.
        await page.add_init_script(
            "addEventListener('mousedown', () => { window.mouse = true }, true)"
        )
        await screen.log_in(agent)
        await expect(page.get_by_role("button", name="用软电话签入")).to_be_visible(timeout=LATE)
        await tab_to(page, "用软电话签入")
        await keys.press("Enter")
        await expect(page.locator(".phone")).to_contain_text("软电话已接入", timeout=LATE)
        await expect(page.locator("strong.state")).to_have_text("示忙", timeout=LATE)
        await keys.press("s")
        await keys.press("r")
        await expect(page.locator("strong.state")).to_have_text("空闲", timeout=LATE)
        await keys.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("键盘操作")
        await screen.check_access(english=True)
        await screen.picture("keys")
        await keys.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()

        caller = await stage.caller(holder["phone"])
        await caller.hears("greeting")
        await caller.press("0")
        await expect(page.locator(".phone.ringing")).to_be_visible(timeout=LATE)
        await keys.press("a")
        await expect(page.locator(".phone.talk")).to_be_visible(timeout=LATE)
        await keys.press("g")
        await keys.press("c")
        cards = page.locator("ol.numbered li")
        await expect(cards).to_have_count(2, timeout=LATE)
        for key in ("f", "1"):
            await keys.press(key)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await screen.check_access(english=True)
        await screen.picture("freeze")
        for key in ("Enter", "Enter"):
            await keys.press(key)
        await expect(cards.first).to_contain_text("已冻结", timeout=LATE)
        await expect(page.get_by_role("dialog")).to_be_hidden(timeout=LATE)

        await keys.press("z")
        await expect(page.locator("#matter")).to_be_focused()
        await keys.press("ArrowDown")
        await keys.press("Tab")
        await keys.press("ArrowDown")
        await keys.press("Tab")
        await keys.type("客户称卡片遗失，已冻结一张。")
        await tab_to(page, "已询问客户是否还需要其他帮助")
        await keys.press("Space")
        await tab_to(page, "已向客户复述并得到确认")
        await keys.press("Space")
        await keys.press("Alt+q")
        await expect(page.locator(".phone.idle")).to_be_visible(timeout=LATE)
        await tab_to(page, "完成小结")
        await keys.press("Enter")
        await expect(page.get_by_text("小结已完成")).to_be_visible(timeout=LATE)
        assert not await page.evaluate("window.mouse === true")
        told = await caller.closed()
        wrapped = await desk.get(f"/interactions/{told['id']}/wrap-up")
        assert (wrapped["matter"], wrapped["outcome"]) == ("freeze", "resolved")
        tab = await page.evaluate("sessionStorage.getItem('phone-held')")
        assert tab == "yes"
        await keys.press("g")
        await keys.press("h")
        await tab_to(page, "签出")
        await keys.press("Enter")
        await expect(page.locator("strong.state")).to_have_text("未签入", timeout=LATE)
    await desk.close()
