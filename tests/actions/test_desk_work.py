"""Wrap-up and tasks: no typed word is lost, nothing promised is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.ids import AgentId, InteractionId
from cardline.core.live import CHANNEL, told_of
from cardline.desk.interactions import actions as desk
from cardline.desk.work import sweeping
from tests.actions.routing_floor import after
from tests.actions.workplace import DESK, Workplace, open_workplace
from tests.store.ledger_fixture import HOLDER

WRAP_UP = "/interactions/i1/wrap-up"
FULL: dict[str, Any] = {
    "matter": "limit",
    "outcome": "promised",
    "summary": "客户询问临时额度，已说明规则并答应回电。",
    "anything_else_asked": True,
    "read_back_confirmed": True,
    "promises": [{"what": "回电告知审批结果", "due_at": after(7200).isoformat()}],
}


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Workplace]:
    async with open_workplace(database) as place:
        yield place


def codes(words: list[dict[str, str]]) -> list[str]:
    return [one["code"] for one in words]


async def save(place: Workplace, version: int, **draft: Any) -> tuple[int, Any]:
    return await place.ask("PUT", WRAP_UP, {**draft, "version": version})


# ---------------------------------------------------------------- wrap-up


async def test_a_draft_is_saved_while_it_is_typed_and_says_what_it_lacks(place: Workplace) -> None:
    await place.call("i1")
    empty = await place.told("GET", WRAP_UP)
    assert (empty["version"], empty["summary"]) == (0, "")
    status, first = await save(place, 0, summary="客户问")
    assert (status, first["version"]) == (200, 1)
    status, second = await save(place, 1, matter="limit", summary="客户问临时额度怎么办理")
    assert (second["version"], second["summary"]) == (2, "客户问临时额度怎么办理")
    assert codes(second["missing"]) == [
        *("still-talking", "outcome-missing", "anything-else-not-asked", "read-back-not-confirmed")
    ]
    assert await place.told("GET", WRAP_UP) == second


async def test_a_stale_page_overwrites_nothing(place: Workplace) -> None:
    await place.call("i1")
    await save(place, 0, summary="第一句")
    await save(place, 1, summary="第一句，第二句")
    status, refused = await save(place, 1, summary="另一页的话")
    assert (status, refused["code"]) == (409, "stale-version")
    assert (await save(place, 0, summary="从头"))[1]["code"] == "stale-version"
    assert (await place.told("GET", WRAP_UP))["summary"] == "第一句，第二句"


async def test_saving_the_same_again_after_a_lost_answer_changes_nothing(place: Workplace) -> None:
    await place.call("i1")
    for _ in range(2):
        assert (await save(place, 0, **FULL))[1]["version"] == 1
    for _ in range(2):
        assert (await save(place, 1, **{**FULL, "summary": "改过的小结，足够长的"}))[1][
            "version"
        ] == 2


async def test_of_two_pages_that_save_at_once_one_is_told(place: Workplace) -> None:
    await place.call("i1")
    answers = await asyncio.gather(save(place, 0, summary="甲"), save(place, 0, summary="乙"))
    assert sorted(status for status, _ in answers) == [200, 409]


async def test_secrets_are_masked_while_typing_and_who_asks_for_one_is_flagged_once(
    place: Workplace,
) -> None:
    await place.call("i1")
    _, saved = await save(place, 0, summary="卡号 4111111111111111。请把验证码发给我")
    assert "4111111111111111" not in saved["summary"]
    assert (saved["masked"], saved["asks"]) == (["card_number"], ["one_time_code"])
    assert "asks-for-secret" in codes(saved["missing"])
    await save(place, 1, summary="请把验证码发给我，谢谢")
    assert (await place.kinds("i1")).count("desk.asked-for-secret") == 1


async def test_completing_makes_tasks_of_promises_and_ends_the_wrap_up(place: Workplace) -> None:
    await place.call("i1")
    await save(place, 0, **FULL)
    await place.hangs_up("i1", at=60)
    assert (await place.floor.state(AgentId("a1"), at=90)).name == "wrap-up"
    done = await place.told("POST", f"{WRAP_UP}/complete", {"version": 1})
    assert (done["allowed"], done["verdict"]["reasons"], done["pause_seconds"]) == (True, [], None)
    (task,) = done["tasks"]
    assert (task["kind"], task["what"], task["agent"], task["holder"], task["overdue"]) == (
        *("promise", "回电告知审批结果", "a1", "h1", False),
    )
    assert (await place.floor.state(AgentId("a1"), at=101)).name == "ready"
    kinds = await place.kinds("i1")
    assert [kind for kind in kinds if kind in ("desk.wrapped-up", "task.opened")] == [
        *("desk.wrapped-up", "task.opened")
    ]
    again = await place.told("POST", f"{WRAP_UP}/complete", {"version": 1})
    assert (again["allowed"], again["tasks"]) == (True, [])
    status, refused = await save(place, 1, summary="后来想起来的话")
    assert (status, refused["code"]) == (409, "wrap-up-completed")


async def test_what_is_missing_is_told_and_nothing_is_completed(place: Workplace) -> None:
    await place.call("i1")
    await place.hangs_up("i1")
    status, answer = await place.ask("POST", f"{WRAP_UP}/complete", {"version": 0})
    assert (status, answer["allowed"]) == (200, False)
    assert codes(answer["verdict"]["reasons"])[:2] == ["matter-missing", "outcome-missing"]
    assert all(one["zh"] and one["en"] for one in answer["verdict"]["reasons"])
    assert "desk.wrapped-up" not in await place.kinds("i1")
    await save(place, 0, **FULL)
    assert (await place.ask("POST", f"{WRAP_UP}/complete", {"version": 0}))[0] == 409


async def test_each_agent_who_took_part_writes_his_own(place: Workplace) -> None:
    await place.call("i1")
    await place.floor.agent("a2", "account")
    await place.joins("i1", "a2")
    await save(place, 0, summary="我的")
    await place.told("PUT", WRAP_UP, {"version": 0, "summary": "同事的"}, who="agent:a2")
    both = await place.told("GET", "/interactions/i1/wrap-ups", who="quality")
    assert [(one["agent"], one["summary"]) for one in both] == [("a1", "我的"), ("a2", "同事的")]


async def test_completing_leaves_a_later_wrap_up_alone(place: Workplace) -> None:
    await place.call("i1")
    await place.hangs_up("i1", at=20)
    await place.floor.ask(AgentId("a1"), "set-ready", at=21)  # type: ignore[arg-type]
    await place.call("i2")
    await place.hangs_up("i2", at=95)
    await save(place, 0, **FULL)
    assert (await place.told("POST", f"{WRAP_UP}/complete", {"version": 1}))["allowed"]
    assert (await place.floor.state(AgentId("a1"), at=101)).name == "wrap-up"


# ---------------------------------------------------------------- what was left


async def sweep(place: Workplace, at: float) -> int:
    async with place.services.database.transaction() as tx:
        return await sweeping.sweep(tx, policy=DESK, at=after(at))


async def test_a_wrap_up_whose_time_ran_out_stays_as_a_task_until_it_is_completed(
    place: Workplace,
) -> None:
    await place.call("i1")
    await place.hangs_up("i1", at=60)
    assert await sweep(place, 149) == 0
    assert await sweep(place, 151) == 1
    assert await sweep(place, 152) == 0
    (task,) = await place.told("GET", "/tasks")
    assert (task["kind"], task["agent"], task["interaction"]) == ("wrap-up", "a1", "i1")
    status, refused = await place.ask("POST", f"/tasks/{task['id']}/done", {})
    assert (status, refused["code"]) == (409, "done-elsewhere")
    await save(place, 0, **FULL)
    await place.told("POST", f"{WRAP_UP}/complete", {"version": 1})
    assert [one["kind"] for one in await place.told("GET", "/tasks")] == ["promise"]
    assert await sweep(place, 200) == 0


async def test_what_was_wrapped_up_in_time_leaves_no_task(place: Workplace) -> None:
    await place.call("i1")
    await place.hangs_up("i1", at=60)
    await save(place, 0, **FULL)
    await place.told("POST", f"{WRAP_UP}/complete", {"version": 1})
    assert await sweep(place, 300) == 0


async def test_a_call_back_is_wrapped_up_in_the_conversation_that_continues(
    place: Workplace,
) -> None:
    await place.call("i1")
    await place.call("i9", continues="i1")
    await place.joins("i9", "a1")
    await place.hangs_up("i1", at=60)
    await place.hangs_up("i9", at=60)
    await place.told("PUT", "/interactions/i9/wrap-up", {**FULL, "version": 0})
    await place.told("POST", "/interactions/i9/wrap-up/complete", {"version": 1})
    assert (await place.floor.state(AgentId("a1"), at=101)).name == "ready"
    assert await sweep(place, 300) == 0


async def test_a_message_left_is_a_task_of_its_queue_that_somebody_takes(place: Workplace) -> None:
    await place.call("i1")
    await place.floor.agent("a2", "limit")
    async with place.services.database.transaction() as tx:
        await desk.take_message(
            tx,
            InteractionId("i1"),
            number=HOLDER.phone,
            matter="account",
            language="zh",
            from_second=1,
            to_second=9,
            at=after(50),
        )
    assert await sweep(place, 60) == 1
    assert await sweep(place, 61) == 0
    assert await place.told("GET", "/tasks") == []
    (task,) = await place.told("GET", "/tasks?whose=queues")
    assert (task["kind"], task["agent"], task["matter"]) == ("callback", None, "account")
    assert await place.told("GET", "/tasks?whose=queues", who="agent:a2") == []
    taken = await place.told("POST", f"/tasks/{task['id']}/take")
    assert taken["agent"] == "a1"
    again = await place.ask("POST", f"/tasks/{task['id']}/take", who="agent:a2")
    assert again[0] == 409
    await place.told("POST", f"/tasks/{task['id']}/done", {"result": "已回电"})
    assert (await place.ask("POST", f"/tasks/{task['id']}/done", {}))[0] == 409
    assert await sweep(place, 70) == 0
    (done,) = await place.told("GET", "/tasks?done=true")
    assert (done["result"], done["done_by"]) == ("已回电", "1")
    assert [kind for kind in await place.kinds("i1") if kind.startswith("task.")] == [
        *("task.opened", "task.moved", "task.done")
    ]


# ---------------------------------------------------------------- tasks


async def make(place: Workplace, what: str, at: float, who: str = "agent:a1", **more: str) -> str:
    body = {"what": what, "due_at": after(at).isoformat(), **more}
    return str((await place.told("POST", "/tasks", body, who=who))["id"])


async def test_tasks_come_by_due_time_and_overdue_ones_are_found(place: Workplace) -> None:
    for what, due in (("丙", 900), ("甲", 200), ("乙", 300)):
        await make(place, what, due)
    listed = await place.told("GET", "/tasks")
    assert [one["what"] for one in listed] == ["甲", "乙", "丙"]
    page = await place.told("GET", f"/tasks?limit=1&after={listed[0]['id']}")
    assert [one["what"] for one in page] == ["乙"]
    place.services.seconds = 301
    assert [one["what"] for one in await place.told("GET", "/tasks?overdue=true")] == ["甲", "乙"]
    assert [one["overdue"] for one in await place.told("GET", "/tasks")] == [True, True, False]


async def test_a_colleagues_task_is_not_for_an_agent_but_a_lead_moves_it(place: Workplace) -> None:
    await place.floor.agent("a1", "account")
    await place.floor.agent("a2", "account")
    task = await make(place, "回电", 500)
    assert await place.told("GET", "/tasks", who="agent:a2") == []
    assert (await place.ask("POST", f"/tasks/{task}/done", {}, who="agent:a2"))[0] == 404
    assert (await place.ask("GET", "/tasks?whose=all"))[0] == 422
    assert len(await place.told("GET", "/tasks?whose=all", who="lead:a5")) == 1
    moved = await place.told("POST", f"/tasks/{task}/move", {"agent": "a2"}, who="lead:a5")
    assert (moved["agent"], moved["due_at"][:19]) == ("a2", after(500).isoformat()[:19])
    assert await place.told("GET", "/tasks") == []
    await place.told("POST", f"/tasks/{task}/done", {"result": "好了"}, who="agent:a2")
    for body, status in (({"agent": "nobody"}, 404), ({"matter": "weather"}, 422)):
        other = await make(place, "另一件", 600)
        assert (await place.ask("POST", f"/tasks/{other}/move", body, who="lead:a5"))[0] == status
    assert (await place.ask("POST", f"/tasks/{task}/move", {"agent": "a1"}, who="lead:a5"))[
        0
    ] == 409


async def test_open_desks_hear_of_a_task_and_others_do_not(
    place: Workplace, database_url: str
) -> None:
    await place.floor.agent("a2", "account")
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as ears:
        await ears.execute(f"LISTEN {CHANNEL}".encode())
        task = await make(place, "回电", 500)
        await place.told("POST", f"/tasks/{task}/move", {"agent": "a2"}, who="lead:a5")
        heard = [told_of(one.payload) async for one in ears.notifies(timeout=10, stop_after=2)]
    assert [(one.kind, one.id, one.data) for one in heard] == [
        ("task", task, {"act": "task.opened"}),
        ("task", task, {"act": "task.moved"}),
    ]
    assert [(sorted(one.to.agents), sorted(one.to.roles)) for one in heard] == [
        (["a1"], ["lead"]),
        (["a1", "a2"], ["lead"]),
    ]


async def test_a_task_with_a_secret_is_kept_without_it_and_one_of_the_past_is_refused(
    place: Workplace,
) -> None:
    await make(place, "核对卡号 4111111111111111", 500)
    (task,) = await place.told("GET", "/tasks")
    assert "4111111111111111" not in task["what"]
    body = {"what": "回电", "due_at": after(99).isoformat()}
    assert (await place.ask("POST", "/tasks", body))[0] == 422
    assert (await place.ask("POST", "/tasks", {"what": "回电", "due_at": "soon"}))[0] == 422


async def test_the_catalogue_is_told_in_both_languages(place: Workplace) -> None:
    told = await place.told("GET", "/desk/catalogue", who="quality")
    assert {"code": "freeze", "zh": "冻结或挂失", "en": "Freeze or loss report"} in told["matters"]
    assert {one["code"] for one in told["categories"]} >= {"abuse", "threat"}
