"""SQL of requests for another credit limit."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from cardline.cards.limits.model import LimitRequest, LimitRequestId, LimitState
from cardline.core.ids import AccountId, HolderId
from cardline.core.transaction import Transaction

_NAMES = tuple(field.name for field in fields(LimitRequest))
_REQUEST = ", ".join(_NAMES)


async def lock_account(tx: Transaction, account_id: AccountId) -> None:
    """Let one request of an account after the other through."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('card-limit:' || %s, 0))", (account_id,)
    )


async def insert(tx: Transaction, request: LimitRequest) -> None:
    """Add a request."""
    values = ", ".join(["%s"] * len(_NAMES))
    await tx.connection.execute(
        f"INSERT INTO card_limit_request ({_REQUEST}) VALUES ({values})",  # noqa: S608 - constants only
        tuple(
            Jsonb(value) if name == "decision" else value
            for name in _NAMES
            for value in (getattr(request, name),)
        ),
    )


async def by_id(
    tx: Transaction, request_id: LimitRequestId, *, lock: bool = False
) -> LimitRequest | None:
    """Return a request; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await tx.connection.execute(
        f"SELECT {_REQUEST} FROM card_limit_request WHERE id = %s {'FOR UPDATE' if lock else ''}",  # noqa: S608 - constants only
        (request_id,),
    )
    row = await cursor.fetchone()
    return _request(row) if row else None


async def by_key(tx: Transaction, key: str) -> LimitRequest | None:
    """Return the request that was made under a key."""
    cursor = await tx.connection.execute(
        f"SELECT {_REQUEST} FROM card_limit_request WHERE key = %s",  # noqa: S608 - constants only
        (key,),
    )
    row = await cursor.fetchone()
    return _request(row) if row else None


async def of_account(tx: Transaction, account_id: AccountId) -> list[LimitRequest]:
    """Return the requests of an account, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REQUEST} FROM card_limit_request WHERE account_id = %s
        ORDER BY requested_at DESC, id DESC
        """,  # noqa: S608 - constants only
        (account_id,),
    )
    return [_request(row) for row in await cursor.fetchall()]


async def of_holder(tx: Transaction, holder_id: HolderId) -> list[LimitRequest]:
    """Return the requests of a holder, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REQUEST} FROM card_limit_request WHERE holder_id = %s
        ORDER BY requested_at DESC, id DESC
        """,  # noqa: S608 - constants only
        (holder_id,),
    )
    return [_request(row) for row in await cursor.fetchall()]


async def referred(tx: Transaction, *, limit: int) -> list[LimitRequest]:
    """Return the requests that wait for a person, oldest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REQUEST} FROM card_limit_request WHERE state = 'referred'
        ORDER BY requested_at, id LIMIT %s
        """,  # noqa: S608 - constants only
        (limit,),
    )
    return [_request(row) for row in await cursor.fetchall()]


async def over(
    tx: Transaction, *, today: date, offered_before: object, limit: int
) -> list[LimitRequest]:
    """Lock and return temporary limits that have ended and offers that lapsed; skips locked."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REQUEST} FROM card_limit_request
        WHERE (state = 'in-force' AND term = 'temporary' AND until < %(today)s)
           OR (state = 'offered' AND requested_at <= %(offered_before)s)
        ORDER BY requested_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        {"today": today, "offered_before": offered_before, "limit": limit},
    )
    return [_request(row) for row in await cursor.fetchall()]


async def save(tx: Transaction, request: LimitRequest) -> None:
    """Write all that changes in the life of a request."""
    await tx.connection.execute(
        """
        UPDATE card_limit_request
        SET state = %s, amount = %s, decided_by = %s, decided_why = %s, decided_at = %s,
            in_force_at = %s, ended_at = %s
        WHERE id = %s
        """,
        (
            request.state.value,
            request.amount,
            request.decided_by,
            request.decided_why,
            request.decided_at,
            request.in_force_at,
            request.ended_at,
            request.id,
        ),
    )


def _request(row: Sequence[Any]) -> LimitRequest:
    found = dict(zip(_NAMES, row, strict=True))
    found["state"] = LimitState(found["state"])
    return LimitRequest(**found)
