"""The mixer's jitter buffer: what arrives late, twice, in other sizes or not at all."""

from hypothesis import given
from hypothesis import strategies as st

from cardline.adapters.sip.mixer.party import JitterBuffer

STILL = b"\xff" * 160


def piece(number: int, size: int = 160) -> bytes:
    return bytes([number % 200]) * size


def test_the_first_frame_waits_for_one_step() -> None:
    buffer = JitterBuffer("ulaw")
    assert buffer.frame() == STILL
    buffer.put(1000, piece(1))
    assert [buffer.frame(), buffer.frame(), buffer.frame()] == [STILL, piece(1), STILL]


def test_order_is_restored_doubles_and_losses_do_no_harm() -> None:
    buffer = JitterBuffer("alaw")
    buffer.put(0, piece(0))
    assert buffer.frame() == b"\xd5" * 160
    buffer.put(320, piece(2))
    buffer.put(160, piece(1))
    buffer.put(160, piece(1))
    assert [buffer.frame(), buffer.frame(), buffer.frame()] == [piece(0), piece(1), piece(2)]
    buffer.put(800, piece(5))
    played = [buffer.frame() for _ in range(3)]
    assert played == [b"\xd5" * 160, b"\xd5" * 160, piece(5)]


def test_what_comes_behind_its_time_is_dropped() -> None:
    buffer = JitterBuffer("ulaw")
    for number in range(3):
        buffer.put(number * 160, piece(number))
        buffer.frame()
    buffer.put(0, piece(9))
    assert piece(9) not in [buffer.frame() for _ in range(3)]


def test_packets_of_30_ms_are_played_without_a_seam() -> None:
    buffer = JitterBuffer("ulaw")
    played = b""
    for number in range(60):
        if number % 3 != 2:
            buffer.put(number // 3 * 480 + number % 3 * 240, piece(number + 1, 240))
        played += buffer.frame()
    sound = played[160 + 160 :]
    assert b"\xff" not in sound[: 480 * 15]


def test_a_burst_waits_60_ms_at_most() -> None:
    buffer = JitterBuffer("ulaw")
    for number in range(10):
        buffer.put(number * 160, piece(number))
    assert [buffer.frame() for _ in range(4)] == [piece(7), piece(8), piece(9), STILL]


def test_a_new_count_of_timestamps_begins_anew() -> None:
    buffer = JitterBuffer("ulaw")
    buffer.put(2**32 - 160, piece(1))
    buffer.put(0, piece(2))
    assert [buffer.frame() for _ in range(3)] == [STILL, piece(1), piece(2)]
    buffer.put(900_000, piece(3))
    assert [buffer.frame() for _ in range(2)] == [STILL, piece(3)]


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=1500)), max_size=60))
def test_nothing_that_arrives_breaks_it(packets: list[tuple[int, bytes]]) -> None:
    buffer = JitterBuffer("ulaw")
    for timestamp, codes in packets:
        buffer.put(timestamp, codes)
        assert len(buffer.frame()) == 160
