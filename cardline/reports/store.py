"""SQL of the facts that reports count. They are other areas' tables, read here and never written.

One statement a kind of fact and period: what the facts come to is said by ``rules`` alone.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.reports.model import Counted, DutyChange, OffersOfAgent, Period, TalkFact, Visit
from cardline.routing.model import RoutingPolicy

_LONGEST_CALL = timedelta(days=1)


async def talks(tx: Transaction, period: Period) -> list[TalkFact]:
    """Return the talks that, with their wrap-up, reach into a period."""
    cursor = await tx.connection.execute(
        """
        SELECT interaction, agent, queue, kind, started_at, ended_at, wrapped_at, cause
        FROM routing_talk
        WHERE started_at < %(end)s AND (wrapped_at IS NULL OR wrapped_at >= %(start)s)
        ORDER BY started_at, id
        """,
        {"start": period.start, "end": period.end},
    )
    return [TalkFact(*row) for row in await cursor.fetchall()]


async def offers(tx: Transaction, period: Period) -> dict[AgentId, OffersOfAgent]:
    """Count the offers that were made in a period, by agent and what became of them."""
    cursor = await tx.connection.execute(
        """
        SELECT agent, count(*) FILTER (WHERE state = 'accepted'),
            count(*) FILTER (WHERE state = 'declined'), count(*) FILTER (WHERE state = 'expired'),
            count(*) FILTER (WHERE state = 'withdrawn')
        FROM routing_offer WHERE made_at >= %(start)s AND made_at < %(end)s GROUP BY agent
        """,
        {"start": period.start, "end": period.end},
    )
    return {AgentId(row[0]): OffersOfAgent(*row[1:]) for row in await cursor.fetchall()}


async def duty_changes(
    tx: Transaction, agents: Collection[AgentId], period: Period
) -> dict[AgentId, list[DutyChange]]:
    """Return what agents asked for in a period, and the two changes that held when it began.

    Two: logging in again changes nothing, so what held before it must be known.
    """
    cursor = await tx.connection.execute(
        """
        WITH asked AS (
            SELECT a.id, change.at, change.kind, change.seq
            FROM unnest(%(agents)s::text[]) AS a (id)
            CROSS JOIN LATERAL (
                (SELECT at, kind, seq FROM journal
                WHERE stream = a.id AND kind = ANY(%(kinds)s) AND at < %(start)s
                    AND kind <> 'agent.log-in'
                ORDER BY seq DESC LIMIT 1)
                UNION ALL
                (SELECT at, kind, seq FROM journal
                WHERE stream = a.id AND kind = 'agent.log-in' AND at < %(start)s
                ORDER BY seq DESC LIMIT 1)
                UNION ALL
                (SELECT at, kind, seq FROM journal
                WHERE stream = a.id AND kind = ANY(%(kinds)s)
                    AND at >= %(start)s AND at < %(end)s)
            ) AS change
        )
        SELECT id, at, replace(kind, 'agent.', '') FROM asked ORDER BY id, seq
        """,
        {
            "agents": sorted(agents),
            "kinds": [
                *("agent.log-in", "agent.set-ready", "agent.set-not-ready"),
                *("agent.not-ready", "agent.log-out"),
            ],
            "start": period.start,
            "end": period.end,
        },
    )
    found: dict[AgentId, list[DutyChange]] = {}
    for agent, at, word in await cursor.fetchall():
        found.setdefault(AgentId(agent), []).append(DutyChange(at, word))
    return found


async def visits(tx: Transaction, period: Period, policy: RoutingPolicy) -> list[Visit]:
    """Return the stays of known holders that began in a period or whose interaction ended in it."""
    cursor = await tx.connection.execute(
        """
        SELECT w.interaction, i.holder_id, w.queue, w.entered_at, w.outcome, i.closed_at
        FROM routing_wait AS w JOIN interaction AS i ON i.id = w.interaction
        WHERE i.holder_id IS NOT NULL AND NOT w.callback
            AND w.entered_at >= %(start)s AND w.entered_at < %(end)s
        """,
        {"start": period.start - _LONGEST_CALL, "end": period.end},
    )
    return [
        Visit(interaction, holder, _matter(queue, policy), entered_at, outcome, closed_at)
        for interaction, holder, queue, entered_at, outcome, closed_at in await cursor.fetchall()
    ]


def _matter(name: str, policy: RoutingPolicy) -> str:
    queue = next((queue for key, queue in policy.queues.items() if key == name), None)
    return queue.matter if queue is not None else name


async def callers_by_calls(tx: Transaction, period: Period) -> dict[int, int]:
    """Count callers by how often they called in a period: holders, or numbers of nobody known."""
    cursor = await tx.connection.execute(
        """
        SELECT calls, count(*) FROM (
            SELECT count(*) AS calls FROM interaction
            WHERE opened_at >= %(start)s AND opened_at < %(end)s AND door = 'phone'
                AND coalesce(holder_id, from_number) <> ''
            GROUP BY coalesce(holder_id, from_number)
        ) AS callers GROUP BY calls
        """,
        {"start": period.start, "end": period.end},
    )
    return {int(row[0]): int(row[1]) for row in await cursor.fetchall()}


async def calls(tx: Transaction, period: Period) -> int:
    """Count the calls that came in."""
    cursor = await tx.connection.execute(
        """
        SELECT count(*) FROM interaction
        WHERE opened_at >= %(start)s AND opened_at < %(end)s AND door = 'phone'
        """,
        {"start": period.start, "end": period.end},
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def call_backs(tx: Transaction, period: Period) -> dict[str | None, int]:
    """Count call-backs that were asked for in a period, first tries alone, by the last outcome."""
    cursor = await tx.connection.execute(
        """
        SELECT last.outcome, count(*) FROM routing_wait AS w
        CROSS JOIN LATERAL (
            SELECT outcome FROM routing_wait AS later
            WHERE later.interaction = w.interaction AND later.callback
            ORDER BY later.left_at IS NULL DESC, later.entered_at DESC, later.id DESC LIMIT 1
        ) AS last
        WHERE w.callback AND w.attempt = 0
            AND w.entered_at >= %(start)s AND w.entered_at < %(end)s
            AND NOT EXISTS (SELECT FROM routing_wait AS before
                WHERE before.interaction = w.interaction AND before.callback
                AND (before.entered_at, before.id) < (w.entered_at, w.id))
        GROUP BY last.outcome
        """,
        {"start": period.start, "end": period.end},
    )
    return {row[0]: int(row[1]) for row in await cursor.fetchall()}


async def card_acts(tx: Transaction, period: Period) -> list[Counted]:
    """Count freezes, holds and releases that were done and refused; repeats are not counted."""
    cursor = await tx.connection.execute(
        """
        WITH decided AS (
            SELECT CASE WHEN kind IN ('card.frozen', 'card.freeze-refused') THEN 'freeze'
                    WHEN kind = 'card.released' OR kind = 'card.release-refused' THEN 'release'
                    ELSE 'hold' END AS what,
                kind IN ('card.frozen', 'card.held', 'card.released') AS allowed,
                CASE WHEN kind = 'card.hold-refused-by-agent' THEN '[{"code": "by-agent"}]'::jsonb
                    ELSE coalesce(verdict -> 'reasons', '[]'::jsonb) END AS reasons
            FROM journal
            WHERE at >= %(start)s AND at < %(end)s AND kind IN (
                'card.frozen', 'card.held', 'card.released', 'card.freeze-refused',
                'card.hold-refused', 'card.release-refused', 'card.hold-refused-by-agent')
                AND coalesce(body ->> 'already', 'false') = 'false'
        )
        SELECT what, count(*) FILTER (WHERE allowed), count(*) FILTER (WHERE NOT allowed),
            (SELECT coalesce(jsonb_object_agg(code, times), '{}') FROM (
                SELECT reason ->> 'code' AS code, count(*) AS times
                FROM decided AS d, jsonb_array_elements(d.reasons) AS reason
                WHERE d.what = decided.what AND NOT d.allowed GROUP BY 1) AS reasons)
        FROM decided GROUP BY what ORDER BY what
        """,
        {"start": period.start, "end": period.end},
    )
    return _counted(await cursor.fetchall())


async def outward_contacts(tx: Transaction, period: Period) -> list[Counted]:
    """Count the messages that were to leave, by purpose: let pass, or refused and why."""
    cursor = await tx.connection.execute(
        """
        WITH decided AS (
            SELECT purpose AS what, state <> 'refused' AS allowed, reasons
            FROM (
                SELECT purpose, state, reasons, at FROM sms_outbox
                UNION ALL SELECT purpose, state, reasons, at FROM mail_outbox
                UNION ALL SELECT purpose, state, reasons, at FROM letter
                UNION ALL SELECT purpose, state, reasons, at FROM app_outbox
            ) AS message
            WHERE at >= %(start)s AND at < %(end)s
        )
        SELECT what, count(*) FILTER (WHERE allowed), count(*) FILTER (WHERE NOT allowed),
            (SELECT coalesce(jsonb_object_agg(code, times), '{}') FROM (
                SELECT reason ->> 'code' AS code, count(*) AS times
                FROM decided AS d, jsonb_array_elements(d.reasons) AS reason
                WHERE d.what = decided.what AND NOT d.allowed GROUP BY 1) AS reasons)
        FROM decided GROUP BY what ORDER BY what
        """,
        {"start": period.start, "end": period.end},
    )
    return _counted(await cursor.fetchall())


def _counted(rows: Sequence[tuple[str, int, int, dict[str, int]]]) -> list[Counted]:
    return [
        Counted(what, allowed, refused, tuple(sorted(reasons.items())))
        for what, allowed, refused, reasons in rows
    ]


async def names(tx: Transaction) -> dict[AgentId, tuple[str, str]]:
    """Return number and name of every agent."""
    cursor = await tx.connection.execute(
        "SELECT id, number, name FROM routing_agent ORDER BY number"
    )
    return {AgentId(row[0]): (row[1], row[2]) for row in await cursor.fetchall()}
