"""Noise and torture: the line stays up, answers what RFC 3261 asks, and makes no calls of it."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cardline.ports.line.commands import Refuse
from cardline.ports.line.events import Incoming
from tests.wire.bare_sip import Peer, caller, talk
from tests.wire.line_support import RunningLine, alive, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCEPTED = (100, 180)
TORTURE = {
    # what RFC 4475 asks of a server that is called, by its name for the message
    "badaspec": (400,),
    "badbranch": (200, 400),
    "baddn": (400,),
    "badvers": (505,),
    "clerr": (400,),
    "cparam02": (401,),
    "esc01": ACCEPTED,
    "insuf": (400,),
    "intmeth": (501, 405),
    "invut": (415,),
    "lwsdisp": (200,),
    "lwsruri": (400,),
    "lwsstart": (400, *ACCEPTED),
    "mcl01": (400,),
    "mismatch01": (400,),
    "multi01": (400,),
    "noreason": (),
    "quotbal": (400,),
    "regaut01": (401,),
    "regescrt": (401,),
    "scalar02": (400,),
    "sdp01": (406,),
    "transports": (200,),
    "trws": (200, 400),
    "unksm2": (400,),
    "unreason": (),
    "wsinv": (481,),
    "zeromf": (200, 483),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        yield line


@pytest_asyncio.fixture(loop_scope="module")
async def peer() -> AsyncIterator[Peer]:
    peer = await Peer().open()
    yield peer
    peer.close()


@pytest.mark.parametrize("name", TORTURE)
async def test_torture_messages_get_the_answer_that_they_deserve(
    line: RunningLine, peer: Peer, shared_data: Path, name: str
) -> None:
    raw = (shared_data / "sip_torture" / f"{name}.dat").read_bytes()
    # As if a proxy had passed it on, so that the answer comes back here.
    first, rest = raw.split(b"\r\n", 1)
    via = f"Via: SIP/2.0/UDP 127.0.0.1:{peer.port};branch=z9hG4bK{name}".encode()
    peer.send(b"\r\n".join([first, via, rest]), line.address)
    if TORTURE[name]:
        answer = await peer.expect("SIP/2.0")
        assert answer.status in TORTURE[name]
    else:
        await peer.nothing("SIP/2.0")
    if TORTURE[name] == ACCEPTED:
        call = (await line.expect(Incoming)).call
        await line.send(Refuse(call=call, status=603))
    assert alive(line.client.pid)


async def test_500_datagrams_of_garbage_do_not_disturb_a_call(
    line: RunningLine, peer: Peer
) -> None:
    async with caller(line) as someone:
        await talk(line, someone)
        before = sum(isinstance(event, Incoming) for event in line.seen)
        good = someone.request("INVITE")
        for number in range(500):
            kind = number % 5
            if kind == 0:
                noise = secrets.token_bytes(1 + number)
            elif kind == 1:
                noise = b"INVITE sip:x@y SIP/2.0\r\n" + secrets.token_bytes(number)
            elif kind == 2:
                noise = good[: secrets.randbelow(len(good) - 40)].encode()
            elif kind == 3:
                noise = b"SIP/2.0 200 OK\r\nVia: \r\n\r\n" * 3
            else:
                cut = secrets.randbelow(len(good))
                noise = (good[:cut] + "\x00\r\n\r\n" + good[cut + 9 :]).encode()
            peer.send(noise, line.address)
            if number % 50 == 0:
                await asyncio.sleep(0.02)
        peer.got.clear()
        options = someone.request("OPTIONS", cseq=77).replace("OPTIONS sip", "OPTIONS  sip")
        someone.cseq = 100
        someone.send("OPTIONS")
        await someone.peer.expect("SIP/2.0 200", method="OPTIONS")
        assert options
        await someone.hang_up()
    assert alive(line.client.pid)
    assert sum(isinstance(event, Incoming) for event in line.seen) - before <= 1
    log = line.log()
    assert len(log.splitlines()) < 20
    assert "13800138000" not in log


async def test_options_are_answered(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.send("OPTIONS")
        answer = await someone.peer.expect("SIP/2.0 200")
        assert "INVITE" in answer["allow"]


@pytest.mark.parametrize(("method", "status"), [("MESSAGE", 405), ("BYE", 481), ("WINK", 501)])
async def test_requests_outside_of_a_call_are_refused(
    line: RunningLine, method: str, status: int
) -> None:
    async with caller(line) as someone:
        someone.send(method)
        await someone.peer.expect(f"SIP/2.0 {status}")


async def test_requests_of_a_call_that_is_not_here_get_481(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.to_tag = "elsewhere"
        for method in ("BYE", "INVITE", "OPTIONS"):
            someone.send(method)
            await someone.peer.expect("SIP/2.0 481", method=method)
        someone.to_tag = ""
