"""How long routing takes: the decision, and the statements of one call's life. Prints JSON.

    python bench/routing.py [--agents 500] [--waiting 200] [--rounds 200] [--calls 200] [--idle 200]

``decision``: ``rules.next_offer`` on a floor of random agents and waiters, three kinds of floor,
in milliseconds of CPU time, which neighbours on the machine do not disturb; the goal is 5 ms,
``ratio`` is the 99th percentile of the worst kind against it. ``places``: one
``rules.queue_state``, the same way. ``call_life``: enter, offer, accept, end of one call on the
embedded PostgreSQL with the journal, while ``--idle`` agents are ready: wall time of one after
another, and the CPU time of both processes for each call. ``--calls 0`` leaves it out.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.postgres.migrate import migrate
from cardline.core.ids import AgentId, CallId, InteractionId
from cardline.core.policy import load_area
from cardline.routing import actions, rules
from cardline.routing.model import Agent, AgentEvent, Handled, Language, Waiter, Wanted

GOAL_MS = 5.0
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
POLICY = rules.read_policy(load_area("routing"))
MATTERS = sorted({queue.matter for queue in POLICY.queues.values()})
BOTH: tuple[frozenset[Language], ...] = (frozenset(("zh",)), frozenset(("zh", "en")))


def _floor(chance: random.Random, agents: int, waiting: int) -> tuple[list[Agent], list[Waiter]]:
    """Mixed skills, four fifths at work, callers of every queue."""
    staff = [
        Agent(
            id=AgentId(f"a{number}"),
            languages=chance.choice(BOTH),
            skills=frozenset(chance.sample(MATTERS, chance.randint(1, 3))),
            wanted=Wanted.READY,
            wanted_since=NOW - timedelta(seconds=chance.randint(0, 9999)),
            wrap_until=NOW + timedelta(seconds=30) if chance.random() < 0.2 else None,
            phone="phone:1",
            phone_until=NOW + timedelta(hours=1),
        )
        for number in range(agents)
    ]
    queues = list(POLICY.queues.values())
    callers = []
    for number in range(waiting):
        queue = chance.choice(queues)
        since = NOW - timedelta(seconds=chance.randint(0, 300))
        callers.append(
            Waiter(
                wait=f"w{number}",
                interaction=InteractionId(f"i{number}"),
                queue=queue.name,
                language=queue.language,
                urgent=queue.urgent or chance.random() < 0.05,
                since=since,
                entered_at=since,
                call=CallId(f"c{number}"),
            )
        )
    return staff, callers


def _milliseconds(work: Callable[[], object], rounds: int) -> dict[str, float]:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return _spread(times)


def _spread(times: list[float]) -> dict[str, float]:
    times = sorted(times)
    return {
        "p50_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 3),
        "max_ms": round(times[-1], 3),
    }


def _decisions(agents: int, waiting: int, rounds: int) -> dict[str, dict[str, float]]:
    chance = random.Random(1)
    staff, callers = _floor(chance, agents, waiting)
    busy = [replace(agent, talk=InteractionId("i")) for agent in staff]
    # Nobody speaks English: every English caller walks the whole list in vain.
    chinese = [replace(agent, languages=BOTH[0]) for agent in staff]
    result = {}
    for name, floor in (("mixed", staff), ("all_busy", busy), ("no_english", chinese)):
        decide = partial(rules.next_offer, callers, floor, POLICY, now=NOW)
        result[name] = _milliseconds(decide, rounds)
    return result


def _places(agents: int, waiting: int, rounds: int) -> dict[str, float]:
    staff, callers = _floor(random.Random(2), agents, waiting)
    queue = rules.queue_named(callers[0].queue, callers[0].language, POLICY)
    handled = {queue.name: Handled(50, timedelta(hours=3))}
    counted = rules.profiles(staff, POLICY, now=NOW)  # the program has them counted by SQL
    return _milliseconds(
        lambda: rules.queue_state(
            queue, callers, counted, handled, POLICY, now=NOW, waiter=callers[0]
        ),
        rounds,
    )


async def _call_lives(agents: int, calls: int) -> dict[str, object]:
    steps: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedPostgres(Path(folder)) as server:
            await migrate(server.url)
            async with Database(server.url) as database:
                await _staff(database, agents)
                used = time.process_time(), _server_cpu(server)
                for number in range(calls):
                    for name, seconds in (await _call(database, number)).items():
                        steps.setdefault(name, []).append(seconds * 1000)
                ours = time.process_time() - used[0]
                theirs = _server_cpu(server) - used[1]
    whole = [sum(times) for times in zip(*steps.values(), strict=True)]
    return {
        "idle_agents": agents,
        "wall": {name: _spread(times) for name, times in steps.items()},
        "wall_whole": _spread(whole),
        "cpu_ms_program": round(ours * 1000 / calls, 3),
        "cpu_ms_postgres": round(theirs * 1000 / calls, 3),
    }


def _server_cpu(server: EmbeddedPostgres) -> float:
    """CPU seconds of all processes of the server so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(server.pid):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def _staff(database: Database, agents: int) -> None:
    for number in range(agents):
        agent = AgentId(f"a{number}")
        async with database.transaction() as tx:
            await actions.register_agent(
                tx, agent=agent, number=agent, name=agent, languages=BOTH[0], at=NOW
            )
            await actions.grant_skill(tx, agent=agent, matter="account", passed_at=NOW, at=NOW)
            for event in (AgentEvent.LOG_IN, AgentEvent.SET_READY):
                await actions.set_agent_state(
                    tx, agent=agent, event=event, phone=f"sip:{agent}@h", policy=POLICY, at=NOW
                )


async def _call(database: Database, number: int) -> dict[str, float]:
    interaction, at = InteractionId(f"i{number}"), NOW + timedelta(seconds=number)
    marks = [time.perf_counter()]
    async with database.transaction() as tx:
        await actions.enter_queue(
            tx,
            interaction=interaction,
            call=CallId(f"c{number}"),
            matter="account",
            language="zh",
            urgent=False,
            caller_number="+8613800138000",
            policy=POLICY,
            at=at,
        )
    marks.append(time.perf_counter())
    async with database.transaction() as tx:
        (offer,) = await actions.make_offers(tx, policy=POLICY, at=at)
    marks.append(time.perf_counter())
    async with database.transaction() as tx:
        accepted = await actions.accept_offer(
            tx, offer=offer.id, token=offer.token, policy=POLICY, at=at
        )
        assert accepted.talk is not None
    marks.append(time.perf_counter())
    async with database.transaction() as tx:
        await actions.end_talk(tx, interaction=interaction, agent=offer.agent, policy=POLICY, at=at)
    marks.append(time.perf_counter())
    spans = (end - start for start, end in itertools.pairwise(marks))
    return dict(zip(("enter", "make_offers", "accept", "end_talk"), spans, strict=True))


def main() -> None:
    """Run all parts and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--waiting", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--idle", type=int, default=200)
    options = parser.parse_args()
    decisions = _decisions(options.agents, options.waiting, options.rounds)
    worst = max(kind["p99_ms"] for kind in decisions.values())
    result: dict[str, object] = {
        "what": "routing decision",
        "agents": options.agents,
        "waiting": options.waiting,
        "decision": decisions,
        "goal_ms": GOAL_MS,
        "ratio": round(worst / GOAL_MS, 3),
        "reached": worst < GOAL_MS,
        "places": _places(options.agents, options.waiting, options.rounds),
    }
    if options.calls:
        result["call_life"] = asyncio.run(_call_lives(options.idle, options.calls))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
