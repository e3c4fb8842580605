"""A campaign over the real line: one wants no such calls, one talks with the agent (D2 to D4)."""

import asyncio
from collections.abc import Callable
from typing import Any

from cardline.sim.phone import Phone
from tests.journeys.people import AGENT_HZ, OUTSIDE_HZ, Heard, Stage
from tests.journeys.program import until

Holders = Callable[..., dict[str, Any]]
AgentsFor = Callable[..., list[dict[str, Any]]]


async def test_one_hears_the_opening_and_presses_eight_and_one_is_connected_to_the_agent(
    stage: Stage, agents_for: AgentsFor, holders: Holders, outside: Phone
) -> None:
    agent = await stage.agent(agents_for()[0])
    people = [holders(where=lambda one: one["language"] == "zh") for _ in range(2)]
    path = f"/campaigns/{await made(stage, people)}"
    assert (await stage.lead.post(f"{path}/start"))["allowed"]

    first = await outside.next_call(within=15)
    assert first.user == "4000000000"
    await first.answered(within=10)
    ear = Heard(first)
    await ear.piece("zh/bank_call_hello.0")
    await ear.piece("zh/bank_call_purpose_alert.0")
    await first.press("8")
    await ear.piece("zh/bank_call_stopped.0")
    assert await first.over(within=10) == "remote"

    second = await outside.next_call(within=20)
    await second.answered(within=10)
    heard = Heard(second)
    for piece in ("hello", "purpose_alert", "staff", "length", "keys"):
        await heard.piece(f"zh/bank_call_{piece}.0")
    talk = await agent.rings(within=20)
    await talk.answered(within=10)
    await asyncio.gather(heard.person(AGENT_HZ), Heard(talk).person(OUTSIDE_HZ))
    await second.hang_up()
    await agent.becomes("wrap-up")

    async def whole() -> Any:
        report = await stage.lead.get(path)
        return report if report["campaign"]["state"] == "done" else None

    report = await until(whole, within=15, what="the end of the campaign", every=0.3)
    assert report["outcomes"] == {"withdrawn": 1, "talked": 1}
    assert (report["answered"], report["abandoned"], report["unopened"]) == (2, 0, 0)


async def made(stage: Stage, people: list[dict[str, Any]]) -> str:
    """Make a campaign for these people; alerts pass the gate at any hour. Returns its id."""
    campaign = await stage.lead.post(
        "/campaigns",
        name="alerts",
        kind="alert",
        hold_out=0,
        opens="00:00:00",
        closes="23:59:59",
    )
    rows = [f"{one['phone']},{one['cards'][0]['tail']},12.00,shop" for one in people]
    text = "\n".join(["phone,tail,amount,merchant", *rows])
    listed = await stage.lead.post(f"/campaigns/{campaign['id']}/list", csv=text)
    assert listed["added"] == 2, listed
    return str(campaign["id"])
