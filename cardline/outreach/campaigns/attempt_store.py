"""SQL of the tries: each call or message of a campaign to one person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cardline.core.ids import AgentId, CallId, InteractionId
from cardline.core.transaction import Transaction
from cardline.outreach.campaigns.machine_model import Callee, Judgement
from cardline.outreach.campaigns.model import (
    Attempt,
    AttemptId,
    Disposition,
    EntryId,
    Outcome,
)
from cardline.outreach.model import Channel

_ATTEMPT = """
    a.id, a.entry, a.campaign, a.number, a.channel, a.interaction, a.call, a.agent, a.agent_held,
    a.dialled_at, a.answered_at, a.abandoned, a.opened_at, a.opened_by, a.connected_at, a.ended_at,
    a.outcome, a.chosen, a.disposition, a.judged, a.message_left_at
"""


async def start(tx: Transaction, attempt: Attempt) -> None:
    """Write a try; its number is unique, so that no two workers make the same."""
    await tx.connection.execute(
        """
        WITH counted AS (
            UPDATE campaign_entry
            SET state = 'dialling', attempts = attempts + 1, reasons = '{}',
                claimed_by = NULL, claimed_until = NULL
            WHERE id = %(entry)s
        )
        INSERT INTO campaign_attempt (id, entry, campaign, number, channel, interaction, call,
            agent, agent_held, dialled_at)
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


async def by_id(tx: Transaction, attempt_id: AttemptId, *, lock: bool = False) -> Attempt | None:
    """Return a try."""
    cursor = await tx.connection.execute(
        f"SELECT {_ATTEMPT} FROM campaign_attempt AS a WHERE a.id = %s"  # noqa: S608 - constants only
        + (" FOR UPDATE" if lock else ""),
        (attempt_id,),
    )
    row = await cursor.fetchone()
    return _attempt(row) if row else None


async def of_interaction(
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


async def still_open(tx: Transaction) -> list[Attempt]:
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


async def judged(
    tx: Transaction, attempt_id: AttemptId, judgement: Judgement, *, at: datetime
) -> None:
    """Write who seems to have answered; a machine holds no agent, and is the outcome so far."""
    await tx.connection.execute(
        """
        UPDATE campaign_attempt
        SET judged = %(callee)s, judged_at = %(at)s, judged_after = %(after)s,
            judged_why = %(why)s,
            agent = CASE WHEN %(callee)s = 'machine' THEN NULL ELSE agent END,
            chosen = CASE WHEN %(callee)s = 'machine' THEN 'machine' ELSE chosen END
        WHERE id = %(id)s AND ended_at IS NULL
        """,
        {
            "id": attempt_id,
            "callee": str(judgement.callee),
            "after": judgement.after,
            "why": list(judgement.codes),
            "at": at,
        },
    )


async def person_after_all(tx: Transaction, attempt_id: AttemptId) -> bool:
    """Take a machine for the person that it was: abandoned; false where none was judged one."""
    cursor = await tx.connection.execute(
        """
        UPDATE campaign_attempt SET judged = 'person', abandoned = true, chosen = NULL
        WHERE id = %s AND judged = 'machine' AND ended_at IS NULL
        """,
        (attempt_id,),
    )
    return cursor.rowcount == 1


async def message_left(tx: Transaction, attempt_id: AttemptId, *, at: datetime) -> bool:
    """Write that a machine has our message; false where it was a person after all."""
    cursor = await tx.connection.execute(
        "UPDATE campaign_attempt SET message_left_at = %s WHERE id = %s AND judged = 'machine'",
        (at, attempt_id),
    )
    return cursor.rowcount == 1


async def end(tx: Transaction, attempt_id: AttemptId, outcome: Outcome, *, at: datetime) -> None:
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


def _attempt(row: Sequence[Any]) -> Attempt:
    values = list(row)
    values[4] = Channel(values[4])
    values[5] = InteractionId(values[5]) if values[5] else None
    values[6] = CallId(values[6]) if values[6] else None
    values[16] = Outcome(values[16]) if values[16] else None
    values[17] = Outcome(values[17]) if values[17] else None
    values[18] = Disposition(values[18]) if values[18] else None
    values[19] = Callee(values[19]) if values[19] else None
    return Attempt(*values)
