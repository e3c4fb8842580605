"""Session descriptions (RFC 8866), as far as one audio stream in G.711 needs them."""

import ipaddress
from dataclasses import dataclass
from typing import Literal

from cardline.adapters.sip.g711 import LAW_OF_PAYLOAD_TYPE, PAYLOAD_TYPE, Law

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
_DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")
ANSWER_TO: dict[Direction, Direction] = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}
"""The direction with which an offer's direction is answered (RFC 3264, 6.1)."""
DEFAULT_EVENT_TYPE = 101


class NoCommonMedia(Exception):
    """Nothing in the description can be talked with; the SIP answer is 488."""


@dataclass(frozen=True, slots=True)
class Media:
    """What the other side said about its audio."""

    host: str | None
    """Where it wants RTP (IPv4), or ``None``: on hold by 0.0.0.0, or a name."""
    port: int
    laws: tuple[Law, ...]
    """In its order of preference; at least one."""
    event_type: int | None
    """Payload type of its telephone-events, if it has them."""
    direction: Direction
    index: int = 0
    """Which m-line this is."""
    lines: tuple[str, ...] = ("audio",)
    """``media port proto formats`` of every m-line: an answer must refuse the others one by one."""

    @property
    def on_hold(self) -> bool:
        """It does not send to us now, or does not say where it listens."""
        return self.direction in ("sendonly", "inactive") or self.host is None


def read(text: str) -> Media:
    """Read an offer or an answer. Raises :class:`NoCommonMedia`."""
    session: list[str] = []
    blocks: list[list[str]] = []
    for line in text.replace("\r", "\n").split("\n"):
        if line.startswith("m="):
            blocks.append([line])
        elif line:
            (blocks[-1] if blocks else session).append(line)
    lines = tuple(block[0][2:] for block in blocks)
    for index, block in enumerate(blocks):
        words = block[0][2:].split()
        if len(words) < 4 or words[0] != "audio" or words[2] != "RTP/AVP":
            continue
        port = _number(words[1].partition("/")[0])
        laws = tuple(
            LAW_OF_PAYLOAD_TYPE[pt]
            for word in words[3:]
            if (pt := _number(word)) in LAW_OF_PAYLOAD_TYPE
        )
        if 0 < port < 65536 and laws:
            return Media(
                host=_host(block) or _host(session),
                port=port,
                laws=laws,
                event_type=_event_type(block, words[3:]),
                direction=_direction(block) or _direction(session) or "sendrecv",
                index=index,
                lines=lines,
            )
    raise NoCommonMedia


def write(
    *,
    host: str,
    port: int,
    laws: tuple[Law, ...],
    event_type: int | None,
    direction: Direction = "sendrecv",
    session: int,
    version: int,
    answering: Media | None = None,
) -> str:
    """Write our description: an offer, or the answer to ``answering``."""
    types = [str(PAYLOAD_TYPE[law]) for law in laws]
    maps = [f"a=rtpmap:{PAYLOAD_TYPE[law]} {_NAME[law]}/8000" for law in laws]
    if event_type is not None:
        types.append(str(event_type))
        maps += [f"a=rtpmap:{event_type} telephone-event/8000", f"a=fmtp:{event_type} 0-15"]
    ours = [
        f"m=audio {port} RTP/AVP {' '.join(types)}",
        *maps,
        "a=ptime:20",
        f"a={direction}",
    ]
    body: list[str] = []
    for index, line in enumerate(answering.lines if answering else ("audio",)):
        if answering is None or index == answering.index:
            body += ours
        else:
            words = line.split()
            body.append(f"m={words[0]} 0 {' '.join(words[2:])}")
    head = [
        "v=0",
        f"o=cardline {session} {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
    ]
    return "\r\n".join([*head, *body, ""])


_NAME: dict[Law, str] = {"ulaw": "PCMU", "alaw": "PCMA"}


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else -1


def _host(block: list[str]) -> str | None:
    for line in block:
        if line.startswith("c=IN IP4 "):
            host = line[9:].split("/")[0].strip()
            try:
                address = ipaddress.IPv4Address(host)
            except ValueError:
                return None
            return None if address.is_unspecified or address.is_multicast else host
    return None


def _direction(block: list[str]) -> Direction | None:
    for line in block:
        for direction in _DIRECTIONS:
            if line.strip() == f"a={direction}":
                return direction
    return None


def _event_type(block: list[str], formats: list[str]) -> int | None:
    for line in block:
        if line.startswith("a=rtpmap:"):
            number, _, name = line[9:].partition(" ")
            if name.strip().lower() == "telephone-event/8000" and number in formats:
                return _number(number)
    return None
