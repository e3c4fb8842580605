"""An administrator adds, changes and lets go of staff; each role finds its own screens."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, at_the_desk
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
Staff = list[dict[str, Any]]
SEES = {
    "quality": [
        "工作台",
        "事项",
        "投诉",
        "投诉报告",
        "外呼",
        "知识库",
        "联络记录",
        "官方信息",
        "大屏",
    ],
    "compliance": [
        "工作台",
        "事项",
        "投诉",
        "投诉报告",
        "外呼",
        "知识库",
        "联络记录",
        "诈骗举报",
        "官方信息",
        "证据与留存",
        "大屏",
    ],
    "administrator": [
        "工作台",
        "投诉报告",
        "外呼",
        "知识库",
        "联络记录",
        "官方信息",
        "大屏",
        "人员",
    ],
}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(180)
async def test_an_administrator_adds_changes_and_lets_go_of_somebody(
    program: Program, browser: Browser, staff: Staff
) -> None:
    boss = next(one for one in staff if one["role"] == "administrator")
    async with at_the_desk(browser, program, boss, address="/staff") as seat:
        page = seat.page
        await expect(page.get_by_role("row").nth(3)).to_be_visible(timeout=LATE)
        await seat.screen.check_access()
        await seat.screen.picture("staff")
        await seat.button("添加人员").click()
        await seat.dialog.get_by_label("工号").fill("7801")
        await seat.dialog.get_by_label("姓名").fill("沈知夏")
        await seat.dialog.get_by_label("综合").check()
        await seat.screen.check_access()
        await seat.screen.picture("staff-add")
        await seat.button("保存", within=seat.dialog).click()
        await expect(seat.dialog.filter(has_text="只显示这一次")).to_be_visible(timeout=LATE)
        secret = await page.locator("code.secret").first.inner_text()
        await seat.screen.check_access()
        await page.locator(".ant-modal-footer").get_by_role("button", name="关闭").click()
        await expect(seat.dialog).to_have_count(0)
        assert secret not in await page.content()

        row = page.get_by_role("row").filter(has_text="沈知夏")
        await expect(row).to_contain_text("综合", timeout=LATE)
        await seat.button("岗位与业务", within=row).click()
        await seat.dialog.get_by_label("岗位").select_option("quality")
        await seat.button("保存", within=seat.dialog).click()
        await expect(row).to_contain_text("质检", timeout=LATE)
        await seat.button("更多", within=row).click()
        await page.get_by_role("menuitem", name="离岗").click()
        await seat.button("确认", within=seat.dialog).click()
        await expect(row).to_have_count(0, timeout=LATE)


@pytest.mark.timeout(180)
async def test_each_role_finds_its_own_screens_and_none_of_the_others(
    program: Program, browser: Browser, staff: Staff
) -> None:
    for role, names in SEES.items():
        person = next(one for one in staff if one["role"] == role)
        async with at_the_desk(browser, program, person) as seat:
            links = seat.page.get_by_role("navigation").get_by_role("link")
            assert await links.all_inner_texts() == names
            await seat.screen.check_access()
            await seat.screen.picture(f"home-{role}")
            await seat.screen.open("/staff")
            heading = seat.page.get_by_role("heading", level=1)
            missing = seat.page.get_by_text("没有这个页面")
            await expect(heading.or_(missing).first).to_be_visible(timeout=LATE)
            assert await missing.is_visible() == (role != "administrator")
