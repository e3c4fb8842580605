"""SQL of those who wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.core.ids import CallId, InteractionId, QueueName
from cardline.core.transaction import Transaction
from cardline.routing.model import CHANNEL, LeaveOutcome, Offer, Waiter, WaitGroup
from cardline.routing.store.rows import OFFER_COLUMNS, WAIT_COLUMNS, offer, waiter


async def enter(
    tx: Transaction, entry: Waiter, *, since: datetime | None, line: str
) -> Waiter | None:
    """Add a stay; the place is ``since``, else the earliest of this interaction, else the entry.

    Returns ``None`` where the interaction waits already.
    """
    cursor = await tx.connection.execute(
        f"""
        WITH w AS (
            INSERT INTO routing_wait AS w (
                id, interaction, call, line, queue, language, urgent, callback, number,
                since, entered_at, not_before, attempt)
            SELECT %(id)s, %(interaction)s, %(call)s, %(line)s, %(queue)s, %(language)s,
                %(urgent)s, %(callback)s, %(number)s,
                least(%(at)s, coalesce(
                    %(since)s::timestamptz,
                    (SELECT min(since) FROM routing_wait WHERE interaction = %(interaction)s))),
                %(at)s, %(not_before)s::timestamptz, %(attempt)s
            ON CONFLICT (interaction) WHERE left_at IS NULL DO NOTHING
            RETURNING *
        )
        SELECT {WAIT_COLUMNS}, true, pg_notify(%(channel)s, 'entered:' || w.interaction) FROM w
        """,  # noqa: S608 - constants only
        {
            "id": entry.wait,
            "interaction": entry.interaction,
            "call": entry.call,
            "line": line,
            "queue": entry.queue,
            "language": entry.language,
            "urgent": entry.urgent,
            "callback": entry.callback,
            "number": entry.number,
            "since": since,
            "at": entry.entered_at,
            "not_before": entry.not_before,
            "attempt": entry.attempt,
            "channel": CHANNEL,
        },
    )
    row = await cursor.fetchone()
    return waiter(row) if row is not None else None


async def leave(
    tx: Transaction, interaction: InteractionId, outcome: LeaveOutcome, *, at: datetime
) -> tuple[Waiter, Offer | None] | None:
    """End the open stay and withdraw its open offer; ``None`` where there is no open stay."""
    cursor = await tx.connection.execute(
        f"""
        WITH w AS (
            UPDATE routing_wait SET left_at = greatest(%(at)s, entered_at), outcome = %(outcome)s
            WHERE interaction = %(interaction)s AND left_at IS NULL
            RETURNING *
        ), o AS (
            UPDATE routing_offer AS o
            SET state = 'withdrawn', ended_at = greatest(%(at)s, o.made_at)
            FROM w WHERE o.wait = w.id AND o.state = 'open'
            RETURNING o.*
        )
        SELECT {WAIT_COLUMNS}, true, {OFFER_COLUMNS},
            pg_notify(%(channel)s, coalesce('closed:' || o.id, 'left:' || w.interaction))
        FROM w LEFT JOIN o ON true
        """,  # noqa: S608 - constants only
        {"interaction": interaction, "outcome": outcome, "at": at, "channel": CHANNEL},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    rest = row[len(WAIT_COLUMNS.split(",")) + 1 :]
    return waiter(row), offer(rest) if rest[0] is not None else None


async def last(tx: Transaction, interaction: InteractionId) -> tuple[Waiter, bool] | None:
    """Return the last stay of an interaction and whether it is open."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {WAIT_COLUMNS}, true, w.left_at IS NULL FROM routing_wait AS w
        WHERE w.interaction = %s
        ORDER BY w.left_at IS NULL DESC, w.entered_at DESC, w.id DESC LIMIT 1
        """,  # noqa: S608 - constants only
        (interaction,),
    )
    row = await cursor.fetchone()
    return (waiter(row), bool(row[-1])) if row is not None else None


async def waiting(tx: Transaction, *, offered: bool, at: datetime) -> list[Waiter]:
    """Return everybody who waits; without ``offered`` only those who have no open offer."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {WAIT_COLUMNS},
            w.call IS NULL OR line.line IS NULL OR line.leased_until > %(at)s
        FROM routing_wait AS w LEFT JOIN routing_line AS line ON line.line = w.line
        WHERE w.left_at IS NULL AND (%(offered)s OR NOT EXISTS (
            SELECT FROM routing_offer AS o WHERE o.wait = w.id AND o.state = 'open'))
        """,  # noqa: S608 - constants only
        {"at": at, "offered": offered},
    )
    return [waiter(row) for row in await cursor.fetchall()]


async def live_on_line(tx: Transaction, line: str) -> list[tuple[InteractionId, CallId]]:
    """Return the calls of this line that wait according to the records."""
    cursor = await tx.connection.execute(
        """
        SELECT interaction, call FROM routing_wait
        WHERE left_at IS NULL AND line = %s AND call IS NOT NULL
        """,
        (line,),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def groups(
    tx: Transaction, *, start: datetime, end: datetime, at: datetime
) -> list[WaitGroup]:
    """Return the stays of live callers that began in ``[start, end)``, grouped for the figures."""
    cursor = await tx.connection.execute(
        """
        SELECT queue, outcome, ceil(extract(epoch FROM waited))::integer, count(*), sum(waited),
            max(waited)
        FROM (
            SELECT queue, outcome, coalesce(left_at, greatest(%(at)s, entered_at)) - entered_at
                AS waited
            FROM routing_wait
            WHERE entered_at >= %(start)s AND entered_at < %(end)s AND NOT callback
        ) AS stays
        GROUP BY 1, 2, 3
        """,
        {"start": start, "end": end, "at": at},
    )
    return [_group(row) for row in await cursor.fetchall()]


def _group(row: Sequence[Any]) -> WaitGroup:
    queue, outcome, seconds, count, total, longest = row
    return WaitGroup(QueueName(queue), outcome, seconds, count, total, longest)
