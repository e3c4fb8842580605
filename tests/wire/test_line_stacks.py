"""The line against two SIP stacks that are not its own: sipp, and the simulated phone."""

import asyncio
import hashlib
import os
import shutil
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cardline.ports.line.commands import (
    CALLER,
    Answer,
    Connect,
    Dial,
    Phone,
    Play,
    SetPhones,
    StopPlay,
)
from cardline.ports.line.events import Answered, Gone, Incoming, Key
from cardline.sim.dialog import Voice
from cardline.sim.endpoint import Manners
from cardline.sim.phone import Phone as DeskPhone
from cardline.sim.sound import tone
from tests.wire.line_support import RunningLine, free_port, packets, running_line, write_prompt

SIPP = Path(__file__).parent / "sipp"
needs_sipp = pytest.mark.skipif(
    shutil.which("sipp") is None or os.geteuid() != 0,
    reason="sipp (Debian: sip-tester) must be installed, and plays sound only as root",
)


@asynccontextmanager
async def hotline(line: RunningLine, agent: str) -> AsyncIterator[None]:
    """A small application: answers, plays, rings ``agent`` on key 1, connects."""

    async def serve() -> None:
        at = 0
        while True:
            while at < len(line.seen):
                event = line.seen[at]
                at += 1
                match event:
                    case Incoming(call=call):
                        await line.send(Answer(call=call))
                    case Answered(call=call, party="caller"):
                        music = ("common/hold_music",)
                        await line.send(Play(call=call, play="m", pieces=music, loop=True))
                    case Key(call=call, party="caller", digit="1"):
                        dial = Dial(call=call, leg="L1", target=agent, from_user="138")
                        await line.send(dial)
                    case Answered(call=call, party="L1"):
                        await line.send(StopPlay(call=call))
                        hears = {CALLER: ("L1",), "L1": (CALLER,)}
                        await line.send(Connect(call=call, hears=hears))
            await line.news()

    task = asyncio.create_task(serve())
    try:
        yield
    finally:
        task.cancel()


def _key_pcap(path: Path) -> None:
    """Half a second of A-law speech, key 1, half a second of speech."""
    frames: list[bytes] = []

    def add(kind: int, stamp: int, payload: bytes) -> None:
        rtp = struct.pack("!BBHII", 0x80, kind, len(frames), stamp, 7) + payload
        udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 1, 1) + udp
        frame = b"\x00" * 12 + b"\x08\x00" + ip
        micros = len(frames) * 20_000
        head = struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(frame), len(frame))
        frames.append(head + frame)

    for number in range(25):
        add(8, number * 160, b"\x35" * 160)
    for step in range(8):
        end = 0x80 if step > 4 else 0
        add(101, 4000, struct.pack("!BBH", 1, 10 | end, min(step + 1, 6) * 160))
    for number in range(33, 58):
        add(8, number * 160, b"\x35" * 160)
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    path.write_bytes(head + b"".join(frames))


@needs_sipp
async def test_thirty_callers_of_sipp_reach_thirty_agents_of_sipp(tmp_path: Path) -> None:
    _key_pcap(tmp_path / "key.pcap")
    scenario = (SIPP / "caller.xml").read_text().replace("[media]", str(tmp_path / "key.pcap"))
    (tmp_path / "caller.xml").write_text(scenario)
    agents, callers = free_port(), free_port()

    async def sipp(*options: object) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *("sipp", "-nostdin", "-i", "127.0.0.1", "-m", "30", "-timeout", "40"),
            *map(str, options),
            cwd=tmp_path,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async with (
        running_line(tmp_path) as line,
        hotline(line, f"sip:agent@127.0.0.1:{agents}"),
    ):
        answering = await sipp("-sf", SIPP / "agent.xml", "-p", agents, "-mp", 50000)
        calling = await sipp(
            *("-sf", tmp_path / "caller.xml", "-p", callers, "-mp", 52000, "-r", 15),
            *("-d", 2500, f"127.0.0.1:{line.port}"),
        )
        assert await calling.wait() == 0
        assert await answering.wait() == 0
        async with asyncio.timeout(5):
            while line.count(Gone, party="caller") < 30:
                await line.news()
        assert line.count(Key, party="caller", digit="1") == 30
        assert line.count(Gone, party="caller", cause="hung-up") == 30
        recordings = list(line.spool.glob("*.pcap"))
        assert len(recordings) == 30
        for recording in recordings:
            assert sum(payload == b"\x35" * 160 for *_, payload in packets(recording)) >= 48


async def test_a_simulated_caller_and_a_registered_agent_talk(tmp_path: Path) -> None:
    async with running_line(tmp_path) as line:
        write_prompt(line.prompts, "common/hold_music", byte=40)
        secret = hashlib.md5(b"li:cardline:horse").hexdigest()
        await line.send(SetPhones(phones=(Phone(user="li", ha1=secret),)))
        async with (
            hotline(line, "phone:li"),
            DeskPhone(user="li", password="horse", voice=Voice(sound=tone(900))) as agent,
            DeskPhone(user="13800138000", voice=Voice(sound=tone(500))) as someone,
        ):
            await agent.register(f"sip:127.0.0.1:{line.port}")
            call = await someone.call(f"sip:hotline@127.0.0.1:{line.port}", within=5)
            await call.press("1")
            taken = await agent.next_call(within=5)
            await call.heard_tone(900, within=5)
            await taken.heard_tone(500, within=5)
            await taken.hold()
            await taken.resume()
            await call.heard_tone(900, within=5)
            await call.move_media()
            await taken.heard_tone(500, within=5)
            await call.heard_tone(900, within=5)
            await taken.hang_up()
            await line.expect(Gone, party="L1", cause="hung-up")
            await call.hang_up()
            await line.expect(Gone, party="caller", cause="hung-up")


@pytest.mark.parametrize(
    "manners",
    [
        Manners(duplicate_requests=True),
        Manners(cancel_on_answer=True),
        Manners(lose=0.15),
    ],
    ids=["everything twice", "cancel crosses the answer", "a bad network"],
)
async def test_a_caller_with_odd_manners_leaves_nothing_behind(
    tmp_path: Path, manners: Manners
) -> None:
    async with running_line(tmp_path) as line, hotline(line, "phone:nobody"):
        async with DeskPhone(user="1380", manners=manners) as someone:
            call = someone.dial(f"sip:hotline@127.0.0.1:{line.port}")
            incoming = await line.expect(Incoming, within=10)
            await asyncio.sleep(1)
            await call.hang_up()
            await line.expect(Gone, call=incoming.call, party="caller", within=15)
        assert line.count(Incoming) == 1
        assert line.count(Gone, party="caller") == 1
        await line.disconnect()
        assert (await line.connect()).calls == ()
