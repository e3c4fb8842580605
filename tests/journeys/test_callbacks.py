"""A call-back that keeps the place (point 6; row A3)."""

import asyncio
from collections.abc import Callable
from typing import Any

from cardline.sim.phone import BUSY, IncomingCall, Phone, answer_after
from tests.journeys.desk import Desk, kinds
from tests.journeys.people import AGENT_HZ, OUTSIDE_HZ, Agent, Caller, Heard, Stage
from tests.journeys.program import Program, until
from tests.journeys.test_a_person import waits_for_a_person

AgentsFor = Callable[..., list[dict[str, Any]]]
Strangers = Callable[[], str]


async def asks_to_be_called_back(stage: Stage, number: str) -> Caller:
    """Wait as the second in the queue, then press 1 and be sent home."""
    caller = await waits_for_a_person(stage, number)
    await caller.press("*")
    await caller.hears("queue_callback_offer")
    await caller.press("1")
    await caller.hears("callback_promised", "goodbye")
    assert await caller.call.over(within=10) == "remote"
    return caller


def called(rung: IncomingCall, number: str) -> bool:
    """True where this is the number that was dialled, in whatever form."""
    return f":{number.removeprefix('+86')}@" in rung.invite.uri


async def first_is_served(stage: Stage, agent: Agent, first: Caller) -> None:
    """Serve the one ahead, so that the next is in turn."""
    await agent.ready()
    talk = await agent.rings()
    assert talk.user == first.number
    await talk.answered(within=10)
    await first.ear.person(AGENT_HZ)
    await first.hang_up()
    await agent.becomes("wrap-up")


async def test_a_call_back_keeps_the_place_and_brings_both_together(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor, outside: Phone
) -> None:
    agent = await stage.agent(agents_for()[0], ready=False)
    first = await waits_for_a_person(stage, strangers())
    promised = await asks_to_be_called_back(stage, strangers())
    later = await waits_for_a_person(stage, strangers())
    await first_is_served(stage, agent, first)

    agent.phone.policy = answer_after(1.0)
    await agent.ready()
    rung = await outside.next_call(within=15)
    assert called(rung, promised.number)
    assert rung.user == "4000000000"
    await rung.answered(within=10)
    ear = Heard(rung)
    await ear.piece("zh/callback_greeting.0")
    talk = await agent.rings()
    await talk.answered(within=10)
    await asyncio.gather(ear.person(AGENT_HZ), Heard(talk).person(OUTSIDE_HZ))
    await later.press("*")
    await later.hears("queue_next")

    asked = await promised.interaction()
    while asked["door"] != "phone":
        asked = await stage.lead.get(f"/interactions/{asked['continues']}")
    assert "callback.promised" in kinds(asked) or any("callback" in one for one in kinds(asked))
    back = await stage.lead.interaction_from(promised.number)
    assert back["door"] == "callback"
    assert back["continues"] == asked["id"]
    told = await agent.desk.get(f"/interactions/{back['id']}/trust")
    assert told["code"] is not None
    assert len(set(told["code"]["zh"])) == 3
    assert told["contacts"][0]["live"] is True
    assert told["contacts"][0]["staff_number"] == agent.number
    await rung.hang_up()
    await agent.becomes("wrap-up")

    async def is_over() -> bool:
        found = await stage.lead.get(f"/interactions/{back['id']}/trust")
        return found["contacts"][0]["live"] is False

    await until(is_over, within=10, what="the call to be shown as over")


async def test_who_does_not_answer_the_call_back_costs_the_agent_nothing(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor, outside: Phone
) -> None:
    outside.policy = BUSY
    agent = await stage.agent(agents_for()[0], ready=False)
    first = await waits_for_a_person(stage, strangers())
    promised = await asks_to_be_called_back(stage, strangers())
    later = await waits_for_a_person(stage, strangers())
    await first_is_served(stage, agent, first)
    await agent.ready()
    rung = await outside.next_call(within=15)
    assert called(rung, promised.number)
    talk = await agent.rings(within=15)
    assert talk.user == later.number
    await talk.answered(within=10)
    await later.ear.person(AGENT_HZ)

    async def is_closed() -> bool:
        back = await stage.lead.interaction_from(promised.number)
        return back["door"] == "callback" and bool(back["closed_at"])

    await until(is_closed, within=15, what="the try to be closed in the records")


async def test_without_a_trunk_no_call_back_is_offered_and_nobody_loses_a_place(
    make_program: Callable[..., Program],
    lead_token: str,
    strangers: Strangers,
    agents_for: AgentsFor,
) -> None:
    program = make_program()
    await program.start()
    stage = Stage(program, Desk(program, lead_token))
    await stage.agent(agents_for()[0], ready=False)

    async def is_open() -> bool:
        return not all(queue["closed"] for queue in await stage.lead.get("/queues"))

    await until(is_open, within=15, what="an open queue")
    await waits_for_a_person(stage, strangers())
    second = await waits_for_a_person(stage, strangers())
    await second.press("*")
    await second.hears("queue_place|queue_place_only", "hold_music")
    await second.press("1")
    await second.hears("queue_place|queue_place_only", "hold_music")
    assert not any("queue_callback_offer" in name for name in Heard(second.call).names())
    waiting = await stage.lead.get("/queues")
    assert sum(queue["waiting"] for queue in waiting) == 2
    assert sum(queue["callbacks"] for queue in waiting) == 0
    await stage.strike()
    await program.stop()
