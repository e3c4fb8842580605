"""What an agent's state is, why, and how it changes.

The state is never stored: it follows from facts that each have an end (an open offer, an open talk,
the end of a wrap-up, the lease of a phone) and from what was asked for last. So an agent cannot be
stuck "reserved" or "in call": when the fact is gone or its lease has run out, so is the state.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cardline.core.ids import AgentId, InteractionId, OfferId
from cardline.core.verdict import Reason, Verdict
from cardline.routing.model import (
    Agent,
    AgentEvent,
    AgentState,
    AgentStateName,
    RoutingPolicy,
    Step,
    Wanted,
)

_LEASED = ("phone:", "web:")


def web_phone(agent: AgentId) -> str:
    """Return the name of an agent's browser as a phone (row A4)."""
    return f"web:{agent}"


def needs_lease(phone: str) -> bool:
    """True for a phone that registers and for a browser; a fixed SIP address has no lease."""
    return phone.startswith(_LEASED)


def state_of(agent: Agent, *, now: datetime) -> AgentState:
    """Derive the state: talk, offer, wrap-up, then what was asked for; with every reason."""
    reasons = tuple(against_offer(agent, now=now))
    then = agent.wanted if agent.wanted is not Wanted.READY else None
    if agent.talk is not None:
        return AgentState(AgentStateName.TALKING, agent.talk_since, None, reasons, then)
    if agent.offer is not None and agent.offer_until is not None and now < agent.offer_until:
        return AgentState(
            AgentStateName.OFFERED, agent.offer_since, agent.offer_until, reasons, then
        )
    if agent.wrap_until is not None and now < agent.wrap_until:
        return AgentState(AgentStateName.WRAP_UP, agent.wrap_since, agent.wrap_until, reasons, then)
    if agent.wanted is Wanted.LOGGED_OUT:
        return AgentState(AgentStateName.LOGGED_OUT, _settled(agent), None, reasons)
    if reasons:
        return AgentState(AgentStateName.NOT_READY, _not_ready_since(agent), None, reasons)
    return AgentState(AgentStateName.READY, idle_since(agent))


def changes_by_itself(agent: Agent, *, now: datetime) -> datetime | None:
    """Return when time alone changes the state next, where it does: nobody tells of that."""
    ends = (agent.offer_until, agent.wrap_until, agent.phone_until)
    return min((end for end in ends if end is not None and end > now), default=None)


def against_offer(agent: Agent, *, now: datetime) -> Iterator[Reason]:
    """Yield everything that stands against an offer to this agent now; nothing when ready."""
    if agent.talk is not None:
        yield Reason("agent-talking", "routing: one talk at a time")
        if not agent.talk_reachable:
            yield Reason("line-silent", "routing.line_lease_seconds")
    if agent.offer is not None and agent.offer_until is not None:
        if now < agent.offer_until:
            yield Reason("agent-offered", "routing.ring_seconds", agent.offer_until)
        else:
            yield Reason("not-ready.no-answer", "routing.ring_seconds")
    if agent.wrap_until is not None and now < agent.wrap_until:
        yield Reason("agent-wrap-up", "routing.wrap_up_limit_seconds", agent.wrap_until)
    if agent.wanted is Wanted.LOGGED_OUT:
        yield Reason("agent-logged-out", "routing: asked for by the agent")
    elif agent.wanted is Wanted.NOT_READY:
        yield Reason(f"not-ready.{agent.reason}", "routing.not_ready_reasons")
    if agent.wanted is not Wanted.LOGGED_OUT and _phone_lost(agent, now=now):
        yield Reason("phone-unregistered", "routing.phone_lease_seconds")


def idle_since(agent: Agent) -> datetime | None:
    """When the agent became idle: the later of "ready" and the end of the last work."""
    return _settled(agent)


def on_duty(agent: Agent, policy: RoutingPolicy, *, now: datetime) -> bool:
    """True where the agent counts as staff of his queues.

    Ready, offered, talking or in wrap-up without leaving after it; or not ready for less than
    ``absence_grace``. A phone that is not there counts like any other reason.
    """
    return counts_as_staff(agent, state_of(agent, now=now), policy, now=now)


def counts_as_staff(
    agent: Agent, state: AgentState, policy: RoutingPolicy, *, now: datetime
) -> bool:
    """:func:`on_duty` for somebody whose state is known."""
    if agent.wanted is Wanted.LOGGED_OUT:
        return False
    if state.name is not AgentStateName.NOT_READY:
        return True
    return state.since is not None and now < state.since + policy.absence_grace


def step(
    agent: Agent,
    event: AgentEvent,
    policy: RoutingPolicy,
    *,
    now: datetime,
    reason: str = "",
    phone: str = "",
    phone_until: datetime | None = None,
    offer: OfferId | None = None,
    talk: InteractionId | None = None,
    wrap_up: bool = True,
) -> Step:
    """Apply one event. Every pair of state and event has a row in the table of the README."""
    refusal = _refusal(agent, event, policy, now=now, reason=reason, phone=phone)
    if refusal is not None:
        return Step(Verdict(policy.version, (refusal,)), agent)
    after = agent
    match event:
        case AgentEvent.LOG_IN:
            after = replace(agent, phone=phone, phone_until=phone_until)
            if agent.wanted is Wanted.LOGGED_OUT:
                after = _want(after, Wanted.NOT_READY, "logged-in", now=now)
        case AgentEvent.SET_READY:
            after = _want(_end_wrap_up(agent, now=now), Wanted.READY, "", now=now)
        case AgentEvent.SET_NOT_READY:
            after = _want(_without_offer(agent), Wanted.NOT_READY, reason, now=now)
        case AgentEvent.LOG_OUT:
            after = _end_wrap_up(_without_offer(agent), now=now)
            after = _want(after, Wanted.LOGGED_OUT, "", now=now)
        case AgentEvent.OFFER:
            until = now + policy.ring + policy.offer_grace
            after = replace(agent, offer=offer, offer_since=now, offer_until=until)
        case AgentEvent.ACCEPT | AgentEvent.START_TALK:
            after = _end_wrap_up(_without_offer(agent), now=now)
            after = replace(after, talk=talk, talk_since=now, talk_reachable=True)
        case AgentEvent.DECLINE | AgentEvent.NO_ANSWER:
            after = _without_offer(agent)
            if agent.wanted is Wanted.READY:  # a break asked for wins over any call result
                word = "no-answer" if event is AgentEvent.NO_ANSWER else reason or "declined"
                after = _want(after, Wanted.NOT_READY, word, now=now)
        case AgentEvent.WITHDRAW:
            after = _without_offer(agent)
        case AgentEvent.END_TALK:
            until = now + policy.wrap_up_limit if wrap_up else now
            after = replace(agent, talk=None, talk_since=None, talk_reachable=True)
            after = replace(after, wrap_since=now, wrap_until=until)
        case AgentEvent.END_WRAP_UP:
            after = _end_wrap_up(agent, now=now)
        case AgentEvent.PHONE_LOST:
            after = replace(agent, phone_until=now)
        case AgentEvent.PHONE_BACK:
            after = replace(agent, phone_until=phone_until)
        case AgentEvent.UNREACHABLE if agent.wanted is Wanted.READY:
            after = _want(agent, Wanted.NOT_READY, reason, now=now)
        case AgentEvent.UNREACHABLE:
            pass  # what was asked for stands
    return Step(Verdict(policy.version), after)


def _refusal(
    agent: Agent,
    event: AgentEvent,
    policy: RoutingPolicy,
    *,
    now: datetime,
    reason: str,
    phone: str,
) -> Reason | None:
    out = agent.wanted is Wanted.LOGGED_OUT
    wrapping = agent.wrap_until is not None and now < agent.wrap_until
    busy = agent.talk is not None or agent.offer is not None or wrapping
    match event:
        case AgentEvent.LOG_IN if not phone:
            return Reason("no-phone", "routing: one phone for each agent")
        case AgentEvent.SET_READY | AgentEvent.SET_NOT_READY if out and not busy:
            return Reason("agent-logged-out", "routing: log in first")
        case AgentEvent.SET_NOT_READY if reason not in policy.not_ready_reasons:
            return Reason("reason-unknown", "routing.not_ready_reasons")
        case AgentEvent.OFFER:
            return next(against_offer(agent, now=now), None)
        case AgentEvent.ACCEPT | AgentEvent.DECLINE | AgentEvent.NO_ANSWER | AgentEvent.WITHDRAW:
            if agent.offer is None:
                return Reason("no-offer", "routing: an offer is used once")
            expired = agent.offer_until is not None and now >= agent.offer_until
            if event is AgentEvent.ACCEPT and expired:
                return Reason("offer-expired", "routing.ring_seconds")
        case AgentEvent.START_TALK:
            if agent.talk is not None:
                return Reason("agent-talking", "routing: one talk at a time")
            if agent.offer is not None:
                return Reason("agent-offered", "routing.ring_seconds", agent.offer_until)
            if out and not wrapping:
                return Reason("agent-logged-out", "routing: log in first")
        case AgentEvent.END_TALK if agent.talk is None:
            return Reason("no-talk", "routing: no talk is open")
        case AgentEvent.END_WRAP_UP if not wrapping or agent.talk is not None:
            return Reason("no-wrap-up", "routing: no wrap-up runs")
    return None


def _want(agent: Agent, wanted: Wanted, reason: str, *, now: datetime) -> Agent:
    if agent.wanted is wanted and agent.reason == reason:
        return agent
    return replace(agent, wanted=wanted, reason=reason, wanted_since=now)


def _end_wrap_up(agent: Agent, *, now: datetime) -> Agent:
    if agent.wrap_until is None or agent.wrap_until <= now:
        return agent
    return replace(agent, wrap_until=now)


def _without_offer(agent: Agent) -> Agent:
    return replace(agent, offer=None, offer_since=None, offer_until=None)


def _settled(agent: Agent) -> datetime | None:
    asked, worked = agent.wanted_since, agent.wrap_until
    if asked is None or worked is None:
        return asked or worked
    return max(asked, worked)


def _not_ready_since(agent: Agent) -> datetime | None:
    if agent.wanted is Wanted.READY:
        if agent.offer_until is not None:
            return agent.offer_until
        return agent.phone_until
    return _settled(agent)


def _phone_lost(agent: Agent, *, now: datetime) -> bool:
    if not needs_lease(agent.phone):
        return not agent.phone
    return agent.phone_until is None or agent.phone_until <= now
