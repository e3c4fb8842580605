"""HTTP for the desk: messages of holders that wait, and answering them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.transaction import Database
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_list, record_look
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.identity.config import IdentityConfig
from cardline.messages import files as file_actions
from cardline.messages.file_model import MEDIA_TYPES
from cardline.messages.files import Files
from cardline.portal import writing
from cardline.portal.model import HolderMessage


class MessageServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def identity(self) -> IdentityConfig: ...
    @property
    def files(self) -> Files: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class FileView(BaseModel):
    """A file that came with a message."""

    id: str
    name: str
    media_type: str
    bytes: int


class LineView(BaseModel):
    """One part of a message; ``who`` is the staff number of who answered."""

    id: str
    by: Literal["holder", "bank"]
    who: str
    text: str
    at: datetime
    files: list[FileView]


class HolderMessageView(BaseModel):
    """A message of a holder; its id is that of the interaction. Waits while ``due_at`` is set."""

    id: str
    holder: str
    subject: str
    opened_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    lines: list[LineView]


class AnswerBody(BaseModel):
    """What the holder is answered."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


def router(services: MessageServices) -> APIRouter:
    """Make the routes of holders' messages."""
    routes = APIRouter(prefix="/api/v1/holder-messages", tags=["holder messages"])
    servers = Depends(services.require("agent", "lead"))

    @routes.get("")
    async def waiting(staff: Annotated[Staff, servers]) -> list[HolderMessageView]:
        """List what waits for an answer, the one that is due first in front; journaled (F4)."""
        async with services.database.transaction() as tx:
            found = await writing.waiting(tx)
            rows = [Row(one.holder, one.id) for one in found]
            await record_list(
                tx, rows, by=staff, what="message", policy=services.looks, at=services.clock()
            )
        return [_view(one) for one in found]

    @routes.get("/{message}")
    async def one(message: str, staff: Annotated[Staff, servers]) -> HolderMessageView:
        """Tell one message with its answers; the look is journaled (row F4)."""
        async with services.database.transaction() as tx:
            found = await writing.one_message(tx, message, reader=staff)
            await record_look(
                tx,
                who=staff.actor,
                role=staff.role,
                what="message",
                holder=found.holder,
                at=services.clock(),
                within=found.id,
            )
        return _view(found)

    @routes.post("/{message}/answer")
    async def answer(
        message: str, body: AnswerBody, staff: Annotated[Staff, servers]
    ) -> HolderMessageView:
        """Answer: it shows on the holder's pages, and a short message says so."""
        async with services.database.transaction() as tx:
            answered = await writing.answer(
                tx,
                message=message,
                text=body.text,
                by=staff,
                bank=services.bank,
                config=services.identity,
                at=services.clock(),
            )
        return _view(answered)

    @routes.get("/{message}/files/{file}")
    async def file(message: str, file: str, staff: Annotated[Staff, servers]) -> Response:
        """Give a file that came with a message; who opened it is journaled (row F4)."""
        async with services.database.transaction() as tx:
            kept = await writing.sent_file(tx, message, file, by=staff, at=services.clock())
        content = await file_actions.read(services.files, kept)
        return Response(content, headers=file_actions.headers_of(kept))

    return routes


def _view(one: HolderMessage) -> HolderMessageView:
    return HolderMessageView(
        id=one.id,
        holder=one.holder,
        subject=one.subject,
        opened_at=one.opened_at,
        due_at=one.due_at,
        answered_at=one.answered_at,
        lines=[
            LineView(
                id=line.id,
                by=line.by,
                who=line.who,
                text=line.text,
                at=line.at,
                files=[
                    FileView(
                        id=each.id,
                        name=each.name,
                        media_type=MEDIA_TYPES[each.kind],
                        bytes=each.bytes,
                    )
                    for each in line.files
                ],
            )
            for line in one.lines
        ],
    )
