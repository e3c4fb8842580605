"""SQL of campaigns and their entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from cardline.core.ids import AgentId, HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.outreach.campaigns.machine_model import Machines
from cardline.outreach.campaigns.model import (
    CHANNEL,
    Campaign,
    CampaignId,
    Entry,
    EntryId,
    Kind,
    Mode,
    State,
)
from cardline.outreach.model import Channel

_CAMPAIGN = """
    c.id, c.name, c.kind, c.channel, c.mode, c.matter, c.opening, c.script, c.minutes, c.opens,
    c.closes, c.retries, c.abandonment_limit, c.hold_out, c.state, c.created_by, c.created_at,
    c.started_at, c.ended_at, c.machines
"""
_ENTRY = """
    e.id, e.campaign, e.place, e.holder, e.phone, e.language, e.zone, e.fields, e.arm, e.state,
    e.attempts, e.due_at, e.claimed_by, e.claimed_until, e.reasons, e.outcome, e.disposition,
    e.reached
"""


# ---------------------------------------------------------------- campaigns


async def add(tx: Transaction, campaign: Campaign) -> None:
    """Write a new campaign."""
    await tx.connection.execute(
        """
        INSERT INTO campaign (id, name, kind, channel, mode, matter, opening, script, minutes,
            opens, closes, retries, abandonment_limit, hold_out, state, created_by, created_at,
            machines)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            campaign.id,
            campaign.name,
            campaign.kind,
            campaign.channel,
            campaign.mode,
            campaign.matter,
            campaign.opening,
            msgspec.json.encode(campaign.script).decode(),
            campaign.minutes,
            campaign.opens,
            campaign.closes,
            campaign.retries,
            campaign.abandonment_limit,
            campaign.hold_out,
            campaign.state,
            campaign.created_by,
            campaign.created_at,
            campaign.machines,
        ),
    )


async def by_id(tx: Transaction, campaign: str, *, lock: bool = False) -> Campaign | None:
    """Return a campaign; with ``lock`` nobody dials for it, or stops it, until the end."""
    cursor = await tx.connection.execute(
        f"SELECT {_CAMPAIGN} FROM campaign AS c WHERE c.id = %s"  # noqa: S608 - constants only
        + (" FOR UPDATE" if lock else ""),
        (campaign,),
    )
    row = await cursor.fetchone()
    return _campaign(row) if row else None


async def everything(tx: Transaction, *, limit: int) -> list[Campaign]:
    """Return campaigns, newest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_CAMPAIGN} FROM campaign AS c ORDER BY c.created_at DESC, c.id LIMIT %s",  # noqa: S608 - constants only
        (limit,),
    )
    return [_campaign(row) for row in await cursor.fetchall()]


async def running(tx: Transaction) -> list[Campaign]:
    """Return the campaigns that run."""
    cursor = await tx.connection.execute(
        f"SELECT {_CAMPAIGN} FROM campaign AS c WHERE c.state = 'running' ORDER BY c.id"  # noqa: S608 - constants only
    )
    return [_campaign(row) for row in await cursor.fetchall()]


async def set_state(tx: Transaction, campaign: CampaignId, state: State, *, at: datetime) -> None:
    """Write where a campaign stands, and wake up who dials."""
    await tx.connection.execute(
        """
        UPDATE campaign SET state = %(state)s,
            started_at = CASE WHEN %(state)s = 'running' THEN coalesce(started_at, %(at)s)
                         ELSE started_at END,
            ended_at = CASE WHEN %(state)s IN ('stopped', 'done') THEN %(at)s END
        WHERE id = %(id)s
        """,
        {"id": campaign, "state": str(state), "at": at},
    )
    await tx.connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, campaign))


async def lock_unfinished(tx: Transaction) -> list[CampaignId]:
    """Lock every campaign that has not ended, in one order, and return their ids."""
    cursor = await tx.connection.execute(
        "SELECT id FROM campaign WHERE state NOT IN ('stopped', 'done') ORDER BY id FOR UPDATE"
    )
    return [CampaignId(row[0]) for row in await cursor.fetchall()]


# ---------------------------------------------------------------- entries


async def add_entries(tx: Transaction, entries: Sequence[Entry]) -> int:
    """Write entries; who stands in the campaign already is left as is. Returns how many are new."""
    added = 0
    for entry in entries:
        cursor = await tx.connection.execute(
            """
            INSERT INTO campaign_entry (id, campaign, place, holder, phone, language, zone, fields,
                arm, state, due_at, outcome, settled_at)
            VALUES (%(id)s, %(campaign)s, %(place)s, %(holder)s, %(phone)s, %(language)s, %(zone)s,
                %(fields)s, %(arm)s, %(state)s, %(due_at)s, %(outcome)s,
                CASE WHEN %(state)s = 'done' THEN %(due_at)s END)
            ON CONFLICT (campaign, holder) DO NOTHING
            """,
            {
                "id": entry.id,
                "campaign": entry.campaign,
                "place": entry.place,
                "holder": entry.holder,
                "phone": entry.phone,
                "language": entry.language,
                "zone": entry.zone,
                "fields": msgspec.json.encode(entry.fields).decode(),
                "arm": entry.arm,
                "state": entry.state,
                "due_at": entry.due_at,
                "outcome": entry.outcome,
            },
        )
        added += cursor.rowcount
    return added


async def last_place(tx: Transaction, campaign: CampaignId) -> int:
    """Return the greatest place of a list; 0 where it is empty."""
    cursor = await tx.connection.execute(
        "SELECT coalesce(max(place), 0) FROM campaign_entry WHERE campaign = %s", (campaign,)
    )
    return int((await cursor.fetchone() or (0,))[0])


async def entry(tx: Transaction, entry_id: str, *, lock: bool = False) -> Entry | None:
    """Return an entry."""
    cursor = await tx.connection.execute(
        f"SELECT {_ENTRY} FROM campaign_entry AS e WHERE e.id = %s"  # noqa: S608 - constants only
        + (" FOR UPDATE" if lock else ""),
        (entry_id,),
    )
    row = await cursor.fetchone()
    return _entry(row) if row else None


async def take_next(
    tx: Transaction,
    campaign: CampaignId,
    *,
    languages: Sequence[str],
    at: datetime,
) -> Entry | None:
    """Lock and return the entry that is due next; what another worker holds is passed over."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_ENTRY} FROM campaign_entry AS e
        WHERE e.campaign = %s AND e.state = 'waiting' AND e.due_at <= %s AND e.language = ANY(%s)
        ORDER BY e.due_at, e.place LIMIT 1 FOR UPDATE SKIP LOCKED
        """,  # noqa: S608 - constants only
        (campaign, at, list(languages)),
    )
    row = await cursor.fetchone()
    return _entry(row) if row else None


async def waiting(tx: Transaction, campaign: CampaignId, *, limit: int) -> list[Entry]:
    """Return entries that wait, in their order, for a look beforehand."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_ENTRY} FROM campaign_entry AS e
        WHERE e.campaign = %s AND e.state = 'waiting' ORDER BY e.place LIMIT %s
        """,  # noqa: S608 - constants only
        (campaign, limit),
    )
    return [_entry(row) for row in await cursor.fetchall()]


async def claim(tx: Transaction, entry_id: EntryId, *, agent: AgentId, until: datetime) -> None:
    """Let an agent look at an entry until a time."""
    await tx.connection.execute(
        """
        UPDATE campaign_entry SET state = 'previewed', claimed_by = %s, claimed_until = %s
        WHERE id = %s
        """,
        (agent, until, entry_id),
    )


async def claimed_by(tx: Transaction, agent: AgentId) -> Entry | None:
    """Return what an agent looks at."""
    cursor = await tx.connection.execute(
        f"SELECT {_ENTRY} FROM campaign_entry AS e WHERE e.claimed_by = %s LIMIT 1",  # noqa: S608 - constants only
        (agent,),
    )
    row = await cursor.fetchone()
    return _entry(row) if row else None


async def give_back_claims(tx: Transaction, *, at: datetime) -> int:
    """End the looks whose time is over; return how many."""
    cursor = await tx.connection.execute(
        """
        UPDATE campaign_entry SET state = 'waiting', claimed_by = NULL, claimed_until = NULL
        WHERE state = 'previewed' AND claimed_until <= %s
        """,
        (at,),
    )
    return cursor.rowcount


async def put_off(
    tx: Transaction,
    entry_id: EntryId,
    *,
    due_at: datetime,
    reasons: Sequence[str] = (),
    outcome: str | None = None,
    attempts: int = 0,
) -> None:
    """Let an entry wait until a time; ``attempts`` is added to its tries, and may be negative."""
    await tx.connection.execute(
        """
        UPDATE campaign_entry SET state = 'waiting', due_at = %s, reasons = %s, outcome = %s,
            attempts = attempts + %s, claimed_by = NULL, claimed_until = NULL, settled_at = NULL
        WHERE id = %s
        """,
        (due_at, list(reasons), outcome, attempts, entry_id),
    )


async def settle(
    tx: Transaction,
    entry_id: EntryId,
    *,
    outcome: str,
    reasons: Sequence[str] = (),
    at: datetime,
) -> None:
    """Be done with an entry."""
    await tx.connection.execute(
        """
        UPDATE campaign_entry SET state = 'done', outcome = %s, reasons = %s, settled_at = %s,
            claimed_by = NULL, claimed_until = NULL
        WHERE id = %s
        """,
        (outcome, list(reasons), at, entry_id),
    )


async def anybody_left(tx: Transaction, campaign: CampaignId) -> bool:
    """True while somebody of a campaign is not done with."""
    cursor = await tx.connection.execute(
        "SELECT EXISTS (SELECT FROM campaign_entry WHERE campaign = %s AND state <> 'done')",
        (campaign,),
    )
    return bool((await cursor.fetchone() or (False,))[0])


async def size(tx: Transaction, campaign: CampaignId) -> int:
    """Return how many stand in a list."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM campaign_entry WHERE campaign = %s", (campaign,)
    )
    return int((await cursor.fetchone() or (0,))[0])


async def set_reached(
    tx: Transaction, campaign: CampaignId, holder: HolderId, *, reached: bool
) -> bool:
    """Write whether a person did what the campaign is for; false where nobody is of that name."""
    cursor = await tx.connection.execute(
        "UPDATE campaign_entry SET reached = %s WHERE campaign = %s AND holder = %s",
        (reached, campaign, holder),
    )
    return cursor.rowcount == 1


async def last_survey(tx: Transaction, holder: HolderId, *, since: datetime) -> Entry | None:
    """Return the survey that a holder was sent last, not before a time."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_ENTRY} FROM campaign_entry AS e JOIN campaign AS c ON c.id = e.campaign
        WHERE e.holder = %s AND c.kind = 'survey' AND e.outcome = 'sent' AND e.settled_at >= %s
        ORDER BY e.settled_at DESC LIMIT 1 FOR UPDATE OF e
        """,  # noqa: S608 - constants only
        (holder, since),
    )
    row = await cursor.fetchone()
    return _entry(row) if row else None


async def set_score(tx: Transaction, entry_id: EntryId, score: int) -> None:
    """Write the score of a survey; who answers has done what the survey is for."""
    await tx.connection.execute(
        "UPDATE campaign_entry SET disposition = %s, reached = true WHERE id = %s",
        (f"score-{score}", entry_id),
    )


def _campaign(row: Sequence[Any]) -> Campaign:
    values = list(row)
    values[2], values[3] = Kind(values[2]), Channel(values[3])
    values[4] = Mode(values[4]) if values[4] else None
    values[12], values[13] = float(values[12]), float(values[13])
    values[14] = State(values[14])
    values[19] = Machines(values[19])
    return Campaign(*values)


def _entry(row: Sequence[Any]) -> Entry:
    values = list(row)
    values[3], values[4] = HolderId(values[3]), PhoneNumber(values[4])
    values[14] = tuple(values[14])
    return Entry(*values)
