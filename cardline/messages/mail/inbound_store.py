"""SQL of e-mail that comes in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from cardline.core.ids import HolderId, InteractionId
from cardline.core.transaction import JsonObject, Transaction
from cardline.messages.mail.model import ClosedFor, HolderProof, InMail


async def lock(tx: Transaction, fingerprint: str) -> bool:
    """Let nobody else take this e-mail until the end; false where it is here already."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"mail_in {fingerprint}",)
    )
    cursor = await tx.connection.execute(
        "SELECT 1 FROM mail_in WHERE fingerprint = %s", (fingerprint,)
    )
    return await cursor.fetchone() is None


async def add(tx: Transaction, mail: InMail, *, fingerprint: str, size: int) -> None:
    """Write an e-mail down."""
    await tx.connection.execute(
        """
        INSERT INTO mail_in
            (id, fingerprint, message_id, kind, box, interaction, sender, sender_name, holder,
             registered, subject, text, language, bytes, refused, answers, due_at, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            mail.id,
            fingerprint,
            mail.message_id,
            mail.kind,
            mail.box,
            mail.interaction,
            mail.sender,
            mail.sender_name,
            mail.holder,
            mail.registered,
            mail.subject,
            mail.text,
            mail.language,
            size,
            Jsonb(list(mail.refused)),
            mail.answers,
            mail.due_at,
            mail.at,
        ),
    )


async def set_taken(tx: Transaction, mail: str) -> None:
    """Write that another part cares for it: nobody at the desk has to answer."""
    await tx.connection.execute(
        "UPDATE mail_in SET taken = true, due_at = NULL WHERE id = %s", (mail,)
    )


async def headers_of(tx: Transaction, mail: str) -> str | None:
    """Return the Message-ID of an e-mail that came in, as far as it had one."""
    cursor = await tx.connection.execute("SELECT message_id FROM mail_in WHERE id = %s", (mail,))
    row = await cursor.fetchone()
    return row[0] if row else None


async def interaction_of(
    tx: Transaction, ids: Sequence[str], *, sender: str
) -> InteractionId | None:
    """Return to what an earlier e-mail of the same sender, named by its Message-ID, belongs."""
    cursor = await tx.connection.execute(
        """
        SELECT interaction FROM mail_in
        WHERE message_id = ANY(%s) AND lower(sender) = lower(%s) AND interaction IS NOT NULL
        ORDER BY at DESC LIMIT 1
        """,
        (list(ids), sender),
    )
    row = await cursor.fetchone()
    return InteractionId(row[0]) if row else None


async def interaction_answered(tx: Transaction, mail: str | None) -> InteractionId | None:
    """Return the interaction of the e-mail that one of ours answered."""
    cursor = await tx.connection.execute("SELECT interaction FROM mail_in WHERE id = %s", (mail,))
    row = await cursor.fetchone()
    return InteractionId(row[0]) if row and row[0] else None


async def of_sender_since(tx: Transaction, sender: str, *, at: datetime) -> int:
    """Return how many e-mails of an address came within 24 hours."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM mail_in WHERE lower(sender) = lower(%s) AND at > %s",
        (sender, at - timedelta(days=1)),
    )
    row = await cursor.fetchone()
    assert row is not None, "a count"
    return int(row[0])


async def by_id(tx: Transaction, mail: str, *, lock: bool = False) -> InMail | None:
    """Return an e-mail that came in."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(_ONE_LOCKED if lock else _ONE, (mail,))
    row = await cursor.fetchone()
    return _mail(row) if row else None


async def waiting(tx: Transaction, *, limit: int) -> list[InMail]:
    """Return what the desk is to answer, the one that is due first in front."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        "SELECT * FROM mail_in WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT %s", (limit,)
    )
    return [_mail(row) for row in await cursor.fetchall()]


async def done(tx: Transaction, *, by: str | None, limit: int) -> list[InMail]:
    """Return what was answered or closed, the last in front; ``by``: only what they did."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        """
        SELECT * FROM mail_in
        WHERE kind = 'message' AND due_at IS NULL AND coalesce(answered_at, closed_at) IS NOT NULL
            AND (%(by)s::text IS NULL OR %(by)s IN (answered_by, closed_by))
        ORDER BY coalesce(answered_at, closed_at) DESC, id LIMIT %(limit)s
        """,
        {"by": by, "limit": limit},
    )
    return [_mail(row) for row in await cursor.fetchall()]


async def set_holder(
    tx: Transaction,
    interaction: str,
    holder: HolderId | None,
    *,
    registered: bool,
    proof: HolderProof | None,
    by: str,
    at: datetime,
) -> None:
    """Write whose the e-mails of an interaction are, and how the staff know."""
    await tx.connection.execute(
        """
        UPDATE mail_in
        SET holder = %s, registered = %s, holder_proof = %s, holder_by = %s, holder_at = %s
        WHERE interaction = %s AND kind = 'message'
        """,
        (holder, registered, proof, by, at, interaction),
    )


async def set_closed(
    tx: Transaction, interaction: str, *, why: ClosedFor, by: str, at: datetime
) -> None:
    """Write that nothing that waits in an interaction needs an answer any more."""
    await tx.connection.execute(
        """
        UPDATE mail_in SET due_at = NULL, closed_for = %s, closed_by = %s, closed_at = %s
        WHERE interaction = %s AND due_at IS NOT NULL
        """,
        (why, by, at, interaction),
    )


async def of_interactions(tx: Transaction, interactions: Sequence[str]) -> list[InMail]:
    """Return what came in within these interactions, oldest first."""
    cursor = tx.connection.cursor(row_factory=dict_row)
    await cursor.execute(
        "SELECT * FROM mail_in WHERE interaction = ANY(%s) ORDER BY at, id", (list(interactions),)
    )
    return [_mail(row) for row in await cursor.fetchall()]


async def set_answered(tx: Transaction, interaction: str, *, by: str, at: datetime) -> None:
    """Write that everything that waits in an interaction is answered."""
    await tx.connection.execute(
        """
        UPDATE mail_in SET due_at = NULL, answered_at = %s, answered_by = %s
        WHERE interaction = %s AND due_at IS NOT NULL
        """,
        (at, by, interaction),
    )


_ONE = "SELECT * FROM mail_in WHERE id = %s"
_ONE_LOCKED = f"{_ONE} FOR UPDATE"


def _mail(row: dict[str, Any]) -> InMail:
    refused: list[JsonObject] = row["refused"]
    return InMail(
        id=row["id"],
        message_id=row["message_id"],
        kind=row["kind"],
        box=row["box"],
        interaction=row["interaction"],
        sender=row["sender"],
        sender_name=row["sender_name"],
        holder=HolderId(row["holder"]) if row["holder"] else None,
        registered=row["registered"],
        subject=row["subject"],
        text=row["text"],
        language=row["language"],
        refused=tuple(refused),
        answers=row["answers"],
        due_at=row["due_at"],
        answered_at=row["answered_at"],
        answered_by=row["answered_by"],
        at=row["at"],
        holder_proof=row["holder_proof"],
        holder_by=row["holder_by"],
        closed_for=row["closed_for"],
        closed_by=row["closed_by"],
        closed_at=row["closed_at"],
    )
