"""SQL that every outbox shares: who has a message, when it is due, how it ended.

The tables (``sms_outbox``, ``mail_outbox``, ``letter``, ``app_outbox``) have these columns in
common; their names are constants of ours and come from nobody else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.messages.model import Claimed, MessageId, MessageState
from cardline.outreach.model import Purpose


async def lock_key(
    tx: Transaction, table: str, *, key: str
) -> tuple[MessageId, MessageState, list[Any]] | None:
    """Let nobody else use ``key`` until the end; return the message that has it already."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{table} {key}",)
    )
    cursor = await tx.connection.execute(
        _on("SELECT id, state, reasons FROM {table} WHERE key = %s", table), (key,)
    )
    row = await cursor.fetchone()
    return (MessageId(row[0]), MessageState(row[1]), list(row[2])) if row else None


async def add(tx: Transaction, table: str, row: Mapping[str, object]) -> None:
    """Write a message: the columns that all have, and its own."""
    names = list(row)
    statement = sql.SQL("INSERT INTO {table} ({names}) VALUES ({values})").format(
        table=sql.Identifier(table),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(map(sql.Placeholder, names)),
    )
    await tx.connection.execute(statement, row)


async def wake(tx: Transaction, channel: str, *, message: MessageId) -> None:
    """Tell the dispatchers; they hear it once the transaction is committed."""
    await tx.connection.execute("SELECT pg_notify(%s, %s)", (channel, message))


async def lapse(tx: Transaction, table: str, *, at: datetime) -> list[Claimed]:
    """Take out what has come too late; returns what was never sent."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        _on(
            """
            UPDATE {table} SET state = 'lapsed', sealed = NULL
            WHERE lapses_at <= %(at)s
              AND (state = 'queued' OR (state = 'sending' AND leased_until <= %(at)s))
            RETURNING *
            """,
            table,
        ),
        {"at": at},
    )
    return [claimed_from(row) for row in await cursor.fetchall()]


async def claim(
    tx: Transaction, table: str, *, at: datetime, leased_until: datetime, limit: int
) -> list[Claimed]:
    """Claim messages that are due, protection first; leaves out what others claim just now."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        _on(
            """
            UPDATE {table} AS outbox
            SET state = 'sending', leased_until = %(leased_until)s, tries = outbox.tries + 1
            FROM (
                SELECT id FROM {table}
                WHERE (state = 'queued' AND due_at <= %(at)s)
                   OR (state = 'sending' AND leased_until <= %(at)s)
                ORDER BY purpose <> 'security', due_at, id
                LIMIT %(limit)s FOR UPDATE SKIP LOCKED
            ) AS due
            WHERE outbox.id = due.id
            RETURNING outbox.*
            """,
            table,
        ),
        {"at": at, "leased_until": leased_until, "limit": limit},
    )
    return [claimed_from(row) for row in await cursor.fetchall()]


async def finish(
    tx: Transaction,
    table: str,
    *,
    message: MessageId,
    state: MessageState,
    tries: int,
    at: datetime,
    gateway_id: str | None = None,
    reasons: Sequence[JsonObject] = (),
    fault: str | None = None,
) -> bool:
    """Write the end of a message; false where another sender has it meanwhile."""
    cursor = await tx.connection.execute(
        _on(
            """
            UPDATE {table}
            SET state = %(state)s, sealed = NULL, gateway_id = %(gateway_id)s, fault = %(fault)s,
                reasons = %(reasons)s, leased_until = NULL,
                sent_at = CASE WHEN %(state)s IN ('sent', 'printed') THEN %(at)s::timestamptz END
            WHERE id = %(message)s AND state = 'sending' AND tries = %(tries)s
            """,
            table,
        ),
        {
            "message": message,
            "state": str(state),
            "tries": tries,
            "at": at,
            "gateway_id": gateway_id,
            "fault": fault,
            "reasons": Jsonb(list(reasons)),
        },
    )
    return cursor.rowcount == 1


async def put_off(
    tx: Transaction,
    table: str,
    *,
    message: MessageId,
    tries: int,
    due_at: datetime,
    fault: str | None,
    reasons: Sequence[JsonObject] = (),
) -> None:
    """Queue a claimed message again for later; without a fault the try does not count."""
    await tx.connection.execute(
        _on(
            """
            UPDATE {table}
            SET state = 'queued', due_at = %s, fault = %s, reasons = %s, leased_until = NULL,
                tries = %s
            WHERE id = %s AND state = 'sending' AND tries = %s
            """,
            table,
        ),
        (
            due_at,
            fault,
            Jsonb(list(reasons)),
            tries if fault else tries - 1,
            message,
            tries,
        ),
    )


def _on(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(table=sql.Identifier(table))


def claimed_from(row: dict[str, Any]) -> Claimed:
    """Read a message out of its row."""
    return Claimed(
        id=MessageId(row["id"]),
        key=row["key"],
        holder=HolderId(row["holder"]) if row["holder"] else None,
        phone=PhoneNumber(row["phone"]) if row.get("phone") else None,
        address=row.get("address"),
        purpose=Purpose(row["purpose"]),
        template=row["template"],
        zone=row["zone"],
        stream=row["stream"],
        solicited=row["solicited"],
        tries=row["tries"],
        row=row,
    )
