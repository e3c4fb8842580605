"""SQL of wrap-ups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.core.ids import AgentId, HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.desk.work.model import Promise, WrapUp

_WRAP_UP = """interaction, agent, author, version, began_at, saved_at, matter, outcome, summary,
    anything_else_asked, read_back_confirmed, promises, masked, asks, holder, completed_at"""


async def wrap_up(
    tx: Transaction, interaction: str, agent: str, *, lock: bool = False
) -> WrapUp | None:
    """Return an agent's wrap-up of a conversation; ``lock`` lets nobody else change it."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_WRAP_UP} FROM desk_wrap_up WHERE interaction = %s AND agent = %s
        {"FOR UPDATE" if lock else ""}
        """,  # noqa: S608 - constants only
        (interaction, agent),
    )
    row = await cursor.fetchone()
    return _wrap_up(row) if row else None


async def wrap_ups_of(tx: Transaction, interaction: str) -> list[WrapUp]:
    """Return all wrap-ups of a conversation, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_WRAP_UP} FROM desk_wrap_up WHERE interaction = %s ORDER BY began_at, agent",  # noqa: S608 - constants only
        (interaction,),
    )
    return [_wrap_up(row) for row in await cursor.fetchall()]


async def begin_wrap_up(tx: Transaction, first: WrapUp) -> bool:
    """Add a wrap-up; False where the agent has one of this conversation."""
    cursor = await tx.connection.execute(
        f"""
        INSERT INTO desk_wrap_up ({_WRAP_UP})
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (interaction, agent) DO NOTHING
        """,  # noqa: S608 - constants only
        (
            *(first.interaction, first.agent, first.author, first.version, first.began_at),
            *(first.saved_at, first.matter, first.outcome, first.summary),
            *(first.anything_else_asked, first.read_back_confirmed, _promises(first)),
            *(list(first.masked), list(first.asks), first.holder, first.completed_at),
        ),
    )
    return cursor.rowcount == 1


async def save_wrap_up(tx: Transaction, now: WrapUp) -> None:
    """Write a wrap-up that is locked."""
    await tx.connection.execute(
        """
        UPDATE desk_wrap_up SET version = %s, saved_at = %s, matter = %s, outcome = %s,
            summary = %s, anything_else_asked = %s, read_back_confirmed = %s, promises = %s,
            masked = %s, asks = %s, holder = %s, completed_at = %s
        WHERE interaction = %s AND agent = %s
        """,
        (
            *(now.version, now.saved_at, now.matter, now.outcome, now.summary),
            *(now.anything_else_asked, now.read_back_confirmed, _promises(now)),
            *(list(now.masked), list(now.asks), now.holder, now.completed_at),
            *(now.interaction, now.agent),
        ),
    )


async def left_behind(
    tx: Transaction, parts: Sequence[tuple[InteractionId, AgentId]]
) -> list[tuple[InteractionId, AgentId, HolderId | None]]:
    """Return those of the parts that have neither a completed wrap-up nor a task for it.

    A call-back is a conversation that continues another: a wrap-up of either counts for both.
    """
    cursor = await tx.connection.execute(
        """
        SELECT part.interaction, part.agent, interaction.holder_id
        FROM unnest(%s::text[], %s::text[]) AS part (interaction, agent)
        JOIN interaction ON interaction.id = part.interaction
        WHERE NOT EXISTS (
            SELECT 1 FROM desk_wrap_up AS wrap_up JOIN interaction AS own
                ON own.id = wrap_up.interaction
            WHERE wrap_up.agent = part.agent AND wrap_up.completed_at IS NOT NULL
              AND (own.id = part.interaction OR own.continues = part.interaction))
          AND NOT EXISTS (
            SELECT 1 FROM desk_task
            WHERE source = 'wrap-up:' || part.interaction || ':' || part.agent)
        """,
        ([one for one, _ in parts], [agent for _, agent in parts]),
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


def _promises(now: WrapUp) -> Jsonb:
    told = [{"what": one.what, "due_at": one.due_at.isoformat()} for one in now.promises]
    return Jsonb(told)


def _wrap_up(row: Sequence[Any]) -> WrapUp:
    values = list(row)
    values[11] = tuple(
        Promise(one["what"], datetime.fromisoformat(one["due_at"])) for one in row[11]
    )
    values[12], values[13] = tuple(row[12]), tuple(row[13])
    return WrapUp(*values)
