"""HTTP for leads: who asks for one; listening, whispering, joining (row A4)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cardline.core.errors import Conflict
from cardline.desk.interactions.model import Monitoring
from cardline.desk.staff.model import Staff
from cardline.hotline.call.asking import Accepted, CallServices, agent_of, ask, call_of
from cardline.hotline.supervision import requests as supervision
from cardline.routing import actions as routing


class HelpBody(BaseModel):
    """What a lead is wanted for, in a few words."""

    reason: str = Field(min_length=2, max_length=200)


class HelpView(BaseModel):
    """A call in which an agent asks for a lead."""

    interaction: str
    agent: str
    name: str
    reason: str
    asked_at: datetime


def add(routes: APIRouter, services: CallServices) -> None:
    """Add the routes of supervision."""
    _help_routes(routes, services)
    lead = Depends(services.require("lead"))

    async def follow(interaction: str, staff: Staff, how: Monitoring) -> Accepted:
        call = call_of(services, interaction)
        agent = agent_of(staff)
        phone = ""
        if call.parties.by_agent(agent) is None:
            phone = await free_phone(staff)
        return await ask(
            call, staff, lambda a, f: supervision.Follow(agent=a, answer=f, how=how, phone=phone)
        )

    async def free_phone(staff: Staff) -> str:
        """The phone that shall ring. Raises ``Conflict`` with what stands against it."""
        async with services.database.transaction() as tx:
            known = await routing.agent_state(tx, agent=agent_of(staff), at=services.clock())
        if known is None or not known[0].phone:
            raise Conflict("log in with a phone first: it rings for you")
        agent, state = known
        against = {reason.code for reason in state.reasons} & _IN_THE_WAY
        if against:
            raise Conflict(f"your phone cannot ring now: {', '.join(sorted(against))}")
        return agent.phone

    @routes.post("/calls/{interaction}/listen")
    async def listen(interaction: str, staff: Annotated[Staff, lead]) -> Accepted:
        """Hear a talk; nobody hears you. Rings your own phone, or changes how you follow."""
        return await follow(interaction, staff, "listen")

    @routes.post("/calls/{interaction}/whisper")
    async def whisper(interaction: str, staff: Annotated[Staff, lead]) -> Accepted:
        """Hear a talk, and be heard by the agent alone."""
        return await follow(interaction, staff, "whisper")

    @routes.post("/calls/{interaction}/join")
    async def join(interaction: str, staff: Annotated[Staff, lead]) -> Accepted:
        """Take part in a talk: everybody hears you."""
        return await follow(interaction, staff, "join")


_IN_THE_WAY = frozenset(
    {"agent-talking", "agent-offered", "agent-logged-out", "phone-unregistered"}
)


def _help_routes(routes: APIRouter, services: CallServices) -> None:
    agent = Depends(services.require("agent", "lead"))
    lead = Depends(services.require("lead"))

    @routes.get("/calls/help", dependencies=[lead])
    async def help_wanted() -> list[HelpView]:
        """List the calls in which an agent asks for a lead, the oldest first."""
        async with services.database.transaction() as tx:
            asked = await supervision.help_asked(tx)
            names = (
                {
                    known.id: known.name
                    for known, _ in await routing.agent_states(tx, at=services.clock())
                }
                if asked
                else {}
            )
        return [
            HelpView(
                interaction=one.interaction,
                agent=one.agent,
                name=names.get(one.agent, ""),
                reason=one.reason,
                asked_at=one.asked_at,
            )
            for one in asked
        ]

    @routes.post("/calls/{interaction}/help")
    async def help_me(interaction: str, body: HelpBody, staff: Annotated[Staff, agent]) -> Accepted:
        """Ask for a lead in this call; it stands until one of them follows it."""
        call = call_of(services, interaction)
        return await ask(
            call,
            staff,
            lambda a, f: supervision.AskForHelp(agent=a, answer=f, reason=body.reason),
        )
