"""The screens of what the bank sends out, and of what is false about it, walked once on a server.

A lead makes a campaign, looks beforehand and starts it; an agent sees the person first, dials,
reads the opening, and stops marketing by one key; the talk brings a report of a scam, which
compliance reviews; the registry is kept. Each page is held against axe and kept as a picture.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from cardline.sim.phone import Phone
from tests.journeys.browser import chromium
from tests.journeys.desk import kinds
from tests.journeys.desk_agents import LATE, Seat, at_the_desk
from tests.journeys.people import Stage
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]
SCAM = "【信用卡中心】积分今日到期作废，请登录 http://jf-cardline.top 兑换，需提供验证码"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


async def shows(seat: Seat, name: str) -> None:
    """Hold what is shown against axe, and keep it."""
    await expect(seat.page.get_by_text("正在载入…")).to_have_count(0, timeout=LATE)
    await seat.screen.check_access()
    await seat.screen.picture(name)


async def shows_in_english(seat: Seat, screens: dict[str, str]) -> None:
    """Show screens, by their addresses, in English; what is on them is what was done before."""
    await seat.page.evaluate("localStorage.setItem('language', 'en')")
    for address, name in screens.items():
        await seat.screen.open(address)
        await expect(seat.page.get_by_role("heading", level=1)).to_be_visible(timeout=LATE)
        await expect(seat.page.get_by_text("Loading …")).to_have_count(0, timeout=LATE)
        await expect(seat.page.locator("html")).to_have_attribute("lang", "en")
        await seat.screen.check_access()
        await seat.screen.picture(f"{name}-en")


async def makes_a_campaign(lead: Seat, people: list[dict[str, Any]]) -> str:
    """Make, fill, foresee and start a campaign in the page; return its address."""
    page = lead.page
    await lead.button("新建活动").click()
    await lead.dialog.get_by_label("名称").fill("异常交易确认")
    await lead.dialog.get_by_label("目的").select_option("alert")
    await lead.dialog.get_by_label("对照组").fill("0")
    await lead.dialog.get_by_label("从几点").fill("00:00")
    await lead.dialog.get_by_label("到几点").fill("23:59")
    await shows(lead, "campaign-new")
    await lead.button("建立草稿", within=lead.dialog).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("异常交易确认", timeout=LATE)
    await expect(lead.dialog).to_have_count(0)
    paste = page.get_by_label("或粘贴在这里")
    await paste.fill("phone,amount\n1,2")
    await expect(page.get_by_text("缺少这几列：merchant、tail。")).to_be_visible()
    rows = [f"{one['phone']},{one['cards'][0]['tail']},12.00,某电器商城" for one in people]
    await paste.fill("\n".join(["phone,tail,amount,merchant", *rows, "12345,1,1,x"]))
    await lead.button("加入名单").click()
    await expect(page.get_by_text("第 3 行")).to_be_visible(timeout=LATE)
    await lead.button("试算现在会联络谁").click()
    await expect(page.get_by_text("名单上的人现在都可以联络。")).to_be_visible(timeout=LATE)
    await shows(lead, "campaign-draft")
    await lead.button("开始").click()
    await lead.button("开始", within=page.get_by_role("tooltip")).click()
    state = page.locator(".badge").first
    await expect(state).to_have_text("进行中", timeout=LATE)
    for change, then in (("暂停", "已暂停"), ("继续", "进行中")):
        await lead.button(change).click()
        await lead.button(change, within=page.get_by_role("tooltip")).last.click()
        await expect(state).to_have_text(then, timeout=LATE)
    return page.url.partition("/desk")[2]


async def tells_results(lead: Seat, holder: str) -> None:
    """Enter who did what it is for; the page says what it does not know or cannot read."""
    page = lead.page
    field = page.get_by_label("每行一位")
    await field.fill(f"holder_id,reached\n{holder},1\nnobody-of-us,0\nh9,perhaps")
    await expect(page.get_by_text("这几行读不懂：第 4 行")).to_be_visible()
    await expect(lead.button("录入")).to_be_disabled()
    await field.fill(f"holder_id,reached\n{holder},1\nnobody-of-us,0")
    await lead.button("录入").click()
    await expect(page.get_by_text("1 位不在这个活动里：nobody-of-us")).to_be_visible(timeout=LATE)
    await expect(page.get_by_role("row", name="联络过的")).to_contain_text("1 / 1", timeout=LATE)


async def fills_one_by_a_question(lead: Seat, stage: Stage) -> None:
    """Make a campaign whose list is asked of the bank: whose bill is due in three days.

    It listens for machines; once it runs, its page says how many calls were judged so.
    """
    page = lead.page
    await lead.screen.open("/campaigns")
    await lead.button("新建活动").click()
    await lead.dialog.get_by_label("名称").fill("到期提醒")
    await lead.dialog.get_by_label("自动应答").select_option("message")
    await lead.button("建立草稿", within=lead.dialog).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("到期提醒", timeout=LATE)
    await expect(lead.dialog).to_have_count(0)
    await lead.button("按到期日加入").click()
    figures = page.get_by_role("status").locator("dd")
    await expect(figures).to_have_count(4, timeout=LATE)
    added, held_out, _, bad = [
        int(text.replace(",", "")) for text in await figures.all_inner_texts()
    ]
    campaign = page.url.rpartition("/")[2]
    again = await stage.lead.post(f"/campaigns/{campaign}/list", due_in_days=3)
    assert (again["added"], again["known"], bad) == (0, added + held_out, 0)
    assert (await stage.lead.post(f"/campaigns/{campaign}/start"))["allowed"]
    await page.reload()
    await expect(page.get_by_text("识别，提示音后留言")).to_be_visible(timeout=LATE)
    await expect(page.get_by_text("判为自动应答 0 通")).to_be_visible()
    assert (await stage.lead.post(f"/campaigns/{campaign}/stop"))["allowed"]


@pytest.mark.timeout(240)
async def test_a_campaign_is_made_dialled_by_preview_and_its_opening_comes_first(
    stage: Stage,
    browser: Browser,
    agents_for: AgentsFor,
    holders: Holders,
    outside: Phone,
) -> None:
    serving = agents_for()
    async with at_the_desk(browser, stage.program, serving[-1], address="/campaigns") as lead:
        address = await makes_a_campaign(lead, [holders()])
        async with at_the_desk(browser, stage.program, serving[0]) as agent:
            await agent.sit_down()
            interaction = await dials(agent, outside)
            await speaks(agent)
            await agent.press("Alt+q")
            await expect(agent.page.locator(".phone.idle")).to_be_visible(timeout=LATE)
        told = await stage.lead.get(f"/interactions/{interaction}")
        assert {"campaign.opening", "campaign.disposed", "outreach.withdrawn"} <= set(kinds(told))
        await lead.screen.open(address)
        await expect(lead.page.get_by_text("已完成").first).to_be_visible(timeout=LATE)
        screen = await stage.lead.get(f"/interactions/{interaction}/screen")
        await tells_results(lead, screen["who"]["holder"]["id"])
        await shows(lead, "campaign-report")
        await fills_one_by_a_question(lead, stage)
        await shows_in_english(lead, {address: "campaign-report"})


async def dials(agent: Seat, outside: Phone) -> str:
    """Look at the next person, dial, and talk; return the conversation."""
    page = agent.page
    await agent.press("g", "o")
    await page.get_by_role("link", name="预览拨打").first.click()
    await expect(agent.button("看下一位")).to_be_visible(timeout=LATE)
    await agent.press("n")
    await expect(page.get_by_text("没有任何妨碍。")).to_be_visible(timeout=LATE)
    await expect(page.locator(".opening")).to_contain_text(agent.staff["name"])
    await shows(agent, "preview")
    await agent.press("d")
    call = await outside.next_call(within=20)
    await call.answered(within=10)
    await expect(page.get_by_role("heading", name="外呼：异常交易确认")).to_be_visible(timeout=LATE)
    return page.url.rpartition("/")[2]


async def speaks(agent: Seat) -> None:
    """Read and confirm the opening, say what became of it, and what else the holder wants."""
    page = agent.page
    result = agent.button("记录结果")
    await page.locator("#disposition").select_option("done")
    await expect(result).to_be_disabled()
    await shows(agent, "bank-call-opening")
    await page.locator("main").focus()
    await agent.press("b")
    await expect(page.get_by_text("开场白已确认")).to_be_visible(timeout=LATE)
    await result.click()
    await expect(page.get_by_text("结果已记录：已办妥")).to_be_visible(timeout=LATE)

    await page.locator("main").focus()
    await agent.press("u")
    await expect(agent.dialog).to_be_visible(timeout=LATE)
    await shows(agent, "stop-marketing")
    await agent.press("Enter")
    await expect(page.get_by_text("已停止全部营销")).to_be_visible(timeout=LATE)
    await expect(agent.dialog).to_have_count(0)
    await agent.press("5")
    await page.get_by_role("button", name="营销 电话 不可以").click()
    await expect(page.get_by_text("客户已收回同意")).to_be_visible(timeout=LATE)
    await agent.button("标记需要照顾").click()
    await agent.button("确认", within=page.get_by_role("tooltip")).click()
    await expect(page.get_by_role("heading", name="这位客户需要照顾")).to_be_visible(timeout=LATE)
    await shows(agent, "permissions")

    await page.locator("main").focus()
    await agent.press("x")
    await agent.dialog.get_by_label("短信原文").fill(SCAM)
    await agent.dialog.get_by_label("客户已告诉对方").check()
    await shows(agent, "scam-report")
    await agent.button("受理举报", within=agent.dialog).click()
    await expect(page.get_by_text("举报已受理")).to_be_visible(timeout=LATE)
    await expect(agent.dialog).to_have_count(0)

    await page.locator("main").focus()
    await agent.press("c")
    await expect(page.locator("#take-statement")).to_be_focused(timeout=LATE)
    await page.keyboard.type("同一件事一天打来三次电话，打扰休息。")
    await shows(agent, "complaint-take")
    await agent.press("Control+Enter")
    await expect(agent.dialog.get_by_text("您的投诉已经登记")).to_be_visible(timeout=LATE)
    await shows(agent, "complaint-taken")
    await agent.press("Escape")


@pytest.mark.timeout(180)
async def test_compliance_reviews_a_report_keeps_the_registry_and_may_stop_everything(
    stage: Stage, browser: Browser, staff: list[dict[str, Any]]
) -> None:
    person = next(one for one in staff if one["role"] == "compliance")
    async with at_the_desk(browser, stage.program, person, address="/scams") as seat:
        page = seat.page
        await page.get_by_role("link", name="积分今日到期作废").first.click()
        await expect(page.get_by_text("先保住钱")).to_be_visible(timeout=LATE)
        scam = page.url.partition("/desk")[2]
        await page.get_by_role("button", name="临时止付").first.click()
        await seat.dialog.get_by_label("凭什么判断需要止付").fill(
            "客户已把验证码告诉对方，等待回访"
        )
        await shows(seat, "scam-hold")
        await seat.button("临时止付", within=seat.dialog).click()
        await expect(page.get_by_text("已临时止付，客户会收到短信")).to_be_visible(timeout=LATE)
        await expect(seat.dialog).to_have_count(0)
        await page.get_by_label("jf-cardline.top").check()
        await page.get_by_label("核查情况").fill("仿冒积分兑换网站")
        await shows(seat, "scam")
        await seat.button("确认是诈骗").click()
        await expect(page.get_by_text("已列为已知诈骗")).to_be_visible(timeout=LATE)

        await seat.screen.open("/registry")
        await seat.button("登记").click()
        await seat.dialog.get_by_label("内容").fill("13800138000")
        await seat.dialog.get_by_label("中文说明").fill("分行电话")
        await seat.dialog.get_by_label("英文说明").fill("branch")
        await seat.button("登记", within=seat.dialog).click()
        await expect(seat.dialog.get_by_role("alert")).to_contain_text(
            "手机号码不能登记为官方号码", timeout=LATE
        )
        await shows(seat, "registry-refused")
        await seat.dialog.get_by_label("内容").fill("021-61230000")
        await seat.button("登记", within=seat.dialog).click()
        await expect(seat.dialog).to_have_count(0, timeout=LATE)
        await page.get_by_role("button", name="结束 021-61230000").click()
        await seat.dialog.get_by_label("为什么结束").fill("分行搬迁，号码停用")
        await seat.button("结束", within=seat.dialog).click()
        await expect(seat.dialog).to_have_count(0, timeout=LATE)
        await page.get_by_label("包括已结束的").check()
        await expect(page.get_by_text("结束原因：分行搬迁，号码停用")).to_be_visible(timeout=LATE)
        await shows(seat, "registry")

        await seat.screen.open("/campaigns")
        made = await stage.lead.post("/campaigns", name="要停的", kind="care")
        await page.reload()
        await seat.button("全部停止").click()
        await seat.dialog.get_by_label("为什么停止").fill("名单有误")
        await shows(seat, "stop-everything")
        await seat.button("全部停止", within=seat.dialog).click()

        async def stopped() -> bool:
            report = await stage.lead.get(f"/campaigns/{made['id']}")
            return bool(report["campaign"]["state"] == "stopped")

        await until(stopped, within=10, what="everything to be stopped")
        await expect(seat.dialog).to_have_count(0, timeout=LATE)
        await shows(seat, "campaigns")
        screens = {scam: "scam", "/registry": "registry", "/campaigns": "campaigns"}
        await shows_in_english(seat, screens)


@pytest.mark.timeout(180)
async def test_a_complaint_is_taken_up_classified_decided_and_answered_in_the_page(
    stage: Stage, browser: Browser, staff: list[dict[str, Any]]
) -> None:
    received = await stage.lead.post(
        "/complaint-transfers",
        door="association",
        number="消协转办 2026-1",
        received_at=datetime.now(UTC).isoformat(),
        name="周文",
        reach={"address": "上海市浦东新区世纪大道1号"},
        statement="我的信用卡被多收了一笔年费，客服说会退，两个月了还没有退。",
        demand="退还年费并说明原因",
        subjects=["fees"],
    )
    reference = received["complaint"]
    person = next(one for one in staff if one["role"] == "compliance")
    async with at_the_desk(browser, stage.program, person, address="/complaints") as seat:
        page = seat.page
        await expect(page.get_by_role("link", name=reference)).to_be_visible(timeout=LATE)
        await shows(seat, "complaints")
        await page.get_by_role("link", name=reference).click()
        await seat.button("由我办理").click()
        await seat.button("受理").click()
        await page.get_by_text("怎么算的").first.click()
        await expect(page.get_by_text("当天不计").first).to_be_visible(timeout=LATE)
        for field in ("product", "issue", "severity"):
            await classify(seat, field)
        await page.get_by_role("group", name="根本原因").get_by_role("checkbox").first.check()
        await shows(seat, "complaint-classify")
        await seat.button("确认类别").click()
        await expect(page.get_by_text("确认类别").first).to_be_visible(timeout=LATE)

        await page.get_by_label("成立", exact=True).check()
        await page.get_by_label("调查结果").fill("年费重复入账一次，系统已确认。")
        await page.get_by_label("处理依据").fill("领用合约第十二条")
        await page.get_by_label("理由", exact=True).fill("重复入账属于我行差错，应予退还。")
        await seat.button("作出决定").click()
        refused = page.get_by_role("alert").get_by_text("投诉成立，请写明如何补救")
        await expect(refused).to_be_visible(timeout=LATE)
        await page.get_by_label("道歉", exact=True).check()
        await shows(seat, "complaint-decide")
        await seat.button("作出决定").click()
        await expect(page.locator("h1 + .badge")).to_have_text("待答复", timeout=LATE)

        await page.get_by_label("方式").select_option("letter")
        await page.get_by_label("告知的内容").fill("经查，年费重复入账，现予退还，并向您道歉。")
        # Posted by hand it holds what the hand has written, and the page asks for each.
        await page.get_by_label("交寄凭证号").fill("EMS-20261127-1")
        contents = page.get_by_role("group", name="答复里已写明").get_by_role("checkbox")
        tell = seat.button("告知投诉人", within=page.locator("form"))
        await expect(tell).to_be_disabled()
        for index in range(await contents.count()):
            await contents.nth(index).check()
        await shows(seat, "complaint-answer")
        await tell.click()
        await expect(page.locator("h1 + .badge")).to_have_text("已答复", timeout=LATE)
        await shows(seat, "complaint")
        screens = {f"/complaints/{reference}": "complaint", "/complaints": "complaints"}
        await shows_in_english(seat, {**screens, "/complaint-report": "complaint-report"})
    told = await stage.lead.get(f"/complaints/{reference}")
    assert told["row"]["state"] == "answered"
    assert told["notices"][-1]["proven_at"] is not None


async def classify(seat: Seat, field: str) -> None:
    """Take what is suggested, or where the text does not tell, the first that there is."""
    chosen = seat.page.locator(f"#classify-{field}")
    await expect(chosen).to_be_visible(timeout=LATE)
    options = chosen.locator("option")
    await expect(options.nth(1)).to_be_attached(timeout=LATE)
    await chosen.select_option(index=1)
