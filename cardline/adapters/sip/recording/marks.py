"""The marks that the line leaves beside a call's media: what was played, to whom, who heard whom.

``SPOOL/<call>.marks`` holds one JSON object a line. What cannot be read is skipped and told as a
defect: a recording is evidence, so the best possible one is made of whatever is there (row F1).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import Law

CALLER = "caller"
MIXER = "mixer"
"""The party name of our port on which the mix for the caller arrives."""


class Mark(msgspec.Struct, frozen=True, kw_only=True, tag_field="mark"):
    """Something that happened at ``at`` (epoch seconds)."""

    at: float


class Answered(Mark, frozen=True, kw_only=True, tag="answered"):
    """The call was answered: the zero of the recording."""

    law: Law = "ulaw"


class Media(Mark, frozen=True, kw_only=True, tag="media"):
    """From now on our UDP ``port`` receives what this party sends."""

    party: str
    port: int


class Play(Mark, frozen=True, kw_only=True, tag="play"):
    """Raw G.711 ``file`` (or files, one after another) begin to play to this party."""

    party: str
    file: str | tuple[str, ...]
    pieces: tuple[str, ...] = ()
    loop: bool = False


class PlayEnd(Mark, frozen=True, kw_only=True, tag="play-end"):
    """This party hears nothing playing any more."""

    party: str


class Secret(Mark, frozen=True, kw_only=True, tag="secret"):
    """The caller's voice is kept out of the recording from ``on`` until the next mark (row E5)."""

    on: bool


class Connect(Mark, frozen=True, kw_only=True, tag="connect"):
    """Who hears whom from now on; ``mixed`` where the caller hears the mixer."""

    hears: dict[str, tuple[str, ...]]
    mixed: bool = False


class Capture(Mark, frozen=True, kw_only=True, tag="pcap"):
    """A capture file of this call: a path, or a name in the spool."""

    file: str


class Gone(Mark, frozen=True, kw_only=True, tag="gone"):
    """The call is over and its captures are complete."""

    cause: str = ""


AnyMark = Answered | Media | Play | PlayEnd | Secret | Connect | Capture | Gone


@dataclass(frozen=True, slots=True)
class Played:
    """What the caller heard playing from ``begins`` until ``ends`` at the latest."""

    begins: float
    ends: float
    pieces: tuple[str, ...]
    files: tuple[str, ...]
    loop: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    """From ``begins`` on the caller heard these parties, or the mixer in their place."""

    begins: float
    parties: tuple[str, ...]
    mixed: bool

    def hears(self, party: str) -> bool:
        return self.mixed if party == MIXER else not self.mixed and party in self.parties


@dataclass(slots=True)
class CallMarks:
    """The marks of one call, put together; times are epoch seconds, ``inf`` where nothing ended."""

    answered: float | None = None
    law: Law = "ulaw"
    gone: float | None = None
    last: float | None = None
    played: list[Played] = field(default_factory=list)
    secrets: list[tuple[float, float]] = field(default_factory=list)
    hearings: list[Hearing] = field(default_factory=list)
    ports: dict[int, list[tuple[float, str]]] = field(default_factory=dict)
    captures: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def senders(
        self, port: int, at: NDArray[np.float64]
    ) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield who sent to our ``port``, and which of the packets arrived ``at`` are theirs."""
        owners = self.ports.get(port, [])
        # A packet may overtake the first mark of its port; each later mark hands the port over.
        turn = np.searchsorted([begins for begins, _ in owners[1:]], at, side="right")
        for number, (_, party) in enumerate(owners):
            theirs = turn == number
            if theirs.any():
                yield party, theirs

    def heard(self, party: str, at: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say which of the packets of ``party`` that arrived ``at`` the caller heard."""
        if not self.hearings:
            return np.ones(at.shape, np.bool_)
        turn = np.searchsorted([hearing.begins for hearing in self.hearings], at, side="right")
        return np.array([False, *(hearing.hears(party) for hearing in self.hearings)])[turn]


def read_marks(path: Path) -> CallMarks:
    """Read a file of marks; never raises for what is in it or because it is not there."""
    call = CallMarks()
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        call.defects.append("marks-missing")
        return call
    marks: list[AnyMark] = []
    for line in lines:
        try:
            marks.append(_typed.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            if line.strip() and not _is_of_later_version(line):
                call.defects.append("marks-damaged")
    for mark in sorted(marks, key=lambda mark: mark.at):
        _take(call, mark)
    call.defects = list(dict.fromkeys(call.defects))
    return call


_typed = msgspec.json.Decoder(AnyMark)
_KNOWN = {"answered", "media", "play", "play-end", "secret", "connect", "pcap", "gone"}


def _is_of_later_version(line: bytes) -> bool:
    try:
        mark = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(mark, dict) and mark.get("mark") not in _KNOWN


def _take(call: CallMarks, mark: AnyMark) -> None:
    call.last = mark.at
    match mark:
        case Answered() if call.answered is None:
            call.answered, call.law = mark.at, mark.law
        case Media():
            call.ports.setdefault(mark.port, []).append((mark.at, mark.party))
        case Play() if mark.party == CALLER:
            _end_play(call, mark.at)
            files = (mark.file,) if isinstance(mark.file, str) else mark.file
            call.played.append(Played(mark.at, math.inf, mark.pieces, files, mark.loop))
        case PlayEnd() if mark.party == CALLER:
            _end_play(call, mark.at)
        case Secret():
            _take_secret(call, mark)
        case Connect():
            parties = tuple(mark.hears.get(CALLER, ()))
            call.hearings.append(Hearing(mark.at, parties, mark.mixed))
        case Capture():
            call.captures.append(mark.file)
        case Gone():
            call.gone = mark.at


def _end_play(call: CallMarks, at: float) -> None:
    if call.played and call.played[-1].ends == math.inf:
        last = call.played[-1]
        call.played[-1] = Played(last.begins, at, last.pieces, last.files, last.loop)


def _take_secret(call: CallMarks, mark: Secret) -> None:
    is_open = bool(call.secrets) and call.secrets[-1][1] == math.inf
    if mark.on and not is_open:
        call.secrets.append((mark.at, math.inf))
    elif not mark.on and is_open:
        call.secrets[-1] = (call.secrets[-1][0], mark.at)
