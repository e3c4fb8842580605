"""Agents who take chats: being there, what they have, what comes next (rows A4, A5)."""

from dataclasses import dataclass, replace
from datetime import datetime

from cardline.core.errors import Invalid
from cardline.core.ids import AgentId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal
from cardline.messages.chat import message_store, rules, store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import Chat, ChatAgent, ChatMessage
from cardline.messages.chat.queueing import everybody, give_back
from cardline.routing import actions as routing
from cardline.routing.model import AgentStateName


@dataclass(frozen=True, slots=True)
class Mine:
    """What an agent's screen shows of chats."""

    agent: ChatAgent | None
    chats: tuple[tuple[Chat, ChatMessage | None, int], ...]
    """Each with its last word and the number of those unread."""
    next: Chat | None
    """The chat that is to be taken next; nobody has it yet."""
    waiting: int
    left: tuple[Chat, ...]
    """Messages that nobody has taken up."""


async def set_availability(
    tx: Transaction,
    staff: Staff,
    *,
    ready: bool,
    capacity: int | None,
    hand_back: bool,
    config: ChatConfig,
    at: datetime,
) -> ChatAgent:
    """An agent takes chats, or no more; ``hand_back`` gives those back that the agent has.

    Raises :class:`Invalid` for a capacity beyond the pack's, or for staff who take no calls.
    """
    agent_id = agent_of(staff)
    known = await routing.agent_state(tx, agent=agent_id, at=at)
    if known is None:
        raise Invalid("you are not set up to serve: no skills and languages are known")
    most = config.policy.capacity_most
    if capacity is not None and not 1 <= capacity <= most:
        raise Invalid(f"the capacity is between 1 and {most}")
    # Chats before agents, as everywhere.
    held = [
        await store.by_id(tx, chat.id, lock=True)
        for chat in (await store.of_agent(tx, agent_id) if hand_back else [])
    ]
    before = await store.lock_agent(tx, agent_id)
    agent = ChatAgent(
        id=agent_id,
        ready=ready,
        capacity=capacity or (before.capacity if before else config.policy.capacity),
        languages=frozenset(known[0].languages),
        skills=known[0].skills,
        since=before.since if before and before.ready == ready else at,
        screen_until=at + config.policy.screen_lease,
        load=before.load if before else 0,
    )
    await store.set_agent(tx, agent)
    if before is None or (before.ready, before.capacity) != (agent.ready, agent.capacity):
        body: JsonObject = {"ready": ready, "capacity": agent.capacity}
        await journal(
            tx, stream=agent_id, kind="agent.chat-availability", by=staff.actor, body=body, at=at
        )
    for chat in held:
        if chat is not None and chat.agent_id == agent_id:
            await give_back(tx, chat, why="agent-left", config=config, at=at, by=staff.actor)
    return replace(agent, load=0) if hand_back else agent


async def mine(tx: Transaction, staff: Staff, *, config: ChatConfig, at: datetime) -> Mine:
    """Return what an agent has and may take; a sign that the screen is there."""
    agent = await seen(tx, staff, config=config, at=at)
    waiting, _ = await everybody(tx, config=config, at=at)
    following: Chat | None = None
    if agent is not None:
        chosen = rules.next_for(agent, waiting, now=at)
        following = await store.by_id(tx, chosen.id) if chosen else None
    chats = [
        (
            chat,
            await message_store.last(tx, chat.id),
            await message_store.unread(tx, chat.id, to="agent"),
        )
        for chat in (await store.of_agent(tx, agent.id) if agent else [])
    ]
    return Mine(agent, tuple(chats), following, len(waiting), tuple(await store.left(tx)))


def agent_of(staff: Staff) -> AgentId:
    """Return the id under which somebody serves. Raises :class:`Invalid` for who does not."""
    if staff.agent_id is None:
        raise Invalid("you do not serve holders yourself")
    return staff.agent_id


async def seen(
    tx: Transaction, staff: Staff, *, config: ChatConfig, at: datetime, lock: bool = False
) -> ChatAgent | None:
    """The screen of an agent is there; ``None`` for who takes no chats."""
    if staff.agent_id is None:
        return None
    agent_id = staff.agent_id
    found = (
        await store.lock_agent(tx, agent_id)
        if lock
        else next(iter(await store.agents(tx, agent=agent_id)), None)
    )
    if found is None:
        return None
    until = at + config.policy.screen_lease
    # A lease that has run out is taken up again by being ready anew, not by a late look.
    if at < found.screen_until:
        await store.renew_screen(tx, agent_id, until=until)
        found = replace(found, screen_until=until)
    known = await routing.agent_state(tx, agent=agent_id, at=at)
    busy = known is not None and known[1].name in (AgentStateName.TALKING, AgentStateName.OFFERED)
    return replace(found, on_phone=busy)
