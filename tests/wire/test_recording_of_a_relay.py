"""A call through the real media relay becomes one file; so does one whose relay was killed."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cardline.adapters.sip import g711

pytest.importorskip("rtp.io", reason="the media relay is not built for this machine")

RELAY_CALL = Path(__file__).with_name("relay_call.py")
HOUSE = Path(__file__).parents[2]
CALL = "c0relaytest"
Sound = NDArray[np.int16]


def free_ports(number: int) -> int:
    """The first of a stretch of UDP ports that nobody has."""
    for first in range(36000, 60000, number):
        try:
            for port in range(first, first + number, 20):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
                    tried.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no free ports")


def run(*command: object) -> str:
    told = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=HOUSE,
        env={"PYTHONPATH": str(HOUSE)},
        check=False,
    )
    return told.stdout


def call_of(spool: Path, *options: str) -> str:
    spool.mkdir()
    time_of = np.arange(8000) / 8000
    prompt = g711.encode((8000 * np.sin(2 * np.pi * 440 * time_of)).astype(np.int16), "ulaw")
    (spool / "greeting.0").write_bytes(prompt.tobytes())
    return run(RELAY_CALL, spool, CALL, spool / "greeting", free_ports(220), *options)


def recorded(spool: Path, out: Path, *options: str) -> tuple[dict[str, object], Sound, Sound]:
    worker = ("-m", "cardline.adapters.sip.recording.worker")
    (line,) = run(*worker, spool, out, "--once", *options).splitlines()
    both = g711.decode((out / f"{CALL}.wav").read_bytes()[58:], "ulaw").reshape(-1, 2)
    return json.loads(line), both[:, 0], both[:, 1]


def hz(side: Sound, begins: float, ends: float) -> float:
    piece = side[round(begins * 8000) : round(ends * 8000)].astype(float)
    spectrum = np.abs(np.fft.rfft(piece))
    return float(np.argmax(spectrum) * 8000 / len(piece)) if np.abs(piece).max() > 50 else 0.0


def test_a_relayed_call_is_one_file_with_prompt_talk_and_no_secret(tmp_path: Path) -> None:
    spool, out = tmp_path / "spool", tmp_path / "out"
    first_heard = json.loads(call_of(spool))["first_heard_at"]
    marks = [json.loads(line) for line in (spool / f"{CALL}.marks").read_text().splitlines()]
    at = {mark["mark"]: mark["at"] - marks[0]["at"] for mark in marks}
    told, left, right = recorded(spool, out)

    onset = float(np.argmax(np.abs(right) > 500)) / 8000
    assert onset == pytest.approx(first_heard - marks[0]["at"], abs=0.02)
    assert hz(right, onset, onset + 0.95) == pytest.approx(440, abs=5)
    assert hz(right, onset + 1.05, at["connect"] - 0.02) == 0
    assert hz(right, at["connect"] + 0.1, at["gone"] - 0.1) == pytest.approx(1000, abs=5)
    shown = at["secret"]
    assert hz(left, 0.1, 1.4) == pytest.approx(600, abs=5)
    assert hz(left, 1.55, shown) == 0
    assert hz(left, shown + 0.2, at["gone"] - 0.1) == pytest.approx(600, abs=5)
    assert (told["gaps"], told["defects"]) == ([], [])
    assert told["bytes"] == (out / f"{CALL}.wav").stat().st_size
    assert not list(spool.rglob(f"{CALL}*"))


def test_a_killed_relay_leaves_what_was_said_until_then(tmp_path: Path) -> None:
    spool, out = tmp_path / "spool", tmp_path / "out"
    call_of(spool, "die")
    told, left, right = recorded(spool, out, "--recover")
    assert hz(left, 0.1, 1.4) == pytest.approx(600, abs=5)
    assert hz(right, 2.5, 2.9) == pytest.approx(1000, abs=5)
    assert told["seconds"] == pytest.approx(3.0, abs=0.1)
    assert not list(spool.rglob(f"{CALL}*"))
