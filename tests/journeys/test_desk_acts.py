"""An agent in a call does what the holder asks, in the page: acts, their proofs, their refusals."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from cardline.core.clock import SHANGHAI, utc_now
from tests.journeys.browser import chromium
from tests.journeys.conftest import Holder
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.made_up_holders import of_small_limit, who, with_annual_fee
from tests.journeys.people import Caller, Stage
from tests.journeys.test_query_password import code_sent_to

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., Holder]
FOUND = "还款在到期日次日入账，已过宽限期"
PLAN = "先问是否需要冻结，再听五分钟，不争对错。"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


async def in_a_call(seat: Seat, stage: Stage, number: str) -> Caller:
    """Sit down, answer this caller, show what may be done."""
    await seat.sit_down()
    caller = await served(stage, number, seat)
    await seat.press("g", "c")
    await expect(seat.page.get_by_role("tab", name="概览")).to_be_visible(timeout=LATE)
    await seat.press("2")
    await expect(act(seat, "调整额度")).to_be_visible(timeout=LATE)
    return caller


def act(seat: Seat, title: str) -> Locator:
    """The line of an act; of several cards, the first."""
    return seat.page.locator("li.act").filter(has_text=title).first


async def asks_for_keys(seat: Seat, title: str, what: str) -> Locator:
    """Send the caller to the keys from the act that lacks them."""
    line = act(seat, title)
    await expect(line).to_contain_text("暂不能办", timeout=LATE)
    await line.get_by_role("button", name=f"请客户按键：{what}").press("Enter")
    return line


async def proven_by_password(seat: Seat, caller: Caller, holder: Holder) -> None:
    """Prove the password, and see only that it was right."""
    line = await asks_for_keys(seat, "调整额度", "查询密码")
    await caller.hears("ask_query_password")
    await caller.press(holder["query_password"])
    await expect(line).to_contain_text("可以办理", timeout=LATE)
    assert holder["query_password"] not in await seat.page.content()


async def proven_by_code(seat: Seat, stage: Stage, caller: Caller, holder: Holder) -> None:
    """Prove the registered phone by the code that was sent to it."""
    line = await asks_for_keys(seat, "更改地址或邮箱", "短信验证码")
    await caller.hears("code_sent", "ask_code")
    await caller.press(await code_sent_to(stage, holder) + "#")
    await expect(line).to_contain_text("可以办理", timeout=LATE)


async def begun(seat: Seat, title: str) -> Locator:
    """Open the form of an act by the keyboard."""
    button = act(seat, title).get_by_role("button", name="办理")
    await expect(button).to_be_enabled(timeout=LATE)
    await button.press("Enter")
    await expect(seat.dialog).to_be_visible(timeout=LATE)
    return seat.dialog


async def done(seat: Seat, form: Locator, words: str) -> None:
    """See how it ended, and leave the form."""
    await expect(form.get_by_text(words).first).to_be_visible(timeout=LATE)
    await seat.press("Escape")
    await expect(form).to_be_hidden(timeout=LATE)


async def test_a_limit_a_closing_an_address_and_a_part_of_a_charge_in_one_call(
    stage: Stage, browser: Browser, agents_for: AgentsFor, holders: Holders
) -> None:
    holder = holders(cards=2, where=who(of_small_limit))
    async with at_the_desk(browser, stage.program, agents_for()[6]) as seat:
        caller = await in_a_call(seat, stage, holder["phone"])
        screen = seat.screen
        await screen.check_access(english=True)
        await screen.picture("acts")
        await seat.press("3")
        panel = seat.page.get_by_role("tabpanel")
        await expect(panel.get_by_role("heading", name="余额与额度")).to_be_visible(timeout=LATE)
        await screen.check_access(english=True)
        await screen.picture("account")
        await seat.press("2")
        await proven_by_password(seat, caller, holder)

        await a_lower_limit_is_offered_and_taken(seat)
        await proven_by_code(seat, stage, caller, holder)
        await a_freeze_is_lifted_by_what_the_agent_judges_too(seat)
        await a_closing_is_asked_for_and_taken_back(seat)
        await another_address_needs_a_second_side_and_is_taken_back(seat)
        await a_part_of_a_charge_is_disputed(seat)

        await seat.press("4")
        await expect(panel.get_by_role("link", name="交易争议")).to_be_visible(timeout=LATE)
        await expect(panel).to_contain_text("等待同事接手")
        await screen.check_access(english=True)
        await screen.picture("requests")
        await expect(seat.page.get_by_role("region", name="在办事项")).to_contain_text("交易争议")
        await caller.hang_up()
        await panel.get_by_role("link", name="交易争议").press("Enter")
        await the_dispute_is_decided(seat)


async def a_freeze_is_lifted_by_what_the_agent_judges_too(seat: Seat) -> None:
    """No keys alone lift a freeze: a person says why the caller is the holder."""
    cards = seat.page.get_by_role("region", name="卡片")
    await seat.press("f", "1", "Enter", "Enter")
    await expect(cards.get_by_text("已冻结")).to_be_visible(timeout=LATE)
    line = act(seat, "解除冻结")
    await expect(line).to_contain_text("暂不能办", timeout=LATE)
    await line.get_by_role("button", name="由我认定是本人").press("Enter")
    why = line.get_by_label("凭什么认定来电人就是客户本人")
    await expect(why).to_be_focused(timeout=LATE)
    await why.fill("像是本人")
    record = line.get_by_role("button", name="记录我的认定")
    await expect(record).to_be_disabled(timeout=LATE)
    await why.fill("说出了开户网点、账单日和最近三笔消费")
    await seat.screen.check_access(english=True)
    await seat.screen.picture("judged")
    await record.press("Enter")
    await expect(line).to_contain_text("可以办理", timeout=LATE)
    await cards.get_by_role("button", name="解除").press("Enter")
    await expect(cards.get_by_text("已冻结")).to_be_hidden(timeout=LATE)


async def a_lower_limit_is_offered_and_taken(seat: Seat) -> None:
    """Three times the limit for a month: twice of it is offered, and accepted."""
    form = await begun(seat, "调整额度")
    present = form.locator("strong.figures")
    await expect(present).to_be_visible(timeout=LATE)
    yuan = int(float((await present.inner_text()).lstrip("¥").replace(",", "")))
    await asked_for_a_month(form, yuan * 3)
    offered = form.get_by_text("按目前的情况，可以为您调到")
    await expect(offered).to_contain_text(f"{yuan * 2:,}", timeout=LATE)
    assert await form.locator(".why li").count() > 0
    await seat.screen.check_access(english=True)
    await seat.screen.picture("limit")
    await form.get_by_role("button", name="客户接受", exact=True).press("Enter")
    await done(seat, form, "您的临时额度已经调整为")


async def asked_for_a_month(form: Locator, yuan: int) -> None:
    """Ask for a limit that ends in thirty days."""
    await form.locator("#limit-wanted").fill(str(yuan))
    await form.get_by_label("临时").check()
    day = utc_now().astimezone(SHANGHAI).date() + timedelta(days=30)
    until = form.locator("#limit-until")
    await until.fill(day.isoformat())
    await until.press("Tab")
    await expect(until).to_have_value(day.isoformat())
    await form.get_by_role("button", name="提交申请").press("Enter")


async def a_closing_is_asked_for_and_taken_back(seat: Seat) -> None:
    """One of two cards is to be closed, and the holder keeps it after all."""
    form = await begun(seat, "销卡")
    await form.get_by_role("button", name="申请销掉尾号").press("Enter")
    await expect(form.get_by_text("的销卡申请已经受理")).to_be_visible(timeout=LATE)
    await seat.screen.check_access(english=True)
    await seat.screen.picture("closing")
    await form.get_by_role("button", name="撤销销卡").press("Enter")
    await done(seat, form, "销卡已经撤销")


async def another_address_needs_a_second_side_and_is_taken_back(seat: Seat) -> None:
    """The code that was given before the request confirms nothing."""
    form = await begun(seat, "更改地址或邮箱")
    await form.locator("#change-value").fill("杭州市西湖区示范路8号2单元301室")
    await form.get_by_role("button", name="申请更改").press("Enter")
    await expect(form.get_by_text("等待另一方确认")).to_be_visible(timeout=LATE)
    await form.get_by_role("button", name="客户已按对验证码").press("Enter")
    await expect(form.get_by_role("alert")).to_contain_text("没有办成", timeout=LATE)
    await seat.screen.check_access(english=True)
    await seat.screen.picture("address")
    await form.get_by_role("button", name="撤销更改").press("Enter")
    await done(seat, form, "的更改已经撤销")


async def a_part_of_a_charge_is_disputed(seat: Seat) -> None:
    """More than was charged is stopped in the form."""
    form = await begun(seat, "交易争议")
    await form.locator("input[name=posting]").first.check(timeout=LATE)
    part = form.locator("#act-part")
    await part.fill("9999999")
    await expect(form.get_by_text("不能超过这笔交易的金额")).to_be_visible(timeout=LATE)
    await form.locator("#act-reason").select_option("not-received")
    await form.locator("#act-told").fill("少发了一件，其余都收到了")
    await expect(form.get_by_role("button", name="受理")).to_be_disabled()
    await part.fill("1.50")
    await seat.screen.check_access(english=True)
    await seat.screen.picture("dispute")
    await form.get_by_role("button", name="受理").press("Enter")
    await done(seat, form, "已经受理")


async def the_dispute_is_decided(seat: Seat) -> None:
    """Take the case that is open, decide it, answer the holder, close it."""
    page = seat.page
    await seat.button("接手").click(timeout=LATE)
    await expect(page.get_by_text("¥1.50").first).to_be_visible(timeout=LATE)
    await page.locator("#case-outcome").select_option("not-upheld")
    await page.locator("#case-findings").fill("商户已经发货，物流显示由客户本人签收")
    await seat.button("作出决定").click()
    await expect(page.locator("#case-answer")).to_be_visible(timeout=LATE)
    await seat.screen.check_access()
    await seat.screen.picture("case")
    await page.locator("#case-answer").fill("物流显示您本人已经签收，此笔交易有效。")
    await seat.button("答复客户").click()
    await seat.button("办结").click()
    await expect(page.get_by_role("heading", name="交易争议 · 已办结")).to_be_visible(timeout=LATE)
    refused = [line for line in seat.screen.complaints if "Security Policy" in line]
    assert not refused, refused


async def test_a_fee_a_limit_and_a_plan_go_to_the_lead_and_a_true_record_is_not_corrected(
    stage: Stage,
    browser: Browser,
    agents_for: AgentsFor,
    holders: Holders,
    staff: list[dict[str, Any]],
) -> None:
    holder = holders(where=who(with_annual_fee))
    lead = next(one for one in staff if one["role"] == "lead")
    async with at_the_desk(browser, stage.program, agents_for()[6]) as seat:
        caller = await in_a_call(seat, stage, holder["phone"])
        await proven_by_password(seat, caller, holder)
        await a_fee_and_a_limit_are_laid_before_the_lead(seat)
        await a_failure_and_a_record_are_taken_down(seat)
        await a_plan_is_proposed(seat)
        await caller.hang_up()
        await seat.press("4")
        panel = seat.page.get_by_role("tabpanel")
        await panel.get_by_role("link", name="征信异议").press("Enter")
        await a_true_record_stands(seat)
    async with at_the_desk(browser, stage.program, lead, address="/approvals") as boss:
        await the_lead_settles_all(boss)
    async with at_the_desk(browser, stage.program, agents_for()[5]) as other:
        caller = await in_a_call(other, stage, holder["phone"])
        await expect(other.page.get_by_role("region", name="沟通方案")).to_contain_text(PLAN)
        await other.screen.picture("plan-seen")
        await caller.hang_up()
        await caller.closed()


async def a_fee_and_a_limit_are_laid_before_the_lead(seat: Seat) -> None:
    """More than one person alone may give back, and more than the rule grants by itself."""
    form = await begun(seat, "退还年费")
    await form.locator("input[name=posting]").first.check(timeout=LATE)
    await seat.screen.check_access(english=True)
    await seat.screen.picture("fee")
    await form.get_by_role("button", name="申请退还").press("Enter")
    await done(seat, form, "由班长复核")
    form = await begun(seat, "调整额度")
    await asked_for_a_month(form, 200_000)
    await done(seat, form, "要由专人审核")


async def a_failure_and_a_record_are_taken_down(seat: Seat) -> None:
    """A transaction that was declined, which no posting shows, and a month of the record."""
    form = await begun(seat, "失败或异常交易")
    await form.get_by_label("没有入账，列表里找不到").check(timeout=LATE)
    await form.locator("#act-part").fill("120")
    await form.locator("#act-reason").select_option("declined")
    await form.locator("#act-told").fill("刷卡被拒，商户说余额不足")
    await form.get_by_role("button", name="受理").press("Enter")
    await expect(form.get_by_role("heading", name="可能的原因")).to_be_visible(timeout=LATE)
    await seat.screen.check_access(english=True)
    await seat.screen.picture("failed-transaction")
    await done(seat, form, "已经受理")
    form = await begun(seat, "征信异议")
    await form.locator("#act-month").select_option(index=2)
    await form.locator("#act-reason").select_option("paid-in-time")
    await form.locator("#act-told").fill("那个月我按时还了款")
    await seat.screen.check_access(english=True)
    await form.get_by_role("button", name="受理").press("Enter")
    await done(seat, form, "已经受理")


async def a_plan_is_proposed(seat: Seat) -> None:
    """How everybody is to speak with this holder, once a lead agrees."""
    await seat.button("沟通方案").click()
    await seat.dialog.locator("#plan-text").fill(PLAN)
    await seat.screen.check_access(english=True)
    await seat.screen.picture("plan")
    await seat.button("提交审核", within=seat.dialog).click()
    await expect(seat.dialog).to_be_hidden(timeout=LATE)


async def a_true_record_stands(seat: Seat) -> None:
    """What is no error of the bank cannot be corrected: not in the page, not past it (row B8)."""
    page = seat.page
    await seat.button("接手").click(timeout=LATE)
    await page.locator("#case-findings").fill(FOUND)
    await expect(seat.button("作出决定")).to_be_disabled()
    outcome = page.get_by_role("status").filter(has_text="结论")
    await page.get_by_label("是，银行的差错").check()
    await expect(outcome.locator("strong")).to_have_text("更正")
    await page.get_by_label("不是，记录属实").check()
    await expect(outcome.locator("strong")).to_have_text("记录保留")
    await expect(outcome).to_contain_text("可以在征信报告中附上本人声明")
    await expect(page.locator("#case-outcome")).to_have_count(0)
    case = page.url.rpartition("/")[2]
    for erred, wrong in ((False, "corrected"), (True, "entry-stands")):
        told = await seat.desk.post(
            f"/cases/{case}/decide", outcome=wrong, findings=FOUND, credit=0, bank_erred=erred
        )
        assert not told["allowed"]
    await seat.screen.check_access()
    await seat.screen.picture("record-not-corrected")
    await seat.button("作出决定").click()
    await expect(page.locator("#case-answer")).to_be_visible(timeout=LATE)


async def the_lead_settles_all(boss: Seat) -> None:
    """What was referred is decided by somebody else than who asked."""
    choices = (("年费退还", "同意退还"), ("额度申请", "不批准"), ("沟通方案", "审核通过"))
    for part, choice in choices:
        waiting = boss.page.get_by_role("region", name=part)
        asked = waiting.filter(has_text=PLAN).first if part == "沟通方案" else waiting.first
        await expect(asked).to_be_visible(timeout=LATE)
        if part == "年费退还":
            await boss.screen.check_access()
            await boss.screen.picture("approvals-waiting")
        before = await waiting.count()
        if choice != "审核通过":
            await asked.get_by_label("理由").fill("客户长期按时还款，按规定处理，已致电说明")
        await asked.get_by_role("button", name=choice, exact=True).click()
        await expect(waiting).to_have_count(before - 1, timeout=LATE)
