"""While the application is away: calls go on, callers hear why, and what happens is kept."""

import time
from collections import deque
from typing import TYPE_CHECKING

from cardline.adapters.sip.signalling.stack import Timer, after
from cardline.ports.line.commands import CALLER
from cardline.ports.line.events import Alarm, Failed, Gone, LineEvent, PhoneState

if TYPE_CHECKING:
    from cardline.adapters.sip.calls.call import Call
    from cardline.adapters.sip.process import LineProcess

_KEPT = 10_000
"""Events kept for the application's return: ends of calls and legs, alarms."""
_RINGS = 4.0
"""Seconds that a new caller hears it ring while nobody answers here."""
RETRY_AFTER = "5"


class Absence:
    """Decides what the line does alone."""

    def __init__(self, host: "LineProcess", *, notice: str, music: str, patience: float) -> None:
        self._host = host
        self._notice = notice
        self._music = music
        self._patience = patience
        self._missed: deque[LineEvent] = deque(maxlen=_KEPT)
        self._give_up: Timer | None = None
        self.began = time.monotonic()

    def begin(self) -> None:
        """The application is gone, or was not there yet."""
        self.began = time.monotonic()
        if self._give_up is None:
            self._give_up = after(self._patience, self._host.drain)
        for call in list(self._host.calls.values()):
            self.settle(call)

    def end(self) -> list[LineEvent]:
        """It is back: what it missed."""
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None
        missed = list(self._missed)
        self._missed.clear()
        return missed

    def missed(self, event: LineEvent) -> None:
        """Keep what must not be lost; the rest is in the next ``Hello``."""
        if isinstance(event, Gone | Failed | Alarm) and not isinstance(event, PhoneState):
            self._missed.append(event)

    def settle(self, call: "Call") -> None:
        """A caller who hears nobody gets a notice, then music."""
        if call.answered is None:
            if not call.placed:
                call.announced = False
                after(_RINGS, self._nobody_came, call)
        elif not call.ending and not call.bridge.hears.get(CALLER):
            call.playing.by_ourselves(self._notice, then=self._music)

    def _nobody_came(self, call: "Call") -> None:
        if call.answered is None and not call.announced:
            call.refuse(503, Retry_After=RETRY_AFTER)
