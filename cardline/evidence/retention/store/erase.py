"""SQL that erases: rows taken away or masked, so that figures stay and people do not."""

from collections.abc import Sequence
from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.evidence.retention.store.search import Kind

_CONVERSATIONS = (
    "UPDATE interaction_leg SET target = '' WHERE interaction = ANY(%(keys)s) AND agent_id IS NULL",
    "UPDATE callback_message SET number = '' WHERE interaction = ANY(%(keys)s)",
    "UPDATE desk_note SET text = '***', holder = NULL WHERE interaction = ANY(%(keys)s)",
    (
        "UPDATE desk_wrap_up SET summary = '', promises = '[]', holder = NULL "
        "WHERE interaction = ANY(%(keys)s)"
    ),
    (
        "UPDATE desk_task SET what = '***', result = '', holder = NULL "
        "WHERE interaction = ANY(%(keys)s)"
    ),
    "UPDATE chat_message SET text = '' WHERE chat = ANY(%(keys)s)",
    (
        "UPDATE chat SET visitor = coalesce(visitor, sha256(id::bytea)), holder_id = NULL "
        "WHERE id = ANY(%(keys)s)"
    ),
    "UPDATE portal_message_line SET text = '' WHERE message = ANY(%(keys)s)",
    "UPDATE portal_message SET subject = '', holder = '' WHERE id = ANY(%(keys)s)",
    "UPDATE campaign_attempt SET note = '' WHERE interaction = ANY(%(keys)s)",
    (
        "UPDATE interaction SET from_number = '', to_number = '', holder_id = NULL, state = '{}', "
        "proofs = '{}', erased_at = %(at)s WHERE id = ANY(%(keys)s)"
    ),
)
"""What is personal in a conversation: numbers, words, whom it was about."""


async def rows(tx: Transaction, kind: Kind, keys: Sequence[str]) -> None:
    """Erase rows of a plain kind."""
    await tx.connection.execute(kind.erase.encode(), {"keys": list(keys)})


async def conversations(tx: Transaction, keys: Sequence[str], *, at: datetime) -> dict[str, str]:
    """Erase what is personal in conversations; return the end of each one's journal, as a hash."""
    for statement in _CONVERSATIONS:
        await tx.connection.execute(statement.encode(), {"keys": list(keys), "at": at})
    cursor = await tx.connection.execute(
        "SELECT stream, encode(hash, 'hex') FROM journal_head WHERE stream = ANY(%s)", (list(keys),)
    )
    return dict(await cursor.fetchall())


async def recordings(tx: Transaction, calls: Sequence[str], *, at: datetime) -> None:
    """Note that recordings are erased."""
    await tx.connection.execute(
        "UPDATE recording SET erased_at = %s WHERE call = ANY(%s) AND erased_at IS NULL",
        (at, list(calls)),
    )


async def files(tx: Transaction, ids: Sequence[str], *, at: datetime) -> None:
    """Note that files are erased, with their names."""
    await tx.connection.execute(
        "UPDATE stored_file SET erased_at = %s, name = '***' "
        "WHERE id = ANY(%s) AND erased_at IS NULL",
        (at, list(ids)),
    )


async def left_over_files(tx: Transaction, *, limit: int) -> list[tuple[str, str]]:
    """Return erased files that were not seen removed: id and path."""
    cursor = await tx.connection.execute(
        """
        SELECT id, path FROM stored_file WHERE erased_at IS NOT NULL AND file_gone_at IS NULL
        ORDER BY erased_at LIMIT %s
        """,
        (limit,),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def files_gone(tx: Transaction, ids: Sequence[str], *, at: datetime) -> None:
    """Note that erased files are not there any more."""
    await tx.connection.execute(
        "UPDATE stored_file SET file_gone_at = greatest(%s, erased_at) "
        "WHERE id = ANY(%s) AND file_gone_at IS NULL",
        (at, list(ids)),
    )
