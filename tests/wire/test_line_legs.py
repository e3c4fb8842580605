"""Legs: ringing an agent's phone for a call, and the talk of two."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cardline.ports.line.commands import Connect, Dial, HangUp, Play
from cardline.ports.line.events import Answered, Failed, Gone, Held, Key, PlayEnded, Ringing
from tests.wire.bare_sip import Phone, caller, phone, sdp, talk
from tests.wire.line_support import RunningLine, packets, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALK = {"caller": ("L1",), "L1": ("caller",)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        yield line


async def ring(line: RunningLine, call: str, agent: Phone, leg: str = "L1", **more: float) -> None:
    """Dial an agent and see the INVITE arrive."""
    await line.send(Dial(call=call, leg=leg, target=agent.uri, from_user="13800138000", **more))  # type: ignore[arg-type]
    await agent.invited()


async def test_both_hear_each_other_and_both_are_recorded(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent)
        assert agent.invitation is not None
        assert "<sip:13800138000@" in agent.invitation["from"]
        assert "PCMA" not in agent.invitation.body
        assert agent.invitation.first.startswith("INVITE sip:agent@127.0.0.1:")
        await agent.answer()
        await line.expect(Ringing, call=call, party="L1")
        await line.expect(Answered, call=call, party="L1")
        await line.send(Connect(call=call, hears=TALK))
        await asyncio.gather(
            someone.rtp.talk(someone.media, 1.0, byte=0x42),
            agent.rtp.talk(agent.media, 1.0, byte=0x51),
        )
        assert 0x51 in someone.rtp.bytes_heard()
        assert 0x42 in agent.rtp.bytes_heard()
        await someone.rtp.press(someone.media, "4")
        await line.expect(Key, call=call, party="caller", digit="4")
        assert agent.rtp.digits_heard() == {4}
        await agent.rtp.press(agent.media, "6")
        await line.expect(Key, call=call, party="L1", digit="6")
        await someone.hang_up()
        await agent.peer.expect("BYE ")
        await line.expect(Gone, call=call, party="L1", cause="call-ended")
        await line.expect(Gone, call=call, party="caller", cause="hung-up")
        recorded = {payload[:1] for _, _, kind, payload in packets(_pcap(line, call)) if kind == 0}
        assert {b"\x42", b"\x51"} <= recorded


async def test_nobody_hears_anything_before_they_are_connected(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent)
        await agent.answer()
        await line.expect(Answered, call=call, party="L1")
        await someone.rtp.talk(someone.media, 0.3, byte=0x42)
        assert agent.rtp.heard == []


async def test_a_second_agent_takes_over_after_the_first_hung_up(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as first, phone() as second:
        call = await talk(line, someone)
        await ring(line, call, first)
        await first.answer()
        await line.expect(Answered, call=call, party="L1")
        await line.send(Connect(call=call, hears=TALK))
        await first.rtp.talk(first.media, 0.2, byte=0x51)
        first.request("BYE")
        await first.peer.expect("SIP/2.0 200", method="BYE")
        await line.expect(Gone, call=call, party="L1", cause="hung-up")
        await ring(line, call, second, "L2")
        assert second.media != first.media
        await second.answer()
        await line.expect(Answered, call=call, party="L2")
        await line.send(Connect(call=call, hears={"caller": ("L2",), "L2": ("caller",)}))
        someone.rtp.heard.clear()
        await asyncio.gather(
            someone.rtp.talk(someone.media, 0.5, byte=0x43),
            first.rtp.talk(first.media, 0.5, byte=0x51),
            second.rtp.talk(second.media, 0.5, byte=0x52),
        )
        assert someone.rtp.bytes_heard() == {0x52}
        assert 0x43 in second.rtp.bytes_heard()
        assert 0x43 not in first.rtp.bytes_heard()


async def test_a_busy_phone_fails_with_its_own_status(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent)
        assert agent.invitation is not None
        agent.respond(agent.invitation, 486, "Busy Here")
        await agent.peer.expect("ACK ")
        await line.expect(Failed, call=call, party="L1", status=486)


async def test_a_phone_that_nobody_answers_is_cancelled_after_its_time(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent, ring_seconds=0.5)
        assert agent.invitation is not None
        agent.respond(agent.invitation, 180, "Ringing")
        await line.expect(Ringing, call=call, party="L1")
        cancel = await agent.peer.expect("CANCEL ")
        agent.respond(cancel, 200, "OK")
        agent.respond(agent.invitation, 487, "Request Terminated")
        await agent.peer.expect("ACK ")
        await line.expect(Failed, call=call, party="L1", status=408)


async def test_ringing_stops_when_the_application_hangs_the_leg_up(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent)
        assert agent.invitation is not None
        agent.respond(agent.invitation, 180, "Ringing")
        await line.expect(Ringing, call=call, party="L1")
        await line.send(HangUp(call=call, party="L1"))
        cancel = await agent.peer.expect("CANCEL ")
        agent.respond(cancel, 200, "OK")
        await line.expect(Gone, call=call, party="L1", cause="cancelled")
        # The phone was answered in that very moment: the stack hangs it up again.
        agent.respond(agent.invitation, 200, "OK", sdp(agent.rtp.port))
        await agent.peer.expect("BYE ")


async def test_ringing_stops_when_the_caller_hangs_up(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent)
        assert agent.invitation is not None
        agent.respond(agent.invitation, 180, "Ringing")
        await line.expect(Ringing, call=call, party="L1")
        await someone.hang_up()
        await agent.peer.expect("CANCEL ")
        await line.expect(Gone, call=call, party="caller")


async def test_a_phone_without_the_callers_codec_is_hung_up_politely(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone, law="8")
        await ring(line, call, agent)
        await agent.answer(law="0")
        await agent.peer.expect("BYE ")
        await line.expect(Failed, call=call, party="L1", status=488)


async def test_unknown_targets_fail_at_once(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(Dial(call=call, leg="A", target="phone:nobody", from_user="1"))
        await line.expect(Failed, call=call, party="A", status=480)
        await line.send(Dial(call=call, leg="B", target="mailto:x", from_user="1"))
        await line.expect(Failed, call=call, party="B", status=404)
        await line.send(Dial(call="c_gone", leg="C", target="sip:a@127.0.0.1", from_user="1"))
        await line.expect(Failed, call="c_gone", party="C", status=481)


async def test_headers_that_the_application_adds_reach_the_phone(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await line.send(
            Dial(
                call=call,
                leg="L1",
                target=agent.uri,
                from_user="95588",
                from_name="Card hotline",
                headers={"Alert-Info": "urgent", "X-Evil": "a\r\nBYE: x"},
            )
        )
        invitation = await agent.invited()
        assert invitation["alert-info"] == "urgent"
        assert not invitation.get("x-evil")
        assert "Card hotline" in invitation["from"]


async def test_an_agent_who_presses_hold_is_answered_and_told_about(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent)
        await agent.answer()
        await line.send(Connect(call=call, hears=TALK))
        agent.request("INVITE", sdp(agent.rtp.port, direction="sendonly"))
        ok = await agent.peer.expect("SIP/2.0 200", method="INVITE")
        assert "a=recvonly" in ok.body
        agent.request("ACK")
        await line.expect(Held, call=call, party="L1", held=True)
        agent.request("INVITE", sdp(agent.rtp.port))
        ok = await agent.peer.expect("SIP/2.0 200", method="INVITE")
        assert "a=sendrecv" in ok.body
        await line.expect(Held, call=call, party="L1", held=False)
        await agent.rtp.talk(ok.media, 0.3, byte=0x51)
        assert 0x51 in someone.rtp.bytes_heard()


async def test_a_prompt_for_an_agent_is_heard_by_the_agent_alone(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await ring(line, call, agent)
        await agent.answer()
        await line.expect(Answered, call=call, party="L1")
        await line.send(Play(call=call, play="w", pieces=("zh/one",), party="L1"))
        await line.expect(PlayEnded, call=call, play="w", party="L1", cause="finished")
        assert len(agent.rtp.heard) == 20
        assert someone.rtp.heard == []


def _pcap(line: RunningLine, call: str) -> Path:
    return line.spool / f"{call}=f.pcap"
