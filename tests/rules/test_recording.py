"""One recording of a whole call, from captures made here byte by byte."""

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cardline.adapters.sip import g711
from cardline.adapters.sip.g711 import Law
from cardline.adapters.sip.recording.making import build_recording
from cardline.adapters.sip.recording.story import Recording

ZERO = 1_700_000_000.25
CALL = "c0testcall"
CALLER_PORT, AGENT_PORT, MIXER_PORT = 31000, 31002, 31004
Sound = NDArray[np.int16]


def tone(hz: float, seconds: float, level: int = 8000) -> Sound:
    time = np.arange(round(seconds * 8000)) / 8000
    return np.round(level * np.sin(2 * np.pi * hz * time)).astype(np.int16)


def as_sent(sound: Sound) -> Sound:
    return g711.decode(g711.encode(sound, "ulaw"), "ulaw")


def frame(port: int, rtp: bytes) -> bytes:
    udp = struct.pack("!HHHH", 40000, port, 8 + len(rtp), 0) + rtp
    ip = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1"
    )
    return bytes(12) + b"\x08\x00" + ip + udp


def rtp(payload: bytes, *, seq: int, timestamp: int, payload_type: int = 0, ssrc: int = 7) -> bytes:
    head = (0x80, payload_type, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return struct.pack("!BBHII", *head) + payload


@dataclass
class Stage:
    """A spool with one call in it."""

    spool: Path
    packets: list[tuple[float, bytes]] = field(default_factory=list)
    marks: list[dict[str, object]] = field(default_factory=list)

    def mark(self, at: float, mark: str, **rest: object) -> None:
        self.marks.append({"at": ZERO + at, "mark": mark, **rest})

    def begin(self, law: Law = "ulaw") -> None:
        self.mark(0, "answered", law=law)
        self.mark(0, "media", party="caller", port=CALLER_PORT)
        self.mark(0, "media", party="L1", port=AGENT_PORT)

    def talk(
        self,
        sound: Sound,
        *,
        begins: float = 0.0,
        port: int = CALLER_PORT,
        law: Law = "ulaw",
        seq: int = 0,
        timestamp: int = 0,
        ssrc: int = 7,
        frame_ms: int = 20,
    ) -> list[int]:
        """Send ``sound`` in time; returns the places of its packets in ``packets``."""
        size = frame_ms * 8
        placed = []
        for number in range(len(sound) // size):
            coded = g711.encode(sound[number * size : (number + 1) * size], law).tobytes()
            head = rtp(
                coded,
                seq=seq + number,
                timestamp=timestamp + number * size,
                payload_type=g711.PAYLOAD_TYPE[law],
                ssrc=ssrc,
            )
            placed.append(len(self.packets))
            self.packets.append((ZERO + begins + number * size / 8000, frame(port, head)))
        return placed

    def late(self, places: Iterable[int], seconds: float) -> None:
        for place in places:
            at, what = self.packets[place]
            self.packets[place] = (at + seconds, what)

    def lose(self, places: Sequence[int]) -> None:
        self.packets = [packet for n, packet in enumerate(self.packets) if n not in set(places)]

    def capture(self) -> bytes:
        head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        records = [
            struct.pack("<IIII", int(at), int(at % 1 * 1e6), len(what), len(what)) + what
            for at, what in sorted(self.packets, key=lambda packet: packet[0])
        ]
        return head + b"".join(records)

    def record(self, *, ends: float | None, capture: bytes | None = None) -> "Result":
        if ends is not None:
            self.mark(ends, "gone", cause="hung-up")
        lines = "".join(json.dumps(mark) + "\n" for mark in self.marks)
        if lines:
            (self.spool / f"{CALL}.marks").write_text(lines)
        if capture is None and self.packets:
            capture = self.capture()
        if capture is not None:
            (self.spool / f"{CALL}=f.pcap").write_bytes(capture)
        return Result(build_recording(self.spool, CALL, self.spool / "out.wav"))


class Result:
    """A recording, heard again."""

    def __init__(self, told: Recording) -> None:
        self.told = told
        raw = told.file.read_bytes()
        number, channels, rate = struct.unpack_from("<HHI", raw, 20)
        assert (raw[:4], raw[8:12], number, channels, rate) == (b"RIFF", b"WAVE", 7, 2, 8000)
        (size,) = struct.unpack_from("<I", raw, 54)
        assert len(raw) == 58 + size == told.bytes == struct.unpack_from("<I", raw, 4)[0] + 8
        both = g711.decode(raw[58:], "ulaw").reshape(-1, 2)
        self.left, self.right = both[:, 0], both[:, 1]

    def hz(self, side: Sound, begins: float, ends: float) -> float:
        """The strongest frequency, 0 for silence."""
        piece = side[round(begins * 8000) : round(ends * 8000)].astype(float)
        if np.abs(piece).max() < 50:
            return 0.0
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece))))
        return float(np.argmax(spectrum) * 8000 / len(piece))

    def onset(self, side: Sound) -> float:
        """Seconds at which sound begins."""
        return float(np.argmax(np.abs(side) > 500)) / 8000


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_both_sides_lie_where_they_were_spoken(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 4))
    stage.talk(tone(1000, 2), begins=1.5, port=AGENT_PORT, ssrc=9)
    heard = stage.record(ends=4)
    assert heard.told.seconds == pytest.approx(4, abs=0.001)
    assert heard.hz(heard.left, 0.1, 3.9) == pytest.approx(600, abs=3)
    assert heard.hz(heard.right, 1.6, 3.4) == pytest.approx(1000, abs=3)
    assert heard.onset(heard.right) == pytest.approx(1.5, abs=0.02)
    assert heard.hz(heard.right, 0, 1.4) == 0
    assert heard.told.gaps == ()
    assert heard.told.defects == ()


def test_a_law_and_mu_law_may_change_within_one_call(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 1), law="alaw")
    stage.talk(tone(700, 1), begins=1, law="ulaw", seq=50, timestamp=8000)
    heard = stage.record(ends=2)
    assert heard.hz(heard.left, 0.1, 0.9) == pytest.approx(600, abs=3)
    assert heard.hz(heard.left, 1.1, 1.9) == pytest.approx(700, abs=3)
    assert np.abs(heard.left[800:15000]).max() == pytest.approx(8000, rel=0.05)


def test_lost_packets_are_silence_of_their_length_and_nothing_moves(stage: Stage) -> None:
    stage.begin()
    sound = tone(600, 4)
    stage.lose(stage.talk(sound)[100:110])
    heard = stage.record(ends=4)
    expected = as_sent(sound)
    expected[16000:17600] = 0
    assert np.array_equal(heard.left, expected)


def test_late_reordered_and_doubled_packets_go_to_their_places(stage: Stage) -> None:
    stage.begin()
    sound = tone(600, 4)
    sent = stage.talk(sound)
    stage.late(sent[50:150:7], 0.05)
    stage.packets += [(at + 0.01, what) for at, what in stage.packets[60:90]]
    heard = stage.record(ends=4)
    assert np.array_equal(heard.left, as_sent(sound))


def test_a_stall_of_the_network_leaves_the_sound_at_its_place(stage: Stage) -> None:
    stage.begin()
    sound = tone(600, 6)
    sent = stage.talk(sound)
    for number, place in enumerate(sent[100:160]):
        stage.late([place], 1.2 - number * 0.0199)
    heard = stage.record(ends=6)
    assert np.array_equal(heard.left, as_sent(sound))


def test_sequence_numbers_and_timestamps_may_wrap(stage: Stage) -> None:
    stage.begin()
    sound = tone(600, 4)
    stage.talk(sound, seq=65500, timestamp=2**32 - 8000)
    heard = stage.record(ends=4)
    assert np.array_equal(heard.left, as_sent(sound))


@pytest.mark.parametrize("jump", [5_000_000, -5_000_000, 9_000, -9_000])
def test_a_jump_of_the_timestamps_starts_a_new_count(stage: Stage, jump: int) -> None:
    stage.begin()
    stage.talk(tone(600, 2), timestamp=10_000_000)
    stage.talk(tone(900, 2), begins=2, seq=100, timestamp=10_016_000 + jump)
    heard = stage.record(ends=4)
    assert heard.hz(heard.left, 0.1, 1.9) == pytest.approx(600, abs=3)
    assert heard.hz(heard.left, 2.05, 3.9) == pytest.approx(900, abs=3)
    assert np.abs(heard.left[15840:16160]).max() > 5000


def test_clocks_that_drift_apart_do_not_move_the_sound(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 119))
    stage.packets = [(ZERO + (at - ZERO) * 1.003, what) for at, what in stage.packets]
    stage.talk(tone(900, 1), begins=119.5, seq=1, timestamp=99, ssrc=70)
    heard = stage.record(ends=121)
    ended = np.flatnonzero(np.abs(heard.left[: round(119.45 * 8000)]) > 500)[-1] / 8000
    assert ended == pytest.approx(119 * 1.003, abs=0.03)


def test_the_secret_stretch_is_silent_on_the_left_only(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 6))
    stage.talk(tone(1000, 6), port=AGENT_PORT, ssrc=9)
    stage.mark(2, "secret", on=True)
    stage.mark(4, "secret", on=False)
    heard = stage.record(ends=6)
    assert heard.hz(heard.left, 1.94, 4.12) == 0
    assert heard.hz(heard.left, 0.1, 1.9) == pytest.approx(600, abs=3)
    assert heard.hz(heard.left, 4.2, 5.9) == pytest.approx(600, abs=3)
    assert heard.hz(heard.right, 2, 4) == pytest.approx(1000, abs=3)
    assert [segment.kind for segment in heard.told.segments] == ["secret"]
    assert heard.told.gaps == ()


def test_a_secret_that_nobody_ended_lasts_to_the_end(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 6))
    stage.mark(2, "secret", on=True)
    heard = stage.record(ends=6)
    assert heard.hz(heard.left, 1.94, 6) == 0


def test_keys_are_never_heard(stage: Stage) -> None:
    stage.begin()
    stage.talk(np.zeros(16000, np.int16))
    for number in range(30):
        event = struct.pack("!BBH", 5, 10, 160 * (number + 1))
        head = rtp(event, seq=200 + number, timestamp=4000, payload_type=101)
        stage.packets.append((ZERO + 0.5 + number * 0.02, frame(CALLER_PORT, head)))
    heard = stage.record(ends=2)
    assert np.abs(heard.left).max() < 50
    assert np.abs(heard.right).max() < 50


@pytest.mark.parametrize(("suffix", "law"), [(".0", "ulaw"), (".8", "alaw")])
def test_a_prompt_is_heard_where_and_as_long_as_it_played(
    stage: Stage, tmp_path: Path, suffix: str, law: Law
) -> None:
    prompt = tmp_path / f"greeting{suffix}"
    prompt.write_bytes(g711.encode(tone(440, 2), law).tobytes())
    stage.begin(law)
    stage.talk(tone(600, 6), law=law)
    stage.talk(tone(1000, 4), begins=2, port=AGENT_PORT, ssrc=9, law=law)
    stage.mark(1, "play", party="caller", file=str(tmp_path / "greeting"), pieces=["zh/greeting"])
    stage.mark(3, "play-end", party="caller")
    stage.mark(4, "play", party="caller", file=str(prompt), pieces=["zh/greeting"])
    stage.mark(4.5, "play-end", party="caller")
    heard = stage.record(ends=6)
    assert heard.onset(heard.right) == pytest.approx(1, abs=0.02)
    assert heard.hz(heard.right, 1.02, 2.98) == pytest.approx(440, abs=3)
    assert heard.hz(heard.right, 3.02, 3.98) == pytest.approx(1000, abs=3)
    assert heard.hz(heard.right, 4.02, 4.48) == pytest.approx(440, abs=3)
    assert heard.hz(heard.right, 4.52, 5.9) == pytest.approx(1000, abs=3)
    told = [(segment.kind, segment.begins, segment.seconds) for segment in heard.told.segments]
    assert told == [("prompt", 1.0, 2.0), ("prompt", 4.0, 0.5)]


def test_music_goes_round_until_the_next_prompt(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "music.0").write_bytes(g711.encode(tone(500, 0.7), "ulaw").tobytes())
    (tmp_path / "greeting.0").write_bytes(g711.encode(tone(440, 1), "ulaw").tobytes())
    stage.begin()
    stage.talk(tone(600, 130))
    stage.mark(1, "play", party="caller", file=str(tmp_path / "music.0"), loop=True)
    stage.mark(125, "play", party="caller", file=str(tmp_path / "greeting.0"))
    stage.mark(2, "play", party="L1", file=str(tmp_path / "greeting.0"))
    heard = stage.record(ends=130)
    for second in (1.1, 60.5, 124):
        assert heard.hz(heard.right, second, second + 0.9) == pytest.approx(500, abs=15)
    assert heard.hz(heard.right, 125.02, 125.98) == pytest.approx(440, abs=3)
    assert heard.hz(heard.right, 126.02, 129) == 0


def test_a_missing_prompt_is_told_as_a_gap(stage: Stage, tmp_path: Path) -> None:
    stage.begin()
    stage.talk(tone(600, 4))
    stage.mark(1, "play", party="caller", file=str(tmp_path / "nowhere"))
    stage.mark(3, "play-end", party="caller")
    heard = stage.record(ends=4)
    gaps = [(gap.side, gap.begins, gap.seconds, gap.reason) for gap in heard.told.gaps]
    assert gaps == [("heard", 1.0, 2.0, "prompt-missing")]


def test_only_parties_whom_the_caller_heard_are_on_the_right(stage: Stage) -> None:
    stage.begin()
    stage.mark(0, "media", party="mixer", port=MIXER_PORT)
    stage.talk(tone(600, 8))
    stage.talk(tone(1000, 8), port=AGENT_PORT, ssrc=9)
    stage.talk(tone(1500, 8), port=MIXER_PORT, ssrc=10)
    stage.mark(0, "connect", hears={"caller": ["L1"], "L1": ["caller"]})
    stage.mark(2, "connect", hears={"L1": ["L2"], "L2": ["L1"]})
    stage.mark(4, "connect", hears={"caller": ["L1", "L2"], "L1": ["caller"]}, mixed=True)
    stage.mark(6, "connect", hears={"caller": ["L1"], "L1": ["caller"]})
    heard = stage.record(ends=8)
    for begins, hz in ((0.1, 1000), (2.1, 0), (4.1, 1500), (6.1, 1000)):
        assert heard.hz(heard.right, begins, begins + 1.8) == pytest.approx(hz, abs=3)
    assert [segment.what for segment in heard.told.segments] == [("L1",), ("L1", "L2"), ("L1",)]


def test_two_parties_at_once_are_added(stage: Stage) -> None:
    stage.begin()
    stage.mark(0, "media", party="L2", port=MIXER_PORT)
    stage.talk(tone(600, 2))
    stage.talk(tone(1000, 2), port=AGENT_PORT, ssrc=9)
    stage.talk(tone(1500, 2, level=6000), port=MIXER_PORT, ssrc=10)
    stage.mark(0, "connect", hears={"caller": ["L1", "L2"]})
    heard = stage.record(ends=2)
    spectrum = np.abs(np.fft.rfft(heard.right[:8000].astype(float)))
    assert {int(hz) for hz in np.argsort(spectrum)[-2:]} == {1000, 1500}


def test_a_capture_cut_in_the_middle_of_a_packet_is_used_up_to_there(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 6))
    heard = stage.record(ends=6, capture=stage.capture()[: 24 + 150 * 230 + 99])
    assert heard.hz(heard.left, 0.1, 2.9) == pytest.approx(600, abs=3)
    assert heard.hz(heard.left, 3.0, 6) == 0
    gap = heard.told.gaps[0]
    assert (gap.side, gap.reason) == ("caller", "no-media")
    assert (gap.begins, gap.seconds) == pytest.approx((3, 3), abs=0.05)
    assert heard.told.defects == (f"capture-damaged:{CALL}=f.pcap",)


def test_a_hole_in_a_capture_is_stepped_over(stage: Stage) -> None:
    stage.begin()
    sound = tone(600, 6)
    stage.talk(sound)
    capture = bytearray(stage.capture())
    capture[24 + 100 * 230 : 24 + 110 * 230] = bytes(2300)
    heard = stage.record(ends=6, capture=bytes(capture))
    assert heard.hz(heard.left, 2.0, 2.2) == 0
    assert heard.hz(heard.left, 2.25, 5.9) == pytest.approx(600, abs=3)
    assert heard.told.defects == (f"capture-damaged:{CALL}=f.pcap",)


def test_media_that_stopped_though_connected_is_a_gap_on_its_side(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 3))
    stage.talk(tone(600, 3), begins=7, seq=150, timestamp=56000)
    stage.talk(tone(1000, 2), port=AGENT_PORT, ssrc=9)
    stage.mark(0, "connect", hears={"caller": ["L1"]})
    stage.mark(8, "connect", hears={})
    heard = stage.record(ends=10)
    gaps = [(gap.side, round(gap.begins), round(gap.seconds)) for gap in heard.told.gaps]
    assert gaps == [("heard", 2, 6), ("caller", 3, 4)]
    assert heard.hz(heard.left, 7.1, 9.9) == pytest.approx(600, abs=3)


def test_without_any_capture_the_prompts_are_still_there(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "greeting.0").write_bytes(g711.encode(tone(440, 1), "ulaw").tobytes())
    stage.begin()
    stage.mark(1, "play", party="caller", file=str(tmp_path / "greeting.0"))
    stage.mark(1, "pcap", file="lost.pcap")
    heard = stage.record(ends=4)
    assert heard.hz(heard.right, 1.02, 1.98) == pytest.approx(440, abs=3)
    assert [(gap.side, gap.seconds, gap.reason) for gap in heard.told.gaps] == [
        ("caller", 4.0, "no-capture")
    ]
    assert heard.told.defects == ("capture-missing:lost.pcap",)


def test_without_marks_the_first_stream_is_the_caller(stage: Stage) -> None:
    stage.talk(tone(600, 3))
    stage.talk(tone(1000, 2), begins=1, port=AGENT_PORT, ssrc=9)
    heard = stage.record(ends=None)
    assert heard.told.seconds == pytest.approx(3, abs=0.03)
    assert heard.hz(heard.left, 0.1, 2.9) == pytest.approx(600, abs=3)
    assert heard.hz(heard.right, 1.1, 2.9) == pytest.approx(1000, abs=3)
    assert heard.told.defects == ("marks-missing",)


def test_a_torn_last_mark_and_an_unknown_one_do_no_harm(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 3))
    stage.mark(1, "comet", tail=3)
    lines = "".join(json.dumps(mark) + "\n" for mark in stage.marks)
    stage.marks = []
    (stage.spool / f"{CALL}.marks").write_text(lines + '{"at":17000')
    heard = stage.record(ends=None)
    assert heard.hz(heard.left, 0.1, 2.9) == pytest.approx(600, abs=3)
    assert heard.told.defects == ("marks-damaged",)


def test_media_in_several_captures_is_one_recording(stage: Stage) -> None:
    stage.begin()
    stage.talk(tone(600, 3), begins=3, seq=500, timestamp=77, ssrc=8)
    (stage.spool / f"{CALL}-1=f.pcap").write_bytes(stage.capture())
    (stage.spool / f"{CALL}x=f.pcap").write_bytes(b"of another call")
    stage.packets = []
    stage.talk(tone(600, 3))
    heard = stage.record(ends=6)
    assert heard.hz(heard.left, 0.1, 5.9) == pytest.approx(600, abs=3)
    assert len(heard.told.sources) == 2
    assert heard.told.gaps == ()


@pytest.mark.parametrize("seed", range(25))
def test_garbage_never_fails_and_still_makes_a_file(stage: Stage, seed: int) -> None:
    chance = np.random.default_rng(seed)
    stage.begin()
    stage.talk(tone(600, 3))
    capture = bytearray(stage.capture())
    for _ in range(int(chance.integers(1, 200))):
        capture[int(chance.integers(0, len(capture)))] = int(chance.integers(0, 256))
    at = int(chance.integers(0, len(capture)))
    capture[at:at] = chance.bytes(int(chance.integers(0, 3000)))
    heard = stage.record(ends=3, capture=bytes(capture))
    assert heard.told.seconds == pytest.approx(3)
    assert len(heard.left) == 24000


def test_a_file_that_is_no_capture_at_all_is_told(stage: Stage) -> None:
    stage.begin()
    heard = stage.record(ends=2, capture=b"\0" * 500)
    assert heard.told.defects == (f"capture-damaged:{CALL}=f.pcap",)
    assert len(heard.left) == 16000
