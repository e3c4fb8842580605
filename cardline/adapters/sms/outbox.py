"""The embedded outbox: takes messages in place of a gateway and keeps them to be looked at."""

from cardline.core.clock import Clock, utc_now
from cardline.core.ids import new_id
from cardline.core.transaction import Database


class OutboxSms:
    """``ports.Sms`` on a table. Nothing leaves the machine; ``cardline outbox`` reads it."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def send(self, *, to: str, text: str, key: str) -> str:
        """Keep one message; a ``key`` seen before returns the id of then and keeps nothing."""
        async with self._database.transaction() as tx:
            cursor = await tx.connection.execute(
                """
                INSERT INTO sms_embedded AS taken (key, id, phone, text, at)
                VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (key) DO UPDATE SET id = taken.id
                RETURNING id
                """,
                (key, new_id("embedded-"), to, text, self._clock()),
            )
            row = await cursor.fetchone()
        assert row is not None
        return str(row[0])
