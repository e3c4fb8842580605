"""What complaints keep: what they were made in, their evidence, and what they may be about."""

from collections.abc import Mapping, Sequence

from cardline.core.transaction import Transaction
from cardline.evidence.retention.config import Tie
from cardline.evidence.retention.store import search


async def complaint_ties(
    tx: Transaction, interactions: Sequence[str]
) -> Mapping[str, Sequence[Tie]]:
    """Return the complaints that keep these interactions or streams (PBC5 44: from the closing)."""
    found: dict[str, list[Tie]] = {}
    for interaction, complaint, ended in await search.complaints(tx, interactions):
        found.setdefault(interaction, []).append(Tie("complaint", ended, complaint))
    return found
