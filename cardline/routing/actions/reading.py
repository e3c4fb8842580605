"""What is read of routing: queues, places, agents with reasons, figures. Nothing is written."""

from collections.abc import Collection, Sequence
from datetime import datetime

from cardline.core.ids import AgentId, InteractionId, OfferId, QueueName
from cardline.core.transaction import Transaction
from cardline.routing import rules
from cardline.routing.model import (
    ANY_SKILL,
    Agent,
    AgentState,
    Language,
    Offer,
    QueueState,
    RoutingPolicy,
    ServiceFigures,
    Talk,
    Waiter,
    WaitGroup,
)
from cardline.routing.store import agents, offers, waits
from cardline.routing.store import talks as talk_store


async def queue_state(
    tx: Transaction,
    *,
    policy: RoutingPolicy,
    at: datetime,
    interaction: InteractionId | None = None,
    queue: QueueName | None = None,
) -> QueueState | None:
    """Say how a queue is: for one who waits there, with his place; else for the next to come.

    ``None`` where the interaction does not wait, or where the queue does not exist.
    """
    everybody = await waits.waiting(tx, offered=True, at=at)
    if interaction is not None:
        waiter = next((one for one in everybody if one.interaction == interaction), None)
        if waiter is None:
            return None
        asked = rules.queue_named(waiter.queue, waiter.language, policy)
    else:
        waiter = None
        if queue is None or queue not in policy.queues:
            return None
        asked = policy.queues[queue]
    staff = await agents.profiles(tx, policy, at=at)
    handled = await talk_store.handled(tx, since=at - policy.estimate_window, until=at)
    return rules.queue_state(asked, everybody, staff, handled, policy, now=at, waiter=waiter)


async def is_closed(
    tx: Transaction, *, queue: QueueName, language: Language, policy: RoutingPolicy, at: datetime
) -> bool:
    """Say whether nobody on duty may serve a queue: much cheaper than :func:`queue_state`."""
    asked = rules.queue_named(queue, language, policy)
    skills = rules.skills_for(asked, policy)
    return not await agents.anybody_on_duty(
        tx,
        language=asked.language,
        skills=None if ANY_SKILL in skills else skills,
        policy=policy,
        at=at,
    )


async def all_queues(tx: Transaction, *, policy: RoutingPolicy, at: datetime) -> list[QueueState]:
    """Describe every queue of the pack, as for somebody who would come now."""
    everybody = await waits.waiting(tx, offered=True, at=at)
    staff = await agents.profiles(tx, policy, at=at)
    handled = await talk_store.handled(tx, since=at - policy.estimate_window, until=at)
    return rules.queue_states(everybody, staff, handled, policy, now=at)


async def waiting(tx: Transaction, *, at: datetime) -> Sequence[Waiter]:
    """Return everybody who waits, in the order of service."""
    return rules.service_order(await waits.waiting(tx, offered=True, at=at))


async def agent_states(
    tx: Transaction, *, at: datetime, of: Collection[AgentId] | None = None
) -> list[tuple[Agent, AgentState]]:
    """Return agents with the state and its reasons: all by number, or these in any order."""
    if of is None:
        found = await agents.everybody(tx, at=at)
    else:
        found = list((await agents.some(tx, of, at=at)).values())
    return [(agent, rules.state_of(agent, now=at)) for agent in found]


async def agent_state(
    tx: Transaction, *, agent: AgentId, at: datetime
) -> tuple[Agent, AgentState] | None:
    """Return one agent with the state and its reasons; ``None`` where there is no such agent."""
    found = (await agents.some(tx, [agent], at=at)).get(agent)
    return (found, rules.state_of(found, now=at)) if found is not None else None


async def open_offer(
    tx: Transaction,
    *,
    offer: OfferId | None = None,
    agent: AgentId | None = None,
    interaction: InteractionId | None = None,
) -> Offer | None:
    """Return an offer by its id in whatever state, or the open one of an agent or interaction."""
    if offer is not None:
        return await offers.by_id(tx, offer)
    if agent is not None:
        return await offers.open_for(tx, agent)
    return await offers.open_of(tx, interaction) if interaction is not None else None


async def talks_of(tx: Transaction, *, interaction: InteractionId) -> list[Talk]:
    """Return all talks of an interaction: each agent's part, transfers and consultations too."""
    return await talk_store.of_interaction(tx, interaction)


async def talks_wrapped(tx: Transaction, *, since: datetime, until: datetime) -> list[Talk]:
    """Return the talks whose wrap-up ended in ``[since, until)``, by itself or by the agent."""
    return await talk_store.wrapped(tx, since=since, until=until)


async def floor_now(
    tx: Transaction, *, policy: RoutingPolicy, at: datetime
) -> tuple[list[QueueState], Sequence[Waiter], list[tuple[Agent, AgentState]]]:
    """Return every queue, everybody who waits in the order of service, and all agents, at once."""
    everybody = await waits.waiting(tx, offered=True, at=at)
    known = await agent_states(tx, at=at)
    staff = rules.profiles_of(known, policy, now=at)
    handled = await talk_store.handled(tx, since=at - policy.estimate_window, until=at)
    queues = rules.queue_states(everybody, staff, handled, policy, now=at)
    return queues, rules.service_order(everybody), known


async def wait_groups(
    tx: Transaction, *, start: datetime, end: datetime, at: datetime
) -> list[WaitGroup]:
    """Return what the figures of the stays that began in ``[start, end)`` are counted from."""
    return await waits.groups(tx, start=start, end=end, at=at)


async def service_figures(
    tx: Transaction, *, policy: RoutingPolicy, start: datetime, end: datetime, at: datetime
) -> tuple[ServiceFigures, ...]:
    """Return the figures of all stays that began in ``[start, end)``, as known at ``at``."""
    groups = await waits.groups(tx, start=start, end=end, at=at)
    return rules.service(groups, policy)
