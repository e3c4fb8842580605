"""What goes wrong with a browser in place of a phone (row A4), in real Chromium."""

import os
import re
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from cardline.ports.line.commands import Connect, Dial, WebAnswer
from cardline.ports.line.events import (
    Alarm,
    Answered,
    Failed,
    Gone,
    Ringing,
    Silent,
    WebAnswered,
    WebRefused,
)
from tests.journeys.browser import chromium
from tests.wire.line_support import RunningLine, media_child, running_line
from tests.wire.web_support import PATIENCE, needs_chromium, web_phone
from tests.wire.web_talk import AGENT_HZ, CALLER_HZ, OTHER_HZ, TONES, calls, somebody, talk

pytestmark = [pytest.mark.asyncio(loop_scope="module"), needs_chromium]

WRONG = "11:22:" * 15 + "33:44"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line"), "--media-timeout", "6") as line:
        yield line


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def rung(line: RunningLine, call: str) -> None:
    await line.send(Dial(call=call, leg="L1", target="web:a1", from_user="138"))
    await line.expect(Ringing, call=call, party="L1", within=PATIENCE)


@pytest.mark.parametrize(
    "text", ["", "garbage", "v=0", "v=0\r\nm=audio", "m=" * 500_000, "\x00\xff\u4e2d\n" * 1000]
)
async def test_an_offer_that_is_none_fails_the_leg_and_nothing_else(
    line: RunningLine, text: str
) -> None:
    async with somebody() as someone:
        call, speaking = await calls(line, someone)
        await rung(line, call)
        await line.send(WebAnswer(call=call, leg="L1", sdp=text))
        await line.expect(Failed, call=call, party="L1", status=488, within=PATIENCE)
        await speaking.press("1")
        await speaking.hang_up()
        await line.expect(Gone, call=call, party="caller", cause="hung-up", within=PATIENCE)


async def test_an_offer_without_the_callers_codec_fails(
    line: RunningLine, browser: Browser
) -> None:
    async with somebody("alaw") as someone, web_phone(browser, AGENT_HZ) as agent:
        call, _ = await calls(line, someone)
        await rung(line, call)
        offer = re.sub(r"(?m)^(m=audio .*) 8 ", r"\1 ", await agent.offer())
        await line.send(WebAnswer(call=call, leg="L1", sdp=offer))
        failed = await line.expect(Failed, call=call, party="L1", status=488, within=PATIENCE)
        assert failed.reason == "not the caller's codec"


async def test_a_talk_outlives_an_offer_that_is_none(line: RunningLine, browser: Browser) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await talk(line, someone, agent)
        await line.send(WebAnswer(call=call, leg="L1", sdp="garbage"))
        await line.expect(WebRefused, call=call, party="L1", status=488, within=PATIENCE)
        await agent.press("5")
        await speaking.heard_key("5", within=PATIENCE)
        assert line.count(Gone, call=call) == 0


async def test_a_browser_that_takes_no_answer_fails(line: RunningLine, browser: Browser) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, _ = await calls(line, someone)
        await rung(line, call)
        await line.send(WebAnswer(call=call, leg="L1", sdp=await agent.offer()))
        await line.expect(WebAnswered, call=call, party="L1", within=PATIENCE)
        await line.expect(Failed, call=call, party="L1", status=408, within=PATIENCE)
        assert line.count(Answered, call=call, party="L1") == 0


@pytest.mark.parametrize("whose", ["ours", "the browser's"])
async def test_a_certificate_that_was_not_named_is_not_spoken_with(
    line: RunningLine, browser: Browser, whose: str
) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, _ = await calls(line, someone)
        await rung(line, call)
        offer = await agent.offer()
        if whose != "ours":
            offer = _with_wrong_fingerprint(offer)
        await line.send(WebAnswer(call=call, leg="L1", sdp=offer))
        answer = (await line.expect(WebAnswered, call=call, party="L1", within=PATIENCE)).sdp
        if whose == "ours":
            answer = _with_wrong_fingerprint(answer)
        await agent.page.evaluate("(sdp) => answered(sdp)", answer)
        await line.expect(Failed, call=call, party="L1", status=408, within=PATIENCE)
        assert line.count(Answered, call=call, party="L1") == 0


async def test_a_talk_outlives_another_browser_that_never_comes(
    line: RunningLine, browser: Browser
) -> None:
    async with (
        somebody() as someone,
        web_phone(browser, AGENT_HZ) as agent,
        web_phone(browser, OTHER_HZ) as other,
    ):
        call, speaking = await talk(line, someone, agent)
        await line.send(WebAnswer(call=call, leg="L1", sdp=await other.offer()))
        await line.expect(WebAnswered, call=call, party="L1", within=PATIENCE)
        await line.expect(WebRefused, call=call, party="L1", status=408, within=PATIENCE)
        await speaking.heard_tone(AGENT_HZ, within=PATIENCE)
        await agent.hears(CALLER_HZ, among=TONES)


async def test_a_tab_that_is_killed_is_noticed_and_given_up(
    line: RunningLine, browser: Browser
) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await talk(line, someone, agent)
        await agent.crash()
        await line.expect(Silent, call=call, party="L1", within=PATIENCE)
        await line.expect(Gone, call=call, party="L1", cause="media-timeout", within=PATIENCE)
        await speaking.press("1")
        assert line.count(Gone, call=call, party="caller") == 0


async def test_an_application_that_comes_back_learns_of_the_browser_that_is_silent(
    line: RunningLine, browser: Browser
) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, _ = await talk(line, someone, agent)
        await agent.page.close()
        await line.expect(Silent, call=call, party="L1", within=PATIENCE)
        await line.disconnect()
        hello = await line.connect()
        (leg,) = next(found.legs for found in hello.calls if found.call == call)
        assert (leg.target, leg.answered, leg.silent) == ("web:a6101", True, True)


async def test_browsers_die_with_the_media_process_and_the_next_is_served(
    line: RunningLine, browser: Browser
) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, _ = await talk(line, someone, agent)
        os.kill(media_child(line), signal.SIGKILL)
        await line.expect(Alarm, code="media-restarted", within=PATIENCE)
        await line.expect(Gone, call=call, party="L1", within=PATIENCE)
        await line.expect(Gone, call=call, party="caller", cause="line-failed", within=PATIENCE)
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await calls(line, someone)
        await agent.join(line, call, "L1")
        await line.send(Connect(call=call, hears={"caller": ("L1",), "L1": ("caller",)}))
        await speaking.heard_tone(AGENT_HZ, within=PATIENCE)


def _with_wrong_fingerprint(sdp: str) -> str:
    return re.sub(r"(?mi)^(a=fingerprint:sha-256) \S+", rf"\1 {WRONG}", sdp)
