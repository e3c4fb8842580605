"""HTTP for letters that come in: the staff send the scans of one letter."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from pydantic import BaseModel

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import Database
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_list
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.messages import files as file_actions
from cardline.messages.arrivals import Handovers
from cardline.messages.file_model import MEDIA_TYPES, StoredFile
from cardline.messages.letters import scans
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import ScannedLetter

_MOST_SCANS = 20


class Services(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def letters(self) -> LetterConfig: ...
    @property
    def handovers(self) -> Handovers: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class ScanView(BaseModel):
    """One scan."""

    id: str
    name: str
    media_type: str
    bytes: int
    sha256: str


class LetterInHead(BaseModel):
    """A letter that came in; ``taken``: another part, complaints mostly, cares for it."""

    id: str
    interaction: str
    box: Literal["general", "complaints"]
    holder: str | None
    sender: str
    subject: str
    received_on: date
    posting: str
    taken: bool
    scanned_by: str
    at: datetime


class LetterInView(LetterInHead):
    """A letter with its scans."""

    scans: list[ScanView]


def router(services: Services) -> APIRouter:
    """Make the routes of letters that come in."""
    routes = APIRouter(prefix="/api/v1/letters-in", tags=["letters"])
    servers = Depends(services.require("agent", "lead"))

    @routes.post("")
    async def take_in(
        staff: Annotated[Staff, servers],
        files: Annotated[list[UploadFile], File(max_length=_MOST_SCANS)],
        subject: Annotated[str, Form(max_length=120)],
        received_on: Annotated[date, Form()],
        box: Annotated[Literal["general", "complaints"], Form()] = "general",
        language: Annotated[Literal["zh", "en"], Form()] = "zh",
        holder: Annotated[str, Form(max_length=40)] = "",
        sender: Annotated[str, Form(max_length=120)] = "",
        posting: Annotated[str, Form(max_length=40)] = "",
    ) -> LetterInHead:
        """Take in a letter: all its scans at once (PDF, JPEG, PNG). The same scans are one letter.

        422 with the code of the first scan that cannot be kept: ``file-broken``, ``file-kind``,
        ``file-active``, ``file-too-large``, ``file-too-many-pixels``, ``file-infected``.
        """
        most = services.letters.files.policy.most_bytes
        given = [(one.filename or "", await one.read(most + 1)) for one in files]
        safe = await scans.clean(given, config=services.letters)
        async with services.database.transaction() as tx:
            whose = HolderId(holder) if holder else None
            if whose and await services.bank.holder(tx, holder_id=whose) is None:
                raise NotFound("there is no such holder")
            taken = await scans.take_in(
                tx,
                safe,
                box=box,
                holder=whose,
                sender=sender,
                subject=subject,
                language=language,
                received_on=received_on,
                posting=posting,
                config=services.letters,
                handovers=services.handovers,
                by=staff,
                at=services.clock(),
            )
        return LetterInHead(**_head(taken))

    @routes.get("")
    async def of_interaction(
        staff: Annotated[Staff, servers], interaction: Annotated[str, Query(max_length=64)]
    ) -> list[LetterInHead]:
        """List the letters that are a conversation: from a task one comes to its scans.

        An agent finds what he scanned, and what is a task of his, or of nobody yet. A look by
        others than who scanned it is journaled (row F4).
        """
        async with services.database.transaction() as tx:
            found = await scans.of_interaction(tx, interaction, by=staff)
            rows = [
                Row(one.holder, one.interaction) for one in found if one.scanned_by != staff.number
            ]
            await record_list(tx, rows, by=staff, policy=services.looks, at=services.clock())
        return [LetterInHead(**_head(one)) for one in found]

    @routes.get("/{letter}")
    async def one(letter: str, staff: Annotated[Staff, servers]) -> LetterInView:
        """Tell a letter with its scans; who looks is journaled (row F4)."""
        async with services.database.transaction() as tx:
            found, files = await scans.one(tx, letter, by=staff, at=services.clock())
        return LetterInView(**_head(found), scans=[_scan(file) for file in files])

    @routes.get("/{letter}/scans/{file}")
    async def scan(letter: str, file: str, staff: Annotated[Staff, servers]) -> Response:
        """Give one scan; who opened it is journaled (row F4)."""
        async with services.database.transaction() as tx:
            kept = await scans.scan_of(tx, letter, file, by=staff, at=services.clock())
        content = await file_actions.read(services.letters.files, kept)
        return Response(content, headers=file_actions.headers_of(kept))

    return routes


def _scan(file: StoredFile) -> ScanView:
    return ScanView(
        id=file.id,
        name=file.name,
        media_type=MEDIA_TYPES[file.kind],
        bytes=file.bytes,
        sha256=file.sha256,
    )


def _head(letter: ScannedLetter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in LetterInHead.model_fields}
