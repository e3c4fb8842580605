"""An agent's work around a real call: screen, claim, look, wrap-up, tasks, the polite end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.desk import kinds
from tests.journeys.people import Stage
from tests.journeys.program import until
from tests.journeys.test_holding import with_agent

Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]


def codes(words: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in words]


async def id_of(stage: Stage, holder: dict[str, Any]) -> str:
    """Return the id of a holder."""
    shown = await stage.program.ask("holder", "show", holder["phone"])
    return str(shown["holder"]["id"])


async def test_the_screen_is_there_at_the_answer_and_the_work_is_wrapped_up(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    holder = holders()
    own = await id_of(stage, holder)
    agent = await stage.agent(agents_for("limit")[0])
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    await caller.press("3")
    interaction = await with_agent(stage, caller, agent)
    shown = await agent.desk.get(f"/interactions/{interaction}/screen")
    who = shown["who"]
    assert (who["holder"]["id"], who["assurance"]["level"]) == (own, "likely")
    assert codes(who["assurance"]["reasons"]) == ["registered-number"]
    assert ("main", "3") in [(step["node"], step["key"]) for step in shown["path"]]
    assert shown["matter"] == "limit"
    assert len(shown["cards"]) == 1
    whole = str(shown)
    assert holder["phone"] not in whole
    assert holder["query_password"] not in whole
    looked = await agent.desk.post(
        f"/interactions/{interaction}/unmask", field="phone", reason="客户请我们复述登记的号码"
    )
    assert looked["value"] == holder["phone"]

    path = f"/interactions/{interaction}/wrap-up"
    due = datetime.now(UTC) + timedelta(hours=2)
    saved = await agent.desk.put(
        path,
        version=0,
        matter="limit",
        outcome="promised",
        summary="客户询问临时额度，答应回电告知结果。",
        anything_else_asked=True,
        read_back_confirmed=True,
        promises=[{"what": "回电告知审批结果", "due_at": due.isoformat()}],
    )
    assert codes(saved["missing"]) == ["still-talking"]
    await caller.hang_up()
    await agent.becomes("wrap-up")
    done = await agent.desk.post(f"{path}/complete", version=1)
    assert done["allowed"], done
    await agent.becomes("ready")
    tasks = await agent.desk.get("/tasks")
    assert [one["what"] for one in tasks if one["interaction"] == interaction] == [
        "回电告知审批结果"
    ]
    told = await caller.interaction()
    assert {"desk.unmasked", "desk.wrapped-up", "task.opened"} <= set(kinds(told))


async def test_a_claim_reaches_the_call_so_that_keys_are_judged_for_that_holder(
    stage: Stage, holders: Holders, strangers: Strangers, agents_for: AgentsFor
) -> None:
    holder = holders()
    own = await id_of(stage, holder)
    agent = await stage.agent(agents_for("limit")[0])
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.press("3")
    interaction = await with_agent(stage, caller, agent)
    assert (await agent.desk.get(f"/interactions/{interaction}/screen"))["who"]["holder"] is None
    found = await agent.desk.get("/holders", phone=holder["phone"])
    assert [one["id"] for one in found["holders"]] == [own]
    await agent.desk.post(f"/interactions/{interaction}/claim", holder=own)
    who = (await agent.desk.get(f"/interactions/{interaction}/screen"))["who"]
    assert (who["holder"]["id"], who["assurance"]["level"]) == (own, "claimed")
    await agent.desk.post(f"/calls/{interaction}/transfer", matter="general")
    await caller.press("9")  # what the call keeps from now on must not forget the claim
    await caller.hears("freeze_by_tails|freeze_offer|freeze_offer_more")
    await caller.hang_up()
    assert (await caller.closed())["holder"] == own


async def test_a_polite_end_closes_no_door_to_freezing(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for("limit")[0])
    number = strangers()
    caller = await stage.caller(number)
    await caller.choose("zh")
    await caller.press("3")
    interaction = await with_agent(stage, caller, agent)
    end = f"/interactions/{interaction}/polite-end"
    calm = {"freeze_asked": False, "complaint_asked": False}
    assert codes((await agent.desk.post(end, **calm))["verdict"]["reasons"]) == ["not-warned"]
    await agent.desk.post(
        f"/interactions/{interaction}/warnings", category="abuse", words="（辱骂）"
    )
    early = await agent.desk.post(end, **calm)
    assert codes(early["verdict"]["reasons"]) == ["warned-too-recently"]

    async def ended() -> bool:
        return bool((await agent.desk.post(end, **calm))["allowed"])

    await until(ended, within=60, every=1.0, what="the polite end")
    await agent.becomes("wrap-up")
    told = await caller.closed()
    assert told["outcome"] == "ended"
    assert "desk.polite-end" in kinds(told)

    again = await stage.caller(number)
    await again.press("9")
    await again.hears("freeze_by_tails")
