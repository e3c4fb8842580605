"""What a holder asked for and what still waits: changes of data, limits, fees, closings."""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards import pending_store as store
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Pending:
    """One request that has not come to its end.

    ``kind``: ``address``, ``phone``, ``email``, ``limit``, ``fee-reversal`` or ``card-closure``;
    ``about``: the card or account, if any; ``until``: when it lapses, is final, or the card closes.
    """

    kind: str
    id: str
    state: str
    asked_at: datetime
    about: str | None
    until: datetime | None


async def pending_of(tx: Transaction, holder_id: HolderId, *, limit: int = 20) -> list[Pending]:
    """Return what waits for a holder, newest first, in one statement."""
    return [Pending(*row) for row in await store.pending_of(tx, holder_id, limit=limit)]
