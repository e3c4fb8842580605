"""SMPP 3.4 on the wire: protocol data units, written and read without trust (chapters 4 and 5)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from cardline.core.masking import Secret

HEADER: Final = struct.Struct(">IIII")
MOST_OCTETS: Final = 70_000
"""Of one unit: a ``message_payload`` of 64 KiB and what stands around it."""
RESPONSE: Final = 0x80000000
_VERSION: Final = 0x34
_SHORT: Final = 254
"""Octets that ``short_message`` can hold; more goes into ``message_payload``."""


class Command(IntEnum):
    """What a unit is (5.1.2.1); a response has the highest bit as well."""

    BIND_TRANSCEIVER = 0x09
    SUBMIT = 0x04
    DELIVER = 0x05
    UNBIND = 0x06
    ENQUIRE = 0x15
    NACK = 0x80000000
    BIND_TRANSCEIVER_RESP = 0x80000009
    SUBMIT_RESP = 0x80000004
    DELIVER_RESP = 0x80000005
    UNBIND_RESP = 0x80000006
    ENQUIRE_RESP = 0x80000015


class Status(IntEnum):
    """What an answer says (5.1.3): those that mean something of their own to us."""

    OK = 0x00
    BAD_COMMAND = 0x03
    NOT_BOUND = 0x04
    ALREADY_BOUND = 0x05
    SYSTEM = 0x08
    BAD_SOURCE = 0x0A
    BIND_FAILED = 0x0D
    BAD_PASSWORD = 0x0E
    BAD_SYSTEM_ID = 0x0F
    QUEUE_FULL = 0x14
    BAD_SERVICE_TYPE = 0x15
    SUBMIT_FAILED = 0x45
    BAD_SOURCE_TON = 0x48
    BAD_SOURCE_NPI = 0x49
    THROTTLED = 0x58
    TRY_AGAIN = 0x64
    NEVER = 0x65


class Tag(IntEnum):
    """Optional parameters that we write or read (5.3.2)."""

    RECEIPTED_ID = 0x001E
    REFERENCE = 0x020C
    TOTAL = 0x020E
    NUMBER = 0x020F
    NETWORK_ERROR = 0x0423
    PAYLOAD = 0x0424
    STATE = 0x0427


HAS_HEADER: Final = 0x40
"""Bit of ``esm_class``: the message begins with a user data header."""
_KIND: Final = 0x3C
_RECEIPT: Final = 0x04


class BrokenUnit(ValueError):
    """What came is no unit that can be read."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its four header fields and the rest; what it says is never shown."""

    command: int
    status: int
    sequence: int
    body: bytes = field(default=b"", repr=False)

    def packed(self) -> bytes:
        """Return it as it goes over the wire."""
        head = HEADER.pack(HEADER.size + len(self.body), self.command, self.status, self.sequence)
        return head + self.body


@dataclass(frozen=True, slots=True)
class Party:
    """An address with its kind of number and numbering plan (5.2.5, 5.2.6)."""

    ton: int
    npi: int
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """The body that ``submit_sm`` and ``deliver_sm`` share (4.4.1, 4.6.1).

    ``content`` is the short message or, where that is empty, its payload.
    """

    source: Party
    to: Party
    content: bytes = field(repr=False)
    coding: int = 0
    esm_class: int = 0
    registered: int = 0
    options: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    @property
    def is_receipt(self) -> bool:
        """It tells what became of a message of ours."""
        return self.esm_class & _KIND == _RECEIPT

    @property
    def has_header(self) -> bool:
        """The message begins with a user data header."""
        return bool(self.esm_class & HAS_HEADER)


def bind(*, system_id: str, password: Secret, system_type: str) -> bytes:
    """Return the body of a ``bind_transceiver`` (4.1.5)."""
    strings = (system_id, password.reveal(), system_type)
    return b"".join(map(_string, strings)) + bytes((_VERSION, 0, 0)) + _string("")


def body_of(text: Text) -> bytes:
    """Return the body of a ``submit_sm`` or ``deliver_sm``."""
    options = dict(text.options)
    content = text.content
    if len(content) > _SHORT:
        options[Tag.PAYLOAD], content = content, b""
    return b"".join(
        (
            _string(""),  # service_type
            *(bytes((one.ton, one.npi)) + _string(one.number) for one in (text.source, text.to)),
            bytes((text.esm_class, 0, 0)),  # protocol_id, priority_flag
            _string(""),  # schedule_delivery_time
            _string(""),  # validity_period
            bytes((text.registered, 0, text.coding, 0, len(content))),
            content,
            *(struct.pack(">HH", tag, len(value)) + value for tag, value in options.items()),
        )
    )


def text_of(body: bytes) -> Text:
    """Read the body of a ``submit_sm`` or ``deliver_sm``. Raises :class:`BrokenUnit`."""
    reader = _Reader(body)
    reader.string(6)
    source = Party(reader.octet(), reader.octet(), reader.string(21))
    to = Party(reader.octet(), reader.octet(), reader.string(21))
    esm_class = reader.octet()
    reader.octets(2)
    reader.string(17)
    reader.string(17)
    registered, _, coding, _, length = reader.octets(5)
    content = reader.octets(length)
    options = reader.options()
    if not content:
        content = options.get(Tag.PAYLOAD, b"")
    return Text(source, to, content, coding, esm_class, registered, options)


def message_id_of(body: bytes) -> str:
    """Read what ``submit_sm_resp`` says (4.4.2). Raises :class:`BrokenUnit`."""
    return _Reader(body).string(65)


def _string(text: str) -> bytes:
    return text.encode("ascii") + b"\0"


class _Reader:
    """Reads a body from its beginning; nothing is taken that is not there."""

    def __init__(self, body: bytes) -> None:
        self._left = body

    def octets(self, count: int) -> bytes:
        """Return that many octets."""
        if len(self._left) < count:
            raise BrokenUnit("a unit that ends within a field")
        found, self._left = self._left[:count], self._left[count:]
        return found

    def octet(self) -> int:
        """Return one octet."""
        return self.octets(1)[0]

    def string(self, most: int) -> str:
        """Return a string that ends with a zero, within so many octets."""
        end = self._left.find(b"\0", 0, most)
        if end < 0:
            raise BrokenUnit("a string without its end")
        found = self.octets(end + 1)[:-1]
        try:
            return found.decode("ascii")
        except UnicodeDecodeError:
            raise BrokenUnit("a string that is not ASCII") from None

    def options(self) -> dict[int, bytes]:
        """Return the optional parameters: all that is left."""
        found: dict[int, bytes] = {}
        while self._left:
            tag, length = struct.unpack(">HH", self.octets(4))
            found[tag] = self.octets(length)
        return found
