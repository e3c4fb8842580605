"""Phones that vanish, garbage on the wire, a disk that is full: the others notice nothing."""

import asyncio
import contextlib
import os
import random
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cardline.sim.phone import Manners
from tests.journeys.desk import Desk, kinds
from tests.journeys.people import AGENT_HZ, CALLER_HZ, Stage, talks
from tests.journeys.program import Program, until
from tests.journeys.recordings import recording_of

Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]
MEDIA_TIMEOUT = 3


@pytest.fixture
async def impatient(make_program: Callable[..., Program], lead_token: str) -> AsyncIterator[Stage]:
    """A server that takes a phone for gone after three seconds without sound."""
    program = make_program(environment={"CARDLINE_MEDIA_TIMEOUT": str(MEDIA_TIMEOUT)})
    await program.start()
    stage = Stage(program, Desk(program, lead_token))
    yield stage
    await stage.strike()
    await program.stop()


async def test_a_caller_whose_phone_vanishes_is_closed_and_the_agent_freed(
    impatient: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await impatient.agent(agents_for()[0])
    caller, _ = await talks(impatient, strangers(), agent)
    alone = await impatient.caller(strangers())
    await alone.choose("zh")
    for vanishing in (caller, alone):
        vanishing.phone.manners = Manners(drop_bye=True)
        vanishing.call.vanish()
    for vanished in (caller, alone):
        told = await vanished.closed(recorded=True)
        assert told["outcome"] == "media-timeout"
        assert recording_of(impatient.program, told).seconds > 1
    await agent.becomes("wrap-up")
    assert agent.phone.calls == []


async def test_a_caller_whose_agent_vanishes_goes_back_to_the_queue_and_is_served_first(
    impatient: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    first = await impatient.agent(agents_for()[0])
    caller, _ = await talks(impatient, strangers(), first)
    later = await impatient.caller(strangers())
    await later.choose("zh")
    await later.press("0")
    await later.hears("hold_music")
    talk = first.phone.calls[0]
    first.phone.manners = Manners(drop_bye=True)
    talk.vanish()
    await caller.hears("connecting|hold_music", within=MEDIA_TIMEOUT + 20)

    async def both_wait() -> bool:
        return sum(queue["waiting"] for queue in await impatient.lead.get("/queues")) == 2

    await until(both_wait, within=15, what="both callers in the queue")
    gone = await first.now()
    assert (gone["state"], [one["code"] for one in gone["reasons"]]) == (
        "not-ready",
        ["not-ready.phone-failed"],
    )
    second = await impatient.agent(agents_for()[1])
    again = await second.rings()
    assert again.user == caller.number
    await again.answered(within=10)
    await caller.ear.person(AGENT_HZ)


async def test_garbage_on_the_wire_disturbs_nobody(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller, agent_ear = await talks(stage, strangers(), agent)
    host, _, port = stage.program.sip.partition(":")
    chance = random.Random(20261122)
    line = stage.program.line
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        for number in range(500):
            size = chance.randrange(1, 1400)
            data = chance.randbytes(size)
            if number % 3 == 0:
                data = b"INVITE sip:hotline@127.0.0.1 SIP/2.0\r\nVia: " + data
            if number % 7 == 0:
                data = b"SIP/2.0 200 OK\r\nCSeq: " + data
            noise.sendto(data, (host, int(port)))
            if number % 50 == 0:
                await asyncio.sleep(0.02)
        for low in range(100):
            noise.sendto(chance.randbytes(172), (host, int(_rtp(stage.program)) + 2 * low))
    caller.ear.forget()
    agent_ear.forget()
    await asyncio.gather(caller.ear.person(AGENT_HZ), agent_ear.person(CALLER_HZ))
    newcomer = await stage.caller(strangers())
    await newcomer.hears("greeting")
    assert stage.program.line.pid == line.pid
    assert (await stage.program.readiness())["ready"]


def _rtp(program: Program) -> str:
    return program.environment["CARDLINE_RTP"].partition("-")[0]


@pytest.fixture
def small_disk(tmp_path: Path, as_root: None) -> Iterator[Path]:
    """A disk of its own for recordings in progress, to be filled."""
    folder = tmp_path / "home0" / "spool"
    folder.mkdir(parents=True)
    _mount(folder, "size=600m,mode=700")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")


def fill(disk: Path, filler: Path) -> None:
    """Take all room that is left; what is written meanwhile takes some of it first."""
    for _ in range(20):
        room = os.statvfs(disk)
        with filler.open("wb") as full, contextlib.suppress(OSError):
            os.posix_fallocate(full.fileno(), 0, room.f_bavail * room.f_frsize)
            return
    raise AssertionError("the disk could not be filled")


async def test_calls_go_on_when_the_disk_of_recordings_is_full_and_the_gap_is_on_record(
    small_disk: Path,
    make_program: Callable[..., Program],
    lead_token: str,
    strangers: Strangers,
    agents_for: AgentsFor,
) -> None:
    program = make_program()
    await program.start()
    stage = Stage(program, Desk(program, lead_token))
    agent = await stage.agent(agents_for()[0])
    caller, agent_ear = await talks(stage, strangers(), agent)
    assert (await program.readiness())["alarms"] == []
    await asyncio.sleep(1.0)

    filler = small_disk / "filler"
    fill(small_disk, filler)

    async def alarmed() -> bool:
        alarms = (await program.readiness())["alarms"]
        return "recording-failed" in [alarm["code"] for alarm in alarms]

    await until(alarmed, within=10, what="an alarm")
    caller.ear.forget()
    agent_ear.forget()
    await asyncio.gather(caller.ear.person(AGENT_HZ), agent_ear.person(CALLER_HZ))
    assert (await program.readiness())["ready"]
    newcomer = await stage.caller(strangers())
    await newcomer.hears("greeting")
    await newcomer.choose("zh")
    await asyncio.sleep(1.5)

    filler.unlink()

    async def calm() -> bool:
        return (await program.readiness())["alarms"] == []

    await until(calm, within=15, what="the end of the alarm")
    await asyncio.sleep(1.0)
    await caller.hang_up()
    await newcomer.hang_up()
    told = await caller.closed(recorded=True)
    assert told["recording"]["gaps"]
    wav = recording_of(program, told)
    lasted = (wav.seconds, told["recording"]["gaps"])
    assert wav.seconds > 3, lasted
    assert "alarm.raised" in kinds(told)
    assert told["journal"]["intact"]
    await stage.strike()
    await program.stop()
