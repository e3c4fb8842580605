"""What stands on the wall is what the reports say of the same time (row G8)."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from cardline.core.clock import SHANGHAI
from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import Stage
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
Row = dict[str, str]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.mark.timeout(180)
async def test_the_wall_shows_who_waits_and_the_same_figures_as_the_reports(
    stage: Stage,
    browser: Browser,
    agents_for: AgentsFor,
    strangers: Strangers,
    staff: list[dict[str, Any]],
) -> None:
    lead = next(one for one in staff if one["role"] == "lead")
    async with (
        at_the_desk(browser, stage.program, lead) as wall,
        at_the_desk(browser, stage.program, agents_for()[1]) as agent,
    ):
        await wall.goes_to("大屏")
        before = await reported(wall, await shown_at(wall))
        await agent.sit_down(ready=False)
        await expect(wall.page.get_by_role("row", name=agent.staff["name"])).to_contain_text(
            "示忙", timeout=LATE
        )
        gone = await stage.caller(strangers())
        await gone.hears("greeting")
        await gone.press("0")
        await expect(figure(wall, "等待人数")).to_have_text("1", timeout=LATE)
        await gone.hang_up()
        await gone.closed()
        await agent.button("置闲").click()
        caller = await served(stage, strangers(), agent)
        await expect(figure(wall, "通话中")).to_have_text("1", timeout=LATE)
        await caller.hang_up()
        await caller.closed()

        at = await shown_at(wall)
        today = await reported(wall, at)
        hour = await reported(wall, at, start=at - timedelta(hours=1))
        everything, last = today[""], hour[""]
        for what in ("offered", "answered", "abandoned"):
            since = int(everything[what]) - int(before[""][what])
            assert since == (2 if what == "offered" else 1), what
        assert await figure(wall, "今日接听").inner_text() == everything["answered"]
        assert await figure(wall, "今日放弃率").inner_text() == share(everything["abandon_rate"])
        assert await figure(wall, "今日服务水平").inner_text() == share(everything["service_level"])
        assert await figure(wall, "近一小时服务水平").inner_text() == share(last["service_level"])
        queue = wall.page.get_by_role("row", name="综合 普通话")
        level = today["general-zh"]["service_level"]
        assert await queue.get_by_role("cell").last.inner_text() == share(level)


def figure(seat: Seat, name: str) -> Locator:
    """A figure at the top of the wall."""
    return seat.page.locator(".wall-figures > div").filter(has_text=name).locator("dd")


async def shown_at(seat: Seat) -> datetime:
    """Wait until the wall shows what it asks for now; returns of when that is."""
    async with seat.page.expect_response("**/api/v1/wall", timeout=LATE) as asked:
        pass
    at = datetime.fromisoformat((await (await asked.value).json())["at"])
    clock = at.astimezone(SHANGHAI).strftime("%H:%M:%S")

    async def drawn() -> bool:
        return clock in await seat.page.locator(".wall header").inner_text()

    await until(drawn, within=5, what="the wall to be drawn", every=0.02)
    return at


async def reported(seat: Seat, at: datetime, *, start: datetime | None = None) -> dict[str, Row]:
    """The report of service up to a moment as a table, by queue; from midnight in Shanghai."""
    day = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {"start": (start or day).isoformat(), "end": at.isoformat(), "form": "csv"}
    told = await seat.page.request.get(
        f"http://{seat.screen.origin}/api/v1/reports/service", params=asked
    )
    assert told.ok, await told.text()
    return {row["queue"]: row for row in csv.DictReader(io.StringIO(await told.text()))}


def share(reported: str) -> str:
    """A share of a report as the wall writes it."""
    return f"{int(float(reported) * 100 + 0.5)}%" if reported else "–"
