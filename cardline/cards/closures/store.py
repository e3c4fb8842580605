"""SQL of cards that are closed."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cardline.cards.closures.model import CardClosure, CardClosureId, ClosureState
from cardline.core.ids import CardId, HolderId
from cardline.core.transaction import Transaction

_CLOSURE_NAMES = tuple(field.name for field in fields(CardClosure))
_CLOSURE = ", ".join(_CLOSURE_NAMES)


async def add_closure(tx: Transaction, closure: CardClosure) -> bool:
    """Add a closing; false where the card is being closed already."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO card_closure
            (id, holder_id, card_id, interaction, state, requested_by, requested_at, closes_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        astuple(closure)[:8],
    )
    return cursor.rowcount == 1


async def closure(
    tx: Transaction, closure_id: CardClosureId, *, lock: bool = False
) -> CardClosure | None:
    """Return a closing; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await tx.connection.execute(
        f"SELECT {_CLOSURE} FROM card_closure WHERE id = %s {'FOR UPDATE' if lock else ''}",  # noqa: S608 - constants only
        (closure_id,),
    )
    row = await cursor.fetchone()
    return _closure(row) if row else None


async def closure_of(tx: Transaction, card_id: CardId) -> CardClosure | None:
    """Return the closing of a card that is under way."""
    cursor = await tx.connection.execute(
        f"SELECT {_CLOSURE} FROM card_closure WHERE card_id = %s AND state = 'cooling'",  # noqa: S608 - constants only
        (card_id,),
    )
    row = await cursor.fetchone()
    return _closure(row) if row else None


async def closures_of_holder(tx: Transaction, holder_id: HolderId) -> list[CardClosure]:
    """Return the closings of a holder's cards, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CLOSURE} FROM card_closure WHERE holder_id = %s
        ORDER BY requested_at DESC, id DESC
        """,  # noqa: S608 - constants only
        (holder_id,),
    )
    return [_closure(row) for row in await cursor.fetchall()]


async def closures_due(tx: Transaction, *, at: datetime, limit: int) -> list[CardClosure]:
    """Lock and return closings whose cooling period is over; skips locked ones."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CLOSURE} FROM card_closure WHERE state = 'cooling' AND closes_at <= %s
        ORDER BY closes_at LIMIT %s FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        (at, limit),
    )
    return [_closure(row) for row in await cursor.fetchall()]


async def save_closure(tx: Transaction, closure: CardClosure) -> None:
    """Write how a closing ended."""
    await tx.connection.execute(
        "UPDATE card_closure SET state = %s, ended_at = %s, reasons = %s WHERE id = %s",
        (closure.state.value, closure.ended_at, Jsonb(list(closure.reasons)), closure.id),
    )


def _closure(row: Sequence[Any]) -> CardClosure:
    found = dict(zip(_CLOSURE_NAMES, row, strict=True))
    found["state"] = ClosureState(found["state"])
    found["reasons"] = tuple(found["reasons"])
    return CardClosure(**found)
