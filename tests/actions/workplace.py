"""A desk with two holders, agents and conversations, asked over HTTP."""

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.adapters.sealer.keyring import KeyRing
from cardline.app.http.application import include
from cardline.core.actor import Actor
from cardline.core.errors import CardlineError, Conflict, NotFound
from cardline.core.ids import AgentId, CallId, CardId, HolderId, InteractionId, LegId
from cardline.core.networks import Networks
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject
from cardline.desk.hard_conversations import routes as hard_routes
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions import routes as desk_routes
from cardline.desk.interactions.model import Interaction
from cardline.desk.policy import read_desk_policy
from cardline.desk.screen import routes as screen_routes
from cardline.desk.staff.model import Role, Staff
from cardline.desk.work import routes as wrapup_routes
from cardline.evidence.actions import read_links
from cardline.evidence.looks.rules import listen_policy
from cardline.evidence.sealing.recordings import Recordings
from cardline.identity.model import Factor, Proof, Proofs
from cardline.routing import actions as routing
from tests.actions.identity_desk import config
from tests.actions.routing_floor import POLICY, Floor, after
from tests.rules.card_book import account, card
from tests.store.ledger_fixture import HOLDER, fill

NUMBER = HOLDER.phone
OTHER = replace(HOLDER, id=HolderId("h2"), name="王强", phone=PhoneNumber("+8615400000002"))
DESK = read_desk_policy(load_area("desk"))


class Services:
    """Staff are named by a header: ``role:agent``; time is told in seconds after the beginning."""

    def __init__(self, database: Database, bank: EmbeddedCoreBank) -> None:
        self.database = database
        self.bank = bank
        self.routing = POLICY
        self.identity = config()
        self.desk = DESK
        self.seconds = 100.0
        self.looks = listen_policy(load_area("looks"))
        self.recordings = Recordings(Path("/nowhere"), KeyRing(Path("/nowhere")))
        self.phone_networks: Networks = ()
        self.claims: list[tuple[str, str | None]] = []
        self.left: list[tuple[str, str]] = []

    def clock(self) -> datetime:
        return after(self.seconds)

    def require(self, *roles: Role) -> Callable[..., Awaitable[Staff]]:
        async def dependency(who: Annotated[str, Header()]) -> Staff:
            role, _, agent = who.partition(":")
            found = next((one for one in roles if one == role), None)
            if found is None:
                raise HTTPException(403)
            number = agent.removeprefix("a") or role
            return Staff(number, "李", found, AgentId(agent) if agent else None, None)

        return dependency

    async def tell_claim(self, interaction: str, holder: HolderId | None) -> None:
        self.claims.append((interaction, holder))

    async def leave_call(self, interaction: str, staff: Staff) -> None:
        self.left.append((interaction, str(staff.agent_id)))


class Workplace:
    """What the tests do."""

    def __init__(self, services: Services, client: httpx.AsyncClient) -> None:
        self.services = services
        self.floor = Floor(services.database)
        self.client = client

    async def ask(
        self, method: str, path: str, body: JsonObject | None = None, *, who: str = "agent:a1"
    ) -> tuple[int, Any]:
        answer = await self.client.request(
            method, f"/api/v1{path}", headers={"who": who}, json=body
        )
        return answer.status_code, answer.json()

    async def told(
        self, method: str, path: str, body: JsonObject | None = None, *, who: str = "agent:a1"
    ) -> Any:
        status, answer = await self.ask(method, path, body, who=who)
        assert status == 200, answer
        return answer

    async def call(
        self,
        name: str,
        *,
        agent: str = "a1",
        holder: HolderId | None = HOLDER.id,
        number: str = NUMBER,
        matter: str = "account",
        urgent: bool = False,
        factors: tuple[Factor, ...] = (),
        continues: str | None = None,
    ) -> None:
        """A caller waited, and this agent answered at second 12."""
        at = after(0)
        given = tuple(Proof(one, holder, at) for one in factors) if holder else ()
        async with self.services.database.transaction() as tx:
            await desk.open_interaction(
                tx,
                Interaction(
                    id=InteractionId(name),
                    door="callback" if continues else "phone",
                    call=CallId(f"call-{name}"),
                    line="line",
                    from_number=number,
                    to_number="hotline",
                    holder_id=holder,
                    language="zh",
                    opened_at=at,
                    answered_at=at,
                    closed_at=None,
                    outcome=None,
                    flow_version="test",
                    state={},
                    proofs=Proofs(holder, PhoneNumber(number) if number else None, given),
                    continues=InteractionId(continues) if continues else None,
                ),
                source="test",
            )
        if continues:
            return
        await self.floor.agent(agent, matter)
        await self.floor.enter(name, matter, urgent=urgent, at=1)
        await self.floor.offers(at=10)
        async with self.services.database.transaction() as tx:
            offer = await routing.open_offer(tx, interaction=InteractionId(name))
            assert offer is not None
            leg = LegId(f"leg-{name}")
            await routing.accept_offer(
                tx, offer=offer.id, token=offer.token, policy=POLICY, leg=leg, at=after(12)
            )
        await self.joins(name, agent)

    async def joins(self, name: str, agent: str, *, answered: bool = True) -> None:
        """An agent's phone rings for a conversation, and is picked up."""
        interaction, leg = InteractionId(name), LegId(f"leg-{name}-{agent}")
        async with self.services.database.transaction() as tx:
            await desk.leg_dialled(
                tx,
                interaction,
                leg,
                agent=AgentId(agent),
                target=f"web:{agent}",
                purpose="offer",
                at=after(10),
            )
            if answered:
                await desk.leg_answered(tx, interaction, leg, at=after(12))

    async def hangs_up(self, name: str, *, agent: str = "a1", at: float = 60) -> None:
        """The caller hangs up: talk and conversation end, the wrap-up begins."""
        async with self.services.database.transaction() as tx:
            interaction = InteractionId(name)
            await routing.end_talk(
                tx, interaction=interaction, agent=AgentId(agent), policy=POLICY, at=after(at)
            )
            await desk.close_interaction(tx, interaction, outcome="hung-up", at=after(at))

    async def steps(self, name: str, *steps: JsonObject) -> None:
        """Journal what was said and pressed."""
        async with self.services.database.transaction() as tx:
            await desk.note(
                tx, InteractionId(name), "hotline.steps", {"steps": list(steps)}, at=after(5)
            )

    async def note(self, name: str, kind: str) -> None:
        """Journal that something happened in a conversation."""
        async with self.services.database.transaction() as tx:
            await desk.note(tx, InteractionId(name), kind, {}, at=after(20), by=Actor("agent"))

    async def journal(self, stream: str) -> list[tuple[str, str, JsonObject]]:
        """Return kind, who and body of every entry of a stream."""
        async with self.services.database.transaction() as tx:
            found = [link.entry for link in await read_links(tx, stream)]
        return [(one.kind, one.by, one.body) for one in found]

    async def kinds(self, stream: str) -> list[str]:
        """Return the kinds of the entries of a stream."""
        return [kind for kind, _, _ in await self.journal(stream)]


@asynccontextmanager
async def open_workplace(database: Database) -> Any:
    """Open a desk with two holders: h1 with card c1, h2 with card c2."""
    async with database.transaction() as tx:
        bank = await fill(tx)
        own = account(5, 18)
        await fill(
            tx,
            holder=OTHER,
            account=replace(own, id=type(own.id)("ac2"), holder_id=OTHER.id),
            card=replace(
                card(),
                id=CardId("c2"),
                account_id=type(own.id)("ac2"),
                holder_id=OTHER.id,
                tail="9999",
            ),
            token="tk-2",
        )
    services = Services(database, bank)
    application = FastAPI()
    for area in (desk_routes, screen_routes, wrapup_routes, hard_routes):
        include(application, area.router(services))

    @application.exception_handler(CardlineError)
    async def refused(request: Request, error: CardlineError) -> JSONResponse:
        status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Conflict) else 422
        return JSONResponse({"code": error.code, "message": error.message}, status)

    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Workplace(services, client)
