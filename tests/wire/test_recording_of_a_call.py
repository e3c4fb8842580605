"""A whole call on the real line becomes one file: prompt, secret, talk, three-way, consultation."""

import asyncio
import json
import sys
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cardline.adapters.sip import g711
from cardline.ports.line.commands import Answer, Connect, Dial, HangUp, Play, SecretEntry
from cardline.ports.line.events import Answered, Gone, Incoming, Key, PlayEnded
from cardline.sim.phone import Phone, Voice
from cardline.sim.sound import Sound, tone
from tests.wire.line_support import RunningLine, running_line

pytest.importorskip("rtp.io", reason="the media relay is not built for this machine")

HOUSE = Path(__file__).parents[2]
CALLER_HZ, FIRST_HZ, SECOND_HZ, PROMPT_HZ = 600, 1000, 1400, 440
PATIENCE = 15.0
Side = NDArray[np.int16]


def write_tone(folder: Path, name: str, hz: int, seconds: float) -> None:
    path = folder / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(tone(hz).samples[: round(seconds * 8000)].tobytes())


def tones(side: Side, begins: float, seconds: float) -> set[int]:
    """Which of the known tones are in this stretch."""
    piece = side[round(begins * 8000) : round((begins + seconds) * 8000)].astype(float)
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 8000)) / len(piece)
    known = (CALLER_HZ, FIRST_HZ, SECOND_HZ, PROMPT_HZ)
    return {hz for hz in known if spectrum[hz - 4 : hz + 5].max() > 200}


async def recorded(line: RunningLine, call: str) -> tuple[dict[str, Any], Side, Side]:
    out = line.home / "recordings"
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cardline.adapters.sip.recording.worker", "--once"),
        *(str(line.spool), str(out)),
        cwd=HOUSE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await worker.communicate()
    (entry,) = [json.loads(text) for text in told.splitlines()]
    assert entry["call"] == call
    both = g711.decode((out / f"{call}.wav").read_bytes()[58:], "ulaw").reshape(-1, 2)
    return entry, both[:, 0], both[:, 1]


def voice(hz: int, law: g711.Law) -> Voice:
    sound: Sound = tone(hz, level=6000)
    return Voice(laws=(law,), sound=sound)


async def test_the_recording_holds_what_was_said_and_heard(tmp_path: Path) -> None:
    law: g711.Law = "alaw"
    async with (
        running_line(tmp_path) as line,
        Phone(user="8001", voice=voice(FIRST_HZ, law)) as first,
        Phone(user="8002", voice=voice(SECOND_HZ, law)) as second,
        Phone(user="+8613800138000", voice=voice(CALLER_HZ, law)) as someone,
    ):
        write_tone(line.prompts, "zh/tone", PROMPT_HZ, 1.0)
        speaking = someone.dial(f"sip:hotline@127.0.0.1:{line.port}")
        call = (await line.expect(Incoming, within=PATIENCE)).call
        await line.send(Answer(call=call))
        zero = (await line.expect(Answered, party="caller", within=PATIENCE)).at
        await speaking.answered(within=PATIENCE)

        def now() -> float:
            """Seconds since the answer."""
            return time.time() - zero

        await line.send(Play(call=call, play="p1", pieces=("zh/tone",)))
        await speaking.heard_tone(PROMPT_HZ, within=PATIENCE)
        heard_prompt = now()
        await line.expect(PlayEnded, play="p1", within=PATIENCE)
        await line.send(SecretEntry(call=call, on=True))
        await asyncio.sleep(0.3)
        secret_from = now()
        await speaking.press("7", gap=0.1)
        await line.expect(Key, digit="7", secret=True, within=PATIENCE)
        secret_until = now()
        await line.send(SecretEntry(call=call, on=False))
        await asyncio.sleep(0.6)  # the line hides the end of the last key too

        await join(line, call, first, "L1")
        await line.send(Connect(call=call, hears={"caller": ("L1",), "L1": ("caller",)}))
        await speaking.heard_tone(FIRST_HZ, within=PATIENCE)
        await asyncio.sleep(0.6)
        talked = now() - 0.5
        await join(line, call, second, "L2")
        await line.send(Connect(call=call, hears=everybody()))
        for _ in range(100):
            if heard_now(speaking.heard(0.3)) == {FIRST_HZ, SECOND_HZ}:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.6)
        three_talked = now() - 0.5
        await line.send(Connect(call=call, hears={"L1": ("L2",), "L2": ("L1",)}))
        await speaking.heard_silence(within=PATIENCE)
        await asyncio.sleep(0.6)
        consulted = now() - 0.5
        await line.send(HangUp(call=call, party="L2"))
        await line.expect(Gone, party="L2", within=PATIENCE)
        await line.send(Connect(call=call, hears={"caller": ("L1",), "L1": ("caller",)}))
        await speaking.heard_tone(FIRST_HZ, within=PATIENCE)
        await asyncio.sleep(0.6)
        back = now() - 0.5
        await speaking.hang_up()
        await line.expect(Gone, party="caller", within=PATIENCE)
        told, left, right = await recorded(line, call)

    assert tones(right, heard_prompt + 0.1, 0.3) == {PROMPT_HZ}
    assert tones(left, heard_prompt + 0.1, 0.3) == {CALLER_HZ}
    assert np.abs(left[round(secret_from * 8000) : round(secret_until * 8000)]).max() < 20
    assert tones(left, talked, 0.4) == {CALLER_HZ}
    assert tones(right, talked, 0.4) == {FIRST_HZ}
    assert tones(right, three_talked, 0.4) == {FIRST_HZ, SECOND_HZ}
    assert tones(right, consulted, 0.4) == set()
    assert tones(left, consulted, 0.4) == {CALLER_HZ}
    assert tones(right, back, 0.4) == {FIRST_HZ}
    assert told["defects"] == []
    assert {gap["reason"] for gap in told["gaps"]} <= {"no-media"}  # a slow start of an agent


async def join(line: RunningLine, call: str, phone: Phone, leg: str) -> None:
    dial = Dial(call=call, leg=leg, target=phone.uri, from_user="+8613800138000")
    await line.send(dial)
    await line.expect(Answered, party=leg, within=PATIENCE)


def everybody() -> dict[str, tuple[str, ...]]:
    return {"caller": ("L1", "L2"), "L1": ("caller", "L2"), "L2": ("caller", "L1")}


def heard_now(samples: Side) -> set[int]:
    return tones(samples, 0, len(samples) / 8000)
