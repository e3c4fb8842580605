"""Staff log in at the desk with a browser: right, wrong, for the first time, in both languages."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import DeskPage, chromium, desk_page
from tests.journeys.codes import next_code
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]


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


async def test_an_agent_logs_in_changes_the_language_and_leaves(
    desk: DeskPage, agents_for: AgentsFor
) -> None:
    agent = agents_for()[4]
    await desk.open("/tasks?from=elsewhere")
    await expect(desk.page.locator("html")).to_have_attribute("lang", "zh-CN")
    await desk.check_access()
    await desk.picture("login")

    await desk.type_credentials(agent)
    page = desk.page
    await expect(page.get_by_role("banner")).to_contain_text(agent["name"])
    assert page.url.endswith("/desk/tasks?from=elsewhere")

    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("banner")).to_contain_text("Agent")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await desk.check_access()

    await page.get_by_role("button", name=re.compile("Agent")).click()
    await page.get_by_role("menuitem", name="Log out").click()
    await expect(page.locator("#password")).to_have_value("")
    await page.reload()
    await expect(page.locator("#password")).to_be_visible()
    refused = [line for line in desk.complaints if "401" not in line]
    assert not refused, refused


async def test_who_types_it_wrong_is_told_and_types_only_the_code_again(
    desk: DeskPage, agents_for: AgentsFor
) -> None:
    agent = agents_for()[5]
    await desk.open()
    await desk.type_credentials({**agent, "password": "Not-this-one-1"})
    await expect(desk.page.get_by_role("alert")).to_contain_text("工号、密码或验证码不对")
    await expect(desk.page.locator("#code")).to_have_value("")
    await expect(desk.page.locator("#code")).to_be_focused()
    assert await desk.page.locator("#number").input_value() == agent["number"]
    kept = await desk.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Not-this-one-1" not in kept


async def test_a_newcomer_enrols_an_authenticator_and_is_in(
    desk: DeskPage, program: Program
) -> None:
    await program.ask("staff", "add", "7701", "林晚")
    told = await program.ask("staff", "password", "7701", "--generate")
    page = desk.page
    await desk.open()
    await page.locator("#number").fill("7701")
    await page.locator("#password").fill(told["password"])
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="显示二维码").click()
    await expect(page.get_by_role("img", name="身份验证器二维码")).to_be_visible()
    await desk.check_access()
    await desk.picture("enrolment")

    secret = (await page.locator(".secret").inner_text()).replace(" ", "")
    await page.locator("#code").fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("验证码不对")
    await page.locator("#code").fill(await next_code(program.http, secret))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="请先设一个自己的密码")).to_be_visible()
    await desk.check_access()
    await desk.picture("first-password")
    await desk.open("/staff")  # no other page opens
    await page.get_by_label("刚才登录用的密码").fill(told["password"])
    await page.get_by_label("新密码", exact=True).fill("Kranich-fliegt-9")
    await page.get_by_label("再输入一次新密码").fill("Kranich-fliegt-9")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("banner")).to_contain_text("林晚")
    assert secret not in await page.content()


async def test_the_password_is_changed_and_a_weak_one_is_refused_with_the_reason(
    desk: DeskPage, program: Program, agents_for: AgentsFor
) -> None:
    agent = agents_for()[6]
    await desk.log_in(agent)
    page = desk.page
    await page.get_by_title("我的账户").click()
    await page.get_by_role("menuitem", name="修改密码").click()

    async def change(new: str, again: str) -> None:
        await page.get_by_label("现用密码", exact=True).fill(agent["password"])
        await page.get_by_label("新密码", exact=True).fill(new)
        await page.get_by_label("再输入一次新密码").fill(again)
        await page.keyboard.press("Enter")

    await change("short", "shorter")
    await expect(page.get_by_text("两次输入的新密码不一致")).to_be_visible()
    await change("short", "short")
    await expect(page.get_by_role("alert").last).to_contain_text("至少需要 12 个字符")
    await desk.check_access()
    await change("Kranich-fliegt-9", "Kranich-fliegt-9")
    await expect(page.get_by_text("密码已修改")).to_be_visible()
    agent["password"] = "Kranich-fliegt-9"  # whoever sits down there after us knows it
