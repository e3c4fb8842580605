"""SQL of the agents, their skills, phones and lines."""

from collections.abc import Collection
from datetime import datetime
from typing import LiteralString

from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.routing.model import CHANNEL, Agent, AgentProfile, Language, RoutingPolicy
from cardline.routing.store.rows import agent as agent_of
from cardline.routing.store.rows import profile as profile_of

_SELECT: LiteralString = """
    SELECT a.id, array_to_string(a.languages, ','),
        (SELECT string_agg(s.matter, ',' ORDER BY s.matter) FROM routing_skill AS s
            WHERE s.agent = a.id AND s.passed_at <= %(at)s
            AND (s.expires_at IS NULL OR s.expires_at > %(at)s)),
        a.wanted, a.reason, a.wanted_since, a.wrap_since, a.wrap_until, a.phone,
        phone.leased_until, o.id, o.made_at, o.expires_at, t.interaction, t.started_at,
        t.id IS NULL OR line.line IS NULL OR line.leased_until > %(at)s, a.number, a.name
    FROM routing_agent AS a
    LEFT JOIN routing_phone AS phone ON phone.phone = a.phone
    LEFT JOIN routing_offer AS o ON o.agent = a.id AND o.state = 'open'
    LEFT JOIN routing_talk AS t ON t.agent = a.id AND t.ended_at IS NULL
    LEFT JOIN routing_line AS line ON line.line = t.line
"""


_FACTS: LiteralString = """
    a.wanted,
    t.id IS NOT NULL OR coalesce(o.expires_at > %(at)s, false)
        OR coalesce(a.wrap_until > %(at)s, false) AS busy,
    coalesce(o.expires_at <= %(at)s, false) AS unanswered,
    a.phone <> '' AND ((a.phone NOT LIKE 'phone:%%' AND a.phone NOT LIKE 'web:%%')
        OR coalesce(phone.leased_until > %(at)s, false)) AS reachable,
    CASE WHEN a.wanted = 'not-ready' THEN greatest(a.wanted_since, a.wrap_until)
        ELSE coalesce(o.expires_at, phone.leased_until) END AS away_since
    FROM routing_agent AS a
    LEFT JOIN routing_phone AS phone ON phone.phone = a.phone
    LEFT JOIN routing_offer AS o ON o.agent = a.id AND o.state = 'open'
    LEFT JOIN routing_talk AS t ON t.agent = a.id AND t.ended_at IS NULL
    WHERE a.wanted <> 'logged-out'
"""
_READY: LiteralString = "NOT busy AND wanted = 'ready' AND NOT unanswered AND reachable"
_ON_DUTY: LiteralString = f"(busy OR {_READY} OR away_since + %(grace)s > %(at)s)"


async def some(tx: Transaction, ids: Collection[AgentId], *, at: datetime) -> dict[AgentId, Agent]:
    """Return these agents; those who do not exist are left out.

    One alone is asked for by equality: a list of unknown length makes the server plan anew each
    time, which takes longer than the reading.
    """
    these = [*ids]
    which = "a.id = %(these)s" if len(these) == 1 else "a.id = ANY(%(these)s)"
    cursor = await tx.connection.execute(
        f"{_SELECT} WHERE {which}",
        {"these": these[0] if len(these) == 1 else these, "at": at},
    )
    return {row[0]: agent_of(row) for row in await cursor.fetchall()}


async def everybody(tx: Transaction, *, at: datetime) -> list[Agent]:
    """Return all agents by number."""
    cursor = await tx.connection.execute(_SELECT + " ORDER BY a.number", {"at": at})
    return [agent_of(row) for row in await cursor.fetchall()]


async def perhaps_ready(tx: Transaction, *, at: datetime, limit: int | None = None) -> list[Agent]:
    """Return the agents of whom some may be ready: those without talk, offer and wrap-up.

    It only saves reading the others; ``next_offer`` decides. Nobody, where nobody waits. With
    ``limit`` only the first of them in the order of ``rules.idle_since``.
    """
    cursor = await tx.connection.execute(
        _SELECT
        + """
        WHERE a.wanted = 'ready' AND (a.wrap_until IS NULL OR a.wrap_until <= %(at)s)
            AND o.id IS NULL AND t.id IS NULL
            AND EXISTS (SELECT FROM routing_wait AS w WHERE w.left_at IS NULL)
        ORDER BY greatest(a.wanted_since, a.wrap_until) NULLS FIRST, a.id COLLATE "C"
        LIMIT %(limit)s
        """,
        {"at": at, "limit": limit},
    )
    return [agent_of(row) for row in await cursor.fetchall()]


async def anybody_on_duty(
    tx: Transaction,
    *,
    language: Language,
    skills: Collection[str] | None,
    policy: RoutingPolicy,
    at: datetime,
) -> bool:
    """Say whether anybody on duty speaks the language and has one of the skills (``None``: any)."""
    cursor = await tx.connection.execute(
        f"""
        SELECT EXISTS (
            SELECT FROM (SELECT a.id, a.languages, {_FACTS}) AS facts
            WHERE {_ON_DUTY} AND %(language)s = ANY(languages) AND EXISTS (
                SELECT FROM routing_skill AS s
                WHERE s.agent = facts.id AND s.passed_at <= %(at)s
                AND (s.expires_at IS NULL OR s.expires_at > %(at)s)
                AND (%(skills)s::text[] IS NULL OR s.matter = ANY(%(skills)s::text[])))
        )
        """,  # noqa: S608 - constants
        {
            "language": language,
            "skills": None if skills is None else sorted(skills),
            "grace": policy.absence_grace,
            "at": at,
        },
    )
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def profiles(
    tx: Transaction, policy: RoutingPolicy, *, at: datetime
) -> tuple[AgentProfile, ...]:
    """Count the agents on duty by what they can do: ``rules.profiles`` over columns.

    Every caller's place is asked for again and again; reading hundreds of agents for each would
    cost more than all else. A test holds both against each other.
    """
    cursor = await tx.connection.execute(
        f"""
        SELECT languages, skills, count(*), count(*) FILTER (WHERE {_READY})
        FROM (
            SELECT array_to_string(a.languages, ',') AS languages,
                (SELECT string_agg(s.matter, ',' ORDER BY s.matter) FROM routing_skill AS s
                    WHERE s.agent = a.id AND s.passed_at <= %(at)s
                    AND (s.expires_at IS NULL OR s.expires_at > %(at)s)) AS skills,
                {_FACTS}
        ) AS facts
        WHERE {_ON_DUTY}
        GROUP BY languages, skills
        """,  # noqa: S608 - constants
        {"at": at, "grace": policy.absence_grace},
    )
    return tuple(profile_of(row) for row in await cursor.fetchall())


async def with_phone(tx: Transaction, phone: str) -> AgentId | None:
    """Return who is logged in with this phone."""
    cursor = await tx.connection.execute(
        "SELECT id FROM routing_agent WHERE phone = %s AND wanted <> 'logged-out'", (phone,)
    )
    row = await cursor.fetchone()
    return AgentId(row[0]) if row is not None else None


async def register(
    tx: Transaction, agent: AgentId, *, number: str, name: str, languages: Collection[Language]
) -> None:
    """Add an agent, or renew his number, name and languages."""
    await tx.connection.execute(
        """
        INSERT INTO routing_agent (id, number, name, languages)
        VALUES (%(id)s, %(number)s, %(name)s, %(languages)s)
        ON CONFLICT (id) DO UPDATE
        SET number = excluded.number, name = excluded.name, languages = excluded.languages
        """,
        {"id": agent, "number": number, "name": name, "languages": sorted(languages)},
    )


async def set_skill(
    tx: Transaction,
    agent: AgentId,
    matter: str,
    *,
    passed_at: datetime,
    expires_at: datetime | None,
) -> None:
    """Add or renew a skill."""
    await tx.connection.execute(
        """
        INSERT INTO routing_skill (agent, matter, passed_at, expires_at)
        VALUES (%(agent)s, %(matter)s, %(passed_at)s, %(expires_at)s)
        ON CONFLICT (agent, matter) DO UPDATE
        SET passed_at = excluded.passed_at, expires_at = excluded.expires_at
        """,
        {"agent": agent, "matter": matter, "passed_at": passed_at, "expires_at": expires_at},
    )


async def end_skill(tx: Transaction, agent: AgentId, matter: str, *, at: datetime) -> bool:
    """Let a skill count no more; False where it did not."""
    cursor = await tx.connection.execute(
        """
        UPDATE routing_skill
        SET expires_at = greatest(%(at)s, passed_at + interval '1 microsecond')
        WHERE agent = %(agent)s AND matter = %(matter)s
            AND (expires_at IS NULL OR expires_at > %(at)s)
        """,
        {"agent": agent, "matter": matter, "at": at},
    )
    return cursor.rowcount == 1


async def save(tx: Transaction, before: Agent, after: Agent) -> None:
    """Write what a step changed. Offers and talks have rows of their own."""
    await tx.connection.execute(
        """
        UPDATE routing_agent
        SET wanted = %(wanted)s, reason = %(reason)s, wanted_since = %(wanted_since)s,
            wrap_since = %(wrap_since)s, wrap_until = %(wrap_until)s, phone = %(phone)s
        WHERE id = %(id)s
        RETURNING pg_notify(%(channel)s, 'agent:' || id)
        """,
        {
            "id": after.id,
            "wanted": after.wanted,
            "reason": after.reason,
            "wanted_since": after.wanted_since,
            "wrap_since": after.wrap_since,
            "wrap_until": after.wrap_until,
            "phone": after.phone,
            "channel": CHANNEL,
        },
    )
    if after.wrap_until != before.wrap_until:
        await tx.connection.execute(
            """
            UPDATE routing_talk SET wrapped_at = greatest(ended_at, %(until)s)
            WHERE agent = %(agent)s AND wrapped_at > %(until)s
            """,
            {"agent": after.id, "until": after.wrap_until},
        )


async def lease_phone(
    tx: Transaction, phone: str, *, until: datetime, alone: bool, at: datetime
) -> datetime | None:
    """Write the lease of a phone; returns the lease before, ``None`` for a new phone.

    ``alone``: nothing that must last is written beside it. Then a lease that is only renewed waits
    for no disk: a thousand browsers do so every few seconds, and say it again after a crash.
    """
    cursor = await tx.connection.execute(
        """
        WITH old AS (SELECT leased_until FROM routing_phone WHERE phone = %(phone)s)
        INSERT INTO routing_phone (phone, leased_until, changed_at)
        VALUES (%(phone)s, %(until)s, %(at)s)
        ON CONFLICT (phone) DO UPDATE SET leased_until = excluded.leased_until,
            changed_at = excluded.changed_at
        RETURNING (SELECT leased_until FROM old),
            (SELECT set_config('synchronous_commit', 'off', true) FROM old
                WHERE leased_until > %(at)s AND %(until)s > %(at)s AND %(alone)s)
        """,
        {"phone": phone, "until": until, "alone": alone, "at": at},
    )
    row = await cursor.fetchone()
    return row[0] if row is not None else None


async def lease_line(tx: Transaction, line: str, *, until: datetime) -> None:
    """Write the lease of a line."""
    await tx.connection.execute(
        """
        INSERT INTO routing_line (line, leased_until) VALUES (%(line)s, %(until)s)
        ON CONFLICT (line) DO UPDATE SET leased_until = excluded.leased_until
        """,
        {"line": line, "until": until},
    )


async def silent_lines(tx: Transaction, *, since: datetime) -> list[str]:
    """Return the lines whose lease ended at ``since`` or before."""
    cursor = await tx.connection.execute(
        "SELECT line FROM routing_line WHERE leased_until <= %s ORDER BY line", (since,)
    )
    return [row[0] for row in await cursor.fetchall()]


async def forget_line(tx: Transaction, line: str) -> None:
    """Remove a line that was given up; it is back with its next sign of life."""
    await tx.connection.execute("DELETE FROM routing_line WHERE line = %s", (line,))


async def wake(tx: Transaction, agent: AgentId) -> None:
    """Tell all nodes at the commit that something about this agent changed."""
    await tx.connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, f"agent:{agent}"))
