"""Place in the queue and estimated wait (row A3): honest, coarse, and unknown where it is unknown.

The estimate, worked through in the README: with ``n`` agents on duty for the queue and a mean
handling time ``h`` (talk and wrap-up), one agent becomes free every ``h / n``. With ``a`` others
before a caller it is ``(a + 1) * h / n``, rounded up to the steps of the pack. Those who wait
in other queues count by the share of their agents who also serve this one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from cardline.core.ids import QueueName
from cardline.routing.model import (
    ANY_SKILL,
    Agent,
    AgentProfile,
    AgentState,
    AgentStateName,
    Estimate,
    Handled,
    Language,
    Queue,
    QueueState,
    RoutingPolicy,
    Waiter,
)
from cardline.routing.rules.agents import counts_as_staff, state_of
from cardline.routing.rules.offers import against_waiter, rank
from cardline.routing.rules.policy import queue_named


def profiles(
    agents: Iterable[Agent], policy: RoutingPolicy, *, now: datetime
) -> tuple[AgentProfile, ...]:
    """Count the agents on duty by what they can do."""
    return profiles_of(((agent, state_of(agent, now=now)) for agent in agents), policy, now=now)


def profiles_of(
    agents: Iterable[tuple[Agent, AgentState]], policy: RoutingPolicy, *, now: datetime
) -> tuple[AgentProfile, ...]:
    """:func:`profiles` of agents whose states are known."""
    staffed: Counter[tuple[frozenset[str], frozenset[Language]]] = Counter()
    ready: Counter[tuple[frozenset[str], frozenset[Language]]] = Counter()
    for agent, state in agents:
        if counts_as_staff(agent, state, policy, now=now):
            staffed[agent.skills, agent.languages] += 1
            if state.name is AgentStateName.READY:
                ready[agent.skills, agent.languages] += 1
    return tuple(AgentProfile(*key, count, ready[key]) for key, count in staffed.items())


def queue_state(
    queue: Queue,
    waiting: Sequence[Waiter],
    staff: Sequence[AgentProfile],
    handled: Mapping[QueueName, Handled],
    policy: RoutingPolicy,
    *,
    now: datetime,
    waiter: Waiter | None = None,
) -> QueueState:
    """Describe a queue now; with ``waiter`` his place in it, else that of the next to come.

    ``waiting`` are all who wait in any queue, ``staff`` is the result of :func:`profiles`.
    """
    mine = rank(waiter) if waiter is not None else None
    before: Counter[QueueName] = Counter()
    for one in waiting:
        earlier = (one.urgent or not queue.urgent) if mine is None else rank(one) < mine
        if earlier and next(against_waiter(one, now=now), None) is None:
            before[_queue_of(one, policy)] += 1
    here = [one for one in waiting if _queue_of(one, policy) == queue.name]
    return _described(queue, here, before, staff, handled, policy, now=now, waiter=waiter)


def queue_states(
    waiting: Sequence[Waiter],
    staff: Sequence[AgentProfile],
    handled: Mapping[QueueName, Handled],
    policy: RoutingPolicy,
    *,
    now: datetime,
) -> list[QueueState]:
    """Describe every queue of the pack for the next to come: :func:`queue_state` of each.

    Whoever waits is looked at once, not once for every queue: screens and the wall ask often.
    """
    here: dict[QueueName, list[Waiter]] = {}
    before: Counter[QueueName] = Counter()
    urgent: Counter[QueueName] = Counter()
    for one in waiting:
        name = _queue_of(one, policy)
        here.setdefault(name, []).append(one)
        if next(against_waiter(one, now=now), None) is None:
            before[name] += 1
            if one.urgent:
                urgent[name] += 1
    return [
        _described(
            queue,
            here.get(queue.name, ()),
            urgent if queue.urgent else before,
            staff,
            handled,
            policy,
            now=now,
        )
        for queue in policy.queues.values()
    ]


def _described(
    queue: Queue,
    here: Sequence[Waiter],
    before: Mapping[QueueName, int],
    staff: Sequence[AgentProfile],
    handled: Mapping[QueueName, Handled],
    policy: RoutingPolicy,
    *,
    now: datetime,
    waiter: Waiter | None = None,
) -> QueueState:
    live = [one for one in here if not one.callback]
    serving = [profile for profile in staff if _serves(profile, queue, policy, overflow=True)]
    estimate = estimate_wait(queue, before, staff, handled, policy)
    waited = now - waiter.since if waiter is not None else timedelta(0)
    expected = timedelta(minutes=estimate.minutes) if estimate is not None else timedelta(0)
    return QueueState(
        queue=queue,
        waiting=len(live),
        callbacks=len(here) - len(live),
        longest_wait=now - min(one.since for one in live) if live else None,
        staffed=sum(profile.staffed for profile in serving),
        ready=sum(profile.ready for profile in serving),
        estimate=estimate,
        place=before.get(queue.name, 0) + 1 if waiter is not None else None,
        since=waiter.since if waiter is not None else None,
        callback_offered=bool(serving) and waited + expected > policy.callback_offered_after,
    )


def skills_for(queue: Queue, policy: RoutingPolicy) -> frozenset[str]:
    """Return the skills of which any one may serve this queue in the end; ``*``: any at all."""
    others = queue.overflow_to | (policy.urgent_overflow_to if queue.urgent else frozenset())
    return others | {queue.matter}


def estimate_wait(
    queue: Queue,
    ahead: Mapping[QueueName, int],
    staff: Sequence[AgentProfile],
    handled: Mapping[QueueName, Handled],
    policy: RoutingPolicy,
) -> Estimate | None:
    """Estimate the wait behind ``ahead`` others by queue; ``None``: nobody can honestly say.

    Unknown where nobody on duty serves the queue, or where fewer than ``estimate_samples``
    conversations were handled within ``estimate_window``, in this queue and in all together.
    """
    mine = _servers(queue, staff, policy)
    count = sum(profile.staffed for profile in mine)
    mean = _handling_time(queue.name, handled, policy)
    if not count:
        return None
    others = 0.0
    for name, waiters in ahead.items():
        theirs = _servers(policy.queues[name], staff, policy)
        both = sum(profile.staffed for profile in theirs & mine)
        total = sum(profile.staffed for profile in theirs)
        others += waiters * both / total if total else 0.0
    if others + 1 <= sum(profile.ready for profile in mine):
        return Estimate(policy.estimate_steps[0])
    if mean is None:
        return None
    minutes = (others + 1) * mean.total_seconds() / count / 60
    for rung in policy.estimate_steps:
        if minutes <= rung:
            return Estimate(rung)
    return Estimate(policy.estimate_steps[-1], or_more=True)


def _queue_of(waiter: Waiter, policy: RoutingPolicy) -> QueueName:
    return queue_named(waiter.queue, waiter.language, policy).name


def _handling_time(
    name: QueueName, handled: Mapping[QueueName, Handled], policy: RoutingPolicy
) -> timedelta | None:
    own = handled.get(name)
    if own is not None and own.count >= policy.estimate_samples:
        return own.total / own.count
    count = sum(one.count for one in handled.values())
    if count == 0 or count < policy.estimate_samples:
        return None
    return sum((one.total for one in handled.values()), timedelta(0)) / count


def _servers(
    queue: Queue, staff: Sequence[AgentProfile], policy: RoutingPolicy
) -> frozenset[AgentProfile]:
    """Those with the queue's own skill; where there are none, those to whom it overflows."""
    own = frozenset(one for one in staff if _serves(one, queue, policy, overflow=False))
    return own or frozenset(one for one in staff if _serves(one, queue, policy, overflow=True))


def _serves(profile: AgentProfile, queue: Queue, policy: RoutingPolicy, *, overflow: bool) -> bool:
    if queue.language not in profile.languages:
        return False
    if queue.matter in profile.skills:
        return True
    if not overflow:
        return False
    others = skills_for(queue, policy)
    if ANY_SKILL in others:
        return bool(profile.skills)
    return not others.isdisjoint(profile.skills)
