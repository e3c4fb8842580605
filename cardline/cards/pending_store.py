"""SQL of what waits for a holder, over the tables of all requests."""

from typing import Any

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction


async def pending_of(tx: Transaction, holder_id: HolderId, *, limit: int) -> list[tuple[Any, ...]]:
    """Return kind, id, state, when it was asked for, about what, and until when."""
    cursor = await tx.connection.execute(
        """
        SELECT field, id, state, requested_at, NULL,
            CASE state WHEN 'requested' THEN lapses_at ELSE cooling_until END
        FROM card_contact_change
        WHERE holder_id = %(holder)s AND state IN ('requested', 'cooling')
        UNION ALL
        SELECT 'limit', id, state, requested_at, account_id, NULL FROM card_limit_request
        WHERE holder_id = %(holder)s AND state IN ('offered', 'referred')
        UNION ALL
        SELECT 'fee-reversal', id, state, requested_at, card_id, NULL FROM card_fee_reversal
        WHERE holder_id = %(holder)s AND state = 'awaiting'
        UNION ALL
        SELECT 'card-closure', id, state, requested_at, card_id, closes_at FROM card_closure
        WHERE holder_id = %(holder)s AND state = 'cooling'
        ORDER BY 4 DESC, 2 DESC LIMIT %(limit)s
        """,
        {"holder": holder_id, "limit": limit},
    )
    return await cursor.fetchall()
