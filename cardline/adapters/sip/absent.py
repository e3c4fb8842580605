"""The line of a machine that cannot take calls: everything else runs (row A1, faults)."""

import asyncio
from collections.abc import AsyncIterator

from cardline.ports.line.commands import LineCommand
from cardline.ports.line.events import LineEvent


class AbsentLine:
    """Implements :class:`cardline.ports.line.protocol.Line` where no telephony is installed."""

    def __init__(self, why: str) -> None:
        self.why = why
        self._stopped = asyncio.Event()

    async def start(self) -> None:
        """There is nothing to start."""

    async def send(self, command: LineCommand) -> None:
        """Raise ``ConnectionError``: there is no line."""
        raise ConnectionError(self.why)

    async def events(self) -> AsyncIterator[LineEvent]:
        """No event ever comes."""
        none: tuple[LineEvent, ...] = ()
        await self._stopped.wait()
        for event in none:
            yield event

    async def stop(self, drain: bool) -> None:
        """Let the one who waits for events go."""
        self._stopped.set()
