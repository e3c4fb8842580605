"""What happens on the line."""

from typing import Literal

import msgspec

from cardline.ports.line.commands import Party


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
