"""SQL of campaigns, their entries and attempts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from cardline.core.ids import AgentId, CallId, HolderId, InteractionId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.outreach.campaigns.model import (
    CHANNEL,
    Attempt,
    AttemptId,
    Campaign,
    CampaignId,
    Disposition,
    Entry,
    EntryId,
    Kind,
    Mode,
    Outcome,
    State,
)
from cardline.outreach.model import Channel

_CAMPAIGN = """
    c.id, c.name, c.kind, c.channel, c.mode, c.matter, c.opening, c.script, c.minutes, c.opens,
    c.closes, c.retries, c.abandonment_limit, c.hold_out, c.state, c.created_by, c.created_at,
    c.started_at, c.ended_at
"""
_ENTRY = """
    e.id, e.campaign, e.place, e.holder, e.phone, e.language, e.zone, e.fields, e.arm, e.state,
    e.attempts, e.due_at, e.claimed_by, e.claimed_until, e.reasons, e.outcome, e.disposition,
    e.reached
"""
_ATTEMPT = """
    a.id, a.entry, a.campaign, a.number, a.channel, a.interaction, a.call, a.agent, a.agent_held,
    a.dialled_at, a.answered_at, a.abandoned, a.opened_at, a.opened_by, a.connected_at, a.ended_at,
    a.outcome, a.chosen, a.disposition
"""


# ---------------------------------------------------------------- campaigns


async def add(tx: Transaction, campaign: Campaign) -> None:
    """Write a new campaign."""
    await tx.connection.execute(
        """
        INSERT INTO campaign (id, name, kind, channel, mode, matter, opening, script, minutes,
            opens, closes, retries, abandonment_limit, hold_out, state, created_by, created_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
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


async def claim(
    tx: Transaction, entry_id: EntryId, *, agent: AgentId, until: datetime
) -> None:
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
            attempts = attempts + %s, claimed_by = NULL, claimed_until = NULL
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


# ---------------------------------------------------------------- attempts


async def start_attempt(tx: Transaction, attempt: Attempt) -> None:
    """Write a try; its number is unique, so that no two workers make the same."""
    await tx.connection.execute(
        """
        WITH counted AS (
            UPDATE campaign_entry
            SET state = 'dialling', attempts = attempts + 1, reasons = '{}',
                claimed_by = NULL, claimed_until = NULL
            WHERE id = %(entry)s
        )
        INSERT INTO campaign_attempt (id, entry, campaign, number, channel, interaction, call, agent,
            agent_held, dialled_at)
        VALUES (%(id)s, %(entry)s, %(campaign)s, %(number)s, %(channel)s, %(interaction)s, %(call)s,
            %(agent)s, %(agent_held)s, %(at)s)
        """,
        {
            "id": attempt.id,
            "entry": attempt.entry,
            "campaign": attempt.campaign,
            "number": attempt.number,
            "channel": attempt.channel,
            "interaction": attempt.interaction,
            "call": attempt.call,
            "agent": attempt.agent,
            "agent_held": attempt.agent_held,
            "at": attempt.dialled_at,
        },
    )


async def tries(tx: Transaction, entry_id: EntryId) -> int:
    """Return how many tries an entry has had, those that we took back included."""
    cursor = await tx.connection.execute(
        "SELECT count(*) FROM campaign_attempt WHERE entry = %s", (entry_id,)
    )
    return int((await cursor.fetchone() or (0,))[0])


async def attempt(tx: Transaction, attempt_id: AttemptId, *, lock: bool = False) -> Attempt | None:
    """Return a try."""
    cursor = await tx.connection.execute(
        f"SELECT {_ATTEMPT} FROM campaign_attempt AS a WHERE a.id = %s"  # noqa: S608 - constants only
        + (" FOR UPDATE" if lock else ""),
        (attempt_id,),
    )
    row = await cursor.fetchone()
    return _attempt(row) if row else None


async def attempt_of(
    tx: Transaction, interaction: str, *, lock: bool = False
) -> Attempt | None:
    """Return the try that an interaction is."""
    cursor = await tx.connection.execute(
        f"SELECT {_ATTEMPT} FROM campaign_attempt AS a WHERE a.interaction = %s"  # noqa: S608 - constants only
        + (" FOR UPDATE" if lock else ""),
        (interaction,),
    )
    row = await cursor.fetchone()
    return _attempt(row) if row else None


async def open_attempts(tx: Transaction) -> list[Attempt]:
    """Return the tries that go on, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_ATTEMPT} FROM campaign_attempt AS a WHERE a.ended_at IS NULL"  # noqa: S608 - constants only
        " ORDER BY a.dialled_at"
    )
    return [_attempt(row) for row in await cursor.fetchall()]


async def ringing_of_stopped(tx: Transaction) -> list[Attempt]:
    """Return the tries of stopped campaigns that nobody has answered yet."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_ATTEMPT} FROM campaign_attempt AS a JOIN campaign AS c ON c.id = a.campaign
        WHERE a.ended_at IS NULL AND a.answered_at IS NULL AND c.state = 'stopped'
        """  # noqa: S608 - constants only
    )
    return [_attempt(row) for row in await cursor.fetchall()]


async def answered(
    tx: Transaction,
    attempt_id: AttemptId,
    *,
    agent: AgentId | None,
    abandoned: bool,
    at: datetime,
) -> None:
    """Write that the person answered, and whether an agent was there for it."""
    await tx.connection.execute(
        """
        UPDATE campaign_attempt SET answered_at = coalesce(answered_at, %s), agent = %s,
            abandoned = %s
        WHERE id = %s
        """,
        (at, agent, abandoned, attempt_id),
    )


async def opened(
    tx: Transaction, attempt_id: AttemptId, *, by: AgentId | None, at: datetime
) -> None:
    """Write that the opening was heard or read; the first time stands."""
    await tx.connection.execute(
        """
        UPDATE campaign_attempt SET opened_at = coalesce(opened_at, %(at)s),
            opened_by = CASE WHEN opened_at IS NULL THEN %(by)s ELSE opened_by END
        WHERE id = %(id)s
        """,
        {"id": attempt_id, "by": by, "at": at},
    )


async def connected(tx: Transaction, attempt_id: AttemptId, *, at: datetime) -> None:
    """Write that person and agent hear each other."""
    await tx.connection.execute(
        "UPDATE campaign_attempt SET connected_at = coalesce(connected_at, %s) WHERE id = %s",
        (at, attempt_id),
    )


async def mark(tx: Transaction, attempt_id: AttemptId, outcome: Outcome) -> None:
    """Remember what the person chose; the end of the call makes it the outcome."""
    await tx.connection.execute(
        "UPDATE campaign_attempt SET chosen = %s WHERE id = %s AND ended_at IS NULL",
        (outcome, attempt_id),
    )


async def end_attempt(
    tx: Transaction, attempt_id: AttemptId, outcome: Outcome, *, at: datetime
) -> None:
    """Write how a try ended."""
    await tx.connection.execute(
        """
        UPDATE campaign_attempt
        SET ended_at = greatest(%s, dialled_at), outcome = %s
        WHERE id = %s AND ended_at IS NULL
        """,
        (at, outcome, attempt_id),
    )


async def dispose(
    tx: Transaction,
    attempt: Attempt,
    disposition: Disposition,
    *,
    note: str,
    by: AgentId,
    at: datetime,
) -> None:
    """Write what the agent says about a talk; a later word replaces the earlier one."""
    await tx.connection.execute(
        """
        WITH told AS (
            UPDATE campaign_entry SET disposition = %(disposition)s WHERE id = %(entry)s
        )
        UPDATE campaign_attempt SET disposition = %(disposition)s, note = %(note)s,
            disposed_by = %(by)s, disposed_at = %(at)s
        WHERE id = %(id)s
        """,
        {
            "id": attempt.id,
            "entry": attempt.entry,
            "disposition": disposition,
            "note": note,
            "by": by,
            "at": at,
        },
    )


def _campaign(row: Sequence[Any]) -> Campaign:
    values = list(row)
    values[2], values[3] = Kind(values[2]), Channel(values[3])
    values[4] = Mode(values[4]) if values[4] else None
    values[12], values[13] = float(values[12]), float(values[13])
    values[14] = State(values[14])
    return Campaign(*values)


def _entry(row: Sequence[Any]) -> Entry:
    values = list(row)
    values[3], values[4] = HolderId(values[3]), PhoneNumber(values[4])
    values[14] = tuple(values[14])
    return Entry(*values)


def _attempt(row: Sequence[Any]) -> Attempt:
    values = list(row)
    values[4] = Channel(values[4])
    values[5] = InteractionId(values[5]) if values[5] else None
    values[6] = CallId(values[6]) if values[6] else None
    values[16] = Outcome(values[16]) if values[16] else None
    values[17] = Outcome(values[17]) if values[17] else None
    values[18] = Disposition(values[18]) if values[18] else None
    return Attempt(*values)
