"""Whether everything that lies sealed can be opened: one key of every master key is tried."""

import asyncio

from cardline.core.transaction import Transaction
from cardline.evidence.sealing import store
from cardline.evidence.sealing.keys import open_key
from cardline.evidence.sealing.model import Sealer, Unreadable


async def faults(tx: Transaction, sealer: Sealer) -> list[str]:
    """Return a sentence for every master key that is missing or wrong, and what hangs on it."""
    found: list[str] = []
    counts = await store.masters(tx)
    for master, sample in (await store.samples(tx)).items():
        try:
            await asyncio.to_thread(open_key, sealer, sample)
        except Unreadable as error:
            found.append(
                f"{counts.get(master, 1)} recordings and files cannot be read: {error.message}"
            )
    return found
