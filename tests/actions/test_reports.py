"""The wall and the reports over what really happened: they agree, and with a count by hand."""

import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.clock import utc_now
from cardline.core.policy import load_area
from cardline.reports import reading, rules
from cardline.reports.model import Period
from cardline.reports.views import show_service
from cardline.reports.wall import wall
from cardline.routing.model import AgentEvent
from tests.actions.routing_floor import POLICY, T0, Floor, after
from tests.actions.whole_application import Whole, whole_application

REPORTS = rules.read_report_policy(load_area("reports"))


async def some_history(floor: Floor, random: Random, steps: int) -> float:
    """Let people call, wait, hang up, be answered, be called back; return when it ended."""
    agents = [
        await floor.agent(f"a{number}", *skills)
        for number, skills in enumerate([("account",), ("general", "limit"), ("urgent", "points")])
    ]
    seconds = 1.0
    for step in range(steps):
        seconds += random.choice([0.4, 2, 9, 21, 70, 700])
        waiting = await floor.waiting(at=seconds)
        match random.randrange(7):
            case 0 | 1 | 2:
                matter = random.choice(["account", "limit", "points", "urgent", "personal"])
                await floor.enter(f"i{step}", matter, urgent=matter == "urgent", at=seconds)
            case 3 if waiting:
                outcome = random.choice(["abandoned", "abandoned", "message", "transferred"])
                await floor.leave(random.choice(waiting), outcome, at=seconds)  # type: ignore[arg-type]
            case 4 | 5:
                for offer in await floor.offers(at=seconds):
                    if random.random() < 0.8:
                        await floor.accept(offer, at=seconds + 1)
            case 6:
                await floor.expire(at=seconds)
        for agent in agents:
            state = await floor.state(agent, at=seconds)
            if state.name == "talking" and random.random() < 0.5:
                (talk,) = [
                    row[0]
                    for row in await rows(
                        floor.database,
                        "SELECT interaction FROM routing_talk WHERE agent = %s AND cause IS NULL",
                        agent,
                    )
                ]
                await floor.end(talk, agent, at=seconds)
            elif state.name == "not-ready":
                await floor.ask(agent, AgentEvent.SET_READY, at=seconds)
    return seconds


async def rows(database: Database, question: str, *values: object) -> list[tuple[Any, ...]]:
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(question.encode(), values)
        return await cursor.fetchall()


async def by_hand(database: Database, period: Period) -> dict[str, Counter[str]]:
    """Count the stays as the definitions in routing/README.md say, one after the other."""
    counted: dict[str, Counter[str]] = {}
    for queue, entered, left, outcome in await rows(
        database,
        "SELECT queue, entered_at, left_at, outcome FROM routing_wait WHERE NOT callback",
    ):
        if not period.start <= entered < period.end:
            continue
        target = timedelta(seconds=10 if queue.startswith("urgent") else 20)
        for name in (queue, ""):
            count = counted.setdefault(name, Counter())
            count["offered"] += 1
            count[outcome or "waiting"] += 1
            count["in time"] += outcome == "answered" and left - entered <= target
    return counted


@pytest.mark.parametrize("seed", range(6))
async def test_the_wall_says_what_the_reports_say(database: Database, seed: int) -> None:
    floor = Floor(database)
    end = await some_history(floor, Random(seed), 60)
    now = after(end + 5)
    async with database.transaction() as tx:
        shown = await wall(tx, REPORTS, POLICY, at=now)
        today = reading.today(now)
        hour = Period(now - timedelta(hours=1), now)
        for period, on_the_wall in ((today, shown.today), (hour, shown.last_hour)):
            told = [show_service(one) for one in await reading.service(tx, period, POLICY, at=now)]
            assert on_the_wall == told
            counted = await by_hand(database, period)
            for one in told:
                count = counted.get(one.queue, Counter())
                assert one.offered == count["offered"]
                assert one.answered == count["answered"]
                assert one.answered_in_time == count["in time"]
                assert one.abandoned == count["abandoned"]
                assert one.waiting == count["waiting"]
                assert one.offered == sum(
                    (
                        *(one.answered, one.abandoned, one.callbacks),
                        *(one.messages, one.transferred, one.waiting),
                    )
                )
        waiting = Counter(one.queue for one in shown.waiting if not one.callback)
        assert {queue.name: queue.waiting for queue in shown.queues if queue.waiting} == waiting
        whole = (await reading.service(tx, Period(T0, now), POLICY, at=now))[0].figures
        parts = await reading.service_in(tx, rules.hours_of(Period(T0, now)), POLICY, at=now)
        for field in ("offered", "answered", "answered_in_time", "abandoned", "transferred"):
            assert getattr(whole, field) == sum(
                getattr(one.figures, field) for one in parts if one.queue is None
            )


@pytest.mark.parametrize("seed", range(3))
async def test_agents_reports_add_up(database: Database, seed: int) -> None:
    floor = Floor(database)
    end = await some_history(floor, Random(seed), 60)
    period, now = Period(T0, after(end + 1)), after(end + 1)
    async with database.transaction() as tx:
        told = await reading.agents(tx, period, at=now)
    (row,) = await rows(
        database,
        "SELECT count(*), coalesce(sum(extract(epoch FROM ended_at - started_at)), 0)::float8 "
        "FROM routing_talk WHERE ended_at IS NOT NULL",
    )
    assert sum(one.handling.talks for one in told) == row[0]
    talking = sum(one.handling.talking.total_seconds() for one in told)
    assert talking == pytest.approx(row[1])
    (offers,) = await rows(
        database,
        "SELECT count(*) FILTER (WHERE state = 'accepted'), "
        "count(*) FILTER (WHERE state = 'expired') FROM routing_offer",
    )
    assert sum(one.offers.accepted for one in told) == offers[0]
    assert sum(one.offers.expired for one in told) == offers[1]
    for one in told:
        assert one.duty.busy + one.duty.ready <= period.length
        assert one.duty.logged_in <= period.length
        assert one.duty.occupancy is None or 0 <= one.duty.occupancy <= 1


async def test_duty_is_read_from_the_journal_also_across_the_beginning(database: Database) -> None:
    floor = Floor(database)
    agent = await floor.agent("a1", "account", at=0)
    await floor.ask(agent, AgentEvent.LOG_IN, phone="sip:a1@192.0.2.1", at=600)  # a refreshed page
    await floor.ask(agent, AgentEvent.SET_NOT_READY, reason="meal", at=1800)
    await floor.ask(agent, AgentEvent.SET_READY, at=2400)
    await floor.ask(agent, AgentEvent.LOG_OUT, at=3000)
    async with database.transaction() as tx:
        (told,) = await reading.agents(tx, Period(after(1200), after(3600)), at=after(3600))
    assert told.duty.logged_in == timedelta(seconds=1800)
    assert told.duty.ready == timedelta(seconds=1200)
    assert told.duty.occupancy == 0.0


@pytest.fixture
async def whole(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_application(database_url, tmp_path) as whole:
        yield whole


def between(hours: float = 24) -> str:
    now = utc_now()
    return f"start={quote((now - timedelta(hours=hours)).isoformat())}&end={quote(now.isoformat())}"


async def ask(whole: Whole, path: str) -> httpx.Response:
    async with whole.client("lead") as client:
        return await client.get(f"/api/v1/{path}")


@pytest.mark.parametrize(
    "report", ["service", "agents", "contacts", "chats", "chats/ended", "cards", "outreach"]
)
async def test_every_report_is_the_same_as_json_and_as_csv(whole: Whole, report: str) -> None:
    json = await ask(whole, f"reports/{report}?{between()}")
    assert json.status_code == 200, json.text
    table = await ask(whole, f"reports/{report}?{between()}&form=csv")
    assert table.headers["content-type"].startswith("text/csv")
    read = list(csv.DictReader(io.StringIO(table.text)))
    assert len(read) == len(json.json())
    for row, told in zip(read, json.json(), strict=True):
        assert row.keys() == told.keys()


@pytest.mark.parametrize(
    "period",
    [
        "start=2026-11-26T00:00:00Z&end=2026-11-26T00:00:00Z",
        "start=2026-11-26T00:00:00Z&end=2026-11-25T00:00:00Z",
        "start=2026-10-01T00:00:00Z&end=2026-11-26T00:00:00Z",
        "start=2026-11-26T00:00:00&end=2026-11-27T00:00:00",
        "start=nonsense&end=2026-11-27T00:00:00Z",
        "",
    ],
)
async def test_a_period_that_cannot_be_reported_is_refused(whole: Whole, period: str) -> None:
    answer = await ask(whole, f"reports/service?{period}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_the_wall_shows_a_caller_whose_wait_is_too_long(whole: Whole) -> None:
    floor = Floor(whole.running.parts.database)
    await floor.enter("i1", "account")  # long ago
    shown = (await ask(whole, "wall")).json()
    assert [one["interaction"] for one in shown["waiting"]] == ["i1"]
    assert [(one["code"], one["interaction"]) for one in shown["danger"]] == [
        ("waits-too-long", "i1")
    ]
    assert {one["id"] for one in shown["agents"]} == {"a7001", "a7002"}
    assert shown["today"][0]["queue"] == ""
    assert "138" not in str(shown["waiting"])


async def test_cards_and_messages_are_counted_with_the_reasons_of_refusals(whole: Whole) -> None:
    database = whole.running.parts.database
    at = utc_now() - timedelta(minutes=1)
    async with database.transaction() as tx:
        for number, (state, reasons) in enumerate(
            [
                ("sent", "[]"),
                ("refused", '[{"code": "quiet-hours"}, {"code": "cap"}]'),
                ("refused", '[{"code": "cap"}]'),
            ]
        ):
            await tx.connection.execute(
                "INSERT INTO sms_outbox (id, key, phone, purpose, template, language, zone, text, "
                "stream, solicited, state, reasons, at, due_at) VALUES "
                "(%s, %s, '', 'marketing', 't', 'zh', 'z', '', 's', false, %s, %s, %s, %s)",
                (f"m{number}", f"m{number}", state, reasons, at, at),
            )
    (told,) = (await ask(whole, f"reports/outreach?{between()}")).json()
    assert told == {
        "what": "marketing",
        "allowed": 1,
        "refused": 2,
        "reasons": [{"code": "cap", "times": 2}, {"code": "quiet-hours", "times": 1}],
    }
    table = (await ask(whole, f"reports/outreach?{between()}&form=csv")).text
    assert table.splitlines()[1] == "marketing,1,2,cap:2 quiet-hours:1"
