"""What an operator must know: logged, counted, journaled, and shown until it is over."""

from datetime import UTC, datetime

import structlog

from cardline.app.operation.metrics import ALARMS
from cardline.core.actor import SYSTEM
from cardline.core.transaction import Database, Transaction
from cardline.desk.interactions import actions as desk
from cardline.evidence.actions import journal
from cardline.ports.line.events import Alarm

log = structlog.get_logger()


DISK_FULL = ("recording-failed", "")
"""Code and call of the one alarm whose end is told."""
SHOWN_SECONDS = 3600.0
"""How long an alarm is shown that tells of a moment, such as a restart: nothing will clear it."""


class Alarms:
    """Alarms that stand now, by code and call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._standing: dict[tuple[str, str], Alarm] = {}

    def standing(self, now: datetime) -> list[Alarm]:
        """Return what an operator should still look at.

        A full disk stands until there is room; whatever else for ``SHOWN_SECONDS``.
        """
        self._standing = {
            key: alarm
            for key, alarm in self._standing.items()
            if key == DISK_FULL or now.timestamp() - alarm.at < SHOWN_SECONDS
        }
        return list(self._standing.values())

    async def raised(self, alarm: Alarm) -> None:
        """Take note of an alarm, or of its end; it goes into the journal in any case."""
        key = (alarm.code, alarm.call)
        if alarm.cleared:
            self._standing.pop(key, None)
            log.info("an alarm is over", code=alarm.code, call=alarm.call)
        else:
            self._standing[key] = alarm
            ALARMS.labels(alarm.code).inc()
            log.error("alarm", code=alarm.code, call=alarm.call, detail=alarm.detail)
        at = datetime.fromtimestamp(alarm.at, UTC)
        kind = "alarm.cleared" if alarm.cleared else "alarm.raised"
        body = {"code": alarm.code, "detail": alarm.detail, "call": alarm.call}

        async def work(tx: Transaction) -> None:
            stream = "system"
            if alarm.call:
                interaction = await desk.find_by_call(tx, alarm.call)
                stream = interaction.id if interaction else stream
            await journal(tx, stream=stream, kind=kind, by=SYSTEM, body=body, at=at)

        await self._database.run(work)
