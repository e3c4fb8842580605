"""SQL of wrap-ups, notes and tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.core.ids import AgentId, HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.desk.work.model import Note, Promise, Task, WrapUp

_WRAP_UP = """interaction, agent, author, version, began_at, saved_at, matter, outcome, summary,
    anything_else_asked, read_back_confirmed, promises, masked, asks, holder, completed_at"""
_TASK = """id, source, kind, what, interaction, holder, agent, matter, due_at, opened_at, opened_by,
    done_at, done_by, result"""
_NOTE = "id, interaction, holder, author, text, masked, asks, at"


# ---------------------------------------------------------------- wrap-ups


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


# ---------------------------------------------------------------- notes


async def add_note(tx: Transaction, note: Note) -> None:
    """Add a note."""
    await tx.connection.execute(
        f"INSERT INTO desk_note ({_NOTE}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - constants only
        (
            *(note.id, note.interaction, note.holder, note.author, note.text),
            *(list(note.masked), list(note.asks), note.at),
        ),
    )


async def notes(
    tx: Transaction, *, holder: str | None, interaction: str | None, limit: int
) -> list[Note]:
    """Return the newest notes of a holder or a conversation, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_NOTE} FROM desk_note WHERE holder = %s OR interaction = %s
        ORDER BY at DESC, id DESC LIMIT %s
        """,  # noqa: S608 - constants only
        (holder, interaction, limit),
    )
    return [_note(row) for row in await cursor.fetchall()]


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


def _note(row: Sequence[Any]) -> Note:
    note_id, interaction, holder, author, text, masked, asks, at = row
    return Note(note_id, interaction, holder, author, text, tuple(masked), tuple(asks), at)
