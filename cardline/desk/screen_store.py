"""SQL of what an agent's screen and the lists of conversations show, and of claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from cardline.core.ids import AgentId, HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.desk.model import Interaction
from cardline.desk.store import COLUMNS, interaction_of
from cardline.identity.model import Proofs


@dataclass(frozen=True, slots=True)
class Contact:
    """One conversation as lists show it: with whom of ours, and what became of it."""

    interaction: Interaction
    agents: tuple[AgentId, ...]
    matter: str
    result: str
    summary: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; ``None`` narrows nothing."""

    holder: str | None = None
    number: str | None = None
    about: tuple[str | None, str | None] | None = None
    """A holder and a number, of which one must fit."""
    agent: str | None = None
    door: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: str | None = None
    words: str | None = None
    said: bool = True
    """Whether ``words`` are searched for in what was written; else only ids are."""
    part_of: str | None = None
    """An agent who takes part in it or has a task from it."""
    but: str | None = None
    after: tuple[datetime, str] | None = None
    """Time and id of the last one seen; the list goes on with older ones."""


async def lock(tx: Transaction, interaction: str) -> Interaction | None:
    """Return a conversation that nobody else changes until the end."""
    cursor = await tx.connection.execute(
        f"SELECT {COLUMNS} FROM interaction WHERE id = %s FOR NO KEY UPDATE",  # noqa: S608 - a constant
        (interaction,),
    )
    row = await cursor.fetchone()
    return interaction_of(row) if row else None


async def save_claim(tx: Transaction, interaction: InteractionId, proofs: Proofs) -> None:
    """Write whom a locked conversation is about, and the proofs under that claim."""
    await tx.connection.execute(
        "UPDATE interaction SET holder_id = %s, proofs = %s WHERE id = %s",
        (proofs.claimed, Jsonb(msgspec.to_builtins(proofs)), interaction),
    )


async def takes_part(tx: Transaction, interaction: str, agent: AgentId, *, ringing: bool) -> bool:
    """True where an agent took part in a conversation, or in the call-back that continues it.

    Also where a task from it is his; ``ringing``: being rung is enough.
    """
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg AS leg
            JOIN interaction AS own ON own.id = leg.interaction
            WHERE leg.agent_id = %(agent)s AND (%(ringing)s OR leg.answered_at IS NOT NULL)
              AND (own.id = %(interaction)s OR own.continues = %(interaction)s)
        ) OR EXISTS (
            SELECT 1 FROM desk_task WHERE interaction = %(interaction)s AND agent = %(agent)s)
        """,
        {"interaction": interaction, "agent": agent, "ringing": ringing},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def served(tx: Transaction, interaction: str, agent: AgentId) -> bool:
    """True where an agent spoke in this very call."""
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg
            WHERE interaction = %s AND agent_id = %s AND answered_at IS NOT NULL)
        """,
        (interaction, agent),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def has_served(tx: Transaction, holder: str, agent: AgentId) -> bool:
    """True where an agent took part in a conversation about a holder, or has a task about one."""
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg AS leg
            JOIN interaction AS own ON own.id = leg.interaction
            WHERE own.holder_id = %(holder)s AND leg.agent_id = %(agent)s
              AND leg.answered_at IS NOT NULL
        ) OR EXISTS (
            SELECT 1 FROM desk_task WHERE holder = %(holder)s AND agent = %(agent)s)
        """,
        {"holder": holder, "agent": agent},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def talks_now(tx: Transaction, interaction: str, agent: AgentId) -> bool:
    """True while an agent's leg of a conversation, or of its call-back, is up."""
    cursor = await tx.connection.execute(
        """
        SELECT EXISTS (
            SELECT 1 FROM interaction_leg AS leg
            JOIN interaction AS own ON own.id = leg.interaction
            WHERE leg.agent_id = %(agent)s AND leg.answered_at IS NOT NULL
              AND leg.ended_at IS NULL
              AND (own.id = %(interaction)s OR own.continues = %(interaction)s))
        """,
        {"interaction": interaction, "agent": agent},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def contacts(tx: Transaction, wanted: Wanted, *, limit: int) -> list[Contact]:
    """Return conversations, newest first, each with its agents and its last completed wrap-up.

    Only what is narrowed by stands in the statement: each sort of list is planned once and kept.
    """
    narrowed = " AND ".join(_narrowed(wanted)) or "true"
    cursor = await tx.connection.execute(
        f"""
        SELECT {COLUMNS}, agents.ids, wrap_up.matter, wrap_up.outcome, wrap_up.summary
        FROM interaction
        LEFT JOIN LATERAL (
            SELECT array_agg(DISTINCT agent_id) AS ids FROM interaction_leg
            WHERE interaction_leg.interaction = interaction.id AND agent_id IS NOT NULL
              AND answered_at IS NOT NULL
        ) AS agents ON true
        LEFT JOIN LATERAL (
            SELECT matter, outcome, summary FROM desk_wrap_up
            WHERE desk_wrap_up.interaction = interaction.id AND completed_at IS NOT NULL
            ORDER BY completed_at DESC LIMIT 1
        ) AS wrap_up ON true
        WHERE {narrowed}
        ORDER BY opened_at DESC, interaction.id DESC LIMIT %(limit)s
        """,  # noqa: S608 - constants only
        _values(wanted) | {"limit": limit},
    )
    return [_contact(row) for row in await cursor.fetchall()]


_NARROWED_BY: Mapping[str, LiteralString] = {
    "holder": "holder_id = %(holder)s",
    "number": "from_number = %(number)s",
    "about": "(holder_id = %(about_holder)s OR from_number = %(about_number)s)",
    "agent": "%(agent)s = ANY (agents.ids)",
    "door": "door = %(door)s",
    "since": "opened_at >= %(since)s",
    "until": "opened_at < %(until)s",
    "outcome": "(interaction.outcome = %(outcome)s OR wrap_up.outcome = %(outcome)s)",
    "part_of": """
        (EXISTS (
            SELECT 1 FROM interaction_leg AS leg JOIN interaction AS own ON own.id = leg.interaction
            WHERE leg.agent_id = %(part_of)s AND leg.answered_at IS NOT NULL
              AND (own.id = interaction.id OR own.continues = interaction.id))
        OR EXISTS (
            SELECT 1 FROM desk_task
            WHERE desk_task.interaction = interaction.id AND agent = %(part_of)s))
        """,
    "but": "interaction.id <> %(but)s",
    "after": "(opened_at, interaction.id) < (%(at)s, %(seen)s)",
}
"""How each field of :class:`Wanted` narrows a list; ``words`` does as ``said`` tells."""
_BY_ID: LiteralString = "interaction.id = %(exact)s"
_BY_WORDS: LiteralString = """
    (interaction.id = %(exact)s OR wrap_up.summary ILIKE %(words)s
    OR EXISTS (
        SELECT 1 FROM desk_note
        WHERE desk_note.interaction = interaction.id AND desk_note.text ILIKE %(words)s))
"""


def _narrowed(wanted: Wanted) -> list[LiteralString]:
    narrowed = [
        condition for name, condition in _NARROWED_BY.items() if getattr(wanted, name) is not None
    ]
    if wanted.words:
        narrowed.append(_BY_WORDS if wanted.said else _BY_ID)
    return narrowed


def _values(wanted: Wanted) -> dict[str, object]:
    about_holder, about_number = wanted.about or (None, None)
    at, seen = wanted.after or (None, None)
    return {
        "holder": wanted.holder,
        "number": wanted.number,
        "about_holder": about_holder,
        "about_number": about_number,
        "agent": wanted.agent,
        "door": wanted.door,
        "since": wanted.since,
        "until": wanted.until,
        "outcome": wanted.outcome,
        "words": f"%{_plain(wanted.words)}%" if wanted.words else None,
        "exact": wanted.words,
        "part_of": wanted.part_of,
        "but": wanted.but,
        "at": at,
        "seen": seen,
    }


def _contact(row: Sequence[Any]) -> Contact:
    agents, matter, result, summary = row[-4:]
    return Contact(
        interaction_of(row[:-4]),
        tuple(sorted(agents or ())),
        matter or "",
        result or "",
        summary or "",
    )


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def unsettled_messages(
    tx: Transaction, *, limit: int
) -> list[tuple[InteractionId, HolderId | None, str, datetime]]:
    """Return messages left for a call-back that nobody settled and no task stands for."""
    cursor = await tx.connection.execute(
        """
        SELECT message.interaction, interaction.holder_id, message.matter, message.taken_at
        FROM callback_message AS message JOIN interaction ON interaction.id = message.interaction
        WHERE message.settled_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM desk_task WHERE source = 'message:' || message.interaction)
        ORDER BY message.taken_at LIMIT %s
        """,
        (limit,),
    )
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]


async def chats_left(
    tx: Transaction, *, since: datetime, until: datetime
) -> list[tuple[InteractionId, AgentId]]:
    """Return chats and their agents whose part ended in ``[since, until)``; none who is back."""
    cursor = await tx.connection.execute(
        """
        SELECT leg.interaction, leg.agent_id FROM interaction_leg AS leg
        JOIN interaction ON interaction.id = leg.interaction AND interaction.door = 'chat'
        WHERE leg.agent_id IS NOT NULL AND leg.answered_at IS NOT NULL
          AND leg.interaction IN (
            SELECT interaction FROM interaction_leg WHERE ended_at >= %s AND ended_at < %s)
        GROUP BY leg.interaction, leg.agent_id
        HAVING bool_and(leg.ended_at IS NOT NULL)
           AND max(leg.ended_at) >= %s AND max(leg.ended_at) < %s
        ORDER BY max(leg.ended_at), leg.interaction
        """,
        (since, until, since, until),
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]
