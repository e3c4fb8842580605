"""What HTTP shows of chats."""

from datetime import datetime

from pydantic import BaseModel, Field

from cardline.cards.model import Language
from cardline.messages.chat.model import Author, Chat, ChatAgent, ChatMessage, ChatState
from cardline.messages.chat.presence import Mine
from cardline.messages.file_model import FileKind, StoredFile


class FileView(BaseModel):
    """A file in a chat; fetch it under ``…/files/{id}``. Only pictures may be shown in a page."""

    id: str
    name: str
    kind: FileKind
    bytes: int


class MessageView(BaseModel):
    """One message. ``masked``: kinds of secrets that were taken out; ``staff_only``: a note."""

    number: int
    author: Author
    agent: str | None
    text: str
    masked: list[str]
    article: str | None
    file: FileView | None
    staff_only: bool
    at: datetime
    delivered_at: datetime | None
    read_at: datetime | None


class ChatSummary(BaseModel):
    """A chat in a list. ``holder``: who was logged in; null for an unknown visitor."""

    id: str
    holder: str | None
    language: Language
    state: ChatState
    matter: str
    urgent: bool
    agent: str | None
    waiting_since: datetime | None
    given_back: bool
    opened_at: datetime
    last_word_at: datetime
    closed_at: datetime | None
    outcome: str | None
    last_text: str | None = None
    unread: int = 0


class ChatView(ChatSummary):
    """A chat whole, or what is new in it."""

    messages: list[MessageView]
    holder_typing: bool


class MineView(BaseModel):
    """What an agent has. Ask at least every 10 s: without a sign for ``lease_seconds`` the chats go
    back to the queue. ``next`` is the one chat that may be accepted now; ``left`` are messages."""

    ready: bool
    capacity: int
    lease_seconds: int
    screen_until: datetime | None
    chats: list[ChatSummary]
    next: ChatSummary | None
    waiting: int
    left: list[ChatSummary]


class AvailabilityView(BaseModel):
    """Whether an agent takes chats, and how many at once."""

    ready: bool
    capacity: int
    screen_until: datetime


class SentView(BaseModel):
    """What became of a message; ``masked``: kinds of secrets that were taken out."""

    number: int
    masked: list[str]


class HolderMessage(BaseModel):
    """A message as the holder's page shows it; ``file`` is a link below the page."""

    number: int
    author: Author
    text: str
    file: str | None
    file_name: str | None
    picture: bool
    at: datetime


class HolderEvents(BaseModel):
    """News for the holder's page. ``version`` is sent back to wait for what is newer."""

    version: str
    state: ChatState | None
    messages: list[HolderMessage]
    place: int = Field(description="Place in the queue; 0 where the chat does not wait")
    agent_typing: bool
    delivered: int
    read: int


def show_file(file: StoredFile | None) -> FileView | None:
    """Show a file."""
    if file is None:
        return None
    return FileView(id=file.id, name=file.name, kind=file.kind, bytes=file.bytes)


def show_message(message: ChatMessage) -> MessageView:
    """Show a message to staff."""
    return MessageView(
        number=message.number,
        author=message.author,
        agent=message.agent_id,
        text=message.text,
        masked=list(message.masked),
        article=message.article,
        file=show_file(message.file),
        staff_only=message.staff_only,
        at=message.at,
        delivered_at=message.delivered_at,
        read_at=message.read_at,
    )


def show_chat(chat: Chat, *, last_text: str | None = None, unread: int = 0) -> ChatSummary:
    """Show a chat in a list."""
    return ChatSummary(
        id=chat.id,
        holder=chat.holder_id,
        language=chat.language,
        state=chat.state,
        matter=chat.matter,
        urgent=chat.urgent,
        agent=chat.agent_id,
        waiting_since=chat.waiting_since,
        given_back=chat.given_back,
        opened_at=chat.opened_at,
        last_word_at=chat.last_word_at,
        closed_at=chat.closed_at,
        outcome=chat.outcome,
        last_text=last_text,
        unread=unread,
    )


def show_whole(chat: Chat, messages: list[ChatMessage], *, typing: bool) -> ChatView:
    """Show a chat with messages."""
    return ChatView(
        **show_chat(chat).model_dump(),
        messages=[show_message(message) for message in messages],
        holder_typing=typing,
    )


def show_agent(agent: ChatAgent) -> AvailabilityView:
    """Show whether an agent takes chats."""
    return AvailabilityView(
        ready=agent.ready, capacity=agent.capacity, screen_until=agent.screen_until
    )


def show_mine(mine: Mine, *, capacity: int, lease_seconds: int) -> MineView:
    """Show what an agent has."""
    agent = mine.agent
    return MineView(
        ready=bool(agent and agent.ready),
        capacity=agent.capacity if agent else capacity,
        lease_seconds=lease_seconds,
        screen_until=agent.screen_until if agent else None,
        chats=[
            show_chat(chat, last_text=last.text if last else None, unread=unread)
            for chat, last, unread in mine.chats
        ],
        next=show_chat(mine.next) if mine.next else None,
        waiting=mine.waiting,
        left=[show_chat(chat) for chat in mine.left],
    )


def show_to_holder(message: ChatMessage, *, base: str) -> HolderMessage:
    """Show a message to the holder."""
    file = message.file
    return HolderMessage(
        number=message.number,
        author=message.author,
        text=message.text,
        file=f"{base}/files/{file.id}" if file else None,
        file_name=file.name if file else None,
        picture=bool(file and file.kind in ("jpeg", "png")),
        at=message.at,
    )
