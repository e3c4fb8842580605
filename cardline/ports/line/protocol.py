"""Telephony, as the application sees it."""

from collections.abc import AsyncIterator
from typing import Protocol

from cardline.ports.line.commands import LineCommand
from cardline.ports.line.events import LineEvent


class Line(Protocol):
    """Telephony: one node that owns SIP and media."""

    async def send(self, command: LineCommand) -> None:
        """Queue a command; the outcome arrives as events. Raises ``ConnectionError`` when down."""
        ...

    def events(self) -> AsyncIterator[LineEvent]:
        """All events in order. A lost line is restarted underneath: a new ``Hello`` tells so."""
        ...
