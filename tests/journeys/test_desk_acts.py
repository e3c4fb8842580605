"""An agent in a call does what the holder asks: proof by keys, dispute, limit, closing, a case."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.browser import DeskPage, chromium, desk_page
from tests.journeys.conftest import Holder
from tests.journeys.people import Caller, Stage
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., Holder]
LATE = 20_000
pytestmark = pytest.mark.timeout(300)


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


def act(page: Page, title: str) -> Locator:
    """The line of an act."""
    return page.locator("li.act").filter(has_text=title).first


async def proven_by_password(page: Page, caller: Caller, holder: Holder) -> None:
    """Send the caller to the keys from the act that lacks it, and see only that it was right."""
    line = act(page, "调整额度")
    await expect(line).to_contain_text("暂不能办", timeout=LATE)
    await line.get_by_role("button", name="请客户按键：查询密码").press("Enter")
    await caller.hears("ask_query_password")
    await caller.press(holder["query_password"])
    await expect(page.get_by_text("已输入，正确")).to_be_visible(timeout=LATE)
    assert holder["query_password"] not in await page.content()
    await expect(line).to_contain_text("可以办理", timeout=LATE)


async def begun(page: Page, title: str) -> Locator:
    """Open the form of an act by the keyboard."""
    await act(page, title).get_by_role("button", name="办理").press("Enter")
    form = page.get_by_role("dialog")
    await expect(form).to_be_visible(timeout=LATE)
    return form


async def left(page: Page, form: Locator) -> None:
    """Leave a form."""
    await page.keyboard.press("Escape")
    await expect(form).to_be_hidden(timeout=LATE)


async def test_the_acts_of_a_holder_are_seen_proven_and_done(
    desk: DeskPage, stage: Stage, agents_for: AgentsFor, holders: Holders
) -> None:
    holder = holders()
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
    await proven_by_password(page, caller, holder)

    form = await begun(page, "交易争议")
    await form.locator("input[name=posting]").first.check(timeout=LATE)
    await form.locator("#act-reason").select_option("not-received")
    await form.locator("#act-told").fill("付款后一直没有收到货")
    await desk.check_access()
    await desk.picture("dispute")
    await form.get_by_role("button", name="受理").press("Enter")
    await expect(form.get_by_text("已经受理")).to_be_visible(timeout=LATE)
    await left(page, form)

    form = await begun(page, "调整额度")
    await form.locator("#limit-wanted").fill("999000")
    await form.get_by_role("button", name="提交申请").press("Enter")
    await expect(form.get_by_text("可以这样说").or_(form.get_by_text("没有办成"))).to_be_visible(
        timeout=LATE
    )
    assert await form.locator(".why li").count() > 0
    await desk.check_access()
    await desk.picture("limit")
    await left(page, form)

    closing = act(page, "销卡")
    await expect(closing.locator(".why li").first).to_be_visible()
    await page.keyboard.press("4")
    await expect(panel.get_by_role("link", name="交易争议")).to_be_visible(timeout=LATE)
    await expect(panel).to_contain_text("等待同事接手")
    await desk.check_access()
    await desk.picture("requests")
    await caller.hang_up()

    await panel.get_by_role("link", name="交易争议").press("Enter")
    await the_case_is_decided(desk)


async def the_case_is_decided(desk: DeskPage) -> None:
    """Take the case that is open, decide it, answer the holder, close it."""
    page = desk.page
    await page.get_by_role("button", name="接手").click()
    await page.locator("#case-outcome").select_option("not-upheld")
    await page.locator("#case-findings").fill("商户已经发货，物流显示由客户本人签收")
    await page.get_by_role("button", name="作出决定").click()
    await expect(page.locator("#case-answer")).to_be_visible(timeout=LATE)
    await desk.check_access()
    await desk.picture("case")
    await page.locator("#case-answer").fill("物流显示您本人已经签收，此笔交易有效。")
    await page.get_by_role("button", name="答复客户").click()
    await page.get_by_role("button", name="办结").click()
    await expect(page.get_by_role("heading", name="交易争议 · 已办结")).to_be_visible(timeout=LATE)
    refused = [line for line in desk.complaints if "Security Policy" in line]
    assert not refused, refused
