"""More than two: consultation and transfer, three-way, a whisper, a listener, a parked caller."""

import asyncio
import json
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from cardline.adapters.sip.g711 import recode
from cardline.ports.line.commands import Connect, Dial, HangUp, Play, StopPlay
from cardline.ports.line.events import Answered, Gone, Key
from tests.wire.bare_rtp import Rtp
from tests.wire.bare_sip import Caller, Phone, caller, phone, sdp, talk
from tests.wire.line_support import RunningLine, packets, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line"), "--media-timeout", "60") as line:
        yield line


async def _join(line: RunningLine, call: str, agent: Phone, leg: str) -> None:
    await line.send(Dial(call=call, leg=leg, target=agent.uri, from_user="138"))
    await agent.invited()
    await agent.answer()
    await line.expect(Answered, call=call, party=leg)


async def _pair(line: RunningLine, someone: Caller, agent: Phone) -> str:
    """A caller who talks with an agent, relayed."""
    call = await talk(line, someone)
    await _join(line, call, agent, "L1")
    await line.send(Connect(call=call, hears={"caller": ("L1",), "L1": ("caller",)}))
    await _says(someone.rtp, someone.media, 0x21, heard_by=[agent.rtp])
    await _says(agent.rtp, agent.media, 0x22, heard_by=[someone.rtp])
    return call


async def _says(
    rtp: Rtp,
    to: tuple[str, int],
    byte: int,
    *,
    heard_by: list[Rtp] | None = None,
    not_by: list[Rtp] | None = None,
) -> None:
    """One says something: these hear it, those do not."""
    for other in [*(heard_by or []), *(not_by or [])]:
        other.heard.clear()
    voice = asyncio.create_task(rtp.talk(to, 1.5, byte=byte))
    for other in heard_by or []:
        await other.wait_for(byte, within=1.4)
    await asyncio.sleep(0.1 if heard_by else 0.4)
    voice.cancel()
    for other in not_by or []:
        assert byte not in other.bytes_heard()


async def test_a_consultation_then_the_transfer(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as first, phone() as second:
        call = await _pair(line, someone, first)
        await _join(line, call, second, "L2")
        await line.send(Connect(call=call, hears={"L1": ("L2",), "L2": ("L1",)}))
        await line.send(Play(call=call, play="m", pieces=("zh/one",), loop=True))
        await first.moved()
        await _says(first.rtp, first.media, 0x32, heard_by=[second.rtp], not_by=[someone.rtp])
        await _says(second.rtp, second.media, 0x33, heard_by=[first.rtp], not_by=[someone.rtp])
        await _says(someone.rtp, someone.media, 0x31, not_by=[first.rtp, second.rtp])
        # The first agent hands over and leaves.
        await line.send(StopPlay(call=call))
        await line.send(HangUp(call=call, party="L1"))
        await line.send(Connect(call=call, hears={"caller": ("L2",), "L2": ("caller",)}))
        await first.peer.expect("BYE ")
        await line.expect(Gone, call=call, party="L1", cause="ended")
        await _says(someone.rtp, someone.media, 0x41, heard_by=[second.rtp])
        # Then it is a talk of two and needs no mixer any more.
        await second.moved()
        await asyncio.sleep(0.1)
        await _says(someone.rtp, someone.media, 0x43, heard_by=[second.rtp])
        await _says(second.rtp, second.media, 0x44, heard_by=[someone.rtp])
        await someone.rtp.press(someone.media, "1")
        await line.expect(Key, call=call, party="caller", digit="1")
        await someone.hang_up()
        await line.expect(Gone, call=call, party="caller")
        recorded = {p[0] for _, _, k, p in packets(line.spool / f"{call}=f.pcap") if k == 0}
        assert {0x21, 0x22, 0x31, 0x41, 0x43, 0x44} <= recorded
        assert not {0x32, 0x33} & recorded  # the agents' talk among themselves


async def test_three_hear_each_other_and_the_caller_hears_both_in_the_recording(
    line: RunningLine,
) -> None:
    async with caller(line) as someone, phone() as first, phone() as second:
        call = await _pair(line, someone, first)
        await _join(line, call, second, "L2")
        everybody = {
            "caller": ("L1", "L2"),
            "L1": ("caller", "L2"),
            "L2": ("caller", "L1"),
        }
        await line.send(Connect(call=call, hears=everybody))
        await first.moved()
        await _says(someone.rtp, someone.media, 0x31, heard_by=[first.rtp, second.rtp])
        await _says(first.rtp, first.media, 0x32, heard_by=[someone.rtp, second.rtp])
        await _says(second.rtp, second.media, 0x33, heard_by=[someone.rtp, first.rtp])
        await second.rtp.press(second.media, "7")
        await line.expect(Key, call=call, party="L2", digit="7")
        await someone.hang_up()
        await line.expect(Gone, call=call, party="caller")
        recorded = {p[0] for _, _, k, p in packets(line.spool / f"{call}=f.pcap") if k == 0}
        assert {0x31, 0x32, 0x33} <= recorded
        marks = [json.loads(x) for x in (line.spool / f"{call}.marks").read_text().splitlines()]
        assert any(mark["mark"] == "media" and mark["party"] == "mixer" for mark in marks)
        assert any(mark["mark"] == "connect" and mark["mixed"] for mark in marks)


async def test_a_supervisor_whispers_to_the_agent_alone(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent, phone() as supervisor:
        call = await _pair(line, someone, agent)
        await _join(line, call, supervisor, "S")
        whisper = {
            "caller": ("L1",),
            "L1": ("caller", "S"),
            "S": ("caller", "L1"),
        }
        await line.send(Connect(call=call, hears=whisper))
        await agent.moved()
        await _says(
            supervisor.rtp,
            supervisor.media,
            0x35,
            heard_by=[agent.rtp],
            not_by=[someone.rtp],
        )
        await _says(someone.rtp, someone.media, 0x31, heard_by=[agent.rtp, supervisor.rtp])
        # A supervisor who only listens, then leaves.
        await line.send(Connect(call=call, hears=whisper | {"L1": ("caller",)}))
        await asyncio.sleep(0.1)
        await _says(supervisor.rtp, supervisor.media, 0x36, not_by=[agent.rtp, someone.rtp])
        await _says(agent.rtp, agent.media, 0x32, heard_by=[someone.rtp, supervisor.rtp])
        supervisor.request("BYE")
        await line.expect(Gone, call=call, party="S", cause="hung-up")
        await agent.moved()
        await asyncio.sleep(0.1)
        await _says(agent.rtp, agent.media, 0x37, heard_by=[someone.rtp])
        await _says(someone.rtp, someone.media, 0x38, heard_by=[agent.rtp])


async def test_a_parked_caller_is_heard_by_nobody_until_taken_back(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await _pair(line, someone, agent)
        await line.send(Connect(call=call, hears={}))
        await line.send(Play(call=call, play="m", pieces=("zh/one",), loop=True))
        await agent.moved()
        await _says(someone.rtp, someone.media, 0x31, not_by=[agent.rtp])
        await line.send(StopPlay(call=call))
        await _says(agent.rtp, agent.media, 0x32, not_by=[someone.rtp])
        await line.send(Connect(call=call, hears={"caller": ("L1",), "L1": ("caller",)}))
        await _says(agent.rtp, agent.media, 0x33, heard_by=[someone.rtp])
        await _says(someone.rtp, someone.media, 0x34, heard_by=[agent.rtp])


async def test_a_caller_who_changes_the_codec_is_still_heard(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await _pair(line, someone, agent)
        await someone.reinvite(sdp(someone.rtp.port, law="8"))
        await agent.moved()
        agent.rtp.heard.clear()
        someone.rtp.heard.clear()
        await asyncio.gather(
            someone.rtp.talk(someone.media, 0.6, byte=0x31, kind=8),
            agent.rtp.talk(agent.media, 0.6, byte=0x32),
        )
        assert {p[1] & 0x7F for p in someone.rtp.heard[5:]} == {8}
        assert {p[1] & 0x7F for p in agent.rtp.heard} == {0}
        in_the_other_law = int(recode(np.array([0x31], np.uint8), "alaw", "ulaw")[0])
        assert in_the_other_law in agent.rtp.bytes_heard()
        await someone.hang_up()
        await line.expect(Gone, call=call, party="caller")
