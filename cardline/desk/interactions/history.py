"""What a holder may see of the interactions that were about them (rows A7, F4)."""

from collections.abc import Sequence

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.desk.interactions import history_store, store
from cardline.desk.interactions.model import Interaction, Recording


async def interactions_of(tx: Transaction, *, holder: HolderId, limit: int) -> list[Interaction]:
    """Return the interactions of a holder, newest first."""
    return await store.latest(tx, holder=holder, limit=limit)


async def interaction_of(
    tx: Transaction, interaction: str, *, holder: HolderId
) -> Interaction | None:
    """Return an interaction where it is this holder's; ``None`` for anybody else's."""
    found = await store.by_id(tx, interaction)
    return found if found is not None and found.holder_id == holder else None


async def recordings_of(tx: Transaction, interactions: Sequence[str]) -> dict[str, Recording]:
    """Return the recordings of these interactions, as far as they are stored."""
    return await history_store.recordings(tx, interactions)


async def staff_numbers(tx: Transaction) -> dict[str, str]:
    """Return the staff number of every agent, those who have left too."""
    return await history_store.staff_numbers(tx)
