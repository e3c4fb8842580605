"""SQL of the softphones, and of the calls in which an agent asks for a lead."""

from collections.abc import Sequence
from datetime import datetime

from cardline.core.ids import AgentId, InteractionId
from cardline.core.transaction import Transaction
from cardline.hotline.softphone.model import HelpAsked, Softphone


async def softphone_of(tx: Transaction, agent: AgentId) -> Softphone | None:
    """Return an agent's softphone, locked until the end of the transaction."""
    cursor = await tx.connection.execute(
        "SELECT agent, tab, since, seen_at FROM softphone WHERE agent = %s FOR UPDATE", (agent,)
    )
    row = await cursor.fetchone()
    return Softphone(*row) if row is not None else None


async def put_softphone(tx: Transaction, agent: AgentId, tab: str, *, at: datetime) -> None:
    """Make a tab the agent's phone, whoever was it before."""
    await tx.connection.execute(
        """
        INSERT INTO softphone (agent, tab, since, seen_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (agent) DO UPDATE SET tab = excluded.tab, seen_at = excluded.seen_at,
            since = CASE WHEN softphone.tab = excluded.tab THEN softphone.since
                         ELSE excluded.since END
        """,
        (agent, tab, at, at),
    )


async def see_softphone(tx: Transaction, agent: AgentId, tab: str, *, at: datetime) -> bool:
    """Write a sign of life; False where this tab is not the agent's phone."""
    cursor = await tx.connection.execute(
        "UPDATE softphone SET seen_at = greatest(seen_at, %s) WHERE agent = %s AND tab = %s",
        (at, agent, tab),
    )
    return cursor.rowcount == 1


async def drop_softphone(tx: Transaction, agent: AgentId, tab: str) -> bool:
    """Remove a softphone; False where this tab was not the agent's phone."""
    cursor = await tx.connection.execute(
        "DELETE FROM softphone WHERE agent = %s AND tab = %s", (agent, tab)
    )
    return cursor.rowcount == 1


async def put_help(tx: Transaction, asked: HelpAsked) -> None:
    """Write that an agent asks for a lead; asking again brings another reason."""
    await tx.connection.execute(
        """
        INSERT INTO call_help (interaction, agent, reason, asked_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (interaction) DO UPDATE SET agent = excluded.agent, reason = excluded.reason
        """,
        (asked.interaction, asked.agent, asked.reason, asked.asked_at),
    )


async def drop_help(tx: Transaction, interaction: InteractionId) -> bool:
    """Nobody asks for a lead in this call any more; False where nobody did."""
    cursor = await tx.connection.execute(
        "DELETE FROM call_help WHERE interaction = %s", (interaction,)
    )
    return cursor.rowcount == 1


async def all_help(tx: Transaction) -> Sequence[HelpAsked]:
    """Return who asks for a lead, the one who has waited longest first."""
    cursor = await tx.connection.execute(
        "SELECT interaction, agent, reason, asked_at FROM call_help ORDER BY asked_at"
    )
    return [HelpAsked(*row) for row in await cursor.fetchall()]
