"""SQL of legal holds and of requests to erase."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.evidence.retention.model import EraseRequest, Hold

_HOLD = (
    "id, subject_kind, subject, reason, set_by, set_at, lift_reason, lift_asked_by, "
    "lift_asked_at, lifted_by, lifted_at"
)
_REQUEST = "id, holder, asked_at, due_at, state, done_at, erased, kept"


async def add_hold(tx: Transaction, hold: Hold) -> bool:
    """Add a hold; False where the same one lies already."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO retention_hold (id, subject_kind, subject, reason, set_by, set_at)
        VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (hold.id, *hold.subject, hold.reason, hold.set_by, hold.set_at),
    )
    return cursor.rowcount > 0


async def holds_that_lie(tx: Transaction) -> list[Hold]:
    """Return all holds that lie; whoever sets one while we erase waits for us, or we for it."""
    cursor = await tx.connection.execute(
        f"SELECT {_HOLD} FROM retention_hold "  # noqa: S608 - a constant
        "WHERE lifted_at IS NULL ORDER BY set_at, id"
    )
    return [_hold(row) for row in await cursor.fetchall()]


async def all_holds(tx: Transaction, *, limit: int | None) -> list[Hold]:
    """Return holds, newest first, those that were lifted too."""
    cursor = await tx.connection.execute(
        f"SELECT {_HOLD} FROM retention_hold "  # noqa: S608 - a constant
        "ORDER BY set_at DESC, id LIMIT %s",
        (limit,),
    )
    return [_hold(row) for row in await cursor.fetchall()]


async def lock_hold(tx: Transaction, hold: str) -> Hold | None:
    """Lock and return a hold."""
    cursor = await tx.connection.execute(
        f"SELECT {_HOLD} FROM retention_hold WHERE id = %s FOR UPDATE",  # noqa: S608 - a constant
        (hold,),
    )
    row = await cursor.fetchone()
    return _hold(row) if row else None


async def ask_lift(tx: Transaction, hold: str, *, by: str, reason: str, at: datetime) -> None:
    """Write that somebody asks to lift a hold; the last word counts."""
    await tx.connection.execute(
        "UPDATE retention_hold SET lift_asked_by = %s, lift_asked_at = %s, lift_reason = %s "
        "WHERE id = %s",
        (by, at, reason, hold),
    )


async def lift(tx: Transaction, hold: str, *, by: str, at: datetime) -> None:
    """Lift a hold."""
    await tx.connection.execute(
        "UPDATE retention_hold SET lifted_by = %s, lifted_at = %s WHERE id = %s", (by, at, hold)
    )


async def shut_out(tx: Transaction, *, setting: bool) -> None:
    """Let setting a hold and erasing wait for each other: a hold is never set too late."""
    if setting:
        await tx.connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    else:
        await tx.connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_LOCK,))


_LOCK = 0x686F6C64  # any constant


async def add_request(tx: Transaction, request: EraseRequest) -> bool:
    """Add a request; False where one of the holder waits already."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO retention_request (id, holder, asked_at, due_at, state)
        VALUES (%s, %s, %s, %s, 'waiting') ON CONFLICT DO NOTHING
        """,
        (request.id, request.holder, request.asked_at, request.due_at),
    )
    return cursor.rowcount > 0


async def withdraw_request(tx: Transaction, holder: HolderId, *, at: datetime) -> str | None:
    """Withdraw the request of a holder that waits; return which."""
    cursor = await tx.connection.execute(
        """
        UPDATE retention_request SET state = 'withdrawn', done_at = %s
        WHERE holder = %s AND state = 'waiting' RETURNING id
        """,
        (at, holder),
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def requests_of(tx: Transaction, holder: HolderId, *, limit: int) -> list[EraseRequest]:
    """Return the requests of a holder, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REQUEST} FROM retention_request WHERE holder = %s
        ORDER BY asked_at DESC, id LIMIT %s
        """,  # noqa: S608 - a constant
        (holder, limit),
    )
    return [EraseRequest(*row) for row in await cursor.fetchall()]


async def all_requests(tx: Transaction, *, limit: int) -> list[EraseRequest]:
    """Return requests, newest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_REQUEST} FROM retention_request "  # noqa: S608 - a constant
        "ORDER BY asked_at DESC, id LIMIT %s",
        (limit,),
    )
    return [EraseRequest(*row) for row in await cursor.fetchall()]


async def requests_due(tx: Transaction, *, now: datetime, limit: int) -> list[EraseRequest]:
    """Return requests that are to be carried out."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REQUEST} FROM retention_request WHERE state = 'waiting' AND due_at <= %s
        ORDER BY due_at, id LIMIT %s
        """,  # noqa: S608 - a constant
        (now, limit),
    )
    return [EraseRequest(*row) for row in await cursor.fetchall()]


async def finish_request(
    tx: Transaction,
    request: str,
    *,
    erased: Mapping[str, int],
    kept: Mapping[str, str],
    at: datetime,
) -> bool:
    """Write what came of a request; False where it waits no more."""
    cursor = await tx.connection.execute(
        """
        UPDATE retention_request SET state = 'done', done_at = %s, erased = %s, kept = %s
        WHERE id = %s AND state = 'waiting'
        """,
        (at, Jsonb(dict(erased)), Jsonb(dict(kept)), request),
    )
    return cursor.rowcount > 0


def _hold(row: Sequence[Any]) -> Hold:
    hold, kind, subject, *rest = row
    return Hold(hold, (kind, subject), *rest)
