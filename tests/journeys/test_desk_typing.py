"""What is typed with a Chinese input method, and found while typing, in both languages (A4)."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium, compose
from tests.journeys.desk_agents import LATE, at_the_desk
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(120)
async def test_articles_are_found_while_typing_by_an_input_method_and_in_english(
    program: Program, browser: Browser, agents_for: AgentsFor
) -> None:
    async with at_the_desk(browser, program, agents_for()[2], address="/knowledge") as seat:
        page = seat.page
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url) if "/knowledge?" in one.url else None)
        field = page.locator("#guide-q")
        await expect(page.locator(".hit").first).to_be_visible(timeout=LATE)
        await field.focus()
        before = len(asked)
        async with compose(page, "zuidihuankuan", "最低还款"):
            # Letters on their way to words neither search nor open what was found.
            await expect(field).to_have_value("zuidihuankuan")
            await expect(page.locator("article h2")).to_have_count(0)
            assert len(asked) == before
        await expect(field).to_have_value("最低还款")
        await expect(page.locator(".hit mark").first).to_contain_text("最低还款", timeout=LATE)
        await seat.press("Enter")
        await expect(page.get_by_role("heading", name="最低还款额是怎么算的")).to_be_visible(
            timeout=LATE
        )
        await seat.screen.check_access()
        await seat.screen.picture("knowledge-found")

        await seat.button("English").click()
        await expect(page.get_by_role("heading", name="Knowledge")).to_be_visible(timeout=LATE)
        await field.fill("minimum payment")
        await expect(page.locator(".hit mark").first).to_contain_text("minimum", timeout=LATE)
        await seat.press("Enter")
        article = page.get_by_role("heading", name="How the minimum payment is worked out")
        await expect(article).to_be_visible(timeout=LATE)
        await seat.screen.check_access()
        await seat.screen.picture("knowledge-found-en")
