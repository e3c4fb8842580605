"""SQL of warnings, plans and pauses."""

from datetime import datetime

from cardline.core.ids import AgentId, HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.desk.hard_conversations.model import CallerWarning, Plan

_WARNING = "id, interaction, holder, number, category, words, author, at"
_PLAN = """id, holder, text, valid_from, valid_to, author, written_at, reviewer, reviewed_at,
    ended_at"""


async def add_warning(tx: Transaction, warning: CallerWarning) -> None:
    """Add a warning."""
    await tx.connection.execute(
        f"INSERT INTO desk_warning ({_WARNING}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - constants only
        (
            *(warning.id, warning.interaction, warning.holder, warning.number, warning.category),
            *(warning.words, warning.author, warning.at),
        ),
    )


async def first_warning(tx: Transaction, interaction: InteractionId) -> datetime | None:
    """Return when the first warning of a conversation was given."""
    cursor = await tx.connection.execute(
        "SELECT min(at) FROM desk_warning WHERE interaction = %s", (interaction,)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def warnings_about(
    tx: Transaction, *, interaction: str, holder: str | None, number: str, limit: int
) -> list[CallerWarning]:
    """Return warnings given in a conversation, to a holder or to a number, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_WARNING} FROM desk_warning
        WHERE interaction = %s OR holder = %s OR (number <> '' AND number = %s)
        ORDER BY at DESC, id DESC LIMIT %s
        """,  # noqa: S608 - constants only
        (interaction, holder, number, limit),
    )
    return [CallerWarning(*row) for row in await cursor.fetchall()]


async def lock_plans(tx: Transaction, holder: HolderId) -> None:
    """Let nobody else write a plan for this holder until the end."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('plan ' || %s, 0))", (holder,)
    )


async def plans(tx: Transaction, holder: str) -> list[Plan]:
    """Return all plans for a holder, newest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_PLAN} FROM desk_plan WHERE holder = %s ORDER BY written_at DESC, id DESC",  # noqa: S608 - constants only
        (holder,),
    )
    return [Plan(*row) for row in await cursor.fetchall()]


async def proposed_plans(tx: Transaction, *, at: datetime, limit: int) -> list[Plan]:
    """Return the plans of all holders that wait for their review, the oldest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_PLAN} FROM desk_plan
        WHERE reviewed_at IS NULL AND ended_at IS NULL AND valid_to > %s
        ORDER BY written_at, id LIMIT %s
        """,  # noqa: S608 - constants only
        (at, limit),
    )
    return [Plan(*row) for row in await cursor.fetchall()]


async def add_plan(tx: Transaction, plan: Plan) -> None:
    """Add a plan."""
    await tx.connection.execute(
        f"INSERT INTO desk_plan ({_PLAN}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - constants only
        (
            *(plan.id, plan.holder, plan.text, plan.valid_from, plan.valid_to, plan.author),
            *(plan.written_at, plan.reviewer, plan.reviewed_at, plan.ended_at),
        ),
    )


async def review_plan(tx: Transaction, plan: str, *, reviewer: str, at: datetime) -> None:
    """Write that a plan was reviewed."""
    await tx.connection.execute(
        "UPDATE desk_plan SET reviewer = %s, reviewed_at = %s WHERE id = %s", (reviewer, at, plan)
    )


async def end_plans(
    tx: Transaction, holder: HolderId, *, but: str | None, reviewed: bool, at: datetime
) -> list[str]:
    """End the open plans for a holder, but one; only proposals unless ``reviewed``."""
    cursor = await tx.connection.execute(
        """
        UPDATE desk_plan SET ended_at = %s
        WHERE holder = %s AND ended_at IS NULL AND id IS DISTINCT FROM %s
          AND (%s OR reviewed_at IS NULL)
        RETURNING id
        """,
        (at, holder, but, reviewed),
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def set_pause(
    tx: Transaction,
    agent: AgentId,
    interaction: InteractionId,
    *,
    began_at: datetime,
    ends_at: datetime,
) -> None:
    """Write that an agent pauses; a later pause takes the place of an earlier one."""
    await tx.connection.execute(
        """
        INSERT INTO desk_pause (agent, interaction, began_at, ends_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (agent) DO UPDATE SET interaction = excluded.interaction,
            began_at = excluded.began_at, ends_at = excluded.ends_at
        """,
        (agent, interaction, began_at, ends_at),
    )


async def pauses_over(tx: Transaction, *, at: datetime) -> list[tuple[AgentId, InteractionId]]:
    """Take out the pauses whose time is over; each is given to one node only."""
    cursor = await tx.connection.execute(
        "DELETE FROM desk_pause WHERE ends_at <= %s RETURNING agent, interaction", (at,)
    )
    return sorted((row[0], row[1]) for row in await cursor.fetchall())
