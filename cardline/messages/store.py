"""SQL of the short messages that leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.messages.model import WAKE_CHANNEL, MessageId, MessageState, Outgoing, SentSms
from cardline.outreach.model import Purpose


@dataclass(frozen=True, slots=True)
class Row:
    """A message as it is written down."""

    id: MessageId
    key: str
    holder: str | None
    to: PhoneNumber
    purpose: Purpose
    template: str
    language: str
    zone: str
    text: str
    sealed: bytes | None
    stream: str
    solicited: bool
    state: MessageState
    reasons: list[JsonObject]
    at: datetime
    due_at: datetime
    lapses_at: datetime | None


async def lock_key(
    tx: Transaction, *, key: str
) -> tuple[MessageId, MessageState, list[Any]] | None:
    """Let nobody else use ``key`` until the end; return the message that has it already."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('sms ' || %s, 0))", (key,)
    )
    cursor = await tx.connection.execute(
        "SELECT id, state, reasons FROM sms_outbox WHERE key = %s", (key,)
    )
    row = await cursor.fetchone()
    return (MessageId(row[0]), MessageState(row[1]), list(row[2])) if row else None


async def add(tx: Transaction, row: Row) -> None:
    """Write a message."""
    await tx.connection.execute(
        """
        INSERT INTO sms_outbox
            (id, key, holder, phone, purpose, template, language, zone, text, sealed, stream,
             solicited, state, reasons, at, due_at, lapses_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            row.id,
            row.key,
            row.holder,
            row.to,
            row.purpose,
            row.template,
            row.language,
            row.zone,
            row.text,
            row.sealed,
            row.stream,
            row.solicited,
            row.state,
            Jsonb(row.reasons),
            row.at,
            row.due_at,
            row.lapses_at,
        ),
    )


async def wake(tx: Transaction, *, message: MessageId) -> None:
    """Tell the dispatchers; they hear it once the transaction is committed."""
    await tx.connection.execute("SELECT pg_notify(%s, %s)", (WAKE_CHANNEL, message))


async def lapse(tx: Transaction, *, at: datetime) -> list[str]:
    """Take out what has come too late, and forget the secrets that have expired.

    Returns the keys of what was never sent.
    """
    cursor = await tx.connection.execute(
        """
        UPDATE sms_outbox SET state = 'lapsed', sealed = NULL
        WHERE lapses_at <= %(at)s
          AND (state = 'queued' OR (state = 'sending' AND leased_until <= %(at)s))
        RETURNING key
        """,
        {"at": at},
    )
    late = [row[0] for row in await cursor.fetchall()]
    await tx.connection.execute(
        """
        UPDATE sms_embedded AS taken SET text = outbox.text
        FROM sms_outbox AS outbox
        WHERE outbox.key = taken.key AND outbox.lapses_at <= %s AND taken.text <> outbox.text
        """,
        (at,),
    )
    return late


async def claim(
    tx: Transaction, *, at: datetime, leased_until: datetime, limit: int
) -> list[Outgoing]:
    """Claim messages that are due, protection first; leaves out what others claim just now."""
    cursor = await tx.connection.execute(
        """
        UPDATE sms_outbox AS outbox
        SET state = 'sending', leased_until = %(leased_until)s, tries = outbox.tries + 1
        FROM (
            SELECT id FROM sms_outbox
            WHERE (state = 'queued' AND due_at <= %(at)s)
               OR (state = 'sending' AND leased_until <= %(at)s)
            ORDER BY purpose <> 'security', due_at, id
            LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE outbox.id = due.id
        RETURNING outbox.id, key, holder, phone, purpose, template, zone, text, sealed, stream,
                  solicited, tries
        """,
        {"at": at, "leased_until": leased_until, "limit": limit},
    )
    return [_outgoing(row) for row in await cursor.fetchall()]


async def finish(
    tx: Transaction,
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
        """
        UPDATE sms_outbox
        SET state = %(state)s, sealed = NULL, gateway_id = %(gateway_id)s, fault = %(fault)s,
            reasons = %(reasons)s, leased_until = NULL,
            sent_at = CASE WHEN %(state)s = 'sent' THEN %(at)s::timestamptz END
        WHERE id = %(message)s AND state = 'sending' AND tries = %(tries)s
        """,
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
    *,
    message: MessageId,
    tries: int,
    due_at: datetime,
    fault: str | None,
    reasons: Sequence[JsonObject] = (),
) -> None:
    """Queue a claimed message again for later; without a fault the try does not count."""
    await tx.connection.execute(
        """
        UPDATE sms_outbox
        SET state = 'queued', due_at = %s, fault = %s, reasons = %s, leased_until = NULL,
            tries = %s
        WHERE id = %s AND state = 'sending' AND tries = %s
        """,
        (
            due_at,
            fault,
            Jsonb(list(reasons)),
            tries if fault else tries - 1,
            message,
            tries,
        ),
    )


async def outbox(tx: Transaction, *, limit: int) -> list[JsonObject]:
    """Return the newest messages, oldest of them first; texts as the embedded outbox took them."""
    cursor = await tx.connection.execute(
        """
        SELECT outbox.id, outbox.phone, outbox.at, outbox.purpose, outbox.template,
               coalesce(taken.text, outbox.text), outbox.state, outbox.reasons, outbox.holder,
               outbox.sent_at, outbox.tries, outbox.stream
        FROM sms_outbox AS outbox LEFT JOIN sms_embedded AS taken ON taken.key = outbox.key
        ORDER BY outbox.at DESC, outbox.id DESC LIMIT %s
        """,
        (limit,),
    )
    rows = [dict(zip(_VIEW, row, strict=True)) for row in await cursor.fetchall()]
    for row in rows:
        for name in ("at", "sent_at"):
            row[name] = row[name].isoformat() if row[name] else None
    return rows[::-1]


_VIEW = (
    *("id", "to", "at", "purpose", "template", "text", "state", "reasons"),
    *("holder", "sent_at", "tries", "stream"),
)


def _outgoing(row: Sequence[Any]) -> Outgoing:
    return Outgoing(
        id=MessageId(row[0]),
        key=row[1],
        holder=row[2],
        to=PhoneNumber(row[3]),
        purpose=Purpose(row[4]),
        template=row[5],
        zone=row[6],
        text=row[7],
        sealed=bytes(row[8]) if row[8] is not None else None,
        stream=row[9],
        solicited=row[10],
        tries=row[11],
    )


async def states_of(
    tx: Transaction, messages: Sequence[str]
) -> dict[str, tuple[MessageState, datetime | None]]:
    """Return where messages are, and when the gateway took them."""
    cursor = await tx.connection.execute(
        "SELECT id, state, sent_at FROM sms_outbox WHERE id = ANY(%s)", (list(messages),)
    )
    return {row[0]: (MessageState(row[1]), row[2]) for row in await cursor.fetchall()}


async def sent_to(tx: Transaction, *, holder: str, limit: int) -> list[SentSms]:
    """Return the newest messages to a holder, newest first; texts with their secrets masked."""
    cursor = await tx.connection.execute(
        """
        SELECT id, template, purpose, text, state, at FROM sms_outbox
        WHERE holder = %s ORDER BY at DESC, id DESC LIMIT %s
        """,
        (holder, limit),
    )
    return [
        SentSms(MessageId(row[0]), row[1], Purpose(row[2]), row[3], MessageState(row[4]), row[5])
        for row in await cursor.fetchall()
    ]
