"""HTTP of hard conversations: warnings, the polite end, plans, the pause (rows A8, G3)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel
from pydantic import Field as Limits

from cardline.core.ids import HolderId
from cardline.core.verdict import Verdict
from cardline.desk.catalogue import load_desk_catalogue
from cardline.desk.hard_conversations import actions as hard
from cardline.desk.hard_conversations.views import (
    PlansView,
    PlanView,
    ProposalView,
    WarningView,
    show_plan,
    show_plans,
    show_proposal,
    show_warning,
)
from cardline.desk.services import WorkServices
from cardline.desk.staff.model import Staff
from cardline.desk.views import VerdictView, show_verdict
from cardline.evidence.looks.actions import record_list, record_stay
from cardline.evidence.looks.model import Row


class WarningBody(BaseModel):
    """What the caller did (a code of the catalogue) and said."""

    category: str = Limits(max_length=40)
    words: str = Limits(min_length=1, max_length=1000)


class PoliteEndBody(BaseModel):
    """Two questions that the agent must answer: does the caller ask for either of these now?"""

    freeze_asked: bool
    complaint_asked: bool


class EndView(BaseModel):
    """Whether the conversation was ended, and why not."""

    allowed: bool
    verdict: VerdictView


class PlanBody(BaseModel):
    """A plan, and for how long it is to hold; without ``valid_from`` from now on."""

    text: str = Limits(min_length=1, max_length=4000)
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime


class ReviewBody(BaseModel):
    """The plan that was read."""

    plan: str = Limits(max_length=64)


class EndedView(BaseModel):
    """How many plans were ended."""

    ended: int


class PauseBody(BaseModel):
    """The conversation after which the pause is taken."""

    interaction: str = Limits(max_length=64)


class PauseView(BaseModel):
    """Until when the pause lasts; ready again by one's own word."""

    allowed: bool
    verdict: VerdictView
    until: datetime | None


def router(services: WorkServices) -> APIRouter:
    """Make the routes of hard conversations."""
    routes = APIRouter(prefix="/api/v1", tags=["hard conversations"])
    _conversation_routes(routes, services)
    _plan_routes(routes, services)
    return routes


def _conversation_routes(routes: APIRouter, services: WorkServices) -> None:
    words = load_desk_catalogue()
    takers = Depends(services.require("agent", "lead"))

    def shown(verdict: Verdict) -> VerdictView:
        return show_verdict(verdict, words)

    @routes.post("/interactions/{interaction}/warnings")
    async def warn(
        interaction: str, body: WarningBody, staff: Annotated[Staff, takers]
    ) -> WarningView:
        """Write down that the caller was warned."""
        async with services.database.transaction() as tx:
            warning = await hard.warn(
                tx,
                interaction,
                category=body.category,
                words=body.words,
                catalogue=words,
                by=staff,
                at=services.clock(),
            )
        return show_warning(warning, words, here=warning.interaction)

    @routes.post("/interactions/{interaction}/polite-end")
    async def end(
        interaction: str, body: PoliteEndBody, staff: Annotated[Staff, takers]
    ) -> EndView:
        """End the conversation where the rule allows it: the agent's part is hung up."""
        async with services.database.transaction() as tx:
            verdict = await hard.end_politely(
                tx,
                interaction,
                freeze_asked=body.freeze_asked,
                complaint_asked=body.complaint_asked,
                policy=services.desk,
                routing_policy=services.routing,
                by=staff,
                at=services.clock(),
            )
        if verdict.allowed:
            await services.leave_call(interaction, staff)
        return EndView(allowed=verdict.allowed, verdict=shown(verdict))

    @routes.post("/agents/me/recovery")
    async def recover(body: PauseBody, staff: Annotated[Staff, takers]) -> PauseView:
        """Take the pause that is offered after a conversation with a warning."""
        async with services.database.transaction() as tx:
            verdict, until = await hard.recover(
                tx,
                body.interaction,
                policy=services.desk,
                routing_policy=services.routing,
                by=staff,
                at=services.clock(),
            )
        return PauseView(
            allowed=verdict.allowed,
            verdict=shown(verdict),
            until=until if verdict.allowed else None,
        )


def _plan_routes(routes: APIRouter, services: WorkServices) -> None:
    readers = Depends(services.require("agent", "lead", "quality", "compliance"))
    writers = Depends(services.require("agent", "lead"))
    lead = Depends(services.require("lead"))

    @routes.get("/holders/{holder}/plan")
    async def plans(holder: str, staff: Annotated[Staff, readers]) -> PlansView:
        """Give the plan to follow now, and a proposal that waits for its review; journaled (F4)."""
        at = services.clock()
        async with services.database.transaction() as tx:
            found = await hard.plans_for(tx, HolderId(holder), at=at)
            if found.current or found.proposed:
                await record_stay(
                    tx,
                    who=staff.actor,
                    role=staff.role,
                    what="plan",
                    holder=HolderId(holder),
                    at=at,
                    policy=services.looks,
                )
        return show_plans(found)

    @routes.get("/plans/proposed")
    async def proposed(staff: Annotated[Staff, lead]) -> list[ProposalView]:
        """List the plans that wait for a lead's review, the oldest first; journaled (row F4)."""
        at = services.clock()
        async with services.database.transaction() as tx:
            found = await hard.proposed(tx, at=at)
            rows = [Row(one.holder) for one in found if one.author != staff.number]
            await record_list(tx, rows, by=staff, what="plan", policy=services.looks, at=at)
        return [show_proposal(one) for one in found]

    @routes.put("/holders/{holder}/plan")
    async def propose(holder: str, body: PlanBody, staff: Annotated[Staff, writers]) -> PlanView:
        """Write a plan; it holds once another lead has reviewed it."""
        async with services.database.transaction() as tx:
            plan = await hard.propose_plan(
                tx,
                HolderId(holder),
                text=body.text,
                valid_from=body.valid_from,
                valid_to=body.valid_to,
                bank=services.bank,
                policy=services.desk,
                by=staff,
                at=services.clock(),
            )
        return show_plan(plan)

    @routes.post("/holders/{holder}/plan/review")
    async def review(holder: str, body: ReviewBody, staff: Annotated[Staff, lead]) -> PlanView:
        """Let a proposed plan hold; never one's own."""
        async with services.database.transaction() as tx:
            plan = await hard.review_plan(
                tx, HolderId(holder), body.plan, by=staff, at=services.clock()
            )
        return show_plan(plan)

    @routes.delete("/holders/{holder}/plan")
    async def end_plan(holder: str, staff: Annotated[Staff, lead]) -> EndedView:
        """End the plan, and a proposal with it."""
        async with services.database.transaction() as tx:
            ended = await hard.end_plan(tx, HolderId(holder), by=staff, at=services.clock())
        return EndedView(ended=ended)
