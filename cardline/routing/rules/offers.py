"""Who is next, and for whom: one of the four questions that decide everything."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from cardline.core.ids import QueueName
from cardline.core.verdict import Reason, Verdict, judge
from cardline.routing.model import (
    ANY_SKILL,
    Agent,
    Offer,
    Proposal,
    Queue,
    RoutingPolicy,
    Waiter,
)
from cardline.routing.rules.agents import against_offer, idle_since
from cardline.routing.rules.policy import queue_named

_EVER = datetime.min.replace(tzinfo=UTC)


def service_order(waiting: Iterable[Waiter]) -> list[Waiter]:
    """Urgent first, then whoever waits longest (row A3); nothing else counts, least of all wealth.

    The place is ``since``; equal places go by the entry into this queue, then by id.
    """
    return sorted(waiting, key=rank)


def rank(waiter: Waiter) -> tuple[bool, datetime, datetime, str]:
    """Return what :func:`service_order` orders by; smaller is served earlier."""
    return (not waiter.urgent, waiter.since, waiter.entered_at, waiter.wait)


def next_offer(
    waiting: Sequence[Waiter], agents: Sequence[Agent], policy: RoutingPolicy, *, now: datetime
) -> tuple[Proposal, ...]:
    """Propose agents for waiters: each waiter in the order of service gets whoever is idle longest.

    Each agent and each waiter appears once at most. A waiter whom no free agent may serve keeps
    his place and does not hold up those behind him. ``may_serve`` gives the reasons for any pair.
    """
    free = [agent for agent in agents if next(against_offer(agent, now=now), None) is None]
    if not free or not waiting:
        return ()
    free.sort(key=lambda agent: (idle_since(agent) or _EVER, agent.id))
    taken = [False] * len(free)
    left = len(free)
    walks: dict[tuple[QueueName, bool, bool], tuple[frozenset[str] | None, int]] = {}
    proposals: list[Proposal] = []
    for waiter in service_order(waiting):
        if next(against_waiter(waiter, now=now), None) is not None:
            continue
        queue = queue_named(waiter.queue, waiter.language, policy)
        # Waiters of one kind are served by the same agents. Whoever was passed over for the first
        # of a kind is passed over for the next: each kind walks the list of agents once.
        kind = (queue.name, waiter.urgent, now >= waiter.since + queue.overflow_after)
        if kind not in walks:
            skills = serving_skills(waiter, queue, policy, now=now)
            walks[kind] = (None if ANY_SKILL in skills else skills, 0)
        accepted, start = walks[kind]
        found = _next_free(free, taken, start, queue.language, accepted)
        walks[kind] = (accepted, found + 1)
        if found < len(free):
            taken[found] = True
            agent = free[found]
            proposals.append(Proposal(waiter, agent, queue.matter not in agent.skills))
            left -= 1
            if not left:
                break
    return tuple(proposals)


def _next_free(
    free: list[Agent], taken: list[bool], start: int, language: str, skills: frozenset[str] | None
) -> int:
    for place in range(start, len(free)):
        if taken[place]:
            continue
        agent = free[place]
        if language not in agent.languages:
            continue
        if agent.skills if skills is None else not skills.isdisjoint(agent.skills):
            return place
    return len(free)


def serving_skills(
    waiter: Waiter, queue: Queue, policy: RoutingPolicy, *, now: datetime
) -> frozenset[str]:
    """Return the skills of which any one serves this waiter now; ``*`` means any skill at all."""
    skills = frozenset((queue.matter,))
    if waiter.urgent:
        return skills | policy.urgent_overflow_to | queue.overflow_to
    if now >= waiter.since + queue.overflow_after:
        return skills | queue.overflow_to
    return skills


def may_serve(agent: Agent, waiter: Waiter, policy: RoutingPolicy, *, now: datetime) -> Verdict:
    """Say whether this agent may be offered this waiter now, and everything that stands against it.

    This is the answer to "why not this agent?" and "why does nobody answer this caller?".
    """
    return judge(
        policy.version,
        (
            *against_waiter(waiter, now=now),
            *against_offer(agent, now=now),
            *_against_pair(agent, waiter, policy, now=now),
        ),
    )


def against_waiter(waiter: Waiter, *, now: datetime) -> Iterator[Reason]:
    """Yield what stands against serving this waiter now, whoever the agent."""
    if waiter.not_before is not None and now < waiter.not_before:
        yield Reason("callback-later", "routing.callback_retry_seconds", waiter.not_before)
    if not waiter.reachable:
        yield Reason("line-silent", "routing.line_lease_seconds")


def _against_pair(
    agent: Agent, waiter: Waiter, policy: RoutingPolicy, *, now: datetime
) -> Iterator[Reason]:
    queue = queue_named(waiter.queue, waiter.language, policy)
    if queue.language not in agent.languages:
        yield Reason("language-missing", "routing.queues")
    skills = serving_skills(waiter, queue, policy, now=now)
    if not _matches(skills, agent.skills):
        helps_later = _matches(queue.overflow_to, agent.skills)
        until = waiter.since + queue.overflow_after if helps_later else None
        yield Reason("skill-missing", "routing.queues; MISSION.md G4", until)


def _matches(wanted: frozenset[str], skills: frozenset[str]) -> bool:
    return bool(skills) if ANY_SKILL in wanted else not wanted.isdisjoint(skills)


def may_accept(
    offer: Offer | None, *, token: str, agent: str | None, policy: RoutingPolicy, now: datetime
) -> Verdict:
    """Judge an acceptance: the offer is open, in time, and shown by its own token."""
    source = "routing: an offer is used once"
    if offer is None:
        return Verdict(policy.version, (Reason("offer-unknown", source),))
    ended = offer.state if offer.state != "open" else None
    if ended is None and now >= offer.expires_at:
        ended = "expired"
    return judge(
        policy.version,
        (
            Reason("offer-token", source) if offer.token != token else None,
            Reason("offer-not-yours", source) if agent not in (None, offer.agent) else None,
            Reason(f"offer-{ended}", source) if ended is not None else None,
        ),
    )


def may_call_back(attempt: int, policy: RoutingPolicy) -> Verdict:
    """Judge another call-back after ``attempt`` tries that reached nobody."""
    spent = attempt >= policy.callback_attempts
    reason = Reason("callback-attempts", "routing.callback_attempts") if spent else None
    return judge(policy.version, (reason,))
