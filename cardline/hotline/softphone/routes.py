"""HTTP for the phone inside a browser, and for what a desk shows of its call (row A4)."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from cardline.core.errors import Conflict, NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.staff.model import Staff
from cardline.hotline.call import requests
from cardline.hotline.call.asking import Accepted, CallServices, agent_of, ask, call_of
from cardline.hotline.call.browsers import SdpAnswer
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.views import CallView, show_call
from cardline.hotline.softphone import actions as softphone
from cardline.routing import actions as routing
from cardline.routing.rules import web_phone

SDP_SECONDS = 8.0
"""For the line's answer; a page that waits longer had better try again."""
_LONGEST_SDP = 20_000

Tab = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class TabBody(BaseModel):
    """The tab, by the name that it gave itself: random, kept over a refresh."""

    tab: Tab


class TakeBody(TabBody):
    """``take_over`` takes the phone from another tab that is alive."""

    take_over: bool = False


class SdpBody(TabBody):
    """The browser's SDP offer."""

    sdp: str = Field(min_length=10, max_length=_LONGEST_SDP)


class SdpView(BaseModel):
    """The line's SDP answer."""

    sdp: str


class SoftphoneView(BaseModel):
    """The phone that this tab is now, and the calls in which it rings or is up."""

    phone: str
    tab: str
    taken_over: bool
    calls: list[CallView]


def add(routes: APIRouter, services: CallServices) -> None:
    """Add the routes of the softphone and of the call's state."""
    _tab_routes(routes, services)
    _leg_routes(routes, services)
    _call_routes(routes, services)


async def _show(
    tx: Transaction, services: CallServices, call: Conversation, me: AgentId | None
) -> CallView:
    names: dict[AgentId, str] = {}
    for leg in call.parties.here():
        known = (
            await routing.agent_state(tx, agent=leg.agent, at=services.clock())
            if leg.agent
            else None
        )
        if known is not None:
            names[known[0].id] = known[0].name
    return show_call(call, me=me, names=names)


def _tab_routes(routes: APIRouter, services: CallServices) -> None:
    agent = Depends(services.require("agent", "lead"))

    @routes.post("/softphone")
    async def take(body: TakeBody, staff: Annotated[Staff, agent]) -> SoftphoneView:
        """Make this tab one's phone; 409 `other-tab` where another is alive."""
        me = agent_of(staff)
        async with services.database.transaction() as tx:
            taken = await softphone.take(
                tx,
                agent=me,
                tab=body.tab,
                take_over=body.take_over,
                policy=services.routing,
                at=services.clock(),
                by=staff.actor,
            )
            call = services.call_with_agent(me)
            calls = [await _show(tx, services, call, me)] if call else []
        if not taken.verdict.allowed:
            raise softphone.OtherTab("your phone is open in another tab; take it over, or go there")
        return SoftphoneView(
            phone=web_phone(me), tab=body.tab, taken_over=taken.taken_over, calls=calls
        )

    @routes.post("/softphone/heartbeat")
    async def heartbeat(body: TabBody, staff: Annotated[Staff, agent]) -> Accepted:
        """Say every 5 s that the tab is alive; 409 `other-tab` where it is not the phone."""
        async with services.database.transaction() as tx:
            await softphone.alive(
                tx,
                agent=agent_of(staff),
                tab=body.tab,
                policy=services.routing,
                at=services.clock(),
            )
        return Accepted()

    @routes.delete("/softphone")
    async def let_go(
        tab: Annotated[str, Query(min_length=8, max_length=64)], staff: Annotated[Staff, agent]
    ) -> Accepted:
        """The tab is being closed: nobody is offered any more. A talk is kept for a rejoin."""
        async with services.database.transaction() as tx:
            gone = await softphone.let_go(
                tx,
                agent=agent_of(staff),
                tab=tab,
                policy=services.routing,
                at=services.clock(),
                by=staff.actor,
            )
        if not gone:
            raise softphone.OtherTab("this tab is not your phone")
        return Accepted()


def _leg_routes(routes: APIRouter, services: CallServices) -> None:
    agent = Depends(services.require("agent", "lead"))

    def own_call(leg: str, me: AgentId) -> Conversation:
        call = services.call_with_leg(leg)
        found = call.parties.find(leg) if call else None
        if call is None or found is None or found.agent != me or found.presence == "gone":
            raise NotFound("this does not ring for you any more")
        return call

    async def check_tab(me: AgentId, tab: str) -> None:
        async with services.database.transaction() as tx:
            if not await softphone.is_phone(tx, agent=me, tab=tab):
                raise softphone.OtherTab("this tab is not your phone; take it over first")

    @routes.post("/softphone/legs/{leg}/answer")
    async def answer(leg: str, body: SdpBody, staff: Annotated[Staff, agent]) -> SdpView:
        """Pick up, or rejoin after a refresh: the SDP answer of the line comes back.

        409 `other-tab`; `sound-refused` where the line cannot use the offer; `line-full` where it
        has no port free; `being-answered` where another page does so now; `leg-gone` where the
        ringing ended meanwhile; `conflict` where the line does not answer in time.
        """
        me = agent_of(staff)
        await check_tab(me, body.tab)
        call = own_call(leg, me)
        sdp: SdpAnswer = asyncio.get_running_loop().create_future()
        await ask(
            call,
            staff,
            lambda a, f: requests.PickUp(agent=a, answer=f, leg=leg, offer=body.sdp, sdp=sdp),
        )
        try:
            async with asyncio.timeout(SDP_SECONDS):
                return SdpView(sdp=await sdp)
        except TimeoutError:
            raise Conflict("the line does not answer; try again") from None

    @routes.post("/softphone/legs/{leg}/decline")
    async def decline(leg: str, body: TabBody, staff: Annotated[Staff, agent]) -> Accepted:
        """Do not pick up. For an offer: the caller keeps the place, the agent is not ready."""
        me = agent_of(staff)
        await check_tab(me, body.tab)
        return await ask(
            own_call(leg, me),
            staff,
            lambda a, f: requests.PutDown(agent=a, answer=f, leg=leg),
        )


def _call_routes(routes: APIRouter, services: CallServices) -> None:
    agent = Depends(services.require("agent", "lead"))
    reader = Depends(services.require("agent", "lead", "quality"))

    @routes.get("/calls/mine", response_model=CallView, responses={204: {"model": None}})
    async def my_call(staff: Annotated[Staff, agent]) -> CallView | Response:
        """Show the call in which one rings or is up; 204 where there is none."""
        me = agent_of(staff)
        call = services.call_with_agent(me)
        if call is None:
            return Response(status_code=204)
        async with services.database.transaction() as tx:
            return await _show(tx, services, call, me)

    @routes.get("/calls/{interaction}")
    async def one_call(interaction: str, staff: Annotated[Staff, reader]) -> CallView:
        """Show a call that is up; to an agent only one's own."""
        call = call_of(services, interaction)
        me = staff.agent_id
        if staff.role == "agent" and (me is None or call.parties.by_agent(me) is None):
            raise NotFound("this call is not up")
        async with services.database.transaction() as tx:
            return await _show(tx, services, call, me)
