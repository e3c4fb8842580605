"""What agents do with chats: be there, take, write, pass on, end (rows A4, A5, E5)."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from cardline.core.asking import asks_for_secret
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AgentId, InteractionId, LegId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.hard_conversations import actions as hard
from cardline.desk.interactions import actions as desk
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.evidence.actions import journal
from cardline.messages.chat import message_store, rules, store
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import (
    Chat,
    ChatAgent,
    ChatMessage,
    Outcome,
    Said,
    WaitingChat,
)
from cardline.messages.chat.queueing import (
    as_waiting,
    end,
    enter_queue,
    everybody,
    give_back,
    told,
    wake,
)
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the agent answers before a polite end: does the holder ask for either of these now?"""

    freeze: bool
    complaint: bool


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
    agent = await _seen(tx, staff, config=config, at=at)
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


async def accept(
    tx: Transaction, staff: Staff, chat_id: str, *, config: ChatConfig, at: datetime
) -> tuple[Verdict, Chat]:
    """Take a chat: the one that is next, once. A message left may be taken up in any order.

    Raises :class:`NotFound`. Refused with ``chat-taken`` where somebody was faster.
    """
    agent_id = agent_of(staff)
    # Chats before agents, as everywhere: the sweep takes them in this order too.
    chat = await _locked(tx, chat_id)
    agent = await _seen(tx, staff, config=config, at=at, lock=True)
    if chat.agent_id == agent_id:
        return judge(config.policy.version, ()), chat
    verdict = await _may_accept(tx, agent, chat, config=config, at=at)
    if not verdict.allowed:
        return verdict, chat
    if not await store.take(tx, chat.id, agent_id, at=at):
        return _refused(config, "chat-taken", "chat: single use"), chat
    await store.settle_task(tx, chat.id, str(staff.actor), at=at)
    await tasks.settle_messages(tx, chat.id, by=staff, at=at)
    await desk.answered_by_person(tx, chat.id, at=at)
    leg = LegId(new_id("chat-"))
    await desk.leg_dialled(tx, chat.id, leg, agent=agent_id, target="chat", purpose="offer", at=at)
    await desk.leg_answered(tx, chat.id, leg, at=at)
    await told(tx, chat, "agent_joined", config=config, at=at, name=staff.name, number=staff.number)
    body: JsonObject = {"agent": agent_id, "matter": chat.matter}
    if chat.waiting_since:
        body["waited_seconds"] = round((at - chat.waiting_since).total_seconds(), 1)
    await journal(
        tx,
        stream=chat.id,
        kind="chat.accepted",
        by=staff.actor,
        body=body,
        at=at,
        verdict=verdict,
    )
    await wake(tx, chat.id, for_all=True)
    return verdict, await store.by_id(tx, chat.id) or chat


async def write(
    tx: Transaction,
    staff: Staff,
    chat_id: str,
    text: str,
    *,
    key: str,
    config: ChatConfig,
    at: datetime,
) -> Said:
    """Write to the holder. A text that asks for a secret is stopped and flagged (row E5).

    Raises :class:`NotFound` for a chat that this agent does not have.
    """
    chat = await _own(tx, staff, chat_id, config=config, at=at)
    repeated = await message_store.by_key(tx, chat.id, key)
    if repeated is not None:
        return Said(judge(config.policy.version, ()), chat, repeated)
    stripped = text.strip()
    asked = asks_for_secret(stripped)
    findings = [
        Reason("message-empty", "chat: a message says something") if not stripped else None,
        Reason("message-too-long", "chat.message_length")
        if len(stripped) > config.policy.message_length
        else None,
        Reason("asks-for-secret", "MISSION.md E5: nobody asks for a secret") if asked else None,
    ]
    verdict = judge(config.policy.version, findings)
    if asked:
        # What was asked for, never the words: they may quote a secret.
        await journal(
            tx,
            stream=chat.id,
            kind="chat.secret-asked",
            by=staff.actor,
            body={"kinds": list(asked)},
            at=at,
            verdict=verdict,
        )
    if not verdict.allowed:
        return Said(verdict, chat)
    masked = mask_secrets(stripped)
    number = await message_store.add(
        tx,
        chat.id,
        author="agent",
        agent=agent_of(staff),
        text=masked.text,
        masked=masked.found,
        key=key,
        at=at,
    )
    body: JsonObject = {
        "number": number,
        "sha256": hashlib.sha256(masked.text.encode()).hexdigest(),
    }
    if masked.found:
        body["masked"] = list(masked.found)
    await journal(tx, stream=chat.id, kind="chat.message", by=staff.actor, body=body, at=at)
    await wake(tx, chat.id)
    return Said(verdict, chat, number, masked.found)


async def look(
    tx: Transaction, staff: Staff, chat_id: str, *, after: int, config: ChatConfig, at: datetime
) -> tuple[Chat, list[ChatMessage]]:
    """Read a chat. Whoever has it renews the lease and receives; everybody else is journaled (F4).

    Agents see their own chats, those that wait, and messages left.
    """
    chat = await store.by_id(tx, chat_id)
    if chat is None:
        raise NotFound("there is no such chat, or a colleague has it")
    if chat.agent_id is not None and chat.agent_id == staff.agent_id:
        await _seen(tx, staff, config=config, at=at)
        if await message_store.delivered(tx, chat.id, to="agent", at=at):
            await wake(tx, chat.id)
    elif staff.role == "agent" and chat.state not in ("waiting", "message"):
        raise NotFound("there is no such chat, or a colleague has it")
    elif after == 0:
        seen: JsonObject = {"role": staff.role}
        await journal(tx, stream=chat.id, kind="chat.looked-at", by=staff.actor, body=seen, at=at)
    return chat, await message_store.after(tx, chat.id, after, staff=True)


async def read_by_agent(
    tx: Transaction, staff: Staff, chat_id: str, *, through: int, config: ChatConfig, at: datetime
) -> None:
    """The agent has read everything up to a number."""
    chat = await _own(tx, staff, chat_id, config=config, at=at)
    if await message_store.read(tx, chat.id, to="agent", through=through, at=at):
        await wake(tx, chat.id)


async def transfer(
    tx: Transaction,
    staff: Staff,
    chat_id: str,
    *,
    matter: str,
    to_agent: AgentId | None,
    note: str,
    config: ChatConfig,
    at: datetime,
) -> Chat:
    """Pass a chat on, to a queue or to a colleague who is there; its place is kept (A3).

    Raises :class:`Invalid` for a colleague who is not there, or a matter that has no queue.
    """
    chat = await _own(tx, staff, chat_id, config=config, at=at, leads_too=True)
    wanted = matter or chat.matter
    if not any(queue.matter == wanted for queue in config.routing.queues.values()):
        raise Invalid("there is no queue for this matter")
    if to_agent is not None:
        other = next(iter(await store.agents(tx, agent=to_agent)), None)
        if other is None or not other.ready or at >= other.screen_until:
            raise Invalid("this colleague does not take chats now")
        if to_agent == chat.agent_id or chat.language not in other.languages:
            raise Invalid("this colleague has it already, or lacks the language")
    if note.strip():
        masked = mask_secrets(note.strip())
        await message_store.add(
            tx,
            chat.id,
            author="system",
            agent=staff.agent_id,
            text=masked.text,
            masked=masked.found,
            staff_only=True,
            at=at,
        )
    body: JsonObject = {"from": chat.agent_id, "matter": wanted, "to": to_agent}
    await journal(tx, stream=chat.id, kind="chat.transferred", by=staff.actor, body=body, at=at)
    await desk.leg_ended(tx, chat.id, None, cause="transferred", at=at)
    await told(tx, chat, "transferred", config=config, at=at)
    await enter_queue(
        tx,
        chat,
        matter=wanted,
        urgent=chat.urgent,
        config=config,
        at=at,
        wanted=to_agent,
        since=chat.accepted_at or chat.waiting_since or at,
        cause="transferred",
    )
    return await store.by_id(tx, chat.id) or chat


async def finish(
    tx: Transaction,
    staff: Staff,
    chat_id: str,
    outcome: Outcome,
    *,
    config: ChatConfig,
    at: datetime,
    asked: Asked | None = None,
) -> Verdict:
    """End a chat with its outcome; what comes after is the wrap-up of the interaction.

    The outcome ``polite-end`` is for whoever has the chat and asks the rule of hard conversations
    (row A8); it needs ``asked``. Raises :class:`Invalid` without it, :class:`NotFound`.
    """
    polite = outcome == "polite-end"
    chat = await _own(tx, staff, chat_id, config=config, at=at, leads_too=not polite)
    verdict = judge(config.policy.version, ())
    if polite:
        if asked is None:
            raise Invalid("say whether the holder asks for a freeze or complains now")
        verdict = await hard.end_politely(
            tx,
            chat.id,
            freeze_asked=asked.freeze,
            complaint_asked=asked.complaint,
            policy=config.desk,
            routing_policy=config.routing,
            by=staff,
            at=at,
        )
    if verdict.allowed:
        await end(tx, chat.id, outcome, by=staff.actor, config=config, at=at)
    return verdict


async def end_decided(
    tx: Transaction, staff: Staff, chat_id: str, *, config: ChatConfig, at: datetime
) -> None:
    """End a chat after the rule of hard conversations allowed it. Raises :class:`NotFound`."""
    chat = await _own(tx, staff, chat_id, config=config, at=at)
    await end(tx, chat.id, "polite-end", by=staff.actor, config=config, at=at)


async def own_chat(
    tx: Transaction, staff: Staff, chat_id: str, *, config: ChatConfig, at: datetime
) -> Chat:
    """Return a chat that this agent has. Raises :class:`NotFound`."""
    return await _own(tx, staff, chat_id, config=config, at=at)


async def agent_with(tx: Transaction, chat_id: str) -> AgentId | None:
    """Return the agent who has a chat now; ``None`` where nobody has it."""
    chat = await store.by_id(tx, chat_id)
    return chat.agent_id if chat else None


async def all_open(tx: Transaction) -> list[Chat]:
    """Return all chats that have not ended, for leads."""
    return await store.not_closed(tx)


async def carries(tx: Transaction, chat_id: str, file: str) -> ChatMessage:
    """Return the message of a chat that carries a file. Raises :class:`NotFound`."""
    found = await message_store.with_file(tx, InteractionId(chat_id), file)
    if found is None:
        raise NotFound("there is no such file in this chat")
    return found


def agent_of(staff: Staff) -> AgentId:
    """Return the id under which somebody serves. Raises :class:`Invalid` for who does not."""
    if staff.agent_id is None:
        raise Invalid("you do not serve holders yourself")
    return staff.agent_id


async def _may_accept(
    tx: Transaction, agent: ChatAgent | None, chat: Chat, *, config: ChatConfig, at: datetime
) -> Verdict:
    if agent is None:
        return _refused(config, "chat-not-ready", "chat: asked for by the agent")
    if chat.state not in ("waiting", "message"):
        return _refused(config, "chat-taken", "chat: single use")
    waiting, agents = await everybody(tx, config=config, at=at)
    there = {one.id for one in agents if one.ready and at < one.screen_until}
    asked: WaitingChat = as_waiting(chat, config=config, there=there, at=at)
    others = waiting if chat.state == "waiting" else [asked]
    return rules.may_take(agent, asked, others, config.policy, now=at)


async def _seen(
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


async def _locked(tx: Transaction, chat_id: str) -> Chat:
    chat = await store.by_id(tx, chat_id, lock=True)
    if chat is None:
        raise NotFound("there is no such chat, or a colleague has it")
    return chat


async def _own(
    tx: Transaction,
    staff: Staff,
    chat_id: str,
    *,
    config: ChatConfig,
    at: datetime,
    leads_too: bool = False,
) -> Chat:
    chat = await _locked(tx, chat_id)
    mine_now = staff.agent_id is not None and chat.agent_id == staff.agent_id
    if not mine_now and not (leads_too and staff.role == "lead" and chat.state == "talking"):
        raise NotFound("there is no such chat, or a colleague has it")
    if mine_now:
        await _seen(tx, staff, config=config, at=at)
    return chat


def _refused(config: ChatConfig, code: str, source: str) -> Verdict:
    return Verdict(config.policy.version, (Reason(code, source),))
