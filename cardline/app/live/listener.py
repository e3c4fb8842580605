"""One connected browser: whose it is, what it was told, what is still to be sent."""

import asyncio
from collections import deque
from dataclasses import dataclass

from cardline.app.live.ring import Event, Position, Ring, event_text
from cardline.core.ids import AgentId
from cardline.core.roles import Role
from cardline.core.transaction import JsonObject

MOST_UNSENT = 512
"""Messages that wait for one browser; with more it is too slow, is cut off and resumes."""

WENT_AWAY = 1012
SESSION_OVER = 4401
NOT_ENROLLED = 4403
TOO_SLOW = 4408
TOO_MANY = 4429
"""Codes with which a connection is closed. After all but 4401 and 4403: connect again."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose browser it is."""

    session: str
    number: str
    role: Role
    agent: AgentId | None


class Listener:
    """Puts messages for one browser into a bounded queue, from which they are sent."""

    def __init__(self, viewer: Viewer, *, epoch: str, most: int = MOST_UNSENT) -> None:
        self.viewer = viewer
        self.told = 0
        """``n`` of the last message that was put into the queue."""
        self.closed: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        """Code and reason, once the connection is to be closed."""
        self._epoch = epoch
        self._most = most
        self._unsent: deque[str] = deque()
        self._wake = asyncio.Event()

    def start(self, ring: Ring, position: Position | None, *, at: str) -> bool:
        """Say hello, and what was missed since ``position`` or that it is not known any more.

        ``at`` is the time of the server. Without a position the browser comes for the first time,
        and reads everything after the hello. Returns False where it must read everything again.
        """
        missed = self._missed(ring, position)
        resumed = missed is not None
        self.told = position.n if position is not None and resumed else ring.last
        self.say("hello", self.told, {"at": at, "resumed": resumed})
        for event in missed or ():
            self.put(event)
        if position is None or resumed:
            return True
        self.say("resync", ring.last, {"at": at})
        return False

    def _missed(self, ring: Ring, position: Position | None) -> list[Event] | None:
        known = ring.after(position)
        if known is None:
            return None
        mine = [one for one in known if one.to.includes(self.viewer.agent, self.viewer.role)]
        return mine if len(mine) < self._most else None

    def say(self, kind: str, n: int, data: JsonObject) -> None:
        """Say something to this browser alone; everything up to ``n`` has been told."""
        self.put_text(n, event_text(self._epoch, n, kind, "", data))

    def put(self, event: Event) -> None:
        """Tell an event."""
        self.put_text(event.n, event.text)

    def put_text(self, n: int, text: str) -> None:
        """Tell what :func:`event_text` wrote."""
        if self.closed.done():
            return
        if len(self._unsent) >= self._most:
            self.close(TOO_SLOW, "too-slow")
            return
        self._unsent.append(f'{{"prev":{self.told},{text}')
        self.told = n
        self._wake.set()

    def close(self, code: int, reason: str) -> None:
        """End the connection; what has not been sent is not sent any more."""
        if not self.closed.done():
            self.closed.set_result((code, reason))

    async def next(self) -> str:
        """Wait for the next message to be sent."""
        while not self._unsent:
            self._wake.clear()
            await self._wake.wait()
        return self.take()

    @property
    def unsent(self) -> int:
        """How many messages are still to be sent."""
        return len(self._unsent)

    def take(self) -> str:
        """Return the next message. Raises ``IndexError`` where there is none."""
        return self._unsent.popleft()
