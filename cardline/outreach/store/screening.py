"""SQL of screening: what the gate must know of many people at once, as plain rows.

Times come as microseconds since the epoch, as the columns of the rule hold them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cardline.core.transaction import Transaction
from cardline.outreach.model import Wishes
from cardline.outreach.store.contacts import wishes_from

Row = tuple[Any, ...]
_BETWEEN = chr(31)
"""Stands in no number and no id (unit separator)."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything known of some holders and numbers; each row begins with holder and number."""

    consents: list[Row]
    withdrawals: list[Row]
    blocks: list[Row]
    past: list[Row]
    numbers: list[Row]
    wishes: dict[str, Wishes]
    rejected: set[tuple[str, str]]
    """Holder and number at which they want nothing."""


async def known(
    tx: Transaction, *, holders: Sequence[str], phones: Sequence[str], since: datetime
) -> Known:
    """Read it; contacts since a time."""
    # As one text each: the driver takes longer over long lists than the database over the rest.
    whom = {"holders": _BETWEEN.join(holders), "phones": _BETWEEN.join(phones), "since": since}
    return Known(
        consents=await _rows(
            tx,
            """
            SELECT holder, NULL, purpose, channel, micros(since), micros(until)
            FROM outreach_consent WHERE holder = ANY(holders())
            """,
            whom,
        ),
        withdrawals=await _rows(
            tx,
            """
            SELECT holder, phone, purpose, channel, micros(at)
            FROM outreach_withdrawal WHERE holder = ANY(holders()) OR phone = ANY(phones())
            """,
            whom,
        ),
        blocks=await _rows(
            tx,
            """
            SELECT holder, phone, kind, micros(since), micros(until)
            FROM outreach_block WHERE holder = ANY(holders()) OR phone = ANY(phones())
            """,
            whom,
        ),
        past=await _rows(
            tx,
            """
            SELECT holder, phone, purpose, channel, outcome, micros(at)
            FROM outreach_contact
            WHERE (holder = ANY(holders()) OR phone = ANY(phones())) AND at >= %(since)s
              AND NOT solicited AND cancelled_at IS NULL
            """,
            whom,
        ),
        numbers=await _rows(
            tx,
            """
            SELECT holder, phone, micros(known_since), micros(confirmed_at), micros(scrubbed_at)
            FROM outreach_number WHERE holder = ANY(holders())
            """,
            whom,
        ),
        wishes=await _wishes(tx, whom),
        rejected={
            (row[0], row[1])
            for row in await _rows(
                tx,
                """
                SELECT holder, phone FROM outreach_reject
                WHERE holder = ANY(holders()) AND phone IS NOT NULL AND until IS NULL
                """,
                whom,
            )
        },
    )


async def _wishes(tx: Transaction, whom: dict[str, Any]) -> dict[str, Wishes]:
    set_by = await _rows(
        tx,
        """
        SELECT holder, json_build_array(kinds_off, channels_off, opens, closes, days_off, most_week,
                                        most_month, paused_until)
        FROM outreach_wish WHERE holder = ANY(holders())
        """,
        whom,
    )
    campaigns = await _rows(
        tx,
        """
        SELECT holder, array_agg(campaign) FROM outreach_reject
        WHERE holder = ANY(holders()) AND campaign IS NOT NULL AND until IS NULL GROUP BY holder
        """,
        whom,
    )
    rejected: dict[str, list[str]] = dict(campaigns)
    found = {holder: wishes_from(row, rejected.pop(holder, None)) for holder, row in set_by}
    return found | {holder: wishes_from(None, names) for holder, names in rejected.items()}


async def _rows(tx: Transaction, statement: str, whom: dict[str, Any]) -> list[Row]:
    # What stands for functions is written out: they are not worth keeping in the database.
    for names in ("holders", "phones"):
        statement = statement.replace(f"{names}()", f"string_to_array(%({names})s, chr(31))")
    for column in ("since", "until", "at", "known_since", "confirmed_at", "scrubbed_at"):
        seconds = f"(extract(epoch FROM {column}) * 1000000)::bigint"
        statement = statement.replace(f"micros({column})", seconds)
    cursor = await tx.connection.execute(statement.encode(), whom)
    return await cursor.fetchall()
