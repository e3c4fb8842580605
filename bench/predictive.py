"""Predictive dialling over the real line, in real time, with many callees. Prints JSON.

    python -m bench.predictive [--people 300] [--agents 8] [--talk 6] [--mode predictive]

A server of its own, SIP phones as agents and as everybody who is called. Callees answer, are busy
or never answer, by chance from a seed; agents read the opening and talk for some seconds. Measured
from outside: how many calls ring and talk at once, whom no agent was free for and how soon they
heard the safe message (the first sound that is heard, by the time of its packet), how fast a pause
and the kill switch work, and that nobody who was abandoned is called again. Then, in rounds, every
agent leaves while phones ring, and everybody answers: how soon each hears the safe message.
"""

import argparse
import asyncio
import contextlib
import json
import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.installation import Installation, free_port
from bench.processes import Machine
from cardline.app.wiring import Parts
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.outreach.campaigns import actions, reporting
from cardline.outreach.campaigns.model import CampaignId, Draft, Event, Kind, Mode
from cardline.outreach.campaigns.reporting import Report
from cardline.routing import actions as routing
from cardline.routing.actions.agents import Asked
from cardline.routing.model import AgentEvent
from cardline.sim.phone import NEVER, CallFailed, IncomingCall, Phone, Voice
from cardline.sim.sound import decode, murmur, tone

AGENT_HZ = 3300
"""Where no recorded voice has its strongest sound: who hears it hears an agent."""
SAFE_SECONDS = 2.0
ROUNDS = 3
"""So often nobody is free for a whole round of calls."""
PAUSE_SECONDS = 6.0
_PAUSE_AT, _STOP_AT = 0.35, 0.85
"""Shares of the list that have been called."""
_AUDIBLE = 100.0


@dataclass
class Callee:
    """One who was called: what became of it, on the event loop's clock."""

    rang: float
    call: IncomingCall
    answered: float | None = None
    first_sound: float | None = None
    talked: bool = False
    ended: float | None = None


@dataclass
class Street:
    """Everybody who is called."""

    chance: random.Random
    talk: float
    callees: list[Callee] = field(default_factory=list)
    at_once: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    agents_left: asyncio.Event | None = None
    """Where it is set: everybody answers, as soon as no agent is there any more."""

    async def until(self, is_so: Callable[[], bool], *, within: float) -> None:
        """Wait until something is so of the callees. Raises ``TimeoutError``."""
        async with asyncio.timeout(within):
            while not is_so():
                self.changed.clear()
                await self.changed.wait()

    async def rings(self, call: IncomingCall) -> None:
        """Do what somebody does whose phone rings."""
        loop = asyncio.get_running_loop()
        callee = Callee(loop.time(), call)
        self.callees.append(callee)
        self.changed.set()
        self.at_once = max(self.at_once, sum(one.ended is None for one in self.callees))
        kind = self.chance.choices(("answers", "busy", "away"), (0.5, 0.1, 0.4))[0]
        after = self.chance.uniform(0.5, 5.0) if kind != "busy" else 0.2
        if self.agents_left is not None:
            kind, after = "answers", self.chance.uniform(0.0, 0.5)
            await self.agents_left.wait()
        with contextlib.suppress(TimeoutError, CallFailed):
            await call.over(within=after)
        if kind == "answers" and call.state == "ringing":
            callee.answered = loop.time()
            call.answer()
            if self.agents_left is None:
                with contextlib.suppress(TimeoutError):
                    await call.heard_tone(AGENT_HZ, within=20.0)
                    callee.talked = True
            await call.over(within=60.0)
        elif call.state == "ringing":
            call.refuse(486 if kind == "busy" else 480)
        callee.first_sound = _first_sound(call)
        callee.ended = loop.time()
        self.changed.set()


def _first_sound(call: IncomingCall) -> float | None:
    for at, _, law, payload in tuple(call.media._kept):
        samples = decode(payload, law)
        if len(samples) and float(np.sqrt(np.mean(samples.astype(float) ** 2))) > _AUDIBLE:
            return float(at)
    return None


@dataclass
class Desk:
    """One agent: a phone, and seconds in which somebody talked."""

    name: AgentId
    phone: Phone
    talked: float = 0.0

    async def serve(self, parts: Parts, chance: random.Random, seconds: float) -> None:
        """Talk with whoever comes, write it up in half a second, be ready again."""
        loop = asyncio.get_running_loop()
        while True:
            talk = await self.phone.next_call()
            began = loop.time()
            with contextlib.suppress(TimeoutError):
                await talk.over(within=chance.uniform(0.5, 1.5) * seconds)
            await talk.hang_up()
            self.talked += loop.time() - began
            await asyncio.sleep(0.5)
            await self._ready(parts)

    async def _ready(self, parts: Parts) -> None:
        for _ in range(50):
            if await self.becomes(parts, AgentEvent.SET_READY):
                return
            await asyncio.sleep(0.1)

    async def becomes(self, parts: Parts, event: Asked) -> bool:
        """Ask for another state; false where it is refused."""

        async def work(tx: Transaction) -> bool:
            done = await routing.set_agent_state(
                tx,
                agent=self.name,
                event=event,
                policy=parts.routing,
                phone="",
                reason="break" if event is AgentEvent.SET_NOT_READY else "",
                at=utc_now(),
            )
            return done.verdict.allowed

        return await parts.database.run(work)


async def _made(parts: Parts, holders: list[str], mode: Mode) -> CampaignId:
    draft = Draft("reminders", Kind.REMINDER, mode=mode, opening="read", hold_out=0.0)
    async with parts.database.transaction() as tx:
        made = await actions.create(tx, draft, policy=parts.campaigns, by=OPERATOR, at=utc_now())
        text = "\n".join(["holder_id,amount,due", *(f"{one},12.00,2026-12-24" for one in holders)])
        listed = await actions.add_list(
            tx, made.id, text, bank=parts.bank, by=OPERATOR, at=utc_now()
        )
        assert not listed.bad, listed.bad
    return made.id


async def _change(parts: Parts, campaign: CampaignId, event: Event) -> None:
    async with parts.database.transaction() as tx:
        verdict = await actions.change_state(
            tx, campaign, event, policy=parts.campaigns, by=OPERATOR, at=utc_now()
        )
    assert verdict.allowed, verdict.codes


async def _report(parts: Parts, campaign: CampaignId) -> Report:
    async with parts.database.transaction() as tx:
        return await reporting.report(tx, campaign, policy=parts.campaigns, at=utc_now())


async def _at_noon(parts: Parts) -> list[str]:
    """Let everybody live where it is noon now; returns the holders who speak Chinese."""
    ahead = 12 - datetime.now(UTC).hour
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    async with parts.database.transaction() as tx:
        await tx.connection.execute("UPDATE bank_holder SET zone = %s", (zone,))
        cursor = await tx.connection.execute(
            "SELECT id FROM bank_holder WHERE language = 'zh' ORDER BY id"
        )
        return [str(row[0]) for row in await cursor.fetchall()]


async def _called(street: Street, count: int, *, within: float) -> None:
    await street.until(lambda: len(street.callees) >= count, within=within)


async def measure(people: int, agents: int, talk: float, mode: Mode, seed: int) -> dict[str, Any]:
    """Run it; returns the figures."""
    chance = random.Random(seed)
    street = Street(chance, talk)
    loop = asyncio.get_running_loop()
    before = Machine.now()
    port = free_port(socket.SOCK_DGRAM)
    ears = Voice(sound=murmur(1), keep_seconds=60)
    mouth = Voice(sound=tone(AGENT_HZ), keep_seconds=0)
    async with contextlib.AsyncExitStack() as stack:
        installation = stack.enter_context(Installation())
        toml = installation.home / "cardline.toml"
        toml.write_text(f'{toml.read_text()}trunk = "sip:{{number}}@127.0.0.1:{port}"\n')
        trunk = Phone(port=port, max_calls=400, policy=NEVER, voice=ears, on_call=street.rings)
        await stack.enter_async_context(trunk)
        desks = [
            Desk(
                AgentId(f"a{number:04}"),
                await stack.enter_async_context(Phone(user=f"{number:04}", voice=mouth)),
            )
            for number in range(1, agents + 1)
        ]
        await installation.fill(holders=2 * people, phones=[desk.phone.uri for desk in desks])
        installation.launch()
        await installation.ready()
        parts = await stack.enter_async_context(installation.parts())
        holders = (await _at_noon(parts))[:people]
        campaign = await _made(parts, holders, mode)
        work = [asyncio.create_task(desk.serve(parts, chance, talk)) for desk in desks]
        began = loop.time()
        await _change(parts, campaign, Event.START)

        await _called(street, round(_PAUSE_AT * people), within=300)
        await _change(parts, campaign, Event.PAUSE)
        paused, known = loop.time(), len(street.callees)
        await asyncio.sleep(PAUSE_SECONDS)
        late = [one.rang - paused for one in street.callees[known:]]
        await _change(parts, campaign, Event.START)
        resumed, known = loop.time(), len(street.callees)
        await _called(street, known + 1, within=30)
        first_again = street.callees[known].rang - resumed

        await _called(street, round(_STOP_AT * people), within=600)
        ringing = [one for one in street.callees if one.call.state == "ringing"]
        busy = loop.time() - began
        async with parts.database.transaction() as tx:
            await actions.stop_everything(tx, reason="bench", by=OPERATOR, at=utc_now())
        stopped, known = loop.time(), len(street.callees)
        await asyncio.sleep(5.0)
        taken_back = [one for one in ringing if one.call.cause == "cancelled"]
        after_stop = len(street.callees) - known
        await street.until(lambda: all(one.ended for one in street.callees), within=90)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await asyncio.sleep(1.0)
        report = await _report(parts, campaign)
        again = await _again(parts, campaign)
        called = list(street.callees)
        others = (await _at_noon(parts))[people:]
        nobody_free = [
            wait
            for number in range(ROUNDS)
            for wait in await _nobody_is_free(
                parts, street, desks, others[number * agents : (number + 1) * agents]
            )
        ]
    answered = [one for one in called if one.answered is not None]
    left = [one for one in answered if not one.talked and one.first_sound is not None]
    waits = sorted((one.first_sound or 0) - (one.answered or 0) for one in left)
    to_agent = sorted(
        (one.first_sound or 0) - (one.answered or 0) for one in answered if one.talked
    )
    cancelled = [(one.ended or 0) - stopped for one in taken_back]
    figures: dict[str, Any] = {
        "mode": mode,
        "people": people,
        "agents": agents,
        "seconds": round(busy, 1),
        "called": len(called),
        "answered": len(answered),
        "talked": sum(one.talked for one in answered),
        "at_once": street.at_once,
        "outcomes": report.outcomes,
        "abandoned": report.abandoned,
        "abandoned_share": round(report.abandoned / max(1, report.answered), 4),
        "within_limit": report.within_limit,
        "occupancy": round(sum(desk.talked for desk in desks) / agents / busy, 3),
        "calls_an_agent_minute": round(len(answered) / agents / busy * 60, 2),
        "safe_message_s": _seconds(waits),
        "safe_message_where_nobody_is_free_s": _seconds(sorted(nobody_free)),
        "first_sound_of_others_s": _seconds(to_agent),
        "pause": {
            "called_after_it": len(late),
            "last_after_s": round(max(late, default=0.0), 3),
            "first_after_resume_s": round(first_again, 3),
        },
        "kill_switch": {
            "rang": len(ringing),
            "taken_back": len(taken_back),
            "slowest_s": round(max(cancelled, default=0.0), 3),
            "called_after_it": after_stop,
        },
        "second_try_of_abandoned": again,
        "box_busy": Machine.now().busy_since(before),
    }
    figures["passed"] = (
        report.within_limit
        and len(waits) == report.abandoned
        and max(waits, default=0.0) <= SAFE_SECONDS
        and len(nobody_free) == ROUNDS * agents
        and max(nobody_free) <= SAFE_SECONDS
        and max(late, default=0.0) < 1.0
        and after_stop == 0
        and again.get("yes", 0) == 0
    )
    return figures


async def _nobody_is_free(
    parts: Parts, street: Street, desks: list[Desk], holders: list[str]
) -> list[float]:
    """Let phones ring, all agents leave, and everybody answer.

    Returns for each the seconds from the answer to the first sound; infinity where none was heard.
    """
    for desk in desks:
        await desk._ready(parts)
    street.agents_left, known = asyncio.Event(), len(street.callees)
    campaign = await _made(parts, holders, Mode.PREDICTIVE)
    await _change(parts, campaign, Event.START)
    await _called(street, known + len(holders), within=60)
    for desk in desks:
        assert await desk.becomes(parts, AgentEvent.SET_NOT_READY), "an agent who cannot leave"
    street.agents_left.set()
    called = street.callees[known:]
    await street.until(lambda: all(one.ended for one in called), within=90)
    await _change(parts, campaign, Event.STOP)
    report = await _report(parts, campaign)
    assert report.abandoned == len(called), f"somebody was free: {report.outcomes}"
    return [
        (one.first_sound if one.first_sound is not None else float("inf")) - (one.answered or 0.0)
        for one in called
    ]


async def _again(parts: Parts, campaign: CampaignId) -> dict[str, Any]:
    """Ask the gate for everybody who was abandoned, as another campaign would."""
    async with parts.database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT e.holder FROM campaign_attempt AS a JOIN campaign_entry AS e ON e.id = a.entry"
            " WHERE a.campaign = %s AND a.abandoned",
            (campaign,),
        )
        left = [str(row[0]) for row in await cursor.fetchall()]
    if not left:
        return {"asked": 0}
    other = await _made(parts, left, Mode.PREDICTIVE)
    async with parts.database.transaction() as tx:
        found = await reporting.foresee(tx, other, gate=parts.identity.sms.policy, at=utc_now())
    return {"asked": len(left), "yes": found.yes, "reasons": found.reasons}


def _seconds(times: list[float]) -> dict[str, float]:
    if not times:
        return {"count": 0}
    return {
        "count": len(times),
        "p50": round(times[len(times) // 2], 3),
        "max": round(times[-1], 3),
    }


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.predictive", description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--agents", type=int, default=8)
    parser.add_argument("--talk", type=float, default=6.0, help="mean seconds of a talk")
    parser.add_argument("--mode", type=Mode, choices=list(Mode)[1:], default=Mode.PREDICTIVE)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.monotonic()
    figures = asyncio.run(
        measure(chosen.people, chosen.agents, chosen.talk, chosen.mode, chosen.seed)
    )
    figures["all_s"] = round(time.monotonic() - began, 1)
    print(json.dumps({"bench": "predictive", **figures}, indent=1))


if __name__ == "__main__":
    main()
