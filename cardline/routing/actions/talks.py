"""Talks: the part of each agent in a conversation, and the wrap-up after it (row A4)."""

from datetime import datetime, timedelta

from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import NotFound
from cardline.core.ids import AgentId, CallId, InteractionId, LegId, new_id
from cardline.core.transaction import Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.routing import rules
from cardline.routing.model import AgentEvent, RoutingPolicy, Talk, TalkCause, TalkKind
from cardline.routing.store import agents, locks, talks


async def start_talk(
    tx: Transaction,
    *,
    agent: AgentId,
    interaction: InteractionId,
    kind: TalkKind,
    call: CallId,
    policy: RoutingPolicy,
    leg: LegId | None = None,
    line: str = "",
    at: datetime,
    by: Actor = SYSTEM,
) -> Verdict:
    """Begin a talk that no offer led to: a transfer, a consultation, a third party.

    Call it when the leg of this agent answers. Refused where the agent is logged out, talks, or
    has an open offer. A talk from an offer begins by :func:`accept_offer`.
    """
    await locks.lock_interactions(tx, [interaction])
    await locks.lock_agents(tx, [agent])
    before = (await agents.some(tx, [agent], at=at)).get(agent)
    if before is None:
        raise NotFound("There is no such agent.")
    step = rules.step(before, AgentEvent.START_TALK, policy, now=at, talk=interaction)
    talk = Talk(new_id("tk"), interaction, agent, kind, at, call=call, leg=leg)
    if step.verdict.allowed:
        await agents.save(tx, before, step.agent)
        await talks.start(tx, talk, line=line)
    await journal(
        tx,
        stream=interaction,
        kind="talk.started" if step.verdict.allowed else "talk.refused",
        by=by,
        body={"talk": talk.id, "agent": agent, "talk_kind": kind},
        at=at,
        verdict=step.verdict,
    )
    return step.verdict


async def attach_call(
    tx: Transaction,
    *,
    interaction: InteractionId,
    agent: AgentId,
    call: CallId,
    leg: LegId | None = None,
    line: str = "",
    at: datetime,
    by: Actor = SYSTEM,
) -> bool:
    """Name the call of an open talk: the one placed for a call-back, or another after a transfer.

    False where the talk is over.
    """
    await locks.lock_interactions(tx, [interaction])
    if not await talks.attach(tx, interaction, agent, call=call, leg=leg, line=line):
        return False
    await journal(
        tx,
        stream=interaction,
        kind="talk.attached",
        by=by,
        body={"agent": agent, "call": call, "leg": leg or ""},
        at=at,
    )
    return True


async def end_talk(
    tx: Transaction,
    *,
    interaction: InteractionId,
    agent: AgentId,
    policy: RoutingPolicy,
    cause: TalkCause = "ended",
    at: datetime,
    by: Actor = SYSTEM,
) -> Verdict:
    """End the agent's part; his wrap-up begins and ends by itself at the limit of the pack.

    After ``failed`` there is no wrap-up, nor after having followed somebody else's talk. What the
    agent asked for meanwhile holds after it: a break stays a break. A caller who shall be served
    again enters the queue again and has his old place.
    """
    await locks.lock_interactions(tx, [interaction])
    wrap_up = timedelta(0) if cause == "failed" else policy.wrap_up_limit
    talk = await talks.end(tx, interaction, agent, cause, wrap_up=wrap_up, at=at)
    if talk is None:
        return Verdict(policy.version, (Reason("no-talk", "routing: no talk is open"),))
    await journal(
        tx,
        stream=interaction,
        kind="talk.ended",
        by=by,
        body={
            "talk": talk.id,
            "agent": agent,
            "cause": cause,
            "seconds": round(max(at - talk.started_at, timedelta(0)).total_seconds(), 3),
            "wrap_up_limit_seconds": 0.0 if talk.kind == "monitor" else wrap_up.total_seconds(),
        },
        at=at,
    )
    return Verdict(policy.version)


async def end_wrap_up(
    tx: Transaction,
    *,
    agent: AgentId,
    policy: RoutingPolicy,
    at: datetime,
    by: Actor | None = None,
) -> Verdict:
    """End the wrap-up before its limit; refused where none runs."""
    await locks.lock_agents(tx, [agent])
    before = (await agents.some(tx, [agent], at=at)).get(agent)
    if before is None:
        raise NotFound("There is no such agent.")
    step = rules.step(before, AgentEvent.END_WRAP_UP, policy, now=at)
    if step.verdict.allowed:
        await agents.save(tx, before, step.agent)
        await journal(
            tx,
            stream=agent,
            kind="agent.wrap-up-ended",
            by=by or Actor("agent", agent),
            body={"state": rules.state_of(step.agent, now=at).name},
            at=at,
            verdict=step.verdict,
        )
    return step.verdict
