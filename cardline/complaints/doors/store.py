"""SQL of the doors: wrong codes, what came before, forms."""

from datetime import datetime
from typing import Final

from cardline.complaints.model import ComplaintId
from cardline.core.ids import HolderId, new_id
from cardline.core.transaction import Transaction

REFERENCE: Final = 40
"""Characters of a reference that is looked for; a longer one is nobody's."""


async def lock_key(tx: Transaction, key: str) -> None:
    """Let only one submission of a form, or one guess at a reference, happen at a time."""
    await tx.connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 165))", (key,))


async def misses(tx: Transaction, reference: str, *, since: datetime) -> int:
    """Count the wrong words for a reference from ``since`` on."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM complaint_lookup_miss WHERE reference = %s AND at >= %s",
        (reference, since),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def add_miss(tx: Transaction, reference: str, *, forget: datetime, at: datetime) -> None:
    """Note a wrong word, and forget those that are older than ``forget``."""
    await tx.connection.execute("DELETE FROM complaint_lookup_miss WHERE at < %s", (forget,))
    await tx.connection.execute(
        "INSERT INTO complaint_lookup_miss (id, reference, at) VALUES (%s, %s, %s)",
        (new_id("cm"), reference, at),
    )


async def mailed_since(
    tx: Transaction, *, sender: str, holder: HolderId | None, since: datetime
) -> list[ComplaintId]:
    """Return the complaints that came by e-mail from an address or a holder, newest first."""
    cursor = await tx.connection.execute(
        """
        SELECT id FROM complaint
        WHERE received_at > %(since)s AND door = 'email' AND state <> 'joined'
          AND (lower(reach->>'email') = lower(%(sender)s) OR holder_id = %(holder)s)
        ORDER BY received_at DESC, id
        """,
        {"since": since, "sender": sender, "holder": holder},
    )
    return [ComplaintId(row[0]) for row in await cursor.fetchall()]


async def once(tx: Transaction, key: str, *, at: datetime) -> bool:
    """Note that a form was taken; false where it was taken before."""
    cursor = await tx.connection.execute(
        "INSERT INTO complaint_form (key, at) VALUES (%s, %s) ON CONFLICT DO NOTHING", (key, at)
    )
    return cursor.rowcount == 1
