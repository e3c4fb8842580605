"""A thousand desks at one server: events to browsers, reads, the wall. Prints JSON.

    python -m bench.desk [--desks 1000] [--agents 500] [--waiting 200] [--seconds 20] [--quick]

``events``: every desk listens over a WebSocket, in another process; events for all are told by the
database ``--rate`` times a second, and agents change their state as often. From before the
transaction until the bytes are at the browser; goal p99 < 300 ms. ``reads``: ``--reads`` requests a
second, by turns, while the desks listen; from the time planned; goal p99 < 20 ms. ``screens``:
agents answer calls of holders ``--answers`` times a second; their browsers hear it and read the
whole screen; from before the transaction of the answer until the screen is there, goal p99
< 300 ms. ``wall``: one after the other. CPU is of the server and its database, while the events
were told. ``--quick`` does all of it small, to see that it works.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bench.installation import Installation
from bench.processes import Machine, Meter
from cardline.app.people import NewColleague, add_colleague
from cardline.app.wiring import Parts
from cardline.cards.model import Holder
from cardline.core.clock import utc_now
from cardline.core.ids import AgentId, CallId, InteractionId, LegId, new_id
from cardline.core.live import STAFF, tell
from cardline.core.phone import PhoneNumber
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.login import sessions
from cardline.desk.staff.model import Role, Staff
from cardline.identity.model import Factor, Proof, Proofs
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent

GOALS = {"event_p99_ms": 300.0, "read_p99_ms": 20.0, "screen_p99_ms": 300.0}
PATHS = (
    "/api/v1/agents/me/state",
    "/api/v1/agents/me/offer",
    "/api/v1/interactions?limit=20",
    "/api/v1/session",
)
"""What a desk reads all the time; 404 means that nobody is offered."""
_MATTERS = ("account", "general", "limit", "points")


async def _fill(parts: Parts, desks: int, agents: int, waiting: int) -> list[str]:
    """Hire everybody, open their sessions, let callers wait; return the cookies."""
    at = utc_now()
    cookies = []
    async with parts.database.transaction() as tx:
        for number in range(1, desks + 1):
            role: Role = "lead" if number % 20 == 0 else "agent"
            who = NewColleague(
                number=f"{number:05}",
                name=f"Agent {number}",
                role=role,
                skills=(random.choice(_MATTERS),),
                languages=("zh",),
                token=f"bench-{number}",
                phone_password="",
            )
            await add_colleague(tx, who, realm=parts.settings.realm, at=at)
            agent = AgentId(f"a{number:05}")
            if number <= agents:
                await routing.set_agent_state(
                    tx,
                    agent=agent,
                    event=AgentEvent.LOG_IN,
                    phone=f"sip:{number}@127.0.0.1",
                    policy=parts.routing,
                    at=at,
                )
            _, secret = await sessions.open_session(
                tx,
                Staff(who.number, who.name, role, agent, None),
                second_factor=True,
                user_agent="bench",
                policy=parts.login.policy,
                at=at,
            )
            cookies.append(f"cardline_session={secret.reveal()}")
        for number in range(waiting):
            await routing.enter_queue(
                tx,
                interaction=InteractionId(f"i{number}"),
                call=CallId(f"c{number}"),
                matter=random.choice(_MATTERS),
                language="zh",
                urgent=False,
                caller_number="+8613800138000",
                policy=parts.routing,
                at=at,
            )
    return cookies


class Crowd:
    """The process with the browsers."""

    def __init__(self, plan: dict[str, object]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.browsers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(json.dumps(plan))

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    async def told(self) -> dict[str, Any]:
        """Wait for its next line."""
        assert self._process.stdout is not None
        line = await asyncio.to_thread(self._process.stdout.readline)
        if not line:
            raise RuntimeError("the crowd died")
        told: dict[str, Any] = json.loads(line)
        return told

    def enough(self) -> None:
        """Have it say what it has seen, and end."""
        self._say("")

    def end(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()


async def _happen(parts: Parts, *, agents: int, rate: float, seconds: float) -> int:
    """Tell events for all and change agents' states, at fixed times; return how many events."""
    began, told = time.monotonic(), 0
    while (planned := began + told / rate) < began + seconds:
        await asyncio.sleep(max(0.0, planned - time.monotonic()))
        async with parts.database.transaction() as tx:
            tell(tx, kind="task", id=f"at{time.monotonic_ns()}", to=STAFF)
        number = random.randrange(agents) + 1
        async with parts.database.transaction() as tx:
            await routing.set_agent_state(
                tx,
                agent=AgentId(f"a{number:05}"),
                event=AgentEvent.SET_NOT_READY if told % 2 else AgentEvent.LOG_IN,
                reason="break" if told % 2 else "",
                phone="" if told % 2 else f"sip:{number}@127.0.0.1",
                policy=parts.routing,
                at=utc_now(),
            )
        told += 1
    return told


async def _answer(
    parts: Parts,
    phones: Sequence[str],
    agents: Sequence[AgentId],
    *,
    rate: float,
    seconds: float,
) -> dict[str, float]:
    """Let agents answer calls of known holders at fixed times; return when each was answered."""
    holders = []
    async with parts.database.transaction() as tx:
        for phone in phones:
            holder = await parts.bank.holder_by_phone(tx, phone=PhoneNumber(phone))
            assert holder is not None
            holders.append(holder)
    began, answered = time.monotonic(), dict[str, float]()
    for number in range(int(rate * seconds)):
        holder, agent = holders[number % len(holders)], agents[number % len(agents)]
        interaction, leg = InteractionId(new_id("i")), LegId(new_id("l"))
        at = utc_now()
        async with parts.database.transaction() as tx:
            await desk.open_interaction(tx, _call_of(holder, interaction, at), source="bench")
            await desk.leg_dialled(
                tx, interaction, leg, agent=agent, target=f"web:{agent}", purpose="offer", at=at
            )
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        answered[interaction] = time.monotonic()
        async with parts.database.transaction() as tx:
            await desk.leg_answered(tx, interaction, leg, at=utc_now())
    return answered


def _call_of(holder: Holder, interaction: InteractionId, at: datetime) -> Interaction:
    return Interaction(
        id=interaction,
        door="phone",
        call=CallId(new_id("c")),
        line="bench",
        from_number=holder.phone,
        to_number="hotline",
        holder_id=holder.id,
        language="zh",
        opened_at=at,
        answered_at=at,
        closed_at=None,
        outcome=None,
        flow_version="bench",
        state={},
        proofs=Proofs(holder.id, holder.phone, (Proof(Factor.REGISTERED_NUMBER, holder.id, at),)),
        continues=None,
    )


def _spread(delays: Sequence[float]) -> dict[str, float]:
    ordered = sorted(delays)

    if not ordered:
        return {"count": 0}

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)

    return {"count": len(ordered), "p50_ms": at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99)}


async def measure(options: argparse.Namespace) -> dict[str, object]:
    """Serve, connect everybody, and measure one thing after the other."""
    machine = Machine.now()
    with Installation() as installation:
        phones = await installation.fill(holders=20, phones=[])
        async with installation.parts() as parts:
            cookies = await _fill(parts, options.desks, options.agents, options.waiting)
        installation.launch()
        await installation.ready()
        async with installation.parts() as parts:
            assert installation.process is not None
            port = int(installation.http.rpartition(":")[2])
            crowd = Crowd({"do": "listen", "port": port, "cookies": cookies})
            readers: list[Crowd] = []
            try:
                connected = await crowd.told()
                idle = Meter(installation.process.pid)
                idle.start()
                await asyncio.sleep(5)
                idle.sample()
                meter = Meter(installation.process.pid)
                meter.start()
                told = await _happen(
                    parts, agents=options.agents, rate=options.rate, seconds=options.seconds
                )
                await asyncio.sleep(1)
                meter.sample(memory=True)
                reading = Meter(installation.process.pid)
                reading.start()
                reads = await _read(readers, port, cookies, PATHS, options.reads, options.seconds)
                reading.sample()
                # Not the leads: they hear of every call.
                talking = [one for one in range(1, options.desks + 1) if one % 20][:50]
                mine = [cookies[number - 1] for number in talking]
                readers.append(Crowd({"do": "screens", "port": port, "cookies": mine}))
                await readers[-1].told()
                answered = await _answer(
                    parts,
                    phones,
                    [AgentId(f"a{number:05}") for number in talking],
                    rate=options.answers,
                    seconds=options.seconds,
                )
                await asyncio.sleep(2)
                readers[-1].enough()
                screens = await readers[-1].told()
                walls = await _read(readers, port, cookies[19::20], ("/api/v1/wall",), 2, 10)
                crowd.enough()
                heard = await crowd.told()
            finally:
                for one in (crowd, *readers):
                    one.end()
    events = _spread(heard["delays"])
    all_reads = _spread([one for path in reads["delays"].values() for one in path])
    shown = [done - answered[call] for call, _, done in screens["seen"]]
    complete = (
        heard["gaps"] == heard["lost"] == 0
        and len(heard["delays"]) == told * options.desks
        and reads["wrong"] == walls["wrong"] == screens["wrong"] == 0
        and {call for call, _, _ in screens["seen"]} == answered.keys()
    )
    return {
        "what": "desks connected",
        "desks": options.desks,
        "agents": options.agents,
        "waiting": options.waiting,
        "connected_in_s": round(connected["seconds"], 2),
        "events": {**events, "told": told, "per_second": options.rate * 2},
        "messages": heard["messages"],
        "gaps": heard["gaps"],
        "lost_connections": heard["lost"],
        "cpu_s_per_s": {
            "idle": _per_second(idle, 5),
            "events": _per_second(meter, options.seconds + 1),
            "reads": _per_second(reading, options.seconds),
        },
        "memory_mb": {part: round(mb) for part, mb in meter.peak_mb.items()},
        "reads": {
            **all_reads,
            "per_second": options.reads,
            "by_path": {path: _spread(delays) for path, delays in reads["delays"].items()},
        },
        "screens": {
            **_spread(shown),
            "per_second": options.answers,
            "read": _spread([done - heard for _, heard, done in screens["seen"]]),
        },
        "wall": _spread(walls["delays"]["/api/v1/wall"]),
        "wrong_answers": reads["wrong"] + walls["wrong"] + screens["wrong"],
        "box_busy": Machine.now().busy_since(machine),
        "goals": GOALS,
        "complete": complete,
        "passed": complete
        and events["p99_ms"] < GOALS["event_p99_ms"]
        and all_reads["p99_ms"] < GOALS["read_p99_ms"]
        and _spread(shown)["p99_ms"] < GOALS["screen_p99_ms"],
    }


async def _read(
    readers: list[Crowd],
    port: int,
    cookies: Sequence[str],
    paths: Sequence[str],
    per_second: float,
    seconds: float,
) -> dict[str, Any]:
    plan = {"do": "read", "port": port, "cookies": list(cookies), "paths": list(paths)}
    readers.append(Crowd({**plan, "per_second": per_second, "seconds": seconds}))
    return await readers[-1].told()


def _per_second(meter: Meter, seconds: float) -> dict[str, float]:
    return {part: round(used / seconds, 3) for part, used in meter.by_part().items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=1000)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--waiting", type=int, default=200)
    parser.add_argument("--rate", type=float, default=5.0)
    parser.add_argument("--reads", type=float, default=500.0)
    parser.add_argument("--answers", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.desks, options.agents, options.waiting = 60, 40, 20
        options.reads, options.seconds = 50.0, 4.0
    print(json.dumps(asyncio.run(measure(options)), indent=1))


if __name__ == "__main__":
    main()
