"""HTTP for the wall and the reports (row G8)."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Protocol, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel

from cardline.core.clock import Clock
from cardline.core.home import home
from cardline.core.roles import Role
from cardline.core.transaction import Database
from cardline.reports import reading, rules
from cardline.reports.chat_views import (
    ChatsEndedView,
    ChatServiceView,
    show_chat_service,
    show_chats_ended,
)
from cardline.reports.model import Period, ReportPolicy
from cardline.reports.table import as_csv
from cardline.reports.views import (
    AgentReportView,
    ContactReportView,
    CountedView,
    ServiceView,
    WallView,
    show_agent_report,
    show_contacts,
    show_counted,
    show_service,
)
from cardline.reports.wall import wall
from cardline.routing.model import RoutingPolicy

By = Literal["queue", "day", "hour"]
Form = Literal["json", "csv"]
View = TypeVar("View", bound=BaseModel)

_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "With `form=csv`, the same as CSV"}
}


class ReportServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def routing(self) -> RoutingPolicy: ...
    @property
    def reports(self) -> ReportPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


def router(services: ReportServices) -> APIRouter:
    """Make the routes of the wall and the reports."""
    routes = APIRouter(prefix="/api/v1", tags=["reports"])
    watchers = Depends(services.require("lead", "quality", "compliance", "administrator"))

    def asked(
        start: Annotated[AwareDatetime, Query(description="from here")],
        end: Annotated[AwareDatetime, Query(description="until before here")],
    ) -> Period:
        return reading.checked(start, end, services.reports)

    _wall_route(routes, services, watchers)
    _call_routes(routes, services, watchers, Depends(asked))
    _chat_routes(routes, services, watchers, Depends(asked))
    _decision_routes(routes, services, watchers, Depends(asked))
    return routes


def _wall_route(routes: APIRouter, services: ReportServices, watchers: Any) -> None:
    @routes.get("/wall", dependencies=[watchers])
    async def show_wall() -> WallView:
        """Everything on the wall; the figures are those of the reports for today."""
        async with services.database.transaction() as tx:
            return await wall(tx, services.reports, services.routing, at=services.clock())


def _call_routes(routes: APIRouter, services: ReportServices, watchers: Any, asked: Any) -> None:
    @routes.get(
        "/reports/service",
        dependencies=[watchers],
        response_model=list[ServiceView],
        responses=_CSV,
    )
    async def service(
        period: Annotated[Period, asked], by: By = "queue", form: Form = "json"
    ) -> list[ServiceView] | Response:
        """Service level, waits, abandonment of the stays that began in a period."""
        parts = {
            "queue": [period],
            "day": rules.days_of(period, home().zone),
            "hour": rules.hours_of(period),
        }[by]
        async with services.database.transaction() as tx:
            found = await reading.service_in(tx, parts, services.routing, at=services.clock())
        return _answer(ServiceView, [show_service(one) for one in found], form)

    @routes.get(
        "/reports/agents",
        dependencies=[watchers],
        response_model=list[AgentReportView],
        responses=_CSV,
    )
    async def agents(
        period: Annotated[Period, asked], form: Form = "json"
    ) -> list[AgentReportView] | Response:
        """Handling times, transfers, offers and occupancy of every agent."""
        async with services.database.transaction() as tx:
            found = await reading.agents(tx, period, at=services.clock())
        return _answer(AgentReportView, [show_agent_report(one) for one in found], form)

    @routes.get(
        "/reports/contacts",
        dependencies=[watchers],
        response_model=list[ContactReportView],
        responses=_CSV,
    )
    async def contacts(
        period: Annotated[Period, asked], form: Form = "json"
    ) -> list[ContactReportView] | Response:
        """First-contact resolution, repeat callers, call-backs: one row."""
        async with services.database.transaction() as tx:
            found = await reading.contacts(
                tx, period, services.reports, services.routing, at=services.clock()
            )
        return _answer(ContactReportView, [show_contacts(found)], form)


def _chat_routes(routes: APIRouter, services: ReportServices, watchers: Any, asked: Any) -> None:
    @routes.get(
        "/reports/chats",
        dependencies=[watchers],
        response_model=list[ChatServiceView],
        responses=_CSV,
    )
    async def chats(
        period: Annotated[Period, asked], form: Form = "json"
    ) -> list[ChatServiceView] | Response:
        """Chats that entered a queue in a period: answered, waits, given back."""
        async with services.database.statement() as tx:
            found = await reading.chats(tx, period, at=services.clock())
        return _answer(ChatServiceView, [show_chat_service(one) for one in found], form)

    @routes.get(
        "/reports/chats/ended",
        dependencies=[watchers],
        response_model=list[ChatsEndedView],
        responses=_CSV,
    )
    async def chats_ended(
        period: Annotated[Period, asked], form: Form = "json"
    ) -> list[ChatsEndedView] | Response:
        """Chats that ended in a period, by outcome."""
        async with services.database.statement() as tx:
            found = await reading.chats_ended(tx, period)
        return _answer(ChatsEndedView, [show_chats_ended(one) for one in found], form)


def _decision_routes(
    routes: APIRouter, services: ReportServices, watchers: Any, asked: Any
) -> None:
    @routes.get(
        "/reports/cards", dependencies=[watchers], response_model=list[CountedView], responses=_CSV
    )
    async def cards(
        period: Annotated[Period, asked], form: Form = "json"
    ) -> list[CountedView] | Response:
        """Freezes, holds and releases: done, refused, and why."""
        async with services.database.transaction() as tx:
            found = await reading.card_acts(tx, period)
        return _answer(CountedView, [show_counted(one) for one in found], form)

    @routes.get(
        "/reports/outreach",
        dependencies=[watchers],
        response_model=list[CountedView],
        responses=_CSV,
    )
    async def outreach(
        period: Annotated[Period, asked], form: Form = "json"
    ) -> list[CountedView] | Response:
        """What was to be sent to holders, by purpose: let pass, refused, and why."""
        async with services.database.transaction() as tx:
            found = await reading.outward_contacts(tx, period)
        return _answer(CountedView, [show_counted(one) for one in found], form)


def _answer(view: type[View], rows: list[View], form: Form) -> list[View] | Response:
    if form == "json":
        return rows
    columns = list(view.model_fields)
    text = as_csv(columns, [row.model_dump(mode="json") for row in rows])
    return Response(text, media_type="text/csv", headers={"Content-Disposition": "attachment"})
