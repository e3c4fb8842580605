"""What goes wrong around the line: the application, the line itself, media, a phone, the disk."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardline.ports.line.commands import Answer, Connect, Dial, Play
from cardline.ports.line.events import Alarm, Answered, Gone, Hello, Incoming, Key, PlayEnded
from tests.wire.bare_sip import caller, phone, sdp, talk
from tests.wire.line_support import (
    RunningLine,
    alive,
    media_child,
    packets,
    rtp_range,
    running_line,
    write_prompt,
)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path, "--media-timeout", "2") as line:
        yield line


async def _dead(pid: int, within: float = 5.0) -> None:
    deadline = asyncio.get_running_loop().time() + within
    while alive(pid) and not _is_zombie(pid):
        assert asyncio.get_running_loop().time() < deadline, "the process still lives"
        await asyncio.sleep(0.02)


class TestApplicationAway:
    async def test_callers_hear_a_notice_and_the_call_goes_on_afterwards(
        self, line: RunningLine
    ) -> None:
        async with caller(line) as someone:
            call = await talk(line, someone)
            await line.send(Play(call=call, play="menu", pieces=("zh/one",), loop=True))
            await asyncio.sleep(0.1)
            await line.disconnect()
            await asyncio.sleep(0.1)
            someone.rtp.heard.clear()
            voice = asyncio.create_task(someone.rtp.talk(someone.media, 0.8))
            await asyncio.sleep(0.7)
            assert len(someone.rtp.heard) > 25  # the notice of 0.4 s, then music
            await voice
            hello = await line.connect()
            assert [(up.call, up.answered is not None) for up in hello.calls] == [(call, True)]
            await line.send(Play(call=call, play="again", pieces=("zh/two",)))
            await line.expect(PlayEnded, call=call, play="again", cause="finished")
            await someone.rtp.press(someone.media, "0")
            await line.expect(Key, call=call, digit="0")

    async def test_a_talk_with_an_agent_is_not_disturbed(self, line: RunningLine) -> None:
        async with caller(line) as someone, phone() as agent:
            call = await talk(line, someone)
            await line.send(Dial(call=call, leg="L1", target=agent.uri, from_user="1"))
            await agent.invited()
            await agent.answer()
            await line.expect(Answered, call=call, party="L1")
            hears = {"caller": ("L1",), "L1": ("caller",)}
            await line.send(Connect(call=call, hears=hears))
            await asyncio.sleep(0.1)
            await line.disconnect()
            await asyncio.sleep(0.1)
            someone.rtp.heard.clear()
            await agent.rtp.talk(agent.media, 0.4, byte=0x51)
            assert someone.rtp.bytes_heard() == {0x51}
            hello = await line.connect()
            assert hello.calls[0].hears == hears
            assert hello.calls[0].legs[0].answered

    async def test_ends_of_calls_in_that_time_are_told_afterwards(self, line: RunningLine) -> None:
        async with caller(line) as someone:
            call = await talk(line, someone)
            await line.disconnect()
            await asyncio.sleep(0.1)
            await someone.hang_up()
            hello = await line.connect()
            assert hello.calls == ()
            await line.expect(Gone, call=call, party="caller", cause="hung-up")

    async def test_a_new_caller_waits_a_little_for_the_application(self, line: RunningLine) -> None:
        async with caller(line) as someone:
            await line.disconnect()
            someone.invite()
            await someone.peer.expect("SIP/2.0 180")
            await line.connect()
            call = (await line.expect(Incoming, sip_call_id=someone.call_id)).call
            await line.send(Answer(call=call))
            await someone.answered()

    async def test_a_new_caller_is_turned_away_when_it_stays_away(self, line: RunningLine) -> None:
        async with caller(line) as someone:
            await line.disconnect()
            someone.invite()
            refusal = await someone.peer.expect("SIP/2.0 503", within=6)
            assert int(refusal["retry-after"]) > 0
            await line.connect()

    async def test_a_line_without_an_application_ends_itself(self, tmp_path: Path) -> None:
        line = RunningLine(tmp_path, ("--patience", "0.6"))
        await line.connect()
        async with caller(line) as someone:
            await talk(line, someone)
            await line.disconnect()
            await someone.peer.expect("BYE ")
            someone.to_tag = ""
        await _dead(line.client.pid)

    async def test_a_newer_connection_takes_over(self, line: RunningLine) -> None:
        reader, writer = await asyncio.open_unix_connection(str(line.options.socket))
        assert b'"hello"' in await reader.readline()
        # The client of before finds itself alone and connects again: the newest one counts.
        await line.expect(Hello)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


class TestLineKilled:
    async def test_it_answers_again_and_its_recordings_can_be_read(self, tmp_path: Path) -> None:
        async with running_line(tmp_path) as line:
            async with caller(line) as someone:
                call = await talk(line, someone)
                await someone.rtp.talk(someone.media, 1.5, byte=0x47)
                before, media = line.client.pid, media_child(line)
                began = asyncio.get_running_loop().time()
                os.kill(before, signal.SIGKILL)
                await line.expect(Hello)
                someone.to_tag = ""
            async with caller(line) as another:
                await talk(line, another)
                assert asyncio.get_running_loop().time() - began < 5
                assert line.client.pid != before
                await _dead(media)
                recorded = [p for _, _, _, p in packets(line.spool / f"{call}=f.pcap")]
                assert recorded.count(b"\x47" * 160) > 30
                assert '"answered"' in (line.spool / f"{call}.marks").read_text()
                await another.hang_up()

    async def test_who_still_talks_to_the_dead_line_is_not_heard_in_new_calls(
        self, tmp_path: Path
    ) -> None:
        few = f"{(low := int(rtp_range().partition('-')[0]))}-{low + 118}"
        async with (
            contextlib.AsyncExitStack() as left,
            running_line(tmp_path, "--rtp", few) as line,
        ):
            for _ in range(6):
                speaker = await left.enter_async_context(caller(line))
                await talk(line, speaker)
                speaker.to_tag = ""  # nobody will take a BYE
                speaking = asyncio.create_task(speaker.rtp.talk(speaker.media, 60, byte=0x47))
                left.callback(speaking.cancel)
            await line.kill()
            for _ in range(5):
                someone = await left.enter_async_context(caller(line))
                call = await talk(line, someone)
                await line.send(Play(call=call, play="hello", pieces=("zh/one",)))
                await someone.rtp.talk(someone.media, 0.5, byte=0x51)
                assert someone.rtp.heard, "the prompt went elsewhere"
                await someone.hang_up()
                await line.expect(Gone, call=call)
                someone.to_tag = ""
                recorded = {p for _, _, _, p in packets(line.spool / f"{call}=f.pcap")}
                assert b"\x51" * 160 in recorded
                assert b"\x47" * 160 not in recorded

    @pytest.mark.parametrize("how", [signal.SIGTERM, None], ids=["sigterm", "drain"])
    async def test_a_polite_end_says_bye_and_closes_the_recordings(
        self, tmp_path: Path, how: signal.Signals | None
    ) -> None:
        line = RunningLine(tmp_path)
        await line.connect()
        async with caller(line) as someone:
            call = await talk(line, someone)
            await someone.rtp.talk(someone.media, 0.3, byte=0x48)
            pid = line.client.pid
            ending = asyncio.create_task(line.stop())
            if how is not None:
                os.kill(pid, how)
            bye = await someone.peer.expect("BYE ")
            assert bye
            someone.to_tag = ""
            await ending
        recorded = [p for _, _, _, p in packets(line.spool / f"{call}=f.pcap")]
        assert recorded.count(b"\x48" * 160) == 15
        assert '"gone"' in (line.spool / f"{call}.marks").read_text()
        assert not line.options.socket.exists()


class TestMediaProcess:
    @pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stuck"])
    async def test_a_dead_or_stuck_one_is_replaced_and_its_calls_are_ended(
        self, line: RunningLine, blow: signal.Signals
    ) -> None:
        async with caller(line) as someone:
            call = await talk(line, someone)
            os.kill(media_child(line), blow)
            await line.expect(Alarm, code="media-restarted", within=8)
            await line.expect(Gone, call=call, party="caller", cause="line-failed")
            await someone.peer.expect("BYE ")
            someone.to_tag = ""
        async with caller(line) as another:
            call = await talk(line, another)
            await line.send(Play(call=call, play="p", pieces=("zh/one",)))
            await line.expect(PlayEnded, call=call, play="p", cause="finished")
            assert len(another.rtp.heard) == 20


class TestVanishedPhones:
    async def test_a_caller_who_sends_no_sound_any_more_is_hung_up(self, line: RunningLine) -> None:
        async with caller(line) as someone:
            call = await talk(line, someone)
            await line.send(Play(call=call, play="m", pieces=("zh/one",), loop=True))
            await someone.rtp.talk(someone.media, 0.5)
            await line.expect(Gone, call=call, party="caller", cause="media-timeout", within=6)
            await someone.peer.expect("BYE ")

    async def test_an_agent_who_vanishes_is_only_that_agent(self, line: RunningLine) -> None:
        async with caller(line) as someone, phone() as agent:
            call = await talk(line, someone)
            await line.send(Dial(call=call, leg="L1", target=agent.uri, from_user="1"))
            await agent.invited()
            await agent.answer()
            await line.send(Connect(call=call, hears={"caller": ("L1",), "L1": ("caller",)}))
            voice = asyncio.create_task(someone.rtp.talk(someone.media, 6))
            await agent.rtp.talk(agent.media, 0.4)
            await line.expect(Gone, call=call, party="L1", cause="media-timeout", within=6)
            await agent.peer.expect("BYE ")
            assert line.count(Gone, call=call, party="caller") == 0
            voice.cancel()

    async def test_a_caller_on_hold_may_be_silent(self, line: RunningLine) -> None:
        async with caller(line) as someone:
            call = await talk(line, someone)
            await someone.reinvite(sdp(someone.rtp.port, direction="inactive"))
            await asyncio.sleep(3.5)
            assert line.count(Gone, call=call) == 0


class TestFullDisk:
    async def test_calls_go_on_and_the_gap_is_on_record(self, tmp_path: Path) -> None:
        small = tmp_path / "spool"
        small.mkdir()
        if not _mount(small):
            pytest.skip("a small file system can only be mounted by root")
        try:
            cache = str(tmp_path / "plays")
            extra = ("--prompt-cache", cache, "--free-mb", "0", "--media-timeout", "60")
            async with running_line(tmp_path, *extra) as line:
                write_prompt(line.prompts, "zh/one", byte=3)
                async with caller(line) as someone:
                    call = await talk(line, someone)
                    await someone.rtp.talk(someone.media, 0.5, byte=0x41)
                    (small / "ballast").write_bytes(b"")
                    with (small / "ballast").open("wb", buffering=0) as ballast:
                        while _some_more(ballast.fileno()):
                            pass
                    await someone.rtp.talk(someone.media, 1.5, byte=0x42)
                    await line.expect(Alarm, code="recording-failed", call=call, cleared=False)
                    await someone.rtp.press(someone.media, "5")
                    await line.expect(Key, call=call, digit="5")
                    (small / "ballast").unlink()
                    await line.expect(
                        Alarm, code="recording-failed", call=call, cleared=True, within=6
                    )
                    await someone.rtp.talk(someone.media, 0.5, byte=0x43)
                    await someone.hang_up()
                    await line.expect(Gone, call=call, party="caller")
                    first = [p[0] for _, _, _, p in packets(small / f"{call}.1.pcap")]
                    second = [p[0] for _, _, _, p in packets(small / f"{call}=f.pcap")]
                    assert 0x41 in first
                    assert 0x43 in second
                    marks = (small / f"{call}.marks").read_text()
                    assert '"mark":"gap","on":true' in marks
                    assert '"mark":"gap","on":false' in marks
        finally:
            _unmount(small)


def _mount(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True)


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _some_more(fd: int) -> bool:
    try:
        return os.write(fd, bytes(4096)) > 0
    except OSError:
        return False
