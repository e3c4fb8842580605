"""Leads in a call: help, listening, whispering, joining, and nobody's talk disturbed (row A4)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cardline.sim.phone import NEVER
from cardline.sim.sound import SILENCE, tone
from tests.journeys.desk import line_of
from tests.journeys.people import (
    AGENT_HZ,
    CALLER_HZ,
    LEAD_HZ,
    Agent,
    Caller,
    Heard,
    Stage,
    only_hears,
    talks,
)
from tests.journeys.recordings import recording_of

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]
Talk = tuple[Caller, Agent, Heard]


@pytest.fixture
async def talking(stage: Stage, strangers: Strangers, agents_for: AgentsFor) -> Talk:
    """A caller who talks with an agent, and what the agent hears."""
    agent = await stage.agent(agents_for()[0])
    caller, ear = await talks(stage, strangers(), agent)
    await agent.becomes("talking")
    return caller, agent, ear


@pytest.fixture
async def lead(stage: Stage, staff: list[dict[str, Any]]) -> Agent:
    """A lead with a phone, who takes no callers now."""
    one = next(one for one in staff if one["role"] == "lead")
    return await stage.agent(one, hz=LEAD_HZ, ready=False)


async def follows(lead: Agent, talk: Talk, how: str) -> Heard:
    """Let the lead follow a talk; returns what the lead hears."""
    interaction = (await talk[1].now())["interaction"]
    await lead.desk.post(f"/calls/{interaction}/{how}")
    rung = await lead.rings()
    await rung.answered(within=10)
    await lead.becomes("talking")
    return Heard(rung)


async def test_a_lead_who_listens_hears_both_and_nobody_hears_the_lead(
    talking: Talk, lead: Agent
) -> None:
    caller, _, ear = talking
    lead_ear = await follows(lead, talking, "listen")
    ear.call.say(SILENCE)
    await lead_ear.person(CALLER_HZ)
    caller.call.say(SILENCE)
    ear.call.say(tone(AGENT_HZ))
    await lead_ear.person(AGENT_HZ)
    await only_hears(caller.ear, AGENT_HZ)
    caller.call.say(tone(CALLER_HZ))
    await only_hears(ear, CALLER_HZ)


async def test_a_whisper_reaches_the_agent_and_neither_the_caller_nor_the_recording(
    talking: Talk, lead: Agent
) -> None:
    caller, agent, ear = talking
    await follows(lead, talking, "whisper")
    caller.call.say(SILENCE)
    await ear.person(LEAD_HZ)
    ear.call.say(SILENCE)
    await only_hears(caller.ear)
    ear.call.say(tone(AGENT_HZ))
    caller.call.say(tone(CALLER_HZ))
    await caller.ear.person(AGENT_HZ)
    await caller.hang_up()
    await agent.becomes("wrap-up")
    told = await caller.closed(recorded=True)
    heard = recording_of(caller.lead.program, told).heard_by_caller()
    assert f"{AGENT_HZ} Hz" in heard
    assert f"{LEAD_HZ} Hz" not in heard
    joined = [one for one in told["timeline"] if one["kind"] == "party.joined"]
    assert joined[-1]["how"] == "whisper"
    assert joined[-1]["agent"].endswith(lead.number)


async def test_a_lead_goes_from_listening_to_whispering_to_joining_and_leaves_unnoticed(
    talking: Talk, lead: Agent
) -> None:
    caller, agent, ear = talking
    lead_ear = await follows(lead, talking, "listen")
    interaction = (await agent.now())["interaction"]
    await lead.desk.post(f"/calls/{interaction}/whisper")
    caller.call.say(SILENCE)
    await ear.person(LEAD_HZ)
    await lead.desk.post(f"/calls/{interaction}/join")
    ear.call.say(SILENCE)
    await caller.ear.person(LEAD_HZ)
    caller.call.say(tone(CALLER_HZ))
    await lead_ear.person(CALLER_HZ)
    await lead.desk.post(f"/calls/{interaction}/hangup")
    assert await lead_ear.call.over(within=10) == "remote"
    ear.call.say(tone(AGENT_HZ))
    await asyncio.gather(only_hears(caller.ear, AGENT_HZ), only_hears(ear, CALLER_HZ))
    now = await lead.now()
    assert now["state"] == "not-ready"  # no wrap-up: it was not the lead's caller
    told = await caller.interaction()
    ways = [one["how"] for one in told["timeline"] if one["kind"] == "call.monitoring"]
    assert ways == ["whisper", "join"]
    assert (await agent.now())["state"] == "talking"


async def test_a_caller_hears_music_on_hold_while_agent_and_whispering_lead_talk(
    talking: Talk, lead: Agent
) -> None:
    caller, agent, ear = talking
    lead_ear = await follows(lead, talking, "whisper")
    await agent.control("hold")
    await caller.hears("common/hold_music")
    await asyncio.gather(ear.person(LEAD_HZ), lead_ear.person(AGENT_HZ))
    await only_hears(lead_ear, AGENT_HZ)
    await agent.control("retrieve")
    ear.call.say(SILENCE)
    await lead_ear.person(CALLER_HZ)


async def test_when_the_agent_leaves_a_listener_goes_home_and_the_caller_goes_on(
    talking: Talk, lead: Agent
) -> None:
    caller, agent, _ = talking
    lead_ear = await follows(lead, talking, "listen")
    await agent.control("hangup")
    await caller.hears("goodbye")
    assert await lead_ear.call.over(within=10) == "remote"


async def test_when_the_agent_leaves_a_lead_who_joined_goes_on_as_an_agent_would(
    talking: Talk, lead: Agent
) -> None:
    caller, agent, _ = talking
    lead_ear = await follows(lead, talking, "join")
    await agent.control("hangup")
    await agent.becomes("wrap-up")
    await asyncio.gather(caller.ear.person(LEAD_HZ), lead_ear.person(CALLER_HZ))
    await lead.control("hold")
    await caller.hears("common/hold_music")
    await lead.control("retrieve")
    await caller.ear.person(LEAD_HZ)


async def test_a_lead_who_only_follows_cannot_hold_or_transfer_somebody_elses_caller(
    talking: Talk, lead: Agent
) -> None:
    _, agent, _ = talking
    await follows(lead, talking, "listen")
    interaction = (await agent.now())["interaction"]
    for verb, body in (
        ("hold", {}),
        ("transfer", {"matter": "limit"}),
        ("entry", {"what": "tails"}),
    ):
        refused = await lead.desk.attempt(f"/calls/{interaction}/{verb}", **body)
        assert refused.status_code == 409, verb
    assert (await agent.now())["state"] == "talking"


async def test_an_agent_may_not_follow_a_colleague_and_a_lead_not_before_there_is_a_talk(
    stage: Stage, talking: Talk, strangers: Strangers, agents_for: AgentsFor, lead: Agent
) -> None:
    other = await stage.agent(agents_for()[1], ready=False)
    interaction = (await talking[1].now())["interaction"]
    assert (await other.desk.attempt(f"/calls/{interaction}/listen")).status_code == 403
    alone = await stage.caller(strangers())
    await alone.choose("zh")
    waiting = (await alone.interaction())["id"]
    assert (await lead.desk.attempt(f"/calls/{waiting}/listen")).status_code == 409


async def test_an_agent_who_asks_for_help_is_on_the_leads_list_until_one_is_there(
    talking: Talk, lead: Agent
) -> None:
    caller, agent, _ = talking
    interaction = (await agent.now())["interaction"]
    await agent.desk.post(f"/calls/{interaction}/help", reason="客户情绪激动")
    wanted = await lead.desk.get("/calls/help")
    assert [(one["interaction"], one["reason"]) for one in wanted] == [
        (interaction, "客户情绪激动")
    ]
    assert wanted[0]["name"]
    await follows(lead, talking, "whisper")
    assert await lead.desk.get("/calls/help") == []
    assert line_of(await caller.interaction(), "call.help-asked")["by"].endswith(agent.number)


async def test_help_that_nobody_gave_is_forgotten_with_the_call(talking: Talk, lead: Agent) -> None:
    caller, agent, _ = talking
    interaction = (await agent.now())["interaction"]
    await agent.desk.post(f"/calls/{interaction}/help", reason="不会办理")
    await caller.hang_up()
    await caller.closed()
    assert await lead.desk.get("/calls/help") == []


async def test_a_lead_who_does_not_pick_up_disturbs_nobody(talking: Talk, lead: Agent) -> None:
    caller, agent, ear = talking
    lead.phone.policy = NEVER
    interaction = (await agent.now())["interaction"]
    await lead.desk.post(f"/calls/{interaction}/join")
    rung = await lead.rings()
    rung.refuse(486)
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))
    shown = await agent.desk.get(f"/calls/{interaction}")
    assert [one["kind"] for one in shown["parties"]] == ["agent"]


async def test_the_view_of_a_call_says_who_is_in_it_and_how(talking: Talk, lead: Agent) -> None:
    caller, agent, _ = talking
    shown = await agent.desk.get("/calls/mine")
    assert shown["mode"] == "talk"
    assert shown["my_presence"] == "talking"
    assert shown["started_at"]
    assert not shown["agent_away"]
    assert shown["entry"] is None
    await follows(lead, talking, "listen")
    both = (await agent.desk.get(f"/calls/{shown['interaction']}"))["parties"]
    assert [(one["kind"], one["how"], one["presence"]) for one in both] == [
        ("agent", None, "talking"),
        ("monitor", "listen", "talking"),
    ]
    assert both[0]["name"] == agent.staff["name"]
    await agent.control("hold")
    assert (await lead.desk.get("/calls/mine"))["mode"] == "hold"
    await caller.hang_up()
    await caller.closed()
    assert await agent.desk.nothing("/calls/mine")
