"""SQL of claims: whom a conversation is about, who takes part in it, who looked."""

import msgspec
from psycopg.types.json import Jsonb

from cardline.core.ids import AgentId, HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.desk.interactions.look_model import Look
from cardline.desk.interactions.model import Interaction
from cardline.desk.interactions.store import COLUMNS, interaction_of
from cardline.identity.model import Proofs


async def lock(tx: Transaction, interaction: str) -> Interaction | None:
    """Return a conversation that nobody else changes until the end."""
    cursor = await tx.connection.execute(
        f"SELECT {COLUMNS} FROM interaction WHERE id = %s FOR NO KEY UPDATE",  # noqa: S608 - a constant
        (interaction,),
    )
    row = await cursor.fetchone()
    return interaction_of(row) if row else None


async def save_claim(tx: Transaction, interaction: InteractionId, proofs: Proofs) -> None:
    """Write whom a locked conversation is about, and the proofs under that claim."""
    await tx.connection.execute(
        "UPDATE interaction SET holder_id = %s, proofs = %s WHERE id = %s",
        (proofs.claimed, Jsonb(msgspec.to_builtins(proofs)), interaction),
    )


async def takes_part(tx: Transaction, interaction: str, agent: AgentId, *, ringing: bool) -> bool:
    """True where an agent took part in a conversation, or in the call-back that continues it.

    Also where a task from it is his; ``ringing``: being rung is enough.
    """
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg AS leg
            JOIN interaction AS own ON own.id = leg.interaction
            WHERE leg.agent_id = %(agent)s AND (%(ringing)s OR leg.answered_at IS NOT NULL)
              AND (own.id = %(interaction)s OR own.continues = %(interaction)s)
        ) OR EXISTS (
            SELECT 1 FROM desk_task WHERE interaction = %(interaction)s AND agent = %(agent)s)
        """,
        {"interaction": interaction, "agent": agent, "ringing": ringing},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def served(tx: Transaction, interaction: str, agent: AgentId) -> bool:
    """True where an agent spoke in this very call."""
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg
            WHERE interaction = %s AND agent_id = %s AND answered_at IS NOT NULL)
        """,
        (interaction, agent),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def has_served(tx: Transaction, holder: str, agent: AgentId) -> bool:
    """True where an agent took part in a conversation about a holder, or has a task about one."""
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg AS leg
            JOIN interaction AS own ON own.id = leg.interaction
            WHERE own.holder_id = %(holder)s AND leg.agent_id = %(agent)s
              AND leg.answered_at IS NOT NULL
        ) OR EXISTS (
            SELECT 1 FROM desk_task WHERE holder = %(holder)s AND agent = %(agent)s)
        """,
        {"holder": holder, "agent": agent},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def talks_now(tx: Transaction, interaction: str, agent: AgentId) -> bool:
    """True while an agent's leg of a conversation, or of its call-back, is up."""
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg AS leg
            JOIN interaction AS own ON own.id = leg.interaction
            WHERE leg.agent_id = %(agent)s AND leg.answered_at IS NOT NULL
              AND leg.ended_at IS NULL
              AND (own.id = %(interaction)s OR own.continues = %(interaction)s))
        """,
        {"interaction": interaction, "agent": agent},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


_LOOK = "id, interaction, holder, field, reason, staff, role, at"


async def add_look(tx: Transaction, look: Look) -> None:
    """Add a look."""
    await tx.connection.execute(
        f"INSERT INTO desk_look ({_LOOK}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - constants only
        (
            *(look.id, look.interaction, look.holder, look.field, look.reason, look.staff),
            *(look.role, look.at),
        ),
    )


async def looks(tx: Transaction, holder: HolderId, *, limit: int) -> list[Look]:
    """Return who looked at a holder's masked fields, newest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_LOOK} FROM desk_look WHERE holder = %s ORDER BY at DESC, id DESC LIMIT %s",  # noqa: S608 - constants only
        (holder, limit),
    )
    return [Look(*row) for row in await cursor.fetchall()]
