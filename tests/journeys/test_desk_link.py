"""The link between desk and server breaks: the page says so, loses no word, and catches up."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import DeskPage, chromium, desk_page
from tests.journeys.people import Stage

AgentsFor = Callable[..., list[dict[str, Any]]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def desk(browser: Browser, hurt: Stage) -> AsyncIterator[DeskPage]:
    """A tab at a server that is going to be hurt."""
    async with desk_page(browser, hurt.program) as desk:
        yield desk


async def test_a_server_that_stops_is_shown_and_what_was_typed_survives_it_and_a_reload(
    desk: DeskPage, hurt: Stage, agents_for: AgentsFor
) -> None:
    agent = agents_for()[1]
    lead = hurt.lead
    task = await lead.post(
        "/tasks", what="请核对年费减免进度", due_at="2030-01-01T09:00:00+08:00", matter=None
    )
    assert task["what"]
    person = next(one for one in agents_for() if one["role"] == "lead")
    await desk.log_in(person, address="/tasks")
    page = desk.page
    await page.get_by_role("button", name="办结").first.click()
    words = "已查到，还差两笔消费，已告知客户"
    await page.get_by_label("办理结果").fill(words)

    await hurt.program.stop()
    bar = page.get_by_role("alert").filter(has_text="与服务器的连接已断开")
    await expect(bar).to_be_visible()
    await desk.picture("link-lost")
    await page.get_by_role("dialog").get_by_role("button", name="办结").click()
    await expect(page.get_by_role("dialog")).to_contain_text("暂时连不上服务器")
    await expect(page.get_by_label("办理结果")).to_have_value(words)

    await hurt.program.start()
    await expect(bar).to_be_hidden(timeout=20_000)
    await page.reload()
    await page.get_by_role("button", name="办结").first.click()
    await expect(page.get_by_label("办理结果")).to_have_value(words)
    await page.get_by_role("dialog").get_by_role("button", name="办结").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    done = await lead.get("/tasks", done="true")
    assert words in [one["result"] for one in done]
    assert agent["number"] != person["number"]


async def test_durations_are_right_although_the_clock_of_the_browser_is_wrong(
    browser: Browser, hurt: Stage, agents_for: AgentsFor
) -> None:
    agent = agents_for()[2]
    async with desk_page(browser, hurt.program) as desk:
        # Three hours fast.
        await desk.page.add_init_script(
            "const now = Date.now; Date.now = () => now() + 3 * 3600 * 1000"
        )
        await desk.log_in(agent)
        await desk.page.get_by_role("button", name="用桌面话机签入").click()
        counted = desk.page.locator(".panel .figures").first
        await expect(counted).to_have_text("0:03", timeout=20_000)
