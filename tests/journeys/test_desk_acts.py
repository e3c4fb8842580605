"""An agent in a call does what the holder asks: proof by keys, dispute, limit, closing, a case."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser import DeskPage, chromium, desk_page
from tests.journeys.conftest import Holder
from tests.journeys.people import Caller, Stage
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., Holder]
LATE = 30_000


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def desk(browser: Browser, program: Program) -> AsyncIterator[DeskPage]:
    """A tab in which nobody is logged in."""
    async with desk_page(browser, program) as desk:
        desk.page.set_default_timeout(LATE)
        yield desk


async def in_a_call(desk: DeskPage, stage: Stage, agent: dict[str, Any], number: str) -> Caller:
    """Log in, sign in with the softphone, answer this caller, show the call."""
    page = desk.page
    await desk.log_in(agent)
    await page.get_by_role("button", name="用软电话签入").click()
    await page.get_by_role("button", name="置闲").click()
    await expect(page.locator("strong.state")).to_have_text("空闲", timeout=LATE)
    caller = await stage.caller(number)
    await caller.hears("greeting")
    await caller.press("0")
    await expect(page.get_by_role("button", name="接听")).to_be_visible(timeout=LATE)
    for key in ("a", "g", "c"):
        await page.keyboard.press(key)
    await expect(page.locator(".phone.talk")).to_be_visible(timeout=LATE)
    await expect(page.get_by_role("tab", name="概览")).to_be_visible(timeout=LATE)
    return caller


def act(page: Page, title: str) -> Any:
    """The line of an act."""
    return page.locator("li.act").filter(has_text=title).first


async def proven_by_password(page: Page, caller: Caller, holder: Holder) -> None:
    """Send the caller to the keys from the act that lacks it, and see only that it was right."""
    line = act(page, "交易争议")
    await expect(line).to_contain_text("暂不能办", timeout=LATE)
    await line.get_by_role("button", name="请客户按键").first.click()
    await caller.hears("ask_query_password")
    await caller.press(f"{holder['query_password']}#")
    await expect(page.get_by_text("已输入，正确")).to_be_visible(timeout=LATE)
    await expect(line).to_contain_text("可以办理", timeout=LATE)


async def test_the_acts_of_a_holder_are_seen_proven_and_done(
    desk: DeskPage, stage: Stage, agents_for: AgentsFor, holders: Holders
) -> None:
    holder = holders(where=lambda one: bool(one.get("query_password")))
    caller = await in_a_call(desk, stage, agents_for()[6], holder["phone"])
    page = desk.page

    await page.keyboard.press("3")
    panel = page.get_by_role("tabpanel")
    await expect(panel.get_by_role("heading", name="余额与额度")).to_be_visible(timeout=LATE)
    await desk.check_access()
    await desk.picture("account")
    await page.keyboard.press("2")
    await expect(act(page, "调整额度")).to_be_visible(timeout=LATE)
    await desk.check_access()
    await desk.picture("acts")
    assert await page.get_by_text("先不要告知客户").count() == 0

    await proven_by_password(page, caller, holder)
    await act(page, "交易争议").get_by_role("button", name="办理").press("Enter")
    form = page.get_by_role("dialog")
    await form.locator("input[name=posting]").first.check()
    await form.locator("#act-reason").select_option("not-received")
    await form.locator("#act-told").fill("付款后一直没有收到货")
    await desk.check_access()
    await desk.picture("dispute")
    await form.get_by_role("button", name="受理").press("Enter")
    await expect(form.get_by_text("可以这样说")).to_be_visible(timeout=LATE)
    await page.keyboard.press("Escape")
    await expect(form).to_be_hidden(timeout=LATE)
