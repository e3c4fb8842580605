"""A holder who means to pay a scammer is warned in a call: the script, a cooling-off, the record.

What was said stands before whoever serves the holder next, and on the holder's own pages (row E4).
"""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser import chromium, keep_picture
from tests.journeys.desk import kinds
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.holder_browser import PHONE
from tests.journeys.people import Stage
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]
TOLD = "我是公安局的，您涉嫌洗钱，马上把钱转到安全账户，不许告诉家里人"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(240)
async def test_a_warned_holder_cools_off_and_the_next_agent_and_the_holder_read_of_it(
    stage: Stage, browser: Browser, agents_for: AgentsFor, holders: Holders
) -> None:
    holder = holders(cards=2)
    first, second = agents_for()[2:4]
    async with at_the_desk(browser, stage.program, first) as seat:
        await seat.sit_down()
        caller = await served(stage, holder["phone"], seat)
        await seat.press("g", "c")
        await expect(seat.page).to_have_url(re.compile("/call/."), timeout=LATE)
        interaction = seat.page.url.rpartition("/")[2]
        await persuades(seat)
        await expect(seat.page.get_by_role("heading", name="曾提醒这位客户防骗")).to_be_visible(
            timeout=LATE
        )
        await caller.hang_up()
        await expect(seat.page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    told = await stage.lead.get(f"/interactions/{interaction}")
    assert {"scam.warned", "card.held"} <= set(kinds(told))

    async with at_the_desk(browser, stage.program, second) as seat:
        await seat.sit_down()
        caller = await served(stage, holder["phone"], seat)
        await seat.press("g", "c")
        record = seat.page.locator("section", has_text="曾提醒这位客户防骗").last
        await expect(record).to_contain_text("客户仍要继续", timeout=LATE)
        await expect(record).to_contain_text(first["number"])
        await record.get_by_text("当时说了什么").click()
        await expect(record).to_contain_text("请客户自己打电话核实")
        await seat.screen.picture("warned-before")
        await caller.hang_up()
    await reads_of_it(stage, browser, holder)


@pytest.mark.timeout(240)
async def test_what_was_warned_of_in_a_chat_is_read_by_the_next_agent_and_by_the_holder(
    stage: Stage, browser: Browser, agents_for: AgentsFor, holders: Holders
) -> None:
    holder = holders()
    first, second = agents_for()[4:6]
    # Without a language of its own a browser asks for English, and so for agents who speak it.
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = await context.new_page()
    page.set_default_timeout(LATE)
    await logs_in(stage, page, holder, "/my/chat")
    async with at_the_desk(browser, stage.program, first, address="/chats") as seat:
        await takes_the_chat(seat, page, "转人工，公安局让我把钱转到安全账户")
        await expect(seat.page.get_by_role("log")).to_contain_text("安全账户", timeout=LATE)
        sure = seat.page.get_by_text("输对了发到预留手机的动态验证码")
        await expect(sure).to_be_visible(timeout=LATE)
        await expect(seat.page.get_by_text("来电未显示号码")).to_have_count(0)
        await warns_of_a_scam(seat)
        await warns_of_abuse(seat)
        await seat.screen.picture("warned-chat")
        await ends_the_chat(seat)
    async with at_the_desk(browser, stage.program, second, address="/chats") as seat:
        await takes_the_chat(seat, page, "转人工，你们都是骗子")
        record = seat.page.locator("section", has_text="曾提醒这位客户防骗").last
        await expect(record).to_contain_text("客户不再继续", timeout=LATE)
        await expect(record).to_contain_text(first["number"])
        warned = seat.page.locator("section", has_text="你们这群废物").last
        await expect(warned).to_contain_text("辱骂")
        await ends_the_chat(seat)
    await page.goto(f"http://{stage.program.http}/my/warnings")
    await proves_more(page, holder)
    await expect(page.locator("main")).to_contain_text("您决定：不再继续", timeout=LATE)
    await context.close()


async def takes_the_chat(seat: Seat, page: Page, words: str) -> None:
    """The agent takes chats; the holder writes, or goes on with what was closed; it is taken."""
    await seat.button("开始接待").click(timeout=LATE)
    await expect(seat.button("暂停接待")).to_be_visible(timeout=LATE)
    await page.goto(f"http://{seat.screen.program.http}/my/chat")
    await page.fill("#text", words)
    await page.click("form[action='/my/chat/messages'] button")
    await seat.button("接入").click(timeout=LATE)
    await expect(seat.page.locator("#chat-text")).to_be_visible(timeout=LATE)


async def warns_of_a_scam(seat: Seat) -> None:
    """By the same key as in a call; in the field of the answer a letter is a letter."""
    field, dialog = seat.page.locator("#chat-text"), seat.dialog
    await expect(seat.button("防骗劝阻")).to_be_visible(timeout=LATE)
    await field.press("j")
    await expect(field).to_have_value("j")
    await seat.press("Backspace", "Escape")
    await judges(seat)
    await dialog.get_by_label("先站到客户这一边", exact=True).check()
    await dialog.get_by_label("客户打算做什么").fill("说先不转，晚上问问女儿")
    await dialog.get_by_label("听劝，不再继续").check()
    await seat.screen.check_access(english=True)
    await seat.screen.picture("dissuade-chat")
    await seat.button("登记提醒", within=dialog).click()
    record = seat.page.locator("section", has_text="曾提醒这位客户防骗").last
    await expect(record).to_contain_text("客户不再继续", timeout=LATE)
    await expect(dialog).to_have_count(0)


async def warns_of_abuse(seat: Seat) -> None:
    """The words are kept as they were written, and stand beside the chat at once."""
    await seat.button("记录警告").click()
    await seat.dialog.get_by_label("类别").select_option(label="辱骂")
    await seat.dialog.get_by_label("客户的原话").fill("你们这群废物")
    await seat.screen.check_access(english=True)
    await seat.screen.picture("warn-chat")
    await seat.button("记录警告", within=seat.dialog).click()
    await expect(seat.dialog).to_have_count(0)
    warned = seat.page.locator("section", has_text="你们这群废物").last
    await expect(warned).to_contain_text("本次已警告", timeout=LATE)
    await warned.scroll_into_view_if_needed()


async def ends_the_chat(seat: Seat) -> None:
    """Both questions asked, the chat is closed, and no other is taken."""
    await seat.button("结束会话").first.click()
    for asked in ("已询问客户是否还需要其他帮助", "已向客户复述并得到确认"):
        await seat.dialog.get_by_label(asked).check()
    await seat.button("结束会话", within=seat.dialog).click()
    await expect(seat.page.get_by_text("会话已结束").first).to_be_visible(timeout=LATE)
    await seat.button("暂停接待").click()
    await expect(seat.button("开始接待")).to_be_visible(timeout=LATE)


async def persuades(seat: Seat) -> None:
    """Judge what the holder was told, tell the reasons, offer a cooling-off, put it on record."""
    page, dialog = seat.page, seat.dialog
    await judges(seat)
    for step in ("先站到客户这一边", "请客户自己打电话核实", "提出冷静期"):
        await dialog.get_by_label(step, exact=True).check()
    await expect(dialog.get_by_text("座席、班组长和家人都不能替您解除")).to_be_visible()
    save = seat.button("登记提醒", within=dialog)
    await expect(save).to_be_disabled()
    await dialog.get_by_label("暂停哪张卡").select_option(index=1)
    await dialog.get_by_label("客户打算做什么").fill("听完以后还是想转五万元过去")
    await dialog.get_by_label("仍要继续").check()
    await seat.screen.check_access(english=True)
    await seat.screen.picture("dissuade")
    await save.click()
    await expect(dialog.get_by_role("alert")).to_contain_text("冷静期须经持卡人同意", timeout=LATE)
    await dialog.get_by_label("客户同意暂停这张卡").check()
    await save.click()
    await expect(page.get_by_text("提醒已登记，卡已暂停到")).to_be_visible(timeout=LATE)
    await expect(dialog).to_have_count(0)


async def judges(seat: Seat) -> None:
    """Open the dialog by its key, and have judged what the holder was told."""
    await seat.press("j")
    await seat.dialog.get_by_label("短信原文").fill(TOLD)
    await seat.button("帮我判断", within=seat.dialog).click()
    await expect(seat.dialog.get_by_text("很可能是诈骗")).to_be_visible(timeout=LATE)
    await expect(seat.dialog.get_by_label("世上没有安全账户")).to_be_checked()


async def reads_of_it(stage: Stage, browser: Browser, holder: dict[str, Any]) -> None:
    """Log in at /my by the code that was sent, prove a little more, and read the warning."""
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = await context.new_page()
    await logs_in(stage, page, holder, "/my/warnings")
    await proves_more(page, holder)
    await expect(page.locator("main")).to_contain_text("您决定：仍然继续", timeout=LATE)
    await expect(page.locator("main")).to_contain_text("您的卡暂停到")
    await keep_picture(page, "my", "warnings", whole=True)
    await page.click("text=看那次联系")
    await expect(page.locator("h1")).to_be_visible(timeout=LATE)
    await context.close()


async def logs_in(stage: Stage, page: Page, holder: dict[str, Any], back: str) -> None:
    """Log in at /my by the code that was sent, on the way to a page."""
    await page.goto(f"http://{stage.program.http}/my/login?back={back}")
    await page.fill("#phone", holder["phone"])
    await page.click("main button.primary")
    await page.wait_for_selector("#code")
    await page.fill("#code", await log_in_code(stage, holder))
    await page.click("main button.primary")


async def proves_more(page: Page, holder: dict[str, Any]) -> None:
    """Give the tails of a card and of the identity card, as what is private asks for."""
    await page.fill("#card_tail", holder["cards"][0]["tail"])
    await page.fill("#id_tail", holder["id_tail"])
    await page.click("main button.primary")


async def log_in_code(stage: Stage, holder: dict[str, Any]) -> str:
    """Read the newest code of six digits on the holder's phone."""
    found: list[str] = []

    async def come() -> bool:
        outbox = await stage.program.ask("outbox")
        texts = [one["text"] for one in outbox if one["to"] == holder["phone"]]
        found[:] = [code for text in texts for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
        return bool(found)

    await until(come, within=15, what="the code")
    return found[-1]
