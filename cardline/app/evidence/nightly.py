"""What is over is erased at night, a little at a time (row F3); days off that lack are said."""

import asyncio
from datetime import date, datetime

import structlog

from cardline.app.operation.alarms import Alarms
from cardline.app.operation.calendar_watch import calendar_fault
from cardline.app.wiring import Parts
from cardline.core.clock import Clock
from cardline.core.home import home
from cardline.desk.recordings.files import remove_erased
from cardline.evidence.retention.erasing import carry_out_requests, remove_files, sweep
from cardline.ports.line.events import Alarm

log = structlog.get_logger()

LOOK_SECONDS = 300.0
PAUSE = 0.05
"""Seconds between two transactions: calls wait for no sweep."""


class Nightly:
    """One sweep a night and node; where two sweep at once, each erases what the other has not."""

    def __init__(self, parts: Parts, clock: Clock, alarms: Alarms | None = None) -> None:
        self._parts = parts
        self._clock = clock
        self._alarms = alarms
        self._done: date | None = None

    async def run(self) -> None:
        """Serve for ever."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("the sweep of what is over failed; trying again")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> bool:
        """Sweep where it is the hour and was not done this night; True where it was swept."""
        policy, now = self._parts.retention.policy, self._clock().astimezone(home().zone)
        if self._done == now.date() or not policy.sweep_from <= now.hour < policy.sweep_until:
            return False
        database, config = self._parts.database, self._parts.retention
        asked = await carry_out_requests(database, config=config, clock=self._clock)
        told = await sweep(database, config=config, clock=self._clock, pause=PAUSE)
        await remove_erased(database, self._parts.recordings, clock=self._clock, limit=100_000)
        await remove_files(database, config=config, clock=self._clock, limit=100_000)
        await self._look_at_calendar(now)
        self._done = now.date()
        log.info("swept what is over", erased=dict(told.erased), requests=len(asked))
        return True

    async def _look_at_calendar(self, now: datetime) -> None:
        if self._alarms is None:
            return
        if fault := calendar_fault(self._parts.settings.pack, at=now):
            alarm = Alarm(code="calendar", detail=fault, at=now.timestamp(), call="")
            await self._alarms.raised(alarm)
