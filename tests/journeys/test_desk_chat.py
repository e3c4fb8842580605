"""A chat from the visitor's page to the agent's screen and back, with a file, and closed."""

import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, expect

from tests.journeys.browser import DeskPage, chromium, desk_page
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
LATE = 20_000
PAN = "6222021234567890128"
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


def receipt() -> FilePayload:
    """A picture as a holder sends one."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (20, 120, 200)).save(out, "PNG")
    return {"name": "收据.png", "mimeType": "image/png", "buffer": out.getvalue()}


async def test_a_visitor_and_an_agent_write_to_each_other_until_the_chat_is_closed(
    desk: DeskPage, browser: Browser, program: Program, agents_for: AgentsFor
) -> None:
    await desk.log_in(agents_for()[5], address="/chats")
    page = desk.page
    await page.get_by_role("button", name="开始接待").click()
    await expect(page.get_by_role("button", name="暂停接待")).to_be_visible(timeout=LATE)
    await desk.check_access()

    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    visitor = await context.new_page()
    visitor.set_default_timeout(LATE)
    await visitor.goto(f"http://{program.http}/chat?language=zh")
    await visitor.locator("#text").fill(f"转人工，我的卡号是{PAN}")
    await visitor.locator("#text").press("Enter")
    await expect(visitor.locator("#state")).to_contain_text("排队", timeout=LATE)

    await expect(page.get_by_role("button", name="接入")).to_be_visible(timeout=LATE)
    await page.keyboard.press("x")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("转人工", timeout=LATE)
    assert PAN not in await page.content()
    await expect(log).to_contain_text("已自动隐去敏感信息")

    field = page.locator("#chat-text")
    await field.fill("请把密码告诉我")
    await field.press("Enter")
    await expect(page.get_by_text("没有发出：这段话在向客户索要敏感信息")).to_be_visible(
        timeout=LATE
    )
    await expect(field).to_have_value("请把密码告诉我")
    await desk.picture("chat-secret")
    await field.fill("您好，请问有什么可以帮您？")
    await page.reload()
    await expect(field).to_have_value("您好，请问有什么可以帮您？", timeout=LATE)
    await field.press("Enter")
    await expect(visitor.locator("li.agent")).to_contain_text("有什么可以帮您", timeout=LATE)
    await expect(page.locator(".tick").last).to_contain_text("已读", timeout=LATE)

    await visitor.locator("#file").set_input_files(receipt())
    await visitor.locator("#send-file button").click()
    await expect(log.locator("img.attached")).to_be_visible(timeout=LATE)

    await page.keyboard.press("Escape")
    await page.keyboard.press("k")
    guide = page.locator("#guide-q")
    await guide.fill("最低还款")
    await expect(page.locator(".hit mark").first).to_be_visible(timeout=LATE)
    await page.locator(".hit").first.click()
    await page.get_by_role("button", name="放入回复").click()
    await expect(field).not_to_have_value("", timeout=LATE)
    await desk.check_access()
    await desk.picture("chat")

    await page.get_by_role("button", name="结束会话").click()
    ending = page.get_by_role("dialog")
    await expect(ending.get_by_role("button", name="结束会话")).to_be_disabled()
    await ending.get_by_label("已询问客户是否还需要其他帮助").check()
    await ending.get_by_label("已向客户复述并得到确认").check()
    await desk.check_access()
    await desk.picture("chat-close")
    await ending.get_by_role("button", name="结束会话").click()
    await expect(page.get_by_text("会话已结束：已解决").first).to_be_visible(timeout=LATE)
    await expect(visitor.locator("#state")).to_contain_text("结束", timeout=LATE)

    await expect(page.get_by_role("heading", name="这个会话已经结束或转出")).to_be_visible(
        timeout=LATE
    )
    await expect(page.get_by_label("已询问客户是否还需要其他帮助")).to_be_checked()
    await page.get_by_label("事项", exact=True).select_option("repayment")
    await page.get_by_label("小结", exact=True).fill("说明了最低还款的算法。")
    await desk.check_access()
    await desk.picture("chat-ended")
    await page.get_by_role("button", name="完成小结").click()
    await expect(page.get_by_text("小结已完成")).to_be_visible(timeout=LATE)
    await page.get_by_role("link", name="回到会话列表").click()
    await page.get_by_role("button", name="暂停接待").click()
    await expect(page.get_by_role("button", name="开始接待")).to_be_visible(timeout=LATE)
    await context.close()
