"""What a browser offers and what it is answered (RFC 8829), as far as one audio stream needs it.

An offer comes from a page, over the application; nothing in it is believed. Every value that goes
on to rtp.io or back to the browser has been matched against its grammar before.
"""

import ipaddress
import re
from dataclasses import dataclass

from cardline.adapters.sip.g711 import LAW_OF_PAYLOAD_TYPE, PAYLOAD_TYPE, Law

_LONGEST = 64 << 10
"""Characters of an offer; those of browsers have 1 to 10 thousand."""
_MOST_STREAMS = 8
_MOST_CANDIDATES = 10
"""That are told to rtp.io: it takes 15 subcommands at once."""
_PROTOCOLS = ("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP")
_FINGERPRINT = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){31}")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_MID = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9/._-]{1,40}")
_NAME: dict[Law, str] = {"ulaw": "PCMU", "alaw": "PCMA"}


class UnusableOffer(Exception):
    """The offer is no SDP, or nothing in it can be talked with; the SIP status is 488."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address at which the browser may be reached."""

    host: str
    port: int
    priority: int

    def __str__(self) -> str:
        return f"1 1 UDP {self.priority} {self.host} {self.port} typ host"


@dataclass(frozen=True, slots=True)
class Offer:
    """One audio stream, both ways, over DTLS-SRTP and ICE."""

    laws: tuple[Law, ...]
    has_keys: bool
    """It can send telephone-events (RFC 4733)."""
    fingerprint: str
    """SHA-256 of the browser's certificate, in capital letters."""
    ufrag: str
    password: str
    candidates: tuple[Candidate, ...]
    mid: str | None
    bundled: bool
    index: int
    """Which m-line it is."""
    streams: tuple[tuple[str, str | None], ...]
    """``media protocol format`` and mid of every m-line: an answer refuses the others singly."""


@dataclass(frozen=True, slots=True)
class Ours:
    """Our side of it, as rtp.io made it."""

    host: str
    port: int
    ufrag: str
    password: str
    candidates: tuple[str, ...]
    fingerprint: str
    """With the name of the hash before it."""


def read(text: str) -> Offer:
    """Read an offer. Raises :class:`UnusableOffer`, whatever the text is."""
    if len(text) > _LONGEST:
        raise UnusableOffer("longer than any offer")
    session: list[str] = []
    blocks: list[list[str]] = []
    for line in text.replace("\r", "\n").split("\n"):
        if line.startswith("m="):
            blocks.append([line])
        elif line:
            (blocks[-1] if blocks else session).append(line)
    if not session or session[0] != "v=0":
        raise UnusableOffer("not a session description")
    if len(blocks) > _MOST_STREAMS:
        raise UnusableOffer("too many streams")
    streams = tuple((_stream(block), _mid(block)) for block in blocks)
    for index, block in enumerate(blocks):
        words = block[0][2:].split()
        if words[0] == "audio" and words[1] != "0" and words[2] in _PROTOCOLS:
            return _audio(session, block, words[3:], index, streams)
    raise UnusableOffer("no audio over DTLS-SRTP")


def write(offer: Offer, ours: Ours, *, law: Law, event_type: int, session: int) -> str:
    """Write the answer: exactly one law, so that the browser talks that."""
    head = [
        "v=0",
        f"o=cardline {session} 1 IN IP4 {ours.host}",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        *([f"a=group:BUNDLE {offer.mid}"] if offer.bundled else []),
        "a=msid-semantic: WMS cardline",
    ]
    body: list[str] = []
    for index, (stream, mid) in enumerate(offer.streams):
        if index == offer.index:
            body += _answered(offer, ours, law, event_type)
        else:
            media, protocol, form = stream.split()
            body += [f"m={media} 0 {protocol} {form}", "c=IN IP4 0.0.0.0"]
            body += ["a=inactive", *([f"a=mid:{mid}"] if mid else [])]
    return "\r\n".join([*head, *body, ""])


def _answered(offer: Offer, ours: Ours, law: Law, event_type: int) -> list[str]:
    kind = PAYLOAD_TYPE[law]
    keys = [f"a=rtpmap:{event_type} telephone-event/8000", f"a=fmtp:{event_type} 0-15"]
    kinds = f"{kind} {event_type}" if offer.has_keys else f"{kind}"
    return [
        f"m=audio {ours.port} {offer.streams[offer.index][0].split()[1]} {kinds}",
        f"c=IN IP4 {ours.host}",
        *([f"a=mid:{offer.mid}"] if offer.mid else []),
        "a=sendrecv",
        "a=rtcp-mux",
        f"a=ice-ufrag:{ours.ufrag}",
        f"a=ice-pwd:{ours.password}",
        *(f"a=candidate:{candidate}" for candidate in ours.candidates),
        "a=end-of-candidates",
        f"a=fingerprint:{ours.fingerprint}",
        "a=setup:passive",
        "a=msid:cardline call",
        f"a=rtpmap:{kind} {_NAME[law]}/8000",
        *(keys if offer.has_keys else []),
        "a=ptime:20",
    ]


def _audio(
    session: list[str],
    block: list[str],
    formats: list[str],
    index: int,
    streams: tuple[tuple[str, str | None], ...],
) -> Offer:
    laws = tuple(
        LAW_OF_PAYLOAD_TYPE[number]
        for word in formats
        if (number := _number(word)) in LAW_OF_PAYLOAD_TYPE
    )
    if not laws:
        raise UnusableOffer("neither PCMU nor PCMA")
    if _one(session, block, "setup") not in ("actpass", "active"):
        raise UnusableOffer("no DTLS, or not as the one who begins it")
    if "a=rtcp-mux" not in block:
        raise UnusableOffer("no rtcp-mux")
    if any(f"a={other}" in [*session, *block] for other in ("sendonly", "recvonly", "inactive")):
        raise UnusableOffer("not both ways: is there a microphone?")
    ufrag, password = (_one(session, block, f"ice-{name}") or "" for name in ("ufrag", "pwd"))
    if not _UFRAG.fullmatch(ufrag) or not _PASSWORD.fullmatch(password):
        raise UnusableOffer("no ICE")
    mid = streams[index][1]
    return Offer(
        laws=laws,
        has_keys=any(_is_keys(line, formats) for line in block),
        fingerprint=_fingerprint(session, block),
        ufrag=ufrag,
        password=password,
        candidates=_candidates(block),
        mid=mid,
        bundled=mid is not None and any(line.startswith("a=group:BUNDLE ") for line in session),
        index=index,
        streams=streams,
    )


def _stream(block: list[str]) -> str:
    words = block[0][2:].split()
    if len(words) < 4 or not all(_WORD.fullmatch(word) for word in words):
        raise UnusableOffer("a stream that cannot be read")
    return f"{words[0]} {words[2]} {words[3]}"


def _mid(block: list[str]) -> str | None:
    mid = _one([], block, "mid")
    if mid is not None and not _MID.fullmatch(mid):
        raise UnusableOffer("a stream that cannot be read")
    return mid


def _one(session: list[str], block: list[str], name: str) -> str | None:
    """The value of an attribute: the stream's own, or else the one for all."""
    for line in [*block, *session]:
        if line.startswith(f"a={name}:"):
            return line[len(name) + 3 :].strip()
    return None


def _fingerprint(session: list[str], block: list[str]) -> str:
    for line in [*block, *session]:
        words = line.upper().split()
        if len(words) == 2 and words[0] == "A=FINGERPRINT:SHA-256":
            if _FINGERPRINT.fullmatch(words[1]):
                return words[1]
            break
    raise UnusableOffer("no fingerprint by SHA-256")


def _candidates(block: list[str]) -> tuple[Candidate, ...]:
    """The addresses that we can reach; names that hide an address (mDNS) are none."""
    found: list[Candidate] = []
    for line in block:
        words = line.removeprefix("a=candidate:").split() if "a=candidate:" in line[:12] else []
        if len(words) < 8 or words[1] != "1" or words[2].lower() != "udp":
            continue
        try:
            host = ipaddress.IPv4Address(words[4])
        except ValueError:
            continue
        port, priority = (
            _number(words[5]),
            int(words[3][:10]) if words[3].isascii() and words[3].isdigit() else 0,
        )
        if 0 < port < 65536 and not host.is_multicast and not host.is_unspecified:
            found.append(Candidate(str(host), port, min(priority, (1 << 31) - 1)))
    found.sort(key=lambda candidate: -candidate.priority)
    return tuple(found[:_MOST_CANDIDATES])


def _is_keys(line: str, formats: list[str]) -> bool:
    number, _, name = line.removeprefix("a=rtpmap:").partition(" ")
    return name.strip().lower() == "telephone-event/8000" and number in formats


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else -1
