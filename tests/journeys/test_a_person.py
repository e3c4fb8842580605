"""Reaching a person: phones, offers, places, wrap-up, breaks (point 6; rows A3, A4)."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cardline.sim.phone import NEVER
from tests.journeys.desk import kinds
from tests.journeys.people import AGENT_HZ, CALLER_HZ, Agent, Caller, Stage
from tests.journeys.program import until

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
RING_SECONDS = 15
"""As the policy pack says."""


async def asks_for_a_person(stage: Stage, number: str, language: str = "zh") -> Caller:
    """Call, choose the language, press 0."""
    caller = await stage.caller(number)
    await caller.choose(language)
    await caller.press("0")
    return caller


async def waits_for_a_person(stage: Stage, number: str) -> Caller:
    """As ``asks_for_a_person`` while nobody is ready: until the music plays."""
    caller = await asks_for_a_person(stage, number)
    await caller.hears("connecting", "hold_music")
    return caller


async def talks(caller: Caller, agent: Agent) -> None:
    """Let the agent answer; both hear each other."""
    talk = await agent.rings()
    await talk.answered(within=10)
    await asyncio.gather(caller.ear.person(AGENT_HZ), talk.heard_tone(CALLER_HZ))


@pytest.mark.parametrize("fixed", [False, True], ids=["registered phone", "fixed address"])
async def test_caller_and_agent_hear_each_other(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor, fixed: bool
) -> None:
    agent = await stage.agent(agents_for()[0], fixed=fixed)
    caller = await asks_for_a_person(stage, strangers())
    await talks(caller, agent)
    assert (await agent.now())["state"] == "talking"
    talk = agent.phone.calls[0]
    await caller.hang_up()
    assert await talk.over(within=10) == "remote"
    assert (await agent.becomes("wrap-up"))["until"]
    told = await caller.closed()
    leg = told["legs"][1]
    assert leg["agent"].endswith(agent.number)
    assert leg["answered_at"]
    assert leg["ended_at"]
    assert {"party.joined", "interaction.closed"} <= set(kinds(told))


async def test_a_phone_with_a_wrong_password_is_not_registered(
    stage: Stage, agents_for: AgentsFor
) -> None:
    from cardline.sim.phone import Phone, RegistrationFailed

    staff = agents_for()[0]
    async with Phone(user=staff["phone_user"], password="wrong") as phone:
        with pytest.raises(RegistrationFailed):
            await phone.register(f"sip:{stage.program.sip}")


async def test_the_agent_hanging_up_sends_the_caller_on_to_goodbye(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller = await asks_for_a_person(stage, strangers())
    await talks(caller, agent)
    await agent.phone.calls[0].hang_up()
    await caller.hears("goodbye")
    assert await caller.call.over(within=10) == "remote"
    await agent.becomes("wrap-up")


async def test_an_offer_nobody_answers_goes_to_the_next_agent_and_the_first_is_not_ready(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    first, second = agents_for()[:2]
    deaf = await stage.agent(first, policy=NEVER)
    caller = await asks_for_a_person(stage, strangers())
    ringing = await deaf.rings()
    other = await stage.agent(second)
    talk = await other.rings(within=RING_SECONDS + 5)
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)
    assert ringing.state == "ended"
    now = await deaf.now()
    assert now["state"] == "not-ready"
    assert [reason["code"] for reason in now["reasons"]] == ["not-ready.no-answer"]


async def test_an_agent_who_declines_is_not_ready_and_the_next_one_rings_at_once(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    first, second = agents_for()[:2]
    busy = await stage.agent(first, policy=NEVER)
    caller = await asks_for_a_person(stage, strangers())
    ringing = await busy.rings()
    other = await stage.agent(second)
    ringing.refuse(486)
    talk = await other.rings(within=10)
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)
    assert (await busy.now())["state"] == "not-ready"


async def test_an_agents_phone_stops_within_a_second_when_the_caller_hangs_up(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0], policy=NEVER)
    caller = await asks_for_a_person(stage, strangers())
    ringing = await agent.rings()
    await caller.hang_up()
    assert await ringing.over(within=2.0) == "cancelled"
    await agent.becomes("ready", within=10)
    assert (await caller.closed())["outcome"] == "hung-up"


async def test_the_place_is_told_and_music_goes_on(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    await stage.agent(agents_for()[0], ready=False)
    first = await waits_for_a_person(stage, strangers())
    second = await waits_for_a_person(stage, strangers())
    await first.hears("queue_next", "hold_music", within=15)
    await second.hears("queue_place|queue_place_only", "value", "queue_callback_offer", within=15)
    await second.hears("hold_music")
    await second.press("*")
    await second.hears("queue_place|queue_place_only")
    await first.hang_up()
    await second.press("*")
    await second.hears("queue_next")


async def test_callers_are_served_in_their_order(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0], ready=False)
    callers = [await waits_for_a_person(stage, strangers()) for _ in range(3)]
    for expected in callers:
        await agent.ready()
        talk = await agent.rings()
        assert talk.user == expected.number
        await talk.answered(within=10)
        await expected.hang_up()
        await agent.becomes("wrap-up")


async def test_two_agents_are_never_rung_for_one_caller(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agents = [await stage.agent(one) for one in agents_for()[:4]]
    caller = await asks_for_a_person(stage, strangers())
    await caller.ear.person(AGENT_HZ)
    await asyncio.sleep(0.5)
    assert sum(agent.phone.incoming.qsize() for agent in agents) == 1


async def test_a_caller_in_another_language_gets_somebody_who_speaks_it(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor, staff: list[dict[str, Any]]
) -> None:
    mandarin = next(one for one in agents_for() if one["languages"] == ["zh"])
    english = next(one for one in staff if one["languages"] == ["en"])
    wrong = await stage.agent(mandarin)
    right = await stage.agent(english)
    caller = await asks_for_a_person(stage, strangers(), "en")
    await talks(caller, right)
    assert wrong.phone.incoming.empty()


async def test_wrap_up_has_a_limit_and_may_be_ended_before_it(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller = await asks_for_a_person(stage, strangers())
    await talks(caller, agent)
    await caller.hang_up()
    now = await agent.becomes("wrap-up")
    lasts = datetime.fromisoformat(now["until"]) - datetime.fromisoformat(now["since"])
    assert 0 < lasts.total_seconds() <= 90
    waiting = await waits_for_a_person(stage, strangers())
    await asyncio.sleep(1.2)
    assert agent.phone.calls == []
    await agent.desk.post("/agents/me/wrap-up/end")
    await talks(waiting, agent)


async def test_a_break_asked_for_during_a_talk_wins(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller = await asks_for_a_person(stage, strangers())
    await talks(caller, agent)
    now = await agent.state("not-ready", reason="break")
    assert now["state"] == "talking"
    await caller.ear.person(AGENT_HZ)
    waiting = await waits_for_a_person(stage, strangers())
    await caller.hang_up()
    await agent.becomes("wrap-up")
    await agent.desk.post("/agents/me/wrap-up/end")
    now = await agent.becomes("not-ready")
    assert [reason["code"] for reason in now["reasons"]] == ["not-ready.break"]
    await asyncio.sleep(1.2)
    assert agent.phone.calls == []
    assert waiting.call.state == "up"


async def test_nobody_on_duty_takes_a_message_for_a_call_back(
    stage: Stage, strangers: Strangers
) -> None:
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.press("0")
    await caller.hears("queue_closed", "common/beep")
    await asyncio.sleep(1.0)
    await caller.press("#")
    await caller.hears("message_taken", "goodbye")
    assert await caller.call.over(within=10) == "remote"
    told = await caller.closed()
    taken = next(line for line in told["timeline"] if line["kind"] == "message.taken")
    assert 0.5 < taken["to_second"] - taken["from_second"] < 5


async def test_an_agent_whose_phone_is_gone_is_not_offered_calls(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    await agent.phone.unregister()
    now = await agent.becomes("not-ready")
    assert "phone" in now["reasons"][0]["code"]
    caller = await asks_for_a_person(stage, strangers())
    await until(lambda: caller.call.state == "up", within=1, what="the caller to wait")
    assert agent.phone.incoming.empty()
