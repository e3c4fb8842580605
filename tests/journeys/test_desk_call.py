"""An agent at the desk takes a call in the browser and freezes a card by the keyboard alone."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import DeskPage, chromium, desk_page
from tests.journeys.conftest import Holder
from tests.journeys.people import Stage
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
LATE = 20_000


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def desk(browser: Browser, program: Program) -> AsyncIterator[DeskPage]:
    """A tab in which nobody is logged in."""
    async with desk_page(browser, program) as desk:
        yield desk


async def test_a_call_is_answered_and_a_card_frozen_by_four_keys(
    desk: DeskPage, stage: Stage, agents_for: AgentsFor, holders: Callable[..., Holder]
) -> None:
    agent = agents_for()[7]
    holder = holders(cards=2)
    await desk.log_in(agent)
    page = desk.page
    await page.get_by_role("button", name="用软电话签入").click()
    await page.get_by_role("button", name="置闲").click()
    await expect(page.locator("strong.state")).to_have_text("空闲")
    await desk.check_access()
    await desk.picture("home")

    caller = await stage.caller(holder["phone"])
    await caller.hears("greeting")
    await caller.press("0")
    await expect(page.get_by_role("button", name="接听")).to_be_visible(timeout=LATE)
    await desk.picture("ringing")
    await page.keyboard.press("a")
    await expect(page.locator(".phone.talk")).to_be_visible(timeout=LATE)
    await expect(page.get_by_role("heading", name="卡片")).to_be_visible(timeout=LATE)
    await desk.check_access(english=True)
    await desk.picture("call")

    for key in ("f", "2", "Enter", "Enter"):
        await page.keyboard.press(key)
    await expect(page.locator("ol.numbered li").nth(1)).to_contain_text("已冻结", timeout=LATE)

    await page.keyboard.press("n")
    await page.keyboard.type("客户手机丢失")
    await page.reload()
    await expect(page.locator(".phone.talk")).to_be_visible(timeout=LATE)
    await expect(page.locator("#note")).to_have_value("客户手机丢失")
    await page.keyboard.press("Alt+q")
    await expect(page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    await page.get_by_role("button", name="完成小结").click()
    missing = page.get_by_role("alert").filter(has_text="还差")
    await expect(missing).to_be_in_viewport(ratio=1, timeout=LATE)
    await desk.check_access(english=True)
    await desk.picture("wrap-up")
    await page.locator("#matter").select_option("freeze")
    await page.locator("#outcome").select_option("resolved")
    await page.locator("#summary").fill("客户手机丢失，已冻结一张卡。")
    await page.get_by_label("已询问客户是否还需要其他帮助").check()
    await page.get_by_label("已向客户复述并得到确认").check()
    await page.get_by_role("button", name="完成小结").click()
    await expect(page.get_by_text("小结已完成")).to_be_visible(timeout=LATE)
    await page.reload()
    await expect(page.locator("#note")).to_have_value("客户手机丢失", timeout=LATE)
    refused = [line for line in desk.complaints if "Security Policy" in line]
    assert not refused, refused
