"""SQL of what happens to a complaint and counts for its clocks: arrivals, marks, facts, pauses."""

from collections.abc import Sequence
from datetime import datetime

from cardline.complaints.model import (
    Arrival,
    Complaint,
    ComplaintId,
    Extension,
    Mark,
    Pause,
    PauseGround,
)
from cardline.core.transaction import JsonObject, Transaction


async def add_arrival(tx: Transaction, case: Complaint, arrival: Arrival) -> None:
    """Write that it reached the bank, once more."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_arrival (complaint, run, door, at, reference)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (case.id, case.run, arrival.door.value, arrival.at, arrival.reference),
    )


async def set_mark(tx: Transaction, case: Complaint, mark: Mark, at: datetime) -> None:
    """Write that something happened; of one that happened already the first time stays."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_mark (complaint, run, mark, at) VALUES (%s, %s, %s, %s)
        ON CONFLICT DO NOTHING
        """,
        (case.id, case.run, mark.value, at),
    )


async def drop_mark(tx: Transaction, case: Complaint, mark: Mark) -> None:
    """Forget that something happened: it has turned out that it did not."""
    await tx.connection.execute(
        "DELETE FROM complaint_mark WHERE complaint = %s AND run = %s AND mark = %s",
        (case.id, case.run, mark.value),
    )


async def add_fact(
    tx: Transaction,
    case: Complaint,
    *,
    fact: str,
    text: str,
    files: Sequence[str],
    restarts: bool,
    by: str,
    at: datetime,
) -> None:
    """Write what the complainant brought later."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_fact (id, complaint, run, text, files, restarts, by, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (fact, case.id, case.run, text, list(files), restarts, by, at),
    )


async def facts(tx: Transaction, case: ComplaintId) -> list[JsonObject]:
    """Return what the complainant brought later, oldest first."""
    cursor = await tx.connection.execute(
        "SELECT id, text, files, restarts, by, at FROM complaint_fact WHERE complaint = %s"
        " ORDER BY at, id",
        (case,),
    )
    names = ("id", "text", "files", "restarts", "by", "at")
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


async def add_pause(tx: Transaction, case: Complaint, pause: Pause, *, id_: str, by: str) -> None:
    """Write that the time stands still."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_pause (id, complaint, run, ground, why, since, by)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (id_, case.id, case.run, pause.ground.value, pause.why, pause.since, by),
    )


async def end_pauses(
    tx: Transaction, case: Complaint, *, ground: PauseGround | None, at: datetime
) -> int:
    """Write that the time runs on; return how many pauses ended."""
    cursor = await tx.connection.execute(
        """
        UPDATE complaint_pause SET until = greatest(%(at)s, since + interval '1 microsecond')
        WHERE complaint = %(id)s AND until IS NULL
          AND (%(ground)s::text IS NULL OR ground = %(ground)s)
        """,
        {"at": at, "id": case.id, "ground": ground.value if ground else None},
    )
    return cursor.rowcount


async def add_extension(tx: Transaction, case: Complaint, extension: Extension) -> None:
    """Write that a longer time was asked for."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_extension (id, complaint, run, grade, ground, why, asked_by, asked_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            extension.id,
            case.id,
            case.run,
            extension.grade,
            extension.ground,
            extension.why,
            extension.asked_by,
            extension.asked_at,
        ),
    )


async def save_extension(tx: Transaction, extension: Extension) -> None:
    """Write what became of it."""
    await tx.connection.execute(
        """
        UPDATE complaint_extension
        SET approved_by = %s, approved_at = %s, turned_down_at = %s, told_at = %s WHERE id = %s
        """,
        (
            extension.approved_by,
            extension.approved_at,
            extension.turned_down_at,
            extension.told_at,
            extension.id,
        ),
    )
