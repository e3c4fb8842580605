"""A caller and the line: answer, prompts, keys, and all the ways in which a call ends."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cardline.ports.line.commands import Answer, HangUp, Play, Refuse, StopPlay
from cardline.ports.line.events import Alarm, Answered, Gone, Incoming, Key, PlayEnded
from tests.wire.bare_sip import caller, sdp, talk
from tests.wire.line_support import RunningLine, packets, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        yield line


async def test_a_call_is_announced_answered_and_recorded_until_its_end(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.invite()
        await someone.peer.expect("SIP/2.0 100")
        incoming = await line.expect(Incoming)
        assert (incoming.from_user, incoming.from_name) == ("13800138000", "Wang")
        assert (incoming.to_user, incoming.sip_call_id) == ("hotline", someone.call_id)
        assert incoming.source == f"127.0.0.1:{someone.peer.port}"
        await line.send(Answer(call=incoming.call))
        ok = await someone.answered()
        assert "a=rtpmap:0 PCMU/8000" in ok.body
        assert "telephone-event" in ok.body
        assert "PCMA" not in ok.body
        await line.expect(Answered, call=incoming.call, party="caller")
        await someone.rtp.talk(someone.media, 0.5, byte=0x42)
        await someone.hang_up()
        await line.expect(Gone, call=incoming.call, party="caller", cause="hung-up")
        recorded = list(packets(line.spool / f"{incoming.call}=f.pcap"))
        assert sum(payload == b"\x42" * 160 for _, _, _, payload in recorded) == 25
        marks = (line.spool / f"{incoming.call}.marks").read_text()
        assert '"mark":"answered"' in marks
        assert '"mark":"gone"' in marks


async def test_a_prompt_is_heard_in_the_callers_own_law_and_its_end_is_told(
    line: RunningLine,
) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone, law="8")
        await line.send(Play(call=call, play="p", pieces=("zh/one", "zh/two")))
        began = asyncio.get_running_loop().time()
        await line.expect(PlayEnded, call=call, play="p", party="caller", cause="finished")
        took = asyncio.get_running_loop().time() - began
        assert 0.75 < took < 3
        heard = [packet for packet in someone.rtp.heard if packet[1] & 0x7F == 8]
        assert len(heard) == 40
        assert all(len(packet) == 172 for packet in heard)


async def test_music_loops_until_it_is_stopped(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(Play(call=call, play="m", pieces=("zh/one",), loop=True))
        await asyncio.sleep(0.7)
        await line.send(StopPlay(call=call))
        await line.expect(PlayEnded, call=call, play="m", cause="stopped")
        count = len(someone.rtp.heard)
        assert count > 25
        await asyncio.sleep(0.2)
        assert len(someone.rtp.heard) <= count + 1


async def test_a_new_prompt_replaces_the_one_that_plays(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(Play(call=call, play="a", pieces=("zh/one",), loop=True))
        await line.send(Play(call=call, play="b", pieces=("zh/two",)))
        await line.expect(PlayEnded, call=call, play="a", cause="replaced")
        await line.expect(PlayEnded, call=call, play="b", cause="finished")


async def test_a_missing_piece_is_told_and_the_call_goes_on(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(Play(call=call, play="p", pieces=("zh/one", "zh/nowhere")))
        await line.expect(PlayEnded, call=call, play="p", cause="missing")
        await line.expect(Alarm, code="prompt-missing", call=call)
        await line.send(Play(call=call, play="q", pieces=("zh/one",)))
        await line.expect(PlayEnded, call=call, play="q", cause="finished")


async def test_a_key_comes_once_whatever_the_phone_repeats(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        for digit in "159*#":
            await someone.rtp.press(someone.media, digit)
            await line.expect(Key, call=call, party="caller", digit=digit, secret=False)
        await someone.rtp.press(someone.media, "5", repeat=9)
        await line.expect(Key, digit="5")
        await asyncio.sleep(0.1)
        assert line.count(Key, call=call, digit="5") == 2


async def test_keys_arrive_while_a_prompt_plays(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(Play(call=call, play="m", pieces=("zh/one",), loop=True))
        await someone.rtp.press(someone.media, "9")
        await line.expect(Key, call=call, digit="9")


async def test_a_phone_with_its_own_number_for_key_events_is_understood(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.send("INVITE", sdp(someone.rtp.port, events=96))
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        await line.send(Answer(call=call))
        ok = await someone.answered()
        assert "a=rtpmap:96 telephone-event/8000" in ok.body
        await someone.rtp.press(someone.media, "7", kind=96)
        await line.expect(Key, call=call, digit="7")


async def test_an_invite_without_sdp_gets_an_offer(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.send("INVITE")
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        await line.send(Answer(call=call))
        ok = await someone.peer.expect("SIP/2.0 200", method="INVITE")
        assert "PCMA" in ok.body
        assert "PCMU" in ok.body
        someone.to_tag = ok["to"].partition("tag=")[2]
        someone.media = ok.media
        someone.send("ACK", sdp(someone.rtp.port, law="0"))
        await line.expect(Answered, call=call)
        await line.send(Play(call=call, play="p", pieces=("zh/one",)))
        await line.expect(PlayEnded, call=call, play="p", cause="finished")
        assert len(someone.rtp.heard) == 20
        await someone.rtp.press(someone.media, "3")
        await line.expect(Key, call=call, digit="3")


async def test_a_refusal_carries_the_status_that_was_asked_for(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.invite()
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        await line.send(Refuse(call=call, status=486))
        refusal = await someone.peer.expect("SIP/2.0 486")
        someone.to_tag = refusal["to"].partition("tag=")[2]
        someone.send("ACK", branch=someone.branch)
        await line.expect(Gone, call=call, party="caller", cause="ended")


async def test_the_application_hangs_up_with_a_bye(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(HangUp(call=call))
        await someone.peer.expect("BYE ")
        await line.expect(Gone, call=call, cause="ended")


async def test_a_caller_who_cancels_gets_487_and_is_gone(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.invite()
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        someone.send("CANCEL")
        await someone.peer.expect("SIP/2.0 200", method="CANCEL")
        await someone.peer.expect("SIP/2.0 487", method="INVITE")
        await line.expect(Gone, call=call, party="caller", cause="cancelled")
        assert not list(line.spool.glob(f"{call}*"))


async def test_a_cancel_that_crosses_the_answer_does_no_harm(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.invite()
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        await line.send(Answer(call=call))
        ok = await someone.peer.expect("SIP/2.0 200", method="INVITE")
        someone.send("CANCEL")
        await someone.peer.expect("SIP/2.0 481", method="CANCEL")
        someone.to_tag = ok["to"].partition("tag=")[2]
        someone.send("ACK")
        await someone.hang_up()
        await line.expect(Gone, call=call, cause="hung-up")


async def test_a_repeated_invite_makes_one_call(line: RunningLine) -> None:
    async with caller(line) as someone:
        text = someone.invite()
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        someone.peer.send(text, line.address)
        await line.send(Answer(call=call))
        await someone.answered()
        someone.peer.send(text, line.address)
        # The same request over another path (RFC 3261, 8.2.2.2).
        someone.peer.send(text.replace("branch=z9", "branch=z9hG4bKz9", 1), line.address)
        await someone.peer.expect("SIP/2.0 482")
        assert line.count(Incoming, sip_call_id=someone.call_id) == 1
        await someone.hang_up()
        await line.expect(Gone, call=call)


async def test_a_repeated_bye_is_answered_again(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        text = someone.send("BYE")
        await someone.peer.expect("SIP/2.0 200", method="BYE")
        someone.peer.send(text, line.address)
        await someone.peer.expect("SIP/2.0 200", method="BYE")
        await line.expect(Gone, call=call)
        assert line.count(Gone, call=call) == 1


async def test_offers_without_g711_get_488(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.send("INVITE", sdp(someone.rtp.port, law="9 18"))
        await someone.peer.expect("SIP/2.0 488")
    async with caller(line) as someone:
        someone.send("INVITE", sdp(someone.rtp.port).replace("RTP/AVP", "RTP/SAVP"))
        await someone.peer.expect("SIP/2.0 488")


async def test_video_in_an_offer_is_refused_and_audio_accepted(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.send("INVITE", sdp(someone.rtp.port) + "m=video 4002 RTP/AVP 96\r\n")
        call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
        await line.send(Answer(call=call))
        ok = await someone.answered()
        assert "m=video 0 RTP/AVP 96" in ok.body
        await someone.hang_up()


async def test_more_calls_than_allowed_are_turned_away_with_a_time(tmp_path: Path) -> None:
    async with (
        running_line(tmp_path, "--max-calls", "1") as line,
        caller(line) as first,
        caller(line) as second,
    ):
        await talk(line, first)
        second.invite()
        refusal = await second.peer.expect("SIP/2.0 503")
        assert int(refusal["retry-after"]) > 0
        await line.expect(Alarm, code="overload")
        await first.hang_up()
