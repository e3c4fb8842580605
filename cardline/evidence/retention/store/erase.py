"""SQL that erases: rows taken away or masked, so that figures stay and people do not."""

from collections.abc import Sequence
from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.evidence.retention.store.kind import Kind

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
        "UPDATE mail_in SET sender = '', sender_name = '', message_id = '', subject = '***', "
        "text = '***', refused = '[]', holder = NULL WHERE interaction = ANY(%(keys)s)"
    ),
    (
        "UPDATE letter_in SET sender = '', subject = '***', posting = '', holder = NULL "
        "WHERE interaction = ANY(%(keys)s)"
    ),
    ("UPDATE app_in SET party = '', text = '***', holder = NULL WHERE interaction = ANY(%(keys)s)"),
    (
        "UPDATE interaction SET from_number = '', to_number = '', holder_id = NULL, state = '{}', "
        "proofs = '{}', erased_at = %(at)s WHERE id = ANY(%(keys)s)"
    ),
)
"""What is personal in a conversation: numbers, words, whom it was about."""
_COMPLAINTS = (
    "UPDATE complaint_arrival SET reference = '' WHERE complaint = ANY(%(keys)s)",
    "UPDATE complaint_fact SET text = '***', files = '{}' WHERE complaint = ANY(%(keys)s)",
    "UPDATE complaint_pause SET why = '***' WHERE complaint = ANY(%(keys)s)",
    "UPDATE complaint_extension SET why = '***' WHERE complaint = ANY(%(keys)s)",
    (
        "UPDATE complaint_decision SET findings = '***', basis = '***', reasons = '***' "
        "WHERE complaint = ANY(%(keys)s)"
    ),
    (
        "UPDATE complaint_remedy SET detail = '', "
        "account_id = CASE WHEN account_id IS NOT NULL THEN '' END WHERE complaint = ANY(%(keys)s)"
    ),
    (
        "UPDATE complaint_notice SET text = '***', "
        "proof = CASE WHEN proof IS NOT NULL THEN '***' END WHERE complaint = ANY(%(keys)s)"
    ),
    "UPDATE complaint_task SET what = '***', result = '' WHERE complaint = ANY(%(keys)s)",
    "DELETE FROM complaint_lookup WHERE complaint = ANY(%(keys)s)",
    (
        "UPDATE complaint SET key = 'erased/' || id, holder_id = NULL, name = '', "
        "identity_tail = '', reach = '{}', statement = '***', demand = '', persons = '{}', "
        "interested = '{}', files = '{}', account_id = NULL, statement_day = NULL, proxy = NULL, "
        "joint = NULL, likeness = NULL, erased_at = %(at)s WHERE id = ANY(%(keys)s)"
    ),
)
"""What is personal in a complaint: who, what was said, found, paid to whom, and who was blamed."""


async def rows(tx: Transaction, kind: Kind, keys: Sequence[str]) -> None:
    """Erase rows of a plain kind."""
    await tx.connection.execute(kind.erase.encode(), {"keys": list(keys)})


async def conversations(tx: Transaction, keys: Sequence[str], *, at: datetime) -> None:
    """Erase what is personal in conversations."""
    for statement in _CONVERSATIONS:
        await tx.connection.execute(statement.encode(), {"keys": list(keys), "at": at})


async def complaints(tx: Transaction, keys: Sequence[str], *, at: datetime) -> None:
    """Erase what is personal in complaints."""
    for statement in _COMPLAINTS:
        await tx.connection.execute(statement.encode(), {"keys": list(keys), "at": at})


async def heads(tx: Transaction, streams: Sequence[str]) -> dict[str, str]:
    """Return the end of the journal of some streams, as a hash."""
    cursor = await tx.connection.execute(
        "SELECT stream, encode(hash, 'hex') FROM journal_head WHERE stream = ANY(%s)",
        (list(streams),),
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
