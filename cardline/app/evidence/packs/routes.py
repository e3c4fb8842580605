"""Packs for the staff: asked for with a reason, made by a job, fetched (rows C6, F2, F4)."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from cardline.app.evidence.packs.making import (
    subject_of_complaint,
    subject_of_interactions,
    subject_of_phone,
)
from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.errors import Invalid, NotFound
from cardline.core.transaction import Database
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.packs import ordering
from cardline.evidence.packs.ordering_model import Asked, PackState
from cardline.evidence.policy import EvidencePolicy


class PackServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def evidence(self) -> EvidencePolicy: ...

    def pack_path(self, pack: str) -> Path:
        """Return where a pack waits to be fetched."""
        ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class PackBody(BaseModel):
    """A holder by registered number, conversations of one person, or a complaint."""

    phone: str | None = Field(default=None, max_length=20)
    interactions: list[Annotated[str, Field(max_length=60)]] = Field(default=[], max_length=500)
    complaint: str | None = Field(default=None, max_length=60)
    reason: str = Field(min_length=1, max_length=400)
    """Why; journaled, and the holder sees it."""


class PackRow(BaseModel):
    """A pack that was asked for: of a complaint, of so many conversations, else of all of a holder.

    ``missing``: how much should be in it and is not.
    """

    id: str
    holder: str | None
    complaint: str
    contacts: int
    reason: str
    asked_at: datetime
    state: PackState
    made_at: datetime | None
    ends_at: datetime | None
    bytes: int | None
    missing: int | None


def router(services: PackServices) -> APIRouter:
    """Make the routes of packs."""
    routes = APIRouter(prefix="/api/v1/evidence/packs", tags=["evidence"])
    examiner = Depends(services.require("lead", "compliance"))

    @routes.post("", status_code=202)
    async def ask(body: PackBody, staff: Annotated[Staff, examiner]) -> PackRow:
        """Ask for an evidence pack; it is made within minutes."""
        if [bool(body.phone), bool(body.interactions), bool(body.complaint)].count(True) != 1:
            raise Invalid("name one of a registered number, interactions and a complaint")
        at = services.clock()
        async with services.database.transaction() as tx:
            if body.phone:
                subject = await subject_of_phone(tx, services, body.phone, audience="auditor")
            elif body.complaint:
                subject = await subject_of_complaint(tx, services, body.complaint)
            else:
                subject = await subject_of_interactions(tx, services, body.interactions)
            order = await ordering.ask(
                tx, subject, by=staff.actor, role=staff.role, reason=body.reason, at=at
            )
            return _row(await ordering.one_asked_by(tx, order.id, by=staff.actor))

    @routes.get("")
    async def list_packs(staff: Annotated[Staff, examiner]) -> list[PackRow]:
        """The packs that one has asked for, newest first."""
        async with services.database.transaction() as tx:
            return [_row(one) for one in await ordering.packs_asked_by(tx, staff.actor)]

    @routes.get("/{pack}")
    async def show(pack: str, staff: Annotated[Staff, examiner]) -> PackRow:
        """How far a pack is."""
        async with services.database.transaction() as tx:
            return _row(await ordering.one_asked_by(tx, pack, by=staff.actor))

    @routes.get("/{pack}/file", response_class=FileResponse)
    async def fetch(pack: str, staff: Annotated[Staff, examiner]) -> FileResponse:
        """Take a pack that one has asked for; journaled."""
        async with services.database.transaction() as tx:
            found = await ordering.fetch(
                tx, pack, by=staff.actor, role=staff.role, at=services.clock()
            )
            path = services.pack_path(found.id)
            if not path.is_file():
                raise NotFound("this pack is being kept elsewhere")
        return FileResponse(path, media_type="application/zip", filename=f"evidence-{pack}.zip")

    return routes


def _row(one: Asked) -> PackRow:
    return PackRow(
        id=one.id,
        holder=one.holder,
        complaint=one.complaint,
        contacts=one.contacts,
        reason=one.reason,
        asked_at=one.asked_at,
        state=one.state,
        made_at=one.made_at,
        ends_at=one.ends_at,
        bytes=one.bytes,
        missing=one.missing,
    )
