"""SQL of annual fees that are given back."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Any

from cardline.cards.fees.model import FeeReversal, FeeReversalId, FeeReversalState
from cardline.cards.model import PostingId
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction

_REVERSAL_NAMES = tuple(field.name for field in fields(FeeReversal))
_REVERSAL = ", ".join(_REVERSAL_NAMES)


async def lock_holder(tx: Transaction, holder_id: HolderId) -> None:
    """Let one reversal of a holder after the other through: goodwill is counted."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('card-fee:' || %s, 0))", (holder_id,)
    )


async def add_reversal(tx: Transaction, reversal: FeeReversal) -> None:
    """Add a reversal."""
    values = ", ".join(["%s"] * len(_REVERSAL_NAMES))
    await tx.connection.execute(
        f"INSERT INTO card_fee_reversal ({_REVERSAL}) VALUES ({values})",  # noqa: S608 - constants only
        astuple(reversal),
    )


async def reversal(
    tx: Transaction, reversal_id: FeeReversalId, *, lock: bool = False
) -> FeeReversal | None:
    """Return a reversal; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await tx.connection.execute(
        f"SELECT {_REVERSAL} FROM card_fee_reversal WHERE id = %s {'FOR UPDATE' if lock else ''}",  # noqa: S608 - constants only
        (reversal_id,),
    )
    row = await cursor.fetchone()
    return _reversal(row) if row else None


async def reversal_of(tx: Transaction, posting_id: PostingId) -> FeeReversal | None:
    """Return the reversal of a fee that was made or waits."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REVERSAL} FROM card_fee_reversal
        WHERE posting_id = %s AND state IN ('awaiting', 'reversed')
        """,  # noqa: S608 - constants only
        (posting_id,),
    )
    row = await cursor.fetchone()
    return _reversal(row) if row else None


async def reversals_of_holder(tx: Transaction, holder_id: HolderId) -> list[FeeReversal]:
    """Return the reversals of a holder, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REVERSAL} FROM card_fee_reversal WHERE holder_id = %s
        ORDER BY requested_at DESC, id DESC
        """,  # noqa: S608 - constants only
        (holder_id,),
    )
    return [_reversal(row) for row in await cursor.fetchall()]


async def awaiting(tx: Transaction, *, limit: int) -> list[FeeReversal]:
    """Return the reversals that wait for a lead, oldest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_REVERSAL} FROM card_fee_reversal WHERE state = 'awaiting'
        ORDER BY requested_at, id LIMIT %s
        """,  # noqa: S608 - constants only
        (limit,),
    )
    return [_reversal(row) for row in await cursor.fetchall()]


async def save_reversal(tx: Transaction, reversal: FeeReversal) -> None:
    """Write how a reversal ended."""
    await tx.connection.execute(
        """
        UPDATE card_fee_reversal
        SET state = %s, decided_by = %s, decided_at = %s, why = %s, reversal_id = %s WHERE id = %s
        """,
        (
            reversal.state.value,
            reversal.decided_by,
            reversal.decided_at,
            reversal.why,
            reversal.reversal_id,
            reversal.id,
        ),
    )


def _reversal(row: Sequence[Any]) -> FeeReversal:
    found = dict(zip(_REVERSAL_NAMES, row, strict=True))
    found["state"] = FeeReversalState(found["state"])
    return FeeReversal(**found)
