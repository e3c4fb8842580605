"""What Cardline asks of the outside world; adapters implement it, only ``app`` names them.

The line protocol (:class:`Command`, :class:`Event`) is spoken over a local socket as one JSON
object a line. Times are seconds since the epoch (UTC), as floats, taken where the thing happened.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from cardline.core.errors import CardlineError

Party = str
"""``"caller"`` for the far end of the call, or the id of one of its legs."""

CALLER: Party = "caller"


# ---------------------------------------------------------------- the line: commands


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do"):
    """Something that the application asks of the line, about one call."""

    call: str


class Answer(Command, frozen=True, kw_only=True, tag="answer"):
    """Answer an incoming call (200 OK). Recording begins here (row F1)."""


class Refuse(Command, frozen=True, kw_only=True, tag="refuse"):
    """Refuse a call that was not answered, with a SIP status from 400 to 699."""

    status: int


class Play(Command, frozen=True, kw_only=True, tag="play"):
    """Play pieces one after another, as one utterance; replaces what that party hears playing.

    ``pieces`` are names under the prompt folder without suffix, for example ``zh/greeting.0``.
    With ``loop`` it goes on until stopped. A :class:`PlayEnded` follows in every case.
    """

    play: str
    pieces: tuple[str, ...]
    loop: bool = False
    party: Party = CALLER


class StopPlay(Command, frozen=True, kw_only=True, tag="stop"):
    """Stop what that party hears playing, if anything."""

    party: Party = CALLER


class SecretEntry(Command, frozen=True, kw_only=True, tag="secret"):
    """Between on and off the caller's keys and voice are kept out of recording and logs (row E5).

    It ends by itself with the call, and after ``seconds`` at the latest.
    """

    on: bool
    seconds: float = 60.0


class Dial(Command, frozen=True, kw_only=True, tag="dial"):
    """Ring another party for this call: a new leg.

    ``target`` is a SIP URI, ``phone:USER`` for a phone that registered as USER, or ``web:NAME`` for
    a browser: such a leg rings at once, sends nothing to anybody, and waits for :class:`WebAnswer`
    until ``ring_seconds`` are over. The leg offers only the codec of the caller. ``headers`` are
    added to the INVITE.
    """

    leg: str
    target: str
    from_user: str
    from_name: str = ""
    ring_seconds: float = 20.0
    headers: dict[str, str] = {}


class WebAnswer(Command, frozen=True, kw_only=True, tag="web-answer"):
    """A browser takes the call of its leg (row A4); ``sdp`` is its WebRTC offer (RFC 8829).

    :class:`WebAnswered` brings our answer for it, within a second; :class:`Answered` follows when
    the browser's first packet has come. Where that does not happen the leg ends with
    :class:`Failed`: 488 for an offer that cannot be used, 408 for a browser that never came through
    (about ten seconds), 503 where there are no ports.

    For a leg that was answered before this is another browser for the same leg, after a refresh
    for example: :class:`WebAnswered` once more, and when it is heard it takes the place of the one
    before; nothing else changes and no second :class:`Answered` follows. What cannot be used then
    is told by :class:`WebRefused`, and the leg stays as it was.
    """

    leg: str
    sdp: str


class Place(Command, frozen=True, kw_only=True, tag="place"):
    """Call somebody from our side; the one called becomes the ``caller`` party of a new call."""

    target: str
    from_user: str
    from_name: str = ""
    ring_seconds: float = 30.0
    headers: dict[str, str] = {}
    listen_seconds: float = 0.0
    """Listen to the one called for so long from the answer on, see :class:`Listen`; 0: do not."""


class Listen(Command, frozen=True, kw_only=True, tag="listen"):
    """Tell by :class:`Sound` what the one called says, for ``seconds`` from now on; 0 ends it.

    It ends by itself with a leg that is rung or connected, and costs nothing where nobody asks.
    """

    seconds: float


class Connect(Command, frozen=True, kw_only=True, tag="connect"):
    """Say who hears whom from now on: party -> the parties that it hears.

    ``{"caller": ["L1"], "L1": ["caller"]}`` is a talk; ``{}`` parks everybody; a consultation is
    ``{"L1": ["L2"], "L2": ["L1"]}``; three parties, a whisper and a silent listener are written
    the same way. A played prompt is heard beside or instead of the others.
    """

    hears: dict[Party, tuple[Party, ...]]


class HangUp(Command, frozen=True, kw_only=True, tag="hangup"):
    """End one party; ``caller`` ends the whole call. Harmless where the party is gone already."""

    party: Party = CALLER
    cause: str = "normal"


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """A desk phone that may register: ``ha1`` is the digest MD5 of ``user:realm:password``."""

    user: str
    ha1: str


class SetPhones(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="phones"):
    """The whole list of phones that may register; the line keeps it while we are away."""

    phones: tuple[Phone, ...]


class Drain(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="drain"):
    """Stop for good: end the calls politely, close the recordings, exit."""


LineCommand = (
    Answer
    | Refuse
    | Play
    | StopPlay
    | SecretEntry
    | Dial
    | WebAnswer
    | Place
    | Listen
    | Connect
    | HangUp
    | SetPhones
    | Drain
)


# ---------------------------------------------------------------- the line: events


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened on the line."""

    call: str
    at: float


class Incoming(Event, frozen=True, kw_only=True, tag="incoming"):
    """A call rings. ``source``: the peer's IP and port; ``identity``: RFC 8224, one a line."""

    from_user: str
    from_name: str
    to_user: str
    source: str
    sip_call_id: str
    identity: str = ""
    date: str = ""


class Ringing(Event, frozen=True, kw_only=True, tag="ringing"):
    party: Party


class Answered(Event, frozen=True, kw_only=True, tag="answered"):
    """A party is there and its audio flows; for ``caller`` also: the recording began."""

    party: Party


class WebAnswered(Event, frozen=True, kw_only=True, tag="web-answered"):
    """Our answer to the browser's offer of a :class:`WebAnswer`: hand it to that browser."""

    party: Party
    sdp: str


class WebRefused(Event, frozen=True, kw_only=True, tag="web-refused"):
    """A :class:`WebAnswer` came to nothing and changed nothing: the leg is as it was.

    Told where no :class:`Failed` is due: for a leg that is answered already (488: the offer cannot
    be used; 408: that browser never came through; 503: no ports), and for one that is not there or
    is no browser's (481).
    """

    party: Party
    status: int
    reason: str = ""


class Silent(Event, frozen=True, kw_only=True, tag="silent"):
    """For about two seconds nothing has come from the browser of an answered leg.

    A page that is refreshed, a tab asleep, a network gone. The leg stays, and so do those who hear
    it, until :class:`Heard`, a hang-up, or the time after which any phone is given up (``Gone``
    ``media-timeout``). A browser that is muted (``track.enabled = false``) goes on sending.
    """

    party: Party


class Heard(Event, frozen=True, kw_only=True, tag="heard"):
    """After :class:`Silent`: packets come again, from the same browser or from the next one."""

    party: Party


class Sound(Event, frozen=True, kw_only=True, tag="sound"):
    """Heard while the line listens: a stretch of speech, or of one steady tone.

    Told twice: when it began, and once more with ``ended`` when it is over. What began before the
    line listened, or goes on after, is told as far as it was heard. Speech is whatever is louder
    than the noise around it and no tone, music too: what it means is for rules to say.
    """

    party: Party
    kind: Literal["speech", "tone"]
    began: float
    ended: float | None = None
    hz: float = 0.0
    """Frequency of a tone."""


class Failed(Event, frozen=True, kw_only=True, tag="failed"):
    """A leg or a placed call did not come to be; ``status`` is SIP's (408: nobody answered)."""

    party: Party
    status: int
    reason: str = ""


class Key(Event, frozen=True, kw_only=True, tag="key"):
    """One key of a party (RFC 4733), once. ``secret`` keys must go straight into a ``Secret``."""

    party: Party
    digit: str
    secret: bool = False

    def __repr__(self) -> str:
        shown = "?" if self.secret else self.digit
        return f"Key(call={self.call!r}, party={self.party!r}, digit={shown!r})"


class PlayEnded(Event, frozen=True, kw_only=True, tag="played"):
    play: str
    party: Party
    cause: Literal["finished", "stopped", "replaced", "gone", "missing"]


class Held(Event, frozen=True, kw_only=True, tag="held"):
    """A party's phone put the call on hold, or took it back (its own hold key)."""

    party: Party
    held: bool


class Gone(Event, frozen=True, kw_only=True, tag="gone"):
    """A party left. For ``caller`` this is the end of the call: nothing follows for it.

    ``cause``: ``hung-up`` by the party, ``ended`` by us, ``media-timeout``, ``network``,
    ``line-failed``, ``cancelled`` before an answer; ``call-ended`` where the whole call ends: the
    word about ``caller`` follows and says why.
    """

    party: Party
    cause: str


class PhoneState(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="phone"):
    """A desk phone registered, renewed or left."""

    user: str
    registered: bool
    contact: str
    at: float


class Alarm(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="alarm"):
    """Something an operator must know.

    ``recording-failed``, ``media-restarted``, ``mixer-restarted``, ``overload``,
    ``prompt-missing``, ``leg-lost`` (a phone refused to send its sound elsewhere and was hung up);
    of the application itself ``master-key``, ``recording-altered`` and ``file-altered``.
    """

    code: str
    detail: str
    at: float
    call: str = ""
    cleared: bool = False


class LegUp(msgspec.Struct, frozen=True, kw_only=True):
    leg: str
    target: str
    answered: bool
    silent: bool = False
    """The last word about its browser was :class:`Silent`."""


class CallUp(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the line holds, told on every (re)connection of the application."""

    call: str
    from_user: str
    to_user: str
    placed: bool
    began: float
    answered: float | None
    legs: tuple[LegUp, ...] = ()
    hears: dict[Party, tuple[Party, ...]] = {}


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="hello"):
    """First word after a connection: what this line is and which calls are up."""

    line: str
    """Name of this run of the line process; a new one means that all earlier calls are gone."""
    sip: str
    """HOST:PORT where it answers."""
    calls: tuple[CallUp, ...] = ()
    phones: tuple[PhoneState, ...] = ()


LineEvent = (
    Hello
    | Incoming
    | Ringing
    | Answered
    | WebAnswered
    | WebRefused
    | Silent
    | Heard
    | Sound
    | Failed
    | Key
    | PlayEnded
    | Held
    | Gone
    | PhoneState
    | Alarm
)


class Line(Protocol):
    """Telephony: one node that owns SIP and media."""

    async def send(self, command: LineCommand) -> None:
        """Queue a command; the outcome arrives as events. Raises ``ConnectionError`` when down."""
        ...

    def events(self) -> AsyncIterator[LineEvent]:
        """All events in order. A lost line is restarted underneath: a new ``Hello`` tells so."""
        ...


# ---------------------------------------------------------------- messages


class Sms(Protocol):
    """A gateway for short messages."""

    async def send(self, *, to: str, text: str, key: str) -> str:
        """Hand over one message, once for a ``key``; returns the gateway's id. Raises
        ``RejectedByGateway`` (never) or ``FateUnknown`` (nobody knows); all else means later."""


class Mail(Protocol):
    """The way of e-mail out of the house: a relay of the bank, or a folder."""

    async def send(self, *, envelope: str, to: str, message: bytes, key: str) -> str:
        """Hand over one whole message (RFC 5322); ``envelope``: to whom it comes back.

        Raises ``RejectedByGateway`` or ``AddressRejected`` where the relay never will take it.
        """
        ...


class Push(Protocol):
    """The bank's app or its official account, behind the bank's own gateway; as :class:`Sms`."""

    async def send(self, *, message: dict[str, Any], key: str) -> str: ...


class Print(Protocol):
    """Who prints letters and puts them into envelopes."""

    async def send(
        self, *, pdf: bytes, enclosures: list[bytes], manifest: dict[str, Any], key: str
    ) -> str:
        """Hand over one letter with what the printer must know; ``key`` as in :meth:`Sms.send`."""
        ...


class TypesettingFailed(CardlineError):
    """A document could not be set: the template is at fault, or it took too long."""

    code = "typesetting-failed"


class Typesetter(Protocol):
    """Makes PDF/A-2a documents, every font embedded, out of a template and plain data."""

    async def typeset(
        self, template: Path, data: dict[str, Any], *, at: datetime | None = None
    ) -> bytes:
        """Return the document, dated ``at``. Raises :class:`TypesettingFailed`.

        ``template``: a Typst file that reads ``json(bytes(sys.inputs.data))`` and files of its own
        folder. ``data`` is text, never markup; a character that no font has is set as 〓.
        """
        ...

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the characters of ``text`` that no font has, once each."""
        ...


# ---------------------------------------------------------------- files


Scan = Literal["clean", "infected", "unsure"]


class FileShelf(Protocol):
    """Where files of people lie. All may block: call them in a thread."""

    def put(self, content: bytes) -> str:
        """Keep a file whole or not at all; return the random name under which it lies."""

    def get(self, path: str) -> bytes | None:
        """Return a file; ``None`` where there is none of this name."""

    def replace(self, path: str, content: bytes) -> bool:
        """Put other bytes in the place of a file, whole or not at all; false: there is none."""

    def drop(self, path: str) -> None:
        """Remove a file; one that is gone already is no fault."""


class Scanner(Protocol):
    """A virus scanner."""

    async def scan(self, content: bytes) -> Scan:
        """Look at a file; ``unsure`` for whatever is not a clear answer."""
        ...
