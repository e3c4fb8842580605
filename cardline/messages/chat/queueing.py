"""Putting chats into the queue and taking them out: what holders, agents and the sweep share."""

import hashlib
from datetime import datetime

from cardline.core import live
from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import AgentId, InteractionId
from cardline.core.live import SUPERVISORS, to_agents, to_roles
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.evidence.actions import journal
from cardline.messages.chat import message_store, rules, store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import Chat, ChatAgent, HandOver, Outcome, StayCause, WaitingChat
from cardline.routing import rules as routing
from cardline.routing.model import Waiter


async def wake(tx: Transaction, chat: InteractionId, *, for_all: bool = False) -> None:
    """Tell, after the commit, that a chat changed: its pages, its agent, and who may take it.

    ``for_all``: every agent, because it was to be taken and no longer is.
    """
    store.wake(tx, chat)
    found = await store.by_id(tx, chat)
    if found is None:
        return
    to = SUPERVISORS if found.agent_id is None else SUPERVISORS | to_agents(found.agent_id)
    if for_all or found.state in ("waiting", "message"):
        to |= to_roles("agent")
    live.tell(tx, kind="chat", id=chat, to=to)


async def told(
    tx: Transaction,
    chat: Chat,
    text: str,
    *,
    config: ChatConfig,
    at: datetime,
    by_bot: bool = False,
    **values: object,
) -> int:
    """Say a text of the catalogue in a chat."""
    return await message_store.add(
        tx,
        chat.id,
        author="bot" if by_bot else "system",
        text=config.texts.say(text, chat.language, **values),
        at=at,
    )


async def enter_queue(
    tx: Transaction,
    chat: Chat,
    *,
    matter: str,
    urgent: bool,
    config: ChatConfig,
    at: datetime,
    wanted: AgentId | None = None,
    since: datetime | None = None,
    cause: StayCause = "asked",
) -> bool:
    """Put a chat in the queue; where nobody is there to serve it, ask for a message: False."""
    since = since or at
    await store.put_in_queue(
        tx,
        chat.id,
        queue=routing.queue_for(matter, chat.language, config.routing),
        cause=cause,
        urgent=urgent,
        since=since,
        given_back=cause != "asked",
        wanted=wanted,
        at=at,
    )
    waiting, agents = await everybody(tx, config=config, at=at)
    mine = next(one for one in waiting if one.id == chat.id)
    if not rules.on_duty(agents, mine, now=at):
        await ask_for_message(tx, chat, config=config, at=at)
        return False
    await wake(tx, chat.id)
    await told(tx, chat, "waiting", config=config, at=at, place=rules.place_of(mine, waiting))
    return True


async def ask_for_message(tx: Transaction, chat: Chat, *, config: ChatConfig, at: datetime) -> None:
    """Nobody is there: what the holder writes from now on is a message (row A3)."""
    await store.take_message(tx, chat.id, at=at)
    hours = int(config.policy.return_within.total_seconds() // 3600)
    await told(tx, chat, "nobody", config=config, at=at, hours=hours)
    await journal(tx, stream=chat.id, kind="chat.nobody-there", by=SYSTEM, body={}, at=at)
    await wake(tx, chat.id)


async def everybody(
    tx: Transaction, *, config: ChatConfig, at: datetime
) -> tuple[list[WaitingChat], list[ChatAgent]]:
    """Return who waits, as the rules see them, and who takes chats."""
    agents = await store.agents(tx)
    there = {agent.id for agent in agents if agent.ready and at < agent.screen_until}
    waiting = [
        as_waiting(chat, config=config, there=there, at=at) for chat in await store.waiting(tx)
    ]
    return waiting, agents


def as_waiting(chat: Chat, *, config: ChatConfig, there: set[AgentId], at: datetime) -> WaitingChat:
    """Show a chat to the rules; who serves it follows the same queues as calls do."""
    since = chat.waiting_since or chat.last_word_at
    queue = routing.queue_for(chat.matter, chat.language, config.routing)
    waiter = Waiter(
        wait=chat.id,
        interaction=chat.id,
        queue=queue.name,
        language=chat.language,
        urgent=chat.urgent,
        since=since,
        entered_at=since,
    )
    wanted = chat.wanted_agent if chat.wanted_agent in there else None
    return WaitingChat(
        id=chat.id,
        language=chat.language,
        matter=chat.matter,
        urgent=chat.urgent,
        given_back=chat.given_back,
        since=since,
        served_by=routing.serving_skills(waiter, queue, config.routing, now=at),
        serves_later=routing.skills_for(queue, config.routing),
        wanted_agent=wanted,
    )


async def give_back(
    tx: Transaction, chat: Chat, *, why: str, config: ChatConfig, at: datetime, by: Actor = SYSTEM
) -> None:
    """The agent is gone: the chat goes to the head of the queue."""
    body: JsonObject = {"agent": chat.agent_id, "why": why}
    await journal(tx, stream=chat.id, kind="chat.given-back", by=by, body=body, at=at)
    await desk.leg_ended(tx, chat.id, None, cause=why, at=at)
    await told(tx, chat, "agent_lost", config=config, at=at)
    await enter_queue(
        tx,
        chat,
        matter=chat.matter,
        urgent=chat.urgent,
        config=config,
        at=at,
        since=chat.accepted_at or at,
        cause="given-back",
    )


async def end(
    tx: Transaction,
    chat: InteractionId,
    outcome: Outcome,
    *,
    by: Actor,
    config: ChatConfig,
    at: datetime,
) -> bool:
    """End a chat; False where it had ended."""
    found = await store.by_id(tx, chat, lock=True)
    if found is None or found.state == "closed":
        return False
    hours = int(config.policy.return_within.total_seconds() // 3600)
    await told(tx, found, "closed", config=config, at=at, hours=hours)
    await store.close(tx, chat, outcome, at)
    await journal(tx, stream=chat, kind="chat.closed", by=by, body={"outcome": outcome}, at=at)
    await desk.close_interaction(tx, chat, outcome=outcome, at=at)
    await wake(tx, chat, for_all=True)
    return True


async def sweep(tx: Transaction, *, config: ChatConfig, at: datetime) -> None:
    """Give back what lost its agent, ask for messages where nobody is left, end what is idle.

    Each chat is looked at again under its lock: another node may have been faster.
    """
    for lost in await store.lost(tx, at=at):
        chat = await store.by_id(tx, lost, lock=True)
        if chat is not None and chat.state == "talking" and chat.agent_id is not None:
            agent = await store.lock_agent(tx, chat.agent_id)
            if agent is None or at >= agent.screen_until:
                await give_back(tx, chat, why="screen-gone", config=config, at=at)
    waiting, agents = await everybody(tx, config=config, at=at)
    for one in waiting:
        if not rules.on_duty(agents, one, now=at):
            chat = await store.by_id(tx, one.id, lock=True)
            if chat is not None and chat.state == "waiting":
                await ask_for_message(tx, chat, config=config, at=at)
    for quiet in await store.idle(tx, before=at - config.policy.idle):
        chat = await store.by_id(tx, quiet, lock=True)
        if chat is not None and chat.last_word_at < at - config.policy.idle:
            await end(tx, quiet, "left", by=SYSTEM, config=config, at=at)


async def journal_hand_over(tx: Transaction, chat: Chat, over: HandOver, *, at: datetime) -> None:
    body: JsonObject = {"why": over.reason, "matter": over.matter, "urgent": over.urgent}
    await journal(tx, stream=chat.id, kind="chat.handed-over", by=SYSTEM, body=body, at=at)


async def journal_message(
    tx: Transaction,
    chat: Chat,
    number: int,
    text: str,
    masked: tuple[str, ...],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """The hash of what is kept, so that a message that was changed later is found out (row F1)."""
    body: JsonObject = {"number": number, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    if masked:
        body["masked"] = list(masked)
    await journal(tx, stream=chat.id, kind="chat.message", by=by, body=body, at=at)
