"""Was that really you? The open page on a telephone, and key 6 in a call (rows E1, E2)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from tests.actions.portal_house import MINE
from tests.actions.trust_house import TrustedHouse, said
from tests.journeys.browser import chromium, keep_picture
from tests.journeys.desk import texts
from tests.journeys.holder_browser import MOST_BYTES, PHONE, Auditor, Weigher, served
from tests.journeys.people import Stage


@pytest.mark.timeout(240)
async def test_somebody_who_was_called_checks_it_on_a_telephone_in_either_language(
    database: Database, tmp_path: Path
) -> None:
    house = TrustedHouse(database, tmp_path)
    await house.fill()
    proof = await house.calls()
    async with served(house) as base, chromium() as browser:
        context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
        page = await context.new_page()
        weigher, auditor = Weigher(page), await Auditor.at(browser)
        await page.goto(f"{base}/verify")
        await keep_picture(page, "verify", "asked-zh", whole=True)
        await auditor.audit(page)
        await page.fill("#number", "13800138000")
        await page.click("form:has(#number) button.primary")
        assert "不是我行" in await page.inner_text("#answer")
        await keep_picture(page, "verify", "no-zh", whole=True)
        await page.fill("#number", "95500")
        await page.fill("#words", said(proof))
        await page.fill("#tail", MINE.phone[-4:])
        await page.click("form:has(#number) button.primary")
        assert "是我行" in await page.inner_text("#answer")
        await keep_picture(page, "verify", "yes-zh", whole=True)

        await page.click("text=English")
        assert "Was that really us?" in await page.inner_text("h1")
        await page.fill("#value", "https://bank-example.top/x")
        await page.click("form:has(#value) button.primary")
        assert "No, it is not us" in await page.inner_text("#answer")
        await keep_picture(page, "verify", "no-en", whole=True)
        await page.goto(f"{base}/verify")
        await auditor.audit(page)
        assert await weigher.heaviest() <= MOST_BYTES
        assert not auditor.faults, "\n".join(auditor.faults)
        await context.close()


async def test_key_6_says_whether_a_number_is_ours(
    stage: Stage, holders: Callable[..., dict[str, Any]]
) -> None:
    caller = await stage.caller(holders()["phone"])
    await caller.choose("zh")
    await caller.press("6")
    await caller.hears("verify_none|verify_written|verify_called", "verify_advice")
    await caller.press("1")
    await caller.hears("zh/ask_claimed_number.0")
    await caller.press("13800138000#")
    await caller.hears("number_not_ours", "verify_menu")
    await caller.press("1")
    await caller.hears("zh/ask_claimed_number.0")
    await caller.press("4000000000#")
    await caller.hears("number_ours")
    await caller.hang_up()
    told = await caller.closed()
    assert "trust.contacts-told" in [line["kind"] for line in told["timeline"]]
    assert any("不是我行的号码" in said_then for said_then in texts(told))
