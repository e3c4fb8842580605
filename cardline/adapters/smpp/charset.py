"""How a text becomes short messages, and back: GSM 7-bit (3GPP TS 23.038) and UCS-2, in parts.

On the wire GSM 7-bit is one octet a septet, as SMPP's default alphabet is sent. A text with one
character that the alphabet lacks goes as UCS-2 whole. Limits: 160 septets or 70 units in one
message; in parts with a header of six octets (TS 23.040, 9.2.3.24.1) 153 and 67 each.
"""

from dataclasses import dataclass
from typing import Final, Literal

GSM: Final = 0x00
"""Data coding: the message centre's default alphabet, taken for GSM 7-bit."""
IA5: Final = 0x01
LATIN_1: Final = 0x03
UCS2: Final = 0x08
_OCTETS: Final = 0x04
"""Data without an alphabet; within a message class the same bit says so."""

_ESCAPE: Final = 0x1B
_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES: Final = {char: bytes([code]) for code, char in enumerate(_BASIC) if code != _ESCAPE} | {
    char: bytes([_ESCAPE, code]) for code, char in _EXTENDED.items()
}

SINGLE: Final = {GSM: 160, UCS2: 140}
"""Octets of a message that is alone: 160 septets, 70 units of two octets."""
PART: Final = {GSM: 153, UCS2: 134}
"""Octets of a part beside its header: 153 septets, 67 units."""
MOST_PARTS: Final = 255
_HEADER: Final = b"\x05\x00\x03"
"""A header of 5 octets with one element: parts of a whole with a reference of 8 bits, 3 octets."""
_WIDE: Final = b"\x06\x08\x04"
"""The same with a reference of 16 bits."""


class NotText(ValueError):
    """What came in is no text that can be read."""


@dataclass(frozen=True, slots=True)
class Short:
    """What one ``submit_sm`` carries; with ``header`` its first octets are a user data header."""

    coding: int
    content: bytes
    header: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a longer text that came in: which whole, which part of how many, from 1."""

    reference: int
    number: int
    of: int


def coding_of(text: str) -> int:
    """Return :data:`GSM` where the alphabet has every character, else :data:`UCS2`."""
    return GSM if all(char in _CODES for char in text) else UCS2


def encode(text: str, coding: int) -> bytes:
    """Return the octets of a text; a lone surrogate, which is no character, becomes U+FFFD."""
    if coding == GSM:
        return b"".join(_CODES[char] for char in text)
    return b"".join(_unit(char) for char in text)


def shorts(
    text: str, *, reference: int, long: Literal["udh", "payload"] = "udh"
) -> tuple[Short, ...]:
    """Return the messages that carry a text, in order.

    ``long``: how one that does not fit is sent, in parts with a header, or whole as a
    ``message_payload``. ``reference``: which whole the parts belong to, its lower 8 bits count.
    No part ends within an escape sequence or between two surrogates. Raises ``ValueError`` for a
    text of more than 255 parts.
    """
    coding = coding_of(text)
    whole = encode(text, coding)
    if len(whole) <= SINGLE[coding] or long == "payload":
        return (Short(coding, whole),)
    parts: list[bytearray] = [bytearray()]
    for char in text:
        octets = _CODES[char] if coding == GSM else _unit(char)
        if len(parts[-1]) + len(octets) > PART[coding]:
            parts.append(bytearray())
        parts[-1] += octets
    if len(parts) > MOST_PARTS:
        raise ValueError(f"a text of {len(parts)} parts is more than {MOST_PARTS}")
    head = _HEADER + bytes([reference & 0xFF, len(parts)])
    return tuple(
        Short(coding, head + bytes([number]) + bytes(part), header=True)
        for number, part in enumerate(parts, 1)
    )


def decode(content: bytes, coding: int) -> str:
    """Return the text of what came in. Raises :class:`NotText`.

    An escape before a code that the extension lacks gives that code's basic character, as
    TS 23.038 (6.2.1.1) asks of receivers. Message classes (``0xF0``) are read as what they carry.
    """
    if coding & 0xF0 == 0xF0:
        coding = _OCTETS if coding & _OCTETS else GSM
    if coding == UCS2:
        if len(content) % 2:
            raise NotText("UCS-2 of an odd number of octets")
        return content.decode("utf-16-be", errors="replace")
    if coding == LATIN_1:
        return content.decode("latin-1")
    if coding == IA5:
        return content.decode("ascii", errors="replace")
    if coding == GSM:
        return _from_gsm(content)
    raise NotText(f"data coding {coding:#04x}")


def piece_of(content: bytes) -> tuple[Piece | None, bytes]:
    """Take the user data header off; returns what it says of parts and the rest.

    Raises :class:`NotText` for a header that is longer than the message.
    """
    if not content or content[0] + 1 > len(content):
        raise NotText("a header longer than its message")
    header, rest = content[1 : content[0] + 1], content[content[0] + 1 :]
    found: Piece | None = None
    while len(header) >= 2:
        kind, length = header[0], header[1]
        value, header = header[2 : 2 + length], header[2 + length :]
        if kind == _HEADER[1] and len(value) == _HEADER[2]:
            found = Piece(value[0], value[2], value[1])
        elif kind == _WIDE[1] and len(value) == _WIDE[2]:
            found = Piece(int.from_bytes(value[:2], "big"), value[3], value[2])
    if found is not None and not 1 <= found.number <= found.of:
        raise NotText(f"part {found.number} of {found.of}")
    return found, rest


def _unit(char: str) -> bytes:
    return ("\ufffd" if "\ud800" <= char <= "\udfff" else char).encode("utf-16-be")


def _from_gsm(content: bytes) -> str:
    text: list[str] = []
    escaped = False
    for octet in content:
        if octet > 0x7F:
            raise NotText(f"{octet:#04x} is no septet")
        if escaped:
            text.append(_EXTENDED.get(octet, _BASIC[octet] if octet != _ESCAPE else " "))
            escaped = False
        elif octet == _ESCAPE:
            escaped = True
        else:
            text.append(_BASIC[octet])
    return "".join(text)
