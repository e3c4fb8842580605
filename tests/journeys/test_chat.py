"""A chat in a real browser, with a script and without: from a question to a person and a file."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, Page, expect

from tests.journeys import browser
from tests.journeys.browser import keep_picture
from tests.journeys.program import Program, until

PAN = "6222021234567890128"
_PATIENCE = 30_000
expect.set_options(timeout=_PATIENCE)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with browser.chromium() as started:
        yield started


@pytest.fixture
async def agent(
    program: Program, agents_for: Callable[..., list[dict[str, Any]]]
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who takes chats in both languages, through the API."""
    chosen = [
        [one["number"] for one in agents_for(matter, language)]
        for matter in ("general", "account", "urgent")
        for language in ("zh", "en")
    ]
    number = next(one for one in chosen[0] if all(one in others for others in chosen))
    known = next(one for one in agents_for() if one["number"] == number)
    async with httpx.AsyncClient(
        base_url=f"http://{program.http}/api/v1/chats",
        headers={"Authorization": f"Bearer {known['token']}"},
        timeout=30,
    ) as client:
        ready = await client.put("/availability", json={"ready": True, "capacity": 3})
        assert ready.status_code == 200, ready.text
        there = asyncio.create_task(_show_signs(client))
        yield client
        there.cancel()
        for chat in (await client.get("/mine")).json()["chats"]:
            await client.post(f"/{chat['id']}/close", json={"outcome": "resolved"})
        await client.put("/availability", json={"ready": False})


async def _show_signs(client: httpx.AsyncClient) -> None:
    """As a screen does, so that the chats stay."""
    while True:
        await asyncio.sleep(5)
        await client.get("/mine")


async def taken(agent: httpx.AsyncClient) -> str:
    """Take the chat that is next."""

    async def following() -> Any:
        return (await agent.get("/mine")).json()["next"]

    chat = str((await until(following, within=30, what="a chat to take"))["id"])
    assert (await agent.post(f"/{chat}/accept")).status_code == 200
    return chat


async def page_at(browser: Browser, program: Program, *, script: bool, language: str) -> Page:
    context = await browser.new_context(
        java_script_enabled=script,
        viewport={"width": 390, "height": 844},
        locale="zh-CN" if language == "zh" else "en-US",
    )
    page = await context.new_page()
    page.set_default_timeout(_PATIENCE)
    await page.goto(f"http://{program.http}/chat?language={language}")
    return page


async def accessible(page: Page) -> None:
    """No finding of axe that is serious or critical."""
    found = (await Axe().run(page)).response["violations"]
    bad = [one for one in found if one["impact"] in ("serious", "critical")]
    assert bad == [], [(one["id"], [node["target"] for node in one["nodes"]]) for one in bad]


async def picture(page: Page, name: str) -> None:
    await keep_picture(page, "my", name, whole=True)


def receipt(tmp_path: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (20, 120, 200)).save(out, "PNG")
    path = tmp_path / "收据.png"
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_from_a_question_to_a_person_with_a_script(
    program: Program, chromium: Browser, agent: httpx.AsyncClient, tmp_path: Path, language: str
) -> None:
    zh = language == "zh"
    page = await page_at(chromium, program, script=True, language=language)
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await expect(page.locator("#state")).to_have_text(re.compile("问题|question"))
    await accessible(page)
    text = page.locator("#text")

    await text.fill("最低还款怎么算" if zh else "How is the minimum payment worked out?")
    await text.press("Enter")
    await expect(page.locator("li.bot").nth(1)).to_contain_text("10%")
    await expect(page.locator("li.bot").first).to_contain_text("机器" if zh else "machine")
    assert await text.input_value() == ""

    await text.fill(f"我的卡号是{PAN}" if zh else f"my card is {PAN}")
    await text.press("Enter")
    await expect(page.locator("li.system").first).to_contain_text("遮住" if zh else "covered")
    assert PAN not in await page.content()

    await text.fill("今天会下雨吗" if zh else "will it rain tomorrow")
    await text.press("Enter")
    await expect(page.locator("#state")).to_contain_text("排队" if zh else "Waiting")
    await picture(page, f"chat-waiting-{language}")

    chat = await taken(agent)
    await expect(page.locator("#state")).to_contain_text("正在为您服务" if zh else "is with you")
    await agent.post(f"/{chat}/typing")
    await expect(page.locator("#state")).to_contain_text("输入" if zh else "typing")
    said = "您好，请把收据发给我" if zh else "Hello, please send the receipt"
    assert (
        await agent.post(f"/{chat}/messages", json={"text": said, "key": "k-" + chat})
    ).is_success
    await expect(page.locator("li.agent .text")).to_have_text(said)

    await page.locator("#file").set_input_files(receipt(tmp_path))
    await page.locator("#send-file button").click()
    link = page.locator("li.holder a")
    await expect(link).to_have_text("收据.png")
    whole = (await agent.get(f"/{chat}")).json()
    assert whole["messages"][-1]["file"]["kind"] == "png"
    assert PAN not in str(whole)
    last = whole["messages"][-1]["number"]
    await agent.post(f"/{chat}/read", json={"through": last})
    await expect(page.locator("li.holder .tick").last).to_have_text(re.compile("已读|read"))

    async def read_by_holder() -> bool:
        messages = (await agent.get(f"/{chat}")).json()["messages"]
        return all(one["read_at"] for one in messages if one["author"] == "agent")

    await until(read_by_holder, within=30, what="the holder to have read")
    await accessible(page)
    await picture(page, f"chat-talking-{language}")

    await agent.post(f"/{chat}/close", json={"outcome": "resolved"})
    await expect(page.locator("#state")).to_contain_text("结束" if zh else "ended")
    assert faults == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_from_a_question_to_a_person_without_a_script(
    program: Program, chromium: Browser, agent: httpx.AsyncClient, tmp_path: Path, language: str
) -> None:
    zh = language == "zh"
    page = await page_at(chromium, program, script=False, language=language)

    async def say(words: str) -> None:
        await page.fill("#text", words)
        await page.click("button[value=send]")

    await say("年费怎么减免" if zh else "how is the annual fee waived")
    assert "680" in await page.inner_text("#messages")
    for _ in range(2):
        await say("今天会下雨吗" if zh else "will it rain tomorrow")
    assert ("排队" if zh else "Waiting") in await page.inner_text("#state")
    chat = await taken(agent)
    said = "您好，我是客服" if zh else "Hello, I am here"
    await agent.post(f"/{chat}/messages", json={"text": said, "key": "k-" + chat})
    await page.fill("#text", "写到一半" if zh else "half a sen")
    await page.click("button[value=refresh]")
    assert said in await page.inner_text("#messages")
    assert await page.input_value("#text") == ("写到一半" if zh else "half a sen")
    await page.set_input_files("#file", receipt(tmp_path))
    await page.click("#send-file button")
    assert "收据.png" in await page.inner_text("#messages")
    (tmp_path / "evil.svg").write_text("<svg onload=alert(1)>")
    await page.set_input_files("#file", tmp_path / "evil.svg")
    await page.click("#send-file button")
    assert ("只能发送" if zh else "Only JPG") in await page.inner_text(".notice")
    await picture(page, f"chat-no-script-{language}")
    await page.click("#leave button")
    assert ("已结束" if zh else "has ended") in await page.inner_text("#state")
    size = len((await page.content()).encode())
    assert size < 50_000


async def test_a_lost_card_shows_the_way_to_freeze_at_once(
    program: Program, chromium: Browser, agent: httpx.AsyncClient
) -> None:
    page = await page_at(chromium, program, script=True, language="zh")
    await page.fill("#text", "我的卡丢了！！")
    await page.press("#text", "Enter")
    answer = page.locator("li.bot").last
    await expect(answer).to_contain_text("/my/freeze")
    await expect(answer).to_contain_text("按9")
    assert await page.get_attribute(".freeze", "href") == "/my/freeze"
    chat = (await agent.get("/mine")).json()["next"]
    assert (chat["matter"], chat["urgent"]) == ("urgent", True)
    await agent.post(f"/{chat['id']}/accept")


async def test_what_was_typed_outlives_a_lost_connection(
    program: Program, chromium: Browser, agent: httpx.AsyncClient
) -> None:
    page = await page_at(chromium, program, script=True, language="zh")
    await page.fill("#text", "年费怎么减免")
    await page.press("#text", "Enter")
    await expect(page.locator("li.bot").nth(1)).to_contain_text("680")
    await page.context.set_offline(True)
    await page.fill("#text", "还有一个问题")
    await page.press("#text", "Enter")
    await expect(page.locator(".notice")).to_be_visible()
    assert await page.input_value("#text") == "还有一个问题"
    await page.context.set_offline(False)
    await page.press("#text", "Enter")
    await expect(page.locator("li.holder")).to_have_count(2)
    assert await page.input_value("#text") == ""
