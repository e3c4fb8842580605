"""Row E5: what a caller keys in during a secret entry is in no file and in no log."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cardline.ports.line.commands import Connect, Dial, Play, SecretEntry
from cardline.ports.line.events import Answered, Gone, Key, PlayEnded
from tests.wire.bare_sip import caller, phone, talk
from tests.wire.line_support import RunningLine, packets, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        yield line


def _written(line: RunningLine, call: str) -> tuple[set[int], set[int]]:
    """Digits and audio bytes of the caller in everything that lies on the disk for this call."""
    digits, voice = set[int](), set[int]()
    for path in line.home.rglob("*.pcap"):
        if call in path.name:
            for _, _, kind, payload in packets(path):
                (digits if kind == 101 else voice).add(payload[0])
    return digits, voice


async def test_digits_and_voice_of_the_secret_time_are_nowhere_on_the_disk(
    line: RunningLine,
) -> None:
    async with caller(line) as someone, phone() as agent:
        call = await talk(line, someone)
        await line.send(Dial(call=call, leg="L1", target=agent.uri, from_user="1"))
        await agent.invited()
        await agent.answer()
        await line.expect(Answered, call=call, party="L1")
        await line.send(
            Connect(call=call, hears={"caller": ("L1",), "L1": ("caller",)}),
        )
        await someone.rtp.talk(someone.media, 0.2, byte=0x41)
        await someone.rtp.press(someone.media, "1")
        await line.expect(Key, call=call, digit="1", secret=False)

        await line.send(SecretEntry(call=call, on=True))
        await asyncio.sleep(0.1)
        agent_talks = asyncio.create_task(agent.rtp.talk(agent.media, 2.0, byte=0x52))
        for digit in "572":
            await someone.rtp.talk(someone.media, 0.1, byte=0x66)
            await someone.rtp.press(someone.media, digit)
            await line.expect(Key, call=call, party="caller", digit=digit, secret=True)
        await line.send(SecretEntry(call=call, on=False))
        # The phone repeats the end of the last key while the application goes on already.
        await someone.rtp.press(someone.media, "9")
        await line.expect(Key, call=call, digit="9", secret=True)
        await asyncio.sleep(0.6)

        await someone.rtp.talk(someone.media, 0.2, byte=0x43)
        await someone.rtp.press(someone.media, "3")
        await line.expect(Key, call=call, digit="3", secret=False)
        await agent_talks
        assert agent.rtp.digits_heard() & {5, 7, 2} == set()
        digits_before_the_end, voice_before_the_end = _written(line, call)
        await someone.hang_up()
        await line.expect(Gone, call=call, party="caller")
        for digits, voice in (
            (digits_before_the_end, voice_before_the_end),
            _written(line, call),
        ):
            assert digits <= {1, 3}
            assert 0x66 not in voice
        digits, voice = _written(line, call)
        assert digits == {1, 3}
        assert {0x41, 0x43, 0x52} <= voice
        agents = [
            payload
            for path in line.home.rglob(f"{call}*.pcap")
            for _, _, kind, payload in packets(path)
            if kind == 0 and payload[0] == 0x52
        ]
        assert len(agents) == 100  # nothing of the other side is lost meanwhile
        marks = (line.spool / f"{call}.marks").read_text()
        assert marks.count('"mark":"secret"') == 2


async def test_the_log_names_no_digit(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(SecretEntry(call=call, on=True))
        await asyncio.sleep(0.05)
        for digit in "86420":
            await someone.rtp.press(someone.media, digit)
            await line.expect(Key, call=call, digit=digit, secret=True)
        assert "8" not in "".join(ch for ch in line.log() if ch.isdigit()) or not line.log()
        assert repr(Key(call="c", at=0, party="caller", digit="8", secret=True)).count("8") == 0


async def test_a_forgotten_secret_entry_ends_by_itself(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(SecretEntry(call=call, on=True, seconds=0.3))
        await asyncio.sleep(0.1)
        await someone.rtp.press(someone.media, "5")
        await line.expect(Key, call=call, digit="5", secret=True)
        await asyncio.sleep(0.8)
        await someone.rtp.press(someone.media, "6")
        await line.expect(Key, call=call, digit="6", secret=False)
        await someone.hang_up()
        await line.expect(Gone, call=call)
        assert _written(line, call)[0] == {6}


async def test_a_call_that_ends_in_the_middle_of_it_keeps_the_secret(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(SecretEntry(call=call, on=True))
        await asyncio.sleep(0.05)
        await someone.rtp.press(someone.media, "5")
        await line.expect(Key, call=call, digit="5", secret=True)
        await someone.hang_up()
        await line.expect(Gone, call=call)
        assert _written(line, call)[0] == set()


async def test_prompts_play_during_a_secret_entry(line: RunningLine) -> None:
    async with caller(line) as someone:
        call = await talk(line, someone)
        await line.send(SecretEntry(call=call, on=True))
        await line.send(Play(call=call, play="p", pieces=("zh/one",)))
        await someone.rtp.press(someone.media, "5")
        await line.expect(Key, call=call, digit="5", secret=True)
        await line.expect(PlayEnded, call=call, play="p", cause="finished")
        assert len(someone.rtp.heard) == 20
