"""Somebody calls for their mother: taken down by the keyboard, the authority handed in and checked.

Who complains on the telephone is chosen, what is still wanted is told, and until a person has seen
the papers the proxy sees no answer.
"""

import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import Stage
from tests.journeys.test_desk_complaints import happened, is_in, of_role, shows

Staff = list[dict[str, Any]]
AgentsFor = Callable[..., Staff]

MOTHER, SON = "周秀英", "周明"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


def paper() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (240, 320), "#f4f1e8").save(made, "PNG")
    return made.getvalue()


async def test_who_calls_for_their_mother_is_told_what_is_wanted_and_later_what_was_found(
    stage: Stage,
    browser: Browser,
    agents_for: AgentsFor,
    strangers: Callable[[], str],
    staff: Staff,
) -> None:
    async with at_the_desk(browser, stage.program, agents_for()[0]) as agent:
        await agent.sit_down()
        caller = await served(stage, strangers(), agent)
        case, code = await takes(agent)
        await caller.hang_up()
    handler = of_role(staff, "compliance")[0]
    async with at_the_desk(browser, stage.program, handler, address=f"/complaints/{case}") as seat:
        page = seat.page
        await expect(page.get_by_text("授权书", exact=True)).to_be_visible(timeout=LATE)
        await seat.button("核对授权").click()
        await expect(page.get_by_text("还没有收到材料", exact=False)).to_be_visible(timeout=LATE)
        await expect(seat.button("已核对，确认")).to_be_disabled()
        await shows(seat, "authority-nothing-yet")
        await hands_in(browser, stage, case, code)
        await checks(seat, case)


async def takes(agent: Seat) -> tuple[str, str]:
    """Take it down without a mouse; what cannot be is said beside it and keeps the words."""
    page = agent.page
    await page.get_by_role("link", name="查看通话").click()
    await expect(page.get_by_role("heading", name="难处理的通话")).to_be_visible(timeout=LATE)
    await page.locator("main").focus()
    await agent.press("c")
    await expect(page.locator("#take-statement")).to_be_focused(timeout=LATE)
    await page.keyboard.type("妈妈的卡被收了两次年费，打了三次电话没有人管。")
    await page.get_by_role("radio", name="来电人自己").focus()
    await agent.press("ArrowRight")
    await expect(page.get_by_role("radio", name="替别人投诉")).to_be_checked()
    await shows(agent, "take-for-another")
    await agent.screen.check_access(english=True)
    await agent.press("Tab")
    await expect(page.locator("#take-name")).to_be_focused()
    await page.keyboard.type(MOTHER)
    await page.locator("#take-phone").focus()
    await page.keyboard.type("1380013")
    await page.locator("#take-email").focus()
    await page.keyboard.type("zhou at example")
    await agent.press("Control+Enter")
    wrong = agent.dialog.get_by_role("alert").get_by_role("listitem")
    await expect(wrong).to_have_count(2)  # seven digits may be a number without its area
    await expect(page.locator("#take-email")).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("zhou@example.com")
    await expect(wrong).to_have_text(["请填写来电人自己的姓名。"])
    await shows(agent, "take-lacks-a-name")
    await page.locator("#take-speaker").focus()
    await page.keyboard.type(SON)
    await expect(wrong).to_have_count(0)
    await agent.press("Control+Enter")
    await expect(agent.dialog.get_by_text("您的投诉已经登记")).to_be_visible(timeout=LATE)
    for wanted in ("委托人签名的授权书；继承人交继承证明", "代办人的身份证明"):
        await expect(agent.dialog.get_by_text(wanted)).to_be_visible()
    await shows(agent, "take-told-what-is-wanted")
    number = (await agent.dialog.get_by_role("link").inner_text()).rpartition(" ")[2]
    code = await agent.dialog.locator(".figures").first.inner_text()
    await agent.press("Escape")
    await expect(agent.dialog).to_have_count(0, timeout=LATE)
    return number, code


async def hands_in(browser: Browser, stage: Stage, case: str, code: str) -> None:
    """The son hands the papers in on the page, by the code that he was told."""
    page = await browser.new_page()
    await page.goto(f"http://{stage.program.http}/complain/{case}")
    await page.fill("[name=word]", code)
    await page.keyboard.press("Enter")
    await page.locator("#principal").fill(MOTHER)
    for field in ("authority", "identity"):
        file: Any = {"name": f"{field}.png", "mimeType": "image/png", "buffer": paper()}
        await page.locator(f"#{field}").set_input_files(file)
    await page.locator("form", has=page.locator("#authority")).locator("button").last.click()
    await expect(page.get_by_text("授权材料已收到", exact=False)).to_be_visible(timeout=LATE)
    await page.close()


async def checks(seat: Seat, case: str) -> None:
    """Say which paper is what, until when; nothing is confirmed that nobody has seen."""
    page = seat.page
    await seat.screen.open(f"/complaints/{case}")
    await seat.button("由我办理").click()
    await happened(page, "指派")
    await seat.button("核对授权").focus()
    await seat.press("Enter")
    kinds = page.locator("select[id^=authority-]")
    await expect(kinds).to_have_count(2, timeout=LATE)
    await kinds.first.select_option("none")
    await kinds.last.select_option("identity")
    await expect(seat.button("已核对，确认")).to_be_disabled()
    await kinds.first.select_option("authority")
    await expect(page.locator("#authority-principal")).to_have_value(MOTHER)
    await shows(seat, "authority-checked")
    await seat.button("已核对，确认").focus()
    await seat.press("Enter")
    await expect(page.get_by_text("授权齐全，可以把结果告诉代办人。")).to_be_visible(timeout=LATE)
    await is_in(page, "待受理")
    await shows(seat, "authority-whole")
