"""The simulated phone: two of them call each other, and sipp calls and is called."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardline.sim.phone import (
    ANSWER,
    BUSY,
    DECLINE,
    NEVER,
    CallFailed,
    Manners,
    Phone,
    RegistrationFailed,
    Voice,
    answer_after,
)
from cardline.sim.sound import Law, murmur, tone

needs_sipp = pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed")
CALLER_HZ, AGENT_HZ = 600, 1000


@pytest.fixture
async def caller() -> AsyncIterator[Phone]:
    async with Phone(user="+8613800138000", voice=Voice(sound=tone(CALLER_HZ))) as phone:
        yield phone


@pytest.fixture
async def agent() -> AsyncIterator[Phone]:
    async with Phone(user="8001", voice=Voice(sound=tone(AGENT_HZ))) as phone:
        yield phone


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
async def test_two_phones_hear_each_other(caller: Phone, agent: Phone, law: Law) -> None:
    caller.voice = Voice(laws=(law,), sound=tone(CALLER_HZ))
    call = await caller.call(agent.uri, from_user="+8613900139000", within=5)
    answered = await agent.next_call(within=1)
    assert answered.user == "+8613900139000"
    await call.heard_tone(AGENT_HZ)
    await answered.heard_tone(CALLER_HZ)
    assert call.media.law == answered.media.law == law
    await asyncio.sleep(0.3)
    assert call.loudness() == pytest.approx(8000 / 2**0.5, rel=0.05)
    await call.hang_up()
    assert await answered.over(within=1) == "remote"
    assert call.cause == "local"
    assert answered.received.lost == answered.received.doubled == 0


async def test_keys_arrive_once_each_in_their_order(caller: Phone, agent: Phone) -> None:
    call = await caller.call(agent.uri, within=5)
    answered = await agent.next_call(within=1)
    await call.press("1290*#", gap=0.06, seconds=0.08)
    await answered.heard_key("#")
    assert "".join(answered.received.keys) == "1290*#"
    await answered.hang_up()
    assert await call.over(within=1) == "remote"


async def test_a_phone_rings_before_it_answers(caller: Phone, agent: Phone) -> None:
    agent.policy = answer_after(0.5)
    call = caller.dial(agent.uri)
    await asyncio.wait_for(call.ringing.wait(), 1)
    assert call.state == "ringing"
    await call.answered(within=2)
    assert call.state == "up"


@pytest.mark.parametrize(("policy", "status"), [(BUSY, 486), (DECLINE, 603)])
async def test_a_refusal_tells_its_status(
    caller: Phone, agent: Phone, policy: object, status: int
) -> None:
    agent.policy = policy  # type: ignore[assignment]
    with pytest.raises(CallFailed) as refused:
        await caller.call(agent.uri, within=5)
    assert refused.value.status == status
    assert (await agent.next_call(within=1)).cause == str(status)


async def test_a_phone_that_talks_is_busy(caller: Phone, agent: Phone) -> None:
    await caller.call(agent.uri, within=5)
    async with Phone() as third:
        with pytest.raises(CallFailed, match="486"):
            await third.call(agent.uri, within=5)


async def test_a_caller_may_give_up_while_it_rings(caller: Phone, agent: Phone) -> None:
    agent.policy = NEVER
    call = caller.dial(agent.uri)
    ringing = await agent.next_call(within=1)
    await call.hang_up()
    assert (call.cause, ringing.cause) == ("cancelled", "cancelled")
    with pytest.raises(CallFailed, match="487"):
        await call.answered()


async def test_patience_that_ends_cancels_the_call(caller: Phone, agent: Phone) -> None:
    agent.policy = NEVER
    with pytest.raises(TimeoutError):
        await caller.call(agent.uri, within=0.3)
    assert await (await agent.next_call(within=1)).over(within=2) == "cancelled"


async def test_a_cancel_that_crosses_the_answer_ends_in_a_bye(caller: Phone, agent: Phone) -> None:
    caller.manners = Manners(cancel_on_answer=True)
    with pytest.raises(CallFailed, match="cancelled"):
        await caller.call(agent.uri, within=5)
    assert await (await agent.next_call(within=1)).over(within=2) == "remote"


async def test_hold_silences_and_resume_brings_back(caller: Phone, agent: Phone) -> None:
    call = await caller.call(agent.uri, within=5)
    answered = await agent.next_call(within=1)
    await call.heard_tone(AGENT_HZ)
    await call.hold()
    assert answered.is_held
    await call.heard_silence()
    await answered.heard_tone(CALLER_HZ)
    await call.resume()
    assert not answered.is_held
    await call.heard_tone(AGENT_HZ)


async def test_sound_follows_to_another_port(caller: Phone, agent: Phone) -> None:
    call = await caller.call(agent.uri, within=5)
    answered = await agent.next_call(within=1)
    old = answered.media.port
    await answered.move_media()
    assert answered.media.port != old
    await answered.heard_tone(CALLER_HZ)
    await call.heard_tone(AGENT_HZ)


async def test_every_request_twice_makes_one_call(caller: Phone, agent: Phone) -> None:
    caller.manners = Manners(duplicate_requests=True)
    agent.policy = answer_after(0.2)
    call = await caller.call(agent.uri, within=5)
    answered = await agent.next_call(within=1)
    await call.heard_tone(AGENT_HZ)
    await call.hang_up()
    assert await answered.over(within=1) == "remote"
    assert agent.incoming.empty()


async def test_a_phone_that_vanishes_says_no_bye(caller: Phone, agent: Phone) -> None:
    caller.manners = Manners(drop_bye=True)
    call = await caller.call(agent.uri, within=5)
    answered = await agent.next_call(within=1)
    await answered.heard_tone(CALLER_HZ)
    await call.hang_up()
    await answered.heard_silence()
    assert (call.cause, answered.state) == ("vanished", "up")


async def test_an_answer_without_ack_is_sent_again(caller: Phone, agent: Phone) -> None:
    caller.manners = Manners(never_ack=True)
    repeats: list[bytes] = []
    call = await caller.call(agent.uri, within=5)
    endpoint = agent._endpoint
    send = endpoint._send
    endpoint._send = lambda data, to: (repeats.append(data[:11]), send(data, to))[1]  # type: ignore[func-returns-value,method-assign,assignment]
    await asyncio.sleep(1.7)
    assert repeats == [b"SIP/2.0 200"] * 2
    await call.hang_up()


async def test_calls_come_through_a_net_that_loses_a_fifth(caller: Phone, agent: Phone) -> None:
    caller.manners = Manners(lose=0.2)
    call = await caller.call(agent.uri, within=25)
    answered = await agent.next_call(within=1)
    await call.hang_up()
    assert await answered.over(within=25) == "remote"


async def test_garbage_and_strange_requests_do_no_harm(caller: Phone, agent: Phone) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=agent.address
    )
    for number in range(200):
        transport.sendto(bytes((number * 7 + place * 13) % 256 for place in range(number)))
    transport.sendto(
        b"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    transport.close()
    call = await caller.call(agent.uri, within=5)
    assert call.state == "up"
    assert agent._endpoint.garbage > 100


async def test_nobody_there_is_told_as_a_timeout() -> None:
    async with Phone() as gone:
        uri = gone.uri
    async with Phone() as phone:
        with pytest.raises(TimeoutError):
            await phone.call(uri, within=0.5)


async def test_murmur_is_sound(caller: Phone, agent: Phone) -> None:
    call = await caller.call(agent.uri, voice=Voice(sound=murmur()), within=5)
    answered = await agent.next_call(within=1)
    await answered.heard_sound()
    assert call.state == "up"


async def test_many_phones_talk_in_one_process() -> None:
    async with Phone(user="hotline", policy=ANSWER, max_calls=60) as hotline:
        phones = [await Phone(user=f"c{n}", voice=Voice(sound=tone(500))).open() for n in range(30)]
        calls = await asyncio.gather(*(phone.call(hotline.uri, within=10) for phone in phones))
        await asyncio.sleep(1.5)
        assert all(call.received.packets > 50 for call in calls)
        assert sum(call.received.lost for call in calls) == 0
        await asyncio.gather(*(phone.close() for phone in phones))
        assert hotline.calls == []


REGISTRAR = Path(__file__).with_name("phone_registrar.xml")


async def until_bound(port: int) -> None:
    """Wait until somebody has this UDP port."""
    for _ in range(200):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                return
        await asyncio.sleep(0.05)


async def sipp(*options: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *("sipp", "-nostdin", "-i", "127.0.0.1", "-m", "1", "-timeout", "15", *map(str, options)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@needs_sipp
@pytest.mark.parametrize(("password", "is_right"), [("s3cret", True), ("wrong", False)])
async def test_a_registrar_of_sipp_verifies_the_password(password: str, is_right: bool) -> None:
    port = free_port()
    registrar = await sipp("-sf", REGISTRAR, "-p", port)
    await until_bound(port)
    async with Phone(user="8001", password=password) as phone:
        if is_right:
            await phone.register(f"sip:127.0.0.1:{port}")
        else:
            with pytest.raises(RegistrationFailed, match="403"):
                await phone.register(f"sip:127.0.0.1:{port}")
    await registrar.wait()


@needs_sipp
async def test_the_caller_of_sipp_is_served(agent: Phone) -> None:
    host, port = agent.address
    caller = await sipp("-sn", "uac", "-s", "8001", "-p", free_port(), "-d", 300, f"{host}:{port}")
    call = await agent.next_call(within=5)
    assert await call.over(within=5) == "remote"
    assert await caller.wait() == 0


@needs_sipp
async def test_the_answerer_of_sipp_echoes_our_tone(caller: Phone) -> None:
    port = free_port()
    answerer = await sipp("-sn", "uas", "-p", port, "-rtp_echo", "-mp", free_port() & ~1)
    await until_bound(port)
    caller.voice = Voice(laws=("ulaw",), sound=tone(CALLER_HZ))
    call = await caller.call(f"sip:service@127.0.0.1:{port}", within=10)
    await call.heard_tone(CALLER_HZ)
    await call.hang_up()
    assert await answerer.wait() == 0
