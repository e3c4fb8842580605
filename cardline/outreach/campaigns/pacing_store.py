"""SQL of what pacing must know of a campaign."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.outreach.campaigns.model import CampaignId


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls of a campaign: now, and within the window of the abandonment limit."""

    ringing: int
    """Ring and hold no agent, in all campaigns of the matter."""
    talking: int
    """Go on with an agent."""
    answered: int
    abandoned: int
    machines: int
    """Judged machines by what was heard."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the last calls taught; seconds, ``None`` where nothing was seen."""

    dialled: int
    answered: int
    lead: float | None
    talk: float | None


async def lock_floor(tx: Transaction, matter: str) -> None:
    """Let nobody else reckon with the agents of a matter until the transaction ends."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('campaign-floor:' || %s, 0))", (matter,)
    )


async def counts(tx: Transaction, campaign: CampaignId, *, matter: str, since: datetime) -> Counts:
    """Count a campaign's calls; machines are no people who could be abandoned."""
    cursor = await tx.connection.execute(
        """
        SELECT
            (SELECT count(*) FROM campaign_attempt AS a JOIN campaign AS c ON c.id = a.campaign
             WHERE a.ended_at IS NULL AND a.answered_at IS NULL AND NOT a.agent_held
               AND a.channel = 'call' AND c.matter = %(matter)s),
            count(*) FILTER (WHERE ended_at IS NULL AND agent IS NOT NULL),
            count(*) FILTER (WHERE answered_at IS NOT NULL AND dialled_at >= %(since)s
                             AND coalesce(outcome, chosen) IS DISTINCT FROM 'machine'),
            count(*) FILTER (WHERE abandoned AND dialled_at >= %(since)s),
            count(*) FILTER (WHERE judged = 'machine' AND dialled_at >= %(since)s)
        FROM campaign_attempt
        WHERE campaign = %(campaign)s AND channel = 'call'
          AND (ended_at IS NULL OR dialled_at >= %(since)s)
        """,
        {"campaign": campaign, "matter": matter, "since": since},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Counts(*row)


async def learned(tx: Transaction, campaign: CampaignId, *, last: int) -> Learned:
    """Look at the last calls that have ended."""
    cursor = await tx.connection.execute(
        """
        SELECT count(*), count(answered_at),
            avg(extract(epoch FROM answered_at - dialled_at))::float8,
            avg(extract(epoch FROM ended_at - answered_at))
                FILTER (WHERE connected_at IS NOT NULL)::float8
        FROM (
            SELECT dialled_at, answered_at, connected_at, ended_at FROM campaign_attempt
            WHERE campaign = %s AND channel = 'call' AND ended_at IS NOT NULL
              AND outcome NOT IN ('cancelled', 'failed')
            ORDER BY dialled_at DESC LIMIT %s
        ) AS ended
        """,
        (campaign, last),
    )
    row = await cursor.fetchone()
    assert row is not None
    return Learned(*row)
