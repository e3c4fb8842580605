"""SQL of packs that were asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.evidence.packs.making import Order
from cardline.evidence.packs.model import PackId, Subject
from cardline.evidence.packs.ordering_model import Asked

_ORDER = "id, holder, interactions, complaint, numbers, audience, language, most, asked_by, reason"
_ASKED = (
    "id, holder, asked_by, reason, asked_at, state, made_at, ends_at, bytes, missing, complaint,"
    " coalesce(array_length(interactions, 1), 0)"
)


async def insert(tx: Transaction, order: Order, *, at: datetime) -> None:
    """Write an order down."""
    subject = order.subject
    alone = list(subject.interactions) if subject.interactions is not None else None
    await tx.connection.execute(
        f"""
        INSERT INTO evidence_pack ({_ORDER}, asked_at, state)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'asked')
        """,  # noqa: S608 - constants
        (
            order.id,
            subject.holder,
            alone,
            subject.complaint,
            sorted(subject.numbers),
            subject.audience,
            subject.language,
            subject.most,
            order.by,
            order.reason,
            at,
        ),
    )


async def claim(
    tx: Transaction, *, at: datetime, leased_until: datetime, tries: int
) -> Order | None:
    """Take the order that has waited longest; ``None`` where none is to be made."""
    cursor = await tx.connection.execute(
        f"""
        UPDATE evidence_pack SET leased_until = %(leased_until)s, tries = tries + 1
        WHERE id = (
            SELECT id FROM evidence_pack
            WHERE state = 'asked' AND (leased_until IS NULL OR leased_until <= %(at)s)
              AND tries < %(tries)s
            ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING {_ORDER}
        """,  # noqa: S608 - constants
        {"at": at, "leased_until": leased_until, "tries": tries},
    )
    row = await cursor.fetchone()
    return _order(row) if row else None


async def waits(tx: Transaction, *, at: datetime) -> bool:
    """Return whether an order is to be made."""
    cursor = await tx.connection.execute(
        """
        SELECT 1 FROM evidence_pack
        WHERE state = 'asked' AND (leased_until IS NULL OR leased_until <= %s) LIMIT 1
        """,
        (at,),
    )
    return await cursor.fetchone() is not None


async def give_up(tx: Transaction, *, at: datetime, tries: int) -> list[PackId]:
    """End the orders that were tried too often; return them."""
    cursor = await tx.connection.execute(
        """
        UPDATE evidence_pack SET state = 'failed'
        WHERE state = 'asked' AND tries >= %s AND leased_until <= %s RETURNING id
        """,
        (tries, at),
    )
    return [PackId(row[0]) for row in await cursor.fetchall()]


async def let_go(tx: Transaction, pack: PackId, *, until: datetime) -> None:
    """Let an order that failed be tried again from a time on."""
    await tx.connection.execute(
        "UPDATE evidence_pack SET leased_until = %s WHERE id = %s AND state = 'asked'",
        (until, pack),
    )


async def finish(
    tx: Transaction, pack: PackId, *, at: datetime, ends_at: datetime, size: int, missing: int
) -> bool:
    """Write that a pack is ready; false where it is no longer asked for."""
    cursor = await tx.connection.execute(
        """
        UPDATE evidence_pack
        SET state = 'ready', made_at = %s, ends_at = %s, bytes = %s, missing = %s
        WHERE id = %s AND state = 'asked'
        """,
        (at, ends_at, size, missing, pack),
    )
    return cursor.rowcount == 1


async def end(tx: Transaction, *, at: datetime) -> list[PackId]:
    """Write that packs whose time is over are gone; return them."""
    cursor = await tx.connection.execute(
        """
        UPDATE evidence_pack SET state = 'gone' WHERE state = 'ready' AND ends_at <= %s
        RETURNING id
        """,
        (at,),
    )
    return [PackId(row[0]) for row in await cursor.fetchall()]


async def lock_holder(tx: Transaction, holder: HolderId) -> None:
    """Let nobody else ask for a pack of this holder's until the transaction ends."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('evidence pack ' || %s, 0))", (holder,)
    )


async def of_holder(
    tx: Transaction, holder: HolderId, *, asked_by: str, limit: int = 20
) -> list[Asked]:
    """Return the packs of a holder that somebody asked for, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_ASKED} FROM evidence_pack WHERE holder = %s AND asked_by = %s
        ORDER BY asked_at DESC, id DESC LIMIT %s
        """,  # noqa: S608 - constants
        (holder, asked_by, limit),
    )
    return [Asked(*row) for row in await cursor.fetchall()]


async def asked_by(tx: Transaction, who: str, *, limit: int = 100) -> list[Asked]:
    """Return the packs that somebody asked for, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_ASKED} FROM evidence_pack WHERE asked_by = %s
        ORDER BY asked_at DESC, id DESC LIMIT %s
        """,  # noqa: S608 - constants
        (who, limit),
    )
    return [Asked(*row) for row in await cursor.fetchall()]


async def by_id(tx: Transaction, pack: str) -> Asked | None:
    """Return a pack."""
    cursor = await tx.connection.execute(
        f"SELECT {_ASKED} FROM evidence_pack WHERE id = %s",  # noqa: S608 - constants
        (pack,),
    )
    row = await cursor.fetchone()
    return Asked(*row) if row else None


def _order(row: Sequence[Any]) -> Order:
    pack, holder, alone, complaint, numbers, audience, language, most, by, reason = row
    subject = Subject(
        HolderId(holder) if holder else None,
        language,
        audience,
        most,
        tuple(alone) if alone is not None else None,
        complaint,
        frozenset(numbers),
    )
    return Order(PackId(pack), subject, by, reason)
