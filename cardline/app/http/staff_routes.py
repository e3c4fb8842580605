"""HTTP of the staff for an administrator: list, add, roles, skills, sessions, leaving."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cardline.app.people import add_colleague, known_matter, new_colleague
from cardline.core.clock import Clock
from cardline.core.errors import Conflict, Invalid
from cardline.core.transaction import Database, Transaction
from cardline.desk.login import credentials, sessions
from cardline.desk.login.vault import LoginConfig
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import CALL_ROLES, Role, Staff
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent, Language, RoutingPolicy


class StaffServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def routing(self) -> RoutingPolicy: ...
    @property
    def login(self) -> LoginConfig: ...
    @property
    def realm(self) -> str: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class StaffRow(BaseModel):
    """One of the staff. ``state`` and what follows: for those who take calls."""

    number: str
    name: str
    role: Role
    agent: str | None
    phone_user: str | None
    state: str | None
    skills: list[str]
    languages: list[Language]


class NewStaffBody(BaseModel):
    """Somebody to be added."""

    number: str = Field(pattern=r"^[0-9A-Za-z]{2,20}$")
    name: str = Field(min_length=1, max_length=60)
    role: Role = "agent"
    skills: list[str] = Field(default=[], max_length=40)
    languages: list[Language] = Field(default=["zh"], min_length=1, max_length=2)


class ShownOnce(BaseModel):
    """Shown once: only hashes are kept. The first log-in enrols a second factor."""

    number: str
    password: str | None = None
    token: str | None = None
    phone_user: str | None = None
    phone_password: str | None = None


class RoleBody(BaseModel):
    """What they may do from now on."""

    role: Role


class SkillsBody(BaseModel):
    """All matters whose examination they have passed, and the languages that they speak."""

    skills: list[str] = Field(max_length=40)
    languages: list[Language] = Field(min_length=1, max_length=2)


class SessionRow(BaseModel):
    """A session that is open."""

    id: str
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    user_agent: str


class EndedView(BaseModel):
    """How many sessions were ended."""

    ended: int


def router(services: StaffServices) -> APIRouter:
    """Make the routes of the staff."""
    routes = APIRouter(prefix="/api/v1/staff", tags=["staff"])
    _people_routes(routes, services)
    _change_routes(routes, services)
    _key_routes(routes, services)
    return routes


def _people_routes(routes: APIRouter, services: StaffServices) -> None:
    administrator = Depends(services.require("administrator"))

    @routes.get("", dependencies=[administrator])
    async def list_staff() -> list[StaffRow]:
        """List everybody who has not left."""
        async with services.database.transaction() as tx:
            return await _rows(tx, services, await desk_staff.all_staff(tx))

    @routes.post("")
    async def add(body: NewStaffBody, staff: Annotated[Staff, administrator]) -> ShownOnce:
        """Add somebody, with a password for the browser that is shown once."""
        colleague = new_colleague(
            body.number,
            body.name,
            body.role,
            skills=body.skills,
            languages=body.languages,
            policy=services.routing,
        )
        at = services.clock()
        async with services.database.transaction() as tx:
            if not await add_colleague(tx, colleague, realm=services.realm, at=at, by=staff.actor):
                raise Conflict(f"the staff number {body.number} is taken")
        user = colleague.phone_user
        return ShownOnce(
            number=body.number,
            password=await _new_password(services, body.number, staff),
            token=colleague.token,
            phone_user=user,
            phone_password=colleague.phone_password if user else None,
        )

    @routes.post("/{number}/leave", status_code=204)
    async def leave(number: str, staff: Annotated[Staff, administrator]) -> None:
        """Let somebody go: token, phone and sessions stop working at once."""
        _not_oneself(number, staff)
        async with services.database.transaction() as tx:
            gone = await desk_staff.leave(tx, number, by=staff.actor, at=services.clock())
            await _log_out(tx, services, gone, by=staff)


def _change_routes(routes: APIRouter, services: StaffServices) -> None:
    administrator = Depends(services.require("administrator"))

    @routes.put("/{number}/role")
    async def set_role(
        number: str, body: RoleBody, staff: Annotated[Staff, administrator]
    ) -> StaffRow:
        """Change what somebody may do; sessions end, so that nothing of the old role stays open."""
        _not_oneself(number, staff)
        at = services.clock()
        async with services.database.transaction() as tx:
            before = await desk_staff.find(tx, number)
            changed = await desk_staff.set_role(tx, number, body.role, by=staff.actor, at=at)
            if changed.agent_id and not before.agent_id:
                await routing.register_agent(
                    tx,
                    agent=changed.agent_id,
                    number=number,
                    name=changed.name,
                    languages=["zh"],
                    at=at,
                    by=staff.actor,
                )
            if body.role not in CALL_ROLES:
                await _log_out(tx, services, before, by=staff)
            return (await _rows(tx, services, [changed]))[0]

    @routes.put("/{number}/skills")
    async def set_skills(
        number: str, body: SkillsBody, staff: Annotated[Staff, administrator]
    ) -> StaffRow:
        """Set the matters of which somebody takes calls, and the languages."""
        at = services.clock()
        wanted = {known_matter(skill, services.routing) for skill in body.skills}
        async with services.database.transaction() as tx:
            one = await desk_staff.find(tx, number)
            if one.agent_id is None:
                raise Invalid(f"{number} takes no calls")
            known = await routing.agent_state(tx, agent=one.agent_id, at=at)
            has = known[0].skills if known else frozenset()
            await routing.register_agent(
                tx,
                agent=one.agent_id,
                number=number,
                name=one.name,
                languages=body.languages,
                at=at,
                by=staff.actor,
            )
            for matter in sorted(wanted - has):
                await routing.grant_skill(
                    tx, agent=one.agent_id, matter=matter, passed_at=at, at=at, by=staff.actor
                )
            for matter in sorted(has - wanted):
                await routing.end_skill(
                    tx, agent=one.agent_id, matter=matter, at=at, by=staff.actor
                )
            return (await _rows(tx, services, [one]))[0]


def _key_routes(routes: APIRouter, services: StaffServices) -> None:
    administrator = Depends(services.require("administrator"))

    @routes.post("/{number}/password")
    async def password(number: str, staff: Annotated[Staff, administrator]) -> ShownOnce:
        """Make a new password, shown once; all sessions end, a lock is lifted."""
        return ShownOnce(number=number, password=await _new_password(services, number, staff))

    @routes.post("/{number}/renewal")
    async def renew(number: str, staff: Annotated[Staff, administrator]) -> ShownOnce:
        """Make a new token and phone password, shown once; the old ones stop working."""
        token, phone_password = desk_staff.new_token(), secrets.token_urlsafe(12)
        async with services.database.transaction() as tx:
            user = (await desk_staff.find(tx, number)).phone_user
            ha1 = desk_staff.digest_ha1(user, services.realm, phone_password) if user else None
            await desk_staff.renew(
                tx, number, token=token, phone_ha1=ha1, by=staff.actor, at=services.clock()
            )
        return ShownOnce(
            number=number,
            token=token,
            phone_user=user,
            phone_password=phone_password if user else None,
        )

    @routes.delete("/{number}/second-factor", status_code=204)
    async def forget_second_factor(number: str, staff: Annotated[Staff, administrator]) -> None:
        """Delete a second factor that was lost; the next log-in enrols a new one."""
        _not_oneself(number, staff)
        async with services.database.transaction() as tx:
            await credentials.forget_second_factor(tx, number, by=staff.actor, at=services.clock())

    @routes.get("/{number}/sessions", dependencies=[administrator])
    async def list_sessions(number: str) -> list[SessionRow]:
        """List the sessions that are open."""
        async with services.database.transaction() as tx:
            await desk_staff.find(tx, number)
            found = await sessions.open_sessions_of(tx, number, at=services.clock())
        return [
            SessionRow(
                id=one.id,
                opened_at=one.opened_at,
                seen_at=one.seen_at,
                ends_at=one.ends_at,
                user_agent=one.user_agent,
            )
            for one in found
        ]

    @routes.delete("/{number}/sessions")
    async def end_sessions(number: str, staff: Annotated[Staff, administrator]) -> EndedView:
        """End all sessions of somebody at once."""
        async with services.database.transaction() as tx:
            await desk_staff.find(tx, number)
            ended = await sessions.end_sessions_of(tx, number, by=staff.actor, at=services.clock())
        return EndedView(ended=ended)


async def _rows(tx: Transaction, services: StaffServices, found: list[Staff]) -> list[StaffRow]:
    states = {
        agent.id: (agent, state)
        for agent, state in await routing.agent_states(tx, at=services.clock())
    }
    rows = []
    for one in found:
        known = states.get(one.agent_id) if one.agent_id else None
        rows.append(
            StaffRow(
                number=one.number,
                name=one.name,
                role=one.role,
                agent=one.agent_id,
                phone_user=one.phone_user,
                state=known[1].name if known else None,
                skills=sorted(known[0].skills) if known else [],
                languages=sorted(known[0].languages) if known else [],
            )
        )
    return rows


async def _new_password(services: StaffServices, number: str, by: Staff) -> str:
    chosen = credentials.new_password()
    verdict = await credentials.set_password(
        services.database,
        number=number,
        password=chosen,
        config=services.login,
        by=by.actor,
        at=services.clock(),
    )
    if not verdict.allowed:
        raise Conflict("the password that was made does not suffice; try again")
    return chosen.reveal()


async def _log_out(tx: Transaction, services: StaffServices, one: Staff, *, by: Staff) -> None:
    if one.agent_id:
        await routing.set_agent_state(
            tx,
            agent=one.agent_id,
            event=AgentEvent.LOG_OUT,
            policy=services.routing,
            at=services.clock(),
            by=by.actor,
        )


def _not_oneself(number: str, staff: Staff) -> None:
    """Nobody locks oneself out, and with oneself perhaps the last who could open."""
    if number == staff.number:
        raise Conflict("another administrator must do this for you")
