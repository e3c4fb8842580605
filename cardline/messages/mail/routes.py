"""HTTP for e-mail: what waits at the desk, its answer, and the click that ends advertising."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.ids import HolderId
from cardline.core.transaction import Database
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_list
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.messages import files as file_actions
from cardline.messages.file_model import MEDIA_TYPES
from cardline.messages.files import Files
from cardline.messages.mail import answering, placing
from cardline.messages.mail.actions import stop_by_click, trust_address
from cardline.messages.mail.config import MailConfig
from cardline.messages.mail.model import ClosedFor, HolderProof, InMail

_PREFERENCES = "/my/preferences"


class Services(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def mail(self) -> MailConfig: ...
    @property
    def files(self) -> Files: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class RefusedFile(BaseModel):
    """A file that was not kept; without a name: there was more than is kept."""

    name: str
    reason: str


class EmailHead(BaseModel):
    """An e-mail that came in, in one line. Waits while ``due_at`` is set.

    ``holder`` is who it claims to be from; ``registered``: the bank has this address of them, which
    is still no proof.
    """

    id: str
    interaction: str | None
    box: Literal["general", "complaints"]
    sender: str
    sender_name: str
    holder: str | None
    registered: bool
    subject: str
    at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    holder_proof: HolderProof | None
    holder_by: str | None
    closed_for: ClosedFor | None
    closed_by: str | None
    closed_at: datetime | None


class EmailFile(BaseModel):
    """A file that came with an e-mail."""

    id: str
    name: str
    media_type: str
    bytes: int


class EmailAnswer(BaseModel):
    """What was answered."""

    id: str
    subject: str
    text: str
    state: str
    at: datetime
    sent_at: datetime | None


class EmailView(EmailHead):
    """An e-mail whole."""

    text: str
    files: list[EmailFile]
    refused: list[RefusedFile]
    answers: list[EmailAnswer]


class ReplyBody(BaseModel):
    """What is answered; ``key`` makes a repeat harmless."""

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    key: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class WhoseBody(BaseModel):
    """Whose an e-mail is, ``None`` for nobody known; how surely that is known, and by what."""

    holder: Annotated[str, Field(min_length=1, max_length=64)] | None
    proof: HolderProof = "claimed"
    why: Annotated[str, Field(max_length=500)] = ""


class ClosedBody(BaseModel):
    """Why an e-mail needs no answer by e-mail."""

    why: ClosedFor
    note: Annotated[str, Field(max_length=500)] = ""


class AddressBody(BaseModel):
    """An e-mail address that is good again."""

    address: Annotated[str, Field(max_length=254)]


class AddressView(BaseModel):
    """Whether the address had been bad."""

    was_bad: bool


def router(services: Services) -> APIRouter:
    """Make the routes of e-mail."""
    routes = APIRouter(prefix="/api/v1", tags=["e-mail"])
    servers = Depends(services.require("agent", "lead"))
    leads = Depends(services.require("lead"))

    @routes.get("/emails")
    async def listed(
        staff: Annotated[Staff, servers],
        state: Annotated[Literal["waiting", "done"], Query()] = "waiting",
    ) -> list[EmailHead]:
        """List what waits for an answer, the one that is due first in front, or what is done.

        What was answered or closed stands with the last in front; an agent finds his own. Who sees
        what is not their own work is journaled (row F4).
        """
        async with services.database.transaction() as tx:
            found = (
                await answering.done(tx, reader=staff)
                if state == "done"
                else await answering.waiting(tx)
            )
            rows = [
                Row(one.holder, one.interaction)
                for one in found
                if staff.number not in (one.answered_by, one.closed_by)
            ]
            await record_list(tx, rows, by=staff, policy=services.looks, at=services.clock())
        return [_head(one) for one in found]

    @routes.get("/emails/{email}")
    async def one(email: str, staff: Annotated[Staff, servers]) -> EmailView:
        """Tell one e-mail with its answers; who reads it is journaled (row F4)."""
        async with services.database.transaction() as tx:
            told = await answering.one(tx, email, reader=staff, at=services.clock())
        return _view(told)

    @routes.post("/emails/{email}/answer")
    async def answer(email: str, body: ReplyBody, staff: Annotated[Staff, servers]) -> EmailView:
        """Answer to where it came from. 409 with the reasons where nothing may be sent there."""
        at = services.clock()
        async with services.database.transaction() as tx:
            await answering.answer(
                tx, email, text=body.text, key=body.key, config=services.mail, by=staff, at=at
            )
            return _view(await answering.one(tx, email, reader=staff, at=at))

    @routes.post("/emails/{email}/holder")
    async def whose(email: str, body: WhoseBody, staff: Annotated[Staff, servers]) -> EmailView:
        """Say whose it is and how that is known; it proves nobody (row A5)."""
        at = services.clock()
        async with services.database.transaction() as tx:
            await placing.say_whose(
                tx,
                email,
                HolderId(body.holder) if body.holder else None,
                proof=body.proof,
                why=body.why,
                bank=services.bank,
                by=staff,
                at=at,
            )
            return _view(await answering.one(tx, email, reader=staff, at=at))

    @routes.post("/emails/{email}/close")
    async def close(email: str, body: ClosedBody, staff: Annotated[Staff, servers]) -> EmailView:
        """Close what needs no answer by e-mail."""
        at = services.clock()
        async with services.database.transaction() as tx:
            await placing.close(tx, email, why=body.why, note=body.note, by=staff, at=at)
            return _view(await answering.one(tx, email, reader=staff, at=at))

    @routes.get("/emails/{email}/files/{file}")
    async def file(email: str, file: str, staff: Annotated[Staff, servers]) -> Response:
        """Give a file that came with an e-mail; who opened it is journaled (row F4)."""
        async with services.database.transaction() as tx:
            kept = await answering.sent_file(tx, email, file, by=staff, at=services.clock())
        content = await file_actions.read(services.files, kept)
        return Response(content, headers=file_actions.headers_of(kept))

    @routes.post("/email-addresses/trust")
    async def trust(body: AddressBody, staff: Annotated[Staff, leads]) -> AddressView:
        """Send to an address again from which something had come back."""
        async with services.database.transaction() as tx:
            was = await trust_address(tx, body.address, by=staff.actor, at=services.clock())
        return AddressView(was_bad=was)

    @routes.post("/messages/mail/stop/{token}", summary="One click ends advertising (RFC 8058)")
    async def stop(token: str) -> Response:
        """End advertising by e-mail for whom this one went to, at once; harmless twice.

        Always 204: nobody learns from it which references there are.
        """
        async with services.database.transaction() as tx:
            await stop_by_click(tx, token, at=services.clock())
        return Response(status_code=204)

    @routes.get("/messages/mail/stop/{token}", summary="The same address in a browser")
    async def preferences(token: str) -> Response:
        """Lead to where the holder sets what they want; opening a page ends nothing by itself."""
        return Response(status_code=303, headers={"Location": _PREFERENCES})

    return routes


def _head(mail: InMail) -> EmailHead:
    return EmailHead(**_in_line(mail))


def _in_line(mail: InMail) -> dict[str, Any]:
    return {name: getattr(mail, name) for name in EmailHead.model_fields}


def _view(told: answering.Told) -> EmailView:
    return EmailView(
        **_in_line(told.mail),
        text=told.mail.text,
        files=[
            EmailFile(id=one.id, name=one.name, media_type=MEDIA_TYPES[one.kind], bytes=one.bytes)
            for one in told.files
        ],
        refused=[RefusedFile(**one) for one in told.mail.refused],
        answers=[
            EmailAnswer(
                id=one.id,
                subject=one.subject,
                text=one.text,
                state=one.state,
                at=one.at,
                sent_at=one.sent_at,
            )
            for one in told.answers
        ],
    )
