"""HTTP for what a handler chooses from beside a complaint: colleagues, accounts, files (row C2)."""

from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from cardline.complaints import actions
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.looking import looked
from cardline.complaints.part_views import ComplaintWords
from cardline.complaints.routes import HANDLERS, READERS, seen, working
from cardline.complaints.views import ComplaintVerdict
from cardline.core.clock import Clock
from cardline.core.roles import Role
from cardline.core.transaction import Database
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.model import ListenPolicy
from cardline.messages import files as file_actions
from cardline.messages.file_model import MEDIA_TYPES
from cardline.messages.files import Files


class BesideServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def complaints(self) -> ComplaintConfig: ...
    @property
    def looks(self) -> ListenPolicy: ...
    @property
    def files(self) -> Files: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class ComplaintCandidate(BaseModel):
    """Somebody who could handle it; ``reasons``: why they may not."""

    number: str
    name: str
    role: str
    reasons: list[ComplaintWords]


class ComplaintPayee(BaseModel):
    """An account of the complainant, by the last digits of its cards."""

    account: str
    tails: list[str]


class ComplaintFile(BaseModel):
    """What came with a complaint."""

    id: str
    name: str
    media_type: str
    bytes: int


def router(services: BesideServices) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/api/v1", tags=["complaints"])
    handlers = Depends(services.require(*HANDLERS))
    readers = Depends(services.require(*READERS))

    @routes.get("/complaints/{complaint}/handlers")
    async def candidates(
        complaint: str, staff: Annotated[Staff, handlers]
    ) -> list[ComplaintCandidate]:
        """List who could handle it, and what is against whom: nobody judges their own matter."""
        async with working(services, staff) as (tx, work):
            found = await actions.candidates(tx, work, await seen(tx, complaint, staff))
        return [
            ComplaintCandidate(
                number=one.staff.number,
                name=one.staff.name,
                role=one.staff.role,
                reasons=[*ComplaintVerdict.of(one.verdict).reasons],
            )
            for one in found
        ]

    @routes.get("/complaints/{complaint}/accounts")
    async def payees(complaint: str, staff: Annotated[Staff, handlers]) -> list[ComplaintPayee]:
        """List the accounts to which a compensation may go; none where no holder is known."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            await looked(tx, case, staff, services.looks, work.at)
            found = await actions.payees(tx, work, case)
        return [ComplaintPayee(account=one.account, tails=list(one.tails)) for one in found]

    @routes.get("/complaints/{complaint}/files")
    async def files(complaint: str, staff: Annotated[Staff, readers]) -> list[ComplaintFile]:
        """List what came with it, at first or later."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            await looked(tx, case, staff, services.looks, work.at)
            found = await actions.attached(tx, case)
        return [
            ComplaintFile(
                id=one.id, name=one.name, media_type=MEDIA_TYPES[one.kind], bytes=one.bytes
            )
            for one in found
        ]

    @routes.get("/complaints/{complaint}/files/{file}")
    async def file(complaint: str, file: str, staff: Annotated[Staff, readers]) -> Response:
        """Give one file of it; who opened it is journaled (row F4)."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            kept = await actions.open_attached(tx, work, case, file)
            await looked(tx, case, staff, services.looks, work.at, what="file", subject=file)
        content = await file_actions.read(services.files, kept)
        return Response(content, headers=file_actions.headers_of(kept))

    return routes
