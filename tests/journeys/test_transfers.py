"""What an agent does with a call through the API: hold, consult, transfer, three-way (row A4)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cardline.sim.phone import BUSY, NEVER, Phone
from cardline.sim.sound import SILENCE, tone
from tests.journeys.desk import kinds
from tests.journeys.people import (
    AGENT_HZ,
    CALLER_HZ,
    COLLEAGUE_HZ,
    OUTSIDE_HZ,
    Agent,
    Caller,
    Heard,
    Stage,
    only_hears,
)

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]


@pytest.fixture
async def talking(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> tuple[Caller, Agent, Heard]:
    """A caller who talks with an agent, and what the agent hears."""
    agent = await stage.agent(agents_for()[0])
    caller = await stage.caller(strangers())
    await caller.press("0")
    talk = await agent.rings()
    await talk.answered(within=10)
    ear = Heard(talk)
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))
    await agent.becomes("talking")
    return caller, agent, ear


@pytest.fixture
async def colleague(stage: Stage, agents_for: AgentsFor) -> Agent:
    """Another agent, logged in but not ready for callers."""
    return await stage.agent(agents_for()[1], hz=COLLEAGUE_HZ, ready=False)


async def test_on_hold_the_caller_hears_music_and_the_agent_nobody_until_retrieved(
    talking: tuple[Caller, Agent, Heard],
) -> None:
    caller, agent, ear = talking
    await agent.control("hold")
    await caller.hears("common/hold_music")
    await only_hears(ear)
    await agent.control("retrieve")
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))
    told = kinds(await caller.interaction())
    assert told.index("call.held") < told.index("call.retrieved")


async def test_hold_twice_and_retrieve_without_hold_are_refused_with_a_reason(
    talking: tuple[Caller, Agent, Heard],
) -> None:
    caller, agent, _ = talking
    interaction = (await agent.now())["interaction"]
    path = f"/calls/{interaction}"
    assert (await agent.desk.attempt(f"{path}/retrieve")).status_code == 409
    await agent.control("hold")
    again = await agent.desk.attempt(f"{path}/hold")
    assert again.status_code == 409
    assert again.json()["message"]
    await agent.control("retrieve")
    await caller.ear.person(AGENT_HZ)


async def test_agents_consult_while_the_caller_hears_music_and_then_goes_on_with_either(
    talking: tuple[Caller, Agent, Heard], colleague: Agent
) -> None:
    caller, agent, ear = talking
    await agent.control("consult", staff=colleague.number)
    asked = await colleague.rings()
    await asked.answered(within=10)
    colleague_ear = Heard(asked)
    await caller.hears("common/hold_music")
    await asyncio.gather(ear.person(COLLEAGUE_HZ), colleague_ear.person(AGENT_HZ))
    await only_hears(colleague_ear, AGENT_HZ)
    await agent.control("retrieve")
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))
    assert await asked.over(within=10) == "remote"
    await colleague.becomes("wrap-up")


async def test_an_attended_transfer_leaves_the_caller_with_the_colleague(
    talking: tuple[Caller, Agent, Heard], colleague: Agent
) -> None:
    caller, agent, _ = talking
    await agent.control("consult", staff=colleague.number)
    asked = await colleague.rings()
    await asked.answered(within=10)
    await colleague.becomes("talking")
    await agent.control("complete")
    colleague_ear = Heard(asked)
    await asyncio.gather(caller.ear.person(COLLEAGUE_HZ), colleague_ear.person(CALLER_HZ))
    await agent.becomes("wrap-up")
    assert agent.phone.calls == []
    await caller.hang_up()
    await colleague.becomes("wrap-up")
    told = await caller.closed()
    assert "call.transferred" in kinds(told)
    assert [leg["purpose"] for leg in told["legs"][1:]] == ["offer", "consult"]


async def test_three_hear_each_other(
    talking: tuple[Caller, Agent, Heard], colleague: Agent
) -> None:
    caller, agent, ear = talking
    await agent.control("consult", staff=colleague.number)
    asked = await colleague.rings()
    await asked.answered(within=10)
    await colleague.becomes("talking")
    await agent.control("conference")
    everybody = {CALLER_HZ: caller.ear, AGENT_HZ: ear, COLLEAGUE_HZ: Heard(asked)}
    for hz, speaker in everybody.items():
        for person in everybody.values():
            person.call.say(tone(hz) if person is speaker else SILENCE)
        listeners = [person for person in everybody.values() if person is not speaker]
        await asyncio.gather(*(person.person(hz) for person in listeners))


async def test_when_the_agent_leaves_a_three_way_call_the_others_go_on(
    talking: tuple[Caller, Agent, Heard], colleague: Agent
) -> None:
    caller, agent, _ = talking
    await agent.control("consult", staff=colleague.number)
    asked = await colleague.rings()
    await asked.answered(within=10)
    await colleague.becomes("talking")
    await agent.control("conference")
    await agent.control("hangup")
    await agent.becomes("wrap-up")
    colleague_ear = Heard(asked)
    await asyncio.gather(caller.ear.person(COLLEAGUE_HZ), colleague_ear.person(CALLER_HZ))


async def test_a_blind_transfer_to_an_agent(
    talking: tuple[Caller, Agent, Heard], colleague: Agent
) -> None:
    caller, agent, _ = talking
    await agent.control("transfer", staff=colleague.number)
    handed = await colleague.rings()
    await handed.answered(within=10)
    await asyncio.gather(caller.ear.person(COLLEAGUE_HZ), Heard(handed).person(CALLER_HZ))
    await agent.becomes("wrap-up")
    await colleague.becomes("talking")


async def test_a_blind_transfer_to_a_queue_keeps_the_place(
    talking: tuple[Caller, Agent, Heard],
    stage: Stage,
    strangers: Strangers,
    agents_for: AgentsFor,
) -> None:
    caller, agent, _ = talking
    specialists = [one for one in agents_for("points") if one["number"] != agent.number]
    specialist = await stage.agent(specialists[0], hz=COLLEAGUE_HZ, ready=False)
    later = await stage.caller(strangers())
    await later.choose("zh")
    await later.press("22")
    await later.hears("hold_music")
    await agent.control("transfer", matter="points")
    await caller.hears("hold_music")
    await agent.becomes("wrap-up")
    await specialist.ready()
    handed = await specialist.rings()
    assert handed.user == caller.number
    await handed.answered(within=10)
    await caller.ear.person(COLLEAGUE_HZ)


async def test_a_colleague_who_does_not_answer_gives_the_caller_back_to_the_agent(
    talking: tuple[Caller, Agent, Heard], colleague: Agent
) -> None:
    caller, agent, ear = talking
    colleague.phone.policy = NEVER
    await agent.control("consult", staff=colleague.number)
    asked = await colleague.rings()
    await caller.hears("hold_music")
    await agent.control("retrieve")
    assert await asked.over(within=10) == "cancelled"
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))


async def test_a_caller_who_hangs_up_on_hold_or_in_a_consultation_frees_everybody(
    talking: tuple[Caller, Agent, Heard], colleague: Agent
) -> None:
    caller, agent, _ = talking
    await agent.control("consult", staff=colleague.number)
    asked = await colleague.rings()
    await asked.answered(within=10)
    await colleague.becomes("talking")
    await caller.hang_up()
    await agent.becomes("wrap-up", within=10)
    await colleague.becomes("wrap-up", within=10)
    assert agent.phone.calls == colleague.phone.calls == []


async def test_a_blind_transfer_to_a_number_outside(
    talking: tuple[Caller, Agent, Heard], outside: Phone
) -> None:
    caller, agent, _ = talking
    await agent.control("transfer", number="02112345678")
    handed = await outside.next_call(within=15)
    assert "02112345678@" in handed.invite.uri
    await handed.answered(within=10)
    await asyncio.gather(caller.ear.person(OUTSIDE_HZ), Heard(handed).person(CALLER_HZ))
    await agent.becomes("wrap-up")
    await caller.hang_up()
    assert await handed.over(within=10) == "remote"


async def test_somebody_outside_is_consulted_and_brought_in(
    talking: tuple[Caller, Agent, Heard], outside: Phone
) -> None:
    caller, agent, ear = talking
    await agent.control("consult", number="02187654321")
    asked = await outside.next_call(within=15)
    await asked.answered(within=10)
    await ear.person(OUTSIDE_HZ)
    await agent.control("conference")
    ear.call.say(SILENCE)
    await caller.ear.person(OUTSIDE_HZ)
    await agent.control("hangup")
    await asyncio.gather(caller.ear.person(OUTSIDE_HZ), Heard(asked).person(CALLER_HZ))


async def test_a_number_outside_that_does_not_answer_brings_the_caller_back_to_the_queue(
    talking: tuple[Caller, Agent, Heard], outside: Phone
) -> None:
    caller, agent, _ = talking
    outside.policy = BUSY
    await agent.control("transfer", number="02112345678")
    await outside.next_call(within=15)
    await caller.hears("connecting", within=15)
    await agent.desk.post("/agents/me/wrap-up/end")
    again = await agent.rings()
    await again.answered(within=10)
    await caller.ear.person(AGENT_HZ)
