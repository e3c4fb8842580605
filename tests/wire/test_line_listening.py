"""The line listens to the callee of a placed call: real SIP, real RTP, what it tells of them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from cardline.ports.line.commands import CALLER, Connect, Dial, HangUp, Listen, Place
from cardline.ports.line.events import Answered, Gone, Sound
from cardline.sim.phone import ANSWER, Phone, Voice
from cardline.sim.sound import RATE, Law, Samples, murmur, tone
from cardline.sim.sound import Sound as Played
from tests.wire.line_support import RunningLine, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        yield line


def quiet(seconds: float) -> Samples:
    return np.zeros(round(RATE * seconds), np.int16)


def talk(seconds: float) -> Samples:
    """Something like a voice: many tones at once, without a pause."""
    time = np.arange(round(RATE * seconds)) / RATE
    parts = [np.sin(2 * np.pi * hz * time) / (n + 1) for n, hz in enumerate((210, 430, 655, 1310))]
    return np.round(5000 * np.sum(parts, axis=0)).astype(np.int16)


def says(*parts: Samples, laws: tuple[Law, ...] = ("alaw",)) -> Voice:
    return Voice(laws, Played(np.concatenate(parts), loops=False), keep_seconds=30)


def beep(seconds: float) -> Samples:
    return np.tile(tone(1000).samples, 2)[: round(RATE * seconds)]


async def placed(line: RunningLine, phone: Phone, call: str, *, seconds: float) -> float:
    """Call a phone and wait for its answer; returns when that was."""
    host, port = phone.address
    await line.send(
        Place(call=call, target=f"sip:x@{host}:{port}", from_user="4000", listen_seconds=seconds)
    )
    return (await line.expect(Answered, call=call, party=CALLER)).at


async def told(line: RunningLine, call: str, what: str) -> Sound:
    """The next word of the line about what a callee says, which must be of this kind."""
    sound = await line.expect(Sound, call=call)
    assert sound.kind == what, sound
    return sound


@pytest.mark.parametrize("law", ["alaw", "ulaw"])
async def test_a_word_and_a_tone_are_told_with_their_times(line: RunningLine, law: Law) -> None:
    voice = says(quiet(0.4), talk(0.5), quiet(0.6), beep(0.4), laws=(law,))
    async with Phone(policy=ANSWER, voice=voice) as phone:
        call = f"listen-{law}"
        await placed(line, phone, call, seconds=6)
        word, over = await told(line, call, "speech"), await told(line, call, "speech")
        assert word.ended is None
        assert over.ended is not None
        assert over.began == word.began
        assert over.ended - over.began == pytest.approx(0.5, abs=0.08)
        begun, ended = await told(line, call, "tone"), await told(line, call, "tone")
        assert begun.ended is None
        assert ended.ended is not None
        assert ended.hz == pytest.approx(1000, abs=8)
        assert ended.ended - ended.began == pytest.approx(0.4, abs=0.08)
        assert begun.began - over.ended == pytest.approx(0.6, abs=0.08)
        assert line.count(Sound, call=call) == 4
        await line.send(HangUp(call=call))
        await line.expect(Gone, call=call, party=CALLER)


async def test_nobody_is_listened_to_unless_it_was_asked_for(line: RunningLine) -> None:
    async with Phone(policy=ANSWER, voice=Voice(sound=murmur())) as phone:
        await placed(line, phone, "deaf", seconds=0)
        await line.send(Listen(call="deaf", seconds=5))
        await told(line, "deaf", "speech")
        await line.send(Listen(call="deaf", seconds=0))
        await asyncio.sleep(0.3)
        before = line.count(Sound, call="deaf")
        await asyncio.sleep(1.0)
        assert line.count(Sound, call="deaf") == before
        await line.send(HangUp(call="deaf"))
        await line.expect(Gone, call="deaf", party=CALLER)


async def test_who_is_connected_is_heard_by_the_leg_and_no_longer_by_us(line: RunningLine) -> None:
    async with (
        Phone(policy=ANSWER, voice=Voice(("alaw",), tone(500), keep_seconds=10)) as callee,
        Phone(policy=ANSWER, voice=Voice(("alaw",), tone(900), keep_seconds=10)) as agent,
    ):
        await placed(line, callee, "joined", seconds=30)
        await told(line, "joined", "tone")
        host, port = agent.address
        await line.send(
            Dial(call="joined", leg="L1", target=f"sip:a@{host}:{port}", from_user="4000")
        )
        await line.expect(Answered, call="joined", party="L1")
        hears = {CALLER: ("L1",), "L1": (CALLER,)}
        await line.send(Connect(call="joined", hears=hears))
        talk_of_agent = await agent.next_call(within=5)
        await talk_of_agent.heard_tone(500, within=5)
        heard = line.count(Sound, call="joined")
        await asyncio.sleep(0.5)
        assert line.count(Sound, call="joined") == heard
        await line.send(HangUp(call="joined"))
        await line.expect(Gone, call="joined", party=CALLER)


async def test_a_listener_that_dies_costs_no_call_and_another_hears_on(line: RunningLine) -> None:
    async with Phone(policy=ANSWER, voice=Voice(("alaw",), tone(700))) as phone:
        await placed(line, phone, "goes-on", seconds=30)
        await told(line, "goes-on", "tone")
        end_listener(line)
        await another_is_heard(line)
        await told(line, "goes-on", "tone")
        assert line.count(Gone, call="goes-on") == 0
        await line.send(HangUp(call="goes-on"))
        await line.expect(Gone, call="goes-on", party=CALLER, cause="ended")


def end_listener(line: RunningLine) -> None:
    children = Path(f"/proc/{line.client.pid}/task/{line.client.pid}/children").read_text().split()
    for pid in children:
        if b"sip.listener" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(int(pid), signal.SIGKILL)
            return
    raise AssertionError("the line has no listener")


async def another_is_heard(line: RunningLine) -> None:
    """Another call is listened to, by another listener."""
    async with Phone(policy=ANSWER, voice=Voice(("alaw",), tone(700))) as other:
        await placed(line, other, "after", seconds=30)
        await line.send(Listen(call="after", seconds=20))
        await told(line, "after", "tone")
        await line.send(HangUp(call="after"))
        await line.expect(Gone, call="after", party=CALLER)
