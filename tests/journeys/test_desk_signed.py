"""What the signature of an incoming call was worth stands beside who calls (row E6)."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import Stage
from tests.journeys.signer import NAME, signed
from tests.wire.test_line_identity import altered

AgentsFor = Callable[..., list[dict[str, Any]]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(180)
async def test_a_signed_call_and_a_broken_signature_are_told_apart_beside_who_calls(
    stage: Stage,
    browser: Browser,
    agents_for: AgentsFor,
    holders: Callable[..., dict[str, Any]],
    strangers: Callable[[], str],
) -> None:
    known, unknown = holders()["phone"], strangers()
    good, broken = signed(known), altered(signed(unknown)["Identity"])
    async with at_the_desk(browser, stage.program, agents_for()[1]) as seat:
        await seat.sit_down()
        told = await signature(stage, seat, known, good)
        await expect(told.locator("strong")).to_have_text("有效")
        await expect(told).to_contain_text(NAME)
        await expect(told).to_contain_text("不证明来电人的身份")
        await seat.screen.check_access(english=True)
        await seat.screen.picture("signed")
        await over(stage, seat)

        told = await signature(stage, seat, unknown, {"Identity": broken})
        await expect(told.locator("strong")).to_have_text("无效")
        await expect(told).to_contain_text("内容被改动过，或不是签名方所签")
        await expect(told).not_to_contain_text(NAME)
        await expect(seat.page.get_by_text("还不知道是哪位客户")).to_be_visible()
        await seat.screen.check_access(english=True)
        await seat.screen.picture("signed-broken")
        await over(stage, seat)


async def signature(stage: Stage, seat: Seat, number: str, headers: dict[str, str]) -> Locator:
    """Take the call of somebody, and find what is said of its signature."""
    await served(stage, number, seat, headers=headers)
    title = seat.page.locator("dt", has_text="来电签名")
    await expect(title).to_be_visible(timeout=LATE)
    return title.locator("xpath=following-sibling::dd[1]")


async def over(stage: Stage, seat: Seat) -> None:
    """The caller hangs up, and the agent is ready again."""
    caller = stage.callers[-1]
    await caller.hang_up()
    await caller.closed()
    await seat.button("置闲").click(timeout=LATE)
    await seat.is_in("空闲")
