"""A complaint from the call in which it is taken to its end, all by clicks; letters, scans, packs.

An agent takes it; the lead complained of may not have it; compliance handles it, a second person
agrees; the answer is printed and posted; whoever complained is asked; it is closed, packed, held.
"""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import Stage
from tests.journeys.post_office import SERVICE, PostOffice
from tests.journeys.program import until
from tests.journeys.shell import Shell

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]
Staff = list[dict[str, Any]]

STATEMENT = "九月的还款当天到账，征信报告却显示我逾期，多次来电都没有结果。"
ERRED = "还款当日到账，我行系统晚一天入账。"
ABOUT, WANTED = "账单说明", "要求补寄九月账单"
BILL, JUNK = "账单日是哪天", "低息贷款"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


def of_role(staff: Staff, role: str) -> Staff:
    return [one for one in staff if one["role"] == role]


async def shows(seat: Seat, name: str) -> None:
    """Hold what is shown against axe, and keep it."""
    await expect(seat.page.get_by_text("正在载入…")).to_have_count(0, timeout=LATE)
    await seat.screen.check_access()
    await seat.screen.picture(name)


async def is_in(page: Page, state: str) -> None:
    """Wait until the complaint says that it is in a state."""
    await expect(page.locator("h1 + .badge")).to_have_text(state, timeout=LATE)


async def happened(page: Page, what: str) -> None:
    """Wait until the complaint's history says that something happened."""
    told = page.locator(".panel", has=page.get_by_role("heading", name="经过"))
    await expect(told.locator("strong", has_text=what).first).to_be_visible(timeout=LATE)


def scan() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (240, 320), "#f4f1e8").save(made, "PNG")
    return made.getvalue()


async def test_a_complaint_goes_from_a_call_to_its_end_by_clicks_and_leaves_a_pack(
    stage: Stage,
    browser: Browser,
    agents_for: AgentsFor,
    holders: Holders,
    staff: Staff,
    shell: Shell,
    tmp_path: Path,
) -> None:
    lead, (first, second) = of_role(staff, "lead")[0], of_role(staff, "compliance")
    person = holders()
    async with at_the_desk(browser, stage.program, agents_for()[0]) as agent:
        await agent.sit_down()
        caller = await served(stage, person["phone"], agent)
        case = await takes(agent, complained_of=lead["number"])
        await caller.hang_up()
        await writes(agent, (await stage.lead.interaction_from(person["phone"]))["holder"])
    async with AsyncExitStack() as stack:

        async def sits(one: dict[str, Any], address: str) -> Seat:
            return await stack.enter_async_context(
                at_the_desk(browser, stage.program, one, address=address)
            )

        handler = await sits(first, f"/complaints/{case}")
        await assigns(handler, lead)
        await decides(handler)
        other = await sits(second, f"/complaints/{case}")
        await other.page.locator("#agree-why").fill("账单与入账记录一致")
        await other.page.get_by_role("button", name="同意", exact=True).click()
        await is_in(other.page, "待答复")
        await answers(handler)
        poster = await sits(lead, "/letters")
        await approves(poster)
        await posts(poster, "投诉处理答复", person["name"], number="挂号单号")
        await posts(poster, "专函", person["name"], number="单号")
        await returns(poster, person["name"])
        await closes(handler, case)
        await packs(handler, case, shell, tmp_path)
        await holds(handler, other, case)
        told = await other.desk.get(f"/complaints/{case}")
    assert told["row"]["state"] == "closed"
    assert told["satisfied"] is True
    paid = [one for one in told["decisions"][0]["remedies"] if one["kind"] == "compensation"]
    assert [one["amount"] for one in paid] == [90_000]
    assert paid[0]["posting"]


async def takes(agent: Seat, *, complained_of: str) -> str:
    """Take a complaint down during a call; return its number."""
    page = agent.page
    await page.get_by_role("link", name="查看通话").click()
    await expect(page.get_by_role("heading", name="难处理的通话")).to_be_visible(timeout=LATE)
    await page.locator("main").focus()
    await agent.press("c")
    await expect(page.locator("#take-statement")).to_be_focused(timeout=LATE)
    await page.keyboard.type(STATEMENT)
    await page.locator("#take-demand").fill("更正记录，并赔偿九百元")
    await page.locator("#take-persons").fill(complained_of)
    await agent.press("Control+Enter")
    await expect(agent.dialog.get_by_text("您的投诉已经登记")).to_be_visible(timeout=LATE)
    number = await agent.dialog.get_by_role("link").inner_text()
    return number.rpartition(" ")[2]


async def assigns(seat: Seat, lead: dict[str, Any]) -> None:
    """See why the one complained of may not have it; take it oneself, accept and classify it."""
    page = seat.page
    await seat.button("指派同事办理").click()
    choice = page.locator("#assign-to")
    wanted = choice.locator(f"option[value='{lead['number']}']")
    await expect(wanted).to_be_attached(timeout=LATE)
    await choice.select_option(lead["number"])
    await expect(page.get_by_text("被投诉的人不能办理这件投诉")).to_be_visible()
    await expect(seat.button("指派同事办理", within=page.locator("form"))).to_be_disabled()
    await shows(seat, "complaint-assign")
    await seat.button("由我办理").click()
    await page.get_by_role("button", name="受理", exact=True).click()
    await is_in(page, "办理中")
    for field, code in (("product", "card"), ("issue", "credit-record"), ("severity", "high")):
        await page.locator(f"#classify-{field}").select_option(code)
    await page.get_by_role("group", name="投诉类别").get_by_label("征信记录").check()
    await page.get_by_role("group", name="根本原因").get_by_label("征信报送差错").check()
    await seat.button("确认类别").click()
    await expect(page.get_by_role("heading", name="已确认的类别")).to_be_visible(timeout=LATE)


async def decides(seat: Seat) -> None:
    """Decide it: whether the record is corrected follows from whether the bank erred (row B8)."""
    page = seat.page
    corrected = page.get_by_label("更正记录", exact=True)
    decide = seat.button("作出决定")
    await page.get_by_label("成立", exact=True).check()
    await page.locator("#complaint-findings").fill(ERRED)
    await page.locator("#complaint-basis").fill("《征信业管理条例》第二十五条")
    await page.locator("#complaint-reasons").fill("入账延迟是我行系统的差错。")
    await expect(decide).to_be_disabled()
    await page.get_by_label("无误，如实保留").check()
    await expect(corrected).to_be_disabled()
    await expect(corrected).not_to_be_checked()
    await expect(page.get_by_text("记录属实，依照《征信业管理条例》不能更改")).to_be_visible()
    await shows(seat, "complaint-record-true")
    await page.get_by_label("有误，更正").check()
    await expect(corrected).to_be_disabled()
    await expect(corrected).to_be_checked()
    await page.get_by_label("更正记录 具体做什么").fill("删除九月的逾期标记")
    await page.get_by_label("道歉", exact=True).check()
    await page.get_by_label("赔付", exact=True).check()
    await page.get_by_label("金额（元）").fill("900")
    await expect(page.get_by_text("须由另一位同事复核")).to_be_visible()
    await shows(seat, "complaint-record-wrong")
    await decide.click()
    await is_in(page, "待复核")


async def answers(seat: Seat) -> None:
    """Answer by letter: what it must hold is written by itself."""
    page = seat.page
    await is_in(page, "待答复")
    await page.locator("#tell-channel").select_option("letter")
    await expect(page.get_by_text("会自动写在后面")).to_be_visible()
    await page.locator("#tell-text").fill("感谢您的耐心，现将处理结果告知如下。")
    await shows(seat, "complaint-answer-letter")
    await seat.button("告知投诉人", within=page.locator("form")).click()
    await expect(page.get_by_text("正在送达，有凭证后算告知")).to_be_visible(timeout=LATE)
    await expect(page.locator("#tell-text")).to_have_count(0)
    for name in ("更正记录", "道歉"):
        remedy = page.get_by_role("listitem").filter(has_text=name)
        await seat.button("记录完成", within=remedy).first.click()
        await remedy.locator("textarea").fill("已办妥")
        await remedy.locator("form").get_by_role("button").click()
        await expect(remedy.get_by_text("已完成")).to_be_visible(timeout=LATE)


async def posts(seat: Seat, what: str, name: str, *, number: str) -> None:
    """Hand a letter that was printed to a carrier: of an answer that proves the notice."""
    page = seat.page
    letter = page.get_by_role("row").filter(has_text=what).filter(has_text=name)

    async def printed() -> bool:
        await seat.screen.open("/letters")
        await expect(page.get_by_text("已经打印。")).to_be_visible(timeout=LATE)
        await expect(page.get_by_text("正在载入…")).to_have_count(0, timeout=LATE)
        return await letter.count() == 1

    await until(printed, within=60, what=f"{what} to be printed", every=0.5)
    await seat.button("登记交寄", within=letter).click()
    await seat.dialog.get_by_label("承运方").fill("EMS")
    await seat.dialog.get_by_label(number).fill("1234567890123")
    await seat.button("登记交寄", within=seat.dialog).click()
    await expect(seat.dialog).to_have_count(0, timeout=LATE)


async def closes(seat: Seat, case: str) -> None:
    """Ask whether it was good, and close it once nothing is left to do."""
    page = seat.page
    await seat.screen.open(f"/complaints/{case}")
    await is_in(page, "已答复")
    await page.get_by_label("满意", exact=True).check()
    await page.locator("#follow-up").fill("谢谢，问题解决了")
    await seat.button("回访").click()
    await happened(page, "回访")
    # The compensation is paid by a sweep: before it, closing is refused.
    await expect(page.get_by_text("未完成", exact=True)).to_have_count(0, timeout=2 * LATE)
    await page.get_by_role("button", name="办结", exact=True).click()
    await is_in(page, "已办结")
    await shows(seat, "complaint-closed")


async def packs(seat: Seat, case: str, shell: Shell, tmp_path: Path) -> None:
    """Ask for a pack, fetch it, and check it with nothing but itself."""
    page = seat.page
    await seat.screen.open("/evidence")
    await page.get_by_label("一件投诉").check()
    await page.locator("#pack-of").fill("C000101-nosuch")
    reason = f"客户要求 {case}"
    await page.locator("#pack-reason").fill(reason)
    await seat.button("申请证据包").click()
    await expect(page.get_by_text("没有这件投诉，请核对编号。")).to_be_visible(timeout=LATE)
    await page.locator("#pack-of").fill(case)
    await seat.button("申请证据包").click()
    row = page.get_by_role("row").filter(has_text=reason)
    link = row.get_by_role("link", name="下载")
    await expect(link).to_be_visible(timeout=2 * LATE)
    await shows(seat, "pack-ready")
    async with page.expect_download() as coming:
        await link.click()
    path = tmp_path / "pack.zip"
    await (await coming.value).save_as(path)
    assert "核验通过" in shell.run("verify-evidence", str(path)).out


async def holds(seat: Seat, other: Seat, case: str) -> None:
    """Set a legal hold; one asks to lift it, another person does."""
    page = seat.page
    await page.get_by_text("法律保全", exact=True).click()
    await seat.button("设置保全").click()
    await page.locator("#hold-on").select_option("complaint")
    await page.locator("#hold-of").fill(case)
    await page.locator("#hold-reason").fill("诉讼期间")
    await seat.button("设置保全", within=seat.dialog).click()
    row = page.get_by_role("row").filter(has_text=case)
    await seat.button("申请解除", within=row).click()
    await page.locator("#lift-reason").fill("诉讼已经结束")
    await seat.button("申请解除", within=seat.dialog).click()
    await expect(row.get_by_text("由另一位同事确认")).to_be_visible(timeout=LATE)
    await shows(seat, "hold-asked")
    await other.screen.open("/evidence")
    await other.page.get_by_text("法律保全", exact=True).click()
    theirs = other.page.get_by_role("row").filter(has_text=case)
    await other.button("确认解除", within=theirs).click()
    await expect(theirs.get_by_text("已解除", exact=True)).to_be_visible(timeout=LATE)


async def writes(agent: Seat, holder: str) -> None:
    """Write a letter in one's own words to a holder whom one has served."""
    page = agent.page
    await agent.screen.open("/letters")
    await page.get_by_text("待复核的信函", exact=True).click()
    await agent.button("写信函").click()
    await page.locator("#write-holder").fill("nobody")
    await page.locator("#write-subject").fill(ABOUT)
    await page.locator("#write-text").fill("感谢您来电。您要的账单说明随信附上。")
    send = agent.button("提交复核", within=agent.dialog)
    await send.click()
    await expect(agent.dialog.get_by_text("没有这位客户")).to_be_visible(timeout=LATE)
    await page.locator("#write-holder").fill(holder)
    await send.click()
    await expect(agent.dialog).to_have_count(0, timeout=LATE)
    await expect(page.get_by_text("由另一位同事复核").last).to_be_visible(timeout=LATE)


async def approves(lead: Seat) -> None:
    """Read what an agent wrote, and let it go."""
    await lead.page.get_by_text("待复核的信函", exact=True).click()
    draft = lead.page.get_by_role("article", name=ABOUT)
    await expect(draft).to_be_visible(timeout=LATE)
    await shows(lead, "letter-draft")
    await lead.button("同意寄出", within=draft).click()
    await expect(draft).to_have_count(0, timeout=LATE)
    await lead.page.get_by_text("寄出的信函", exact=True).click()


async def returns(lead: Seat, name: str) -> None:
    """Write that a letter came back."""
    page = lead.page
    await page.get_by_text("已交寄", exact=True).click()
    letter = page.get_by_role("row").filter(has_text="专函").filter(has_text=name)
    await lead.button("登记退回", within=letter).click()
    await page.locator("#post-reason").select_option("moved")
    await lead.button("登记退回", within=lead.dialog).click()
    await expect(lead.dialog).to_have_count(0, timeout=LATE)
    await page.get_by_text("被退回", exact=True).click()
    await expect(letter.get_by_text("已迁走")).to_be_visible(timeout=LATE)
    await shows(lead, "letters-returned")


async def test_a_letter_that_came_is_scanned_and_its_scans_are_found_from_its_task(
    stage: Stage, browser: Browser, agents_for: AgentsFor, staff: Staff
) -> None:
    lead = of_role(staff, "lead")[0]
    async with at_the_desk(browser, stage.program, lead, address="/letters") as seat:
        page = seat.page
        await page.get_by_text("登记来函", exact=True).click()
        for name, content in (("a.pdf", b"no pdf"), ("a.png", scan())):
            given: Any = {"name": name, "mimeType": "image/png", "buffer": content}
            await page.set_input_files("#in-files", [given])
            await expect(page.get_by_text(name)).to_be_visible()
            await page.locator("#in-subject").fill(WANTED)
            await page.get_by_role("button", name="登记", exact=True).click()
            if content == scan():
                break
            refused = page.get_by_role("alert").filter(has_text="不收这种文件")
            await expect(refused).to_be_visible(timeout=LATE)
        await expect(page.get_by_role("status").filter(has_text="已登记")).to_be_visible(
            timeout=LATE
        )
        await shows(seat, "letter-in")
    async with at_the_desk(browser, stage.program, agents_for()[0], address="/tasks") as seat:
        page = seat.page
        await page.get_by_text("我的队列", exact=True).click()
        task = page.get_by_role("row").filter(has_text=WANTED)
        await seat.button("领取", within=task).click()
        await page.get_by_text("我的", exact=True).click()
        await task.get_by_role("link", name="联络记录").click()
        await page.get_by_role("link", name=WANTED).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(WANTED, timeout=LATE)
        async with page.expect_download() as coming:
            await page.get_by_role("link", name="a.png").click()
        assert (await coming.value).suggested_filename == "a.png"
        await shows(seat, "letter-in-one")


async def test_an_email_is_marked_as_whose_answered_and_found_again_and_junk_is_closed(
    stage: Stage, browser: Browser, agents_for: AgentsFor, post_office: PostOffice
) -> None:
    async with at_the_desk(browser, stage.program, agents_for()[0]) as seat:
        page = seat.page
        for subject in (BILL, JUNK):
            await post_office.write(
                "麻烦告诉我九月的账单日。", sender="li.na@example.net", to=SERVICE, subject=subject
            )
        await seat.screen.open("/emails")
        mail = page.get_by_role("link", name=BILL)
        await expect(mail).to_be_visible(timeout=LATE)
        await mail.click()
        await seat.button("确认是哪位客户").click()
        await page.locator("#whose-holder").fill("nobody")
        await page.locator("#whose-proof").select_option("called-back")
        await page.locator("#whose-why").fill("已拨登记手机号，本人确认")
        say = seat.button("确认", within=seat.dialog)
        await say.click()
        await expect(seat.dialog.get_by_text("没有这位客户")).to_be_visible(timeout=LATE)
        await page.locator("#whose-holder").fill("demo-h3")
        await shows(seat, "email-whose")
        await say.click()
        await expect(seat.dialog).to_have_count(0, timeout=LATE)
        await expect(page.get_by_text("判断：已拨打登记手机号核实")).to_be_visible(timeout=LATE)
        await page.locator("#written-answer").fill("您的账单日是每月八日。")
        await seat.button("答复").last.click()
        await expect(page.locator(".message.agent").last).to_contain_text("八日", timeout=LATE)

        def told() -> bool:
            return any("八日" in one.text for one in post_office.to("li.na@example.net"))

        await until(told, within=60, what="the answer to arrive")
        await page.get_by_role("link", name=JUNK).click()
        await seat.button("无须答复，关闭").click()
        await page.locator("#close-why").select_option("junk")
        await seat.button("无须答复，关闭", within=seat.dialog).click()
        await expect(seat.dialog).to_have_count(0, timeout=LATE)
        await expect(page.get_by_text("已关闭：垃圾邮件").first).to_be_visible(timeout=LATE)
        await page.get_by_text("已办结", exact=True).click()
        await expect(page.get_by_role("link", name=BILL)).to_be_visible(timeout=LATE)
        await shows(seat, "emails-done")
