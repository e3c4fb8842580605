"""Agents: who they are, what they may serve, what they ask for, whether their phone is there."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Literal

from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.routing import rules
from cardline.routing.model import Agent, AgentEvent, Language, Offer, RoutingPolicy, Step
from cardline.routing.store import agents, locks, offers

Asked = Literal[
    AgentEvent.LOG_IN, AgentEvent.SET_READY, AgentEvent.SET_NOT_READY, AgentEvent.LOG_OUT
]


async def register_agent(
    tx: Transaction,
    *,
    agent: AgentId,
    number: str,
    name: str,
    languages: Collection[Language],
    at: datetime,
    by: Actor = SYSTEM,
) -> None:
    """Add an agent, or renew number, name and languages. Who has no skill is offered nobody."""
    if not languages:
        raise Invalid("An agent needs at least one language.")
    await agents.register(tx, agent, number=number, name=name, languages=languages)
    await agents.wake(tx, agent)
    await journal(
        tx,
        stream=agent,
        kind="agent.registered",
        by=by,
        body={"number": number, "languages": sorted(languages)},
        at=at,
    )


async def grant_skill(
    tx: Transaction,
    *,
    agent: AgentId,
    matter: str,
    passed_at: datetime,
    expires_at: datetime | None = None,
    at: datetime,
    by: Actor = SYSTEM,
) -> None:
    """Write down a passed examination (row G4); the skill counts in ``[passed_at, expires_at)``."""
    if expires_at is not None and expires_at <= passed_at:
        raise Invalid("A skill must expire after it was passed.")
    await agents.set_skill(tx, agent, matter, passed_at=passed_at, expires_at=expires_at)
    await agents.wake(tx, agent)
    await journal(
        tx,
        stream=agent,
        kind="agent.skill-granted",
        by=by,
        body={
            "matter": matter,
            "passed_at": passed_at.isoformat(),
            "expires_at": expires_at.isoformat() if expires_at else None,
        },
        at=at,
    )


async def end_skill(
    tx: Transaction, *, agent: AgentId, matter: str, at: datetime, by: Actor = SYSTEM
) -> bool:
    """Let a skill count no more (row G4); False where it did not."""
    if not await agents.end_skill(tx, agent, matter, at=at):
        return False
    body: JsonObject = {"matter": matter}
    await journal(tx, stream=agent, kind="agent.skill-ended", by=by, body=body, at=at)
    return True


async def set_agent_state(
    tx: Transaction,
    *,
    agent: AgentId,
    event: Asked,
    policy: RoutingPolicy,
    reason: str = "",
    phone: str = "",
    at: datetime,
    by: Actor | None = None,
) -> Step:
    """Log in with a phone, be ready, not ready with a reason, or log out.

    What is asked for during a talk holds after talk and wrap-up. Not ready or logging out while an
    offer rings declines it: the caller goes back to his place. Logging in again, as after a
    refresh of the page, changes the phone for the next offer and nothing else.
    """
    ringing = await _lock_offer_to_decline(tx, agent, event, at=at)
    await locks.lock_agents(tx, [agent])
    before = (await agents.some(tx, [agent], at=at)).get(agent)
    if before is None:
        raise NotFound("There is no such agent.")
    step = rules.step(before, event, policy, now=at, reason=reason, phone=phone)
    if step.verdict.allowed and event is AgentEvent.LOG_IN:
        step = await _with_free_phone(tx, before, step, policy)
    if step.verdict.allowed:
        await agents.save(tx, before, step.agent)
        if before.offer is not None and step.agent.offer is None:
            step = await _decline(tx, before, step, ringing, at=at)
        step = replace(step, agent=(await agents.some(tx, [agent], at=at))[agent])
    await journal(
        tx,
        stream=agent,
        kind=f"agent.{event}" if step.verdict.allowed else "agent.refused",
        by=by or Actor("agent", agent),
        body={"event": event, "reason": reason, "phone": phone},
        at=at,
        verdict=step.verdict,
    )
    return step


async def agent_unreachable(
    tx: Transaction,
    *,
    agent: AgentId,
    reason: Literal["no-answer", "phone-failed"],
    policy: RoutingPolicy,
    at: datetime,
) -> None:
    """Offer nobody to an agent who was not reached outside an offer, until he says he is ready.

    So in a call-back that he did not pick up, or where his phone vanished in a talk. A break that
    he had asked for stands.
    """
    await locks.lock_agents(tx, [agent])
    before = (await agents.some(tx, [agent], at=at)).get(agent)
    if before is None:
        raise NotFound("There is no such agent.")
    after = rules.step(before, AgentEvent.UNREACHABLE, policy, now=at, reason=reason).agent
    if after.wanted is before.wanted:
        return
    await agents.save(tx, before, after)
    body: JsonObject = {"event": AgentEvent.UNREACHABLE, "reason": reason}
    await journal(tx, stream=agent, kind="agent.not-ready", by=SYSTEM, body=body, at=at)


async def phone_state(
    tx: Transaction,
    *,
    phone: str,
    registered: bool,
    policy: RoutingPolicy,
    until: datetime | None = None,
    alone: bool = False,
    at: datetime,
) -> None:
    """Take note that a phone (``phone:USER``) registered, renewed until ``until``, or left.

    ``alone``: the transaction writes nothing else that must outlast a crash.
    An agent whose phone is not there is not available, and his screen says why.
    """
    lease = (until or at + policy.phone_lease) if registered else at
    before = await agents.lease_phone(tx, phone, until=lease, alone=alone, at=at)
    was_there = before is not None and before > at
    if was_there == registered:
        return
    agent = await agents.with_phone(tx, phone)
    if agent is None:
        return
    await agents.wake(tx, agent)
    await journal(
        tx,
        stream=agent,
        kind="agent.phone-back" if registered else "agent.phone-lost",
        by=SYSTEM,
        body={"phone": phone},
        at=at,
    )


async def _lock_offer_to_decline(
    tx: Transaction, agent: AgentId, event: Asked, *, at: datetime
) -> Offer | None:
    if event not in (AgentEvent.SET_NOT_READY, AgentEvent.LOG_OUT):
        return None
    present = (await agents.some(tx, [agent], at=at)).get(agent)
    if present is None or present.offer is None:
        return None
    offer = await offers.by_id(tx, present.offer)
    if offer is not None:
        await locks.lock_interactions(tx, [offer.interaction])
    return offer


async def _decline(
    tx: Transaction, before: Agent, step: Step, ringing: Offer | None, *, at: datetime
) -> Step:
    if ringing is None or ringing.id != before.offer:
        # The offer was made while we waited for the agent's row, and its interaction may not be
        # locked now. It stays; what was asked for holds as soon as it has ended in any way.
        return step
    if await offers.close(tx, ringing.id, "declined", at=at):
        await journal(
            tx,
            stream=ringing.interaction,
            kind="offer.declined",
            by=Actor("agent", before.id),
            body={"offer": ringing.id, "agent": before.id, "reason": step.agent.wanted},
            at=at,
        )
    return step


async def _with_free_phone(
    tx: Transaction, before: Agent, step: Step, policy: RoutingPolicy
) -> Step:
    holder = await agents.with_phone(tx, step.agent.phone)
    if holder in (None, before.id):
        return step
    taken = Reason("phone-taken", "routing: one agent for each phone")
    return Step(Verdict(policy.version, (taken,)), before)
