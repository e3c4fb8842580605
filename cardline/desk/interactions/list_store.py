"""SQL of the lists of conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.interactions.model import Interaction
from cardline.desk.interactions.store import COLUMNS, interaction_of


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
