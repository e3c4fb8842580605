"""Predictive dialling over the real line with many calls, and a line that hears machines (D4)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
import pytest

from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.sim.phone import NEVER, IncomingCall, Phone, Voice
from cardline.sim.sound import RATE, Samples, Sound, tone
from tests.journeys.people import AGENT_HZ, OUTSIDE_HZ, Agent, Heard, Stage
from tests.journeys.program import Program, until

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]
AGENTS, PEOPLE = 3, 30
WHENEVER = {"opens": "00:00:00", "closes": "23:59:59", "hold_out": 0}
SAFE_SECONDS = 2.0
"""Within which the safe message must be heard where no agent is free (row D4)."""


class Street:
    """Everybody who is called: one phone behind the trunk, and what whoever is called does."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.calls: list[IncomingCall] = []
        self.most_at_once = 0
        self.does: Callable[[int, IncomingCall], Awaitable[None]] = let_it_ring
        phone.on_call = self._rings

    def _rings(self, call: IncomingCall) -> Coroutine[Any, Any, None]:
        self.calls.append(call)
        self.most_at_once = max(self.most_at_once, len(self.phone.calls))
        return self._act(len(self.calls) - 1, call)

    async def _act(self, number: int, call: IncomingCall) -> None:
        await self.does(number, call)

    async def stays_quiet(self, seconds: float) -> None:
        """See that nobody else is called for so long."""
        before = len(self.calls)
        await asyncio.sleep(seconds)
        assert len(self.calls) == before, "somebody was called"


async def let_it_ring(_number: int, _call: IncomingCall) -> None:
    """Do nothing."""


async def busy_or_talks(number: int, call: IncomingCall) -> None:
    """One in three is busy; the others answer, hear the agent, and hang up."""
    await asyncio.sleep(0.15)
    if number % 3 == 0:
        call.refuse(486)
        return
    call.answer()
    await call.heard_tone(AGENT_HZ, within=30)
    await call.hang_up()


@pytest.fixture
async def street(program: Program) -> AsyncIterator[Street]:
    port = int(program.trunk.rpartition(":")[2])
    voice = Voice(sound=tone(OUTSIDE_HZ), keep_seconds=60)
    async with Phone(port=port, max_calls=60, policy=NEVER, voice=voice) as phone:
        yield Street(phone)


def at_noon(program: Program, count: int) -> list[str]:
    """Make holders who live where it is noon now, since reminders keep hours; returns their ids."""
    ahead = 12 - datetime.now(UTC).hour
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    with psycopg.connect(EmbeddedPostgres(program.home).url) as connection:
        for number in range(count):
            connection.execute(
                """
                INSERT INTO bank_holder (id, name, phone, id_tail, language, zone, made_up)
                VALUES (%s, %s, %s, '1234', 'zh', %s, true)
                """,
                (f"street-{number}", f"街坊{number}", f"+86199{number:08}", zone),
            )
    return [f"street-{number}" for number in range(count)]


def due_now(program: Program, campaign: str) -> None:
    """As if the pause before the next try were over."""
    with psycopg.connect(EmbeddedPostgres(program.home).url) as connection:
        connection.execute(
            "UPDATE campaign_entry SET due_at = now() WHERE campaign = %s AND state = 'waiting'",
            (campaign,),
        )


async def made(stage: Stage, holders: list[str], **more: Any) -> str:
    """Make a campaign of reminders for these holders; returns its path."""
    body = {"name": "reminders", "kind": "reminder", "mode": "predictive", **WHENEVER, **more}
    campaign = await stage.lead.post("/campaigns", **body)
    text = "\n".join(["holder_id,amount,due", *(f"{one},12.00,2026-12-24" for one in holders)])
    path = f"/campaigns/{campaign['id']}"
    listed = await stage.lead.post(f"{path}/list", csv=text)
    assert listed["added"] == len(holders), listed
    return path


async def serves(agent: Agent) -> None:
    """Take one call after the other."""
    while True:
        talk = await agent.rings(within=120)
        await talk.over(within=60)
        await agent.becomes("wrap-up")
        await agent.ready()


async def test_many_calls_are_paced_paused_excused_and_stopped(
    program: Program, stage: Stage, agents_for: AgentsFor, street: Street
) -> None:
    agents = [await stage.agent(one) for one in agents_for()[:AGENTS]]
    holders = at_noon(program, PEOPLE + 4)
    work = [asyncio.create_task(serves(agent)) for agent in agents]
    try:
        await _many_in_a_row(stage, street, holders[:PEOPLE])
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    for agent in agents:
        await agent.becomes("ready")
    await _nobody_is_free(program, stage, street, agents, holders[PEOPLE])
    await _everything_is_stopped(stage, street, agents, holders[PEOPLE + 1 :])


async def _many_in_a_row(stage: Stage, street: Street, holders: list[str]) -> None:
    """Thirty calls for three agents; in the middle of it a pause."""
    street.does = busy_or_talks
    path = await made(stage, holders)
    foreseen = await stage.lead.get(f"{path}/foresight")
    assert foreseen["yes"] == len(holders), foreseen
    assert (await stage.lead.post(f"{path}/start"))["allowed"]
    await until(lambda: len(street.calls) >= 6, within=30, what="the first calls")
    assert (await stage.lead.post(f"{path}/pause"))["allowed"]
    await until(lambda: not street.phone.calls, within=30, what="the calls of before the pause")
    assert 6 <= len(street.calls) < len(holders)
    await street.stays_quiet(1.5)
    assert (await stage.lead.post(f"{path}/start"))["allowed"]

    async def over() -> Any:
        report = await stage.lead.get(path)
        return report if sum(report["outcomes"].values()) - _open(report) == len(holders) else None

    report = await until(over, within=60, what="the end of all calls", every=0.3)
    busy = len(holders) // 3
    assert report["outcomes"] == {"talked": len(holders) - busy, "busy": busy}
    assert (report["answered"], report["abandoned"]) == (len(holders) - busy, 0)
    assert report["within_limit"]
    # So few answers have earned nothing: never more calls than agents who are there for them.
    assert 1 < street.most_at_once <= AGENTS
    assert (await stage.lead.post(f"{path}/stop"))["allowed"]


def _open(report: dict[str, Any]) -> int:
    return int(report["outcomes"].get("open", 0))


async def _nobody_is_free(
    program: Program, stage: Stage, street: Street, agents: list[Agent], holder: str
) -> None:
    """The agents leave while it rings: the safe message at once, and no second call for 72 h."""
    street.does = let_it_ring
    path = await made(stage, [holder])
    before = len(street.calls)
    assert (await stage.lead.post(f"{path}/start"))["allowed"]
    await until(lambda: len(street.calls) > before, within=20, what="the call")
    call = street.calls[-1]
    for agent in agents:
        await agent.state("not-ready", reason="break")
    answered = asyncio.get_running_loop().time()
    call.answer()
    excuse = await Heard(call).piece("bank_call_nobody", within=15)
    assert excuse.begins - answered <= SAFE_SECONDS
    assert await call.over(within=15) == "remote"

    async def abandoned() -> Any:
        report = await stage.lead.get(path)
        return report if report["outcomes"].get("abandoned") else None

    report = await until(abandoned, within=15, what="the abandoned call", every=0.2)
    assert (report["answered"], report["abandoned"], report["within_limit"]) == (1, 1, False)
    for agent in agents:
        await agent.ready()
    due_now(program, path.rpartition("/")[2])

    async def held_back() -> Any:
        return (await stage.lead.get(path))["refused"].get("rest-after-abandoned")

    await until(held_back, within=20, what="the gate's word on the second try", every=0.3)
    await street.stays_quiet(0.5)
    assert (await stage.lead.post(f"{path}/stop"))["allowed"]


async def _everything_is_stopped(
    stage: Stage, street: Street, agents: list[Agent], holders: list[str]
) -> None:
    """The kill switch takes back whatever rings, and nobody else is called."""
    street.does = let_it_ring
    path = await made(stage, holders)
    before = len(street.calls)
    assert (await stage.lead.post(f"{path}/start"))["allowed"]
    await until(lambda: len(street.calls) - before == len(holders), within=20, what="the calls")
    ringing = street.calls[before:]
    await stage.lead.post("/campaigns/stop", reason="a wrong list")
    assert [await call.over(within=5) for call in ringing] == ["cancelled"] * len(holders)
    await street.stays_quiet(1.5)
    for agent in agents:
        await agent.becomes("ready")


# ---------------------------------------------------------------- a line that listens


def quiet(seconds: float) -> Samples:
    return np.zeros(round(RATE * seconds), np.int16)


def voice(seconds: float) -> Samples:
    """Something like a voice, without a pause."""
    time = np.arange(round(RATE * seconds)) / RATE
    parts = [np.sin(2 * np.pi * 170 * n * time) / n for n in range(1, 8)]
    return np.round(4000 * np.sum(parts, axis=0)).astype(np.int16)


PERSON = (quiet(0.3), voice(0.4))
MACHINE = (quiet(0.3), voice(3.2), quiet(0.4), tone(1000).samples[: RATE // 2])


async def test_a_person_a_machine_and_a_silent_callee_each_hear_what_is_for_them(
    stage: Stage, agents_for: AgentsFor, holders: Holders, street: Street
) -> None:
    answered: dict[int, float] = {}

    async def answers(number: int, call: IncomingCall) -> None:
        said = (PERSON, MACHINE, (quiet(0.1),))[number]
        call.say(Sound(np.concatenate(said), loops=False))
        answered[number] = asyncio.get_running_loop().time()
        call.answer()

    street.does = answers
    agent = await stage.agent(agents_for()[0])
    called = [holders(where=lambda one: one["language"] == "zh") for _ in range(3)]
    rows = [f"{one['phone']},{one['cards'][0]['tail']},12.00,shop" for one in called]
    body = {"name": "alerts", "kind": "alert", "machines": "message", **WHENEVER}
    path = f"/campaigns/{(await stage.lead.post('/campaigns', **body))['id']}"
    text = "\n".join(["phone,tail,amount,merchant", *rows])
    assert (await stage.lead.post(f"{path}/list", csv=text))["added"] == 3
    assert (await stage.lead.post(f"{path}/start"))["allowed"]

    for number in (0, 2):  # the machine, in between, costs the agent nothing but seconds
        talk = await agent.rings(within=40)
        person = street.calls[number]
        hello = await Heard(person).piece("bank_call_hello", within=5)
        assert hello.begins - answered[number] < 4.5 + 1.0  # the pack's limit, and a busy machine
        await person.heard_tone(AGENT_HZ, within=10)
        await person.hang_up()
        await talk.over(within=10)
        await agent.becomes("wrap-up")
        await agent.ready()

    machine = street.calls[1]
    assert await machine.over(within=20) == "remote"
    ear = Heard(machine)
    message = await ear.piece("bank_call_machine", within=1)
    beep_ends = answered[1] + sum(map(len, MACHINE)) / RATE
    assert message.begins > beep_ends - 0.05
    assert set(ear.names()) <= {message.name}, "nothing but the message was said to it"

    async def over() -> Any:
        report = await stage.lead.get(path)
        return report if report["campaign"]["state"] == "done" else None

    report = await until(over, within=20, what="the end of the campaign", every=0.3)
    assert report["outcomes"] == {"talked": 2, "machine": 1}
    assert (report["answered"], report["machines"], report["abandoned"]) == (2, 1, 0)
