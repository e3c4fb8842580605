"""HTTP for campaigns: leads make and run them, compliance may stop them, agents take previews."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query

from cardline.cards.corebank import CoreBank
from cardline.core.calendar import business_day
from cardline.core.clock import Clock
from cardline.core.errors import Conflict, Invalid
from cardline.core.ids import AgentId, HolderId
from cardline.core.roles import Role
from cardline.core.transaction import Database, Transaction
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.actions import record_stay
from cardline.evidence.looks.model import ListenPolicy, What
from cardline.identity.config import IdentityConfig
from cardline.outreach.campaigns import actions, previews, reporting, store
from cardline.outreach.campaigns.model import CampaignPolicy, Dialled, Event, Refused
from cardline.outreach.campaigns.preview_views import (
    CampaignCallView,
    DialView,
    PreviewView,
    call_view,
    dial_view,
    preview_view,
)
from cardline.outreach.campaigns.views import (
    CampaignBody,
    CampaignReportView,
    CampaignRowView,
    CampaignStoppedView,
    CampaignView,
    DispositionBody,
    ForesightView,
    ListBody,
    ListedView,
    PassOnBody,
    ResultsBody,
    StateView,
    StopBody,
    campaign_view,
    foresight_view,
    listed_view,
    report_view,
    row_view,
    state_view,
)
from cardline.routing.model import RoutingPolicy

_SEES: tuple[Role, ...] = ("agent", "lead", "quality", "compliance", "administrator")
_REPORTS: tuple[Role, ...] = ("lead", "quality", "compliance", "administrator")


class Placing(Protocol):
    """Who places calls on the line."""

    @property
    def can_call(self) -> bool:
        """Whether numbers outside can be reached."""
        ...

    async def open(self, tx: Transaction, dialled: Dialled) -> None:
        """Open the interaction in the transaction that grants the call."""
        ...

    async def call_out(self, dialled: Dialled) -> None:
        """Place a call that was granted."""
        ...


class CampaignServices(Protocol):
    """What these routes need."""

    database: Database
    bank: CoreBank
    identity: IdentityConfig
    routing: RoutingPolicy
    campaigns: CampaignPolicy
    looks: ListenPolicy
    clock: Clock

    @property
    def dialler(self) -> Placing:
        """Who places calls."""
        ...

    def require(self, *roles: Role) -> Callable[..., Awaitable[Staff]]:
        """Return the dependency that lets only these roles in."""
        ...


def router(services: CampaignServices) -> APIRouter:
    """Make the routes of campaigns."""
    routes = APIRouter(prefix="/api/v1", tags=["campaigns"])
    _stopping(routes, services)  # /campaigns/stop stands before /campaigns/{campaign}
    _previews(routes, services)
    _making(routes, services)
    _running(routes, services)
    return routes


def _stopping(routes: APIRouter, services: CampaignServices) -> None:
    who = Depends(services.require("lead", "compliance"))

    @routes.post("/campaigns/stop")
    async def stop_everything(body: StopBody, staff: Annotated[Staff, who]) -> CampaignStoppedView:
        """The kill switch: stop every campaign for good and take back what rings."""
        async with services.database.transaction() as tx:
            stopped = await actions.stop_everything(
                tx, reason=body.reason, by=staff.actor, at=services.clock()
            )
        return CampaignStoppedView(stopped=list(stopped))


def _making(routes: APIRouter, services: CampaignServices) -> None:
    lead = Depends(services.require("lead"))
    sees = Depends(services.require(*_SEES))

    @routes.get("/campaigns")
    async def campaigns(
        staff: Annotated[Staff, sees], limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> list[CampaignRowView]:
        """All campaigns, newest first, each with how far it is."""
        async with services.database.transaction() as tx:
            found = await store.everything(tx, limit=limit)
            counted = await reporting.progress(tx, found)
        return [row_view(one, counted[one.id]) for one in found]

    @routes.post("/campaigns")
    async def create(body: CampaignBody, staff: Annotated[Staff, lead]) -> CampaignView:
        """Make a campaign; it contacts nobody until it is started."""
        if not any(body.matter == queue.matter for queue in services.routing.queues.values()):
            raise Invalid(f"there is no matter {body.matter}")
        async with services.database.transaction() as tx:
            made = await actions.create(
                tx,
                body.draft(),
                policy=services.campaigns,
                by=staff.actor,
                at=services.clock(),
            )
        return campaign_view(made)

    @routes.post("/campaigns/{campaign}/list")
    async def add_list(campaign: str, body: ListBody, staff: Annotated[Staff, lead]) -> ListedView:
        """Add people by a CSV, or everybody whose bill is due in so many days."""
        if (body.csv is None) == (body.due_in_days is None):
            raise Invalid("give exactly one of csv and due_in_days")
        at = services.clock()
        async with services.database.transaction() as tx:
            if body.csv is not None:
                listed = await actions.add_list(
                    tx, campaign, body.csv, bank=services.bank, by=staff.actor, at=at
                )
            else:
                assert body.due_in_days is not None
                due_on = business_day(at) + timedelta(days=body.due_in_days)
                listed = await actions.add_due(
                    tx, campaign, due_on, bank=services.bank, by=staff.actor, at=at
                )
        return listed_view(listed)

    @routes.post("/campaigns/{campaign}/results")
    async def results(campaign: str, body: ResultsBody, staff: Annotated[Staff, lead]) -> list[str]:
        """Tell who did what the campaign is for; answers with holders who are not in it."""
        async with services.database.transaction() as tx:
            return await actions.note_results(
                tx, campaign, list(body.results.items()), by=staff.actor, at=services.clock()
            )


def _running(routes: APIRouter, services: CampaignServices) -> None:
    may = Depends(services.require("lead", "compliance"))
    reports = Depends(services.require(*_REPORTS))

    async def change(campaign: str, event: Event, staff: Staff) -> StateView:
        async with services.database.transaction() as tx:
            return state_view(
                await actions.change_state(
                    tx,
                    campaign,
                    event,
                    policy=services.campaigns,
                    by=staff.actor,
                    at=services.clock(),
                )
            )

    @routes.post("/campaigns/{campaign}/start")
    async def start(campaign: str, staff: Annotated[Staff, may]) -> StateView:
        """Start a campaign, or go on after a pause."""
        return await change(campaign, Event.START, staff)

    @routes.post("/campaigns/{campaign}/pause")
    async def pause(campaign: str, staff: Annotated[Staff, may]) -> StateView:
        """Dial no more for now; what rings may ring out."""
        return await change(campaign, Event.PAUSE, staff)

    @routes.post("/campaigns/{campaign}/stop")
    async def stop(campaign: str, staff: Annotated[Staff, may]) -> StateView:
        """Stop a campaign for good; what rings is taken back."""
        return await change(campaign, Event.STOP, staff)

    @routes.get("/campaigns/{campaign}")
    async def report(campaign: str, staff: Annotated[Staff, reports]) -> CampaignReportView:
        """Progress and report: outcomes, refusals by reason, and what the campaign changed."""
        async with services.database.transaction() as tx:
            return report_view(
                await reporting.report(tx, campaign, policy=services.campaigns, at=services.clock())
            )

    @routes.get("/campaigns/{campaign}/foresight")
    async def foresee(campaign: str, staff: Annotated[Staff, reports]) -> ForesightView:
        """Whom the gate would let pass now, and whom not and why, before anybody is contacted."""
        async with services.database.transaction() as tx:
            return foresight_view(
                await reporting.foresee(
                    tx, campaign, gate=services.identity.sms.policy, at=services.clock()
                )
            )


def _previews(routes: APIRouter, services: CampaignServices) -> None:
    caller = Depends(services.require("agent", "lead"))

    async def looked(
        tx: Transaction, staff: Staff, what: What, holder: HolderId, *, within: str | None = None
    ) -> None:
        await record_stay(
            tx,
            who=staff.actor,
            role=staff.role,
            what=what,
            holder=holder,
            at=services.clock(),
            policy=services.looks,
            within=within,
        )

    @routes.post("/campaigns/{campaign}/preview")
    async def preview(campaign: str, staff: Annotated[Staff, caller]) -> PreviewView | None:
        """Show the next person, and whether the gate lets them be called; null: nobody is left.

        Whoever is shown finds it among the looks, called or not (row F4).
        """
        at = services.clock()
        async with services.database.transaction() as tx:
            found = await previews.take_preview(
                tx,
                campaign,
                agent=_agent(staff),
                bank=services.bank,
                policy=services.campaigns,
                at=at,
            )
            if found is None:
                return None
            await looked(tx, staff, "preview", found[2].id)
            verdict = await reporting.foresee_one(
                tx, found[0], found[1], gate=services.identity.sms.policy, at=at
            )
        return preview_view(*found, verdict, by=staff)

    @routes.post("/campaigns/entries/{entry}/dial")
    async def dial(entry: str, staff: Annotated[Staff, caller]) -> DialView:
        """Dial the person whom one looks at; the gate is asked at this moment."""
        if not services.dialler.can_call:
            raise Conflict("no trunk is set: numbers outside cannot be reached")
        at = services.clock()

        async def work(tx: Transaction) -> Dialled | Refused:
            granted = await previews.dial_preview(
                tx,
                entry,
                agent=_agent(staff),
                policy=services.campaigns,
                gate=services.identity.sms.policy,
                floor=services.routing,
                at=at,
            )
            if isinstance(granted, Dialled):
                await services.dialler.open(tx, granted)
            return granted

        granted = await services.database.run(work)
        if isinstance(granted, Dialled):
            await services.dialler.call_out(granted)
        return dial_view(granted)

    @routes.post("/campaigns/entries/{entry}/pass")
    async def pass_on(entry: str, body: PassOnBody, staff: Annotated[Staff, caller]) -> StateView:
        """Do not call this person."""
        async with services.database.transaction() as tx:
            await previews.pass_on(
                tx, entry, agent=_agent(staff), reason=body.reason, at=services.clock()
            )
        return StateView(allowed=True, reasons=[])

    @routes.get("/campaigns/calls/{interaction}")
    async def call(interaction: str, staff: Annotated[Staff, caller]) -> CampaignCallView | None:
        """What a call is about that a campaign placed; null where it is none, or not one's own."""
        own = None if staff.role == "lead" else _agent(staff)
        async with services.database.transaction() as tx:
            found = await previews.call_of(tx, interaction, agent=own)
            if found is not None and own is None:
                await looked(tx, staff, "screen", found[1].holder, within=interaction)
        return call_view(*found, by=staff) if found else None

    @routes.post("/campaigns/calls/{interaction}/opening")
    async def confirm_opening(interaction: str, staff: Annotated[Staff, caller]) -> StateView:
        """Confirm that the opening was read: who, why, how long, recorded, how to stop."""
        async with services.database.transaction() as tx:
            await previews.confirm_opening(
                tx, interaction, agent=_agent(staff), at=services.clock()
            )
        return StateView(allowed=True, reasons=[])

    @routes.post("/campaigns/calls/{interaction}/disposition")
    async def dispose(
        interaction: str, body: DispositionBody, staff: Annotated[Staff, caller]
    ) -> StateView:
        """Write what became of a talk."""
        async with services.database.transaction() as tx:
            await previews.dispose(
                tx,
                interaction,
                body.disposition,
                agent=_agent(staff),
                policy=services.campaigns,
                note=body.note,
                again_at=body.again_at,
                at=services.clock(),
            )
        return StateView(allowed=True, reasons=[])


def _agent(staff: Staff) -> AgentId:
    if staff.agent_id is None:
        raise Conflict("you take no calls")
    return staff.agent_id
