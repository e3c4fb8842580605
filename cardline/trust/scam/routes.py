"""HTTP: anybody checks a message; agents report and warn; compliance reviews (rows E2 to E4)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from cardline.cards.corebank import CoreBank
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import Serving
from cardline.core.clock import Clock
from cardline.core.errors import NotFound
from cardline.core.ids import CardId, HolderId
from cardline.core.transaction import Database, Transaction
from cardline.desk.interactions import claims
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_list, record_stay
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.identity.config import IdentityConfig
from cardline.trust.scam import actions, holding, with_agent
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.model import MOST_CHECKED, Kind, Message, Report, ReportState, Told
from cardline.trust.scam.persuasion_views import PersuasionView, show_persuasion
from cardline.trust.scam.report_views import (
    FrozenView,
    ReportedView,
    ReportHeldView,
    ScamReportView,
    WholeReportView,
    show_refusals,
)
from cardline.trust.scam.views import JudgementView
from cardline.trust.scam.warning_views import ScamWarningView, WarnedView


class ScamServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def identity(self) -> IdentityConfig: ...
    @property
    def servicing(self) -> ServicePolicy: ...
    @property
    def scam(self) -> ScamConfig: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def admit_visitor(self, request: Request) -> None:
        """Count what an address asks; raises where it asks too much."""
        ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class CheckBody(BaseModel):
    """What was received, or what a caller said (``kind`` call). Nothing of it is kept."""

    text: str = Field(max_length=MOST_CHECKED)
    sender: str = Field(default="", max_length=80)
    kind: Kind = "message"


class ReportBody(CheckBody):
    """A report from a conversation; ``key``: the same for a repeat of the same report.

    ``freeze``: a card to freeze with it; ``plausible`` where nothing was proven by keys.
    """

    key: str = Field(min_length=8, max_length=80)
    secrets_told: bool = False
    paid: bool = False
    freeze: str | None = Field(default=None, max_length=64)
    plausible: str = Field(default="", max_length=500)


class WarnBody(BaseModel):
    """``reasons``: the codes that were told; ``words``: what the holder means to do.

    ``told``: the steps of the script that were said. ``text``, ``sender``, ``kind``: what the
    holder had received. ``card``: to be held while things cool off, which needs that the holder
    ``agreed``.
    """

    reasons: list[str] = Field(min_length=1, max_length=12)
    words: str = Field(max_length=1000)
    goes_on: bool
    card: str | None = Field(default=None, max_length=64)
    agreed: bool = False
    told: list[str] = Field(default=[], max_length=20)
    text: str = Field(default="", max_length=MOST_CHECKED)
    sender: str = Field(default="", max_length=80)
    kind: Kind = "message"


class ReportHoldBody(BaseModel):
    """Which card is held, and what in the report makes it plausible."""

    card: str = Field(max_length=64)
    why: str = Field(max_length=500)


class ScamReviewBody(BaseModel):
    """What compliance finds; ``keep``: the indicators that are known from now on."""

    state: Literal["confirmed", "dismissed"]
    findings: str = Field(min_length=1, max_length=2000)
    keep: list[str] = Field(default=[], max_length=20)


def router(services: ScamServices) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/api/v1", tags=["scams"])
    _checking(routes, services)
    _conversations(routes, services)
    _reviewing(routes, services)
    return routes


def _checking(routes: APIRouter, services: ScamServices) -> None:
    @routes.post("/check-message")
    async def check(request: Request, body: CheckBody) -> JudgementView:
        """Judge a message or a described call. Open to everybody; nothing is kept."""
        services.admit_visitor(request)
        at = services.clock()
        async with services.database.transaction() as tx:
            registry = await actions.registry_at(tx, config=services.scam, at=at)
        message = Message(body.text, body.sender, body.kind)
        judged = services.scam.judge(message, at=at, registry=registry)
        return JudgementView.of(judged, services.scam)


def _conversations(routes: APIRouter, services: ScamServices) -> None:
    agent = Depends(services.require("agent", "lead"))
    readers = Depends(services.require("agent", "lead", "quality", "compliance"))

    @asynccontextmanager
    async def serving(interaction: str, staff: Staff) -> AsyncIterator[tuple[Transaction, Serving]]:
        async with services.database.transaction() as tx:
            found = await claims.party_only(tx, interaction, staff)
            at = services.clock()
            yield (
                tx,
                Serving(staff, found, services.bank, services.identity, services.servicing, at),
            )

    @routes.post("/interactions/{interaction}/scam-report")
    async def report(
        interaction: str, body: ReportBody, staff: Annotated[Staff, agent]
    ) -> ReportedView:
        """Take in what the caller reports; freezes a card first where asked."""
        told = Told(
            Message(body.text, body.sender, body.kind),
            f"{interaction}/{body.key}",
            body.secrets_told,
            body.paid,
        )
        async with serving(interaction, staff) as (tx, act):
            done = await with_agent.report(
                tx,
                act,
                told,
                freeze=CardId(body.freeze) if body.freeze else None,
                plausible=body.plausible,
                config=services.scam,
            )
            named = await actions.named_by(tx, done.report.id) if done.report else []
        return ReportedView(
            allowed=done.verdict.allowed,
            refusals=show_refusals(done.verdict, services.scam),
            report=ScamReportView.of(done.report, named) if done.report else None,
            judgement=(
                JudgementView.of(done.report.judgement, services.scam) if done.report else None
            ),
            frozen=FrozenView.of(done.frozen),
        )

    @routes.post("/interactions/{interaction}/scam-judgement")
    async def judge(
        interaction: str, body: CheckBody, staff: Annotated[Staff, agent]
    ) -> JudgementView:
        """Judge what a holder received or was told, while one talks with them; nothing is kept."""
        async with serving(interaction, staff) as (tx, act):
            message = Message(body.text, body.sender, body.kind)
            judged = await with_agent.judge_told(tx, act, message, config=services.scam)
        return JudgementView.of(judged, services.scam)

    @routes.get("/scam-persuasion", dependencies=[agent])
    async def persuasion() -> PersuasionView:
        """What is said to a warned holder who wants to go on, and what a cooling-off is."""
        return show_persuasion(services.scam, at=services.clock())

    @routes.post("/interactions/{interaction}/scam-warning")
    async def warn(interaction: str, body: WarnBody, staff: Annotated[Staff, agent]) -> WarnedView:
        """Put a warning on record; with the holder's agreement a card is held to cool off."""
        async with serving(interaction, staff) as (tx, act):
            done = await with_agent.warn(
                tx,
                act,
                reasons=body.reasons,
                words=body.words,
                goes_on=body.goes_on,
                card=CardId(body.card) if body.card else None,
                agreed=body.agreed,
                config=services.scam,
                told=body.told,
                message=Message(body.text, body.sender, body.kind) if body.text else None,
            )
        return WarnedView(
            allowed=done.verdict.allowed,
            refusals=show_refusals(done.verdict, services.scam),
            warning=ScamWarningView.of(done.warning, services.scam) if done.warning else None,
            hold=FrozenView.of(done.hold),
        )

    @routes.get("/holders/{holder}/scam-warnings")
    async def warnings(holder: str, staff: Annotated[Staff, readers]) -> list[ScamWarningView]:
        """List the warnings given to a holder, newest first; for agents who served them.

        The look is journaled (row F4).
        """
        one = HolderId(holder)
        async with services.database.transaction() as tx:
            known = await services.bank.holder(tx, holder_id=one) is not None
            if not known or not await claims.serves_holder(tx, one, staff):
                raise NotFound("there is no such holder, or you have not served them")
            found = await with_agent.warnings_of(tx, one)
            if found:
                await record_stay(
                    tx,
                    who=staff.actor,
                    role=staff.role,
                    what="warning",
                    holder=one,
                    at=services.clock(),
                    policy=services.looks,
                )
        return [ScamWarningView.of(each, services.scam) for each in found]


def _reviewing(routes: APIRouter, services: ScamServices) -> None:
    readers = Depends(services.require("lead", "compliance"))
    compliance = Depends(services.require("compliance"))

    @routes.get("/scam-reports")
    async def reports(
        staff: Annotated[Staff, readers],
        state: ReportState | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> list[ScamReportView]:
        """List reports: open ones by due time, others newest first; journaled (row F4)."""
        async with services.database.transaction() as tx:
            found = await actions.list_reports(tx, state=state, limit=limit)
            rows = [_row(one) for one, _ in found]
            await record_list(
                tx, rows, by=staff, what="warning", policy=services.looks, at=services.clock()
            )
        return [ScamReportView.of(one, named) for one, named in found]

    @routes.get("/scam-reports/{report}")
    async def one(report: str, staff: Annotated[Staff, readers]) -> WholeReportView:
        """One report: the verdict in words, what it names, and the cards that could be held.

        The look is journaled (row F4).
        """
        at = services.clock()
        async with services.database.transaction() as tx:
            found = await actions.whole_report(tx, report)
            named = await actions.named_by(tx, found.id)
            own = await holding.cards_of(tx, found, bank=services.bank)
            row = _row(found)
            await record_stay(
                tx,
                who=staff.actor,
                role=staff.role,
                what="warning",
                holder=row.holder,
                at=at,
                policy=services.looks,
                within=row.within,
                subject=found.id,
            )
        return WholeReportView.whole(found, named, own, config=services.scam, at=at)

    @routes.post("/scam-reports/{report}/hold")
    async def hold(
        report: str, body: ReportHoldBody, staff: Annotated[Staff, readers]
    ) -> ReportHeldView:
        """Hold a card of whoever reported, for a time; the holder is told and can undo it."""
        async with services.database.transaction() as tx:
            held = await holding.hold_for_report(
                tx,
                report,
                CardId(body.card),
                why=body.why,
                bank=services.bank,
                config=services.identity,
                by=staff,
                at=services.clock(),
            )
        frozen = FrozenView.of(held)
        assert frozen is not None
        return ReportHeldView(held=frozen, refusals=show_refusals(held.verdict, services.scam))

    @routes.post("/scam-reports/{report}/review")
    async def review(
        report: str, body: ScamReviewBody, staff: Annotated[Staff, compliance]
    ) -> ScamReportView:
        """Confirm a report, with what is known from now on, or dismiss it."""
        async with services.database.transaction() as tx:
            done = await actions.review(
                tx,
                report,
                state=ReportState(body.state),
                findings=body.findings,
                keep=body.keep,
                config=services.scam,
                by=staff,
                at=services.clock(),
            )
            named = await actions.named_by(tx, done.id)
        return ScamReportView.of(done, named)

    @routes.delete("/scam-indicators/{indicator}", status_code=204)
    async def forget(indicator: str, staff: Annotated[Staff, compliance]) -> None:
        """End that a number, domain or text counts as a known scam."""
        async with services.database.transaction() as tx:
            await actions.forget(tx, indicator, by=staff, at=services.clock())


def _row(report: Report) -> Row:
    """Whose data a report shows; of nobody known, of whoever was in the conversation."""
    if report.holder:
        return Row(HolderId(report.holder))
    return Row(None, report.interaction)
