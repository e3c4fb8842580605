"""The page of the desk goes away in mid-call and comes back; its sound is tested before."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Route, expect

from tests.journeys.browser import chromium
from tests.journeys.desk import kinds
from tests.journeys.desk_agents import LATE, Seat, at_the_desk, served
from tests.journeys.people import AGENT_HZ, Stage
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
_REMEMBERS_ALERTS = """
window.alerts = [];
new MutationObserver(() => {
  for (const one of document.querySelectorAll('.phone .bad, .ant-message-error'))
    if (!window.alerts.includes(one.textContent)) window.alerts.push(one.textContent);
}).observe(document, { subtree: true, childList: true, characterData: true })
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def agent(stage: Stage, browser: Browser, agents_for: AgentsFor) -> AsyncIterator[Seat]:
    """An agent at the desk, ready."""
    async with at_the_desk(browser, stage.program, agents_for()[1]) as seat:
        await seat.page.add_init_script(_REMEMBERS_ALERTS)
        yield await seat.sit_down()


async def test_who_hangs_up_while_the_page_rejoins_after_a_reload_reads_of_no_failure(
    stage: Stage, strangers: Strangers, agent: Seat
) -> None:
    page = agent.page
    asked, over = asyncio.Event(), asyncio.Event()

    async def too_late(route: Route) -> None:
        asked.set()
        await over.wait()
        await route.continue_()

    caller = await served(stage, strangers(), agent)
    await page.route("**/softphone/legs/*/answer", too_late)
    await page.reload()
    await asyncio.wait_for(asked.wait(), LATE / 1000)
    await agent.button("挂断").click()
    await caller.hears("goodbye")
    await expect(page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    async with page.expect_response("**/softphone/legs/*/answer", timeout=LATE) as answer:
        over.set()
    assert (await answer.value).status in (404, 409)
    await page.unroute_all()
    # The next call is taken and ended as if nothing had been.
    await agent.desk.post("/agents/me/state", state="ready")
    caller = await served(stage, strangers(), agent)
    assert await page.evaluate("alerts") == []
    await page.reload()
    await agent.button("挂断").click(timeout=LATE)
    await caller.hears("goodbye")
    await expect(page.locator(".phone.idle")).to_be_visible(timeout=LATE)
    assert await page.evaluate("alerts") == []


async def test_a_tab_that_sleeps_keeps_its_call_and_rejoins_when_it_wakes(
    stage: Stage, browser: Browser, strangers: Strangers, agent: Seat
) -> None:
    caller = await served(stage, strangers(), agent)
    page = agent.page
    await agent.press("g", "c")
    await page.locator("#note").fill("客户问还款日")
    async with asleep(browser):
        await caller.hears("hold_notice", "common/hold_music", within=30)
    await expect(page.locator("#note")).to_have_value("客户问还款日", timeout=LATE)
    await agent.sees("通话中")
    await expect(page.get_by_role("alert").filter(has_text="连接已断开")).to_have_count(
        0, timeout=LATE
    )
    caller.ear.forget()
    await asyncio.gather(caller.ear.person(AGENT_HZ, within=30), agent.gets_sound())
    await caller.hang_up()
    told = await caller.closed()
    assert [kinds(told).count(kind) for kind in ("party.away", "party.back")] == [1, 1]
    assert kinds(told).count("offer.accepted") == 1


@asynccontextmanager
async def asleep(browser: Browser) -> AsyncIterator[None]:
    """Stop what draws the pages of a browser, as a machine does that is closed: timers and sound.

    Chromium freezes no page by itself that is in a call (``Page.setWebLifecycleState`` tells such a
    page that it is frozen, and its timers go on).
    """
    session = await browser.new_browser_cdp_session()
    told = await session.send("SystemInfo.getProcessInfo")
    pages = [one["id"] for one in told["processInfo"] if one["type"] == "renderer"]
    assert pages
    try:
        for one in pages:
            os.kill(one, signal.SIGSTOP)
        yield
    finally:
        for one in pages:
            os.kill(one, signal.SIGCONT)


async def test_microphone_and_loudspeaker_are_tested_before_any_call(
    browser: Browser, stage: Stage, agents_for: AgentsFor
) -> None:
    async with at_the_desk(browser, stage.program, agents_for()[1]) as seat:
        page, dialog = seat.page, seat.dialog
        await page.evaluate(_LISTENS)
        await seat.button("音频设置").click()
        await seat.button("测试麦克风", within=dialog).click()
        level = dialog.get_by_role("meter", name="音量")
        await level_is(level, lambda one: 0.6 < one < 1)
        await seat.screen.check_access(english=True)
        await seat.screen.picture("devices-tested")
        await page.evaluate("loudness.gain.value = 0")
        await level_is(level, lambda one: one == 0)
        await seat.button("停止测试", within=dialog).click()
        await expect(level).to_have_count(0)
        assert await page.evaluate("microphone.getTracks()[0].readyState") == "ended"

        speaker = dialog.get_by_label("扬声器", exact=True)
        await expect(speaker.locator("option").nth(1)).to_be_attached(timeout=LATE)
        await speaker.select_option(index=1)

        async def three_tones() -> bool:
            await seat.button("播放测试音", within=dialog).click()
            return list(await page.evaluate("tones()")) == [523, 659, 784]

        await until(three_tones, within=LATE / 1000, what="three rising tones", every=0.1)
        assert await page.evaluate("sink()") == await speaker.input_value()


_LISTENS = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext()
    await context.resume()
    const [voice, out] = [context.createOscillator(), context.createMediaStreamDestination()]
    window.loudness = context.createGain()
    loudness.gain.value = 0.3
    voice.connect(loudness).connect(out)
    voice.start()
    return (window.microphone = out.stream)
  }
  const ears = [], connect = AudioNode.prototype.connect
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      const ear = this.context.createAnalyser()
      ear.fftSize = 4096
      ear.smoothingTimeConstant = 0
      connect.call(this, ear)
      ears.push(ear)
    }
    return connect.call(this, to, ...more)
  }
  const loudest = (ear) => {
    const levels = new Float32Array(ear.frequencyBinCount)
    ear.getFloatFrequencyData(levels)
    const top = levels.indexOf(Math.max(...levels)), bin = ear.context.sampleRate / ear.fftSize
    const found = [523, 659, 784].find((hertz) => Math.abs(hertz - top * bin) < bin)
    return levels[top] > -40 ? (found ?? 0) : 0
  }
  // What sounds towards the loudspeaker in the next second and a half, in its order.
  window.tones = () => new Promise((done) => {
    const heard = []
    const timer = setInterval(() => {
      for (const found of ears.map(loudest))
        if (found && heard.at(-1) !== found && !heard.includes(found)) heard.push(found)
    }, 10)
    setTimeout(() => { clearInterval(timer); ears.splice(1); done(heard) }, 1500)
  })
  window.sink = () => ears[0].context.sinkId
}"""


async def level_is(level: Locator, fits: Callable[[float], bool]) -> None:
    """Wait until the meter shows such a level."""

    async def so() -> bool:
        return fits(float(await level.get_attribute("value") or -1))

    await until(so, within=LATE / 1000, what="the level of the microphone", every=0.1)
