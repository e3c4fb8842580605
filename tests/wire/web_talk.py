"""A caller on a SIP phone and an agent in a browser, each with a tone of their own."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import Law
from cardline.ports.line.commands import Answer, Connect
from cardline.ports.line.events import Answered, Incoming
from cardline.sim.dialog import Dialog
from cardline.sim.phone import Phone, Voice
from cardline.sim.sound import tone
from tests.wire.line_support import RunningLine
from tests.wire.web_support import PATIENCE, WebPhone

CALLER_HZ, AGENT_HZ, OTHER_HZ, MUSIC_HZ = 600, 1000, 1400, 440
TONES = (CALLER_HZ, AGENT_HZ, OTHER_HZ, MUSIC_HZ)
TALK = {"caller": ("L1",), "L1": ("caller",)}


def somebody(law: Law = "alaw", hertz: int = CALLER_HZ) -> Phone:
    voice = Voice(laws=(law,), sound=tone(hertz, level=6000))
    return Phone(user="+8613800138000", voice=voice)


async def calls(line: RunningLine, phone: Phone) -> tuple[str, Dialog]:
    """A call that was answered."""
    speaking = phone.dial(f"sip:hotline@127.0.0.1:{line.port}")
    call = (await line.expect(Incoming, within=PATIENCE)).call
    await line.send(Answer(call=call))
    await speaking.answered(within=PATIENCE)
    await line.expect(Answered, call=call, party="caller", within=PATIENCE)
    return call, speaking


async def talk(line: RunningLine, phone: Phone, agent: WebPhone) -> tuple[str, Dialog]:
    """A caller and a browser who hear each other."""
    call, speaking = await calls(line, phone)
    await agent.join(line, call, "L1")
    await line.send(Connect(call=call, hears=TALK))
    await speaking.heard_tone(agent.hertz, within=PATIENCE)
    await agent.hears(CALLER_HZ, among=TONES)
    return call, speaking


def loud(samples: NDArray[np.int16], hertz: int) -> bool:
    """This tone is somewhere in there."""
    pieces = [samples[at : at + 2400] for at in range(0, len(samples) - 2399, 2400)]
    return any(
        np.abs(np.fft.rfft(piece * np.hanning(2400)))[round(hertz * 0.3)] > 300 * 2400
        for piece in pieces
    )


def tones(heard: Dialog) -> set[int]:
    """Which of the known tones a phone hears now."""
    samples = heard.heard(0.3)
    return {hz for hz in TONES if len(samples) == 2400 and loud(samples, hz)}


async def until(is_so: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not is_so():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)


def marks(line: RunningLine, call: str, kind: str) -> list[dict[str, Any]]:
    lines = (line.spool / f"{call}.marks").read_text().splitlines()
    return [mark for mark in map(json.loads, lines) if mark["mark"] == kind]
