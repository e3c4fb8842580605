"""The holder's pages in a real browser without a script: served over HTTP, weighed, and audited."""

import asyncio
import contextlib
import math
import socket
import struct
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, Page, Response

from tests.actions.portal_house import House
from tests.journeys.program import until

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
MOST_BYTES = 50_000
_AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")


@contextlib.asynccontextmanager
async def served(house: House) -> AsyncIterator[str]:
    """Serve the application of a house on a free port; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(house.application, port=port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started, within=30, what="the pages to be served")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


class Weigher:
    """Adds up what each page costs: its text and its style, as they went over the wire."""

    def __init__(self, page: Page) -> None:
        self.weights: dict[str, int] = {}
        self._waiting: list[asyncio.Task[None]] = []
        page.on("response", lambda response: self._waiting.append(self._task(response)))

    def _task(self, response: Response) -> asyncio.Task[None]:
        return asyncio.create_task(self._weigh(response))

    async def _weigh(self, response: Response) -> None:
        kind = response.headers.get("content-type", "")
        if response.status == 200 and kind.startswith(("text/html", "text/css")):
            with contextlib.suppress(Exception):  # a page that was left meanwhile has no body
                self.weights[response.url] = len(await response.body())

    async def heaviest(self) -> int:
        """Return the bytes of the heaviest page with the style sheet."""
        await asyncio.gather(*self._waiting)
        styles = max((size for url, size in self.weights.items() if ".css" in url), default=0)
        pages = [size for url, size in self.weights.items() if ".css" not in url]
        return max(pages) + styles


class Auditor:
    """Opens what a holder sees once more, where axe may run: the page itself lets no script in."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.faults: list[str] = []

    @classmethod
    async def at(cls, browser: Browser) -> "Auditor":
        """Open a window for auditing."""
        context = await browser.new_context(viewport=PHONE, bypass_csp=True)
        return cls(await context.new_page())

    async def audit(self, page: Page) -> None:
        """Add the serious and critical findings on what a page shows."""
        await self._page.context.add_cookies(await page.context.cookies())  # type: ignore[arg-type]
        await self._page.goto(page.url)
        await self._page.evaluate(_AXE)
        found: dict[str, Any] = await self._page.evaluate("async () => await axe.run()")
        self.faults += [
            f"{page.url}: {one['id']}: {node['html'][:200]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]


def write_tone(path: Path, *, seconds: float = 2.0) -> int:
    """Write a WAV file that can be heard; returns its size."""
    with wave.open(str(path), "wb") as made:
        made.setnchannels(2)
        made.setsampwidth(2)
        made.setframerate(8000)
        for place in range(int(seconds * 8000)):
            value = int(8000 * math.sin(place * 0.3))
            made.writeframesraw(struct.pack("<hh", value, value))
    return path.stat().st_size
