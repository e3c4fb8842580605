"""Hard conversations: a warning first, never against a freeze or a complaint; plans."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from fastapi.routing import APIRoute

from cardline.adapters.postgres.database import Database
from cardline.core.ids import AgentId, InteractionId
from cardline.desk.hard_conversations import actions as hard
from cardline.desk.interactions import actions as desk
from cardline.desk.staff.model import ROLES
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent
from tests.actions.routing_floor import POLICY, after
from tests.actions.workplace import DESK, Workplace, open_workplace

WARNINGS = "/interactions/i1/warnings"
END = "/interactions/i1/polite-end"
CALM = {"freeze_asked": False, "complaint_asked": False}
WORDS = {"category": "abuse", "words": "（持续辱骂）"}
LEAD, OTHER_LEAD = "lead:a5", "lead:a6"


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Workplace]:
    async with open_workplace(database) as place:
        yield place


async def end(place: Workplace, **answers: bool) -> list[str]:
    """Ask for the polite end; return why not."""
    told = await place.told("POST", END, {**CALM, **answers})
    assert told["allowed"] is not bool(told["verdict"]["reasons"])
    return [one["code"] for one in told["verdict"]["reasons"]]


async def test_a_conversation_ends_only_some_time_after_a_warning(place: Workplace) -> None:
    await place.call("i1")
    assert await end(place) == ["not-warned"]
    warning = await place.told("POST", WARNINGS, WORDS)
    assert (warning["category"]["zh"], warning["author"], warning["here"]) == ("辱骂", "1", True)
    assert await end(place) == ["warned-too-recently"]
    assert place.services.left == []
    place.services.seconds += DESK.warning_before.total_seconds()
    assert await end(place) == []
    assert place.services.left == [("i1", "a1")]
    kinds = [kind for kind in await place.kinds("i1") if kind.startswith("desk.")]
    assert kinds == [
        "desk.polite-end-refused",
        "desk.warned",
        "desk.polite-end-refused",
        "desk.polite-end",
    ]


async def test_who_asks_for_a_freeze_or_complains_is_not_hung_up_on(place: Workplace) -> None:
    await place.call("i1")
    await place.told("POST", WARNINGS, WORDS)
    place.services.seconds += 60
    assert await end(place, freeze_asked=True) == ["freeze-asked"]
    assert await end(place, complaint_asked=True) == ["complaint-asked"]
    assert (await place.ask("POST", END, {"freeze_asked": False}))[0] == 422
    assert place.services.left == []


async def test_who_came_with_a_theft_is_served_first(place: Workplace) -> None:
    await place.call("i1", matter="urgent", urgent=True)
    await place.told("POST", WARNINGS, WORDS)
    place.services.seconds += 60
    assert await end(place) == ["freeze-open"]
    await place.note("i1", "card.held")
    assert await end(place) == []


async def test_who_came_to_complain_is_written_down_first(place: Workplace) -> None:
    await place.call("i1", matter="complaint")
    await place.told("POST", WARNINGS, WORDS)
    place.services.seconds += 60
    assert await end(place) == ["complaint-open"]
    draft = {"version": 0, "matter": "complaint", "summary": "客户投诉被多次打扰"}
    await place.told("PUT", "/interactions/i1/wrap-up", draft)
    assert await end(place) == []


async def test_a_complaint_that_was_registered_is_written_down(place: Workplace) -> None:
    await place.call("i1", matter="complaint")
    await place.told("POST", WARNINGS, WORDS)
    place.services.seconds += 60
    async with place.services.database.transaction() as tx:
        at = place.services.clock()
        await desk.note(tx, InteractionId("i1"), "complaint.received", {"complaint": "C1"}, at=at)
    assert await end(place) == []


async def test_only_who_talks_with_the_caller_can_end_it(place: Workplace) -> None:
    await place.call("i1")
    await place.told("POST", WARNINGS, WORDS)
    await place.hangs_up("i1")
    place.services.seconds += 60
    assert (await place.ask("POST", END, CALM))[0] == 409
    assert (await place.ask("POST", END, CALM, who=LEAD))[0] == 409
    assert (await place.ask("POST", WARNINGS, WORDS))[0] == 409


async def test_a_warning_names_a_known_category_and_the_words_without_secrets(
    place: Workplace,
) -> None:
    await place.call("i1")
    assert (await place.ask("POST", WARNINGS, {**WORDS, "category": "rude"}))[0] == 422
    assert (await place.ask("POST", WARNINGS, {**WORDS, "words": "  "}))[0] == 422
    told = await place.told("POST", WARNINGS, {**WORDS, "words": "我的密码是 739154，快点"})
    assert "739154" not in told["words"]


async def test_a_warning_is_seen_at_the_next_call_from_that_number(place: Workplace) -> None:
    await place.call("i1")
    await place.told("POST", WARNINGS, WORDS)
    await place.hangs_up("i1")
    await place.call("i2", agent="a2", holder=None)
    shown = await place.told("GET", "/interactions/i2/screen", who="agent:a2")
    assert [(one["interaction"], one["here"]) for one in shown["warnings"]] == [("i1", False)]
    freeze = await place.ask("GET", "/interactions/i2/screen", who="agent:a2")
    assert freeze[0] == 200  # a warning closes no door


# ---------------------------------------------------------------- the pause


async def test_a_pause_is_offered_after_a_warning_and_taken(place: Workplace) -> None:
    await place.call("i1")
    assert (await place.ask("POST", "/agents/me/recovery", {"interaction": "i1"}))[0] == 409
    await place.told("POST", WARNINGS, WORDS)
    await place.hangs_up("i1")
    draft = {
        "version": 0,
        "matter": "other",
        "outcome": "ended-politely",
        "summary": "客户辱骂，警告后结束。",
    }
    await place.told("PUT", "/interactions/i1/wrap-up", draft)
    done = await place.told("POST", "/interactions/i1/wrap-up/complete", {"version": 1})
    assert (done["allowed"], done["pause_seconds"]) == (True, 600)
    pause = await place.told("POST", "/agents/me/recovery", {"interaction": "i1"})
    assert pause["until"][:19] == after(700).isoformat()[:19]
    assert await place.floor.why(AgentId("a1"), at=101) == ["not-ready.recovery"]
    assert (await place.kinds("i1"))[-1] == "desk.pause-taken"


# ---------------------------------------------------------------- plans


async def propose(place: Workplace, text: str, *, who: str, days: float = 30) -> tuple[int, Any]:
    body = {"text": text, "valid_to": after(days * 86400 + 100).isoformat()}
    return await place.ask("PUT", "/holders/h1/plan", body, who=who)


async def test_a_plan_holds_once_another_lead_has_reviewed_it(place: Workplace) -> None:
    status, plan = await propose(place, "每晚来电：先问是否需要冻结，再耐心听五分钟。", who=LEAD)
    assert (status, plan["reviewer"]) == (200, None)
    told = await place.told("GET", "/holders/h1/plan")
    assert (told["current"], told["proposed"]["id"]) == (None, plan["id"])
    (waits,) = await place.told("GET", "/plans/proposed", who=OTHER_LEAD)
    assert (waits["id"], waits["holder"]) == (plan["id"], "h1")
    review = {"plan": plan["id"]}
    assert (await place.ask("POST", "/holders/h1/plan/review", review, who=LEAD))[0] == 409
    await place.told("POST", "/holders/h1/plan/review", review, who=OTHER_LEAD)
    assert await place.told("GET", "/plans/proposed", who=LEAD) == []
    await place.call("i1")
    shown = (await place.told("GET", "/interactions/i1/screen"))["plan"]
    assert (shown["id"], shown["author"], shown["reviewer"]) == (plan["id"], "5", "6")
    await place.call("i2", agent="a2", holder=None)
    other = await place.told("GET", "/interactions/i2/screen", who="agent:a2")
    assert other["plan"] is None


async def test_a_new_plan_takes_the_place_of_the_old_one_at_its_review(place: Workplace) -> None:
    _, first = await propose(place, "第一版", who=LEAD)
    review = "/holders/h1/plan/review"
    await place.told("POST", review, {"plan": first["id"]}, who=OTHER_LEAD)
    _, second = await propose(place, "第二版", who="agent:a1")
    _, third = await propose(place, "第三版", who="agent:a1")
    told = await place.told("GET", "/holders/h1/plan")
    assert (told["current"]["id"], told["proposed"]["id"]) == (first["id"], third["id"])
    assert (await place.ask("POST", review, {"plan": second["id"]}, who=LEAD))[0] == 409
    await place.told("POST", review, {"plan": third["id"]}, who=LEAD)
    told = await place.told("GET", "/holders/h1/plan")
    assert (told["current"]["id"], told["proposed"]) == (third["id"], None)
    assert await place.told("DELETE", "/holders/h1/plan", who=LEAD) == {"ended": 1}
    assert (await place.told("GET", "/holders/h1/plan"))["current"] is None
    done = [kind for kind in await place.kinds("holder:h1") if kind != "desk.looked"]
    assert done == [
        *("desk.plan-written", "desk.plan-reviewed", "desk.plan-written", "desk.plan-written"),
        *("desk.plan-reviewed", "desk.plan-ended"),
    ]


async def test_a_plan_ends_by_itself_and_is_never_for_ever(place: Workplace) -> None:
    _, plan = await propose(place, "暂时的", who=LEAD, days=1)
    await place.told("POST", "/holders/h1/plan/review", {"plan": plan["id"]}, who=OTHER_LEAD)
    place.services.seconds += 86401
    assert (await place.told("GET", "/holders/h1/plan"))["current"] is None
    assert (await propose(place, "太久", who=LEAD, days=120))[0] == 422
    assert (await propose(place, "已过", who=LEAD, days=-1))[0] == 422
    assert (await propose(place, "  ", who=LEAD))[0] == 422
    missing = {"text": "谁", "valid_to": after(90000).isoformat()}
    assert (await place.ask("PUT", "/holders/h9/plan", missing, who=LEAD))[0] in (404, 422)


# ---------------------------------------------------------------- who may do what

_EVERYBODY = set(ROLES)
_MAY: dict[str, set[str]] = {
    "GET /api/v1/interactions": _EVERYBODY,
    "GET /api/v1/interactions/{interaction}/screen": _EVERYBODY - {"administrator"},
    "POST /api/v1/interactions/{interaction}/claim": {"agent", "lead"},
    "POST /api/v1/interactions/{interaction}/unmask": {"agent", "lead", "compliance"},
    "GET /api/v1/holders": {"agent", "lead", "compliance"},
    "GET /api/v1/holders/{holder}/looks": {"lead", "compliance"},
    "POST /api/v1/interactions/{interaction}/notes": _EVERYBODY - {"administrator"},
    "GET /api/v1/interactions/{interaction}/notes": _EVERYBODY - {"administrator"},
    "POST /api/v1/holders/{holder}/notes": _EVERYBODY - {"administrator"},
    "GET /api/v1/desk/catalogue": _EVERYBODY,
    "GET /api/v1/interactions/{interaction}/wrap-up": {"agent", "lead"},
    "PUT /api/v1/interactions/{interaction}/wrap-up": {"agent", "lead"},
    "POST /api/v1/interactions/{interaction}/wrap-up/complete": {"agent", "lead"},
    "GET /api/v1/interactions/{interaction}/wrap-ups": {"lead", "quality", "compliance"},
    "GET /api/v1/tasks": {"agent", "lead"},
    "POST /api/v1/tasks": {"agent", "lead"},
    "POST /api/v1/tasks/{task}/take": {"agent", "lead"},
    "POST /api/v1/tasks/{task}/done": {"agent", "lead"},
    "POST /api/v1/tasks/{task}/move": {"lead"},
    "POST /api/v1/interactions/{interaction}/warnings": {"agent", "lead"},
    "POST /api/v1/interactions/{interaction}/polite-end": {"agent", "lead"},
    "POST /api/v1/agents/me/recovery": {"agent", "lead"},
    "GET /api/v1/holders/{holder}/plan": _EVERYBODY - {"administrator"},
    "GET /api/v1/plans/proposed": {"lead"},
    "PUT /api/v1/holders/{holder}/plan": {"agent", "lead"},
    "POST /api/v1/holders/{holder}/plan/review": {"lead"},
    "DELETE /api/v1/holders/{holder}/plan": {"lead"},
}


async def test_every_role_passes_only_where_the_table_says(place: Workplace) -> None:
    for route, allowed in _MAY.items():
        method, path = route.split()
        for role in ROLES:
            url = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
            status, _ = await place.ask(method, url, {}, who=role)
            assert (status != 403) == (role in allowed), (route, role, status)


def test_no_route_of_the_workplace_is_missing_in_the_table() -> None:
    from cardline.desk.hard_conversations import routes as hard_routes
    from cardline.desk.screen import routes as screen_routes
    from cardline.desk.work import routes as wrapup_routes
    from tests.actions.workplace import Services

    services = Services(None, None)  # type: ignore[arg-type]
    found = {
        f"{method} {route.path}"
        for area in (screen_routes, wrapup_routes, hard_routes)
        for route in _flat(area.router(services).routes)
        for method in route.methods
    }
    assert found == _MAY.keys() - {"GET /api/v1/interactions"}


def _flat(routes: Iterable[Any]) -> Iterable[APIRoute]:
    return [route for route in routes if isinstance(route, APIRoute)]


async def test_the_pause_ends_by_the_clock(place: Workplace) -> None:
    await _paused(place)
    assert await _sweep(place, at=699) == 0
    assert await place.floor.why(AgentId("a1"), at=699) == ["not-ready.recovery"]
    assert await _sweep(place, at=701) == 1
    assert await place.floor.why(AgentId("a1"), at=701) == []
    assert (await place.kinds("i1"))[-1] == "desk.pause-ended"
    assert await _sweep(place, at=9000) == 0


async def test_whoever_ended_his_pause_himself_or_took_another_break_is_left_as_he_is(
    place: Workplace,
) -> None:
    await _paused(place)
    async with place.services.database.transaction() as tx:
        await routing.set_agent_state(
            tx,
            agent=AgentId("a1"),
            event=AgentEvent.SET_NOT_READY,
            policy=POLICY,
            reason="meal",
            at=after(300),
        )
    assert await _sweep(place, at=701) == 0
    assert await place.floor.why(AgentId("a1"), at=701) == ["not-ready.meal"]


async def _paused(place: Workplace) -> None:
    await place.call("i1")
    await place.told("POST", WARNINGS, WORDS)
    await place.hangs_up("i1")
    async with place.services.database.transaction() as tx:
        await routing.end_wrap_up(tx, agent=AgentId("a1"), policy=POLICY, at=after(99))
    assert (await place.told("POST", "/agents/me/recovery", {"interaction": "i1"}))["allowed"]


async def _sweep(place: Workplace, *, at: float) -> int:
    async with place.services.database.transaction() as tx:
        return await hard.end_pauses(tx, routing_policy=POLICY, at=after(at))


# ---------------------------------------------------------------- a freeze that came later


async def test_a_freeze_asked_for_after_the_warning_is_not_settled_by_one_before(
    place: Workplace,
) -> None:
    await place.call("i1", matter="urgent", urgent=True)
    await place.note("i1", "card.frozen")
    await place.told("POST", WARNINGS, WORDS)
    place.services.seconds += 60
    async with place.services.database.transaction() as tx:
        body = {"act": "freeze", "holder": "h1"}
        at = after(110)
        await desk.note(tx, InteractionId("i1"), "identity.decided", body, at=at)
        await desk.note(tx, InteractionId("i1"), "card.freeze-refused", {}, at=at)
    assert await end(place) == ["freeze-open"]
    async with place.services.database.transaction() as tx:
        await desk.note(tx, InteractionId("i1"), "card.frozen", {}, at=after(120))
    assert await end(place) == []
