"""Chromium as staff and holders use it, and what a person does with the desk in it."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    async_playwright,
    expect,
)

from tests.journeys.codes import next_code
from tests.journeys.program import Program

CHROMIUM = "/usr/bin/chromium"
PICTURES = os.environ.get("CARDLINE_PICTURES", "")
"""A folder: every screen that a test shows is kept there as a picture."""
SECONDS = 20.0
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
]


@asynccontextmanager
async def chromium(*, allows: bool = True) -> AsyncIterator[Browser]:
    """A browser with a microphone that sounds, and with nothing of a former one.

    Where it does not allow the microphone by itself, nobody is there to be asked: it refuses.
    """
    arguments = [*_ARGUMENTS, *(["--use-fake-ui-for-media-stream"] if allows else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


async def keep_picture(page: Page, folder: str, name: str, *, whole: bool = False) -> None:
    """Keep a picture where pictures are asked for; ``whole``: with what one would scroll to."""
    if PICTURES:
        path = Path(PICTURES) / folder / f"{name}.png"
        shot = await page.screenshot(full_page=whole, animations="disabled")
        await asyncio.to_thread(_write, path, shot)


def _write(path: Path, shot: bytes) -> None:
    """Write a picture of 256 colours: a page has no more that matter, and it is a third as big."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)


@asynccontextmanager
async def compose(page: Page, letters: str, words: str) -> AsyncIterator[None]:
    """Type letters with an input method into what has the focus, press Enter, choose the words.

    Within: the letters stand there, and the Enter was the input method's own (key code 229).
    """
    method = await page.context.new_cdp_session(page)
    place = {"selectionStart": len(letters), "selectionEnd": len(letters)}
    await method.send("Input.imeSetComposition", {"text": letters, **place})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    yield
    await method.send("Input.insertText", {"text": words})
    await method.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    await method.detach()


class DeskPage:
    """The desk in one tab; whatever the page complains about is kept in ``complaints``."""

    def __init__(
        self, program: Program, context: BrowserContext, page: Page, origin: str = ""
    ) -> None:
        self.program = program
        self.origin = origin or program.http
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )

    async def open(self, address: str = "") -> None:
        """Go to a screen."""
        await self.page.goto(f"http://{self.origin}/desk{address}")

    async def log_in(self, person: dict[str, Any], *, address: str = "") -> None:
        """Log in as one of the demonstration's staff and wait for the screen."""
        await self.open(address)
        await self.type_credentials(person)
        await expect(self.page.get_by_role("banner")).to_be_visible(timeout=SECONDS * 1000)

    async def type_credentials(self, person: dict[str, Any]) -> None:
        """Type number, password and code, and send them."""
        code = await next_code(self.program.http, person["totp_secret"])
        await self.page.locator("#number").fill(person["number"])
        await self.page.locator("#password").fill(person["password"])
        await self.page.locator("#code").fill(code)
        await self.page.keyboard.press("Enter")

    async def picture(self, name: str) -> None:
        """Keep a picture of the screen, where pictures are asked for."""
        await keep_picture(self.page, "desk", name)

    async def check_access(self, *, english: bool = False) -> None:
        """Fail on a serious or critical finding of axe on what is shown, once nothing moves.

        ``english``: what is open in front is held against it in English too, and must fit.
        """
        await self._check(None)
        if english:
            front = "[role=dialog]" if await self._dialog.count() else ":is(main, .phone)"
            await self._speak("en")
            await self._check(front)
            wide = await self.page.evaluate(_TOO_WIDE, front)
            assert not wide, f"wider in English than there is room for: {wide}"
            await self._speak("zh-CN")

    @property
    def _dialog(self) -> Locator:
        return self.page.get_by_role("dialog").filter(visible=True)

    async def _speak(self, language: str) -> None:
        """Choose a language as if in another tab: what is open here stays open."""
        await self.page.evaluate(_CHOOSE, language[:2])
        await expect(self.page.locator("html")).to_have_attribute("lang", language)

    async def _check(self, part: str | None) -> None:
        await self.page.wait_for_function(_STILL)
        found = (await Axe().run(self.page, context=part)).response["violations"]
        grave = [
            f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
        assert not grave, "\n".join(grave)


_STILL = """() => document.getAnimations().every(
    (one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity
)"""
"""What fades in or out has half a colour, and axe would judge that."""
_CHOOSE = """(language) => {
    localStorage.setItem('language', language)
    dispatchEvent(new StorageEvent('storage', { key: 'language', newValue: language }))
}"""
_TOO_WIDE = """(front) => [...document.querySelectorAll(`${front}, ${front} *`)]
    .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
    .filter((one) => getComputedStyle(one).overflowX !== 'visible')
    .filter((one) => !one.matches('.unseen, input, textarea, select'))
    .map((one) => one.outerHTML.slice(0, 160))"""
"""What has more in it than it is wide: it would be cut off, or be scrolled to the side."""


@asynccontextmanager
async def desk_page(
    browser: Browser, program: Program, *, origin: str = ""
) -> AsyncIterator[DeskPage]:
    """A tab of its own: nobody is logged in, Chinese, light; ``origin``: another way there."""
    context = await browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", color_scheme="light"
    )
    try:
        yield DeskPage(program, context, await context.new_page(), origin)
    finally:
        await context.close()
