"""SQL of a campaign's report: counted from the facts, never kept beside them."""

from collections.abc import Sequence
from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.outreach.campaigns.model import CampaignId


async def entries_by_state(
    tx: Transaction, campaign: str
) -> list[tuple[str, str, str | None, int, int]]:
    """Return arm, state, outcome, how many, and how many of them were tried at least once."""
    cursor = await tx.connection.execute(
        """
        SELECT arm, state, outcome, count(*), count(*) FILTER (WHERE attempts > 0)
        FROM campaign_entry WHERE campaign = %s GROUP BY arm, state, outcome
        """,
        (campaign,),
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in await cursor.fetchall()]


async def progress(
    tx: Transaction, campaigns: Sequence[CampaignId]
) -> dict[CampaignId, tuple[int, int, int]]:
    """Return for each campaign how many are to be contacted, how many are done, how many held out.

    Campaigns without anybody are not among them.
    """
    cursor = await tx.connection.execute(
        """
        SELECT campaign, count(*) FILTER (WHERE arm = 'contacted'),
            count(*) FILTER (WHERE arm = 'contacted' AND state = 'done'),
            count(*) FILTER (WHERE arm = 'held-out')
        FROM campaign_entry WHERE campaign = ANY(%s) GROUP BY campaign
        """,
        (list(campaigns),),
    )
    return {CampaignId(row[0]): (row[1], row[2], row[3]) for row in await cursor.fetchall()}


async def attempts_by_outcome(tx: Transaction, campaign: str) -> dict[str, int]:
    """Return how many tries ended in which way; those that go on are ``open``."""
    cursor = await tx.connection.execute(
        """
        SELECT coalesce(outcome, 'open'), count(*) FROM campaign_attempt
        WHERE campaign = %s GROUP BY 1
        """,
        (campaign,),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def dispositions(tx: Transaction, campaign: str) -> dict[str, int]:
    """Return how many people got which disposition."""
    cursor = await tx.connection.execute(
        """
        SELECT disposition, count(*) FROM campaign_entry
        WHERE campaign = %s AND disposition IS NOT NULL GROUP BY 1
        """,
        (campaign,),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def reasons(tx: Transaction, campaign: str) -> dict[str, int]:
    """Return how many people are held back by which reason of the gate."""
    cursor = await tx.connection.execute(
        """
        SELECT reason, count(*) FROM campaign_entry, unnest(reasons) AS reason
        WHERE campaign = %s GROUP BY 1
        """,
        (campaign,),
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def answers(
    tx: Transaction, campaign: str, *, since: datetime
) -> tuple[int, int, int, int, int]:
    """Return answered, abandoned, talks, talks without an opening, calls judged machines."""
    cursor = await tx.connection.execute(
        """
        SELECT
            count(*) FILTER (WHERE answered_at IS NOT NULL
                             AND coalesce(outcome, chosen) IS DISTINCT FROM 'machine'),
            count(*) FILTER (WHERE abandoned),
            count(*) FILTER (WHERE connected_at IS NOT NULL),
            count(*) FILTER (WHERE connected_at IS NOT NULL AND opened_at IS NULL
                             AND ended_at IS NOT NULL),
            count(*) FILTER (WHERE judged = 'machine')
        FROM campaign_attempt WHERE campaign = %s AND dialled_at >= %s
        """,
        (campaign, since),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2], row[3], row[4]


async def results(tx: Transaction, campaign: str) -> dict[str, tuple[int, int]]:
    """Return for each arm how many did what the campaign is for, of how many that is known."""
    cursor = await tx.connection.execute(
        """
        SELECT arm, count(*) FILTER (WHERE reached), count(reached) FROM campaign_entry
        WHERE campaign = %s GROUP BY arm
        """,
        (campaign,),
    )
    return {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}
