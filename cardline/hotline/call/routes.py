"""HTTP for an agent's work in a call that is up (rows A4, E5)."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.desk.staff.model import Staff
from cardline.hotline.call import requests
from cardline.hotline.call.asking import Accepted, CallServices, ask, call_of
from cardline.hotline.call.entry_flow import EntryKind
from cardline.hotline.softphone import routes as softphone_routes
from cardline.hotline.supervision import routes as supervision_routes
from cardline.routing import actions as routing


class TargetBody(BaseModel):
    """Exactly one of: a staff number, a queue by its matter, a number outside."""

    staff: str = ""
    matter: str = ""
    urgent: bool = False
    number: str = Field(default="", max_length=20)


class EntryBody(BaseModel):
    """What the caller shall enter by keys."""

    what: EntryKind


def router(services: CallServices) -> APIRouter:
    """Make the routes of calls and softphones."""
    routes = APIRouter(prefix="/api/v1", tags=["call"])
    supervision_routes.add(routes, services)  # /calls/help stands before /calls/{interaction}
    softphone_routes.add(routes, services)
    _control(routes, services)
    _transfers(routes, services)
    _entries(routes, services)
    return routes


def _control(routes: APIRouter, services: CallServices) -> None:
    agent = Depends(services.require("agent", "lead"))

    @routes.post("/calls/{interaction}/hold")
    async def hold(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Put the caller on hold: music for the caller, silence for the agent."""
        call = call_of(services, interaction)
        return await ask(call, staff, lambda a, f: requests.Hold(agent=a, answer=f))

    @routes.post("/calls/{interaction}/retrieve")
    async def retrieve(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Talk with the caller again; ends a consultation."""
        call = call_of(services, interaction)
        return await ask(call, staff, lambda a, f: requests.Retrieve(agent=a, answer=f))

    @routes.post("/calls/{interaction}/conference")
    async def conference(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Three-way: caller, agent and the one consulted all hear each other."""
        call = call_of(services, interaction)
        return await ask(call, staff, lambda a, f: requests.Conference(agent=a, answer=f))

    @routes.post("/calls/{interaction}/complete")
    async def complete(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Attended transfer: leave the caller with the one consulted."""
        call = call_of(services, interaction)
        return await ask(call, staff, lambda a, f: requests.CompleteTransfer(agent=a, answer=f))

    @routes.post("/calls/{interaction}/hangup")
    async def hang_up(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """End one's own part of the call, also where one only follows it."""
        call = call_of(services, interaction)
        return await ask(call, staff, lambda a, f: requests.Leave(agent=a, answer=f))


def _transfers(routes: APIRouter, services: CallServices) -> None:
    agent = Depends(services.require("agent", "lead"))

    async def target(body: TargetBody) -> requests.Target:
        given = [bool(body.staff), bool(body.matter), bool(body.number)]
        if sum(given) != 1:
            raise Invalid("name exactly one of staff, matter, number")
        if body.matter:
            return requests.Target(matter=body.matter, urgent=body.urgent)
        if body.number:
            if not services.trunk:
                raise Conflict("no trunk is set: numbers outside cannot be reached")
            if not body.number.lstrip("+").isdigit():
                raise Invalid("a number has digits only")
            return requests.Target(phone=services.trunk.replace("{number}", body.number))
        async with services.database.transaction() as tx:
            for known, _ in await routing.agent_states(tx, at=services.clock()):
                if known.number == body.staff and known.phone:
                    return requests.Target(phone=known.phone, agent=known.id)
        raise NotFound(f"nobody with staff number {body.staff} is logged in")

    @routes.post("/calls/{interaction}/consult")
    async def consult(
        interaction: str, body: TargetBody, staff: Annotated[Staff, agent]
    ) -> Accepted:
        """Ring somebody else while the caller hears music."""
        call = call_of(services, interaction)
        whom = await target(body)
        if whom.matter:
            raise Invalid("a queue cannot be consulted: name a staff number or a number")
        return await ask(call, staff, lambda a, f: requests.Consult(agent=a, answer=f, target=whom))

    @routes.post("/calls/{interaction}/transfer")
    async def transfer(
        interaction: str, body: TargetBody, staff: Annotated[Staff, agent]
    ) -> Accepted:
        """Blind transfer to a staff number, a queue, or a number outside."""
        call = call_of(services, interaction)
        whom = await target(body)
        return await ask(
            call, staff, lambda a, f: requests.BlindTransfer(agent=a, answer=f, target=whom)
        )


def _entries(routes: APIRouter, services: CallServices) -> None:
    agent = Depends(services.require("agent", "lead"))

    @routes.post("/calls/{interaction}/entry")
    async def entry(interaction: str, body: EntryBody, staff: Annotated[Staff, agent]) -> Accepted:
        """Send the caller to the keys: nobody hears, the agent sees only the result."""
        call = call_of(services, interaction)
        return await ask(
            call, staff, lambda a, f: requests.AskForKeys(agent=a, answer=f, what=body.what)
        )

    @routes.post("/calls/{interaction}/entry/cancel")
    async def cancel_entry(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Take the caller back from the keys."""
        call = call_of(services, interaction)
        return await ask(call, staff, lambda a, f: requests.CancelKeys(agent=a, answer=f))
