"""SQL of what is done with a complaint: decisions, remedies, notices, tasks of departments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.complaints.model import Complaint, ComplaintId
from cardline.complaints.telling_model import Notice
from cardline.complaints.work_model import (
    Decided,
    Decision,
    DepartmentTask,
    Outcome,
    Remedy,
    RemedyKind,
)
from cardline.core.ids import AccountId
from cardline.core.money import Fen
from cardline.core.transaction import Transaction

_NOTICE = "id, about, channel, text, by, at, contents, carried_by, proof, proven_at, extension"
_TASK = "id, department, what, due_at, opened_by, opened_at, done_at, done_by, result"
_REMEDY = "kind, detail, amount, account_id, id, done_at, posting"


# ---------------------------------------------------------------- decisions


async def put_decision(tx: Transaction, case: Complaint, decided: Decided) -> None:
    """Write a decision; one that was turned down before is replaced, its journal entry stays."""
    decision = decided.decision
    key = (case.id, case.run, decided.round)
    await tx.connection.execute(
        "DELETE FROM complaint_remedy"
        " WHERE complaint = %s AND run = %s AND round = %s AND done_at IS NULL",
        key,
    )
    await tx.connection.execute(
        "DELETE FROM complaint_decision WHERE complaint = %s AND run = %s AND round = %s", key
    )
    await tx.connection.execute(
        """
        INSERT INTO complaint_decision (complaint, run, round, outcome, findings, basis, reasons,
            bank_erred, compensation, needs_second, by, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            *key,
            decision.outcome.value,
            decision.findings,
            decision.basis,
            decision.reasons,
            decision.bank_erred,
            decision.compensation,
            decided.needs_second,
            decided.by,
            decided.at,
        ),
    )
    for remedy in decision.remedies:
        await tx.connection.execute(
            """
            INSERT INTO complaint_remedy (id, complaint, run, round, kind, detail, amount,
                account_id)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (remedy.id, *key, remedy.kind.value, remedy.detail, remedy.amount, remedy.account_id),
        )


async def agree(tx: Transaction, case: Complaint, *, by: str, at: datetime) -> None:
    """Write that a second person agreed."""
    await tx.connection.execute(
        """
        UPDATE complaint_decision SET approved_by = %s, approved_at = %s
        WHERE complaint = %s AND run = %s AND round = %s
        """,
        (by, at, case.id, case.run, case.round),
    )


async def decisions(tx: Transaction, case: Complaint) -> list[Decided]:
    """Return the decisions of the present run, first round first."""
    cursor = await tx.connection.execute(
        """
        SELECT round, outcome, findings, basis, reasons, bank_erred, needs_second, by, at,
            approved_by, approved_at
        FROM complaint_decision WHERE complaint = %s AND run = %s ORDER BY round
        """,
        (case.id, case.run),
    )
    rows = await cursor.fetchall()
    found = []
    for row in rows:
        remedies = await remedies_of(tx, case, round_=row[0])
        decision = Decision(Outcome(row[1]), row[2], row[3], row[4], tuple(remedies), row[5])
        found.append(Decided(row[0], decision, row[7], row[8], row[6], row[9], row[10]))
    return found


# ---------------------------------------------------------------- remedies


async def remedies_of(tx: Transaction, case: Complaint, *, round_: int) -> list[Remedy]:
    """Return the remedies of a round, in the order of their ids."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REMEDY} FROM complaint_remedy
        WHERE complaint = %s AND run = %s AND round = %s ORDER BY id
        """,  # noqa: S608 - constants only
        (case.id, case.run, round_),
    )
    return [_remedy(row) for row in await cursor.fetchall()]


async def order_remedies(tx: Transaction, case: Complaint, *, at: datetime) -> None:
    """Write that the remedies of the present round may be carried out."""
    await tx.connection.execute(
        """
        UPDATE complaint_remedy SET ordered_at = %s
        WHERE complaint = %s AND run = %s AND round = %s AND ordered_at IS NULL
        """,
        (at, case.id, case.run, case.round),
    )


async def remedy(
    tx: Transaction, remedy_id: str
) -> tuple[ComplaintId, Remedy, datetime | None] | None:
    """Return a remedy, locked, whose it is, and since when it may be carried out."""
    cursor = await tx.connection.execute(
        f"SELECT complaint, ordered_at, {_REMEDY} FROM complaint_remedy WHERE id = %s FOR UPDATE",  # noqa: S608 - constants only
        (remedy_id,),
    )
    row = await cursor.fetchone()
    return (ComplaintId(row[0]), _remedy(row[2:]), row[1]) if row else None


async def to_pay(tx: Transaction, *, of: ComplaintId | None, after: str, limit: int) -> list[str]:
    """Return the ids of compensations that were ordered and are not paid yet, after an id."""
    cursor = await tx.connection.execute(
        """
        SELECT id FROM complaint_remedy
        WHERE kind = 'compensation' AND ordered_at IS NOT NULL AND done_at IS NULL
          AND id > %(after)s AND (%(of)s::text IS NULL OR complaint = %(of)s)
        ORDER BY id LIMIT %(limit)s
        """,
        {"of": of, "after": after, "limit": limit},
    )
    return [row[0] for row in await cursor.fetchall()]


async def finish_remedy(
    tx: Transaction, remedy_id: str, *, posting: str | None, by: str, at: datetime
) -> None:
    """Write that a remedy was carried out."""
    await tx.connection.execute(
        "UPDATE complaint_remedy SET done_at = %s, done_by = %s, posting = %s WHERE id = %s",
        (at, by, posting, remedy_id),
    )


async def money_ordered(tx: Transaction, case: Complaint) -> bool:
    """True where the present decision has set money on its way, arrived or not."""
    cursor = await tx.connection.execute(
        """
        SELECT 1 FROM complaint_remedy
        WHERE complaint = %s AND run = %s AND round = %s AND kind = 'compensation'
          AND ordered_at IS NOT NULL LIMIT 1
        """,
        (case.id, case.run, case.round),
    )
    return await cursor.fetchone() is not None


async def remedies_open(tx: Transaction, case: Complaint) -> bool:
    """True where something that was decided is not done yet."""
    return await _exists(
        tx,
        "SELECT 1 FROM complaint_remedy WHERE complaint = %s AND ordered_at IS NOT NULL"
        " AND done_at IS NULL LIMIT 1",
        case.id,
    )


# ---------------------------------------------------------------- notices


async def add_notice(tx: Transaction, case: Complaint, notice: Notice) -> None:
    """Write something told."""
    await tx.connection.execute(
        f"""
        INSERT INTO complaint_notice (complaint, run, {_NOTICE})
        VALUES ({", ".join(["%s"] * 13)})
        """,  # noqa: S608 - constants only
        (
            case.id,
            case.run,
            notice.id,
            notice.about,
            notice.channel,
            notice.text,
            notice.by,
            notice.at,
            list(notice.contents),
            notice.carried_by,
            notice.proof,
            notice.proven_at,
            notice.extension,
        ),
    )


async def notice(tx: Transaction, notice_id: str) -> tuple[ComplaintId, int, Notice] | None:
    """Return something told, locked: of which complaint, of which run."""
    cursor = await tx.connection.execute(
        f"SELECT complaint, run, {_NOTICE} FROM complaint_notice WHERE id = %s FOR UPDATE",  # noqa: S608 - constants only
        (notice_id,),
    )
    row = await cursor.fetchone()
    return (ComplaintId(row[0]), row[1], _notice(row[2:])) if row else None


async def notices(tx: Transaction, case: ComplaintId) -> list[Notice]:
    """Return all that was told, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_NOTICE} FROM complaint_notice WHERE complaint = %s ORDER BY at, id",  # noqa: S608 - constants only
        (case,),
    )
    return [_notice(row) for row in await cursor.fetchall()]


async def prove(tx: Transaction, notice_id: str, *, proof: str, at: datetime) -> None:
    """Write what shows that it was told, and since when it counts."""
    await tx.connection.execute(
        "UPDATE complaint_notice SET proof = %s, proven_at = %s WHERE id = %s",
        (proof, at, notice_id),
    )


async def unprove(tx: Transaction, notice_id: str) -> None:
    """Write that it did not arrive: nothing shows any longer that it was told."""
    await tx.connection.execute(
        "UPDATE complaint_notice SET proof = NULL, proven_at = NULL WHERE id = %s", (notice_id,)
    )


# ---------------------------------------------------------------- departments


async def add_task(tx: Transaction, case: Complaint, task: DepartmentTask) -> None:
    """Write what a department is asked."""
    await tx.connection.execute(
        """
        INSERT INTO complaint_task (id, complaint, department, what, due_at, opened_by, opened_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (
            task.id,
            case.id,
            task.department,
            task.what,
            task.due_at,
            task.opened_by,
            task.opened_at,
        ),
    )


async def task(tx: Transaction, task_id: str) -> tuple[ComplaintId, DepartmentTask] | None:
    """Return what a department is asked, locked, and for which complaint."""
    cursor = await tx.connection.execute(
        f"SELECT complaint, {_TASK} FROM complaint_task WHERE id = %s FOR UPDATE",  # noqa: S608 - constants only
        (task_id,),
    )
    row = await cursor.fetchone()
    return (ComplaintId(row[0]), DepartmentTask(*row[1:])) if row else None


async def tasks(tx: Transaction, case: ComplaintId) -> list[DepartmentTask]:
    """Return all that departments were asked, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_TASK} FROM complaint_task WHERE complaint = %s ORDER BY opened_at, id",  # noqa: S608 - constants only
        (case,),
    )
    return [DepartmentTask(*row) for row in await cursor.fetchall()]


async def finish_task(tx: Transaction, task_id: str, *, result: str, by: str, at: datetime) -> None:
    """Write what a department answered."""
    await tx.connection.execute(
        "UPDATE complaint_task SET result = %s, done_by = %s, done_at = %s WHERE id = %s",
        (result, by, at, task_id),
    )


async def tasks_open(tx: Transaction, case: Complaint) -> bool:
    """True where a department has not answered."""
    return await _exists(
        tx,
        "SELECT 1 FROM complaint_task WHERE complaint = %s AND done_at IS NULL LIMIT 1",
        case.id,
    )


async def _exists(tx: Transaction, statement: str, case: str) -> bool:
    cursor = await tx.connection.execute(statement.encode(), (case,))
    return await cursor.fetchone() is not None


def _remedy(row: Sequence[Any]) -> Remedy:
    amount = Fen(row[2]) if row[2] is not None else None
    account = AccountId(row[3]) if row[3] else None
    return Remedy(RemedyKind(row[0]), row[1], amount, account, row[4], row[5], row[6])


def _notice(row: Sequence[Any]) -> Notice:
    found = dict(zip(_NOTICE.split(", "), row, strict=True))
    return Notice(**{**found, "contents": tuple(found["contents"])})
