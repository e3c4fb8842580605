"""SQL of interactions, their legs and recordings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from cardline.core.ids import AgentId, CallId, HolderId, InteractionId, LegId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions.model import Interaction, Leg, LegPurpose, Monitoring, Recording
from cardline.identity.model import Proofs

COLUMNS = ", ".join(
    f"interaction.{name}"
    for name in (
        *("id", "door", "call", "line", "from_number", "to_number", "holder_id", "language"),
        *("opened_at", "answered_at", "closed_at", "outcome", "flow_version", "state", "proofs"),
        *("continues", "erased_at"),
    )
)
"""In the order of :class:`Interaction`."""


async def insert(tx: Transaction, interaction: Interaction) -> bool:
    """Add an interaction; False where the call has one already."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO interaction (id, door, call, line, from_number, to_number, holder_id, language,
                                 opened_at, answered_at, flow_version, state, proofs, continues)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (call) DO NOTHING
        """,
        (
            interaction.id,
            interaction.door,
            interaction.call or None,
            interaction.line,
            interaction.from_number,
            interaction.to_number,
            interaction.holder_id,
            interaction.language,
            interaction.opened_at,
            interaction.answered_at,
            interaction.flow_version,
            Jsonb(interaction.state),
            Jsonb(msgspec.to_builtins(interaction.proofs)),
            interaction.continues,
        ),
    )
    return cursor.rowcount == 1


async def save_progress(
    tx: Transaction,
    interaction: InteractionId,
    *,
    state: JsonObject,
    proofs: Proofs | None,
    language: str | None,
    answered: datetime | None,
) -> None:
    """Write where the call stands, and when it was answered, which stays as it was first told.

    ``None`` leaves the proofs as they are.
    """
    await tx.connection.execute(
        """
        UPDATE interaction SET state = %s, proofs = coalesce(%s, proofs),
            holder_id = CASE WHEN %s THEN %s ELSE holder_id END, language = %s,
            answered_at = coalesce(answered_at, %s)
        WHERE id = %s
        """,
        (
            Jsonb(state),
            Jsonb(msgspec.to_builtins(proofs)) if proofs is not None else None,
            proofs is not None,
            proofs.claimed if proofs is not None else None,
            language,
            answered,
            interaction,
        ),
    )


async def save_proofs(tx: Transaction, interaction: InteractionId, proofs: Proofs) -> None:
    """Write what was proven."""
    await tx.connection.execute(
        "UPDATE interaction SET proofs = %s WHERE id = %s",
        (Jsonb(msgspec.to_builtins(proofs)), interaction),
    )


_AGENTS = """
    ARRAY(SELECT DISTINCT leg.agent_id FROM interaction_leg AS leg
        WHERE leg.interaction = %(interaction)s AND leg.agent_id IS NOT NULL
            AND leg.answered_at IS NOT NULL)"""


async def close(
    tx: Transaction, interaction: InteractionId, outcome: str, at: datetime
) -> list[AgentId] | None:
    """Write the end; returns the agents who took part, or ``None`` where it had ended already."""
    cursor = await tx.connection.execute(
        f"""
        UPDATE interaction SET closed_at = %(at)s, outcome = %(outcome)s
        WHERE id = %(interaction)s AND closed_at IS NULL RETURNING {_AGENTS}
        """,  # noqa: S608 - constants only
        {"interaction": interaction, "outcome": outcome, "at": at},
    )
    row = await cursor.fetchone()
    return list(row[0]) if row is not None else None


async def reopen(tx: Transaction, interaction: InteractionId) -> bool:
    """Take the end back; False where it had not ended."""
    cursor = await tx.connection.execute(
        """
        UPDATE interaction SET closed_at = NULL, outcome = NULL
        WHERE id = %s AND closed_at IS NOT NULL
        """,
        (interaction,),
    )
    return cursor.rowcount == 1


async def answered(tx: Transaction, interaction: InteractionId, at: datetime) -> None:
    """Write when a person answered first."""
    await tx.connection.execute(
        "UPDATE interaction SET answered_at = coalesce(answered_at, %s) WHERE id = %s",
        (at, interaction),
    )


async def by_id(tx: Transaction, interaction: str) -> Interaction | None:
    """Return an interaction by its id."""
    cursor = await tx.connection.execute(
        f"SELECT {COLUMNS} FROM interaction WHERE id = %s",  # noqa: S608 - a constant
        (interaction,),
    )
    row = await cursor.fetchone()
    return interaction_of(row) if row else None


async def by_call(tx: Transaction, call: str) -> Interaction | None:
    """Return the interaction of a call."""
    cursor = await tx.connection.execute(
        f"SELECT {COLUMNS} FROM interaction WHERE call = %s",  # noqa: S608 - a constant
        (call,),
    )
    row = await cursor.fetchone()
    return interaction_of(row) if row else None


async def open_calls(tx: Transaction) -> list[Interaction]:
    """Return all calls that have not ended."""
    cursor = await tx.connection.execute(
        f"SELECT {COLUMNS} FROM interaction "  # noqa: S608 - constants only
        "WHERE closed_at IS NULL AND call IS NOT NULL ORDER BY opened_at"
    )
    return [interaction_of(row) for row in await cursor.fetchall()]


async def latest(
    tx: Transaction, *, limit: int, holder: HolderId | None = None, before: datetime | None = None
) -> list[Interaction]:
    """Return interactions, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {COLUMNS} FROM interaction
        WHERE (%(holder)s::text IS NULL OR holder_id = %(holder)s)
          AND (%(before)s::timestamptz IS NULL OR opened_at < %(before)s)
        ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
        """,  # noqa: S608 - a constant
        {"holder": holder, "before": before, "limit": limit},
    )
    return [interaction_of(row) for row in await cursor.fetchall()]


async def add_leg(
    tx: Transaction,
    interaction: InteractionId,
    leg: LegId,
    *,
    agent: AgentId | None,
    target: str,
    purpose: LegPurpose,
    monitoring: Monitoring | None,
    at: datetime,
) -> None:
    """Add a leg that begins to ring."""
    await tx.connection.execute(
        """
        INSERT INTO interaction_leg
            (interaction, leg, agent_id, target, purpose, monitoring, dialled_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (interaction, leg, agent, target, purpose, monitoring, at),
    )


async def leg_monitoring(
    tx: Transaction, interaction: InteractionId, leg: LegId, monitoring: Monitoring | None
) -> None:
    """Write how a lead follows the talk from now on."""
    await tx.connection.execute(
        "UPDATE interaction_leg SET monitoring = %s WHERE interaction = %s AND leg = %s",
        (monitoring, interaction, leg),
    )


async def leg_answered(
    tx: Transaction, interaction: InteractionId, leg: LegId, at: datetime
) -> list[AgentId]:
    """Write when a leg was answered; returns the agents who have answered so far."""
    cursor = await tx.connection.execute(
        f"""
        UPDATE interaction_leg SET answered_at = %(at)s
        WHERE interaction = %(interaction)s AND leg = %(leg)s RETURNING agent_id, {_AGENTS}
        """,  # noqa: S608 - constants only
        {"interaction": interaction, "leg": leg, "at": at},
    )
    row = await cursor.fetchone()
    return sorted({*row[1], *([row[0]] if row[0] else [])}) if row is not None else []


async def agents_of(tx: Transaction, interaction: InteractionId) -> list[AgentId]:
    """Return the agents who answered within an interaction."""
    cursor = await tx.connection.execute(
        f"SELECT {_AGENTS}",
        {"interaction": interaction},
    )
    row = await cursor.fetchone()
    assert row is not None
    return list(row[0])


async def leg_ended(
    tx: Transaction, interaction: InteractionId, leg: LegId | None, cause: str, at: datetime
) -> None:
    """Write the end of a leg, or of all legs that are still open where ``leg`` is None."""
    await tx.connection.execute(
        """
        UPDATE interaction_leg SET ended_at = %s, cause = %s
        WHERE interaction = %s AND ended_at IS NULL AND (%s::text IS NULL OR leg = %s)
        """,
        (at, cause, interaction, leg, leg),
    )


async def legs(tx: Transaction, interaction: str) -> list[Leg]:
    """Return all legs of an interaction, oldest first."""
    cursor = await tx.connection.execute(
        """
        SELECT leg, agent_id, target, purpose, monitoring, dialled_at, answered_at, ended_at,
            cause
        FROM interaction_leg WHERE interaction = %s ORDER BY dialled_at
        """,
        (interaction,),
    )
    return [Leg(*row) for row in await cursor.fetchall()]


async def insert_recording(
    tx: Transaction,
    call: CallId,
    *,
    path: str,
    seconds: float,
    size: int,
    sha256: str,
    gaps: list[JsonObject],
    sealed: bool,
    at: datetime,
) -> InteractionId | None:
    """Add the recording of a call and return its interaction.

    ``None`` where the call has a recording already, or belongs to no interaction.
    """
    cursor = await tx.connection.execute(
        """
        INSERT INTO recording
            (call, interaction, path, seconds, bytes, sha256, gaps, stored_at, sealed_at)
        SELECT call, id, %s, %s, %s, %s, %s, %s, %s FROM interaction WHERE call = %s
        ON CONFLICT (call) DO NOTHING RETURNING interaction
        """,
        (path, seconds, size, sha256, Jsonb(gaps), at, at if sealed else None, call),
    )
    row = await cursor.fetchone()
    return InteractionId(row[0]) if row else None


async def recording_of(tx: Transaction, interaction: str) -> Recording | None:
    """Return the recording of an interaction, if it is stored yet."""
    cursor = await tx.connection.execute(
        """
        SELECT call, interaction, path, seconds, bytes, sha256, gaps, stored_at, erased_at
        FROM recording WHERE interaction = %s
        """,
        (interaction,),
    )
    row = await cursor.fetchone()
    return Recording(*row) if row else None


async def insert_message(
    tx: Transaction,
    interaction: InteractionId,
    *,
    number: str,
    matter: str,
    language: str,
    from_second: float,
    to_second: float,
    at: datetime,
) -> None:
    """Add a message left for a call-back."""
    await tx.connection.execute(
        """
        INSERT INTO callback_message
            (interaction, number, matter, language, from_second, to_second, taken_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (interaction) DO UPDATE SET to_second = excluded.to_second
        """,
        (interaction, number, matter, language, from_second, to_second, at),
    )


def interaction_of(row: Sequence[Any]) -> Interaction:
    """Read a row of ``COLUMNS``."""
    values = list(row)
    values[2] = row[2] or CallId("")
    values[14] = msgspec.convert(row[14], Proofs)
    return Interaction(*values)
