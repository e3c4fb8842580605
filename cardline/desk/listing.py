"""The lists of conversations: narrowed, and paged by the last one seen."""

from dataclasses import replace

from cardline.core.errors import NotFound
from cardline.core.transaction import Transaction
from cardline.desk import screen_store, store
from cardline.desk.screen_store import Contact, Wanted


async def listed(
    tx: Transaction, wanted: Wanted, *, after: str | None, limit: int
) -> list[Contact]:
    """Return conversations, newest first, older than the one ``after``. Raises ``NotFound``."""
    if after is not None:
        last = await store.by_id(tx, after)
        if last is None:
            raise NotFound("there is no such interaction to go on from")
        wanted = replace(wanted, after=(last.opened_at, last.id))
    return await screen_store.contacts(tx, wanted, limit=limit)
