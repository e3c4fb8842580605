"""HTTP for complaints: reading them, and what the complainant does (rows C1, C4).

They are taken in by the doors (``doors.staff_routes``); who handles one works by ``work_routes``;
reports are in ``report_routes``. An agent sees those that they took.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal, Protocol, get_args

from fastapi import APIRouter, Depends, Query

from cardline.cards.cases.model import CaseId
from cardline.complaints import actions, bodies
from cardline.complaints.actions import Working
from cardline.complaints.classifying.model import Field
from cardline.complaints.classifying.reading import names_of
from cardline.complaints.clock_model import ComplaintPolicy
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.looking import looked, row_of
from cardline.complaints.model import (
    Complaint,
    ComplaintId,
    Door,
    PauseGround,
    Reach,
    Severity,
    State,
)
from cardline.complaints.part_views import ClockView, ComplaintWords
from cardline.complaints.views import (
    ComplaintCatalogue,
    ComplaintRow,
    ComplaintStepped,
    GradeView,
    WholeComplaintView,
)
from cardline.core.clock import Clock
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.roles import Role
from cardline.core.transaction import Database, Transaction
from cardline.desk.interactions import claims
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.actions import record_list, record_stay
from cardline.evidence.looks.model import ListenPolicy

READERS: tuple[Role, ...] = ("agent", "lead", "quality", "compliance")
TAKERS: tuple[Role, ...] = ("agent", "lead", "compliance")
HANDLERS: tuple[Role, ...] = ("lead", "compliance")


class ComplaintServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def complaints(self) -> ComplaintConfig: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


@asynccontextmanager
async def working(
    services: ComplaintServices, staff: Staff
) -> AsyncIterator[tuple[Transaction, Working]]:
    """Open a transaction for somebody of the staff."""
    async with services.database.transaction() as tx:
        yield tx, Working(staff, services.complaints, services.clock())


def may_see(case: Complaint, staff: Staff) -> bool:
    """An agent sees what they took in; everybody else sees all but what is about themselves."""
    if staff.number in case.persons:
        return False
    return staff.role != "agent" or case.taken_by == str(staff.actor)


def router(services: ComplaintServices) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/api/v1", tags=["complaints"])
    readers = Depends(services.require(*READERS))
    takers = Depends(services.require(*TAKERS))

    @routes.get("/complaint-catalogue")
    async def catalogue(staff: Annotated[Staff, readers]) -> ComplaintCatalogue:
        """Return all codes of the pack with their words."""
        return _catalogue(services.complaints)

    @routes.get("/complaints")
    async def listed(
        staff: Annotated[Staff, readers],
        state: Annotated[list[State] | None, Query()] = None,
        handler: Annotated[Literal["me", "nobody", "anybody"], Query()] = "anybody",
        door: Annotated[Door | None, Query()] = None,
        subject: Annotated[str | None, Query(max_length=60)] = None,
        after: Annotated[str | None, Query(max_length=60)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
    ) -> list[ComplaintRow]:
        """List complaints, oldest first; ``after``: the reference at which the page before ended.

        An agent gets those that they took in. Whose complaints were seen by others than their
        handler is journaled (row F4).
        """
        async with working(services, staff) as (tx, work):
            place = None
            if after is not None:
                last = await actions.find(tx, ComplaintId(after))
                place = (last.timeline.received_at, last.id)
            found = await actions.listed(
                tx,
                states=state,
                handler=work.number if handler == "me" else "" if handler == "nobody" else None,
                taken_by=str(work.actor) if staff.role == "agent" else None,
                door=door,
                subject=subject,
                after=place,
                limit=limit,
            )
            told = [(case, due) for case, due in found if may_see(case, staff)]
            rows = [row_of(case) for case, _ in told if case.handler != work.number]
            await record_list(
                tx, rows, by=staff, what="complaint", policy=services.looks, at=work.at
            )
            return [ComplaintRow.of(case, due) for case, due in told]

    @routes.get("/holders/{holder}/complaints")
    async def of_holder(holder: str, staff: Annotated[Staff, readers]) -> list[ComplaintRow]:
        """List the complaints of a holder, newest first; an agent must have served them."""
        async with working(services, staff) as (tx, work):
            if not await claims.serves_holder(tx, HolderId(holder), staff):
                raise NotFound("there is no such holder, or you have not served them")
            found = await actions.of_holder(tx, HolderId(holder))
            told = [case for case in found if staff.number not in case.persons]
            if told:
                await looked(tx, told[0], staff, services.looks, work.at, subject="")
            return [ComplaintRow.of(case, None) for case in told]

    @routes.get("/complaints/{complaint}")
    async def one(complaint: str, staff: Annotated[Staff, readers]) -> WholeComplaintView:
        """Show a complaint with every clock, explained step by step; the look is journaled (F4)."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            await looked(tx, case, staff, services.looks, work.at)
            found = await actions.whole(
                tx, ComplaintId(complaint), config=services.complaints, at=work.at
            )
            masked = found.case.handler != work.number
            return WholeComplaintView.of(found, work.at, masked=masked)

    @routes.get("/cases/{case}/clock")
    async def objection(case: str, staff: Annotated[Staff, readers]) -> ClockView:
        """Say by when the desk's objection to a credit record is answered, step by step.

        The look at the case is journaled (row F4).
        """
        async with working(services, staff) as (tx, work):
            clock, holder = await actions.objection(
                tx, CaseId(case), config=services.complaints, at=work.at
            )
            await record_stay(
                tx,
                who=staff.actor,
                role=staff.role,
                what="case",
                holder=holder,
                at=work.at,
                policy=services.looks,
                subject=case,
            )
            return ClockView.of(clock, work.at)

    @routes.post("/complaints/{complaint}/facts")
    async def add_facts(
        complaint: str, body: bodies.ComplaintFactsBody, staff: Annotated[Staff, takers]
    ) -> ComplaintStepped:
        """The complainant adds something."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            return ComplaintStepped.of(
                await actions.add_facts(
                    tx,
                    case.id,
                    text=body.text,
                    files=await actions.sent_with(tx, case, body.files),
                    # Whether facts are new is for whoever handles it to say.
                    new=body.new and staff.role in HANDLERS,
                    config=services.complaints,
                    by=work.actor,
                    at=work.at,
                )
            )

    @routes.post("/complaints/{complaint}/authority")
    async def authority(
        complaint: str, body: bodies.AuthorityBody, staff: Annotated[Staff, takers]
    ) -> ComplaintStepped:
        """Whoever speaks for the complainant shows that they may; it is checked where a handler
        says so.
        """
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            return ComplaintStepped.of(
                await actions.show_authority(
                    tx,
                    case.id,
                    actions.Shown(
                        authority_files=await actions.sent_with(tx, case, body.authority_files),
                        identity_files=await actions.sent_with(tx, case, body.identity_files),
                        reach=reach_of(body.reach),
                        principal=body.principal.strip(),
                        until=body.until,
                    ),
                    checked=staff.role in HANDLERS,
                    config=services.complaints,
                    by=work.actor,
                    at=work.at,
                )
            )

    @routes.post("/complaints/{complaint}/withdraw")
    async def withdraw(
        complaint: str, body: bodies.WordsBody, staff: Annotated[Staff, takers]
    ) -> ComplaintStepped:
        """The complainant takes it back."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            return ComplaintStepped.of(
                await actions.withdraw(
                    tx,
                    case.id,
                    why=body.text,
                    config=services.complaints,
                    by=work.actor,
                    at=work.at,
                )
            )

    @routes.post("/complaints/{complaint}/reexamination")
    async def reexamination(
        complaint: str, body: bodies.ReexaminationBody, staff: Annotated[Staff, takers]
    ) -> ComplaintStepped:
        """The complainant does not agree with the answer."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            return ComplaintStepped.of(
                await actions.ask_reexamination(
                    tx,
                    case.id,
                    why=body.why,
                    in_writing=body.in_writing,
                    config=services.complaints,
                    by=work.actor,
                    at=work.at,
                )
            )

    @routes.post("/complaints/{complaint}/reopen")
    async def reopen(
        complaint: str, body: bodies.ReopenBody, staff: Annotated[Staff, takers]
    ) -> ComplaintStepped:
        """Open what is over again, for something new."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            return ComplaintStepped.of(
                await actions.reopen(
                    tx,
                    case.id,
                    new_facts=body.new_facts,
                    door=Door(body.door),
                    config=services.complaints,
                    by=work.actor,
                    at=work.at,
                )
            )

    @routes.post("/complaints/{complaint}/follow-up")
    async def follow_up(
        complaint: str, body: bodies.FollowUpBody, staff: Annotated[Staff, takers]
    ) -> ComplaintStepped:
        """Write what the complainant says of the answer."""
        async with working(services, staff) as (tx, work):
            case = await seen(tx, complaint, staff)
            return ComplaintStepped.of(
                await actions.follow_up(
                    tx,
                    case.id,
                    satisfied=body.satisfied,
                    words=body.words,
                    config=services.complaints,
                    by=work.actor,
                    at=work.at,
                )
            )

    return routes


async def seen(tx: Transaction, complaint: str, staff: Staff) -> Complaint:
    """Return a complaint that this one of the staff may see. Raises ``NotFound``."""
    case = await actions.find(tx, ComplaintId(complaint))
    if not may_see(case, staff):
        raise NotFound("there is no such complaint")
    return case


def reach_of(body: bodies.ReachBody) -> Reach:
    return Reach(body.phone.strip(), body.email.strip(), body.address.strip())


def _catalogue(config: ComplaintConfig) -> ComplaintCatalogue:
    policy: ComplaintPolicy = config.policy

    def of(part: str, codes: Any) -> list[ComplaintWords]:
        return [ComplaintWords.of(part, code) for code in codes]

    return ComplaintCatalogue(
        subjects=of("subjects", sorted(policy.subjects)),
        products=_labels("product"),
        issues=_labels("issue"),
        severities=of("severities", get_args(Severity)),
        causes=[
            ComplaintWords(code=code, zh=words.zh, en=words.en)
            for code, words in config.causes.words.items()
            if code in config.causes.codes
        ],
        refusals=of("refused_for", sorted(policy.refusals)),
        contents=of("contents", policy.answer_contents),
        pauses=of("pauses", [ground.value for ground in PauseGround]),
        doors=of("doors", [door.value for door in Door]),
        states=of("states", [state.value for state in State]),
        grades=[
            GradeView(
                **ComplaintWords.of("grades", one.grade).model_dump(),
                grounds=of("grounds", sorted(one.grounds)),
                approvers=sorted(one.approvers),
                notice=one.notice,
            )
            for one in policy.grades
        ],
        notice_proofs=dict(policy.notice_proofs),
        handler_roles=sorted(policy.handler_roles),
        reexaminer_roles=sorted(policy.reexaminer_roles),
        second_roles=sorted(policy.second_roles),
        currency=policy.currency,
        compensation_alone=policy.compensation_alone,
    )


def _labels(field: Field) -> list[ComplaintWords]:
    """What a person may choose: all labels of the vocabulary from which suggestions come."""
    return [ComplaintWords(code=code, **names) for code, names in names_of(field).items()]
