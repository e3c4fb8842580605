"""HTTP for whoever handles complaints: each step of their life (rows C2, C3)."""

from typing import Annotated

from fastapi import APIRouter, Depends

from cardline.complaints import actions, bodies
from cardline.complaints.actions import Working
from cardline.complaints.model import (
    Complaint,
    ComplaintId,
    Decision,
    Grade,
    Mark,
    Remedy,
)
from cardline.complaints.routes import HANDLERS, READERS, ComplaintServices, seen, working
from cardline.complaints.views import ComplaintStepped
from cardline.core.ids import AccountId
from cardline.core.money import Fen
from cardline.core.transaction import Transaction
from cardline.desk.staff.model import Staff


def router(services: ComplaintServices) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/api/v1", tags=["complaints"])
    handlers = Depends(services.require(*HANDLERS))
    readers = Depends(services.require(*READERS))

    @routes.post("/complaints/{complaint}/assign")
    async def assign(
        complaint: str, body: bodies.AssignBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Give it to whoever shall handle it."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.assign(tx, work, case.id, to=body.to or work.number)
            )

    @routes.post("/complaints/{complaint}/accept")
    async def accept(complaint: str, staff: Annotated[Staff, handlers]) -> ComplaintStepped:
        """Accept it: it is looked into."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(await actions.accept(tx, work, case.id))

    @routes.post("/complaints/{complaint}/refuse")
    async def refuse(
        complaint: str, body: bodies.RefuseBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Refuse it, for a lawful reason."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.refuse(tx, work, case.id, reason=body.reason, why=body.why)
            )

    @routes.post("/complaints/{complaint}/interest")
    async def interest(
        complaint: str, body: bodies.InterestBody, staff: Annotated[Staff, readers]
    ) -> ComplaintStepped:
        """Say that somebody has an interest in the matter."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.declare_interest(
                    tx, work, case.id, of=body.of or work.number, why=body.why
                )
            )

    @routes.post("/complaints/{complaint}/classify")
    async def classify(
        complaint: str, body: bodies.ClassifyBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Confirm what it is about."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.classify(
                    tx,
                    work,
                    case.id,
                    product=body.product,
                    issue=body.issue,
                    severity=body.severity,
                    causes=tuple(body.causes),
                    subjects=tuple(body.subjects),
                    persons=tuple(body.persons),
                )
            )

    @routes.post("/complaints/{complaint}/departments")
    async def ask_department(
        complaint: str, body: bodies.DepartmentBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Ask a department."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.ask_department(
                    tx,
                    work,
                    case.id,
                    department=body.department,
                    what=body.what,
                    days=body.days,
                )
            )

    @routes.post("/complaint-tasks/{task}/finish")
    async def finish_department(
        task: str, body: bodies.WordsBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Write what a department answered."""
        async with working(services, staff) as (tx, work):
            return ComplaintStepped.of(
                await actions.finish_department(tx, work, task, result=body.text)
            )

    @routes.post("/complaints/{complaint}/pause")
    async def pause(
        complaint: str, body: bodies.PauseBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Let the time stand still."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.pause(tx, work, case.id, ground=body.ground, why=body.why)
            )

    @routes.post("/complaints/{complaint}/resume")
    async def resume(
        complaint: str, body: bodies.ResumeBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Let the time run on."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(await actions.resume(tx, work, case.id, ground=body.ground))

    @routes.post("/complaints/{complaint}/extensions")
    async def extend(
        complaint: str, body: bodies.ExtendBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Ask for a longer time."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.extend(
                    tx, work, case.id, grade=Grade(body.grade), ground=body.ground, why=body.why
                )
            )

    @routes.post("/complaints/{complaint}/extensions/{extension}/settle")
    async def settle_extension(
        complaint: str,
        extension: str,
        body: bodies.SettleBody,
        staff: Annotated[Staff, handlers],
    ) -> ComplaintStepped:
        """Approve a longer time, or turn it down."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.settle_extension(
                    tx, work, case.id, extension=extension, approve=body.approve
                )
            )

    @routes.post("/complaints/{complaint}/decide")
    async def decide(
        complaint: str, body: bodies.ComplaintDecisionBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Decide it; above an amount it waits for a second person."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(await actions.decide(tx, work, case.id, _decision(body)))

    @routes.post("/complaints/{complaint}/agree")
    async def agree(
        complaint: str, body: bodies.AgreeBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Be the second person: agree, or give it back."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.agree(tx, work, case.id, agrees=body.agrees, why=body.why)
            )

    @routes.post("/complaint-remedies/{remedy}/done")
    async def do_remedy(
        remedy: str, body: bodies.WordsBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Write that a remedy other than money was carried out."""
        async with working(services, staff) as (tx, work):
            return ComplaintStepped.of(await actions.do_remedy(tx, work, remedy, result=body.text))

    @routes.post("/complaints/{complaint}/notices")
    async def notify(
        complaint: str, body: bodies.NoticeBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Tell the complainant; it counts with its proof."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.notify(
                    tx,
                    work,
                    case.id,
                    about=body.about,
                    channel=body.channel,
                    text=body.text,
                    contents=tuple(body.contents),
                    extension=body.extension,
                    to=body.to or "",
                    proof_kind=body.proof_kind,
                    proof=body.proof,
                    told_at=body.told_at,
                )
            )

    @routes.post("/complaint-notices/{notice}/prove")
    async def prove(
        notice: str, body: bodies.ProofBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Write what shows that it was told."""
        async with working(services, staff) as (tx, work):
            return ComplaintStepped.of(
                await actions.prove(
                    tx,
                    notice,
                    kind=body.kind,
                    reference=body.proof,
                    told_at=body.told_at,
                    config=services.complaints,
                    by=work.actor,
                    at=work.at,
                )
            )

    @routes.post("/complaints/{complaint}/outside")
    async def outside(
        complaint: str, body: bodies.OutsideBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Write that regulator or People's Bank were told."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(
                await actions.tell_outside(
                    tx, work, case.id, whom=Mark(body.whom), reference=body.reference
                )
            )

    @routes.post("/complaints/{complaint}/join")
    async def join(
        complaint: str, body: bodies.JoinBody, staff: Annotated[Staff, handlers]
    ) -> ComplaintStepped:
        """Let it go on in another complaint of the same person."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            into = await _seen(tx, body.into, work)
            return ComplaintStepped.of(await actions.join(tx, work, case.id, into=into.id))

    @routes.post("/complaints/{complaint}/close")
    async def close(complaint: str, staff: Annotated[Staff, handlers]) -> ComplaintStepped:
        """Close what was answered, with everything done."""
        async with working(services, staff) as (tx, work):
            case = await _seen(tx, complaint, work)
            return ComplaintStepped.of(await actions.close(tx, work, case.id))

    return routes


async def _seen(tx: Transaction, complaint: str, work: Working) -> Complaint:
    return await seen(tx, ComplaintId(complaint), work.staff)


def _decision(body: bodies.ComplaintDecisionBody) -> Decision:
    return Decision(
        outcome=body.outcome,
        findings=body.findings,
        basis=body.basis,
        reasons=body.reasons,
        remedies=tuple(
            Remedy(
                one.kind,
                one.detail,
                Fen(one.amount) if one.amount is not None else None,
                AccountId(one.account) if one.account else None,
            )
            for one in body.remedies
        ),
        bank_erred=body.bank_erred,
    )
