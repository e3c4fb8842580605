"""The lists of conversations: narrowed, and paged by the last one seen."""

from dataclasses import replace

from cardline.core.errors import NotFound
from cardline.core.transaction import Transaction
from cardline.desk.interactions import list_store, store
from cardline.desk.interactions.list_store import Contact, Wanted
from cardline.desk.staff.model import Staff


async def listed(
    tx: Transaction, wanted: Wanted, *, after: str | None, limit: int, by: Staff
) -> list[Contact]:
    """Return conversations, newest first, older than the one ``after``. Raises ``NotFound``.

    An agent finds those in which he takes part or has a task from; an administrator does not
    search what was said.
    """
    if by.role == "agent":
        if by.agent_id is None:
            return []
        wanted = replace(wanted, part_of=by.agent_id)
    if by.role == "administrator":
        wanted = replace(wanted, said=False)
    if after is not None:
        last = await store.by_id(tx, after)
        if last is None:
            raise NotFound("there is no such interaction to go on from")
        wanted = replace(wanted, after=(last.opened_at, last.id))
    return await list_store.contacts(tx, wanted, limit=limit)
