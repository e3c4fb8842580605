"""Keys on an agent's request: proven, and heard, seen and kept by nobody (rows A2, E5)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cardline.sim.phone import NEVER
from tests.journeys.captures import keys_in
from tests.journeys.desk import line_of, texts
from tests.journeys.people import (
    AGENT_HZ,
    CALLER_HZ,
    LEAD_HZ,
    Agent,
    Heard,
    Stage,
    only_hears,
    talks,
)
from tests.journeys.program import until
from tests.journeys.recordings import recording_of
from tests.journeys.test_holding import card_of, keyed
from tests.journeys.test_query_password import code_sent_to, kept_nowhere

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
WRONG = "918273"


async def asks(agent: Agent, what: str) -> None:
    """Send the caller to the keys."""
    await agent.control("entry", what=what)


async def ends(agent: Agent) -> tuple[str, str]:
    """Wait until the entry is over; returns its state and reason."""

    async def over() -> dict[str, Any] | None:
        entry: dict[str, Any] = (await agent.desk.get("/calls/mine"))["entry"]
        return entry if entry["state"] != "waiting" else None

    entry = await until(over, within=15, what="the end of the entry")
    return entry["state"], entry["reason"]


async def test_a_password_is_entered_unheard_unseen_and_unrecorded_and_opens_what_it_should(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    holder = holders()
    password = holder["query_password"]
    agent = await stage.agent(agents_for()[0])
    caller, ear = await talks(stage, holder["phone"], agent)
    interaction = (await agent.now())["interaction"]
    card = f"/interactions/{interaction}/cards/{await card_of(stage, holder)}"
    plausible = "说出了姓名、账单日和最近三笔消费"
    assert (await agent.desk.post(f"{card}/hold", plausible=plausible))["allowed"]
    assert not (await agent.desk.post(f"{card}/release"))["allowed"]
    await asks(agent, "query_password")
    await caller.hears("ask_query_password")
    shown = (await agent.desk.get("/calls/mine"))["entry"]
    assert shown == {"what": "query_password", "state": "waiting", "reason": ""}
    ear.forget()
    ear.call.received.keys.clear()  # the last packets of the key that led here
    pressed = asyncio.create_task(caller.press(password))
    await only_hears(ear)
    await pressed
    assert ear.call.received.keys == []
    assert await ends(agent) == ("correct", "")
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))
    assert ear.call.received.keys == []
    told = await caller.interaction()
    assert {proof["factor"] for proof in told["proofs"]} == {"registered_number", "query_password"}
    asked = line_of(told, "call.keys-asked")
    assert asked["what"] == "query_password"
    assert asked["by"].endswith(agent.number)
    assert line_of(told, "call.keys-ended")["result"] == "correct"
    assert (await agent.desk.post(f"{card}/release"))["allowed"]  # two factors now

    worker = stage.program.process_of("sip.recording.worker")
    worker.suspend()  # it takes the capture away when the recording is made
    try:
        await caller.hang_up()
        await caller.closed()
        captured = await until(
            lambda: keys_in(stage.program.home / "spool"), within=15, what="the capture"
        )
        assert all(password not in keys for keys in captured.values()), captured
    finally:
        worker.resume()
    told = await caller.closed(recorded=True)
    assert recording_of(stage.program, told).seconds > 2
    since_asked = told["timeline"][told["timeline"].index(line_of(told, "call.keys-asked")) :]
    assert not any("key" in line for line in since_asked)
    kept_nowhere(stage, password)


async def test_wrong_keys_are_told_to_both_and_count_as_on_the_hotline(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    holder = holders()
    agent = await stage.agent(agents_for()[0])
    caller, ear = await talks(stage, holder["phone"], agent)
    for _ in range(2):
        await asks(agent, "query_password")
        await caller.hears("ask_query_password")
        await caller.press(WRONG)
        await caller.hears("query_password_wrong")
        assert await ends(agent) == ("wrong", "")
    await asks(agent, "query_password")
    await caller.hears("ask_query_password")
    await caller.press(WRONG)
    await caller.hears("query_password_locked")
    assert await ends(agent) == ("wrong", "locked")
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))


async def test_a_code_is_sent_first_and_proves_the_phone(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    holder = holders()
    agent = await stage.agent(agents_for()[0])
    caller, _ = await talks(stage, holder["phone"], agent)
    await asks(agent, "one_time_code")
    await caller.hears("code_sent", "ask_code")
    code = await code_sent_to(stage, holder)
    await caller.press(code + "#")
    assert await ends(agent) == ("correct", "")
    factors = {proof["factor"] for proof in (await caller.interaction())["proofs"]}
    assert "one_time_code" in factors
    await caller.ear.person(AGENT_HZ)


async def test_from_a_strange_phone_the_tails_say_whom_the_call_is_about_and_then_the_password(
    stage: Stage, holders: Holders, strangers: Strangers, agents_for: AgentsFor
) -> None:
    holder = holders()
    agent = await stage.agent(agents_for()[0])
    caller, ear = await talks(stage, strangers(), agent)
    interaction = (await agent.now())["interaction"]
    early = await agent.desk.attempt(f"/calls/{interaction}/entry", what="query_password")
    assert early.status_code == 409
    await asks(agent, "tails")
    await caller.hears("ask_card_tail")
    await caller.press(holder["cards"][0]["tail"])
    await caller.hears("ask_id_tail")
    await caller.press(keyed(holder["id_tail"]))
    assert await ends(agent) == ("correct", "")
    told = await caller.interaction()
    shown = await stage.program.ask("holder", "show", holder["phone"])
    assert told["holder"] == shown["holder"]["id"]
    await asks(agent, "query_password")
    await caller.hears("ask_query_password")
    await caller.press(holder["query_password"])
    assert await ends(agent) == ("correct", "")
    factors = {proof["factor"] for proof in (await caller.interaction())["proofs"]}
    assert factors == {"card_and_id_tails", "query_password"}
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))


@pytest.mark.parametrize("how", ["hash", "silence", "agent"])
async def test_whoever_does_not_know_it_talks_again(
    stage: Stage, holders: Holders, agents_for: AgentsFor, how: str
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller, ear = await talks(stage, holders()["phone"], agent)
    await asks(agent, "query_password")
    await caller.hears("ask_query_password")
    if how == "hash":
        await caller.press("#")
        expected = ("cancelled", "declined")
    elif how == "silence":
        await caller.hears("ask_query_password")  # once more, and then no more
        expected = ("cancelled", "time-out")
    else:
        await agent.control("entry/cancel")
        expected = ("cancelled", "agent")
    assert await ends(agent) == expected
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))


async def test_an_agent_who_leaves_while_the_caller_is_at_the_keys_leaves_nobody_deaf(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller, _ = await talks(stage, holders()["phone"], agent)
    await asks(agent, "query_password")
    await caller.hears("ask_query_password")
    await agent.control("hangup")
    await caller.hears("goodbye")
    told = await caller.closed()
    ended = line_of(told, "call.keys-ended")
    assert (ended["result"], ended["reason"]) == ("cancelled", "agent-left")


async def test_a_caller_who_hangs_up_at_the_keys_frees_the_agent(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller, _ = await talks(stage, holders()["phone"], agent)
    await asks(agent, "query_password")
    await caller.hears("ask_query_password")
    await caller.press("12")
    await caller.hang_up()
    await agent.becomes("wrap-up")
    assert (await caller.closed())["outcome"] == "hung-up"


async def test_at_the_keys_nothing_else_is_done_with_the_call_and_no_lead_hears(
    stage: Stage,
    holders: Holders,
    staff: list[dict[str, Any]],
    agents_for: AgentsFor,
) -> None:
    leading = next(one for one in staff if one["role"] == "lead")
    lead = await stage.agent(leading, hz=LEAD_HZ, ready=False)
    agent = await stage.agent(agents_for()[0])
    caller, ear = await talks(stage, holders()["phone"], agent)
    await asks(agent, "query_password")
    await caller.hears("ask_query_password")
    interaction = (await agent.now())["interaction"]
    for verb, body in (
        ("hold", {}),
        ("transfer", {"matter": "limit"}),
        ("entry", {"what": "tails"}),
    ):
        refused = await agent.desk.attempt(f"/calls/{interaction}/{verb}", **body)
        assert refused.status_code == 409, verb
    await lead.desk.post(f"/calls/{interaction}/listen")
    rung = await lead.rings()
    await rung.answered(within=10)
    await lead.becomes("talking")
    lead_ear = Heard(rung)
    await asyncio.gather(only_hears(lead_ear), only_hears(ear))
    await agent.control("entry/cancel")
    await asyncio.gather(ear.person(CALLER_HZ), lead_ear.person(CALLER_HZ))


async def test_a_caller_who_talks_alone_is_not_sent_to_the_keys(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0], policy=NEVER)
    caller = await stage.caller(holders()["phone"])
    await caller.press("0")
    await agent.rings()
    waiting = (await caller.interaction())["id"]
    refused = await agent.desk.attempt(f"/calls/{waiting}/entry", what="query_password")
    assert refused.status_code == 409
    assert all("密码" not in said for said in texts(await caller.interaction()))
