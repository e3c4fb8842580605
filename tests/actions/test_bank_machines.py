"""The bank calls and listens: a person is spoken to, a machine is not, whoever errs is counted."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.actions.bank_house import House, bank_house, is_so, state_is


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with bank_house(database_url, tmp_path) as house:
        yield house


async def answered(house: House, machines: str, **more: Any) -> tuple[str, str]:
    """Run a campaign and have its one callee answer; returns campaign and call."""
    await house.is_ready()
    campaign = await house.runs(machines=machines, **more)
    call = await house.rings()
    house.line.answers(call)
    return campaign, call


async def judgement(house: House) -> Any:
    return await house.whole.ask(
        "SELECT judged || ' ' || array_to_string(judged_why, ' ') FROM campaign_attempt"
    )


def said(house: House, call: str) -> set[str]:
    return {piece.partition("/")[2].partition(".")[0] for piece in house.line.said[call]}


async def test_nobody_is_listened_to_unless_the_campaign_says_so(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs()
    call = await house.rings()
    assert house.line.listens[call] == [0.0]
    house.line.answers(call)
    await is_so(lambda: house.line.heard(call, "bank_call_hello"), "the opening")
    assert (await house.report(campaign))["campaign"]["machines"] == "ignore"


async def test_a_short_hello_brings_the_opening_and_the_agent(house: House) -> None:
    campaign, call = await answered(house, "hang-up")
    assert house.line.listens[call][0] > 0
    house.line.says(call, "speech", 0.0)
    house.line.says(call, "speech", 0.0, 0.3)
    await is_so(lambda: "caller" in house.line.hears[call], "agent and person to be connected")
    assert house.line.heard(call, "bank_call_hello")
    assert house.line.listens[call][-1] == 0.0
    assert await judgement(house) == ["person short-hello"]
    house.line.leaves(call)
    report = await house.ended(campaign, "talked")
    assert (report["answered"], report["machines"]) == (1, 0)


async def test_who_says_nothing_is_spoken_to_in_time_though_the_line_hears_nothing(
    house: House,
) -> None:
    _, call = await answered(house, "message")
    assert not house.line.said[call]
    await is_so(lambda: house.line.heard(call, "bank_call_hello"), "the opening")
    assert await judgement(house) == ["unknown nothing-said"]
    after = await house.whole.ask("SELECT judged_after FROM campaign_attempt")
    policy = house.whole.running.services.campaigns.machines.rule
    assert policy.wait <= after[0] < policy.wait + 1.5


async def test_a_machine_is_hung_up_on_without_a_word_and_its_agent_is_free(house: House) -> None:
    campaign, call = await answered(house, "hang-up")
    await is_so(lambda: state_is(house, "talking"), "the agent to be held")
    house.line.says(call, "tone", 0.0)
    house.line.says(call, "tone", 0.0, 0.4)
    report = await house.ended(campaign, "machine")
    assert house.line.said[call] == []
    assert house.line.over[call] == "ended"
    assert await judgement(house) == ["machine tone"]
    assert (report["answered"], report["abandoned"], report["machines"]) == (0, 0, 1)
    assert report["reckoned_abandoned"] > 0
    await is_so(lambda: state_is(house, "ready"), "the agent to be free")
    told = await house.whole.ask("SELECT outcome FROM outreach_contact WHERE channel = 'call'")
    assert told == ["unanswered"]
    entry = await house.whole.ask("SELECT state || ' ' || outcome FROM campaign_entry")
    assert entry == ["waiting machine"]  # another try in another part of the day
    kinds = await house.whole.ask(
        "SELECT kind FROM journal WHERE kind LIKE 'campaign.%' ORDER BY 1"
    )
    assert "campaign.judged" in kinds


async def test_the_message_is_left_after_the_tone_and_says_nothing_private(house: House) -> None:
    campaign, call = await answered(house, "message")
    house.line.says(call, "tone", 0.0)
    await is_so(lambda: len(house.line.listens[call]) == 2, "the wait for the end of the tone")
    await is_so(lambda: state_is(house, "ready"), "the agent to be free while we wait")
    assert house.line.said[call] == []
    house.line.says(call, "tone", 0.0, 0.5)
    await house.ended(campaign, "machine")
    assert said(house, call) == {"bank_call_machine"}
    left = await house.whole.ask("SELECT message_left_at IS NOT NULL FROM campaign_attempt")
    assert left == [True]
    entry = await house.whole.ask("SELECT state || ' ' || outcome FROM campaign_entry")
    assert entry == ["done machine"]  # who has the message is not called again


async def test_a_machine_that_hangs_up_before_its_tone_has_no_message(house: House) -> None:
    campaign, call = await answered(house, "message")
    house.line.says(call, "tone", 0.0)
    await is_so(lambda: len(house.line.listens[call]) == 2, "the wait for the end of the tone")
    house.line.leaves(call)
    await house.ended(campaign, "machine")
    assert await house.whole.ask("SELECT message_left_at FROM campaign_attempt") == [None]
    assert await house.whole.ask("SELECT state FROM campaign_entry") == ["waiting"]


async def test_a_key_shows_that_it_is_a_person_who_is_excused_and_counted_as_abandoned(
    house: House,
) -> None:
    campaign, call = await answered(house, "message")
    house.line.says(call, "tone", 0.0)
    await is_so(lambda: len(house.line.listens[call]) == 2, "the wait for the end of the tone")
    house.line.presses(call, "5")
    report = await house.ended(campaign, "abandoned")
    assert house.line.heard(call, "bank_call_nobody")
    assert not house.line.heard(call, "bank_call_machine")
    assert (report["answered"], report["abandoned"], report["machines"]) == (1, 1, 0)
    told = await house.whole.ask("SELECT outcome FROM outreach_contact WHERE channel = 'call'")
    assert told == ["abandoned"]  # and so the gate lets nobody call again for 72 hours
    assert await house.whole.ask("SELECT kind FROM journal WHERE kind = 'campaign.misjudged'") == [
        "campaign.misjudged"
    ]


async def test_freezing_works_while_we_listen_and_where_we_took_a_person_for_a_machine(
    house: House,
) -> None:
    _, call = await answered(house, "message")
    house.line.says(call, "tone", 0.0)
    await is_so(lambda: len(house.line.listens[call]) == 2, "the wait for the end of the tone")
    house.line.presses(call, "9")
    await is_so(lambda: house.line.heard(call, "freeze_offer"), "the offer to freeze")
    house.line.presses(call, "1")
    await is_so(lambda: house.line.heard(call, "card_frozen"), "the word that the card is frozen")
    assert await house.whole.ask("SELECT state FROM bank_card") == ["frozen"]


async def test_without_an_agent_the_safe_message_waits_for_no_listening(house: House) -> None:
    await house.is_ready()
    campaign = await house.runs(mode="predictive", machines="message")
    call = await house.rings()
    await house.ask(
        house.agent, "POST", "/agents/me/state", {"state": "not-ready", "reason": "break"}
    )
    house.line.answers(call)
    await house.ended(campaign, "abandoned")
    assert said(house, call) == {"bank_call_nobody", "bank_call_goodbye"}
    assert await house.whole.ask("SELECT judged FROM campaign_attempt") == [None]


async def test_campaigns_of_messages_listen_to_nobody(house: House) -> None:
    body = {"name": "by message", "kind": "alert", "channel": "sms", "machines": "message"}
    made = await house.ask(house.lead, "POST", "/campaigns", body)
    assert made["machines"] == "ignore"
    refused = await house.lead.post("/api/v1/campaigns", json={**body, "machines": "shout"})
    assert refused.status_code == 422
