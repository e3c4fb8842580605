"""What happens to a complaint besides the straight way, by clicks: joined, given back, asked again.

And letters in one's own words that are sent back, come back, and go once more; what somebody wrote
in the app; and the holder who sees at /my who looked at their data.
"""

import csv
import io
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, expect

from cardline.messages.signing import sign
from tests.journeys.browser import chromium, keep_picture
from tests.journeys.conftest import APP_KEY
from tests.journeys.desk import Desk
from tests.journeys.desk_agents import LATE, Seat, at_the_desk
from tests.journeys.holder_browser import PHONE
from tests.journeys.people import Stage
from tests.journeys.program import until
from tests.journeys.test_desk_complaints import happened, is_in, of_role, shows
from tests.journeys.test_desk_warned import log_in_code

Holders = Callable[..., dict[str, Any]]
Staff = list[dict[str, Any]]

SENT_BACK = "还款说明"
WRITTEN = "我的还款为什么还没有入账？"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


async def handed_on(desk: Desk, number: str, statement: str, **who: Any) -> str:
    """Let a regulator hand a complaint on; return its reference."""
    at = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)
    known = {"name": "", "reach": {"phone": "", "email": "", "address": ""}} | who
    told = await desk.post(
        "/complaint-transfers", key="", door="regulator", number=number,
        received_at=at.isoformat(), identity_tail="", statement=statement, demand="",
        subjects=["fees"], persons=[], language="zh", **known,
    )  # fmt: skip
    return str(told["complaint"])


async def holder_of(stage: Stage, person: dict[str, Any]) -> str:
    found = await stage.lead.get("/holders", phone=person["phone"])
    return str(found["holders"][0]["id"])


def stranger(name: str) -> dict[str, Any]:
    return {"name": name, "reach": {"phone": "13800001234", "email": "", "address": ""}}


def form(seat: Seat, button: str) -> Locator:
    """The button that sends a form, not the one that opens it."""
    return seat.page.locator("form").get_by_role("button", name=button, exact=True)


async def takes(seat: Seat, case: str) -> None:
    await seat.screen.open(f"/complaints/{case}")
    await seat.button("由我办理").click()
    await happened(seat.page, "指派")


async def test_a_complaint_is_joined_given_back_asked_about_again_and_reported_by_clicks(
    stage: Stage, browser: Browser, holders: Holders, staff: Staff
) -> None:
    first, second = of_role(staff, "compliance")
    person = holders()
    holder = await holder_of(stage, person)
    async with AsyncExitStack() as stack:
        mine, other = [
            await stack.enter_async_context(at_the_desk(browser, stage.program, one))
            for one in (first, second)
        ]
        same = {"holder": holder}
        case = await handed_on(mine.desk, "局转1号", "年费没有退回。", **same)
        twin = await handed_on(mine.desk, "局转2号", "分期手续费也算错了。", **same)
        third = await handed_on(mine.desk, "=1+1", "额度无故下调。", **stranger("周婷"))
        await joins(mine, twin, case)
        await gives_back(mine, other, case)
        await asks_again(mine, other, case)
        await ends(mine, third)
        await reports(mine, third)


async def joins(seat: Seat, twin: str, case: str) -> None:
    """Join a complaint to another; both lead to each other, and no transfer is lost."""
    page = seat.page
    await seat.screen.open(f"/complaints/{twin}")
    await seat.button("并入另一件").click()
    await page.locator("#more-join").fill("C000101-nosuch")
    await form(seat, "并入另一件").click()
    await expect(page.get_by_text("没有这件投诉，请核对编号。")).to_be_visible(timeout=LATE)
    await page.locator("#more-join").fill(case)
    await form(seat, "并入另一件").click()
    await is_in(page, "已合并")
    await expect(page.get_by_text("没有未了的期限。")).to_be_visible()
    await shows(seat, "complaint-joined")
    await page.get_by_role("link", name=case).click()
    facts = page.locator(".facts")
    for number in ("局转1号", "局转2号"):  # in the same minute, from the same authority
        await expect(facts.get_by_text(number)).to_be_visible(timeout=LATE)
    await expect(page.get_by_role("link", name=twin)).to_be_visible()


async def gives_back(mine: Seat, other: Seat, case: str) -> None:
    """A longer time and a decision are turned down by the second person, who says why."""
    page = mine.page
    await takes(mine, case)
    await page.get_by_role("button", name="受理", exact=True).click()
    await is_in(page, "办理中")
    await mine.button("补充情况").click()
    await page.locator("#more-facts").fill("客户找到了通话录音。")
    await form(mine, "补充情况").click()
    await expect(page.get_by_text("客户找到了通话录音。").first).to_be_visible(timeout=LATE)
    await mine.button("申请延期").click()
    await page.locator("#extend-grade").select_option("special")
    await page.locator("#extend-ground").select_option(index=1)
    await page.locator("#extend-why").fill("需要逐笔核对")
    await form(mine, "申请延期").click()
    await expect(page.get_by_text("等待批准", exact=True)).to_be_visible(timeout=LATE)
    for field, code in (("product", "card"), ("issue", "fees-interest"), ("severity", "high")):
        await page.locator(f"#classify-{field}").select_option(code)
    await page.get_by_role("group", name="根本原因").get_by_role("checkbox").first.check()
    await mine.button("确认类别").click()
    await happened(page, "确认类别")
    await expect(page.locator("h1 ~ .badge", has_text="严重")).to_be_visible(timeout=LATE)
    await other.screen.open(f"/complaints/{case}")
    await other.button("不批准").click()
    await other.page.locator("#turn-down-why").fill("材料齐全，无须延期")
    await form(other, "不批准").click()
    await expect(other.page.get_by_text("未获批准", exact=True)).to_be_visible(timeout=LATE)
    await happened(page, "未批准延期")
    await expect(page.get_by_text("材料齐全，无须延期")).to_be_visible()
    await decides(mine, amount="1,200.5")
    await is_in(page, "待复核")
    await expect(mine.button("记录完成")).to_have_count(0)  # nothing is done before it is agreed to
    await other.page.locator("#agree-why").fill("金额依据不足")
    await other.button("退回重议").click()
    await is_in(page, "办理中")
    await expect(page.get_by_text("已退回，须重新决定")).to_be_visible(timeout=LATE)
    await expect(page.get_by_text("金额依据不足")).to_be_visible()
    await expect(mine.button("记录完成")).to_have_count(0)
    await shows(mine, "complaint-given-back")


async def decides(seat: Seat, *, amount: str = "") -> None:
    page = seat.page
    await page.get_by_label("成立", exact=True).check()
    for field in ("findings", "basis", "reasons"):
        await page.locator(f"#complaint-{field}").fill("查实已承诺退费")
    await page.get_by_label("道歉", exact=True).check()
    if amount:
        await page.get_by_label("赔付", exact=True).check()
        await page.get_by_label("金额（元）").fill(amount)
    await seat.button("作出决定").click()


async def asks_again(mine: Seat, other: Seat, case: str) -> None:
    """The answer is given, the complainant asks for a re-examination, and another takes it."""
    page = mine.page
    await decides(mine)
    await is_in(page, "待答复")
    await page.locator("#tell-channel").select_option("call")
    await page.locator("#tell-text").fill("对不起")
    await expect(page.get_by_text("请写得完整些，至少 10 个字。")).to_be_visible()
    await page.locator("#tell-text").fill("对不起，年费已经退回，给您添麻烦了。")
    contents = page.get_by_role("group", name="答复里已写明")
    for box in await contents.get_by_role("checkbox").all():
        await box.check()
    await page.locator("#tell-proof").fill("call-1")
    await form(mine, "告知投诉人").click()
    await is_in(page, "已答复")
    await mine.button("投诉人申请核查").click()
    await page.locator("#more-reexamine").fill("利息也应当退回")
    await form(mine, "投诉人申请核查").click()
    await expect(page.locator("h1 ~ .badge", has_text="核查")).to_be_visible(timeout=LATE)
    await expect(page.locator(".facts dt", has_text="转办文号")).to_have_count(1)
    await mine.button("由我办理").click()  # by whoever decided it before: never
    await expect(page.get_by_role("alert").first).to_be_visible(timeout=LATE)
    await shows(mine, "complaint-reexamined")
    await takes(other, case)
    await expect(other.page.locator("#complaint-findings")).to_be_visible(timeout=LATE)


async def ends(seat: Seat, case: str) -> None:
    """Refused and opened again, left by who has an interest, taken back by the complainant."""
    page = seat.page
    await takes(seat, case)
    await page.get_by_role("button", name="不予受理", exact=True).click()
    await page.locator("#refuse-reason").select_option(index=1)
    await page.locator("#refuse-why").fill("与我行无关的事项")
    await form(seat, "不予受理").click()
    await is_in(page, "未予受理")
    await expect(page.locator(".facts").get_by_text("法定理由")).to_be_visible()
    await seat.button("重新办理").click()
    await page.locator("#more-reopen").fill("客户补来了我行的通知")
    await form(seat, "重新办理").click()
    await is_in(page, "待受理")
    await seat.button("声明利害关系").click()
    await page.locator("#interest-why").fill("投诉人是我的亲戚")
    await form(seat, "声明利害关系").click()
    await happened(page, "声明利害关系")
    await seat.button("由我办理").click()
    refused = page.get_by_role("alert").filter(has_text="有利害关系的人不能办理")
    await expect(refused).to_be_visible(timeout=LATE)
    await shows(seat, "complaint-interest")
    await seat.button("投诉人撤回").click()
    await page.locator("#more-withdraw").fill("额度已经恢复")
    await form(seat, "投诉人撤回").click()
    await is_in(page, "已撤回")
    await expect(page.get_by_text("没有未了的期限。")).to_be_visible()


async def reports(seat: Seat, case: str) -> None:
    """The year as a spreadsheet and as data say the same; a corrective action begins and ends."""
    page = seat.page
    await seat.screen.open("/complaint-report")
    table = (await download(seat, "CSV")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    data = json.loads(await download(seat, "JSON"))
    assert [row["reference"] for row in rows] == [row["reference"] for row in data]
    (row,) = [row for row in rows if row["reference"] == case]
    assert row["state"] == "withdrawn"
    assert not [value for value in row.values() if value.startswith(("=", "+", "-", "@"))]
    assert {row["currency"] for row in rows} == {"CNY"}
    assert "周婷" not in table
    await seat.button("新增整改").click()
    await page.locator("#corrective-cause").select_option(index=1)
    await page.locator("#corrective-what").fill("收费前逐项告知")
    await page.locator("#corrective-due").fill("2030-12-31")
    await page.keyboard.press("Enter")
    await seat.button("新增整改", within=seat.dialog).click()
    done = page.get_by_role("row").filter(has_text="收费前逐项告知")
    await seat.button("登记完成", within=done).click()
    await page.locator("#corrective-result").fill("话术已经上线")
    await seat.button("登记完成", within=seat.dialog).click()
    await expect(done.get_by_text("完成还不满一周，暂无数据")).to_be_visible(timeout=LATE)
    await shows(seat, "report-corrective")


async def download(seat: Seat, name: str) -> bytes:
    async with seat.page.expect_download() as coming:
        await seat.page.get_by_role("link", name=name).click()
    return (await (await coming.value).path()).read_bytes()


async def test_a_letter_sent_back_is_written_anew_and_one_that_came_back_goes_once_more(
    stage: Stage,
    browser: Browser,
    holders: Holders,
    agents_for: Callable[..., Staff],
    staff: Staff,
) -> None:
    person, agent, lead = holders(), agents_for()[0], of_role(staff, "lead")[0]
    holder = await holder_of(stage, person)
    await to_be_served(stage, agent, holder)
    async with (
        at_the_desk(browser, stage.program, agent, address="/letters") as seat,
        at_the_desk(browser, stage.program, lead, address="/letters") as reader,
    ):
        page = seat.page
        await page.get_by_text("待复核的信函", exact=True).click()
        await seat.button("写信函").click()
        await page.locator("#write-holder").fill(holder)
        await page.locator("#write-subject").fill(SENT_BACK)
        await page.locator("#write-text").fill("感谢您来电。您要的说明随信附上。")
        await seat.button("提交复核", within=seat.dialog).click()
        await expect(seat.dialog).to_have_count(0, timeout=LATE)
        await reader.page.get_by_text("待复核的信函", exact=True).click()
        draft = reader.page.get_by_role("article", name=SENT_BACK)
        await reader.button("退回修改", within=draft).click()
        await reader.page.locator("#reject-why").fill("请写明是哪个月")
        await reader.button("退回修改", within=reader.dialog).click()
        await expect(draft).to_have_count(0, timeout=LATE)
        await written_anew(seat)
        await expect(draft).to_be_visible(timeout=LATE)
        await reader.button("同意寄出", within=draft).click()
        await expect(draft).to_have_count(0, timeout=LATE)
        await goes_once_more(reader, person["name"])


async def to_be_served(stage: Stage, agent: dict[str, Any], holder: str) -> None:
    """Let an agent have a task about a holder: so they may write to them."""
    await app_message(stage, holder, "app-2", "请给我写信说明还款。")
    tasks = await stage.lead.get("/tasks", whose="all", limit="200")
    (task,) = [one["id"] for one in tasks if one["holder"] == holder]
    await stage.lead.post(f"/tasks/{task}/move", agent=f"a{agent['number']}")


async def written_anew(seat: Seat) -> None:
    """Its author has a task, reads why, and sends it again."""
    page = seat.page
    await seat.screen.open("/tasks")
    await expect(page.get_by_text(f"信函《{SENT_BACK}》被退回修改")).to_be_visible(timeout=LATE)
    await seat.screen.open("/letters")
    await page.get_by_text("待复核的信函", exact=True).click()
    draft = page.get_by_role("article", name=SENT_BACK)
    await expect(draft.get_by_text("请写明是哪个月")).to_be_visible(timeout=LATE)
    await shows(seat, "letter-sent-back")
    await seat.button("修改后重新提交", within=draft).click()
    await page.locator("#write-text").fill("您九月的还款说明随信附上。")
    await seat.button("提交复核", within=seat.dialog).click()
    await expect(seat.dialog).to_have_count(0, timeout=LATE)
    await expect(draft.get_by_text("由另一位同事复核")).to_be_visible(timeout=LATE)
    await expect(draft.get_by_text("请写明是哪个月")).to_have_count(0)


async def goes_once_more(lead: Seat, name: str) -> None:
    """A letter is posted, comes back, and is sent to another address under another number."""
    page = lead.page
    letter = page.get_by_role("row").filter(has_text="专函").filter(has_text=name).first

    async def printed() -> bool:
        await lead.screen.open("/letters")
        await expect(page.get_by_text("已经打印。")).to_be_visible(timeout=LATE)
        await expect(page.get_by_text("正在载入…")).to_have_count(0, timeout=LATE)
        return await letter.count() > 0

    await until(printed, within=60, what="a letter to be printed", every=0.5)
    number = (await letter.get_by_role("rowheader").inner_text()).split("\n")[0]
    await lead.button("登记交寄", within=letter).click()
    await lead.dialog.get_by_label("承运方").fill("EMS")
    await lead.dialog.locator("#post-posting").fill("1234567890123")
    await lead.button("登记交寄", within=lead.dialog).click()
    await expect(lead.dialog).to_have_count(0, timeout=LATE)
    await page.get_by_text("已交寄", exact=True).click()
    row = page.get_by_role("row").filter(has_text=number)
    await lead.button("登记退回", within=row).click()
    await page.locator("#post-reason").select_option("moved")
    await lead.button("登记退回", within=lead.dialog).click()
    await expect(lead.dialog).to_have_count(0, timeout=LATE)
    await page.get_by_text("被退回", exact=True).click()
    await lead.button("重寄", within=row).click()
    await page.locator("#again-lines").fill("上海市黄浦区中山东一路1号")
    await shows(lead, "letter-again")
    await lead.button("重寄", within=lead.dialog).click()
    await expect(lead.dialog).to_have_count(0, timeout=LATE)
    await expect(row).to_have_count(1)


async def test_what_is_written_in_the_app_is_answered_there_and_the_holder_sees_who_looked(
    stage: Stage,
    browser: Browser,
    holders: Holders,
    agents_for: Callable[..., Staff],
    staff: Staff,
) -> None:
    person = holders()
    holder = await holder_of(stage, person)
    await app_message(stage, holder, "app-1", WRITTEN)
    compliance = of_role(staff, "compliance")[0]
    desk = Desk(stage.program, compliance["token"])
    case = await handed_on(desk, "局转3号", "还款没有入账。", holder=holder)
    await desk.get(f"/complaints/{case}")
    await desk.close()
    agent = agents_for()[0]
    async with at_the_desk(browser, stage.program, agent, address="/app-messages") as seat:
        page = seat.page
        await page.get_by_role("link").filter(has_text=WRITTEN).click()
        await expect(page.get_by_text(WRITTEN).last).to_be_visible(timeout=LATE)
        await shows(seat, "app-message")
        await page.locator("#written-answer").fill("您的还款明天入账。")
        await seat.button("答复").last.click()
        await expect(page.get_by_role("status").first).to_be_visible(timeout=LATE)

    def arrived() -> bool:
        sent = (stage.program.home / "app").rglob("*.json")
        return any("您的还款明天入账。" in one.read_text("utf-8") for one in sent)

    await until(arrived, within=60, what="the answer in the app")
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
    mine = await context.new_page()
    await mine.goto(f"http://{stage.program.http}/my/login?back=/my/looks")
    await mine.fill("#phone", person["phone"])
    await mine.click("main button.primary")
    await mine.fill("#code", await log_in_code(stage, person))
    await mine.click("main button.primary")
    await mine.fill("#card_tail", person["cards"][0]["tail"])
    await mine.fill("#id_tail", person["id_tail"])
    await mine.click("main button.primary")
    looks = mine.locator("main")
    told = ("查找到您的资料", f"合规人员{compliance['number']}：查看了您的投诉")
    for what in (*told, f"座席{agent['number']}：查看了您的留言"):
        await expect(looks).to_contain_text(what, timeout=LATE)
    await keep_picture(mine, "my", "looks", whole=True)
    await context.close()


async def app_message(stage: Stage, holder: str, name: str, text: str) -> None:
    """Bring a message as the bank's gateway does; unsigned nobody is let in."""
    body = json.dumps(
        {"message": name, "account": "app", "from": name, "text": text, "holder": holder}
    ).encode()
    stamp = str(int(time.time()))
    url = f"http://{stage.program.http}/api/v1/messages/app/inbound"
    async with httpx.AsyncClient() as gateway:
        for key, status in ((b"wrong", 401), (APP_KEY.encode(), 204), (APP_KEY.encode(), 204)):
            headers = {
                "X-Cardline-Timestamp": stamp,
                "X-Cardline-Signature": sign(key, timestamp=stamp, body=body),
            }
            told = await gateway.post(url, content=body, headers=headers)
            assert told.status_code == status, told.text
