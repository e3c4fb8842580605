"""SQL of causes and corrective actions, and the facts of which reports are made."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from cardline.complaints.work_model import Corrective
from cardline.core.transaction import Transaction

_CORRECTIVE = "id, cause, what, owner, due_on, opened_by, opened_at, done_on, result"


async def add(tx: Transaction, corrective: Corrective) -> None:
    """Write a corrective action."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_corrective (id, cause, what, owner, due_on, opened_by, opened_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (
            corrective.id,
            corrective.cause,
            corrective.what,
            corrective.owner,
            corrective.due_on,
            corrective.opened_by,
            corrective.opened_at,
        ),
    )


async def corrective(tx: Transaction, id_: str, *, lock: bool = False) -> Corrective | None:
    """Return a corrective action."""
    cursor = await tx.connection.execute(
        f"SELECT {_CORRECTIVE} FROM complaint_corrective WHERE id = %s"  # noqa: S608 - constants only
        + (" FOR UPDATE" if lock else ""),
        (id_,),
    )
    row = await cursor.fetchone()
    return Corrective(*row) if row else None


async def correctives(tx: Transaction) -> list[Corrective]:
    """Return all corrective actions, the newest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_CORRECTIVE} FROM complaint_corrective ORDER BY opened_at DESC, id"  # noqa: S608 - constants only
    )
    return [Corrective(*row) for row in await cursor.fetchall()]


async def finish(tx: Transaction, id_: str, *, result: str, done_on: date) -> None:
    """Write that it is done."""
    await tx.connection.execute(
        "UPDATE complaint_corrective SET result = %s, done_on = %s WHERE id = %s",
        (result, done_on, id_),
    )


async def days_of_cause(
    tx: Transaction, cause: str, *, since: datetime, until: datetime, zone: str
) -> list[date]:
    """Return the day of every complaint of a cause, of those that came in a time."""
    cursor = await tx.connection.execute(
        """
        SELECT (received_at AT TIME ZONE %s)::date FROM complaint
        WHERE received_at >= %s AND received_at < %s AND state <> 'joined' AND %s = ANY(causes)
        """,
        (zone, since, until, cause),
    )
    return [row[0] for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a report needs of one complaint; nobody of the staff is in it (PBC5 11)."""

    id: str
    door: str
    outside_reference: str
    product: str
    issue: str
    severity: str | None
    state: str
    subjects: tuple[str, ...]
    causes: tuple[str, ...]
    refusal: str
    received_at: datetime
    closed_at: datetime | None
    satisfied: bool | None
    round: int
    people: int
    answered_at: datetime | None
    answer_due_at: datetime | None
    outcome: str | None
    second_outcome: str | None
    paid: int


async def facts(tx: Transaction, *, since: datetime, until: datetime) -> list[CaseFacts]:
    """Return the facts of every complaint that came in a time; joined ones are in their main one.

    The last answer's clock is the one that counts; of a complaint that was opened again the latest.
    """
    cursor = await tx.connection.execute(
        """
        SELECT c.id, c.door, coalesce(a.reference, ''), c.product, c.issue, c.severity, c.state,
            c.subjects, c.causes, c.refusal, c.received_at, c.closed_at, c.satisfied, c.round,
            coalesce((c.joint ->> 'people')::int, 1), coalesce(m.answered, m.refused), d.due_at,
            x.first, x.second, coalesce(r.paid, 0)
        FROM complaint AS c
        LEFT JOIN LATERAL (
            SELECT max(reference) AS reference FROM complaint_arrival
            WHERE complaint = c.id AND run = c.run AND reference <> ''
        ) AS a ON true
        LEFT JOIN LATERAL (
            SELECT max(at) FILTER (WHERE mark = 'answered') AS answered,
                max(at) FILTER (WHERE mark = 'refusal-told') AS refused
            FROM complaint_mark WHERE complaint = c.id AND run = c.run
        ) AS m ON true
        LEFT JOIN LATERAL (
            SELECT min(due_at) AS due_at FROM complaint_due
            WHERE about = c.id AND kind = 'clock' AND what = 'answer'
              AND starts_with(id, c.id || '/' || c.run || '/')
        ) AS d ON true
        LEFT JOIN LATERAL (
            SELECT max(outcome) FILTER (WHERE round = 1) AS first,
                max(outcome) FILTER (WHERE round = 2) AS second
            FROM complaint_decision WHERE complaint = c.id AND run = c.run
        ) AS x ON true
        LEFT JOIN LATERAL (
            SELECT sum(amount)::bigint AS paid FROM complaint_remedy
            WHERE complaint = c.id AND kind = 'compensation' AND done_at IS NOT NULL
        ) AS r ON true
        WHERE c.received_at >= %s AND c.received_at < %s AND c.state <> 'joined'
        ORDER BY c.received_at, c.id
        """,
        (since, until),
    )
    names = [field.name for field in fields(CaseFacts)]
    return [_facts(dict(zip(names, row, strict=True))) for row in await cursor.fetchall()]


def _facts(row: dict[str, Any]) -> CaseFacts:
    return CaseFacts(**{**row, "subjects": tuple(row["subjects"]), "causes": tuple(row["causes"])})


async def weekly(
    tx: Transaction, *, since: datetime, until: datetime, zone: str
) -> Sequence[tuple[date, str, int]]:
    """Count complaints by the Monday of their week and by cause; ``''``: not classified yet."""
    cursor = await tx.connection.execute(
        """
        SELECT date_trunc('week', received_at AT TIME ZONE %s)::date AS week,
            coalesce(cause, '') AS cause, count(*)::int
        FROM complaint LEFT JOIN LATERAL unnest(causes) AS cause ON true
        WHERE received_at >= %s AND received_at < %s AND state <> 'joined'
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
        (zone, since, until),
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
