"""SQL of e-mail that leaves, beside what every outbox has (``outbox_store``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages.mail.model import SentMail
from cardline.messages.model import MessageId, MessageState
from cardline.outreach.model import Purpose


@dataclass(frozen=True, slots=True)
class Known:
    """An e-mail of ours, as an answer or a bounce finds it."""

    id: MessageId
    key: str
    holder: HolderId | None
    address: str
    purpose: Purpose
    template: str
    stream: str
    state: MessageState
    subject: str
    box: str
    answers: str | None


async def bad_since(tx: Transaction, address: str) -> datetime | None:
    """Return since when nothing is sent to an address."""
    cursor = await tx.connection.execute(
        "SELECT bad_since FROM mail_address WHERE address = %s", (address,)
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def set_bad(
    tx: Transaction, address: str, *, code: str, mail: MessageId, at: datetime
) -> None:
    """Write that an address takes nothing any more; the first word holds."""
    await tx.connection.execute(
        """
        INSERT INTO mail_address (address, bad_since, code, mail) VALUES (%s, %s, %s, %s)
        ON CONFLICT (address) DO NOTHING
        """,
        (address, at, code, mail),
    )


async def set_good(tx: Transaction, address: str) -> bool:
    """Forget that an address was bad; false where it was not."""
    cursor = await tx.connection.execute("DELETE FROM mail_address WHERE address = %s", (address,))
    return cursor.rowcount == 1


async def by_token(tx: Transaction, token: str, *, lock: bool = False) -> Known | None:
    """Return the e-mail with this reference."""
    cursor = await tx.connection.execute(_BY_REFERENCE_LOCKED if lock else _BY_REFERENCE, (token,))
    return _known(await cursor.fetchone())


async def by_message_ids(tx: Transaction, ids: list[str]) -> Known | None:
    """Return the newest e-mail of ours among these Message-IDs."""
    cursor = await tx.connection.execute(
        """
        SELECT id, key, holder, address, purpose, template, stream, state, subject, box, answers
        FROM mail_outbox WHERE message_id = ANY(%s) ORDER BY at DESC, id DESC LIMIT 1
        """,
        (ids,),
    )
    return _known(await cursor.fetchone())


async def set_bounced(tx: Transaction, mail: MessageId, *, code: str, at: datetime) -> None:
    """Write that an e-mail came back."""
    await tx.connection.execute(
        "UPDATE mail_outbox SET state = 'bounced', bounced_at = %s, fault = %s WHERE id = %s",
        (at, code, mail),
    )


async def sent_to(tx: Transaction, *, holder: HolderId, limit: int) -> list[SentMail]:
    """Return the e-mails to a holder, newest first; their secrets are masked."""
    cursor = await tx.connection.execute(
        """
        SELECT id, template, purpose, subject, text, state, at, sent_at FROM mail_outbox
        WHERE holder = %s ORDER BY at DESC, id DESC LIMIT %s
        """,
        (holder, limit),
    )
    return [_sent(row) for row in await cursor.fetchall()]


async def answers_to(tx: Transaction, mail: str) -> list[SentMail]:
    """Return what was sent as an answer to an e-mail that came in, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT id, template, purpose, subject, text, state, at, sent_at FROM mail_outbox
        WHERE answers = %s ORDER BY at, id
        """,
        (mail,),
    )
    return [_sent(row) for row in await cursor.fetchall()]


_BY_REFERENCE = """
SELECT id, key, holder, address, purpose, template, stream, state, subject, box, answers
FROM mail_outbox WHERE token = %s
"""
_BY_REFERENCE_LOCKED = f"{_BY_REFERENCE} FOR UPDATE"


def _sent(row: Sequence[Any]) -> SentMail:
    return SentMail(
        id=MessageId(row[0]),
        template=row[1],
        purpose=Purpose(row[2]),
        subject=row[3],
        text=row[4],
        state=MessageState(row[5]),
        at=row[6],
        sent_at=row[7],
    )


def _known(row: Sequence[Any] | None) -> Known | None:
    if row is None:
        return None
    return Known(
        id=MessageId(row[0]),
        key=row[1],
        holder=HolderId(row[2]) if row[2] else None,
        address=row[3],
        purpose=Purpose(row[4]),
        template=row[5],
        stream=row[6],
        state=MessageState(row[7]),
        subject=row[8],
        box=row[9],
        answers=row[10],
    )
