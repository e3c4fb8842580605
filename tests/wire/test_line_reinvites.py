"""The other side changes its mind within a call: hold, another port, another codec, a refresh."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cardline.ports.line.commands import Answer, HangUp, Place, Play
from cardline.ports.line.events import Answered, Failed, Gone, Incoming, Key, PlayEnded, Ringing
from tests.wire.bare_rtp import Rtp
from tests.wire.bare_sip import caller, phone, sdp, talk
from tests.wire.line_support import RunningLine, packets, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        yield line


@pytest.mark.parametrize(
    ("said", "answered"),
    [("sendonly", "recvonly"), ("inactive", "inactive"), ("recvonly", "sendonly")],
)
async def test_hold_is_answered_with_the_fitting_direction(
    line: RunningLine, said: str, answered: str
) -> None:
    async with caller(line) as someone:
        await talk(line, someone)
        ok = await someone.reinvite(sdp(someone.rtp.port, direction=said))
        assert f"a={answered}" in ok.body
        ok = await someone.reinvite(sdp(someone.rtp.port))
        assert "a=sendrecv" in ok.body
        await someone.hang_up()


async def test_hold_of_old_phones_by_a_zero_address_is_taken_back_again(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await someone.reinvite(sdp(someone.rtp.port, host="0.0.0.0"))
        await someone.reinvite(sdp(someone.rtp.port))
        await line.send(Play(call=call, play="p", pieces=("zh/one",)))
        await line.expect(PlayEnded, call=call, play="p")
        assert len(someone.rtp.heard) == 20


async def test_media_follow_the_caller_to_another_port(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(Play(call=call, play="m", pieces=("zh/one",), loop=True))
        await someone.rtp.talk(someone.media, 0.2)
        other = await Rtp().open()
        before = someone.media
        ok = await someone.reinvite(sdp(other.port))
        assert ok.media == before
        await asyncio.sleep(0.1)
        someone.rtp.heard.clear()
        await other.talk(someone.media, 0.3, byte=0x44)
        assert len(other.heard) > 10
        assert someone.rtp.heard == []
        await other.press(someone.media, "8")
        await line.expect(Key, call=call, digit="8")
        await someone.hang_up()
        await line.expect(Gone, call=call)
        recorded = [p for _, _, _, p in packets(line.spool / f"{call}=f.pcap")]
        assert b"\x44" * 160 in recorded
        other.close()


async def test_a_change_of_codec_is_followed(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone, law="0")
        ok = await someone.reinvite(sdp(someone.rtp.port, law="8"))
        assert "PCMA" in ok.body
        assert "PCMU" not in ok.body
        await line.send(Play(call=call, play="p", pieces=("zh/one",)))
        await line.expect(PlayEnded, call=call, play="p")
        assert {packet[1] & 0x7F for packet in someone.rtp.heard} == {8}


async def test_a_change_to_a_codec_that_nobody_has_is_refused_and_the_call_lives(
    line: RunningLine,
) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        someone.send("INVITE", sdp(someone.rtp.port, law="18"))
        await someone.peer.expect("SIP/2.0 488")
        someone.send("ACK", branch=someone.branch, cseq=someone.cseq)
        await someone.rtp.press(someone.media, "2")
        await line.expect(Key, call=call, digit="2")
        ok = await someone.reinvite(sdp(someone.rtp.port))
        assert "PCMU" in ok.body


async def test_a_reinvite_without_sdp_gets_our_offer(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        someone.send("INVITE")
        ok = await someone.peer.expect("SIP/2.0 200", method="INVITE")
        assert "PCMU" in ok.body
        other = await Rtp().open()
        someone.send("ACK", sdp(other.port))
        await line.send(Play(call=call, play="p", pieces=("zh/one",)))
        await line.expect(PlayEnded, call=call, play="p", cause="finished")
        assert len(other.heard) == 20
        other.close()


async def test_session_timers_are_agreed_and_a_refresh_is_answered(line: RunningLine) -> None:
    async with caller(line) as someone:
        timer = "Supported: timer\r\nSession-Expires: 1800\r\n"
        someone.send("INVITE", sdp(someone.rtp.port), extra=timer)
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        await line.send(Answer(call=call))
        ok = await someone.answered()
        assert ok["session-expires"] == "1800;refresher=uac"
        assert ok["require"] == "timer"
        ok = await someone.reinvite(sdp(someone.rtp.port))
        assert ok["session-expires"] == "1800;refresher=uac"
    async with caller(line) as someone:
        timer = "Supported: timer\r\nSession-Expires: 20\r\n"
        someone.send("INVITE", sdp(someone.rtp.port), extra=timer)
        refusal = await someone.peer.expect("SIP/2.0 422")
        assert refusal["min-se"] == "90"


async def test_extensions_that_we_do_not_have_are_refused_by_name(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.send("INVITE", sdp(someone.rtp.port), extra="Require: 100rel, timer\r\n")
        refusal = await someone.peer.expect("SIP/2.0 420")
        assert refusal["unsupported"] == "100rel"


async def test_methods_that_we_do_not_have_are_refused_within_a_call(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        for method in ("REFER", "UPDATE", "SUBSCRIBE"):
            someone.send(method)
            refusal = await someone.peer.expect("SIP/2.0 405", method=method)
            assert "INVITE" in refusal["allow"]
        someone.send("OPTIONS")
        await someone.peer.expect("SIP/2.0 200", method="OPTIONS")
        await someone.rtp.press(someone.media, "1")
        await line.expect(Key, call=call, digit="1")


async def test_a_placed_call_rings_is_answered_and_recorded(line: RunningLine) -> None:
    async with phone() as holder:
        await line.send(Place(call="c_out1", target=holder.uri, from_user="95588"))
        invitation = await holder.invited()
        assert "PCMA" in invitation.body
        assert "PCMU" in invitation.body
        assert "<sip:95588@" in invitation["from"]
        await holder.answer(law="0")
        await line.expect(Ringing, call="c_out1", party="caller")
        await line.expect(Answered, call="c_out1", party="caller")
        await line.send(Play(call="c_out1", play="p", pieces=("zh/one",)))
        await holder.rtp.press(holder.media, "5")
        await line.expect(Key, call="c_out1", party="caller", digit="5")
        await line.expect(PlayEnded, call="c_out1", play="p", cause="finished")
        assert {packet[1] & 0x7F for packet in holder.rtp.heard} == {0}
        await line.send(HangUp(call="c_out1"))
        await holder.peer.expect("BYE ")
        await line.expect(Gone, call="c_out1", party="caller", cause="ended")
        assert list(packets(line.spool / "c_out1=f.pcap"))


async def test_placed_calls_that_fail_say_why(line: RunningLine) -> None:
    async with phone() as holder:
        await line.send(Place(call="c_out2", target=holder.uri, from_user="95588"))
        invitation = await holder.invited()
        holder.respond(invitation, 603, "Decline")
        await line.expect(Failed, call="c_out2", party="caller", status=603)
    async with phone() as holder:
        place = Place(call="c_out3", target=holder.uri, from_user="95588", ring_seconds=0.4)
        await line.send(place)
        invitation = await holder.invited()
        holder.respond(invitation, 180, "Ringing")
        await holder.peer.expect("CANCEL ")
        await line.expect(Failed, call="c_out3", party="caller", status=408)
    await line.send(Place(call="../evil", target="sip:a@127.0.0.1", from_user="1"))
    await line.expect(Failed, call="../evil", status=400)
