"""HTTP for queues, agents' states and offers (rows A3, A4, G8)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from cardline.core.clock import Clock
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AgentId, OfferId
from cardline.core.networks import Networks, is_inside
from cardline.core.transaction import Database, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.staff.model import Role, Staff
from cardline.routing import actions, rules
from cardline.routing.model import AgentEvent, RoutingPolicy
from cardline.routing.views import (
    AgentView,
    FiguresView,
    OfferView,
    QueueView,
    show_agent,
    show_figures,
    show_offer,
    show_queue,
)

_LONGEST_PERIOD = timedelta(days=32)
_EVENTS: dict[str, actions.Asked] = {
    "logged-in": AgentEvent.LOG_IN,
    "ready": AgentEvent.SET_READY,
    "not-ready": AgentEvent.SET_NOT_READY,
    "logged-out": AgentEvent.LOG_OUT,
}


class RoutingServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def routing(self) -> RoutingPolicy: ...
    @property
    def phone_networks(self) -> Networks: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class Refused(Conflict):
    """A rule refused it; ``code`` is its first reason."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"refused: {', '.join(verdict.codes)}")
        self.code = verdict.codes[0]


class StateBody(BaseModel):
    """What is asked for. ``logged-in`` needs a phone; ``not-ready`` a reason of the pack."""

    state: Literal["logged-in", "ready", "not-ready", "logged-out"]
    reason: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=200, pattern=r"^$|^(sip|phone|web):\S+$")


class OthersStateBody(BaseModel):
    """What a lead may ask for in an agent's place."""

    state: Literal["not-ready", "logged-out"]
    reason: str = Field(default="", max_length=40)


def router(services: RoutingServices) -> APIRouter:
    """Make the routes of routing. An offer is accepted by picking up, never by HTTP."""
    routes = APIRouter(prefix="/api/v1", tags=["routing"])
    _queue_routes(routes, services)
    _agent_routes(routes, services)
    _own_routes(routes, services)
    return routes


def _queue_routes(routes: APIRouter, services: RoutingServices) -> None:
    everybody = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))
    leads = Depends(services.require("lead", "quality", "compliance", "administrator"))

    @routes.get("/queues", dependencies=[everybody])
    async def list_queues() -> list[QueueView]:
        """List the queues with what is true of them now."""
        async with services.database.statement() as tx:
            states = await actions.all_queues(tx, policy=services.routing, at=services.clock())
        return [show_queue(state) for state in states]

    @routes.get("/queues/figures", dependencies=[leads])
    async def figures(
        start: Annotated[AwareDatetime, Query(description="from here")],
        end: Annotated[AwareDatetime, Query(description="until before here")],
    ) -> list[FiguresView]:
        """Give the figures of the stays that began in ``[start, end)``, at most 32 days."""
        if not timedelta(0) < end - start <= _LONGEST_PERIOD:
            raise Invalid("The period must end after it starts and be no longer than 32 days.")
        async with services.database.transaction() as tx:
            found = await actions.service_figures(
                tx, policy=services.routing, start=start, end=end, at=services.clock()
            )
        return [show_figures(one) for one in found]


def _agent_routes(routes: APIRouter, services: RoutingServices) -> None:
    readers = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))
    lead = Depends(services.require("lead"))

    @routes.get("/agents", dependencies=[readers])
    async def list_agents(
        interaction: Annotated[str, Query(max_length=64)] = "",
    ) -> list[AgentView]:
        """List the agents, each with the reasons why an offer could not be made now.

        With ``interaction``, somebody who waits: for each agent also why not this one.
        """
        at = services.clock()
        async with services.database.statement() as tx:
            known = await actions.agent_states(tx, at=at)
            waiting = await actions.waiting(tx, at=at) if interaction else ()
        if not interaction:
            return [show_agent(agent, state) for agent, state in known]
        waiter = next((one for one in waiting if one.interaction == interaction), None)
        if waiter is None:
            raise NotFound("This contact does not wait in a queue.")
        return [
            show_agent(agent, state, rules.may_serve(agent, waiter, services.routing, now=at))
            for agent, state in known
        ]

    @routes.put("/agents/{agent}/state")
    async def set_state_of(
        agent: str, body: OthersStateBody, staff: Annotated[Staff, lead]
    ) -> AgentView:
        """Set an agent not ready or log him out, as where somebody left without doing so."""
        async with services.database.transaction() as tx:
            step = await actions.set_agent_state(
                tx,
                agent=AgentId(agent),
                event=_EVENTS[body.state],
                reason=body.reason,
                policy=services.routing,
                at=services.clock(),
                by=staff.actor,
            )
        if not step.verdict.allowed:
            raise Refused(step.verdict)
        return show_agent(step.agent, rules.state_of(step.agent, now=services.clock()))


def _check_address(phone: str, networks: Networks) -> None:
    """Refuse an address that is not of the house: a caller must not be rung through to anybody."""
    if not phone.startswith("sip:"):
        return
    host = re.fullmatch(r"sip:(?:[^@]*@)?(\[[^\]]+\]|[^:;?]+).*", phone)
    if host is None or not is_inside(host[1], networks):
        raise Invalid(
            "A phone with a fixed address must be named by its IP address, "
            "within the networks of the setting phone_networks."
        )


def _phone_of(staff: Staff, asked: str) -> str:
    """The phone to log in with: the one asked for, else one's desk phone, else one's browser."""
    own = rules.web_phone(_agent_of(staff))
    if asked.startswith("web:") and asked != own:
        raise Invalid(f"Your browser as a phone is {own}: nobody answers in another's.")
    return asked or (f"phone:{staff.phone_user}" if staff.phone_user else own)


def _own_routes(routes: APIRouter, services: RoutingServices) -> None:
    agent = Depends(services.require("agent", "lead"))

    @routes.get("/agents/me/state")
    async def my_state(staff: Annotated[Staff, agent]) -> AgentView:
        """Say one's own state, and why one is not available."""
        async with services.database.statement() as tx:
            return await _show_me(tx, staff, services.clock())

    @routes.post("/agents/me/state")
    async def set_my_state(body: StateBody, staff: Annotated[Staff, agent]) -> AgentView:
        """Log in with a phone, be ready, not ready with a reason, or log out.

        Without a phone, ``logged-in`` takes the desk phone that belongs to the staff number, or
        the browser where there is none.
        """
        phone = _phone_of(staff, body.phone) if body.state == "logged-in" else ""
        _check_address(phone, services.phone_networks)
        async with services.database.transaction() as tx:
            step = await actions.set_agent_state(
                tx,
                agent=_agent_of(staff),
                event=_EVENTS[body.state],
                reason=body.reason,
                phone=phone,
                policy=services.routing,
                at=services.clock(),
                by=staff.actor,
            )
        if not step.verdict.allowed:
            raise Refused(step.verdict)
        return show_agent(step.agent, rules.state_of(step.agent, now=services.clock()))

    @routes.post("/agents/me/wrap-up/end")
    async def end_my_wrap_up(staff: Annotated[Staff, agent]) -> AgentView:
        """End the wrap-up before its limit."""
        async with services.database.transaction() as tx:
            verdict = await actions.end_wrap_up(
                tx,
                agent=_agent_of(staff),
                policy=services.routing,
                at=services.clock(),
                by=staff.actor,
            )
            view = await _show_me(tx, staff, services.clock())
        if not verdict.allowed:
            raise Refused(verdict)
        return view

    @routes.get("/agents/me/offer")
    async def my_offer(staff: Annotated[Staff, agent]) -> OfferView:
        """Give the offer that is open for oneself."""
        at = services.clock()
        async with services.database.statement() as tx:
            offer = await actions.open_offer(tx, agent=_agent_of(staff))
        if offer is None or offer.expires_at <= at:
            raise NotFound("No offer is open for you.")
        return show_offer(offer)

    @routes.post("/offers/{offer}/decline")
    async def decline(offer: str, staff: Annotated[Staff, agent]) -> AgentView:
        """Decline one's own offer: the caller keeps his place, the agent is not ready."""
        async with services.database.transaction() as tx:
            verdict = await actions.decline_offer(
                tx,
                offer=OfferId(offer),
                agent=_agent_of(staff),
                policy=services.routing,
                at=services.clock(),
                by=staff.actor,
            )
            view = await _show_me(tx, staff, services.clock())
        _check_own(verdict)
        return view


def _check_own(verdict: Verdict) -> None:
    """Raise what was refused; an offer to a colleague is told apart from none by nothing."""
    if {"offer-unknown", "offer-not-yours"} & set(verdict.codes):
        raise NotFound("there is no such offer for you")
    if not verdict.allowed:
        raise Refused(verdict)


def _agent_of(staff: Staff) -> AgentId:
    if staff.agent_id is None:
        raise Invalid("Only somebody who takes calls has a state.")
    return staff.agent_id


async def _show_me(tx: Transaction, staff: Staff, at: datetime) -> AgentView:
    known = await actions.agent_state(tx, agent=_agent_of(staff), at=at)
    if known is None:
        raise NotFound("There is no such agent.")
    return show_agent(*known)
