"""Chats and letters on the agent's screen: taken, passed on, answered, closed, wrapped up."""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.journeys.browser import DeskPage, chromium, compose, desk_page
from tests.journeys.conftest import Holder
from tests.journeys.desk_agents import Seat, at_the_desk
from tests.journeys.people import Stage
from tests.journeys.program import Program
from tests.journeys.test_query_password import code_sent_to

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
    await field.fill("")
    async with compose(page, "nihao", "您好，请问有什么可以帮您？"):
        await expect(field).to_have_value("nihao")
        await expect(visitor.locator("#state")).to_contain_text("输入", timeout=LATE)
    await expect(field).to_have_value("您好，请问有什么可以帮您？")
    assert "nihao" not in await log.inner_text()
    await visitor.locator("#text").press_sequentially("我想问")
    await expect(page.get_by_text("客户正在输入")).to_be_visible(timeout=LATE)
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
    await desk.check_access(english=True)
    await desk.picture("chat")

    await page.get_by_role("button", name="结束会话", exact=True).click()
    await asked_both(page)
    await desk.check_access(english=True)
    await desk.picture("chat-close")
    await page.get_by_role("dialog").get_by_role("button", name="结束会话").click()
    await expect(page.get_by_text("会话已结束：已解决").first).to_be_visible(timeout=LATE)
    await expect(visitor.locator("#state")).to_contain_text("结束", timeout=LATE)

    await expect(page.get_by_role("heading", name="这个会话已经结束或转出")).to_be_visible(
        timeout=LATE
    )
    await expect(page.get_by_label("已询问客户是否还需要其他帮助")).to_be_checked()
    await page.get_by_label("事项", exact=True).select_option("repayment")
    await page.get_by_label("小结", exact=True).fill("说明了最低还款的算法。")
    await desk.check_access(english=True)
    await desk.picture("chat-ended")
    await page.get_by_role("button", name="完成小结").click()
    await expect(page.get_by_text("小结已完成")).to_be_visible(timeout=LATE)
    await page.get_by_role("link", name="回到会话列表").click()
    await page.get_by_role("button", name="暂停接待").click()
    await expect(page.get_by_role("button", name="开始接待")).to_be_visible(timeout=LATE)
    await context.close()


async def asked_both(page: Page) -> None:
    """A chat that was answered ends only after both questions."""
    ending = page.get_by_role("dialog")
    await expect(ending.get_by_role("button", name="结束会话")).to_be_disabled()
    await ending.get_by_label("已询问客户是否还需要其他帮助").check()
    await ending.get_by_label("已向客户复述并得到确认").check()


async def takes_chats(seat: Seat, *, on: bool = True) -> None:
    """Begin, or stop, to take chats."""
    now, then = ("开始接待", "暂停接待") if on else ("暂停接待", "开始接待")
    await expect(seat.button(now).or_(seat.button(then))).to_be_visible(timeout=LATE)
    if await seat.button(now).is_visible():
        await seat.button(now).click()
    await expect(seat.button(then)).to_be_visible(timeout=LATE)


async def test_a_chat_is_passed_on_with_a_word_and_a_letter_is_answered(
    stage: Stage,
    browser: Browser,
    agents_for: AgentsFor,
    holders: Callable[..., Holder],
) -> None:
    first, second = agents_for()[4:6]
    program = stage.program
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        agent = await enter(at_the_desk(browser, program, first, address="/chats"))
        colleague = await enter(at_the_desk(browser, program, second, address="/chats"))
        await takes_chats(agent)
        context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        stack.push_async_callback(context.close)
        visitor = await context.new_page()
        visitor.set_default_timeout(LATE)
        await visitor.goto(f"http://{program.http}/chat?language=zh")
        await visitor.locator("#text").fill("转人工，我想问额度")
        await visitor.locator("#text").press("Enter")
        await agent.button("接入").click(timeout=LATE)
        await expect(agent.page.get_by_role("log")).to_contain_text("我想问额度", timeout=LATE)

        await takes_chats(colleague)
        await agent.button("转交").click()
        choice = agent.dialog.locator("#chat-agent")
        name = second["name"]
        await expect(choice.locator("option", has_text=name)).to_be_attached(timeout=LATE)
        await choice.select_option(label=name)
        await agent.dialog.locator("#chat-note").fill("客户想提额，已说明条件")
        await agent.screen.check_access(english=True)
        await agent.screen.picture("chat-transfer")
        await agent.button("转交", within=agent.dialog).click()
        await expect(agent.dialog).to_be_hidden(timeout=LATE)
        await takes_chats(agent, on=False)

        await colleague.button("接入").click(timeout=LATE)
        over = agent.page.get_by_role("heading", name="这个会话已经结束或转出")
        await expect(over).to_be_visible(timeout=LATE)
        log = colleague.page.get_by_role("log")
        await expect(log).to_contain_text("我想问额度", timeout=LATE)
        await expect(log).to_contain_text("客户想提额，已说明条件")
        field = colleague.page.locator("#chat-text")
        await field.fill("您好，我来接着为您办理。")
        await field.press("Enter")
        await expect(visitor.locator("li.agent")).to_contain_text("接着为您办理", timeout=LATE)
        assert "已说明条件" not in await visitor.content()
        await colleague.button("结束会话").click()
        await asked_both(colleague.page)
        await colleague.button("结束会话", within=colleague.dialog).click()
        await expect(visitor.locator("#state")).to_contain_text("结束", timeout=LATE)
        await takes_chats(colleague, on=False)

        await a_letter_is_answered(stage, browser, colleague, holders())


async def a_letter_is_answered(stage: Stage, browser: Browser, seat: Seat, holder: Holder) -> None:
    """A holder writes on the own pages: it shows among the tasks at once, and is answered."""
    await seat.goes_to("待办")
    await seat.page.get_by_text("我的队列", exact=True).click()
    context = await browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = await context.new_page()
    page.set_default_timeout(LATE)
    try:
        await page.goto(f"http://{stage.program.http}/my/messages")
        await page.fill("#phone", holder["phone"].removeprefix("+86"))
        await page.click("main button.primary")
        await page.wait_for_selector("#code")
        await page.fill("#code", await code_sent_to(stage, holder))
        await page.click("main button.primary")
        await page.wait_for_selector("#card_tail")
        await page.fill("#card_tail", holder["cards"][0]["tail"])
        await page.fill("#id_tail", holder["id_tail"])
        await page.click("main button.primary")
        await page.fill("#subject", "发票")
        await page.fill("#text", "请问分期手续费能开发票吗？")
        await page.click("text=发送")
        await expect(page.locator("main")).to_contain_text("已收到您的留言")

        await seat.page.get_by_role("link", name="答复来信").first.click(timeout=LATE)
        await seat.page.get_by_role("link", name="发票").click(timeout=LATE)
        await expect(seat.page.get_by_text("能开发票吗")).to_be_visible(timeout=LATE)
        await seat.page.locator("#letter-answer").fill("可以，发票会发到您的邮箱。")
        await seat.screen.check_access(english=True)
        await seat.screen.picture("letter")
        await seat.button("答复").click()
        await expect(seat.page.get_by_text("已答复，并发短信提醒客户")).to_be_visible(timeout=LATE)
        await page.reload()
        await expect(page.locator("main")).to_contain_text("发票会发到您的邮箱")
    finally:
        await context.close()
