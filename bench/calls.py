"""Recorded, bridged calls at once: what they cost and whether they are clean. Prints JSON.

    python -m bench.calls --calls 300 --cps 10 --hold 40        # the scenario of the peer
    python -m bench.calls --short --calls 600 --cps 10          # set-up: calls of one second

Needs sipp. Starts a server of its own in a temporary home with a made-up bank, where every caller
is a holder who calls from the registered
phone; the key ``0`` leads to the general queue, an agent is chosen, rung and connected. Stops and
removes everything. ``docs/reference/performance.md`` says what the figures mean.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.generator import Generator, share
from bench.installation import Installation, free_port
from bench.processes import Meter
from bench.speech import AGENT_HZ, CALLER_HZ
from cardline.adapters.sip.g711 import decode
from cardline.app.wiring import Parts
from cardline.core.errors import CardlineError
from cardline.core.transaction import JsonObject
from cardline.evidence.verifying import verify

KEY_AT, KEY_AT_SHORT = 2.0, 0.2
"""Seconds after the answer at which the key begins."""
STORED_SECONDS, LENGTH_TOLERANCE = 60.0, 0.3
CPU_GOAL, SETUP_GOAL_MS = 0.2, 70.0
_HEADER = 58
"""Bytes before the sound in a file of ours."""

PEER = {
    "name": "Asterisk 22.10, app_queue and MixMonitor, 2 cores, quiet machine",
    200: {"cpu_s_per_call_minute": 0.456, "steady": 0.424, "setup_ms": {"p50": 0, "p99": 68}},
    300: {"clean": False, "retransmissions": 35, "setup_ms": {"p50": 4, "p99": 1052}},
    "short": {"cpu_ms_per_call": 5.2, "setup_ms": {"p50": 0, "p99": 4}, "does": "no media, no key"},
}
"""Measured on another day, in the same scenario: see ``docs/reference/performance.md``."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--cps", type=float, default=10.0, help="calls a second")
    parser.add_argument("--hold", type=float, help="seconds from answer to end; 40, short: 1")
    parser.add_argument("--short", action="store_true", help="calls of one second")
    parser.add_argument("--agents", type=int, help="agents on duty; as many as calls")
    parser.add_argument("--spool", type=Path, help="folder on a faster disk for the line's spool")
    parser.add_argument("--profile", help="command run on the server, {pid}; {line} is its line")
    parser.add_argument("--out", type=Path, help="append the result to this file")
    given = parser.parse_args()
    given.hold, given.agents = given.hold or (1 if given.short else 40), given.agents or given.calls
    return given


async def measure(given: argparse.Namespace) -> JsonObject:
    """Run it and return the figures."""
    port = free_port(socket.SOCK_DGRAM)
    with Installation(spool=given.spool) as installation:
        numbers = await installation.fill(
            holders=given.calls,
            phones=[f"sip:a{number:04}@127.0.0.1:{port}" for number in range(1, given.agents + 1)],
        )
        generator = Generator(installation.home / "generator")
        generator.prepare(
            numbers=[number.lstrip("+") for number in numbers],
            seconds=given.hold + 5,
            key="0",
            key_at=KEY_AT_SHORT if given.short else KEY_AT,
        )
        try:
            installation.launch()
            await installation.ready()
            generator.answer(port)
            await asyncio.sleep(1.5)
            told = await _run(given, installation, generator)
        finally:
            heard = generator.stop()
        log = [line for line in installation.log.splitlines() if "error" in line.lower()]
        return {**told, "media_to_caller": heard["caller"], "media_to_agent": heard["agent"]} | {
            "errors_logged": len(log),
            "first_errors": log[:3],
        }


async def _run(
    given: argparse.Namespace, installation: Installation, generator: Generator
) -> JsonObject:
    assert installation.process is not None
    meter = Meter(installation.process.pid)
    async with installation.parts() as parts:  # its pool is ours, not Cardline's: opened before
        before = await _transactions(parts.database)
        meter.start()
        profiler = await _profiler(given, meter)
        idle = generator.cpu_seconds()
        began = time.time()
        generator.call(
            installation.sip,
            free_port(socket.SOCK_DGRAM),
            calls=given.calls,
            cps=given.cps,
            hold=given.hold,
        )
        minutes, peak, steady, generated = await _watch(given, generator, meter)
        generated -= idle
        if not peak:
            raise SystemExit(f"sipp placed no call: {generator.said()}")
        wall = time.time() - began
        busy, stolen = meter.box_busy(), meter.stolen()
        ours = meter.total
        recordings = await _recordings(parts.database, generator.succeeded)
        meter.sample()
        if profiler:
            await profiler.wait()
        after = await _transactions(parts.database)
        files = await _files(parts, recordings, given)
        async with parts.database.transaction() as tx:
            told = await verify(tx)
    return _figures(given, generator, meter) | {
        "call_minutes": round(minutes, 2),
        "peak_calls": peak,
        "cpu_s_per_call_minute": round(meter.total / minutes, 4) if minutes else None,
        "steady_cpu_s_per_call_minute": steady,
        "wall_s": round(wall, 1),
        "box_busy": busy,
        "box_stolen": stolen,
        "generator_cpu_s": round(generated, 1),
        "others_cpu_s": round((busy - stolen) * wall * (os.cpu_count() or 1) - ours - generated, 1),
        "transactions_per_call": round((after - before) / given.calls, 1),
        "recordings": files,
        "journal": {"streams": told.streams, "intact": not told.breaches},
    }


async def _profiler(given: argparse.Namespace, meter: Meter) -> asyncio.subprocess.Process | None:
    if not given.profile:
        return None
    line = min(pid for pid, part in meter.parts.items() if part == "line")
    command = given.profile.format(pid=meter.root, line=line)
    return await asyncio.create_subprocess_shell(command, stdout=sys.stderr)


async def _watch(
    given: argparse.Namespace, generator: Generator, meter: Meter
) -> tuple[float, int, float | None, float]:
    """Sample until all calls are over.

    Returns call-minutes, most calls at once, cost while all are up, cost of the generator.
    """
    assert generator.callers is not None
    minutes, peak, steady, generated = 0.0, 0, [0.0, 0.0], 0.0
    at, used = meter.samples[-1]
    while generator.callers.poll() is None:
        await asyncio.sleep(1.0)
        present = generator.count("CurrentCall")
        meter.sample(memory=present > 0.9 * peak and len(meter.samples) % 10 == 0)
        now, total = meter.samples[-1]
        minutes += present * (now - at) / 60
        generated = max(generated, generator.cpu_seconds())
        peak = max(peak, present)
        if present >= 0.97 * given.calls:
            steady[0] += total - used
            steady[1] += present * (now - at) / 60
        at, used = now, total
    return minutes, peak, round(steady[0] / steady[1], 4) if steady[1] else None, generated


async def _transactions(database: Any) -> int:
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
        return int((await cursor.fetchone())[0])


async def _recordings(database: Any, calls: int) -> list[tuple[str, float, list[Any], float]]:
    """Wait until every recording is stored: file, seconds, gaps, seconds from answer to end."""
    deadline = time.monotonic() + STORED_SECONDS
    while True:
        async with database.transaction() as tx:
            cursor = await tx.connection.execute(
                """
                SELECT r.path, r.seconds, r.gaps, extract(epoch FROM closed_at - answered_at)
                FROM recording AS r JOIN interaction AS i ON i.id = r.interaction
                """
            )
            rows = await cursor.fetchall()
        if len(rows) >= calls or time.monotonic() > deadline:
            return [(row[0], row[1], row[2], float(row[3])) for row in rows]
        await asyncio.sleep(0.25)


async def _files(
    parts: Parts, stored: list[tuple[str, float, list[Any], float]], given: argparse.Namespace
) -> JsonObject:
    """Hold every recording against the call that it is of."""
    wrong = [
        path
        for path, seconds, _, lasted in stored
        if max(abs(seconds - lasted), abs(seconds - given.hold)) > LENGTH_TOLERANCE
    ]
    unheard = [path for path, *_ in stored if not await _both_heard(parts, path)]
    return {
        "stored": len(stored),
        "of_wrong_length": len(wrong),
        "with_gaps": sum(1 for _, _, gaps, _ in stored if gaps),
        "without_caller_or_agent_at_the_end": len(unheard),
    }


async def _both_heard(parts: Parts, path: str) -> bool:
    """True where the last tenths of a second hold the caller's tone left, the agent's right."""
    try:
        async with parts.database.transaction() as tx:
            opened = await parts.recordings.open(tx, path)
    except CardlineError:
        return False
    with opened:
        coded = opened.read()[_HEADER:]
    end = len(coded) // 2 - round(0.1 * 8000)
    sound = decode(coded[: len(coded) // 2 * 2], "ulaw").reshape(-1, 2)
    last = sound[max(0, end - 1600) : end].astype(float)
    if len(last) < 1600:
        return False
    strongest = np.abs(np.fft.rfft(last, axis=0)).argmax(axis=0) * 5  # Hz: a fifth of a second
    return bool(abs(strongest[0] - CALLER_HZ) <= 10 and abs(strongest[1] - AGENT_HZ) <= 10)


def _figures(given: argparse.Namespace, generator: Generator, meter: Meter) -> JsonObject:
    talks, rings = generator.marks("caller", "talks"), generator.marks("agent", "rings")
    key_at = KEY_AT_SHORT if given.short else KEY_AT
    waited = [1000 * (rings[one] - talks[one] - key_at) for one in talks if one in rings]
    setup, end = generator.times("setup"), generator.times("end")
    return {
        "calls": given.calls,
        "cps": given.cps,
        "hold_s": given.hold,
        "agents": given.agents,
        "ok": generator.succeeded,
        "failed": generator.count("FailedCall(C)"),
        "retransmissions": generator.count("Retransmissions(C)"),
        "agents_reached": len(rings),
        "setup_ms": {"p50": share(setup, 0.5), "p99": share(setup, 0.99), "max": share(setup, 1)},
        "bye_ms": {"p50": share(end, 0.5), "p99": share(end, 0.99)},
        "key_to_agent_ms": {"p50": share(waited, 0.5), "p99": share(waited, 0.99)},
        "cpu_s": round(meter.total, 2),
        "cpu_s_by_part": meter.by_part(),
        "cpu_ms_per_call": round(1000 * meter.total / given.calls, 1),
        "peak_memory_mb": round(sum(meter.peak_mb.values()), 1),
        "peak_memory_mb_by_part": {part: round(most) for part, most in meter.peak_mb.items()},
    }


def judge(given: argparse.Namespace, told: JsonObject) -> JsonObject:
    """Add the goals and the peer's figures."""
    files = told["recordings"]
    clean = (
        told["ok"] == told["agents_reached"] == given.calls
        and not told["failed"]
        and not told["retransmissions"]
        and files["stored"] == given.calls
        and not (files["of_wrong_length"] or files["with_gaps"])
        and (given.short or not files["without_caller_or_agent_at_the_end"])
        and told["journal"]["intact"]
    )
    goals: JsonObject = {"clean": clean}
    peer = PEER["short"] if given.short else PEER.get(given.calls, PEER[200])
    ratios: JsonObject = {}
    assert isinstance(peer, dict)
    if not given.short:
        cost = told["cpu_s_per_call_minute"]
        goals[f"cpu_s_per_call_minute <= {CPU_GOAL}"] = cost is not None and cost <= CPU_GOAL
        if "cpu_s_per_call_minute" in peer and cost:
            ratios["cpu: ours / peer"] = round(cost / peer["cpu_s_per_call_minute"], 3)
    p99 = told["setup_ms"]["p99"]
    if given.cps <= 10:
        goals[f"setup p99 < {SETUP_GOAL_MS} ms"] = p99 is not None and p99 < SETUP_GOAL_MS
    if p99 is not None and peer["setup_ms"]["p99"]:
        ratios["setup p99: ours / peer"] = round(p99 / peer["setup_ms"]["p99"], 3)
    return {
        **told,
        "goals": goals,
        "passed": all(goals.values()),
        "peer": {"name": PEER["name"], **peer},
        "ratios": ratios,
    }


def main() -> None:
    """Measure and print."""
    given = _arguments()
    told = judge(given, asyncio.run(measure(given)))
    print(json.dumps(told, indent=1))
    if given.out:
        with given.out.open("a") as file:
            file.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
