"""The bank calls, over a pretended line: opening, keys, the agent, the switch, and nobody free."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from tests.actions.bank_line import BankLine
from tests.actions.campaign_floor import Bank
from tests.actions.test_softphone import until
from tests.actions.whole_application import Whole, whole_application

WHENEVER = {"opens": "00:00:00", "closes": "23:59:59"}
"""Alerts pass the gate at any hour, and so do these tests."""


@dataclass
class House:
    """The application, its line, and those who serve."""

    whole: Whole
    line: BankLine
    bank: Bank
    lead: httpx.AsyncClient
    agent: httpx.AsyncClient

    async def ask(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
        answer = await client.request(method, f"/api/v1{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def runs(self, people: int = 1, **more: Any) -> str:
        """Make a campaign of alerts for new holders and start it; returns its id."""
        body = {"name": "alerts", "kind": "alert", "hold_out": 0, **WHENEVER, **more}
        campaign = await self.ask(self.lead, "POST", "/campaigns", body)
        holders = await self.bank.holders(people)
        rows = [f"{holder},4821,12.00,shop" for holder in holders]
        text = "\n".join(["holder_id,tail,amount,merchant", *rows])
        path = f"/campaigns/{campaign['id']}"
        listed = await self.ask(self.lead, "POST", f"{path}/list", {"csv": text})
        assert listed["added"] == people
        started = await self.ask(self.lead, "POST", f"{path}/start")
        assert started["allowed"], started
        return str(campaign["id"])

    async def is_ready(self, client: httpx.AsyncClient | None = None) -> None:
        client = client or self.agent
        phone = "sip:7001@127.0.0.1:5099"
        for body in ({"state": "logged-in", "phone": phone}, {"state": "ready"}):
            await self.ask(client, "POST", "/agents/me/state", body)

    async def rings(self, number: int = 1) -> str:
        """Wait until the holder's phone rings; returns the call."""
        found: str = await until(
            lambda: self.line.call_to(f"154{number:08d}"), f"a call to holder {number}"
        )
        return found

    async def report(self, campaign: str) -> Any:
        return await self.ask(self.lead, "GET", f"/campaigns/{campaign}")

    async def ended(self, campaign: str, outcome: str) -> Any:
        """Wait until a try has ended in this way; returns the report."""

        async def has_ended() -> Any:
            report = await self.report(campaign)
            return report if report["outcomes"].get(outcome) else None

        return await until(has_ended, f"a try that ended as {outcome}")

    async def agent_state(self) -> str:
        return str((await self.ask(self.agent, "GET", "/agents/me/state"))["state"])


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    line = BankLine()
    line.opens()
    async with whole_application(
        database_url, tmp_path, line=line, trunk="sip:{number}@127.0.0.1:5080"
    ) as whole:
        running = whole.running
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(running.calls.run()),
            asyncio.create_task(running.dialler.run()),
        ]
        database = running.parts.database
        assert isinstance(database, Database)
        assert isinstance(running.parts.bank, EmbeddedCoreBank)
        bank = Bank(database, bank=running.parts.bank)
        try:
            await asyncio.wait_for(running.calls.ready.wait(), 15)
            async with whole.client("lead") as lead, whole.client("agent") as agent:
                yield House(whole, line, bank, lead, agent)
        finally:
            for task in [*tasks, *running.calls._tasks]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def is_so(look: Callable[[], Any | Awaitable[Any]], what: str) -> None:
    await until(look, what)


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


async def state_is(house: House, state: str) -> bool:
    return await house.agent_state() == state


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
    found = await house.whole.ask("SELECT kind FROM journal WHERE kind = 'outreach.withdrawn'")
    assert found == ["outreach.withdrawn"]
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


async def test_a_preview_is_dialled_by_the_agent_and_closed_after_the_opening(house: House) -> None:
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
    path = f"/api/v1/campaigns/calls/{dialled['interaction']}"
    early = await house.agent.post(f"{path}/disposition", json={"disposition": "done"})
    assert early.status_code == 409
    assert (await house.agent.post(f"{path}/opening")).status_code == 200
    closed = await house.agent.post(f"{path}/disposition", json={"disposition": "done"})
    assert closed.status_code == 200
    house.line.leaves(call)
    report = await house.ended(campaign, "talked")
    assert report["dispositions"] == {"done": 1}
