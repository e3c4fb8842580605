"""Browsers in place of phones, in real Chromium (row A4): talk, hold, three-way, refresh."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from cardline.adapters.sip import g711
from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.recording.making import build_recording
from cardline.ports.line.commands import Connect, Dial, HangUp, Play, StopPlay, WebAnswer
from cardline.ports.line.events import (
    Answered,
    Failed,
    Gone,
    Heard,
    Key,
    PlayEnded,
    Ringing,
    Silent,
    WebRefused,
)
from cardline.sim.phone import Phone, Voice
from cardline.sim.sound import tone
from tests.journeys.browser import chromium
from tests.wire.line_support import RunningLine, running_line
from tests.wire.test_recording_of_a_call import write_tone
from tests.wire.web_support import PATIENCE, needs_chromium, web_phone
from tests.wire.web_talk import (
    AGENT_HZ,
    CALLER_HZ,
    MUSIC_HZ,
    OTHER_HZ,
    TALK,
    TONES,
    calls,
    loud,
    marks,
    somebody,
    talk,
    tones,
    until,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), needs_chromium]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        write_tone(line.prompts, "zh/music", MUSIC_HZ, 1.0)
        yield line


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.mark.parametrize("law", ["alaw", "ulaw"])
async def test_both_hear_each_other(line: RunningLine, browser: Browser, law: Law) -> None:
    async with somebody(law) as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await calls(line, someone)
        await agent.join(line, call, "L1")
        await line.send(Connect(call=call, hears=TALK))
        await speaking.heard_tone(AGENT_HZ, within=PATIENCE)
        await agent.hears(CALLER_HZ, among=TONES)
        await agent.press("5#")
        await line.expect(Key, call=call, party="L1", digit="5", within=PATIENCE)
        await line.expect(Key, call=call, party="L1", digit="#", within=PATIENCE)
        await speaking.heard_key("#", within=PATIENCE)
        assert speaking.received.keys == ["5", "#"]
        await speaking.press("4")
        await line.expect(Key, call=call, party="caller", digit="4", within=PATIENCE)
        await speaking.hang_up()
        await line.expect(Gone, call=call, party="L1", cause="call-ended", within=PATIENCE)
        await line.expect(Gone, call=call, party="caller", cause="hung-up", within=PATIENCE)


async def test_a_browser_that_does_not_say_where_it_is_gets_through(
    line: RunningLine, browser: Browser
) -> None:
    # As behind address translation, or with hidden addresses: what it names leads nowhere.
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await calls(line, someone)
        await line.send(Dial(call=call, leg="L1", target="web:a6101", from_user="138"))
        await line.expect(Ringing, call=call, party="L1", within=PATIENCE)
        offer = re.sub(r"(?m)^a=candidate:.*\r\n", "", await agent.offer())
        await agent.take(line, call, "L1", offer=offer)
        await line.expect(Answered, call=call, party="L1", within=PATIENCE)
        await line.send(Connect(call=call, hears=TALK))
        await speaking.heard_tone(AGENT_HZ, within=PATIENCE)
        await agent.hears(CALLER_HZ, among=TONES)


async def test_a_page_that_offers_video_too_is_heard_and_not_seen(
    line: RunningLine, browser: Browser
) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        await agent.page.evaluate("alsoVideo = true")
        await talk(line, someone, agent)


async def test_hold_and_retrieve(line: RunningLine, browser: Browser) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await talk(line, someone, agent)
        await line.send(Connect(call=call, hears={}))
        await line.send(Play(call=call, play="m", pieces=("zh/music",), loop=True))
        await speaking.heard_tone(MUSIC_HZ, within=PATIENCE)
        await agent.hears(among=TONES)
        await line.send(StopPlay(call=call))
        await line.send(Connect(call=call, hears=TALK))
        await speaking.heard_tone(AGENT_HZ, within=PATIENCE)
        await agent.hears(CALLER_HZ, among=TONES)
        await until(lambda: not marks(line, call, "connect")[-1]["mixed"])
        await agent.gets_sound()


async def test_a_prompt_to_the_browser_alone(line: RunningLine, browser: Browser) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, _ = await talk(line, someone, agent)
        await line.send(Play(call=call, play="p", pieces=("zh/music",), party="L1", loop=True))
        await agent.hears(MUSIC_HZ, among=TONES)
        await line.send(StopPlay(call=call, party="L1"))
        await line.expect(PlayEnded, call=call, party="L1", cause="stopped", within=PATIENCE)
        await agent.gets_sound()


async def test_two_browsers_consult_and_then_all_three_talk(
    line: RunningLine, browser: Browser
) -> None:
    async with (
        somebody() as someone,
        web_phone(browser, AGENT_HZ) as first,
        web_phone(browser, OTHER_HZ) as second,
    ):
        call, speaking = await talk(line, someone, first)
        await second.join(line, call, "L2")
        await line.send(Connect(call=call, hears={"L1": ("L2",), "L2": ("L1",)}))
        await first.hears(OTHER_HZ, among=TONES)
        await second.hears(AGENT_HZ, among=TONES)
        await speaking.heard_silence(within=PATIENCE)
        everybody = {"caller": ("L1", "L2"), "L1": ("caller", "L2"), "L2": ("caller", "L1")}
        await line.send(Connect(call=call, hears=everybody))
        await first.hears(CALLER_HZ, OTHER_HZ, among=TONES)
        await second.hears(CALLER_HZ, AGENT_HZ, among=TONES)
        await until(lambda: tones(speaking) == {AGENT_HZ, OTHER_HZ})
        await second.press("7")
        await line.expect(Key, call=call, party="L2", digit="7", within=PATIENCE)
        # The first leaves the caller with the second; that needs no mixer any more.
        await line.send(HangUp(call=call, party="L1"))
        await line.expect(Gone, call=call, party="L1", cause="ended", within=PATIENCE)
        await line.send(Connect(call=call, hears={"caller": ("L2",), "L2": ("caller",)}))
        await second.hears(CALLER_HZ, among=TONES)
        await until(lambda: tones(speaking) == {OTHER_HZ})
        await until(lambda: not marks(line, call, "connect")[-1]["mixed"])
        await second.hears(CALLER_HZ, among=TONES)
        await until(lambda: tones(speaking) == {OTHER_HZ})
        await second.press("8")
        await speaking.heard_key("8", within=PATIENCE)


async def test_a_lead_in_a_browser_whispers_to_a_desk_phone(
    line: RunningLine, browser: Browser
) -> None:
    async with (
        somebody() as someone,
        Phone(user="8001", voice=Voice(laws=("alaw",), sound=tone(OTHER_HZ, 6000))) as desk,
        web_phone(browser, AGENT_HZ) as lead,
    ):
        call, speaking = await calls(line, someone)
        await line.send(Dial(call=call, leg="L1", target=desk.uri, from_user="138"))
        await line.expect(Answered, call=call, party="L1", within=PATIENCE)
        await line.send(Connect(call=call, hears=TALK))
        await lead.join(line, call, "S")
        whisper = {"caller": ("L1",), "L1": ("caller", "S"), "S": ("caller", "L1")}
        await line.send(Connect(call=call, hears=whisper))
        await lead.hears(CALLER_HZ, OTHER_HZ, among=TONES)
        heard = await desk.next_call(within=PATIENCE)
        await until(lambda: tones(heard) == {CALLER_HZ, AGENT_HZ})
        await until(lambda: tones(speaking) == {OTHER_HZ})


@pytest.mark.parametrize("mixed", [False, True])
async def test_a_page_that_is_refreshed_goes_on_talking(
    line: RunningLine, browser: Browser, mixed: bool
) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await talk(line, someone, agent)
        if mixed:
            await line.send(Connect(call=call, hears={"L1": ("caller",)}))
            await until(lambda: marks(line, call, "connect")[-1]["mixed"])
        await agent.refresh()
        await line.expect(Silent, call=call, party="L1", within=PATIENCE)
        agent.hertz = OTHER_HZ
        await agent.take(line, call, "L1")
        await line.expect(Heard, call=call, party="L1", within=PATIENCE)
        await agent.hears(CALLER_HZ, among=TONES)
        await line.send(Connect(call=call, hears=TALK))
        await speaking.heard_tone(OTHER_HZ, within=PATIENCE)
        await agent.press("9")
        await line.expect(Key, call=call, party="L1", digit="9", within=PATIENCE)
        assert line.count(Answered, call=call, party="L1") == 1
        assert line.count(Gone, call=call) == 0


async def test_another_tab_takes_over_without_a_silence(
    line: RunningLine, browser: Browser
) -> None:
    async with (
        somebody() as someone,
        web_phone(browser, AGENT_HZ) as before,
        web_phone(browser, OTHER_HZ) as after,
    ):
        call, speaking = await talk(line, someone, before)
        await after.take(line, call, "L1")
        await speaking.heard_tone(OTHER_HZ, within=PATIENCE)
        await after.hears(CALLER_HZ, among=TONES)
        await before.hears(among=TONES)
        assert line.count(Silent, call=call) == 0


async def test_a_muted_browser_is_not_a_silent_one(line: RunningLine, browser: Browser) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await talk(line, someone, agent)
        await agent.mute(True)
        await speaking.heard_silence(within=PATIENCE)
        await asyncio.sleep(3)
        await agent.mute(False)
        await speaking.heard_tone(AGENT_HZ, within=PATIENCE)
        assert line.count(Silent, call=call) == 0


async def test_the_agent_hangs_up(line: RunningLine, browser: Browser) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await talk(line, someone, agent)
        await line.send(HangUp(call=call, party="L1"))
        await line.expect(Gone, call=call, party="L1", cause="ended", within=PATIENCE)
        await agent.hears(among=TONES)
        await line.send(HangUp(call=call))
        await line.expect(Gone, call=call, party="caller", cause="ended", within=PATIENCE)
        await speaking.over(within=PATIENCE)


async def test_a_browser_without_an_answer_rings_out(line: RunningLine) -> None:
    async with somebody() as someone:
        call, _ = await calls(line, someone)
        await line.send(
            Dial(call=call, leg="L1", target="web:a1", from_user="138", ring_seconds=0.5)
        )
        await line.expect(Ringing, call=call, party="L1", within=PATIENCE)
        await line.expect(Failed, call=call, party="L1", status=408, within=PATIENCE)
        await line.send(WebAnswer(call=call, leg="L1", sdp="v=0"))
        await line.expect(WebRefused, call=call, party="L1", status=481, within=PATIENCE)
        await line.send(WebAnswer(call="c_gone", leg="L1", sdp="v=0"))
        await line.expect(WebRefused, call="c_gone", party="L1", status=481, within=PATIENCE)


async def test_ringing_in_a_browser_stops_when_it_is_hung_up(line: RunningLine) -> None:
    async with somebody() as someone:
        call, speaking = await calls(line, someone)
        await line.send(Dial(call=call, leg="L1", target="web:a1", from_user="138"))
        await line.expect(Ringing, call=call, party="L1", within=PATIENCE)
        await line.send(HangUp(call=call, party="L1"))
        await line.expect(Gone, call=call, party="L1", cause="cancelled", within=PATIENCE)
        await line.send(Dial(call=call, leg="L2", target="web:a1", from_user="138"))
        await line.expect(Ringing, call=call, party="L2", within=PATIENCE)
        await speaking.hang_up()
        await line.expect(Gone, call=call, party="L2", cause="call-ended", within=PATIENCE)


async def test_the_recording_holds_both_sides_over_a_refresh(
    line: RunningLine, browser: Browser
) -> None:
    async with somebody() as someone, web_phone(browser, AGENT_HZ) as agent:
        call, speaking = await talk(line, someone, agent)
        await asyncio.sleep(1)
        await agent.refresh()
        agent.hertz = OTHER_HZ
        await agent.take(line, call, "L1")
        await speaking.heard_tone(OTHER_HZ, within=PATIENCE)
        await asyncio.sleep(1)
        await speaking.hang_up()
        await line.expect(Gone, call=call, party="caller", within=PATIENCE)
    file = line.home / f"{call}.wav"
    recording = build_recording(line.spool, call, file)
    both = g711.decode(file.read_bytes()[58:], "ulaw").reshape(-1, 2)
    left, right = ({hz for hz in TONES if loud(both[:, side], hz)} for side in (0, 1))
    assert (left, right) == ({CALLER_HZ}, {AGENT_HZ, OTHER_HZ})
    assert recording.defects == ()
