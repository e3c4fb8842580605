"""Every screen of the desk in both languages: it shows, and no grave fault bars anybody from it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk
from tests.journeys.program import Program

AgentsFor = Callable[..., list[dict[str, Any]]]
SCREENS = {
    "": "home-lead",
    "/call": "no-call",
    "/chats": "chats",
    "/messages": "messages",
    "/emails": "emails-empty",
    "/app-messages": "app-messages-empty",
    "/letters": "letters-empty",
    "/cases": "cases",
    "/complaints": "complaints-empty",
    "/complaint-report": "complaint-report-empty",
    "/campaigns": "campaigns-empty",
    "/scams": "scams",
    "/registry": "registry-lead",
    "/evidence": "evidence",
    "/approvals": "approvals",
    "/knowledge": "knowledge",
    "/tasks": "tasks",
    "/interactions": "contacts",
    "/lead": "lead",
    "/wall": "wall",
}


IN_ENGLISH = ("home-lead", "contacts", "evidence", "knowledge", "lead", "staff-list", "wall")
IN_THE_DARK = ("home-lead", "lead")
"""What is kept as a picture in English and in the dark too; shown and held against axe is all."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


async def look_at(seat: Seat, addresses: dict[str, str], *, language: str, look: str) -> None:
    """Show screens in a language and a look, each held against axe and kept as a picture."""
    await seat.page.evaluate(
        "([language, look]) => {"
        " localStorage.setItem('language', language); localStorage.setItem('look', look) }",
        [language, look],
    )
    for address, name in addresses.items():
        await seat.screen.open(address)
        heading = seat.page.get_by_role("heading", level=1)
        await expect(heading).to_be_visible(timeout=LATE)
        await expect(seat.page.locator("html")).to_have_attribute("data-look", look)
        await expect(seat.page.get_by_text("正在载入…")).to_have_count(0, timeout=LATE)
        await seat.screen.check_access()
        if look == "light" and (language == "zh" or name in IN_ENGLISH):
            await seat.screen.picture(name if language == "zh" else f"{name}-en")
        elif look == "dark" and language == "zh" and name in IN_THE_DARK:
            await seat.screen.picture(f"{name}-dark")
    await seat.page.keyboard.press("?")
    await expect(seat.page.get_by_role("dialog")).to_be_visible()
    await seat.screen.check_access()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_screen_shows_in_both_looks_without_a_grave_finding(
    browser: Browser, program: Program, staff: list[dict[str, Any]], language: str
) -> None:
    for role, addresses in {"lead": SCREENS, "administrator": {"/staff": "staff-list"}}.items():
        person = next(one for one in staff if one["role"] == role)
        async with at_the_desk(browser, program, person) as seat:
            for look in ("light", "dark"):
                await look_at(seat, addresses, language=language, look=look)
            refused = [line for line in seat.screen.complaints if "Security Policy" in line]
            assert not refused, refused
