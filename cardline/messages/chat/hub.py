"""Waking whoever waits for news of a chat on this node, and who is typing. Nothing here is kept."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Protocol

from cardline.core.clock import Clock
from cardline.core.transaction import Database
from cardline.messages.chat.model import CHANNEL, Side

TYPING_SECONDS = 6.0
"""For which a sign of typing counts; browsers repeat it every three."""
_MOST = 20_000


class Listening(Protocol):
    """Where wake-ups come from."""

    def listen(self, *channels: str) -> AsyncIterator[tuple[str, str]]:
        """Yield channel and payload."""
        ...


class ChatHub:
    """One for each node; the database carries the wake-ups between nodes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._typing: dict[tuple[str, Side], float] = {}
        self._stopping = False

    async def run(self, listening: Listening) -> None:
        """Hear wake-ups for ever."""
        async for channel, payload in listening.listen(CHANNEL):
            if not channel:
                for events in list(self._waiting.values()):
                    self._set(events)
            else:
                self.heard(payload)

    def close(self) -> None:
        """This node goes away: nobody waits here any longer."""
        self._stopping = True
        for events in list(self._waiting.values()):
            self._set(events)

    def heard(self, payload: str) -> None:
        """Something happened in a chat: ``ID``, or ``ID typing SIDE``."""
        chat, _, rest = payload.partition(" ")
        if rest in ("typing holder", "typing agent"):
            if len(self._typing) > _MOST:
                self._typing.clear()
            side: Side = "holder" if rest.endswith("holder") else "agent"
            self._typing[chat, side] = self._clock().timestamp() + TYPING_SECONDS
        self._set(self._waiting.get(chat, set()))

    def tell_typing(self, chat: str, side: Side) -> None:
        """Somebody types; the other side sees it, on whatever node."""
        self.heard(f"{chat} typing {side}")
        self._database.tell(CHANNEL, f"{chat} typing {side}")

    def stopped_typing(self, chat: str, side: Side) -> None:
        """What was typed was sent."""
        self._typing.pop((chat, side), None)

    def is_typing(self, chat: str, side: Side) -> bool:
        """True where a sign of typing is fresh."""
        return self._typing.get((chat, side), 0.0) > self._clock().timestamp()

    async def wait(self, chat: str, seconds: float) -> bool:
        """Wait for news of a chat, or for so long; ``False`` where this node goes away."""
        if self._stopping:
            return False
        event = asyncio.Event()
        self._waiting[chat].add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[chat].discard(event)
            if not self._waiting[chat]:
                del self._waiting[chat]
        return not self._stopping

    @staticmethod
    def _set(events: set[asyncio.Event]) -> None:
        for event in list(events):
            event.set()
