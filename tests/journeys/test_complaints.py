"""Complaining as people do: on a telephone's browser without a script, and by key 5 (C1, C4)."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page

from cardline.adapters.postgres.database import Database
from tests.actions.complaint_house import ANSWER, answered
from tests.actions.portal_house import MINE, House
from tests.journeys.browser import chromium, keep_picture
from tests.journeys.desk import kinds, texts
from tests.journeys.holder_browser import MOST_BYTES, PHONE, Auditor, Weigher, served
from tests.journeys.people import Stage

AgentsFor = Callable[..., list[dict[str, Any]]]

STATEMENT = "上周五客服答应退我三百元年费，到今天还没有退。"


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (240, 320), "#f4f1e8").save(made, "JPEG")
    return made.getvalue()


async def log_in(page: Page, house: House, base: str, to: str) -> None:
    await page.goto(f"{base}{to}")
    await page.fill("#phone", "154 0000 0001")
    await page.click("main button.primary")
    await page.wait_for_selector("#code")
    code = re.findall(r"(?<!\d)\d{6}(?!\d)", (await house.texts(MINE))[-1])[0]
    await page.fill("#code", str(code))
    await page.click("main button.primary")
    await page.wait_for_url(f"{base}{to}")


@pytest.mark.timeout(300)
async def test_a_complaint_is_written_answered_and_judged_on_a_telephone_without_a_script(
    database: Database, tmp_path: Path
) -> None:
    house = House(database, tmp_path)
    await house.fill()
    async with served(house) as base, chromium() as browser:
        context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
        page = await context.new_page()
        weigher, auditor = Weigher(page), await Auditor.at(browser)

        async def looked_at(name: str) -> None:
            await keep_picture(page, "complaints", name, whole=True)
            await auditor.audit(page)

        # Anybody: no log-in, a reference and a word, and back with both.
        await page.goto(f"{base}/complain")
        await looked_at("start-zh")
        await page.click("text=不登录，为自己投诉")
        await looked_at("form-zh")
        await page.fill("#statement", STATEMENT)
        await page.fill("#name", "周婷")
        await page.click("main button.primary")
        assert "至少留一种联系方式" in await page.inner_text("#fault")
        assert await page.input_value("#statement") == STATEMENT
        await page.fill("#phone", "13800001234")
        await page.click("main button.primary")
        reference = (await page.inner_text("#reference")).strip()
        word = (await page.inner_text("#word")).strip()
        await keep_picture(page, "complaints", "done-zh", whole=True)
        await page.goto(f"{base}/complain")
        await page.fill("#reference", reference)
        await page.click("form:has(#reference) button")
        await looked_at("look-zh")
        await page.fill("#word", "wrong-word")
        await page.click("main button.primary")
        assert "编号或口令不对" in await page.inner_text("#fault")
        await page.fill("#word", word)
        await page.click("main button.primary")
        assert STATEMENT in await page.inner_text("main")
        await page.fill("#facts", "我有通话录音。")
        await page.click("text=提交补充")
        assert "补充的内容已收到" in await page.inner_text("[role=status]")
        await keep_picture(page, "complaints", "seen-zh", whole=True)
        await page.goto(f"{base}/complain/outside")
        await looked_at("outside-zh")
        assert "12378" in await page.inner_text("main")

        # A holder: the code of the log-in is enough to complain.
        await log_in(page, house, base, "/my/complaints/new")
        await looked_at("write-zh")
        await page.fill("#statement", STATEMENT)
        await page.fill("#demand", "退回年费")
        file = {"name": "截图.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        await page.set_input_files("#files", [file])  # type: ignore[list-item]
        await page.click("main button.primary")
        assert "我们收到了您的投诉" in await page.inner_text("h1")
        await looked_at("sent-zh")
        await page.click("text=查看这件投诉")
        await page.fill("#card_tail", "1111")
        await page.fill("#id_tail", "123x")
        await page.click("main button.primary")
        assert "已收到" in await page.inner_text("#state")
        await looked_at("open-zh")
        own = page.url.rpartition("/")[2]
        await answered(house, own)
        await page.reload()
        assert ANSWER in await page.inner_text("main")
        await looked_at("answered-zh")
        await page.click("button:has-text('不满意')")
        assert "您说：不满意" in await page.inner_text("main")
        await page.fill("#why", "还应当退这三天的利息。")
        await page.click("button.primary:has-text('申请核查')")
        assert "核查正在进行" in await page.inner_text("main") or "核查申请已收到" in (
            await page.inner_text("[role=status]")
        )

        # The same in English and in large type.
        await page.click("text=English")
        await page.click("text=Large type")
        for name, at in (
            ("own-en", f"/my/complaints/{own}"),
            ("all-own-en", "/my/complaints"),
            ("joint-en", "/complain/new?as=joint"),
            ("proxy-en", "/complain/new?as=proxy"),
        ):
            await page.goto(f"{base}{at}")
            await looked_at(name)
        assert await weigher.heaviest() <= MOST_BYTES
        assert not auditor.faults, "\n".join(auditor.faults)
        await context.close()


async def test_key_5_tells_how_leaves_a_recording_and_makes_a_complaint_of_it(
    stage: Stage, holders: Callable[..., dict[str, Any]]
) -> None:
    holder = holders()
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    await caller.press("5")
    await caller.hears("zh/complaint_menu.0")
    await caller.press("2")
    await caller.hears("zh/complaint_rules.0", "zh/complaint_next.0")
    await caller.press("3")
    await caller.hears("zh/complaint_message.0", "beep")
    await caller.press("#")
    await caller.hears("zh/complaint_taken.0")
    shown = await caller.closed()
    assert {"message.taken", "complaint.received"} <= set(kinds(shown))
    assert any("您的投诉已经登记" in text for text in texts(shown))

    # The holder calls again, and hears how far it is once that it is them is proven.
    again = await stage.caller(holder["phone"])
    await again.choose("zh")
    await again.press("51")
    await again.hears("ask_query_password")
    await again.press(holder["query_password"] + "#")
    await again.hears("zh/complaint_open.0", "zh/complaint_open.1", "zh/complaint_next.0")
    await again.hang_up()
    told = texts(await again.closed())
    assert any("1件投诉正在办理" in text for text in told)


async def test_whoever_presses_nothing_after_key_5_is_taken_by_a_person_who_writes_it_down(
    stage: Stage, strangers: Callable[[], str], agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for("complaint")[0])
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.press("5")
    await caller.hears("zh/complaint_menu.0")
    talk = await agent.rings()
    await talk.answered(within=10)
    interaction = (await agent.becomes("talking"))["interaction"]
    body: dict[str, Any] = {"key": "pressed-once", "statement": STATEMENT, "name": "周婷"}
    body["reach"] = {"phone": caller.number}
    told = await agent.desk.post(f"/interactions/{interaction}/complaint", **body)
    assert re.fullmatch(r"C\d{6}-\w{6}", told["complaint"])
    assert told["next_by"]
    await caller.hang_up()
    assert "complaint.received" in kinds(await caller.closed())
