"""A holder on a phone without a script: log in, freeze, read, listen, note, write (rows A7, B6)."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page

from cardline.adapters.postgres.database import Database
from cardline.cards.model import CardState
from tests.actions.portal_house import MINE, House
from tests.journeys.browser import PICTURES, chromium, keep_picture
from tests.journeys.holder_browser import (
    DESKTOP,
    MOST_BYTES,
    NARROW,
    PHONE,
    Auditor,
    Weigher,
    served,
    write_tone,
)

MAIN = ("home", "bills", "contacts", "contact", "preferences")
"""What is kept as a picture on a telephone in both languages, and on a desk."""


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    await house.fill()
    return house


def receipt() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (240, 320), "#f4f1e8").save(made, "JPEG")
    return made.getvalue()


async def code_on_the_phone(house: House) -> str:
    found = re.findall(r"(?<!\d)\d{6}(?!\d)", (await house.texts(MINE))[-1])
    return str(found[0])


async def log_in(page: Page, house: House, base: str) -> None:
    await page.goto(f"{base}/my")
    await page.fill("#phone", "154 0000 0001")
    await page.click("main button.primary")
    await page.wait_for_selector("#code")
    await page.fill("#code", await code_on_the_phone(house))
    await page.click("main button.primary")
    await page.wait_for_url(f"{base}/my")


async def prove(page: Page) -> None:
    await page.fill("#card_tail", "1111")
    await page.fill("#id_tail", "123x")
    await page.click("main button.primary")


async def fits(page: Page) -> None:
    """Fail where a page is wider than the narrowest telephone: nobody scrolls sideways to read."""
    await page.set_viewport_size(NARROW)
    reach = await page.evaluate("document.documentElement.scrollWidth")
    assert reach <= NARROW["width"], f"{page.url} is {reach} px wide"
    await page.set_viewport_size(PHONE)


async def on_paper(page: Page) -> None:
    """Print: what was read stays, and what can only be pressed is gone."""
    await page.emulate_media(media="print")
    assert not await page.locator(".top").is_visible()
    assert await page.locator("footer form").first.is_hidden()
    assert await page.locator("main dl").first.is_visible()
    await picture(page, "statement-printed")
    assert (await page.pdf())[:5] == b"%PDF-"
    await page.emulate_media(media="screen")


async def picture(page: Page, name: str) -> None:
    await keep_picture(page, "my", name, whole=True)


@pytest.mark.timeout(300)
async def test_a_holder_freezes_reads_listens_notes_and_writes_without_a_script(
    house: House,
) -> None:
    call = await house.call()
    write_tone(house.folder / f"{call}.wav")
    async with served(house) as base, chromium() as browser:
        context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
        page = await context.new_page()
        weigher = Weigher(page)
        await log_in(page, house, base)

        # Two taps from the first page.
        await page.click("text=冻结卡片")
        await page.click("text=立即冻结尾号1111的卡")
        assert "尾号1111的卡已冻结" in await page.inner_text("main")
        assert await house.state("c11") is CardState.FROZEN
        assert "已于" in (await house.texts(MINE))[-1]

        await page.click("nav >> text=账单")
        await prove(page)
        assert "当前欠款" in await page.inner_text("main")
        await page.click("text=2026年11月5日 >> nth=0")
        await page.click("text=是怎么算的")
        assert "日利率0.05%" in await page.inner_text("main")

        await page.click("nav >> text=联系记录")
        await page.fill("#q", "九万元")
        await page.click("text=查找")
        await page.click("ol.contacts a")
        assert "您的可用额度为九万元" in await page.inner_text("main")
        source = await page.get_attribute("audio", "src")
        heard = await context.request.get(f"{base}{source}")
        assert (await heard.body())[:4] == b"RIFF"
        async with page.expect_download() as started:
            await page.click("text=下载录音")
        saved = await (await started.value).path()
        assert saved.read_bytes()[:4] == b"RIFF"

        await page.fill("#note", "座席说年费可以免")
        file = {"name": "小票.jpg", "mimeType": "image/jpeg", "buffer": receipt()}
        await page.set_input_files("#files", [file])  # type: ignore[list-item]
        await page.click("button:has-text('保存')")
        assert "座席说年费可以免" in await page.inner_text("main")
        shown = await page.get_attribute(".files a", "href")
        opened = await context.request.get(f"{base}{shown}")
        assert opened.headers["content-type"] == "image/jpeg"

        await page.click("nav >> text=留言")
        await page.fill("#subject", "年费")
        await page.fill("#text", "请问年费怎么免？")
        await page.click("text=发送")
        assert "已收到您的留言" in await page.inner_text("main")

        await page.click("text=退出登录")
        assert "您已安全退出" in await page.inner_text("main")
        await page.goto(f"{base}/my")
        assert "/my/login" in page.url
        assert await weigher.heaviest() <= MOST_BYTES
        await context.close()


@pytest.mark.timeout(400)
async def test_no_page_has_a_serious_fault_for_a_screen_reader_in_either_language(
    house: House,
) -> None:
    call = await house.call()
    write_tone(house.folder / f"{call}.wav")
    async with served(house) as base, chromium() as browser:
        context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
        page = await context.new_page()
        weigher = Weigher(page)
        auditor = await Auditor.at(browser)
        for name, at in (("login", "/my/login"), ("goodbye", "/my/goodbye"), ("404", "/my/x")):
            await page.goto(f"{base}{at}")
            await picture(page, f"{name}-phone")
            await auditor.audit(page)
        await page.goto(f"{base}/my/login")
        await page.fill("#phone", "15400000001")
        await page.click("main button.primary")
        await page.wait_for_selector("#code")
        await picture(page, "code-phone")
        await auditor.audit(page)
        await page.fill("#code", await code_on_the_phone(house))
        await page.click("main button.primary")
        await page.wait_for_url(f"{base}/my")
        await picture(page, "home-first-phone")
        await auditor.audit(page)
        await page.goto(f"{base}/my/prove")
        await picture(page, "prove-phone")
        await auditor.audit(page)
        await prove(page)
        await page.goto(f"{base}/my/messages")
        await page.fill("#subject", "年费")
        await page.fill("#text", "请问年费怎么免？")
        await page.click("text=发送")
        await picture(page, "message-phone")
        message = page.url.partition("?")[0].removeprefix(base)
        await page.goto(f"{base}/my/freeze")
        await picture(page, "freeze-phone")
        await auditor.audit(page)
        await page.click("text=立即冻结尾号1111的卡")
        await picture(page, "frozen-phone")
        pages = (
            ("home", "/my"),
            ("frozen", "/my/freeze/c11"),
            ("release", "/my/release/c11"),
            ("bills", "/my/bills"),
            ("statement", "/my/bills/a1/2026-11-05"),
            ("interest", "/my/bills/a1/2026-11-05/interest"),
            ("contacts", "/my/contacts"),
            ("contact", f"/my/contacts/{call}"),
            ("messages", "/my/messages"),
            ("message", message),
            ("preferences", "/my/preferences"),
            ("reach", "/my/preferences/contact"),
            ("asked", "/my/preferences/asked"),
            ("contact-policy", "/my/contact-policy"),
            ("sessions", "/my/sessions"),
            ("looks", "/my/looks"),
            ("data", "/my/data"),
            ("evidence", "/my/evidence"),
        )
        for language in ("zh", "en"):
            for name, at in pages:
                await page.goto(f"{base}{at}")
                await page.set_viewport_size(PHONE)
                await fits(page)
                if language == "zh" or name in MAIN:
                    await picture(page, f"{name}-{language}-phone")
                await auditor.audit(page)
                if language == "zh" and name in MAIN and PICTURES:
                    await page.set_viewport_size(DESKTOP)
                    await picture(page, f"{name}-{language}-desktop")
            if language == "zh":
                await page.goto(f"{base}/my")
                await page.click("text=English")
        await page.goto(f"{base}/my/bills/a1/2026-11-05")
        await on_paper(page)
        await page.click("text=Large type")
        await page.goto(f"{base}/my")
        await page.set_viewport_size(PHONE)
        await fits(page)
        await picture(page, "home-en-large-phone")
        await auditor.audit(page)
        await context.close()
        assert not auditor.faults, "\n".join(auditor.faults)
        assert await weigher.heaviest() <= MOST_BYTES
