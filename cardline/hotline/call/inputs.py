"""What may be handed to a conversation beside the events of the line."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cardline.core.ids import LegId
from cardline.ports.line.events import Event
from cardline.routing.model import Offer

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer of ours ran out; an older ``serial`` was cancelled in the meantime."""

    serial: int


@dataclass(frozen=True, slots=True)
class PlaceDue:
    """It is time to tell the place in the queue again."""

    stay: int


@dataclass(frozen=True, slots=True)
class QueueAgain:
    """A caller could not be queued; it is time to try again."""

    matter: str
    urgent: bool
    stay: int


@dataclass(frozen=True, slots=True)
class Offered:
    """Routing offers this caller to an agent."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferGone:
    """An offer has ended without being accepted."""

    offer: str


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """The last person has left the call; ``lost`` by a fault."""

    lost: bool


@dataclass(frozen=True, slots=True)
class BackAgain:
    """The application was away; the caller is still there."""


@dataclass(frozen=True, slots=True)
class EntrySilence:
    """Nothing was pressed at an agent's request for so long as was awaited."""

    serial: int


@dataclass(frozen=True, slots=True)
class EntryOver:
    """The time limit of an entry has come."""

    turn: int


@dataclass(frozen=True, slots=True)
class EntryInterrupted:
    """We were away while a caller was at the keys: what was entered is forgotten."""


@dataclass(frozen=True, slots=True)
class AwayTooLong:
    """A browser was silent for longer than the caller is kept for it."""

    leg: LegId
    absence: int


@dataclass(frozen=True, slots=True)
class ListenDue:
    """It is time to look again at what was heard of the callee."""

    turn: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A call that the bank makes is not wanted any more; if nobody has answered it ends."""


class Request(Protocol):
    """Something that an agent asks of the conversation; it settles itself."""

    async def carry_out(self, conversation: "Conversation") -> None:
        """Do it; answers and errors go to whoever asked, never up."""
        ...


Input = (
    Event
    | TimerFired
    | PlaceDue
    | QueueAgain
    | Offered
    | OfferGone
    | LeftAlone
    | BackAgain
    | EntrySilence
    | EntryOver
    | EntryInterrupted
    | AwayTooLong
    | ListenDue
    | TakenBack
    | Request
)
