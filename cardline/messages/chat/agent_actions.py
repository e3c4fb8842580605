"""What agents do with chats: be there, take, write, pass on, end (rows A4, A5, E5)."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.errors import Invalid
from cardline.core.ids import AgentId, LegId, new_id
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
from cardline.messages.chat.model import Chat, ChatAgent, Outcome, WaitingChat
from cardline.messages.chat.owning import locked_chat, own_chat
from cardline.messages.chat.presence import agent_of, seen
from cardline.messages.chat.queueing import as_waiting, end, enter_queue, everybody, told, wake


@dataclass(frozen=True, slots=True)
class Asked:
    """What the agent answers before a polite end: does the holder ask for either of these now?"""

    freeze: bool
    complaint: bool


async def accept(
    tx: Transaction, staff: Staff, chat_id: str, *, config: ChatConfig, at: datetime
) -> tuple[Verdict, Chat]:
    """Take a chat: the one that is next, once. A message left may be taken up in any order.

    Raises :class:`NotFound`. Refused with ``chat-taken`` where somebody was faster.
    """
    agent_id = agent_of(staff)
    # Chats before agents, as everywhere: the sweep takes them in this order too.
    chat = await locked_chat(tx, chat_id)
    agent = await seen(tx, staff, config=config, at=at, lock=True)
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
    chat = await own_chat(tx, staff, chat_id, config=config, at=at, leads_too=True)
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
    chat = await own_chat(tx, staff, chat_id, config=config, at=at, leads_too=not polite)
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
    chat = await own_chat(tx, staff, chat_id, config=config, at=at)
    await end(tx, chat.id, "polite-end", by=staff.actor, config=config, at=at)


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


def _refused(config: ChatConfig, code: str, source: str) -> Verdict:
    return Verdict(config.policy.version, (Reason(code, source),))
