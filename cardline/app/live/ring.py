"""The last events of a node, numbered, and what one browser has been told of them.

Every message carries ``n``, its number at this node, and ``prev``, the ``n`` of the message that
this browser was told before it. Most events are for others, so numbers skip; but a browser whose
last ``n`` is not the ``prev`` of the next message has missed something and says so by connecting
again with ``after=EPOCH:N``. Nothing here knows of sockets or of the time.
"""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from cardline.core.live import Audience
from cardline.core.transaction import JsonObject

SIZE = 8192
"""Events kept for browsers that come back: several minutes of a full floor."""


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered event."""

    n: int
    id: str
    to: Audience
    text: str
    """Its JSON but for ``prev`` and the opening brace: written once for all browsers."""


def event_text(epoch: str, n: int, kind: str, key: str, data: JsonObject | None) -> str:
    """Write all of a message but ``prev`` and the opening brace."""
    whole: Any = {"epoch": epoch, "n": n, "kind": kind, "id": key, "data": data}
    return msgspec.json.encode(whole).decode()[1:]


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a browser was told: the number ``n`` of the run ``epoch`` of a node."""

    epoch: str
    n: int


def read_position(text: str) -> Position | None:
    """Read ``EPOCH:N``; ``None`` where nothing is given, nobody's where it is not well formed."""
    if not text:
        return None
    epoch, _, n = text.rpartition(":")
    well_formed = n.isascii() and n.isdigit() and len(n) <= 15
    return Position(epoch, int(n)) if well_formed else Position("", 0)


class Ring:
    """Numbers events 1, 2, 3, … and keeps the last ones."""

    def __init__(self, epoch: str, *, size: int = SIZE) -> None:
        self.epoch = epoch
        self.last = 0
        self._events: deque[Event] = deque(maxlen=size)
        self._complete_after = 0
        """From every position at or after this one, all later events are at hand."""

    def add(self, kind: str, key: str, to: Audience, data: JsonObject | None) -> Event:
        """Number an event and keep it."""
        self.last += 1
        if len(self._events) == self._events.maxlen:
            self._complete_after = self._events[0].n
        event = Event(self.last, key, to, event_text(self.epoch, self.last, kind, key, data))
        self._events.append(event)
        return event

    def forget(self) -> None:
        """Let nobody resume from before now: something may have happened that was not heard."""
        self._events.clear()
        self.last += 1  # whoever was told everything until now is not up to date either
        self._complete_after = self.last

    def after(self, position: Position | None) -> list[Event] | None:
        """Return all that happened after a position; ``None`` where that is not known."""
        if position is None or position.epoch != self.epoch:
            return None
        if not self._complete_after <= position.n <= self.last:
            return None
        skipped = len(self._events) - (self.last - position.n)
        return list(islice(self._events, skipped, None))
