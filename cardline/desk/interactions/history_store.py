"""SQL of what a holder may see of interactions."""

from collections.abc import Sequence

from cardline.core.transaction import Transaction
from cardline.desk.interactions.model import Recording


async def recordings(tx: Transaction, interactions: Sequence[str]) -> dict[str, Recording]:
    """Return the recordings of these interactions, by interaction."""
    cursor = await tx.connection.execute(
        """
        SELECT call, interaction, path, seconds, bytes, sha256, gaps, stored_at, erased_at
        FROM recording WHERE interaction = ANY(%s)
        """,
        (list(interactions),),
    )
    found = [Recording(*row) for row in await cursor.fetchall()]
    return {one.interaction: one for one in found}


async def staff_numbers(tx: Transaction) -> dict[str, str]:
    """Return the number of everybody who serves or served as an agent, by agent."""
    cursor = await tx.connection.execute(
        "SELECT agent_id, number FROM staff WHERE agent_id IS NOT NULL"
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}
