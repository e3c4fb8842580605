"""Phones behind address translation: what they say of themselves is not where they are."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cardline.ports.line.commands import Connect, Dial, HangUp, Phone, SetPhones
from cardline.ports.line.events import Answered, Gone
from tests.wire.bare_sip import Caller, caller, phone, sdp, talk
from tests.wire.bare_sip import Phone as Desk
from tests.wire.line_support import RunningLine, running_line
from tests.wire.test_line_phones import Registration

pytestmark = pytest.mark.asyncio(loop_scope="module")

INSIDE = "192.168.77.7"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        ha1 = hashlib.md5(b"li:cardline:right horse").hexdigest()
        await line.send(SetPhones(phones=(Phone(user="li", ha1=ha1),)))
        yield line


async def _register(line: RunningLine, desk: Desk) -> None:
    registration = Registration(line, desk.peer)
    assert (await registration.complete(contact=f"<sip:li@{INSIDE}:5060>")).status == 200


async def _connect(line: RunningLine, call: str, leg: str, desk: Desk, target: str) -> None:
    await line.send(Dial(call=call, leg=leg, target=target, from_user="138"))
    await desk.invited()
    await desk.answer(says=INSIDE if target.startswith("phone:") else "127.0.0.1")
    await line.expect(Answered, call=call, party=leg)
    await line.send(Connect(call=call, hears={"caller": (leg,), leg: ("caller",)}))


async def _hear_each_other(someone: Caller, desk: Desk) -> None:
    someone.rtp.heard.clear()
    desk.rtp.heard.clear()
    await asyncio.gather(
        someone.rtp.talk(someone.media, 0.8, byte=0x42),
        desk.rtp.talk(desk.media, 0.8, byte=0x51),
    )
    assert 0x51 in someone.rtp.bytes_heard()
    assert 0x42 in desk.rtp.bytes_heard()


async def test_a_caller_behind_translation_is_heard_and_hears(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as desk:
        original = someone.rtp.port
        someone.rtp.port = original
        call = await talk(line, someone)
        await _connect(line, call, "L1", desk, desk.uri)
        await someone.reinvite(sdp(original, host=INSIDE))
        await _hear_each_other(someone, desk)


async def test_an_agent_behind_translation_is_relayed_and_so_is_the_next(
    line: RunningLine,
) -> None:
    async with caller(line) as someone, phone() as home, phone() as office:
        await _register(line, home)
        call = await talk(line, someone)
        await _connect(line, call, "L1", home, "phone:li")
        await _hear_each_other(someone, home)
        await line.send(HangUp(call=call, party="L1"))
        await line.expect(Gone, call=call, party="L1")
        await _connect(line, call, "L2", office, office.uri)
        await _hear_each_other(someone, office)


async def test_an_agent_behind_translation_after_another_goes_through_the_mixer(
    line: RunningLine,
) -> None:
    async with caller(line) as someone, phone() as home, phone() as office:
        await _register(line, home)
        call = await talk(line, someone)
        await _connect(line, call, "L1", office, office.uri)
        await _hear_each_other(someone, office)
        await line.send(HangUp(call=call, party="L1"))
        await line.expect(Gone, call=call, party="L1")
        await _connect(line, call, "L2", home, "phone:li")
        await asyncio.sleep(0.3)
        await _hear_each_other(someone, home)
