"""HTTP of retention for compliance: classes, legal holds, requests, what is due (row F3)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cardline.core.clock import Clock
from cardline.core.ids import HolderId
from cardline.core.roles import Role
from cardline.core.transaction import Database
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.actions import record_list
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.evidence.retention import actions
from cardline.evidence.retention.config import RetentionConfig
from cardline.evidence.retention.erasing import due
from cardline.evidence.retention.model import EraseRequest, Hold, Period, SubjectKind


class RetentionServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def retention(self) -> RetentionConfig: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class RetentionClassView(BaseModel):
    """One class of data. ``keep`` and ``asked`` as the pack writes them: ``3 years``."""

    name: str
    keep: str
    asked: str
    starts: str
    source: str
    kind: Literal["T", "S", "P", "C"]


class LegalHoldBody(BaseModel):
    """On what, and why."""

    on: SubjectKind
    of: str = Field(min_length=1, max_length=64)
    reason: str = Field(max_length=500)


class LiftBody(BaseModel):
    """Why it may be lifted."""

    reason: str = Field(max_length=500)


class LegalHoldView(BaseModel):
    """A legal hold, and where lifting it stands."""

    id: str
    on: SubjectKind
    of: str
    reason: str
    set_by: str
    set_at: datetime
    lift_reason: str
    lift_asked_by: str | None
    lift_asked_at: datetime | None
    lifted_by: str | None
    lifted_at: datetime | None


class LiftView(BaseModel):
    """Whether it is lifted; if not, the reasons."""

    allowed: bool
    reasons: list[str]
    hold: LegalHoldView


class EraseRequestView(BaseModel):
    """A holder's request to erase, and what came of it."""

    id: str
    holder: str
    asked_at: datetime
    due_at: datetime
    state: Literal["waiting", "withdrawn", "done"]
    done_at: datetime | None
    erased: dict[str, int]
    kept: dict[str, str]


class KeptView(BaseModel):
    """How many old things of a kind stay for one reason."""

    kind: str
    reason: str
    count: int


class DueView(BaseModel):
    """What a sweep would erase now, and what old things stay and why."""

    at: datetime
    due: dict[str, int]
    kept: list[KeptView]


def router(services: RetentionServices) -> APIRouter:
    """Make the routes of retention."""
    routes = APIRouter(prefix="/api/v1/retention", tags=["retention"])
    compliance = Depends(services.require("compliance"))
    everybody = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))

    @routes.get("/classes")
    async def classes(staff: Annotated[Staff, everybody]) -> list[RetentionClassView]:
        """List the classes of data: how long, from when on, by which rule."""
        return [
            RetentionClassView(
                name=one.name,
                keep=_period(one.keep),
                asked=_period(one.asked),
                starts=one.starts,
                source=one.source,
                kind=one.kind,
            )
            for one in services.retention.policy.classes.values()
        ]

    @routes.get("/holds")
    async def list_holds(staff: Annotated[Staff, compliance]) -> list[LegalHoldView]:
        """List legal holds, newest first; whose they are on was seen (row F4)."""
        async with services.database.transaction() as tx:
            found = await actions.holds(tx)
            rows = [_row(one) for one in found]
            await record_list(tx, rows, by=staff, policy=services.looks, at=services.clock())
        return [_hold(one) for one in found]

    @routes.post("/holds")
    async def set_hold(body: LegalHoldBody, staff: Annotated[Staff, compliance]) -> LegalHoldView:
        """Let nothing of a holder, complaint or interaction be erased until this is lifted.

        404 where there is no such thing.
        """
        async with services.database.transaction() as tx:
            hold = await actions.set_hold(
                tx,
                (body.on, body.of),
                reason=body.reason,
                number=staff.number,
                by=staff.actor,
                at=services.clock(),
                known=services.retention.known,
            )
        return _hold(hold)

    @routes.post("/holds/{hold}/lift-request")
    async def ask_to_lift(
        hold: str, body: LiftBody, staff: Annotated[Staff, compliance]
    ) -> LegalHoldView:
        """Ask to lift a hold; somebody else lifts it."""
        async with services.database.transaction() as tx:
            found = await actions.ask_to_lift(
                tx,
                hold,
                reason=body.reason,
                number=staff.number,
                by=staff.actor,
                at=services.clock(),
            )
        return _hold(found)

    @routes.post("/holds/{hold}/lift")
    async def lift(hold: str, staff: Annotated[Staff, compliance]) -> LiftView:
        """Lift a hold that somebody else asked to lift."""
        async with services.database.transaction() as tx:
            verdict, found = await actions.lift_hold(
                tx,
                hold,
                number=staff.number,
                by=staff.actor,
                policy=services.retention.policy,
                at=services.clock(),
            )
        return LiftView(allowed=verdict.allowed, reasons=list(verdict.codes), hold=_hold(found))

    @routes.get("/requests")
    async def list_requests(staff: Annotated[Staff, compliance]) -> list[EraseRequestView]:
        """List the requests of holders to erase, newest first; journaled (row F4)."""
        async with services.database.transaction() as tx:
            found = await actions.requests(tx)
            rows = [Row(one.holder) for one in found]
            await record_list(tx, rows, by=staff, policy=services.looks, at=services.clock())
        return [_request(one) for one in found]

    @routes.get("/due")
    async def what_is_due(staff: Annotated[Staff, compliance]) -> DueView:
        """Say what a sweep would erase now; nothing is changed."""
        at = services.clock()
        async with services.database.transaction() as tx:
            told = await due(tx, config=services.retention, now=at)
        return DueView(
            at=at,
            due=dict(told.erased),
            kept=[
                KeptView(kind=kind, reason=reason, count=count)
                for (kind, reason), count in told.kept.items()
            ],
        )

    return routes


def _period(period: Period) -> str:
    return f"{period.years} years" if period.years else f"{period.days} days"


def _hold(one: Hold) -> LegalHoldView:
    on, of = one.subject
    return LegalHoldView(
        id=one.id,
        on=on,
        of=of,
        reason=one.reason,
        set_by=one.set_by,
        set_at=one.set_at,
        lift_reason=one.lift_reason,
        lift_asked_by=one.lift_asked_by,
        lift_asked_at=one.lift_asked_at,
        lifted_by=one.lifted_by,
        lifted_at=one.lifted_at,
    )


def _row(one: Hold) -> Row:
    """Whose data a hold is about; a complaint and a conversation have streams of their own."""
    on, of = one.subject
    if on == "holder":
        return Row(HolderId(of))
    return Row(None, of if on == "interaction" else f"complaint:{of}")


def _request(one: EraseRequest) -> EraseRequestView:
    return EraseRequestView(
        id=one.id,
        holder=one.holder,
        asked_at=one.asked_at,
        due_at=one.due_at,
        state=one.state,
        done_at=one.done_at,
        erased=dict(one.erased),
        kept=dict(one.kept),
    )
