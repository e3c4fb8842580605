"""Offers: made by the rule, used once, ended in exactly one way."""

from datetime import datetime

from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import AgentId, InteractionId, LegId, OfferId
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.routing import rules
from cardline.routing.model import (
    Accepted,
    AgentEvent,
    DeclineReason,
    Due,
    Offer,
    OfferState,
    RoutingPolicy,
    Talk,
)
from cardline.routing.store import agents, locks, offers, talks, waits

_FIRST_AGENTS = 32
"""Agents read at first. Who is proposed out of the first is proposed out of all: both are in the
order of being idle. Only a waiter for whom there is nobody among them makes us read the others."""


async def anything_due(tx: Transaction, *, at: datetime) -> Due:
    """Tell in one statement whether somebody waits without an offer, and whether one ran out."""
    return await offers.due(tx, at=at)


async def make_offers(tx: Transaction, *, policy: RoutingPolicy, at: datetime) -> list[Offer]:
    """Offer those who wait to those who are ready, as ``rules.next_offer`` says.

    Needs a transaction of its own. Run it after every wake-up on ``CHANNEL``, and each second: a
    wrap-up, an overflow time or the time of a call-back may have been reached. Mostly nobody waits,
    which :func:`anything_due` tells for less.
    """
    await locks.lock_sweep(tx)
    ready = await agents.perhaps_ready(tx, at=at, limit=_FIRST_AGENTS)
    if not ready:
        return []
    waiting = await waits.waiting(tx, offered=False, at=at)
    proposals = rules.next_offer(waiting, ready, policy, now=at)
    if len(ready) == _FIRST_AGENTS and len(proposals) < len(waiting):
        ready = await agents.perhaps_ready(tx, at=at)
        proposals = rules.next_offer(waiting, ready, policy, now=at)
    if not proposals:
        return []
    await locks.lock_interactions(tx, [one.waiter.interaction for one in proposals])
    await locks.lock_agents(tx, [one.agent.id for one in proposals])
    made = await offers.make(tx, proposals, policy, at=at)
    by_wait = {one.waiter.wait: one for one in proposals}
    for offer in made:
        proposal = by_wait[offer.wait]
        await journal(
            tx,
            stream=offer.interaction,
            kind="offer.made",
            by=SYSTEM,
            body={
                "offer": offer.id,
                "agent": offer.agent,
                "queue": offer.queue,
                "overflow": proposal.overflow,
                "callback": offer.callback,
                "waited_seconds": round((at - offer.since).total_seconds(), 3),
            },
            at=at,
            verdict=rules.may_serve(proposal.agent, proposal.waiter, policy, now=at),
        )
    return made


async def accept_offer(
    tx: Transaction,
    *,
    offer: OfferId,
    token: str,
    policy: RoutingPolicy,
    agent: AgentId | None = None,
    leg: LegId | None = None,
    at: datetime,
    by: Actor | None = None,
) -> Accepted:
    """Take an offer: the caller's stay ends as answered, and the agent's talk begins.

    Refused where it ended before in any way, or where ``token`` or ``agent`` do not fit. The same
    acceptance by the same ``leg`` may be repeated, as after an answer that was lost. A call-back
    has no call yet: :func:`attach_call` names it once it was placed.
    """
    await locks.lock_interaction_of(tx, offer)
    found = await offers.by_id(tx, offer)
    verdict = rules.may_accept(found, token=token, agent=agent, policy=policy, now=at)
    if found is None:
        return Accepted(verdict)
    if not verdict.allowed:
        repeated = await _accepted_before(tx, found, token=token, leg=leg)
        if repeated is not None:
            return Accepted(Verdict(policy.version), found, repeated)
    talk = await offers.accept(tx, offer, token, leg, at=at) if verdict.allowed else None
    if verdict.allowed and talk is None:
        raise RuntimeError(f"offer {offer} is open, but nobody waits for it")
    body: JsonObject = {"offer": offer, "agent": found.agent}
    if talk is not None:
        body["talk"] = talk.id
        body["queue"] = found.queue
        body["waited_seconds"] = round((at - found.since).total_seconds(), 3)
    await journal(
        tx,
        stream=found.interaction,
        kind="offer.accepted" if talk is not None else "offer.refused",
        by=by or Actor("agent", found.agent),
        body=body,
        at=at,
        verdict=verdict,
    )
    return Accepted(verdict, found, talk)


async def decline_offer(
    tx: Transaction,
    *,
    offer: OfferId,
    policy: RoutingPolicy,
    reason: DeclineReason = "declined",
    agent: AgentId | None = None,
    at: datetime,
    by: Actor | None = None,
) -> Verdict:
    """End an offer from the agent's side: he declined, or his phone could not be rung.

    The caller goes back to his place; the agent is not ready, with this reason, until he says so.
    """
    await locks.lock_interaction_of(tx, offer)
    found = await offers.by_id(tx, offer)
    token = found.token if found is not None else ""
    verdict = rules.may_accept(found, token=token, agent=agent, policy=policy, now=at)
    if found is None or not verdict.allowed:
        return verdict
    actor = by or Actor("agent", found.agent)
    ended = await _miss(tx, [found], AgentEvent.DECLINE, policy, reason=reason, at=at, by=actor)
    if not ended:
        raise RuntimeError(f"offer {offer} ended while its interaction was locked")
    return verdict


async def expire_offers(tx: Transaction, *, policy: RoutingPolicy, at: datetime) -> list[Offer]:
    """End the offers that nobody answered in time; needs a transaction of its own.

    Each caller goes back to his place; each agent is not ready with the reason ``no-answer``,
    unless he had asked for a break, which stands.
    """
    await locks.lock_sweep(tx)
    late = await offers.still_open(tx, expired_at=at)
    if not late:
        return []
    await locks.lock_interactions(tx, [offer.interaction for offer in late])
    return await _miss(tx, late, AgentEvent.NO_ANSWER, policy, reason="", at=at, by=SYSTEM)


async def withdraw_offer(
    tx: Transaction, *, interaction: InteractionId, at: datetime, by: Actor = SYSTEM
) -> Offer | None:
    """Take back the open offer of an interaction; the agent is free and keeps his turn.

    The interaction goes on waiting; a caller who is gone leaves by :func:`leave_queue`, which
    withdraws too. Returns the offer, so that its phone stops ringing.
    """
    await locks.lock_interactions(tx, [interaction])
    found = await offers.open_of(tx, interaction)
    if found is None or not await offers.close(tx, found.id, "withdrawn", at=at):
        return None
    await journal(
        tx,
        stream=interaction,
        kind="offer.withdrawn",
        by=by,
        body={"offer": found.id, "agent": found.agent},
        at=at,
    )
    return found


async def _accepted_before(
    tx: Transaction, found: Offer, *, token: str, leg: LegId | None
) -> Talk | None:
    if found.state != "accepted" or found.token != token or leg is None:
        return None
    talk = await talks.of_offer(tx, found.id)
    return talk if talk is not None and talk.leg == leg and talk.ended_at is None else None


async def _miss(
    tx: Transaction,
    missed: list[Offer],
    event: AgentEvent,
    policy: RoutingPolicy,
    *,
    reason: str,
    at: datetime,
    by: Actor,
) -> list[Offer]:
    """End offers that their agents missed. The interactions are locked; agents are locked here."""
    await locks.lock_agents(tx, [offer.agent for offer in missed])
    known = await agents.some(tx, [offer.agent for offer in missed], at=at)
    state: OfferState = "expired" if event is AgentEvent.NO_ANSWER else "declined"
    ended: list[Offer] = []
    changes: list[tuple[AgentId, JsonObject]] = []
    for offer in missed:
        if not await offers.close(tx, offer.id, state, at=at):
            continue
        ended.append(offer)
        before = known[offer.agent]
        after = rules.step(before, event, policy, now=at, reason=reason).agent
        await agents.save(tx, before, after)
        body: JsonObject = {"offer": offer.id, "agent": offer.agent}
        if reason:
            body["reason"] = reason
        await journal(tx, stream=offer.interaction, kind=f"offer.{state}", by=by, body=body, at=at)
        if after.wanted is not before.wanted:
            change: JsonObject = {"event": event, "reason": after.reason, "offer": offer.id}
            changes.append((offer.agent, change))
    # The heads of agents come last in the order of locks.
    for agent, change in sorted(changes, key=lambda pair: pair[0]):
        await journal(tx, stream=agent, kind="agent.not-ready", by=by, body=change, at=at)
    return ended
