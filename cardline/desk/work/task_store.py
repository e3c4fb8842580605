"""SQL of tasks, and of what is left behind without one."""

from collections.abc import Sequence
from datetime import datetime

from cardline.core.ids import AgentId, HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.desk.work.model import Task

_TASK = """id, source, kind, what, interaction, holder, agent, matter, due_at, opened_at, opened_by,
    done_at, done_by, result"""


# ---------------------------------------------------------------- wrap-ups


# ---------------------------------------------------------------- tasks


async def add_task(tx: Transaction, task: Task) -> bool:
    """Add a task; False where one came from the same source."""
    cursor = await tx.connection.execute(
        f"""
        INSERT INTO desk_task ({_TASK})
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (source) DO NOTHING
        """,  # noqa: S608 - constants only
        (
            *(task.id, task.source, task.kind, task.what, task.interaction, task.holder),
            *(task.agent, task.matter, task.due_at, task.opened_at, task.opened_by),
            *(task.done_at, task.done_by, task.result),
        ),
    )
    return cursor.rowcount == 1


async def add_tasks(tx: Transaction, tasks: Sequence[Task]) -> set[str]:
    """Add tasks; return what those came from that are new."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO desk_task (id, source, kind, what, holder, agent, matter, due_at, opened_at,
            opened_by)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[])
        ON CONFLICT (source) DO NOTHING RETURNING source
        """,
        tuple(
            [getattr(task, name) for task in tasks]
            for name in (
                *("id", "source", "kind", "what", "holder", "agent", "matter", "due_at"),
                *("opened_at", "opened_by"),
            )
        ),
    )
    return {row[0] for row in await cursor.fetchall()}


async def task(tx: Transaction, task_id: str, *, lock: bool = False) -> Task | None:
    """Return a task; ``lock`` lets nobody else change it."""
    cursor = await tx.connection.execute(
        f"SELECT {_TASK} FROM desk_task WHERE id = %s {'FOR UPDATE' if lock else ''}",  # noqa: S608 - constants only
        (task_id,),
    )
    row = await cursor.fetchone()
    return Task(*row) if row else None


async def task_of(tx: Transaction, source: str) -> Task | None:
    """Return the task that came from a source, locked."""
    cursor = await tx.connection.execute(
        f"SELECT {_TASK} FROM desk_task WHERE source = %s FOR UPDATE",  # noqa: S608 - constants only
        (source,),
    )
    row = await cursor.fetchone()
    return Task(*row) if row else None


async def message_tasks(tx: Transaction, interaction: InteractionId, *, door: str) -> list[Task]:
    """Return the open tasks that stand for messages by a door (chat, letter, email), locked."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_TASK} FROM desk_task
        WHERE interaction = %s AND done_at IS NULL AND starts_with(source, %s)
        ORDER BY opened_at, id FOR UPDATE
        """,  # noqa: S608 - constants only
        (interaction, f"{door}:"),
    )
    return [Task(*row) for row in await cursor.fetchall()]


async def reopen_task(tx: Transaction, source: str, *, due_at: datetime) -> Task | None:
    """Open a finished task again; ``None`` where it is open, or not there."""
    cursor = await tx.connection.execute(
        f"""
        UPDATE desk_task SET done_at = NULL, done_by = NULL, result = '', due_at = %s
        WHERE source = %s AND done_at IS NOT NULL RETURNING {_TASK}
        """,  # noqa: S608 - constants only
        (due_at, source),
    )
    row = await cursor.fetchone()
    return Task(*row) if row else None


async def tasks_from(tx: Transaction, sources: Sequence[str]) -> list[Task]:
    """Return the open tasks that came from some sources, locked."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_TASK} FROM desk_task WHERE source = ANY(%s) AND done_at IS NULL
        ORDER BY opened_at, id FOR UPDATE
        """,  # noqa: S608 - constants only
        (list(sources),),
    )
    return [Task(*row) for row in await cursor.fetchall()]


async def tasks(
    tx: Transaction,
    *,
    agent: AgentId | None,
    matters: Sequence[str] | None,
    done: bool,
    overdue_at: datetime | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Task]:
    """Return tasks by due time.

    ``agent`` with ``matters``: what is his, and what lies in these queues; both ``None``: all.
    ``overdue_at``: only what was due before; ``after``: due time and id of the last one seen.
    """
    due, seen = after or (None, None)
    cursor = await tx.connection.execute(
        f"""
        SELECT {_TASK} FROM desk_task
        WHERE (done_at IS NOT NULL) = %(done)s
          AND (%(all)s OR agent = %(agent)s
               OR (agent IS NULL AND matter = ANY(%(matters)s::text[])))
          AND (%(overdue)s::timestamptz IS NULL OR due_at < %(overdue)s)
          AND (%(due)s::timestamptz IS NULL OR (due_at, id) > (%(due)s, %(seen)s))
        ORDER BY due_at, id LIMIT %(limit)s
        """,  # noqa: S608 - constants only
        {
            "done": done,
            "all": agent is None and matters is None,
            "agent": agent,
            "matters": list(matters or ()),
            "overdue": overdue_at,
            "due": due,
            "seen": seen,
            "limit": limit,
        },
    )
    return [Task(*row) for row in await cursor.fetchall()]


async def open_tasks_about(
    tx: Transaction, *, holder: HolderId | None, interaction: InteractionId, limit: int
) -> list[Task]:
    """Return what is still to be done for a holder, or from a conversation, by due time."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_TASK} FROM desk_task
        WHERE done_at IS NULL AND (holder = %s OR interaction = %s)
        ORDER BY due_at, id LIMIT %s
        """,  # noqa: S608 - constants only
        (holder, interaction, limit),
    )
    return [Task(*row) for row in await cursor.fetchall()]


async def finish_task(tx: Transaction, task_id: str, *, by: str, result: str, at: datetime) -> None:
    """Write that a locked task is done."""
    await tx.connection.execute(
        "UPDATE desk_task SET done_at = %s, done_by = %s, result = %s WHERE id = %s",
        (at, by, result, task_id),
    )


async def move_task(
    tx: Transaction,
    task_id: str,
    *,
    agent: AgentId | None,
    matter: str | None,
    due_at: datetime,
) -> None:
    """Write whose a locked task is from now on, and when it is due."""
    await tx.connection.execute(
        "UPDATE desk_task SET agent = %s, matter = %s, due_at = %s WHERE id = %s",
        (agent, matter, due_at, task_id),
    )


async def settle_message(tx: Transaction, interaction: str, *, by: str, at: datetime) -> None:
    """Write that a message left for a call-back was answered."""
    await tx.connection.execute(
        """
        UPDATE callback_message SET settled_at = %s, settled_by = %s
        WHERE interaction = %s AND settled_at IS NULL
        """,
        (at, by, interaction),
    )


# ---------------------------------------------------------------- notes


async def unsettled_messages(
    tx: Transaction, *, limit: int
) -> list[tuple[InteractionId, HolderId | None, str, datetime]]:
    """Return messages left for a call-back that nobody settled and no task stands for."""
    cursor = await tx.connection.execute(
        """
        SELECT message.interaction, interaction.holder_id, message.matter, message.taken_at
        FROM callback_message AS message JOIN interaction ON interaction.id = message.interaction
        WHERE message.settled_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM desk_task WHERE source = 'message:' || message.interaction)
        ORDER BY message.taken_at LIMIT %s
        """,
        (limit,),
    )
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]


async def chats_left(
    tx: Transaction, *, since: datetime, until: datetime
) -> list[tuple[InteractionId, AgentId]]:
    """Return chats and their agents whose part ended in ``[since, until)``; none who is back."""
    cursor = await tx.connection.execute(
        """
        SELECT leg.interaction, leg.agent_id FROM interaction_leg AS leg
        JOIN interaction ON interaction.id = leg.interaction AND interaction.door = 'chat'
        WHERE leg.agent_id IS NOT NULL AND leg.answered_at IS NOT NULL
          AND leg.interaction IN (
            SELECT interaction FROM interaction_leg WHERE ended_at >= %s AND ended_at < %s)
        GROUP BY leg.interaction, leg.agent_id
        HAVING bool_and(leg.ended_at IS NOT NULL)
           AND max(leg.ended_at) >= %s AND max(leg.ended_at) < %s
        ORDER BY max(leg.ended_at), leg.interaction
        """,
        (since, until, since, until),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]
