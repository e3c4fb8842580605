"""HTTP for the life of cases, and for what waits for a second pair of eyes (rows B5 to B9)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from cardline.cards.acts import bodies
from cardline.cards.acts.routes import ActServices
from cardline.cards.acts.views import (
    ApprovalsView,
    ChangeView,
    ClosureView,
    LimitedView,
    LimitRequestView,
    RequestsView,
    ReversalView,
    ReversedView,
)
from cardline.cards.cases import actions as cases
from cardline.cards.cases import work as case_work
from cardline.cards.cases.model import CaseId, Decision
from cardline.cards.cases.views import CaseView, SteppedView, WholeCaseView
from cardline.cards.cases.work import Working
from cardline.cards.closures import actions as closures
from cardline.cards.contacts import actions as contact_changes
from cardline.cards.fees import actions as fee_reversals
from cardline.cards.fees.model import FeeReversalId
from cardline.cards.limits import actions as limits
from cardline.cards.limits import decisions as limit_decisions
from cardline.cards.limits.model import LimitRequestId
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.money import Fen
from cardline.core.transaction import Transaction
from cardline.desk.interactions import claims
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.actions import record_list, record_look, record_stay
from cardline.evidence.looks.model import ListenPolicy, Row


def router(services: ActServices) -> APIRouter:
    """Make the routes of cases and approvals."""
    routes = APIRouter(prefix="/api/v1", tags=["cases"])
    readers = Depends(services.require("agent", "lead", "quality", "compliance"))
    workers = Depends(services.require("agent", "lead"))
    leads = Depends(services.require("lead"))

    @asynccontextmanager
    async def working(staff: Staff) -> AsyncIterator[tuple[Transaction, Working]]:
        async with services.database.transaction() as tx:
            yield (
                tx,
                Working(
                    staff, services.bank, services.identity, services.servicing, services.clock()
                ),
            )

    @routes.get("/holders/{holder}/cases")
    async def of_holder(holder: str, staff: Annotated[Staff, readers]) -> list[CaseView]:
        """List the cases of a holder, newest first."""
        async with working(staff) as (tx, work):
            await _known(tx, work, holder)
            await _seen_all(tx, work, HolderId(holder), services.looks)
            return [CaseView.of(one) for one in await cases.of_holder(tx, HolderId(holder))]

    @routes.get("/holders/{holder}/requests")
    async def requests(holder: str, staff: Annotated[Staff, readers]) -> RequestsView:
        """List all that a holder has asked for: cases, changes, limits, fees, closings."""
        async with working(staff) as (tx, work):
            await _known(tx, work, holder)
            owner = HolderId(holder)
            await _seen_all(tx, work, owner, services.looks)
            changes = await contact_changes.changes_of(tx, owner)
            asked = await limits.requests_of(tx, owner)
            fees = await fee_reversals.reversals_of(tx, owner)
            closing = await closures.closures_of(tx, owner)
            return RequestsView(
                cases=[CaseView.of(one) for one in await cases.of_holder(tx, owner)],
                changes=[ChangeView.of(one) for one in changes],
                limits=[LimitRequestView.of(one) for one in asked],
                fees=[ReversalView.of(one) for one in fees],
                closures=[ClosureView.of(one) for one in closing],
            )

    @routes.get("/cases")
    async def work_list(
        staff: Annotated[Staff, readers],
        owner: Annotated[Literal["me", "anybody"], Query()] = "anybody",
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
    ) -> list[CaseView]:
        """List cases that wait for an answer, the one due first at the top; journaled (row F4)."""
        async with working(staff) as (tx, work):
            mine = work.number if owner == "me" else None
            found = await cases.work_list(tx, owner=mine, limit=limit)
            rows = [Row(one.holder_id) for one in found if one.owner != work.number]
            await record_list(tx, rows, by=staff, what="case", policy=services.looks, at=work.at)
            return [CaseView.of(one) for one in found]

    @routes.get("/cases/{case}")
    async def one(case: str, staff: Annotated[Staff, readers]) -> WholeCaseView:
        """Show a case with all its steps."""
        async with working(staff) as (tx, work):
            found = await case_work.find(tx, CaseId(case))
            if found.owner != staff.number:
                await record_look(
                    tx,
                    who=staff.actor,
                    role=staff.role,
                    what="case",
                    holder=found.holder_id,
                    subject=found.id,
                    at=work.at,
                )
            return WholeCaseView.of(found, await case_work.history(tx, found))

    @routes.post("/cases/{case}/take")
    async def take(case: str, staff: Annotated[Staff, workers]) -> SteppedView:
        """Make a case one's own; a lead may take it over."""
        async with working(staff) as (tx, work):
            return SteppedView.of(await case_work.take(tx, work, CaseId(case)))

    @routes.post("/cases/{case}/note")
    async def note(
        case: str, body: bodies.TextBody, staff: Annotated[Staff, workers]
    ) -> SteppedView:
        """Add a note for colleagues."""
        async with working(staff) as (tx, work):
            return SteppedView.of(await case_work.note(tx, work, CaseId(case), text=body.text))

    @routes.post("/cases/{case}/decide")
    async def decide(
        case: str, body: bodies.DecisionBody, staff: Annotated[Staff, workers]
    ) -> SteppedView:
        """Decide a case; what is given back is posted at once."""
        decision = Decision(body.outcome, body.findings, body.bank_erred, Fen(body.credit))
        async with working(staff) as (tx, work):
            return SteppedView.of(await case_work.decide_case(tx, work, CaseId(case), decision))

    @routes.post("/cases/{case}/answer")
    async def answer(
        case: str, body: bodies.TextBody, staff: Annotated[Staff, workers]
    ) -> SteppedView:
        """Answer the holder, who gets an SMS that the answer is there."""
        async with working(staff) as (tx, work):
            return SteppedView.of(await case_work.answer(tx, work, CaseId(case), text=body.text))

    @routes.post("/cases/{case}/close")
    async def close(case: str, staff: Annotated[Staff, workers]) -> SteppedView:
        """Close a case that was answered."""
        async with working(staff) as (tx, work):
            return SteppedView.of(await case_work.close(tx, work, CaseId(case)))

    @routes.post("/cases/{case}/withdraw")
    async def withdraw(
        case: str, body: bodies.TextBody, staff: Annotated[Staff, workers]
    ) -> SteppedView:
        """Write down that the holder takes it back, and why."""
        async with working(staff) as (tx, work):
            return SteppedView.of(await case_work.withdraw(tx, work, CaseId(case), why=body.text))

    @routes.get("/approvals")
    async def approvals(staff: Annotated[Staff, leads]) -> ApprovalsView:
        """List what waits for a lead, oldest first; whose it is gets a look (row F4)."""
        async with working(staff) as (tx, work):
            asked = await limit_decisions.referred(tx)
            fees = await fee_reversals.awaiting(tx)
            rows = [*(Row(one.holder_id) for one in asked), *(Row(one.holder_id) for one in fees)]
            await record_list(tx, rows, by=staff, what="case", policy=services.looks, at=work.at)
            return ApprovalsView(
                limits=[LimitRequestView.of(one) for one in asked],
                fees=[ReversalView.of(one) for one in fees],
            )

    @routes.post("/limit-requests/{request}/decide")
    async def decide_limit(
        request: str, body: bodies.LimitDecisionBody, staff: Annotated[Staff, leads]
    ) -> LimitedView:
        """Decide a request that the rule referred; not by whoever took it."""
        async with working(staff) as (tx, work):
            return LimitedView.of(
                await limit_decisions.decide_referred(
                    tx,
                    LimitRequestId(request),
                    staff=staff,
                    decision=body.decision,
                    amount=Fen(body.amount) if body.amount is not None else None,
                    why=body.why,
                    bank=work.bank,
                    identity=work.identity,
                    policy=work.policy,
                    at=work.at,
                )
            )

    @routes.post("/fee-reversals/{reversal}/settle")
    async def settle_fee(
        reversal: str, body: bodies.FeeSettlementBody, staff: Annotated[Staff, leads]
    ) -> ReversedView:
        """Agree to a reversal, or turn it down; not by whoever asked."""
        async with working(staff) as (tx, work):
            return ReversedView.of(
                await fee_reversals.settle_reversal(
                    tx,
                    FeeReversalId(reversal),
                    staff=staff,
                    decision=body.decision,
                    why=body.why,
                    bank=work.bank,
                    identity=work.identity,
                    policy=work.policy,
                    at=work.at,
                )
            )

    return routes


async def _known(tx: Transaction, work: Working, holder: str) -> None:
    """Raise ``NotFound`` for no holder, and for an agent who never served this one."""
    one = HolderId(holder)
    if await work.bank.holder(tx, holder_id=one) is None or not (
        await claims.serves_holder(tx, one, work.staff)
        or any(case.owner == work.number for case in await cases.of_holder(tx, one))
    ):
        raise NotFound("there is no such holder, or you have not served them")


async def _seen_all(tx: Transaction, work: Working, holder: HolderId, looks: ListenPolicy) -> None:
    """Write down a look at all that a holder asked for (row F4), once for a stay.

    An agent's too: having served somebody once is no work on these for ever.
    """
    await record_stay(
        tx,
        who=work.staff.actor,
        role=work.staff.role,
        what="case",
        holder=holder,
        at=work.at,
        policy=looks,
    )
