"""What HTTP shows of chats in reports and on the wall. Times are seconds, null: unknown."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from cardline.messages.chat.model import Chat, ChatAgent
from cardline.messages.chat.overview import ChatFloor
from cardline.reports.model import ChatsEnded, ChatService


class ChatServiceView(BaseModel):
    """How the chats of a queue were served in ``[start, end)``; ``queue`` empty: all together."""

    queue: str
    start: datetime
    end: datetime
    offered: int
    answered: int
    answered_share: float | None
    messages: int
    left: int
    waiting: int
    transferred: int
    given_back: int
    mean_wait_seconds: float | None
    wait_p50_seconds: int | None
    wait_p90_seconds: int | None
    longest_wait_seconds: float


class ChatsEndedView(BaseModel):
    """Chats that ended in one way; ``by_machine``: of them those that never waited."""

    outcome: str
    chats: int
    by_machine: int


class WaitingChatView(BaseModel):
    """A chat that waits; ``since`` is its place, ``waited_seconds`` counts from there."""

    interaction: str
    matter: str
    language: str
    urgent: bool
    given_back: bool
    since: datetime
    waited_seconds: float


class ChatAgentView(BaseModel):
    """Who takes chats, or still has some: ``open`` of at most ``capacity``."""

    agent: str
    ready: bool
    screen: bool
    """The screen gave a sign lately."""
    capacity: int
    open: int


class ChatsView(BaseModel):
    """Chats now, today and in the last hour; ``messages_left``: nobody has taken them up."""

    waiting: list[WaitingChatView]
    longest_wait_seconds: float
    agents: list[ChatAgentView]
    messages_left: int
    today: list[ChatServiceView]
    last_hour: list[ChatServiceView]


def show_chat_service(service: ChatService) -> ChatServiceView:
    """Show how chats were served."""
    return ChatServiceView(
        queue=service.queue or "",
        start=service.period.start,
        end=service.period.end,
        offered=service.offered,
        answered=service.answered,
        answered_share=service.answered_share,
        messages=service.messages,
        left=service.left,
        waiting=service.waiting,
        transferred=service.transferred,
        given_back=service.given_back,
        mean_wait_seconds=service.mean_wait.total_seconds() if service.mean_wait else None,
        wait_p50_seconds=service.wait_p50,
        wait_p90_seconds=service.wait_p90,
        longest_wait_seconds=service.longest_wait.total_seconds(),
    )


def show_chats_ended(ended: ChatsEnded) -> ChatsEndedView:
    """Show how chats ended."""
    return ChatsEndedView(outcome=ended.outcome, chats=ended.chats, by_machine=ended.by_machine)


def show_chats(
    floor: ChatFloor, today: list[ChatService], hour: list[ChatService], *, now: datetime
) -> ChatsView:
    """Show chats on the wall, the longest waiter first."""
    waiting = sorted(
        (_show_waiting(chat, now=now) for chat in floor.waiting), key=lambda one: one.since
    )
    return ChatsView(
        waiting=waiting,
        longest_wait_seconds=max((one.waited_seconds for one in waiting), default=0.0),
        agents=[_show_agent(one, now=now) for one in floor.agents if one.ready or one.load],
        messages_left=len(floor.left),
        today=[show_chat_service(one) for one in today],
        last_hour=[show_chat_service(one) for one in hour],
    )


def _show_waiting(chat: Chat, *, now: datetime) -> WaitingChatView:
    since = chat.waiting_since or now
    return WaitingChatView(
        interaction=chat.id,
        matter=chat.matter,
        language=chat.language,
        urgent=chat.urgent,
        given_back=chat.given_back,
        since=since,
        waited_seconds=max(now - since, timedelta(0)).total_seconds(),
    )


def _show_agent(agent: ChatAgent, *, now: datetime) -> ChatAgentView:
    return ChatAgentView(
        agent=agent.id,
        ready=agent.ready,
        screen=now < agent.screen_until,
        capacity=agent.capacity,
        open=agent.load,
    )
