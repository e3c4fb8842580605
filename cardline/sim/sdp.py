"""Session descriptions of a simulated phone (RFC 4566, 3264): one G.711 stream with keys."""

import re
from dataclasses import dataclass
from typing import Literal

from cardline.sim.rtp import KEY_PAYLOAD_TYPE
from cardline.sim.sound import PAYLOAD_TYPE, Law

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
_NAMES: dict[Law, str] = {"ulaw": "PCMU", "alaw": "PCMA"}
_WAYS: dict[Direction, tuple[bool, bool]] = {
    "sendrecv": (True, True),
    "sendonly": (True, False),
    "recvonly": (False, True),
    "inactive": (False, False),
}
"""Whether whoever says it sends, and receives."""


@dataclass(frozen=True, slots=True)
class Description:
    """What the other end said: where it listens, what it speaks, and which way."""

    host: str
    port: int
    laws: tuple[Law, ...]
    direction: Direction


def describe(
    *, host: str, port: int, laws: tuple[Law, ...], direction: Direction, session: int, version: int
) -> bytes:
    """Return an offer or an answer; ``version`` grows with each change."""
    kinds = [*(str(PAYLOAD_TYPE[law]) for law in laws), str(KEY_PAYLOAD_TYPE)]
    lines = [
        "v=0",
        f"o=phone {session} {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(kinds)}",
        *(f"a=rtpmap:{PAYLOAD_TYPE[law]} {_NAMES[law]}/8000" for law in laws),
        f"a=rtpmap:{KEY_PAYLOAD_TYPE} telephone-event/8000",
        f"a=fmtp:{KEY_PAYLOAD_TYPE} 0-15",
        "a=ptime:20",
        f"a={direction}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def read_description(body: bytes) -> Description | None:
    """Return what a body says about sound, or None where it says nothing of use."""
    text = body.decode("utf-8", "replace")
    media = re.search(r"^m=audio (\d+)(?:/\d+)? RTP/AVP ([\d ]+)", text, re.M)
    hosts = re.findall(r"^c=IN IP4 (\S+)", text, re.M)
    if media is None or not hosts:
        return None
    # A connection line within the stream goes before that of the session (RFC 4566 section 5.7).
    within = re.search(r"^c=IN IP4 (\S+)", text[media.start() :], re.M)
    kinds = media[2].split()
    offered: list[Law] = [law for kind in kinds for law in _NAMES if str(PAYLOAD_TYPE[law]) == kind]
    direction = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", text, re.M)
    found: Direction = direction[1] if direction else "sendrecv"  # type: ignore[assignment]
    host = within[1] if within else hosts[0]
    if host == "0.0.0.0":  # noqa: S104 (hold as in RFC 2543: nowhere to send to)
        found = answered(found, "sendonly")
    return Description(host, int(media[1]), tuple(offered), found)


def answered(ours: Direction, theirs: Direction) -> Direction:
    """Return what remains of our wish where the other end offered ``theirs``."""
    sends, receives = _WAYS[ours]
    they_send, they_receive = _WAYS[theirs]
    ways = (sends and they_receive, receives and they_send)
    return next(direction for direction, way in _WAYS.items() if way == ways)


def sends(direction: Direction) -> bool:
    """True where whoever says it sends sound."""
    return _WAYS[direction][0]
