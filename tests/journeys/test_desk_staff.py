"""An administrator adds, changes and lets go of staff; each role finds its own screens."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
Staff = list[dict[str, Any]]
TALKS = "通话与来信: 通话, 在线会话, 客户来信, 信函"
SEES = {
    "agent": [
        "工作台",
        TALKS,
        "案件与投诉: 待办, 事项, 投诉",
        "外呼",
        "官方信息",
        "知识与记录: 知识库, 联络记录",
    ],
    "lead": [
        "工作台",
        TALKS,
        "案件与投诉: 待办, 事项, 投诉, 复核, 投诉报告",
        "外呼",
        "防骗: 诈骗举报, 官方信息",
        "知识与记录: 知识库, 联络记录, 证据与留存",
        "现场: 班长台, 大屏",
    ],
    "quality": [
        "工作台",
        "案件与投诉: 事项, 投诉, 投诉报告",
        "外呼",
        "官方信息",
        "知识与记录: 知识库, 联络记录",
        "大屏",
    ],
    "compliance": [
        "工作台",
        "案件与投诉: 事项, 投诉, 投诉报告",
        "外呼",
        "防骗: 诈骗举报, 官方信息",
        "知识与记录: 知识库, 联络记录, 证据与留存",
        "大屏",
    ],
    "administrator": [
        "工作台",
        "投诉报告",
        "外呼",
        "官方信息",
        "知识与记录: 知识库, 联络记录",
        "现场: 大屏, 人员",
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


async def ways_of(seat: Seat) -> list[str]:
    """Return what stands in the navigation; after a group, what its menu holds."""
    ways = []
    for one in await seat.navigation.locator("> a, .group > button").all():
        name = await one.inner_text()
        if await one.get_attribute("aria-expanded") is None:
            ways.append(name)
            continue
        await one.click()
        inside = await seat.navigation.locator("ul a").all_inner_texts()
        ways.append(f"{name}: {', '.join(line.split()[0] for line in inside)}")
        await one.click()
    return ways


async def widest(seat: Seat) -> str:
    """Name what reaches out furthest."""
    script = """() => [...document.querySelectorAll('body *')]
        .map(one => [one.getBoundingClientRect().right, one])
        .sort((a, b) => b[0] - a[0]).slice(0, 3)
        .map(([right, one]) => `${Math.round(right)} ${one.outerHTML.slice(0, 160)}`).join('; ')"""
    return str(await seat.page.evaluate(script))


async def check_one_line(seat: Seat) -> None:
    """Fail where the navigation breaks, or reaches out of the window."""
    for width in (1366, 1024):
        await seat.page.set_viewport_size({"width": width, "height": 768})
        top = await seat.page.get_by_role("banner").bounding_box()
        assert top
        assert top["height"] <= 48, f"two lines at {width} px"
        reach = await seat.page.evaluate("document.documentElement.scrollWidth")
        assert reach <= width, f"{reach} px in a window of {width}: {await widest(seat)}"
    await seat.page.set_viewport_size({"width": 1366, "height": 768})


async def walk_by_keys(seat: Seat) -> None:
    """Go through a menu by the arrows, out of it by Escape, and to a screen by Enter."""
    menu = seat.navigation.get_by_role("button").first
    names = seat.navigation.locator("ul a")
    await menu.focus()
    await seat.press("ArrowDown", "ArrowDown")
    await expect(names.nth(1)).to_be_focused()
    await seat.screen.check_access()
    await seat.screen.picture("navigation")
    await seat.press("Escape")
    await expect(names).to_have_count(0)
    await expect(menu).to_be_focused()
    await seat.press("Enter")
    await expect(names).not_to_have_count(0)
    await seat.press("Shift+Tab")
    await expect(names).to_have_count(0)
    await menu.focus()
    await seat.press("ArrowDown", "ArrowDown", "Enter")
    await expect(seat.page.get_by_role("heading", level=1)).to_have_text("在线会话", timeout=LATE)
    await expect(names).to_have_count(0)
    await expect(menu).to_have_attribute("aria-current", "true")


@pytest.mark.timeout(240)
async def test_each_role_finds_its_own_screens_and_none_of_the_others(
    program: Program, browser: Browser, staff: Staff
) -> None:
    for role, ways in SEES.items():
        person = next(one for one in staff if one["role"] == role)
        async with at_the_desk(browser, program, person) as seat:
            assert await ways_of(seat) == ways
            await check_one_line(seat)
            await seat.screen.check_access()
            await seat.screen.picture(f"home-{role}")
            if role == "lead":
                await walk_by_keys(seat)
            await seat.button("English").click()
            await expect(seat.navigation.get_by_text("Home")).to_be_visible()
            await check_one_line(seat)
            await seat.screen.open("/staff")
            heading = seat.page.get_by_role("heading", level=1)
            missing = seat.page.get_by_text("There is no such page")
            await expect(heading.or_(missing).first).to_be_visible(timeout=LATE)
            assert await missing.is_visible() == (role != "administrator")
