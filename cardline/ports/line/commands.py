"""What the application asks of the line."""

import msgspec

Party = str
"""``"caller"`` for the far end of the call, or the id of one of its legs."""
CALLER: Party = "caller"


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
