"""An agent's work in the page: whom it is about, words on record, wrap-up and tasks."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.journeys.browser import chromium
from tests.journeys.desk import kinds
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import Caller, Stage
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
SECRET = "6222021234567890128"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


async def in_a_talk(stage: Stage, seat: Seat, number: str) -> Caller:
    """Be in a talk, with the conversation on the screen."""
    await seat.sit_down()
    caller = await served(stage, number, seat)
    await seat.press("g", "c")
    await expect(seat.page.get_by_role("heading", name="话后小结")).to_be_visible(timeout=LATE)
    return caller


@pytest.mark.timeout(180)
async def test_an_agent_says_whom_it_is_about_looks_notes_and_wraps_up_what_was_promised(
    stage: Stage, browser: Browser, strangers: Strangers, holders: Holders, agents_for: AgentsFor
) -> None:
    holder = holders(cards=2)
    async with at_the_desk(browser, stage.program, agents_for()[0]) as agent:
        caller = await in_a_talk(stage, agent, strangers())
        page = agent.page
        await expect(page.get_by_text("还不知道是哪位客户")).to_be_visible(timeout=LATE)
        await agent.press("w")
        await page.get_by_label("预留手机号").fill(holder["phone"])
        await agent.press("Enter")
        await expect(agent.button("就是这位")).to_be_visible(timeout=LATE)
        await agent.screen.check_access(english=True)
        await agent.screen.picture("claim")
        await agent.button("就是这位").click()
        await expect(page.locator(".sure.claimed")).to_have_text("自称，尚无凭据", timeout=LATE)

        await expect(agent.dialog).to_be_hidden(timeout=LATE)
        await expect(page.locator("#claim-phone")).to_have_count(0)
        assert holder["phone"] not in await page.content()
        await page.get_by_role("button", name="查看完整内容 预留手机号").click()
        await page.get_by_label("查看原因").fill("客户请我们核对登记的手机号")
        await agent.screen.check_access(english=True)
        await agent.screen.picture("unmask")
        await agent.press("Enter")
        await expect(page.get_by_text(holder["phone"])).to_be_visible(timeout=LATE)

        await expect(agent.dialog).to_be_hidden(timeout=LATE)
        await agent.press("n")
        await page.keyboard.type(f"客户报了卡号{SECRET}")
        await agent.press("Control+Enter")
        await expect(page.get_by_text("已自动隐去敏感信息")).to_be_visible(timeout=LATE)
        await expect(page.locator("#note")).to_have_value("")
        assert SECRET not in await page.content()

        # Nobody has proved enough to freeze; four keys hold the second card.
        await agent.press("Escape", "h", "2")
        await expect(agent.dialog.get_by_role("listitem")).to_have_count(6, timeout=LATE)
        await agent.press("1")
        await agent.screen.check_access(english=True)
        await agent.screen.picture("hold-card")
        await agent.press("Enter")
        second = page.locator("ol.numbered li").nth(1)
        await expect(second).to_contain_text("临时止付", timeout=LATE)
        await expect(agent.dialog).to_be_hidden(timeout=LATE)

        await page.locator("#matter").select_option("annual-fee")
        await page.locator("#outcome").select_option("promised")
        await page.locator("#summary").fill("客户询问年费减免条件，答应回电告知。")
        await agent.button("添加承诺").click()
        await page.get_by_label("承诺内容").fill("回电告知年费减免结果")
        await page.get_by_label("已询问客户是否还需要其他帮助").check()
        await page.get_by_label("已向客户复述并得到确认").check()
        await expect(page.get_by_text("已保存")).to_be_visible(timeout=LATE)
        await agent.screen.check_access(english=True)
        await agent.screen.picture("conversation")
        await caller.hang_up()
        await expect(page.locator(".phone.idle")).to_be_visible(timeout=LATE)
        await agent.button("完成小结").click()
        await expect(page.get_by_text("小结已完成")).to_contain_text(
            "已生成 1 项待办", timeout=LATE
        )
        await agent.screen.picture("wrapped-up")
        await agent.goes_to("待办")
        await expect(page.get_by_text("回电告知年费减免结果").first).to_be_visible(timeout=LATE)
        await agent.screen.check_access()
        await agent.screen.picture("tasks-promised")
        told = await caller.closed()
        assert {
            "desk.claimed",
            "desk.unmasked",
            "card.held",
            "desk.wrapped-up",
            "task.opened",
        } <= set(kinds(told))
        assert SECRET not in str(told)


@pytest.mark.timeout(240)
async def test_a_polite_end_is_refused_before_a_warning_and_possible_a_while_after_it(
    stage: Stage, browser: Browser, strangers: Strangers, agents_for: AgentsFor
) -> None:
    async with at_the_desk(browser, stage.program, agents_for()[0]) as agent:
        caller = await in_a_talk(stage, agent, strangers())
        await agent.button("礼貌结束通话").click()
        await agent.button("礼貌结束通话", within=agent.dialog).click()
        refused = agent.dialog.get_by_role("alert")
        await expect(refused).to_contain_text("现在还不能结束", timeout=LATE)
        await agent.screen.check_access(english=True)
        await agent.screen.picture("polite-end-refused")
        await agent.press("Escape")
        await expect(agent.dialog).to_be_hidden()

        await agent.button("记录警告").click()
        await agent.page.locator("#warn-kind").select_option("abuse")
        await agent.page.locator("#warn-words").fill("（辱骂）")
        await agent.screen.check_access(english=True)
        await agent.screen.picture("warning")
        await agent.button("记录警告", within=agent.dialog).click()
        await expect(agent.page.get_by_text("本次已警告")).to_be_visible(timeout=LATE)
        await expect(agent.dialog).to_be_hidden(timeout=LATE)
        await agent.button("礼貌结束通话").click()
        await expect(agent.dialog).to_be_visible(timeout=LATE)
        idle = agent.page.locator(".phone.idle")

        async def ended() -> bool:
            if await idle.is_visible():
                return True
            with contextlib.suppress(PlaywrightTimeout):  # it may close under the click
                await agent.button("礼貌结束通话", within=agent.dialog).click(timeout=3000)
            return False

        try:
            await until(ended, within=120, every=2, what="the polite end")
        except AssertionError:
            raise AssertionError(await agent.page.locator("body").inner_text()) from None
        told = await caller.closed()
        assert told["outcome"] == "ended"
        assert "desk.polite-end" in kinds(told)
