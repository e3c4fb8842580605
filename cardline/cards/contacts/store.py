"""SQL of changes of a holder's data."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from cardline.cards.contacts.model import ContactChange, ContactChangeId, ContactChangeState
from cardline.cards.model import ContactField
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction

_NAMES = tuple(field.name for field in fields(ContactChange))
_CHANGE = ", ".join(_NAMES)


async def lock_holder(tx: Transaction, holder_id: HolderId) -> None:
    """Let one request of a holder after the other through."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('card-contact:' || %s, 0))", (holder_id,)
    )


async def insert(tx: Transaction, change: ContactChange) -> None:
    """Add a change; under the lock of its holder."""
    values = ", ".join(["%s"] * len(_NAMES))
    await tx.connection.execute(
        f"INSERT INTO card_contact_change ({_CHANGE}) VALUES ({values})",  # noqa: S608 - constants only
        astuple(change),
    )


async def by_id(
    tx: Transaction, change_id: ContactChangeId, *, lock: bool = False
) -> ContactChange | None:
    """Return a change; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await tx.connection.execute(
        f"SELECT {_CHANGE} FROM card_contact_change WHERE id = %s {'FOR UPDATE' if lock else ''}",  # noqa: S608 - constants only
        (change_id,),
    )
    row = await cursor.fetchone()
    return _change(row) if row else None


async def by_key(tx: Transaction, key: str) -> ContactChange | None:
    """Return the change that was asked for under a key."""
    cursor = await tx.connection.execute(
        f"SELECT {_CHANGE} FROM card_contact_change WHERE key = %s",  # noqa: S608 - constants only
        (key,),
    )
    row = await cursor.fetchone()
    return _change(row) if row else None


async def of_holder(tx: Transaction, holder_id: HolderId) -> list[ContactChange]:
    """Return the changes of a holder, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CHANGE} FROM card_contact_change WHERE holder_id = %s
        ORDER BY requested_at DESC, id DESC
        """,  # noqa: S608 - constants only
        (holder_id,),
    )
    return [_change(row) for row in await cursor.fetchall()]


async def save(tx: Transaction, change: ContactChange) -> None:
    """Write all that changes in the life of a change."""
    await tx.connection.execute(
        """
        UPDATE card_contact_change
        SET state = %s, side = %s, confirmed_by = %s, confirmed_at = %s, branch = %s,
            cooling_until = %s, phone_changed_before = %s, data_changed_before = %s, ended_at = %s
        WHERE id = %s
        """,
        (
            change.state.value,
            change.side,
            change.confirmed_by,
            change.confirmed_at,
            change.branch,
            change.cooling_until,
            change.phone_changed_before,
            change.data_changed_before,
            change.ended_at,
            change.id,
        ),
    )


async def over(tx: Transaction, *, at: datetime, limit: int) -> list[ContactChange]:
    """Lock and return requests that lapsed and changes that have cooled; skips locked ones."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_CHANGE} FROM card_contact_change
        WHERE (state = 'requested' AND lapses_at <= %(at)s)
           OR (state = 'cooling' AND cooling_until <= %(at)s)
        ORDER BY requested_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        {"at": at, "limit": limit},
    )
    return [_change(row) for row in await cursor.fetchall()]


def _change(row: Sequence[Any]) -> ContactChange:
    found = dict(zip(_NAMES, row, strict=True))
    found["field"] = ContactField(found["field"])
    found["state"] = ContactChangeState(found["state"])
    return ContactChange(**found)
