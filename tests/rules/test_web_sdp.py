"""Offers of browsers: what is taken, what is refused, and that nothing in them can do harm."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.adapters.sip.web import sdp as web_sdp
from cardline.adapters.sip.web.sdp import Ours, UnusableOffer

FINGERPRINT = ":".join(f"{byte:02X}" for byte in range(32))
OFFER = f"""v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126
c=IN IP4 0.0.0.0
a=candidate:1 1 udp 2122194687 10.1.2.3 40001 typ host generation 0
a=ice-ufrag:ab+/
a=ice-pwd:abcdefghijklmnopqrstuv
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:126 telephone-event/8000
""".replace("\n", "\r\n")
OURS = Ours(
    "192.0.2.1", 30000, "ufra", "p" * 22, ("1 1 UDP 1 192.0.2.1 30000 typ host",), "sha-256 AA"
)


def answer_to(text: str) -> str:
    return web_sdp.write(web_sdp.read(text), OURS, law="alaw", event_type=101, session=7)


def changed(before: str, after: str) -> str:
    assert before in OFFER
    return OFFER.replace(before, after)


def test_the_answer_names_one_law_our_side_and_the_keys() -> None:
    answer = answer_to(OFFER).split("\r\n")
    assert "m=audio 30000 UDP/TLS/RTP/SAVPF 8 101" in answer
    assert "a=rtpmap:8 PCMA/8000" in answer
    assert "a=rtpmap:101 telephone-event/8000" in answer
    assert {"a=setup:passive", "a=ice-lite", "a=rtcp-mux", "a=mid:0"} <= set(answer)
    assert "a=group:BUNDLE 0" in answer


def test_a_browser_without_keys_is_answered_without_them() -> None:
    text = changed("a=rtpmap:126 telephone-event/8000", "a=rtpmap:126 telephone-event/48000")
    assert "m=audio 30000 UDP/TLS/RTP/SAVPF 8" in answer_to(text).split("\r\n")


def test_what_is_not_audio_is_refused_stream_by_stream() -> None:
    answer = answer_to(OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\n").split("\r\n")
    assert "m=video 0 UDP/TLS/RTP/SAVPF 96" in answer
    assert answer.index("m=audio 30000 UDP/TLS/RTP/SAVPF 8 101") < answer.index("a=mid:1")
    assert "a=group:BUNDLE 0" in answer


def test_fingerprint_and_ice_may_stand_for_the_whole_session() -> None:
    moved = f"a=fingerprint:sha-256 {FINGERPRINT.lower()}\r\n"
    text = changed(f"a=fingerprint:sha-256 {FINGERPRINT}\r\n", "")
    offer = web_sdp.read(text.replace("t=0 0\r\n", "t=0 0\r\n" + moved))
    assert offer.fingerprint == FINGERPRINT


def test_addresses_that_we_cannot_reach_are_left_out() -> None:
    more = (
        "a=candidate:2 1 udp 9 3f1a.local 40002 typ host\r\n"
        "a=candidate:3 1 udp 9 fd00::2 40003 typ host\r\n"
        "a=candidate:4 1 tcp 9 10.1.2.3 9 typ host tcptype active\r\n"
        "a=candidate:5 2 udp 9 10.1.2.3 40005 typ host\r\n"
        "a=candidate:6 1 udp 9 10.1.2.3 99999 typ host\r\n"
        "a=candidate:7 1 udp 9 224.0.0.1 40007 typ host\r\n"
        "a=candidate:8 1 udp 2130000000 198.51.100.7 40008 typ srflx raddr 10.1.2.3 rport 40001\r\n"
    )
    offer = web_sdp.read(OFFER.replace("a=ice-ufrag", more + "a=ice-ufrag"))
    assert [candidate.port for candidate in offer.candidates] == [40008, 40001]


def test_no_more_addresses_are_taken_than_can_be_told() -> None:
    more = "".join(f"a=candidate:1 1 udp 5 10.0.0.{n} 4000 typ host\r\n" for n in range(1, 99))
    assert len(web_sdp.read(OFFER.replace("a=ice-ufrag", more + "a=ice-ufrag")).candidates) == 10


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("v=0", "v=1", "not a session"),
        ("m=audio", "m=video", "no audio"),
        ("m=audio 9", "m=audio 0", "no audio"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", "no audio"),
        (" 0 8 ", " 9 ", "neither"),
        ("a=setup:actpass", "a=setup:passive", "DTLS"),
        ("a=setup:actpass", "a=setup:holdconn", "DTLS"),
        ("a=setup:actpass\r\n", "", "DTLS"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1", "fingerprint"),
        (FINGERPRINT, FINGERPRINT[:-3], "fingerprint"),
        (FINGERPRINT, FINGERPRINT.replace("0", "Z"), "fingerprint"),
        (f"a=fingerprint:sha-256 {FINGERPRINT}\r\n", "", "fingerprint"),
        ("a=ice-ufrag:ab+/\r\n", "", "ICE"),
        ("a=ice-ufrag:ab+/", "a=ice-ufrag:a && D x", "ICE"),
        ("a=ice-pwd:abcdefghijklmnopqrstuv", "a=ice-pwd:short", "ICE"),
        ("a=ice-pwd:abc", "a=ice-pwd:" + "a" * 300, "ICE"),
        ("a=rtcp-mux\r\n", "", "rtcp-mux"),
        ("a=sendrecv", "a=recvonly", "microphone"),
        ("a=sendrecv", "a=inactive", "microphone"),
        ("a=mid:0", "a=mid:0 1", "cannot be read"),
        ("m=audio 9 UDP", "m=audio 9 UDP&&", "cannot be read"),
        ("t=0 0", "t=0 0\r\n" + "m=video 9 X 0\r\n" * 9, "too many"),
        ("s=-", "s=" + "x" * (1 << 20), "longer"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(before: str, after: str, reason: str) -> None:
    with pytest.raises(UnusableOffer, match=reason):
        web_sdp.read(changed(before, after))


LINES = OFFER.split("\r\n")


@given(
    st.one_of(
        st.text(),
        st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=40))).map("\n".join),
        st.tuples(st.integers(0, len(OFFER)), st.integers(0, 30), st.text(max_size=20)).map(
            lambda cut: OFFER[: cut[0]] + cut[2] + OFFER[cut[0] + cut[1] :]
        ),
    )
)
def test_whatever_comes_is_refused_or_harmless(text: str) -> None:
    try:
        offer = web_sdp.read(text)
    except UnusableOffer:
        return
    told = [offer.fingerprint, offer.ufrag, offer.password, *map(str, offer.candidates)]
    assert all(re.fullmatch(r"[A-Za-z0-9+/:. ]+", value) for value in told)
    answer = web_sdp.write(offer, OURS, law="ulaw", event_type=101, session=7)
    assert answer.isascii()
    assert all(re.match("[a-z]=", line) for line in answer.split("\r\n")[:-1])
    assert answer.count("\nm=") == len(offer.streams)
