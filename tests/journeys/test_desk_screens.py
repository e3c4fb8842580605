"""Every screen of the desk in both languages: it shows, and no grave fault bars anybody from it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium, desk_page
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
SCREENS = {
    "": "home",
    "/call": "no-call",
    "/tasks": "tasks",
    "/interactions": "contacts",
    "/lead": "lead",
    "/wall": "wall",
}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "steps"), [("zh", 0), ("en", 1)])
async def test_every_screen_shows_without_a_grave_finding(
    browser: Browser, program: Program, staff: list[dict[str, Any]], language: str, steps: int
) -> None:
    lead = next(one for one in staff if one["role"] == "lead")
    async with desk_page(browser, program) as desk:
        await desk.log_in(lead, steps=steps)
        await desk.page.evaluate(f"localStorage.setItem('language', '{language}')")
        for address, name in SCREENS.items():
            await desk.open(address)
            heading = desk.page.get_by_role("heading", level=1)
            await expect(heading).to_be_visible(timeout=20_000)
            await desk.check_access()
            await desk.picture(f"{name}-{language}")
        await desk.page.keyboard.press("?")
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.check_access()
        await desk.page.emulate_media(color_scheme="dark")
        await desk.page.evaluate("localStorage.setItem('look', 'dark')")
        await desk.open("/lead")
        await expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
        await desk.check_access()
        refused = [line for line in desk.complaints if "Security Policy" in line]
        assert not refused, refused
