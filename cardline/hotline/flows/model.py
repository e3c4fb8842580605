"""Types of the call flow: what the bank writes down (nodes) and where a call stands (state)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cardline.cards.model import Language
from cardline.core.masking import Secret

LANGUAGES: tuple[Language, ...] = ("zh", "en")

NodeName = str
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One prompt of the catalogue with the values of its slots."""

    prompt: str
    values: Values = field(default_factory=dict)


ListensFor = Literal["person", "tone"]
LISTENED: Mapping[ListensFor, frozenset[str]] = {
    "person": frozenset({"person", "machine"}),
    "tone": frozenset({"now", "never", "person"}),
}
"""What comes of listening; each needs a way on."""


# ---------------------------------------------------------------- nodes, as the bank writes them


@dataclass(frozen=True, slots=True)
class Say:
    """Say something and go on. A key skips to the next node, where it counts."""

    name: NodeName
    line: int
    say: tuple[str, ...]
    then: NodeName


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a key leads, and the language that it chooses, if it chooses one."""

    to: NodeName
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """Say something and wait for one key.

    With ``then`` who has pressed nothing goes on there: ``seconds`` after all is said, at once
    where that is 0.
    """

    name: NodeName
    line: int
    say: tuple[str, ...]
    keys: Mapping[str, Choice]
    back: NodeName | None = None
    bilingual: bool = False
    then: NodeName | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Collect:
    """Take several keys. ``#`` ends (alone: ``back``); ``*`` begins again, unless it is a letter.

    What is entered at a ``secret`` node leaves the line only as a :class:`Secret`.
    """

    name: NodeName
    line: int
    say: tuple[str, ...]
    into: str
    least: int
    most: int
    then: NodeName
    back: NodeName
    secret: bool = False
    star: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Have something done; each outcome leads somewhere."""

    name: NodeName
    line: int
    act: str
    arguments: Mapping[str, str]
    outcomes: Mapping[str, NodeName]


@dataclass(frozen=True, slots=True)
class Queue:
    """Wait for a person. ``closed`` where nobody is on duty, ``after`` when the person has left."""

    name: NodeName
    line: int
    say: tuple[str, ...]
    matter: str
    urgent: bool
    closed: NodeName
    after: NodeName
    callback: NodeName | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Record a message until ``#`` or the longest time, in seconds."""

    name: NodeName
    line: int
    say: tuple[str, ...]
    then: NodeName
    seconds: int = 120


@dataclass(frozen=True, slots=True)
class Listen:
    """Listen to the callee of a call that the bank makes, and say nothing.

    ``person``: until it is clear who answered, or the time for it is over. ``tone``: until a
    machine takes a message. A key is a person's: it leads on as ``person`` does.
    """

    name: NodeName
    line: int
    listens_for: ListensFor
    outcomes: Mapping[str, NodeName]


@dataclass(frozen=True, slots=True)
class End:
    """Say goodbye, where there is something to say, and hang up."""

    name: NodeName
    line: int
    say: tuple[str, ...]


Node = Say | Menu | Collect | Act | Queue | Message | Listen | End


@dataclass(frozen=True)
class Flow:
    """A whole flow. ``always`` are the keys that work everywhere but inside an entry.

    ``talking`` are keys that work while a person talks with the caller: each names an act, which is
    done without ending the talk.
    """

    name: str
    version: str
    start: NodeName
    main: NodeName
    person: NodeName
    callback: NodeName
    always: Mapping[str, NodeName]
    identification: Mapping[str, NodeName]
    nodes: Mapping[NodeName, Node]
    silence_seconds: float = 6.0
    between_keys_seconds: float = 4.0
    talking: Mapping[str, NodeName] = field(default_factory=dict)


# ---------------------------------------------------------------- where a call stands


@dataclass(frozen=True, slots=True)
class State:
    """Where a call stands. What is entered is never shown, and secrets are never stored."""

    node: NodeName
    phase: Literal["say", "wait", "act", "queue", "talk", "message", "listen", "done"] = "say"
    language: Language | None = None
    silences: int = 0
    wrong: int = 0
    history: tuple[NodeName, ...] = ()
    resume: NodeName | None = None
    values: Values = field(default_factory=dict)
    lines: tuple[Utterance, ...] = ()
    music: bool = False
    callback_offered: bool = False
    """Whether this caller was offered to be called back: only then does the key for it work."""
    swallow_hash_until: float = 0.0
    entry: str = field(default="", repr=False)
    collected: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)


# ---------------------------------------------------------------- events and commands


@dataclass(frozen=True, slots=True)
class Begin:
    """The call was answered."""


@dataclass(frozen=True, slots=True)
class BeginCallback:
    """The bank rang back, as it had promised, and the caller answered."""

    language: Language


@dataclass(frozen=True, slots=True)
class Resume:
    """The application is back after a fault, and the caller is still there."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """One key, at a time in seconds."""

    digit: str
    at: float

    def __repr__(self) -> str:
        return "Pressed(…)"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was being said is over."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The time to press something is over."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act is over."""

    outcome: str
    values: Values = field(default_factory=dict)
    lines: tuple[Utterance, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """Where the caller stands in the queue: how many are ahead, minutes to wait where known."""

    ahead: int
    minutes: int | None
    callback: bool = True
    """Whether a call-back can be offered: the bank can ring back, and the caller shows a number."""


@dataclass(frozen=True, slots=True)
class QueueClosed:
    """Nobody is on duty for this matter."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A person talks with the caller."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The person has left, or was ``lost`` by a fault; the caller is still there."""

    lost: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """It is clear who answered, or when the message can be left: an outcome of :data:`LISTENED`."""

    outcome: str


@dataclass(frozen=True, slots=True)
class SendTo:
    """A person sends the caller to another place of the flow."""

    node: NodeName


FlowEvent = (
    Begin
    | BeginCallback
    | Resume
    | Pressed
    | Spoken
    | Silence
    | Done
    | PlaceTold
    | QueueClosed
    | Connected
    | Disconnected
    | Judged
    | SendTo
)


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this, in each of these languages one after the other; replaces what is being said."""

    utterances: tuple[Utterance, ...]
    languages: tuple[Language, ...]


@dataclass(frozen=True, slots=True)
class Music:
    """Play hold music until something else is said."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Stop what is being said."""


@dataclass(frozen=True, slots=True)
class Await:
    """Send :class:`Silence` when nothing was pressed for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the caller's keys and voice off the record (``secret``), or stop doing so."""

    secret: bool


@dataclass(frozen=True, slots=True)
class Do:
    """Do an act; answer with :class:`Done`."""

    act: str
    arguments: Mapping[str, str]
    values: Values
    collected: Mapping[str, str] = field(repr=False)
    secrets: Mapping[str, Secret] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Wait for a person."""

    matter: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class TellPlace:
    """Answer with :class:`PlaceTold`."""


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The caller went elsewhere; the place is kept for a while."""


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Mark the beginning (``on``) or the end of a message within the recording."""

    on: bool


@dataclass(frozen=True, slots=True)
class ListenFor:
    """Listen to the callee; answer with :class:`Judged`."""

    what: ListensFor


@dataclass(frozen=True, slots=True)
class Finish:
    """Hang up."""


FlowCommand = (
    Speak
    | Music
    | Hush
    | Await
    | Keep
    | Do
    | Enqueue
    | TellPlace
    | LeaveQueue
    | TakeMessage
    | ListenFor
    | Finish
)
