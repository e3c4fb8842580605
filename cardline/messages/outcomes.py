"""What becomes of messages that left, told to whoever caused them (row E1: proof of notice)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.outreach.model import Channel

Fate = Literal[
    "sent",  # the relay or the gateway has taken it
    "printed",
    "posted",  # a letter: carrier, number and time are known
    "returned",  # a letter came back
    "bounced",  # an e-mail was taken and came back
    "refused",  # the gate said no when it was to leave
    "failed",
    "lapsed",
    "withdrawn",  # a letter that was stopped before it was printed
    "delivered",  # a text: a telephone has it
    "undelivered",  # a text: no telephone ever will
    "unknown",  # a text left, and nobody knows whether the gateway has it
]


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """One step in the life of a message that was queued; ``key`` and ``stream`` as queued.

    ``facts`` is plain JSON for the journal: of a posted letter ``carrier``, ``posting`` and
    ``posted_at``; of one that came back, of a bounce and of a failure ``reason``.
    """

    fate: Fate
    channel: Channel
    message: str
    key: str
    template: str
    holder: HolderId | None
    stream: str
    at: datetime
    facts: JsonObject = field(default_factory=dict)

    @property
    def arrived(self) -> bool | None:
        """True where it counts as on its way, false where it never came, ``None`` in between."""
        if self.fate in ("sent", "posted", "delivered"):
            return True
        return None if self.fate in ("printed", "unknown") else False


OutcomeTaker = Callable[[Transaction, MessageOutcome], Awaitable[bool]]
"""Runs in the transaction of the step itself; it looks at ``key`` or ``stream`` and ignores what is
not its own. True: it was its own, and it sees to what did not arrive."""


class Outcomes:
    """Who wants to know; put together once, at the start."""

    def __init__(self) -> None:
        self._takers: list[OutcomeTaker] = []

    def add(self, taker: OutcomeTaker) -> None:
        """Have ``taker`` told of every step from now on."""
        self._takers.append(taker)

    async def tell(self, tx: Transaction, outcome: MessageOutcome) -> bool:
        """Tell everybody; false where nobody sees to it, and the desk needs a task.

        A fault of one undoes the step, which is then tried again.
        """
        return any([await taker(tx, outcome) for taker in self._takers])
