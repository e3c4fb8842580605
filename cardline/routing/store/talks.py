"""SQL of the talks: the part of each agent in each conversation."""

from datetime import datetime, timedelta

from cardline.core.ids import AgentId, CallId, InteractionId, LegId, OfferId, QueueName
from cardline.core.transaction import Transaction
from cardline.routing.model import CHANNEL, Handled, Talk, TalkCause
from cardline.routing.store.rows import TALK_COLUMNS, talk


async def start(tx: Transaction, begun: Talk, *, line: str) -> None:
    """Add a talk that no offer led to."""
    await tx.connection.execute(
        """
        INSERT INTO routing_talk (id, interaction, agent, kind, call, leg, line, started_at)
        VALUES (%(id)s, %(interaction)s, %(agent)s, %(kind)s, %(call)s, %(leg)s, %(line)s, %(at)s)
        """,
        {
            "id": begun.id,
            "interaction": begun.interaction,
            "agent": begun.agent,
            "kind": begun.kind,
            "call": begun.call,
            "leg": begun.leg,
            "line": line,
            "at": begun.started_at,
        },
    )


async def end(
    tx: Transaction,
    interaction: InteractionId,
    agent: AgentId,
    cause: TalkCause,
    *,
    wrap_up: timedelta,
    at: datetime,
) -> Talk | None:
    """End the open talk and begin the wrap-up, which who only followed a talk has none of.

    ``None`` where there is no such talk.
    """
    cursor = await tx.connection.execute(
        f"""
        WITH t AS (
            UPDATE routing_talk
            SET ended_at = greatest(%(at)s, started_at), cause = %(cause)s,
                wrapped_at = greatest(%(at)s, started_at)
                    + CASE WHEN kind = 'monitor' THEN interval '0' ELSE %(wrap_up)s END
            WHERE agent = %(agent)s AND interaction = %(interaction)s AND ended_at IS NULL
            RETURNING *
        )
        UPDATE routing_agent AS a SET wrap_since = t.ended_at, wrap_until = t.wrapped_at
        FROM t WHERE a.id = t.agent
        RETURNING {TALK_COLUMNS}, pg_notify(%(channel)s, 'agent:' || a.id)
        """,  # noqa: S608 - constants only
        {
            "interaction": interaction,
            "agent": agent,
            "cause": cause,
            "wrap_up": wrap_up,
            "at": at,
            "channel": CHANNEL,
        },
    )
    row = await cursor.fetchone()
    return talk(row) if row is not None else None


async def attach(
    tx: Transaction,
    interaction: InteractionId,
    agent: AgentId,
    *,
    call: CallId,
    leg: LegId | None,
    line: str,
) -> bool:
    """Say by which call and leg an open talk goes; false where there is no such talk."""
    cursor = await tx.connection.execute(
        """
        UPDATE routing_talk SET call = %(call)s, leg = %(leg)s, line = %(line)s
        WHERE agent = %(agent)s AND interaction = %(interaction)s AND ended_at IS NULL
        """,
        {"interaction": interaction, "agent": agent, "call": call, "leg": leg, "line": line},
    )
    return cursor.rowcount == 1


async def of_offer(tx: Transaction, offer_id: OfferId) -> Talk | None:
    """Return the talk that an offer led to."""
    cursor = await tx.connection.execute(
        f"SELECT {TALK_COLUMNS} FROM routing_talk AS t WHERE t.offer = %s",  # noqa: S608 - constants only
        (offer_id,),
    )
    row = await cursor.fetchone()
    return talk(row) if row is not None else None


async def of_interaction(tx: Transaction, interaction: InteractionId) -> list[Talk]:
    """Return all talks of an interaction in their order."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {TALK_COLUMNS} FROM routing_talk AS t WHERE t.interaction = %s
        ORDER BY t.started_at, t.id
        """,  # noqa: S608 - constants only
        (interaction,),
    )
    return [talk(row) for row in await cursor.fetchall()]


async def open_on_line(tx: Transaction, line: str) -> list[Talk]:
    """Return the talks of this line that go on according to the records."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {TALK_COLUMNS} FROM routing_talk AS t
        WHERE t.ended_at IS NULL AND t.line = %s AND t.call IS NOT NULL
        """,  # noqa: S608 - constants only
        (line,),
    )
    return [talk(row) for row in await cursor.fetchall()]


async def handled(tx: Transaction, *, since: datetime, until: datetime) -> dict[QueueName, Handled]:
    """Count the conversations of each queue that ended in ``[since, until)``, with wrap-up."""
    cursor = await tx.connection.execute(
        """
        SELECT queue, count(*), sum(least(wrapped_at, %(until)s) - started_at) FROM routing_talk
        WHERE ended_at >= %(since)s AND ended_at < %(until)s AND kind = 'offer'
            AND cause <> 'failed'
        GROUP BY queue
        """,
        {"since": since, "until": until},
    )
    return {QueueName(row[0]): Handled(row[1], row[2]) for row in await cursor.fetchall()}


async def wrapped(tx: Transaction, *, since: datetime, until: datetime) -> list[Talk]:
    """Return the talks whose wrap-up ended in ``[since, until)``; failed ones had none."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {TALK_COLUMNS} FROM routing_talk AS t
        WHERE t.ended_at >= %(since)s - interval '1 hour' AND t.ended_at < %(until)s
          AND t.wrapped_at >= %(since)s AND t.wrapped_at < %(until)s AND t.cause <> 'failed'
        ORDER BY t.wrapped_at, t.id
        """,  # noqa: S608 - constants only
        {"since": since, "until": until},
    )
    return [talk(row) for row in await cursor.fetchall()]
