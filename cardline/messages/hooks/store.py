"""SQL of messages that came from the app or the official account."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import class_row

from cardline.core.ids import InteractionId
from cardline.core.transaction import Transaction
from cardline.messages.hooks.model import Account, AppMessage

_COLUMNS = "message, interaction, account, party, holder, text, due_at, answered_by, at"


async def seen(tx: Transaction, message: str, *, account: Account, party: str) -> bool:
    """Let nobody else take a message of this party until the end; true where it is here already."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"app_in {account} {party}",)
    )
    cursor = await tx.connection.execute("SELECT 1 FROM app_in WHERE message = %s", (message,))
    return await cursor.fetchone() is not None


async def open_interaction_of(
    tx: Transaction, *, account: Account, party: str
) -> InteractionId | None:
    """Return the interaction in which this party waits for an answer."""
    cursor = await tx.connection.execute(
        """
        SELECT interaction FROM app_in
        WHERE account = %s AND party = %s AND due_at IS NOT NULL ORDER BY at DESC LIMIT 1
        """,
        (account, party),
    )
    row = await cursor.fetchone()
    return InteractionId(row[0]) if row else None


async def add(tx: Transaction, one: AppMessage) -> None:
    """Write a message down."""
    await tx.connection.execute(
        """
        INSERT INTO app_in (message, interaction, account, party, holder, text, due_at, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            one.message,
            one.interaction,
            one.account,
            one.party,
            one.holder,
            one.text,
            one.due_at,
            one.at,
        ),
    )


async def waiting(tx: Transaction, *, limit: int) -> list[AppMessage]:
    """Return what the desk is to answer, the one that is due first in front."""
    cursor = tx.connection.cursor(row_factory=class_row(AppMessage))
    await cursor.execute(
        f"SELECT {_COLUMNS} FROM app_in WHERE due_at IS NOT NULL "  # noqa: S608 - constants only
        "ORDER BY due_at, message LIMIT %s",
        (limit,),
    )
    return await cursor.fetchall()


async def of_interactions(tx: Transaction, interactions: Sequence[str]) -> list[AppMessage]:
    """Return what came in within these interactions, oldest first; locked until the end."""
    cursor = tx.connection.cursor(row_factory=class_row(AppMessage))
    await cursor.execute(
        f"SELECT {_COLUMNS} FROM app_in WHERE interaction = ANY(%s) "  # noqa: S608 - constants
        "ORDER BY at, message FOR UPDATE",
        (list(interactions),),
    )
    return await cursor.fetchall()


async def set_answered(tx: Transaction, interaction: str, *, by: str, at: datetime) -> None:
    """Write that everything that waits in an interaction is answered."""
    await tx.connection.execute(
        """
        UPDATE app_in SET due_at = NULL, answered_at = %s, answered_by = %s
        WHERE interaction = %s AND due_at IS NOT NULL
        """,
        (at, by, interaction),
    )
