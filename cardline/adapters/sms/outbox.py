"""The embedded outbox: takes messages in place of a gateway and keeps them to be looked at."""

from cardline.adapters.sms import store
from cardline.core.clock import Clock, utc_now
from cardline.core.transaction import Database


class OutboxSms:
    """``ports.Sms`` on a table. Nothing leaves the machine; ``cardline outbox`` reads it."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def send(self, *, to: str, text: str, key: str) -> str:
        """Keep one message; a ``key`` seen before returns the id of then and keeps nothing."""
        async with self._database.transaction() as tx:
            return await store.keep(tx, to=to, text=text, key=key, at=self._clock())
