"""What arrives where browsers are greeted: checks of ICE, and anything else."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from cardline.adapters.sip.web.greeter import named


def check(*attributes: tuple[int, bytes], kind: int = 1, cookie: int = 0x2112A442) -> bytes:
    body = b"".join(
        struct.pack("!HH", number, len(value)) + value + bytes(-len(value) % 4)
        for number, value in attributes
    )
    return struct.pack("!HHI", kind, len(body), cookie) + bytes(12) + body


USER = (6, b"ours:theirs")


def test_a_check_names_whom_it_is_for() -> None:
    assert named(check(USER)) == "ours"
    assert named(check((0x24, b"prio"), (0x8022, b"odd"), USER, (8, bytes(20)))) == "ours"


def test_answers_other_protocols_and_torn_packets_name_nobody() -> None:
    assert named(check(USER, kind=0x101)) == ""
    assert named(check(USER, cookie=1)) == ""
    assert named(check((0x24, b"prio"))) == ""
    assert named(check(USER)[:-1]) == ""
    assert named(b"") == ""


@given(
    st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda body: check((6, body))))
)
def test_whatever_comes_is_read_without_an_error(data: bytes) -> None:
    assert ":" not in named(data)
