"""SQL of cases."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import date
from typing import Any

from cardline.cards.cases.model import Case, CaseId, CaseKind, CaseOutcome, CaseReason, CaseState
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.transaction import Transaction

_NAMES = tuple(field.name for field in fields(Case))
_CASE = ", ".join(_NAMES)
_OPEN = ("open", "taken", "decided")


async def insert(tx: Transaction, case: Case) -> bool:
    """Add a case; false where the key, the posting or the month has a live one already."""
    values = ", ".join(["%s"] * len(_NAMES))
    cursor = await tx.connection.execute(
        f"INSERT INTO card_case ({_CASE}) VALUES ({values}) ON CONFLICT DO NOTHING",  # noqa: S608 - constants only
        astuple(case),
    )
    return cursor.rowcount == 1


async def by_id(tx: Transaction, case_id: CaseId, *, lock: bool = False) -> Case | None:
    """Return a case; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await tx.connection.execute(
        f"SELECT {_CASE} FROM card_case WHERE id = %s {'FOR UPDATE' if lock else ''}",  # noqa: S608 - constants only
        (case_id,),
    )
    row = await cursor.fetchone()
    return _case(row) if row else None


async def like(tx: Transaction, case: Case) -> Case | None:
    """Return the case that stands in the way of adding this one."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CASE} FROM card_case
        WHERE key = %(key)s OR (
            state IN ('open', 'taken', 'decided', 'answered') AND kind = %(kind)s AND (
                posting_id = %(posting)s
                OR (kind = 'credit_objection' AND account_id = %(account)s AND month = %(month)s)
            )
        )
        ORDER BY opened_at LIMIT 1
        """,  # noqa: S608 - constants only
        {
            "key": case.key,
            "kind": case.kind.value,
            "posting": case.posting_id,
            "account": case.account_id,
            "month": case.month,
        },
    )
    row = await cursor.fetchone()
    return _case(row) if row else None


async def of_holder(tx: Transaction, holder_id: HolderId) -> list[Case]:
    """Return the cases of a holder, newest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_CASE} FROM card_case WHERE holder_id = %s ORDER BY opened_at DESC, id DESC",  # noqa: S608 - constants only
        (holder_id,),
    )
    return [_case(row) for row in await cursor.fetchall()]


async def open_of_holder(tx: Transaction, holder_id: HolderId, *, limit: int) -> list[Case]:
    """Return the cases of a holder that wait for an answer, the one due first at the top."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CASE} FROM card_case WHERE holder_id = %s AND state = ANY(%s)
        ORDER BY due_on, opened_at, id LIMIT %s
        """,  # noqa: S608 - constants only
        (holder_id, list(_OPEN), limit),
    )
    return [_case(row) for row in await cursor.fetchall()]


async def work_list(tx: Transaction, *, owner: str | None, limit: int) -> list[Case]:
    """Return cases that wait for an answer, the one due first at the top."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CASE} FROM card_case
        WHERE state = ANY(%(open)s) AND (%(owner)s::text IS NULL OR owner = %(owner)s)
        ORDER BY due_on, opened_at, id LIMIT %(limit)s
        """,  # noqa: S608 - constants only
        {"open": list(_OPEN), "owner": owner, "limit": limit},
    )
    return [_case(row) for row in await cursor.fetchall()]


async def open_of_kind(tx: Transaction, kind: CaseKind) -> list[Case]:
    """Return the cases of a kind that wait for an answer, the one due first at the top."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CASE} FROM card_case WHERE kind = %s AND state = ANY(%s)
        ORDER BY due_on, opened_at, id
        """,  # noqa: S608 - constants only
        (kind.value, list(_OPEN)),
    )
    return [_case(row) for row in await cursor.fetchall()]


async def count_open(
    tx: Transaction, *, account_id: AccountId, card_id: CardId | None, kind: CaseKind | None
) -> int:
    """Count the cases of an account, or of one card of it, that wait for an answer."""
    cursor = await tx.connection.execute(
        """
        SELECT count(*) FROM card_case
        WHERE account_id = %(account)s AND state = ANY(%(open)s)
          AND (%(card)s::text IS NULL OR card_id = %(card)s)
          AND (%(kind)s::text IS NULL OR kind = %(kind)s)
        """,
        {
            "account": account_id,
            "card": card_id,
            "kind": kind.value if kind else None,
            "open": list(_OPEN),
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def save(tx: Transaction, case: Case) -> None:
    """Write all that changes in the life of a case; ``version`` counts up by itself."""
    await tx.connection.execute(
        """
        UPDATE card_case
        SET state = %s, owner = %s, outcome = %s, bank_erred = %s, findings = %s, credit = %s,
            decided_by = %s, decided_at = %s, answer = %s, answered_at = %s, closed_at = %s,
            version = version + 1
        WHERE id = %s
        """,
        (
            case.state.value,
            case.owner,
            case.outcome.value if case.outcome else None,
            case.bank_erred,
            case.findings,
            case.credit,
            case.decided_by,
            case.decided_at,
            case.answer,
            case.answered_at,
            case.closed_at,
            case.id,
        ),
    )


async def with_unknown_due(tx: Transaction, *, limit: int) -> list[Case]:
    """Lock and return open cases whose due day the calendar did not reach; skips locked ones."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CASE} FROM card_case WHERE NOT due_known AND state = ANY(%s)
        ORDER BY opened_at LIMIT %s FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        (list(_OPEN), limit),
    )
    return [_case(row) for row in await cursor.fetchall()]


async def set_due(tx: Transaction, case_id: CaseId, due_on: date) -> None:
    """Write the due day once it is known."""
    await tx.connection.execute(
        "UPDATE card_case SET due_on = %s, due_known = true WHERE id = %s", (due_on, case_id)
    )


def _case(row: Sequence[Any]) -> Case:
    found = dict(zip(_NAMES, row, strict=True))
    found["kind"] = CaseKind(found["kind"])
    found["reason"] = CaseReason(found["reason"])
    found["state"] = CaseState(found["state"])
    found["outcome"] = CaseOutcome(found["outcome"]) if found["outcome"] else None
    return Case(**found)
