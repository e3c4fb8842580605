"""The worker takes calls out of the spool only when their recording is safe."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.sip.recording.worker import Worker

GONE = [
    {"at": 100.0, "mark": "answered", "law": "ulaw"},
    {"at": 103.0, "mark": "gone", "cause": "hung-up"},
]


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    (folder / "live").mkdir(parents=True)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def put(spool: Path, call: str, marks: list[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(mark) + "\n" for mark in marks)
    (spool / f"{call}.marks").write_text(lines)


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_call_is_finished_once_it_is_gone_and_not_before(
    spool: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = Worker(spool, out)
    put(spool, "c1", GONE[:1])
    worker.look()
    assert told(capsys) == []
    put(spool, "c1", GONE)
    worker.look()
    (line,) = told(capsys)
    assert (line["call"], line["seconds"]) == ("c1", 3.0)
    assert line["gaps"] == [
        {"side": "caller", "begins": 0.0, "seconds": 3.0, "reason": "no-capture"}
    ]
    assert (out / "c1.wav").stat().st_size == line["bytes"] == 58 + 48000
    assert not list(spool.glob("c1*"))
    worker.finish("c1")
    assert told(capsys) == []


def test_recovery_takes_every_call_for_ended(
    spool: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(spool, "c1", GONE[:1])
    (spool / "live" / "c2=f.pcap").write_bytes(b"torn")
    (spool / "live" / "c1=f.pcap").write_bytes(b"torn")
    Worker(spool, out).recover()
    assert [line["call"] for line in told(capsys)] == ["c1", "c2"]
    assert [path for path in spool.rglob("*") if path.is_file()] == []


def test_a_call_that_was_never_answered_leaves_no_file(
    spool: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(spool, "c1", GONE[1:])
    Worker(spool, out).look()
    assert told(capsys) == [{"call": "c1", "file": None}]
    assert list(out.iterdir()) == []
    assert not list(spool.glob("c1*"))


def test_what_cannot_be_written_stays_in_the_spool(
    spool: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (out / "c1.wav").mkdir()
    (out / "c1.wav" / "in the way").touch()
    put(spool, "c1", GONE)
    worker = Worker(spool, out)
    worker.look()
    (line,) = told(capsys)
    assert set(line) == {"call", "error"}
    assert (spool / "c1.marks").exists()
    assert [path.name for path in out.iterdir()] == ["c1.wav"]
    (out / "c1.wav" / "in the way").unlink()
    (out / "c1.wav").rmdir()
    worker.finish("c1")
    assert (out / "c1.wav").is_file()
    assert not (spool / "c1.marks").exists()


def test_a_removal_cut_short_is_completed_and_makes_no_second_recording(
    spool: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(spool, "c1", GONE)
    capture = spool / "live" / "c1=f.pcap"
    capture.write_bytes(b"used already")
    (spool / "c1.done").write_text(f"{capture}\n")
    Worker(spool, out).recover()
    assert told(capsys) == []
    assert [path for path in spool.rglob("*") if path.is_file()] == []


def test_names_that_lead_elsewhere_are_ignored(spool: Path, out: Path) -> None:
    put(spool, ".hidden", GONE)
    Worker(spool, out).recover()
    assert list(out.iterdir()) == []
