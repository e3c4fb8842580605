"""A text in short messages: the published alphabet and limits, and nothing torn at a seam."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.adapters.smpp.charset import (
    GSM,
    IA5,
    LATIN_1,
    UCS2,
    NotText,
    Piece,
    coding_of,
    decode,
    encode,
    piece_of,
    shorts,
)
from tests.wire import gsm_alphabet


def test_the_alphabet_is_the_published_one() -> None:
    for code, char in gsm_alphabet.BASIC.items():
        assert encode(chr(char), GSM) == bytes([code])
        assert decode(bytes([code]), GSM) == chr(char)
    for code, char in gsm_alphabet.EXTENDED.items():
        assert encode(chr(char), GSM) == bytes([0x1B, code])
        assert decode(bytes([0x1B, code]), GSM) == chr(char)
    assert len(gsm_alphabet.BASIC) == 127
    known = {chr(one) for one in (*gsm_alphabet.BASIC.values(), *gsm_alphabet.EXTENDED.values())}
    others = [chr(one) for one in range(0x3000) if chr(one) not in known]
    assert all(coding_of(one) == UCS2 for one in others)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 306, [153, 153]),
        ("a" * 307, [153, 153, 1]),
        ("€" * 80, [160]),
        ("€" * 81, [152, 10]),  # 76 pairs: no part ends with an escape alone
        ("a" * 159 + "€", [153, 8]),
        ("行" * 70, [140]),
        ("行" * 71, [134, 8]),
        ("行" * 134, [134, 134]),
        ("行" * 135, [134, 134, 2]),
        ("😀" * 35, [140]),
        ("😀" * 36, [132, 12]),  # 33 pairs: no part ends between surrogates
        ("", [0]),
    ],
)
def test_limits_are_the_published_ones(text: str, sizes: list[int]) -> None:
    parts = shorts(text, reference=7)
    alone = len(parts) == 1
    assert [len(one.content) - (0 if alone else 6) for one in parts] == sizes
    assert all(one.header is not alone for one in parts)
    # As a telephone reads it: headers off, and together again.
    read = [one.content if alone else piece_of(one.content)[1] for one in parts]
    assert "".join(decode(one, parts[0].coding) for one in read) == text
    if not alone:
        assert [piece_of(one.content)[0] for one in parts] == [
            Piece(7, number, len(parts)) for number in range(1, len(parts) + 1)
        ]


def test_a_long_message_can_go_whole_as_a_payload() -> None:
    (whole,) = shorts("行" * 300, reference=1, long="payload")
    assert (whole.coding, len(whole.content), whole.header) == (UCS2, 600, False)


def test_more_than_255_parts_are_refused() -> None:
    assert len(shorts("a" * (153 * 255), reference=1)) == 255
    with pytest.raises(ValueError, match="256 parts"):
        shorts("a" * (153 * 255 + 1), reference=1)


@given(st.text(max_size=400))
def test_whatever_is_written_arrives(text: str) -> None:
    parts = shorts(text, reference=9)
    read = [piece_of(one.content)[1] if one.header else one.content for one in parts]
    assert all(len(one.content) <= 160 for one in parts)
    assert "".join(decode(one, parts[0].coding) for one in read) == text


def test_half_a_character_is_shown_as_one_that_is_missing() -> None:
    assert encode("a\ud83d", UCS2).hex() == "0061fffd"


def test_what_comes_in_is_read_by_its_coding() -> None:
    assert decode("冻结".encode("utf-16-be"), UCS2) == "冻结"
    assert decode(b"caf\xe9", LATIN_1) == "café"
    assert decode(b"STOP", IA5) == decode(b"STOP", 0xF0) == decode(b"STOP", 0xF1) == "STOP"
    assert decode(b"a\x1b\x41", GSM) == "aA"  # no such escape: the basic character
    for content, coding in ((b"\0", UCS2), (b"\x80", GSM), (b"x", 0x04), (b"x", 0xF5)):
        with pytest.raises(NotText):
            decode(content, coding)


@pytest.mark.parametrize(
    "header", ["05000307", "0500030700010141", "050003070201", "05000301030241"]
)
def test_headers_are_read_without_trust(header: str) -> None:
    content = bytes.fromhex(header)
    try:
        piece, rest = piece_of(content)
    except NotText:
        return
    assert piece is None or 1 <= piece.number <= piece.of
    assert len(rest) <= len(content)


def test_a_wide_reference_is_read_too() -> None:
    assert piece_of(bytes.fromhex("06080412340201") + b"x") == (Piece(0x1234, 1, 2), b"x")
