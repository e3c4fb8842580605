"""An agent changes a holder's telephone number in the page: both sides, then a time to undo it.

Nobody alone moves a number: neither the caller without the old phone, nor the agent who asked; and
the new number proves little for three days (row B4).
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.browser import chromium
from tests.journeys.conftest import Holder
from tests.journeys.desk_agents import LATE, Seat, at_the_desk
from tests.journeys.people import Caller, Stage
from tests.journeys.test_desk_acts import (
    act,
    begun,
    in_a_call,
    proven_by_code,
    proven_by_password,
)
from tests.journeys.test_query_password import code_sent_to

CHANGE = "更换预留手机号"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(240)
async def test_a_number_is_changed_by_two_sides_and_proves_little_while_it_can_be_undone(
    stage: Stage,
    browser: Browser,
    agents_for: Callable[..., list[dict[str, Any]]],
    holders: Callable[..., Holder],
    strangers: Callable[[], str],
) -> None:
    holder, fresh = holders(), strangers()
    async with at_the_desk(browser, stage.program, agents_for()[6]) as seat:
        caller = await in_a_call(seat, stage, holder["phone"])
        await expect(act(seat, CHANGE)).to_contain_text("暂不能办", timeout=LATE)
        await proven_by_password(seat, caller, holder)
        await proven_by_code(seat, stage, caller, holder)
        form = await begun(seat, CHANGE)
        await asks_for(form, "+8612345")
        await expect(form.get_by_role("alert")).to_contain_text("手机号", timeout=LATE)
        await asks_for(form, fresh)
        await expect(form.get_by_text("等待另一方确认")).to_be_visible(timeout=LATE)
        await neither_an_old_code_nor_the_same_agent_confirms(form)
        await the_old_phone_confirms(seat, stage, form, caller, holder)
        await seat.screen.check_access(english=True)
        await seat.screen.picture("phone-changed")
        await caller.hang_up()
        await caller.closed()
    sent = await stage.program.ask("outbox")
    assert any("手机号" in one["text"] for one in sent if one["to"] == holder["phone"])

    async with at_the_desk(browser, stage.program, agents_for()[5]) as seat:
        caller = await in_a_call(seat, stage, fresh)
        await the_new_number_proves_little(seat)
        await caller.hang_up()
        await caller.closed()


async def asks_for(form: Locator, number: str) -> None:
    """Ask for a number."""
    await form.locator("#change-value").fill(number)
    await form.get_by_role("button", name="申请更改").press("Enter")


async def neither_an_old_code_nor_the_same_agent_confirms(form: Locator) -> None:
    """The code that was keyed before the request is no second side, nor is who asked."""
    await form.get_by_role("button", name="客户已按对验证码").press("Enter")
    refused = form.get_by_role("alert")
    await expect(refused).to_contain_text("没有办成", timeout=LATE)
    await form.get_by_label("或由网点核验").fill("西湖支行")
    await form.get_by_role("button", name="网点确认").press("Enter")
    await expect(refused).to_contain_text("经办人不能自己复核", timeout=LATE)


async def the_old_phone_confirms(
    seat: Seat, stage: Stage, form: Locator, caller: Caller, holder: Holder
) -> None:
    """A new code, keyed by the caller, which the agent neither hears nor sees."""
    await form.get_by_role("button", name="请客户按键：短信验证码").press("Enter")
    await caller.hears("code_sent", "ask_code")
    code = await code_sent_to(stage, holder)
    await caller.press(code + "#")
    await expect(form.get_by_text("短信验证码：已输入，正确")).to_be_visible(timeout=LATE)
    await form.get_by_role("button", name="客户已按对验证码").press("Enter")
    await expect(form.get_by_text("已生效，可撤销", exact=True)).to_be_visible(timeout=LATE)
    await expect(form.get_by_text("可撤销至")).to_be_visible()
    assert code not in await seat.page.content()


async def the_new_number_proves_little(seat: Seat) -> None:
    """It says who calls, and is no proof for what would hurt; the change can still be undone."""
    line = act(seat, "调整额度")
    await expect(line).to_contain_text("暂不能办")
    await expect(line).to_contain_text("刚更新不久")
    await seat.press("4")
    panel = seat.page.get_by_role("tabpanel")
    await expect(panel).to_contain_text("已生效，可撤销", timeout=LATE)
    await expect(panel.get_by_role("button", name="撤销更改")).to_be_visible()
