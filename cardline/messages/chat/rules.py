"""Who takes which chat: the longest waiter whom this agent may serve, never more than he can."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from cardline.core.ids import AgentId
from cardline.core.verdict import Reason, Verdict, judge
from cardline.messages.chat.model import Chat, ChatAgent, ChatPolicy, WaitingChat

ANY_SKILL = "*"


def service_order(waiting: Iterable[WaitingChat]) -> list[WaitingChat]:
    """Urgent first, then those whose agent was lost, then whoever waits longest."""
    return sorted(
        waiting, key=lambda chat: (not chat.urgent, not chat.given_back, chat.since, chat.id)
    )


def next_for(
    agent: ChatAgent, waiting: Sequence[WaitingChat], *, now: datetime
) -> WaitingChat | None:
    """Return the chat that this agent is to take next; ``None`` where there is none for him."""
    if next(_against_agent(agent, now=now), None) is not None:
        return None
    for chat in service_order(waiting):
        if next(_against_pair(agent, chat), None) is None:
            return chat
    return None


def may_take(
    agent: ChatAgent,
    chat: WaitingChat,
    waiting: Sequence[WaitingChat],
    policy: ChatPolicy,
    *,
    now: datetime,
) -> Verdict:
    """Say whether this agent may take this chat now, and everything that stands against it."""

    def findings() -> Iterator[Reason]:
        yield from _against_agent(agent, now=now)
        mismatches = list(_against_pair(agent, chat))
        yield from mismatches
        if not mismatches:
            for other in service_order(waiting):
                if other.id == chat.id:
                    break
                if next(_against_pair(agent, other), None) is None:
                    yield Reason("older-waits", "DEMANDS.md: oldest eligible first")
                    break

    return judge(policy.version, findings())


def on_duty(
    agents: Iterable[ChatAgent], chat: WaitingChat, *, now: datetime
) -> tuple[AgentId, ...]:
    """Return who is there and may serve this chat, now or later: a place is free, it overflows."""
    later = replace(chat, served_by=chat.served_by | chat.serves_later)
    return tuple(
        agent.id
        for agent in agents
        if agent.ready
        and now < agent.screen_until
        and next(_against_pair(agent, later), None) is None
    )


def place_of(chat: WaitingChat, waiting: Sequence[WaitingChat]) -> int:
    """Return the place in the queue of its language, from 1."""
    alike = [one for one in waiting if one.language == chat.language]
    return 1 + [one.id for one in service_order(alike)].index(chat.id)


def may_return(chat: Chat, policy: ChatPolicy, *, now: datetime) -> bool:
    """True where whoever comes back finds the same chat open again."""
    return chat.closed_at is not None and now < chat.closed_at + policy.return_within


def _against_agent(agent: ChatAgent, *, now: datetime) -> Iterator[Reason]:
    if not agent.ready:
        yield Reason("chat-not-ready", "chat: asked for by the agent")
    if now >= agent.screen_until:
        yield Reason("screen-gone", "chat.screen_lease_seconds")
    if agent.load >= agent.capacity:
        yield Reason("chat-full", "chat.capacity")
    if agent.on_phone:
        yield Reason("agent-talking", "chat: nobody begins a chat while talking by telephone")


def _against_pair(agent: ChatAgent, chat: WaitingChat) -> Iterator[Reason]:
    if chat.language not in agent.languages:
        yield Reason("language-missing", "routing.queues")
    if chat.wanted_agent is not None and chat.wanted_agent != agent.id:
        yield Reason("for-another", "chat: transferred to somebody who is there")
    elif chat.wanted_agent is None and not _skilled(agent, chat):
        yield Reason("skill-missing", "routing.queues")


def _skilled(agent: ChatAgent, chat: WaitingChat) -> bool:
    if ANY_SKILL in chat.served_by:
        return bool(agent.skills)
    return not chat.served_by.isdisjoint(agent.skills)
