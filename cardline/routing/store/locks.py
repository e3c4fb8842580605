"""Locks of routing, and the order in which they are taken.

1. the sweep lock (only ``make_offers``, ``expire_offers``, ``reconcile``), in a transaction that
   has written nothing yet; 2. heads of interactions, by id; 3. agents, by id; 4. heads of agents.
"""

from collections.abc import Collection

from cardline.core.ids import AgentId, InteractionId, OfferId
from cardline.core.transaction import Transaction

_SWEEP = 0x726F7574  # any constant: two nodes that sweep do it one after the other


async def lock_sweep(tx: Transaction) -> None:
    """Let one node at a time look at everybody who waits.

    Raises ``RuntimeError`` in a transaction that has written: it holds an interaction, for which
    the node before may be waiting.
    """
    cursor = await tx.connection.execute(
        """
        SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL
            THEN pg_advisory_xact_lock(%s)::text END
        """,
        (_SWEEP,),
    )
    row = await cursor.fetchone()
    if row is None or row[0] is None:
        raise RuntimeError("make_offers and the sweeps need a transaction of their own")


async def lock_interactions(tx: Transaction, interactions: Collection[InteractionId]) -> None:
    """Lock the heads of these streams, in one order, until the transaction ends."""
    await tx.connection.execute(
        """
        SELECT stream FROM journal_head WHERE stream = ANY(%s) ORDER BY stream
        FOR NO KEY UPDATE
        """,
        (list(interactions),),
    )


async def lock_agents(tx: Transaction, agents: Collection[AgentId]) -> None:
    """Lock these agents, in one order. What is read of them before may be outdated."""
    await tx.connection.execute(
        "SELECT id FROM routing_agent WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        (list(agents),),
    )


async def lock_interaction_of(tx: Transaction, offer: OfferId) -> None:
    """Lock the interaction of an offer, if there is such an offer."""
    await tx.connection.execute(
        """
        SELECT stream FROM journal_head
        WHERE stream = (SELECT interaction FROM routing_offer WHERE id = %s)
        FOR NO KEY UPDATE
        """,
        (offer,),
    )
