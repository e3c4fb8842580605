"""A browser in place of a phone, for the tests of the line: real Chromium, one page a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from cardline.ports.line.commands import Dial, WebAnswer
from cardline.ports.line.events import Answered, Ringing, WebAnswered
from tests.journeys.browser import CHROMIUM
from tests.wire.line_support import RunningLine

PATIENCE = 20.0
_ADDRESS = "http://localhost:9/"
"""Nobody is there; the page is put in its place. A microphone needs an address that is trusted."""
_PAGE = (Path(__file__).parent / "web_phone.html").read_text()

needs_chromium = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed")


class WebPhone:
    """A page that says a tone and tells which tones it hears.

    Chromium plays every stream that comes, but the page's analyser gets only the one that began
    last: what comes back after something else was heard is told by its packets alone.
    """

    def __init__(self, page: Page, hertz: int) -> None:
        self.page = page
        self.hertz = hertz

    async def offer(self) -> str:
        """A new offer, of the page as it is now."""
        return str(await self.page.evaluate("(hertz) => offer(hertz)", self.hertz))

    async def take(self, line: RunningLine, call: str, leg: str, offer: str = "") -> None:
        """Answer the leg, or take it over."""
        await line.send(WebAnswer(call=call, leg=leg, sdp=offer or await self.offer()))
        answer = await line.expect(WebAnswered, call=call, party=leg, within=PATIENCE)
        await self.page.evaluate("(sdp) => answered(sdp)", answer.sdp)

    async def join(self, line: RunningLine, call: str, leg: str) -> None:
        """Be rung, and answer."""
        await line.send(Dial(call=call, leg=leg, target="web:a6101", from_user="138"))
        await line.expect(Ringing, call=call, party=leg, within=PATIENCE)
        await self.take(line, call, leg)
        await line.expect(Answered, call=call, party=leg, within=PATIENCE)

    async def refresh(self) -> None:
        """As F5: all that the page was is gone."""
        await self.page.reload()

    async def crash(self) -> None:
        """As a tab that is killed: no word to anybody."""
        session = await self.page.context.new_cdp_session(self.page)
        crashed = asyncio.get_running_loop().create_future()
        self.page.once("crash", lambda _page: crashed.set_result(None))
        asking = asyncio.create_task(session.send("Page.crash"))
        await asyncio.wait_for(crashed, PATIENCE)
        asking.cancel()

    async def press(self, keys: str) -> None:
        await self.page.evaluate("(keys) => press(keys)", keys)

    async def mute(self, muted: bool) -> None:
        await self.page.evaluate("(muted) => mute(muted)", muted)

    async def state(self) -> str:
        return str(await self.page.evaluate("connection.connectionState"))

    async def gets_sound(self) -> None:
        """Until a second's worth of packets has come."""
        before = await self._packets()
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while await self._packets() < before + 50:
            assert asyncio.get_running_loop().time() < deadline, "nothing comes"
            await asyncio.sleep(0.1)

    async def _packets(self) -> int:
        return int(
            await self.page.evaluate(
                "async () => [...(await connection.getStats()).values()]"
                ".find((found) => found.type === 'transport').packetsReceived"
            )
        )

    async def hears(self, *tones: int, among: tuple[int, ...]) -> None:
        """Until it hears exactly these of the known tones, three times in a row."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        times, heard = 0, None
        while times < 3:
            heard = set(await self.page.evaluate("(tones) => hears(tones)", list(among)))
            times = times + 1 if heard == set(tones) else 0
            assert asyncio.get_running_loop().time() < deadline, f"it hears {heard}, not {tones}"
            await asyncio.sleep(0.1)


@asynccontextmanager
async def web_phone(browser: Browser, hertz: int) -> AsyncIterator[WebPhone]:
    """A page of its own, in a profile of its own."""
    context = await browser.new_context()
    page = await context.new_page()

    async def put(route: Any) -> None:
        await route.fulfill(body=_PAGE, content_type="text/html; charset=utf-8")

    await page.route("**/*", put)
    await page.goto(_ADDRESS)
    try:
        yield WebPhone(page, hertz)
    finally:
        await context.close()
