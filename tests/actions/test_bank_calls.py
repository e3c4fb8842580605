"""The bank calls, over a pretended line: opening, keys, the agent, the switch, and nobody free."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardline.app.calls.registry import Calls
from cardline.ports.line.events import CallUp, Hello, LegUp
from tests.actions.bank_house import House, bank_house, is_so, state_is
from tests.actions.bank_line import BankLine


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with bank_house(database_url, tmp_path) as house:
        yield house


async def test_who_answers_hears_the_opening_and_then_talks_with_the_agent(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs()
    call = await house.rings()
    assert await house.agent_state() == "talking"  # held from the dial on
    house.line.answers(call)
    await is_so(lambda: "caller" in house.line.hears[call], "agent and person to be connected")
    assert house.line.hears[call]["caller"] == (house.line.legs[call][0],)
    heard = [
        prompt
        for prompt in (
            "bank_call_hello",
            "bank_call_purpose_alert",
            "bank_call_staff",
            "bank_call_length",
            "bank_call_keys",
        )
        if house.line.heard(call, prompt)
    ]
    assert len(heard) == 5, "who, why, with whom, how long, how to stop"
    house.line.leaves(call)
    report = await house.ended(campaign, "talked")
    assert (report["answered"], report["abandoned"], report["unopened"]) == (1, 0, 0)
    await is_so(lambda: state_is(house, "wrap-up"), "the wrap-up")


async def test_eight_withdraws_at_once_and_ends_the_call(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs()
    call = await house.rings()
    house.line.agents_pick_up = False
    house.line.answers(call)
    house.line.presses(call, "8")
    await house.ended(campaign, "withdrawn")
    assert house.line.heard(call, "bank_call_stopped")
    assert house.line.over[call] == "ended"
    assert await withdrawals(house) == ["outreach.withdrawn"]
    await is_so(lambda: state_is(house, "ready"), "the agent to be free again")


async def test_eight_works_while_the_agent_is_rung_and_costs_the_agent_nothing(
    house: House,
) -> None:
    await house.is_ready()
    house.line.agents_ring_for_ever = True
    campaign = await house.runs()
    call = await house.rings()
    house.line.answers(call)
    await is_so(lambda: house.line.legs[call], "the agent's phone to ring")
    house.line.presses(call, "8")
    report = await house.ended(campaign, "withdrawn")
    assert report["abandoned"] == 0
    await is_so(lambda: state_is(house, "ready"), "the agent to be free again")


async def test_freezing_while_the_agent_is_rung_leads_back_to_the_agent(house: House) -> None:
    await house.is_ready()
    house.line.agents_ring_for_ever = True
    await house.runs()
    call = await house.rings()
    house.line.answers(call)
    await is_so(lambda: house.line.legs[call], "the agent's phone to ring")
    house.line.agents_ring_for_ever = False
    house.line.presses(call, "9")
    await is_so(lambda: house.line.heard(call, "freeze_offer"), "the offer to freeze")
    house.line.presses(call, "1")
    await is_so(lambda: "caller" in house.line.hears[call], "agent and person to be connected")
    assert await house.whole.ask("SELECT state FROM bank_card") == ["frozen"]


async def test_who_is_busy_costs_the_agent_nothing(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs()
    house.line.refuses(await house.rings(), 486)
    await house.ended(campaign, "busy")
    await is_so(lambda: state_is(house, "ready"), "the agent to be free again")


async def test_an_agent_who_does_not_pick_up_is_excused_by_the_safe_message(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs()
    house.line.agents_pick_up = False
    call = await house.rings()
    house.line.answers(call)
    report = await house.ended(campaign, "abandoned")
    assert house.line.heard(call, "bank_call_nobody")
    assert report["abandoned"] == 1
    await is_so(lambda: state_is(house, "not-ready"), "the agent to be not ready")


async def test_predictive_without_a_free_agent_plays_the_safe_message_and_no_more(
    house: House,
) -> None:
    await house.is_ready()
    campaign = await house.runs(mode="predictive")
    call = await house.rings()
    assert await house.agent_state() == "ready"
    await house.ask(
        house.agent, "POST", "/agents/me/state", {"state": "not-ready", "reason": "break"}
    )
    house.line.answers(call)
    await house.ended(campaign, "abandoned")
    prompts = {piece.partition("/")[2].partition(".")[0] for piece in house.line.said[call]}
    assert prompts == {"bank_call_nobody", "bank_call_goodbye"}


async def test_predictive_takes_the_agent_who_is_free_when_somebody_answers(house: House) -> None:
    await house.is_ready()
    await house.runs(mode="predictive")
    call = await house.rings()
    house.line.answers(call)
    await is_so(lambda: "caller" in house.line.hears[call], "agent and person to be connected")
    assert await house.agent_state() == "talking"


async def test_the_kill_switch_takes_back_what_rings(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs(people=2)
    call = await house.rings()
    told = await house.ask(house.lead, "POST", "/campaigns/stop", {"reason": "a wrong list"})
    assert told["stopped"] == [campaign]
    await house.ended(campaign, "cancelled")
    assert house.line.over[call] == "taken back"
    await is_so(lambda: state_is(house, "ready"), "the agent to be free again")
    assert len(house.line.numbers) == 1


async def test_one_is_noted_and_the_person_rings_the_hotline(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs()
    call = await house.rings()
    house.line.agents_pick_up = False
    house.line.answers(call)
    house.line.presses(call, "1")
    await house.ended(campaign, "will-ring")
    assert house.line.heard(call, "bank_call_will_ring")


async def test_six_sends_a_proof_to_the_registered_phone(house: House) -> None:
    await house.is_ready()
    await house.runs()
    call = await house.rings()
    house.line.answers(call)
    house.line.presses(call, "6")
    await is_so(lambda: house.line.heard(call, "bank_call_proof_sent"), "the word about the proof")
    assert await house.whole.ask("SELECT template FROM sms_outbox") == ["bank_call_proof"]


async def test_nine_and_one_freeze_the_card_of_the_one_who_was_called(house: House) -> None:
    await house.is_ready()
    await house.runs()
    call = await house.rings()
    house.line.agents_pick_up = False
    house.line.answers(call)
    house.line.presses(call, "9")
    house.line.presses(call, "1")
    await is_so(lambda: house.line.heard(call, "card_frozen"), "the word that the card is frozen")
    assert await house.whole.ask("SELECT state FROM bank_card") == ["frozen"]


async def test_a_call_of_the_bank_outlives_the_application(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs()
    call = await house.rings()
    house.line.answers(call)
    await is_so(lambda: "caller" in house.line.hears[call], "agent and person to be connected")
    leg = house.line.legs[call][0]
    running = house.whole.running
    for task in list(running.calls._tasks):
        task.cancel()  # the application is gone; the line holds the call

    line, now = BankLine(), time.time()
    line.said[call], line.hears[call], line.legs[call] = [], {}, [leg]
    up = CallUp(
        call=call,
        from_user="4000000000",
        to_user="x",
        placed=True,
        began=now - 60,
        answered=now - 50,
        legs=(LegUp(leg=leg, target="sip:7001@127.0.0.1:5099", answered=True),),
    )
    line.tell(Hello(line="line-1", sip="127.0.0.1:5060", calls=(up,)))
    services = replace(running.services, line=line)
    calls = Calls(services, running.parts.settings, running.alarms, running.calls.recorder)
    serving = asyncio.create_task(calls.run())
    try:
        await asyncio.wait_for(calls.ready.wait(), 15)
        line.presses(call, "8")
        await is_so(lambda: withdrawals(house), "the withdrawal, in the talk that went on")
        line.leaves(call)
        await house.ended(campaign, "withdrawn")
        await is_so(lambda: state_is(house, "wrap-up"), "the wrap-up")
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def withdrawals(house: House) -> list[str]:
    return await house.whole.ask("SELECT kind FROM journal WHERE kind = 'outreach.withdrawn'")


async def test_a_preview_is_dialled_by_the_agent_and_closed_after_the_opening(house: House) -> None:
    campaign, path, call = await talks_after_a_preview(house)
    early = await house.agent.post(f"{path}/disposition", json={"disposition": "done"})
    assert early.status_code == 409
    assert (await house.agent.post(f"{path}/opening")).status_code == 200
    closed = await house.agent.post(f"{path}/disposition", json={"disposition": "done"})
    assert closed.status_code == 200
    house.line.leaves(call)
    report = await house.ended(campaign, "talked")
    assert report["dispositions"] == {"done": 1}


async def test_what_somebody_complained_of_is_on_the_list_of_tasks_with_its_call(
    house: House,
) -> None:
    _, path, call = await talks_after_a_preview(house)
    assert (await house.agent.post(f"{path}/opening")).status_code == 200
    said = {"disposition": "complained", "note": "一天来了三次电话"}
    assert (await house.agent.post(f"{path}/disposition", json=said)).status_code == 200
    (task,) = await house.ask(house.lead, "GET", "/tasks?whose=all")
    assert (task["matter"], task["interaction"]) == ("complaint", path.rpartition("/")[2])
    assert "一天来了三次电话" in task["what"]
    taken = await house.ask(house.lead, "POST", f"/tasks/{task['id']}/done", {"result": "已答复"})
    assert taken["done_at"]
    house.line.leaves(call)


async def talks_after_a_preview(house: House) -> tuple[str, str, str]:
    """Preview, dial and be connected; returns the campaign, the call's address, and the call."""
    await house.is_ready()
    campaign = await house.runs(mode="preview", opening="read")
    seen = await house.ask(house.agent, "POST", f"/campaigns/{campaign}/preview")
    assert seen["phone"] == "154****0001"
    dialled = await house.ask(house.agent, "POST", f"/campaigns/entries/{seen['entry']}/dial")
    assert dialled["dialled"]
    call = await house.rings()
    house.line.answers(call)
    await is_so(lambda: "caller" in house.line.hears[call], "agent and person to be connected")
    assert not house.line.heard(call, "bank_call_hello")  # the agent reads it
    return campaign, f"/api/v1/campaigns/calls/{dialled['interaction']}", call
