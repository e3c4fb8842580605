"""HTTP for an agent's work in a call that is up (row A4)."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cardline.core.clock import Clock
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import Database
from cardline.desk.staff_model import Role, Staff
from cardline.hotline import requests
from cardline.hotline.conversation import Conversation
from cardline.routing import actions as routing

ANSWER_SECONDS = 5.0


class CallServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def trunk(self) -> str: ...

    def conversation(self, interaction: str) -> Conversation | None:
        """Return a call that is up on this node."""
        ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class TargetBody(BaseModel):
    """Exactly one of: a staff number, a queue by its matter, a number outside."""

    staff: str = ""
    matter: str = ""
    urgent: bool = False
    number: str = Field(default="", max_length=20)


class Accepted(BaseModel):
    """The request was carried out."""

    status: Literal["done"] = "done"


def router(services: CallServices) -> APIRouter:
    """Make the routes of call control."""
    routes = APIRouter(prefix="/api/v1/interactions/{interaction}/call", tags=["call"])
    agent = Depends(services.require("agent", "lead"))

    async def ask(
        interaction: str, staff: Staff, make: Callable[[AgentId, "asyncio.Future[None]"], Any]
    ) -> Accepted:
        conversation = services.conversation(interaction)
        if conversation is None:
            raise NotFound("this call is not up")
        if staff.agent_id is None:
            raise Invalid("only somebody who takes calls can do this")
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        conversation.post(make(staff.agent_id, answer))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await answer
        except TimeoutError:
            raise Conflict("the call does not answer; try again") from None
        return Accepted()

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

    @routes.post("/hold")
    async def hold(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Put the caller on hold: music for the caller, silence for the agent."""
        return await ask(interaction, staff, lambda a, f: requests.Hold(agent=a, answer=f))

    @routes.post("/retrieve")
    async def retrieve(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Talk with the caller again; ends a consultation."""
        return await ask(interaction, staff, lambda a, f: requests.Retrieve(agent=a, answer=f))

    @routes.post("/consult")
    async def consult(
        interaction: str, body: TargetBody, staff: Annotated[Staff, agent]
    ) -> Accepted:
        """Ring somebody else while the caller hears music."""
        whom = await target(body)
        if whom.matter:
            raise Invalid("a queue cannot be consulted: name a staff number or a number")
        return await ask(
            interaction, staff, lambda a, f: requests.Consult(agent=a, answer=f, target=whom)
        )

    @routes.post("/conference")
    async def conference(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Three-way: caller, agent and the one consulted all hear each other."""
        return await ask(interaction, staff, lambda a, f: requests.Conference(agent=a, answer=f))

    @routes.post("/complete")
    async def complete(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """Attended transfer: leave the caller with the one consulted."""
        return await ask(
            interaction, staff, lambda a, f: requests.CompleteTransfer(agent=a, answer=f)
        )

    @routes.post("/transfer")
    async def transfer(
        interaction: str, body: TargetBody, staff: Annotated[Staff, agent]
    ) -> Accepted:
        """Blind transfer to a staff number, a queue, or a number outside."""
        whom = await target(body)
        return await ask(
            interaction, staff, lambda a, f: requests.BlindTransfer(agent=a, answer=f, target=whom)
        )

    @routes.post("/hangup")
    async def hang_up(interaction: str, staff: Annotated[Staff, agent]) -> Accepted:
        """End the agent's part of the call."""
        return await ask(interaction, staff, lambda a, f: requests.Leave(agent=a, answer=f))

    return routes
