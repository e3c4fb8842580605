"""SQL of the offers."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from cardline.core.ids import AgentId, InteractionId, LegId, OfferId, new_id
from cardline.core.transaction import Transaction
from cardline.routing.model import CHANNEL, Due, Offer, OfferState, Proposal, RoutingPolicy, Talk
from cardline.routing.store.rows import OFFER_COLUMNS, TALK_COLUMNS, offer, talk


async def make(
    tx: Transaction, proposals: Sequence[Proposal], policy: RoutingPolicy, *, at: datetime
) -> list[Offer]:
    """Make these offers, each where waiter and agent are still free; the others are left out.

    The interactions and agents must be locked by earlier statements of the same transaction.
    """
    cursor = await tx.connection.execute(
        f"""
        WITH proposal AS (
            SELECT * FROM unnest(
                %(ids)s::text[], %(tokens)s::text[], %(waits)s::text[], %(agents)s::text[],
                %(overflows)s::boolean[]
            ) AS p (id, token, wait, agent, overflow)
        ), o AS (
            INSERT INTO routing_offer AS o (
                id, token, wait, interaction, agent, phone, overflow, made_at, ring_until,
                expires_at)
            SELECT p.id, p.token, p.wait, w.interaction, p.agent, a.phone, p.overflow,
                %(at)s, %(ring_until)s, %(expires_at)s
            FROM proposal AS p
            JOIN routing_wait AS w ON w.id = p.wait AND w.left_at IS NULL
            JOIN routing_agent AS a ON a.id = p.agent AND a.wanted = 'ready'
                AND (a.wrap_until IS NULL OR a.wrap_until <= %(at)s)
            WHERE NOT EXISTS (
                SELECT FROM routing_talk AS t WHERE t.agent = p.agent AND t.ended_at IS NULL)
            ON CONFLICT DO NOTHING
            RETURNING *
        )
        SELECT {OFFER_COLUMNS}, pg_notify(%(channel)s, 'offered:' || o.id)
        FROM o JOIN routing_wait AS w ON w.id = o.wait
        """,  # noqa: S608 - constants only
        {
            "ids": [new_id("of") for _ in proposals],
            "tokens": [secrets.token_urlsafe(16) for _ in proposals],
            "waits": [proposal.waiter.wait for proposal in proposals],
            "agents": [proposal.agent.id for proposal in proposals],
            "overflows": [proposal.overflow for proposal in proposals],
            "at": at,
            "ring_until": at + policy.ring,
            "expires_at": at + policy.ring + policy.offer_grace,
            "channel": CHANNEL,
        },
    )
    return [offer(row) for row in await cursor.fetchall()]


async def by_id(tx: Transaction, offer_id: OfferId) -> Offer | None:
    """Return an offer in whatever state."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {OFFER_COLUMNS} FROM routing_offer AS o JOIN routing_wait AS w ON w.id = o.wait
        WHERE o.id = %s
        """,  # noqa: S608 - constants only
        (offer_id,),
    )
    row = await cursor.fetchone()
    return offer(row) if row is not None else None


async def open_of(tx: Transaction, interaction: InteractionId) -> Offer | None:
    """Return the open offer of an interaction."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {OFFER_COLUMNS} FROM routing_offer AS o JOIN routing_wait AS w ON w.id = o.wait
        WHERE o.interaction = %s AND o.state = 'open'
        """,  # noqa: S608 - constants only
        (interaction,),
    )
    row = await cursor.fetchone()
    return offer(row) if row is not None else None


async def open_for(tx: Transaction, agent: AgentId) -> Offer | None:
    """Return the open offer of an agent."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {OFFER_COLUMNS} FROM routing_offer AS o JOIN routing_wait AS w ON w.id = o.wait
        WHERE o.agent = %s AND o.state = 'open'
        """,  # noqa: S608 - constants only
        (agent,),
    )
    row = await cursor.fetchone()
    return offer(row) if row is not None else None


async def still_open(tx: Transaction, *, expired_at: datetime | None = None) -> list[Offer]:
    """Return all open offers; with ``expired_at`` those that could not be accepted then."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {OFFER_COLUMNS} FROM routing_offer AS o JOIN routing_wait AS w ON w.id = o.wait
        WHERE o.state = 'open'
            AND (%(at)s::timestamptz IS NULL OR o.expires_at <= %(at)s::timestamptz)
        """,  # noqa: S608 - constants only
        {"at": expired_at},
    )
    return [offer(row) for row in await cursor.fetchall()]


async def due(tx: Transaction, *, at: datetime) -> Due:
    """Return whether ``make_offers`` and ``expire_offers`` would find anything to look at."""
    cursor = await tx.connection.execute(
        """
        SELECT
            EXISTS (SELECT FROM routing_wait AS w WHERE w.left_at IS NULL AND NOT EXISTS (
                SELECT FROM routing_offer AS o WHERE o.wait = w.id AND o.state = 'open')),
            EXISTS (SELECT FROM routing_offer WHERE state = 'open' AND expires_at <= %s)
        """,
        (at,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return Due(*row)


async def accept(
    tx: Transaction, offer_id: OfferId, token: str, leg: LegId | None, *, at: datetime
) -> Talk | None:
    """Compare and set: take an open offer in time, end the stay, begin the talk."""
    cursor = await tx.connection.execute(
        f"""
        WITH taken AS (
            UPDATE routing_offer SET state = 'accepted', ended_at = %(at)s
            WHERE id = %(offer)s AND token = %(token)s AND state = 'open' AND expires_at > %(at)s
            RETURNING id, wait, agent
        ), stay AS (
            UPDATE routing_wait AS w
            SET left_at = greatest(%(at)s, w.entered_at), outcome = 'answered'
            FROM taken WHERE w.id = taken.wait AND w.left_at IS NULL
            RETURNING w.*
        ), t AS (
            INSERT INTO routing_talk AS t (
                id, interaction, agent, kind, queue, offer, call, leg, line, started_at)
            SELECT %(talk)s, stay.interaction, taken.agent, 'offer', stay.queue, taken.id,
                stay.call, %(leg)s, stay.line, %(at)s
            FROM taken JOIN stay ON stay.id = taken.wait
            RETURNING *
        )
        SELECT {TALK_COLUMNS}, pg_notify(%(channel)s, 'closed:' || t.offer) FROM t
        """,  # noqa: S608 - constants only
        {
            "offer": offer_id,
            "token": token,
            "leg": leg,
            "talk": new_id("tk"),
            "at": at,
            "channel": CHANNEL,
        },
    )
    row = await cursor.fetchone()
    return talk(row) if row is not None else None


async def close(tx: Transaction, offer_id: OfferId, state: OfferState, *, at: datetime) -> bool:
    """Compare and set: end an open offer; false where it was no longer open."""
    cursor = await tx.connection.execute(
        """
        UPDATE routing_offer SET state = %(state)s, ended_at = greatest(%(at)s, made_at)
        WHERE id = %(offer)s AND state = 'open'
        RETURNING pg_notify(%(channel)s, 'closed:' || id)
        """,
        {"offer": offer_id, "state": state, "at": at, "channel": CHANNEL},
    )
    return await cursor.fetchone() is not None
