"""What an operator must know: logged, counted, journaled, and shown until it is over."""

from datetime import UTC, datetime

import structlog

from cardline.app.metrics import ALARMS
from cardline.core.actor import SYSTEM
from cardline.core.transaction import Database, Transaction
from cardline.desk import actions as desk
from cardline.evidence.actions import journal
from cardline.ports import Alarm

log = structlog.get_logger()


class Alarms:
    """Alarms that stand now, by code and call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.standing: dict[tuple[str, str], Alarm] = {}

    async def raised(self, alarm: Alarm) -> None:
        """Take note of an alarm, or of its end; it goes into the journal in any case."""
        key = (alarm.code, alarm.call)
        if alarm.cleared:
            self.standing.pop(key, None)
            log.info("an alarm is over", code=alarm.code, call=alarm.call)
        else:
            self.standing[key] = alarm
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
