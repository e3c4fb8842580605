"""The story of a conversation and the lists: who reads what of it (rows E5, F4)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.timeline import story
from tests.actions.routing_floor import after
from tests.actions.workplace import OTHER, Workplace, open_workplace

NOTE = "客户请我们改打 13800138000，孩子住院"
WORDS = "孩子住院"


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Workplace]:
    async with open_workplace(database) as place:
        await place.call("i1")
        await place.call("i2", agent="a2", holder=OTHER.id, number=OTHER.phone)
        await place.told("POST", "/interactions/i1/notes", {"text": NOTE})
        yield place


def line(told: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in told["timeline"] if one["kind"] == kind)


async def test_an_agent_reads_the_story_of_conversations_of_his_own(place: Workplace) -> None:
    told = await place.told("GET", "/interactions/i1")
    assert WORDS in line(told, "desk.noted")["text"]
    status, answer = await place.ask("GET", "/interactions/i1", who="agent:a2")
    assert (status, answer["code"]) == (404, "not-found")


async def test_whoever_has_a_task_from_it_reads_it(place: Workplace) -> None:
    task = {"what": "回电", "due_at": after(9000).isoformat(), "interaction": "i1"}
    made = await place.told("POST", "/tasks", task)
    await place.told("POST", f"/tasks/{made['id']}/move", {"agent": "a2"}, who="lead")
    assert (await place.told("GET", "/interactions/i1", who="agent:a2"))["id"] == "i1"
    found = await place.told("GET", "/interactions", who="agent:a2")
    assert {one["id"] for one in found} == {"i1", "i2"}


async def test_numbers_in_what_was_written_are_masked(place: Workplace) -> None:
    for who in ("agent:a1", "lead", "quality", "compliance"):
        told = await place.told("GET", "/interactions/i1", who=who)
        assert "13800138000" not in str(told)
        assert "138****8000" in line(told, "desk.noted")["text"]


async def test_an_administrator_sees_that_something_happened_and_nothing_of_it(
    place: Workplace,
) -> None:
    told = await place.told("GET", "/interactions/i1", who="administrator")
    assert line(told, "desk.noted").keys() == {"at", "kind", "by"}
    assert WORDS not in str(told)
    assert told["journal"]["intact"]
    assert (told["proofs"], told["verdicts"]) == ([], [])


async def test_an_administrator_does_not_search_what_was_said(place: Workplace) -> None:
    assert await place.told("GET", f"/interactions?q={WORDS}", who="administrator") == []
    assert len(await place.told("GET", f"/interactions?q={WORDS}", who="lead")) == 1
    assert len(await place.told("GET", "/interactions?q=i1", who="administrator")) == 1


async def test_an_agents_list_holds_his_own_conversations(place: Workplace) -> None:
    async def found(query: str = "") -> list[str]:
        told = await place.told("GET", f"/interactions?{query}")
        return [one["id"] for one in told]

    assert await found() == ["i1"]
    assert await found("agent=a2") == []
    assert await found("holder=h2") == []


async def test_whoever_has_no_part_in_it_is_journaled_once_a_stay(place: Workplace) -> None:
    for _ in range(2):
        await place.told("GET", "/interactions/i1", who="quality")
    await place.told("GET", "/interactions/i1")
    looks = [by for kind, by, _ in await place.journal("i1") if kind == "desk.looked"]
    assert looks == ["staff:quality"]
    place.services.seconds += 900
    await place.told("GET", "/interactions/i1", who="quality")
    assert (await place.kinds("i1")).count("desk.looked") == 2


async def test_no_field_of_an_entry_hides_what_the_entry_is(place: Workplace) -> None:
    body = {"kind": "dispute", "by": "nobody", "at": "never", "allowed": "no", "reason": "x"}
    async with place.services.database.transaction() as tx:
        await desk.note(tx, "i1", "case.opened", body, at=after(30))  # type: ignore[arg-type]
        told = await story(tx, "i1")
    assert told is not None
    entry = line(told, "case.opened")
    assert entry["by"] == "system"
    assert entry["at"].startswith(after(30).isoformat()[:19])
    assert (entry["its_kind"], entry["its_by"], entry["its_at"]) == ("dispute", "nobody", "never")
    assert entry["reason"] == "x"
    assert "allowed" not in entry
