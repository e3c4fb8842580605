"""SQL of what is due by when. The sweeper lives on these rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cardline.core.transaction import Transaction

DueKind = Literal["clock", "task", "case", "corrective", "follow-up"]


@dataclass(frozen=True, slots=True)
class Due:
    """Something that somebody must not forget."""

    id: str
    kind: DueKind
    about: str
    what: str
    began_at: datetime
    due_at: datetime
    last_day: date
    next_at: datetime | None
    known: bool = True
    stopped: bool = False
    met_at: datetime | None = None
    warned_at: datetime | None = None
    escalated_at: datetime | None = None
    escalations: int = 0


_DUE = """
    id, kind, about, what, began_at, due_at, last_day, next_at, known, stopped, met_at, warned_at,
    escalated_at, escalations
"""


async def put(tx: Transaction, rows: Sequence[Due]) -> None:
    """Write what is due. Where the due time moved, warnings and escalations begin again."""
    async with tx.connection.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO complaint_due AS d (id, kind, about, what, began_at, due_at, last_day,
                next_at, known, stopped, met_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (id) DO UPDATE SET
                began_at = excluded.began_at,
                last_day = excluded.last_day,
                known = excluded.known,
                stopped = excluded.stopped,
                met_at = excluded.met_at,
                warned_at = CASE WHEN d.due_at = excluded.due_at THEN d.warned_at END,
                escalated_at = CASE WHEN d.due_at = excluded.due_at THEN d.escalated_at END,
                escalations = CASE WHEN d.due_at = excluded.due_at THEN d.escalations ELSE 0 END,
                next_at = CASE
                    WHEN excluded.next_at IS NULL OR d.next_at IS NULL
                        OR d.due_at <> excluded.due_at
                    THEN excluded.next_at ELSE d.next_at END,
                due_at = excluded.due_at
            """,
            [
                (
                    *(row.id, row.kind, row.about, row.what, row.began_at, row.due_at),
                    *(row.last_day, row.next_at, row.known, row.stopped, row.met_at),
                )
                for row in rows
            ],
        )


async def drop_others(
    tx: Transaction, about: str, *, prefix: str, keep: Sequence[str]
) -> list[str]:
    """Forget the clocks of a complaint that no longer run; return their ids."""
    cursor = await tx.connection.execute(
        """
        DELETE FROM complaint_due
        WHERE about = %s AND kind = 'clock' AND starts_with(id, %s) AND id <> ALL(%s)
        RETURNING id
        """,
        (about, prefix, list(keep)),
    )
    return [row[0] for row in await cursor.fetchall()]


async def settle(tx: Transaction, due_id: str, *, at: datetime) -> bool:
    """Write that something was done; false where it was before, or is not there."""
    cursor = await tx.connection.execute(
        "UPDATE complaint_due SET met_at = %s, next_at = NULL WHERE id = %s AND met_at IS NULL",
        (at, due_id),
    )
    return cursor.rowcount == 1


async def silence(tx: Transaction, about: str, *, at: datetime, met: bool) -> None:
    """Nobody waits for anything about this any more; ``met``: what was open counts as done."""
    await tx.connection.execute(
        """
        UPDATE complaint_due
        SET next_at = NULL, met_at = CASE WHEN %s THEN coalesce(met_at, %s) ELSE met_at END
        WHERE about = %s
        """,
        (met, at, about),
    )


async def claim(tx: Transaction, *, at: datetime, limit: int) -> list[Due]:
    """Lock and return what must be acted on now, the most urgent first; skips locked rows."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_DUE} FROM complaint_due WHERE next_at <= %s
        ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        (at, limit),
    )
    return [Due(*row) for row in await cursor.fetchall()]


async def acted(
    tx: Transaction, rows: Sequence[tuple[Due, bool, datetime]], *, at: datetime
) -> None:
    """Write that somebody was warned or it was escalated, and when it is looked at again."""
    await tx.connection.execute(
        """
        UPDATE complaint_due AS d SET
            warned_at = CASE WHEN one.overdue THEN d.warned_at ELSE %(at)s END,
            escalated_at = CASE WHEN one.overdue THEN %(at)s ELSE d.escalated_at END,
            escalations = d.escalations + one.overdue::int,
            next_at = one.next_at
        FROM unnest(%(ids)s::text[], %(overdue)s::boolean[], %(next)s::timestamptz[])
            AS one (id, overdue, next_at)
        WHERE d.id = one.id
        """,
        {
            "at": at,
            "ids": [row.id for row, _, _ in rows],
            "overdue": [overdue for _, overdue, _ in rows],
            "next": [next_at for _, _, next_at in rows],
        },
    )


async def of(tx: Transaction, about: Sequence[str]) -> list[Due]:
    """Return all that is or was due on some complaints or cases, by due time."""
    cursor = await tx.connection.execute(
        f"SELECT {_DUE} FROM complaint_due WHERE about = ANY(%s) ORDER BY due_at, id",  # noqa: S608 - constants only
        (list(about),),
    )
    return [Due(*row) for row in await cursor.fetchall()]


async def open_cases(tx: Transaction) -> list[str]:
    """Return the cases of the desk on which something is due."""
    cursor = await tx.connection.execute(
        "SELECT about FROM complaint_due WHERE kind = 'case' AND met_at IS NULL"
    )
    return [row[0] for row in await cursor.fetchall()]


async def unknown(tx: Transaction, *, years: Sequence[int], limit: int) -> list[str]:
    """Return complaints with a due time that the calendar did not reach and now may reach."""
    cursor = await tx.connection.execute(
        """
        SELECT DISTINCT about FROM complaint_due
        WHERE NOT known AND met_at IS NULL AND kind = 'clock'
          AND extract(year FROM last_day)::int = ANY(%s)
        LIMIT %s
        """,
        (list(years), limit),
    )
    return [row[0] for row in await cursor.fetchall()]
