"""HTTP of chats for those who serve (rows A4, A5)."""

from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from cardline.core.clock import Clock
from cardline.core.errors import CardlineError, Conflict
from cardline.core.ids import AgentId
from cardline.core.transaction import Database
from cardline.core.verdict import Verdict
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_look
from cardline.messages import files
from cardline.messages.chat import agent_actions as actions
from cardline.messages.chat import agent_writing, owning, presence
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.hub import ChatHub
from cardline.messages.chat.model import Outcome
from cardline.messages.chat.views import (
    AvailabilityView,
    ChatSummary,
    ChatView,
    MineView,
    SentView,
    show_agent,
    show_chat,
    show_mine,
    show_whole,
)
from cardline.messages.files import Files


class ChatServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def chat(self) -> ChatConfig: ...
    @property
    def chat_hub(self) -> ChatHub: ...
    @property
    def files(self) -> Files: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class ChatRefused(Conflict):
    """A chat cannot be taken or ended so; ``code`` is the first reason, the message names all."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"refused: {', '.join(verdict.codes)}")
        self.code = verdict.codes[0]


class MessageRefused(CardlineError):
    """A message was not sent; ``code`` is the first reason, such as ``asks-for-secret``."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"refused: {', '.join(verdict.codes)}")
        self.code = verdict.codes[-1]


class AvailabilityBody(BaseModel):
    """``capacity`` as before where it is left out; ``hand_back`` returns what the agent has."""

    ready: bool
    capacity: int | None = None
    hand_back: bool = False


class MessageBody(BaseModel):
    """``key``: the same for a repeat of the same message."""

    text: str = Field(max_length=20_000)
    key: str = Field(min_length=8, max_length=64)


class ReadBody(BaseModel):
    """Everything up to ``through`` was read."""

    through: int = Field(ge=1)


class CloseBody(BaseModel):
    """How it ended. A polite end answers both questions: does the holder ask for either now?"""

    outcome: Outcome
    freeze_asked: bool | None = None
    complaint_asked: bool | None = None


class TransferBody(BaseModel):
    """To the queue of a matter (the same where it is empty), or to a colleague who is there.

    ``note`` is for the colleague; the holder never sees it.
    """

    matter: str = Field(default="", max_length=40)
    agent: str = Field(default="", max_length=60)
    note: str = Field(default="", max_length=1000)


def router(services: ChatServices) -> APIRouter:
    """Make the routes of chats for those who serve."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])
    agent = Depends(services.require("agent", "lead"))
    lead = Depends(services.require("lead"))
    readers = Depends(services.require("agent", "lead", "quality", "compliance"))

    @routes.get("")
    async def list_open(staff: Annotated[Staff, lead]) -> list[ChatSummary]:
        """List all chats that have not ended, oldest first."""
        async with services.database.transaction() as tx:
            return [show_chat(chat) for chat in await owning.all_open(tx)]

    @routes.get("/mine")
    async def mine(staff: Annotated[Staff, agent]) -> MineView:
        """Tell what I have and what comes next; each asking says that my screen is there."""
        config = services.chat
        async with services.database.transaction() as tx:
            found = await presence.mine(tx, staff, config=config, at=services.clock())
        lease = int(config.policy.screen_lease.total_seconds())
        return show_mine(found, capacity=config.policy.capacity, lease_seconds=lease)

    @routes.put("/availability")
    async def availability(
        body: AvailabilityBody, staff: Annotated[Staff, agent]
    ) -> AvailabilityView:
        """Take chats, or no more."""
        async with services.database.transaction() as tx:
            found = await presence.set_availability(
                tx,
                staff,
                ready=body.ready,
                capacity=body.capacity,
                hand_back=body.hand_back,
                config=services.chat,
                at=services.clock(),
            )
        return show_agent(found)

    @routes.get("/{chat}")
    async def one_chat(
        chat: str, staff: Annotated[Staff, readers], after: Annotated[int, Query(ge=0)] = 0
    ) -> ChatView:
        """Give a chat whole, or what came after a number."""
        async with services.database.transaction() as tx:
            found, messages = await agent_writing.look(
                tx, staff, chat, after=after, config=services.chat, at=services.clock()
            )
        typing = services.chat_hub.is_typing(chat, "holder")
        return show_whole(found, messages, typing=typing)

    @routes.post("/{chat}/accept")
    async def accept(chat: str, staff: Annotated[Staff, agent]) -> ChatSummary:
        """Take the chat that is next: 409 ``chat-taken`` where somebody was faster."""
        async with services.database.transaction() as tx:
            verdict, found = await actions.accept(
                tx, staff, chat, config=services.chat, at=services.clock()
            )
        if not verdict.allowed:
            raise ChatRefused(verdict)
        return show_chat(found)

    @routes.post("/{chat}/messages")
    async def write(chat: str, body: MessageBody, staff: Annotated[Staff, agent]) -> SentView:
        """Write to the holder: 422 ``asks-for-secret`` stops what nobody may ask."""
        async with services.database.transaction() as tx:
            said = await agent_writing.write(
                tx,
                staff,
                chat,
                body.text,
                key=body.key,
                config=services.chat,
                at=services.clock(),
            )
        # The refusal is journaled, so the transaction stands.
        if said.message is None:
            raise MessageRefused(said.verdict)
        services.chat_hub.stopped_typing(chat, "agent")
        return SentView(number=said.message, masked=list(said.masked))

    @routes.post("/{chat}/typing", status_code=204)
    async def typing(chat: str, staff: Annotated[Staff, agent]) -> Response:
        """I am typing; repeat every three seconds."""
        async with services.database.transaction() as tx:
            await owning.own_chat(tx, staff, chat, config=services.chat, at=services.clock())
        services.chat_hub.tell_typing(chat, "agent")
        return Response(status_code=204)

    @routes.post("/{chat}/read", status_code=204)
    async def read(chat: str, body: ReadBody, staff: Annotated[Staff, agent]) -> Response:
        """I have read everything up to a number."""
        async with services.database.transaction() as tx:
            await agent_writing.read_by_agent(
                tx,
                staff,
                chat,
                through=body.through,
                config=services.chat,
                at=services.clock(),
            )
        return Response(status_code=204)

    @routes.post("/{chat}/close", status_code=204)
    async def close(chat: str, body: CloseBody, staff: Annotated[Staff, agent]) -> Response:
        """End the chat; politely only where the rule allows it, else 409 with the first reason."""
        asked = (
            actions.Asked(body.freeze_asked, body.complaint_asked)
            if body.freeze_asked is not None and body.complaint_asked is not None
            else None
        )
        async with services.database.transaction() as tx:
            verdict = await actions.finish(
                tx,
                staff,
                chat,
                body.outcome,
                config=services.chat,
                at=services.clock(),
                asked=asked,
            )
        # The refusal is journaled, so the transaction stands.
        if not verdict.allowed:
            raise ChatRefused(verdict)
        return Response(status_code=204)

    @routes.post("/{chat}/transfer")
    async def transfer(
        chat: str, body: TransferBody, staff: Annotated[Staff, agent]
    ) -> ChatSummary:
        """Pass the chat on."""
        async with services.database.transaction() as tx:
            found = await actions.transfer(
                tx,
                staff,
                chat,
                matter=body.matter,
                to_agent=AgentId(body.agent) if body.agent else None,
                note=body.note,
                config=services.chat,
                at=services.clock(),
            )
        return show_chat(found)

    @routes.get("/{chat}/files/{file}", response_class=Response)
    async def one_file(chat: str, file: str, staff: Annotated[Staff, readers]) -> Response:
        """Give a file: pictures to show, everything else to save."""
        async with services.database.transaction() as tx:
            at = services.clock()
            seen, _ = await agent_writing.look(
                tx, staff, chat, after=1, config=services.chat, at=at
            )
            await agent_writing.carries(tx, chat, file)
            found = await files.find(tx, file, owner=chat)
            if seen.agent_id is None or seen.agent_id != staff.agent_id:
                await record_look(
                    tx,
                    who=staff.actor,
                    role=staff.role,
                    what="file",
                    holder=seen.holder_id,
                    subject=file,
                    at=at,
                    within=chat,
                )
        content = await files.read(services.files, found)
        return Response(content, headers=files.headers_of(found))

    return routes
