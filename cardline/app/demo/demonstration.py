"""``cardline demo``: the demonstration bank, and people on real SIP who use it."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import datetime

import structlog

from cardline.app.demo.bank import HOLDERS, make_bank, people_view
from cardline.app.running import Running
from cardline.app.server import serve
from cardline.app.settings import Settings
from cardline.app.wiring import Parts, checked_flow, open_parts
from cardline.core.clock import utc_now
from cardline.core.home import home
from cardline.core.ids import AgentId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.routing import actions as routing
from cardline.routing.actions import Asked
from cardline.routing.model import AgentEvent, AgentStateName, RoutingPolicy
from cardline.sim.chat_visitors import ChatLife
from cardline.sim.demo_complaints import make_demo_complaints
from cardline.sim.demo_desk import DemoDesk, make_demo_desk
from cardline.sim.demo_people import holder_id
from cardline.sim.traffic import AgentLogin, CallTold, Traffic
from cardline.sim.traffic_scripts import Caller

log = structlog.get_logger()

AGENTS = 4
"""Simulated agents, the last of the staff; the others are free for people."""
FIRST_CALLER = 100
"""Simulated callers are the holders from here on; the others are left as they were made."""
LOOK_SECONDS = 5.0


async def demonstration(settings: Settings, *, calls_per_minute: int) -> None:
    """Make the bank where there is none yet, then serve, with simulated people."""
    checked_flow(settings.flow, settings.prompts, pack=settings.pack)  # before anything is made
    async with open_parts(settings) as parts:
        await make_bank(parts)
        await _make_desk(parts)
        await _make_complaints(parts)

        async def people(running: Running) -> None:
            await simulate(running, calls_per_minute=calls_per_minute)

        await serve(settings, started=people)


async def _make_desk(parts: Parts) -> None:
    """Let the desk have had a day before, once a home."""
    made = DemoDesk(parts.bank, parts.identity, parts.servicing, parts.desk, parts.routing)

    async def work(tx: Transaction) -> None:
        await make_demo_desk(tx, made, now=utc_now())

    await parts.database.run(work)


async def _make_complaints(parts: Parts) -> None:
    """Let people have complained before, once a home."""

    async def work(tx: Transaction) -> None:
        await make_demo_complaints(tx, parts.complaints, now=utc_now())

    await parts.database.run(work)


async def simulate(running: Running, *, calls_per_minute: int) -> None:
    """Let simulated agents and callers use the system, on SIP phones of their own."""
    await running.calls.ready.wait()

    async def read(tx: Transaction) -> JsonObject:
        return await people_view(tx, running.parts)

    people = await running.parts.database.run(read)
    staff = [one for one in people["staff"] if one["phone_user"]][-AGENTS:]
    sip = running.parts.settings.sip
    host = "127.0.0.1" if sip.host in ("0.0.0.0", "::") else sip.host  # noqa: S104 - compared
    traffic = Traffic(
        f"sip:hotline@{host}:{sip.port}",
        holders=[_caller(one) for one in people["holders"][FIRST_CALLER:]],
        agents=[AgentLogin(one["phone_user"], one["phone_password"]) for one in staff],
        calls_per_minute=calls_per_minute,
        told=_tell,
        host=host,
    )
    chats = await _chats(running, [one["number"] for one in staff])
    async with traffic, asyncio.TaskGroup() as group:
        if calls_per_minute:
            group.create_task(chats.run())
        simulated = {AgentId(f"a{one['number']}"): one["phone_user"] for one in staff}
        while True:
            for agent in simulated:
                await _kept_ready(running, agent, simulated, aside=not calls_per_minute)
            await asyncio.sleep(LOOK_SECONDS)


async def _chats(running: Running, numbers: list[str]) -> ChatLife:
    """Return the visitors of the chat, and the same simulated agents to answer them."""
    parts = running.parts
    async with parts.database.transaction() as tx:
        staff = [one for one in await desk_staff.all_staff(tx) if one.number in numbers]
    return ChatLife(
        parts.database,
        parts.chat,
        running.services.clock,
        staff,
        [holder_id(index) for index in range(FIRST_CALLER, HOLDERS)],
    )


async def _kept_ready(
    running: Running, agent: AgentId, simulated: Mapping[AgentId, str], *, aside: bool
) -> None:
    services = running.services
    at = services.clock()

    async def work(tx: Transaction) -> None:
        await keep_ready(tx, agent, simulated, aside=aside, policy=services.routing, at=at)

    try:
        await services.database.run(work)
    except Exception:
        log.exception("a simulated agent could not be made ready")


async def keep_ready(
    tx: Transaction,
    agent: AgentId,
    simulated: Mapping[AgentId, str],
    *,
    aside: bool,
    policy: RoutingPolicy,
    at: datetime,
) -> None:
    """Log a simulated agent in, by the own phone, and bring one back who had missed a call.

    ``aside``: logged out while somebody real is logged in, who then gets every call.
    """

    async def ask(event: Asked) -> None:
        phone = f"phone:{simulated[agent]}" if event is AgentEvent.LOG_IN else ""
        await routing.set_agent_state(
            tx, agent=agent, event=event, phone=phone, policy=policy, at=at
        )

    names = {one.id: state.name for one, state in await routing.agent_states(tx, at=at)}
    out, idle = AgentStateName.LOGGED_OUT, AgentStateName.NOT_READY
    if agent not in names:
        return
    if aside and any(name is not out for one, name in names.items() if one not in simulated):
        if names[agent] in (idle, AgentStateName.READY):
            await ask(AgentEvent.LOG_OUT)
        return
    if names[agent] is out:
        await ask(AgentEvent.LOG_IN)
    if names[agent] in (out, idle):
        await ask(AgentEvent.SET_READY)


def _caller(one: JsonObject) -> Caller:
    return Caller(
        name=one["name"],
        phone=one["phone"],
        id_tail=one["id_tail"],
        cards=tuple(card["tail"] for card in one["cards"]),
        query_password=one["query_password"],
    )


def _tell(call: CallTold) -> None:
    """Print one line per call."""
    time = call.started.astimezone(home().zone).strftime("%H:%M:%S")
    line = f"{time}  {call.number}  {call.script:28} {call.outcome:12} {call.seconds:5.1f} s"
    sys.stdout.write(f"{line}  {call.detail}".rstrip() + "\n")
    sys.stdout.flush()
