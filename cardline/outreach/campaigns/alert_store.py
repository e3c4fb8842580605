"""SQL of alerts about transactions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.core.ids import CardId, HolderId
from cardline.core.transaction import Transaction
from cardline.outreach.campaigns.alert_model import Alert, Answer, Door

_ALERT = """
    id, holder, card, tail, amount, merchant, digest, raised_at, lapses_at, answer, answered_at,
    door, frozen
"""


async def add(tx: Transaction, alert: Alert) -> None:
    """Write an alert."""
    await tx.connection.execute(
        """
        INSERT INTO campaign_alert (id, holder, card, tail, amount, merchant, digest, raised_at,
            lapses_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            alert.id,
            alert.holder,
            alert.card,
            alert.tail,
            alert.amount,
            alert.merchant,
            alert.digest,
            alert.raised_at,
            alert.lapses_at,
        ),
    )


async def open_of(tx: Transaction, holder: HolderId, *, at: datetime, lock: bool) -> list[Alert]:
    """Return a holder's alerts that can still be answered, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_ALERT} FROM campaign_alert
        WHERE holder = %s AND answer IS NULL AND lapses_at > %s
        ORDER BY raised_at DESC, id DESC
        """  # noqa: S608 - constants only
        + ("FOR UPDATE" if lock else ""),
        (holder, at),
    )
    return [_alert(row) for row in await cursor.fetchall()]


async def answer(
    tx: Transaction, alert: str, given: Answer, *, door: Door, frozen: bool, at: datetime
) -> None:
    """Write what the holder said."""
    await tx.connection.execute(
        """
        UPDATE campaign_alert SET answer = %s, answered_at = %s, door = %s, frozen = %s
        WHERE id = %s AND answer IS NULL
        """,
        (given, at, door, frozen, alert),
    )


def _alert(row: Sequence[Any]) -> Alert:
    values = list(row)
    values[1], values[2], values[6] = HolderId(values[1]), CardId(values[2]), bytes(values[6])
    return Alert(*values)
