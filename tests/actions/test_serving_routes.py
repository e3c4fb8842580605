"""HTTP of acts on a card and of cases: what the screen gets, who may, what is not there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from cardline.adapters.postgres.database import Database
from cardline.app.http.application import include
from cardline.cards.acts import bodies as act_bodies
from cardline.cards.acts import routes as act_routes
from cardline.cards.cases import routes as case_routes
from cardline.cards.model import CardState, PostingKind
from cardline.identity.model import Act, Factor
from tests.actions.serving_desk import (
    ACCOUNT,
    CARD,
    OTHER,
    OTHER_ACCOUNT,
    OTHER_CARD,
    Desk,
    Web,
)

ANSWER = "您好，经核查这笔交易确为重复扣款，已全额退回您的账户。"


@dataclass
class Screen:
    desk: Desk
    web: Web

    async def post(self, path: str, body: object, *, who: str = "agent:6001") -> tuple[int, Any]:
        return await self.web.ask("POST", f"/interactions/i1{path}", body, who=who)

    async def acts(self, interaction: str = "i1") -> dict[str, dict[str, Any]]:
        status, rows = await self.web.ask("GET", f"/interactions/{interaction}/acts")
        assert status == 200
        return {row["act"]: row for row in rows}


@pytest.fixture
async def screen(database: Database) -> AsyncIterator[Screen]:
    desk = Desk(database)
    await desk.open()
    async with desk.web() as web:
        yield Screen(desk, web)


async def test_the_acts_show_what_each_needs_and_to_which_card_it_applies(screen: Screen) -> None:
    acts = await screen.acts()
    assert set(acts) == set(Act) - {
        Act.TALK_TO_PERSON,
        Act.MAKE_HOLD_FINAL,
        Act.RELEASE_HOLD,
        Act.RELEASE_FREEZE,
    }
    freeze = acts["freeze"]
    assert freeze["allowed"]
    assert freeze["card"] == {"id": "c1", "tail": "1234", "state": "active"}
    assert (freeze["title_zh"], freeze["missing"]) == ("冻结（挂失）", [])
    assert acts["limit_request"]["account"] == "a1"
    bare = await screen.acts(await screen.desk.call(proven=(Factor.REGISTERED_NUMBER,)))
    balance = bare["hear_balance"]
    assert not balance["allowed"]
    assert balance["missing"] == ["one_time_code"]  # this holder has no query password
    (reason,) = balance["verdict"]["reasons"]
    assert (reason["code"], reason["zh"]) == ("needs-one-time-code", "还需核实：短信验证码")


async def test_acts_follow_the_state_of_the_card(screen: Screen) -> None:
    await screen.desk.set_state(CardState.HELD, screen.desk.now + timedelta(hours=1))
    acts = await screen.acts()
    assert {"make_hold_final", "release_hold", "freeze"} <= set(acts)
    assert "hold" not in acts
    assert acts["release_hold"]["allowed"]
    screen.desk.now += timedelta(minutes=50)
    await screen.desk.spend(500)
    closing = (await screen.acts())["close_card"]
    assert [one["code"] for one in closing["verdict"]["reasons"]] == ["balance-owed"]


async def test_while_nobody_is_claimed_the_acts_say_who_must_be_found(screen: Screen) -> None:
    acts = await screen.acts(await screen.desk.call(None, proven=()))
    assert acts["freeze"]["card"] is None
    assert acts["freeze"]["missing"] == ["card_and_id_tails"]
    assert acts["complain"]["allowed"]
    assert not acts["limit_request"]["allowed"]


async def test_the_account_shows_all_and_says_what_not_to_tell_yet(screen: Screen) -> None:
    desk = screen.desk
    await desk.spend(120000, date(2026, 8, 20), merchant="示例超市", points=1200)
    await desk.close_months()
    name = await desk.call(proven=(Factor.REGISTERED_NUMBER, Factor.CARD_AND_ID_TAILS))
    status, told = await screen.web.ask("GET", f"/interactions/{name}/account")
    assert status == 200
    (account,) = told["accounts"]
    assert told["statements_by"] == "paper"
    assert account["owed"]["fen"] >= 120000
    assert account["minimum_payment"]["fen"] > 0
    assert account["due_on"] == "2026-09-23"
    assert account["postings"][-1]["merchant"] in ("示例超市", "")
    assert account["points"]["balance"] == 1200
    (card,) = told["cards"]
    assert (card["tail"], card["annual_fee"]["uses_needed"]) == ("1234", 5)
    assert told["tell"]["points"]["allowed"]
    balance = told["tell"]["balance"]
    assert not balance["allowed"]
    assert balance["missing"]
    assert balance["reasons"][0]["zh"].startswith("还需核实")
    assert await desk.kinds(name) == ["account.seen"]


async def test_interest_is_shown_line_by_line(screen: Screen) -> None:
    desk = screen.desk
    await desk.spend(100000, date(2026, 6, 20))
    await desk.close_months()
    _, told = await screen.web.ask("GET", "/interactions/i1/account")
    charged = [one for one in told["accounts"][0]["statements"] if one["interest"]["fen"]]
    assert charged
    for statement in charged:
        lines = statement["interest_lines"]
        assert sum(line["amount"]["fen"] for line in lines) == statement["interest"]["fen"]


async def test_a_dispute_goes_from_the_call_to_the_answer_over_http(screen: Screen) -> None:
    bought = await screen.desk.spend(30000)
    body = {"posting": bought.id, "reason": "charged-twice", "told": "这笔扣了两次"}
    status, opened = await screen.post("/disputes", body)
    assert (status, opened["allowed"], opened["case"]["due_on"]) == (200, True, "2026-10-28")
    path = f"/cases/{opened['case']['id']}"
    for step, sent in (
        ("take", None),
        ("note", {"text": "已联系商户"}),
        (
            "decide",
            {
                "outcome": "upheld",
                "findings": "商户确认重复扣款，凭证无误，应退回。",
                "credit": 30000,
            },
        ),
        ("answer", {"text": ANSWER}),
        ("close", None),
    ):
        status, done = await screen.web.ask("POST", f"{path}/{step}", sent)
        assert (status, done["allowed"]) == (200, True), step
    status, whole = await screen.web.ask("GET", path, who="quality:8001")
    assert status == 200
    assert [step["kind"] for step in whole["steps"]] == [
        "case.opened",
        "case.taken",
        "case.noted",
        "case.decided",
        "case.answered",
        "case.closed",
    ]
    _, listed = await screen.web.ask("GET", "/holders/h1/cases")
    assert [one["state"] for one in listed] == ["closed"]
    _, waiting = await screen.web.ask("GET", "/cases?owner=me")
    assert waiting == []


async def test_a_refusal_comes_with_words_for_the_holder(screen: Screen) -> None:
    old = await screen.desk.spend(100, date(2026, 6, 1))
    _, told = await screen.post(
        "/disputes", {"posting": old.id, "reason": "wrong-amount", "told": "金额不对"}
    )
    assert told["case"] is None
    (reason,) = told["verdict"]["reasons"]
    assert reason["code"] == "query-late"
    assert reason["source"].startswith("servicing.query_window_days")
    assert "盗刷" in reason["zh"]


async def test_data_limits_fees_and_closing_over_http(screen: Screen) -> None:
    desk = screen.desk
    _, asked = await screen.post("/phone-change", {"phone": "138 0013 8000"})
    assert (asked["allowed"], asked["change"]["wanted"]) == (True, "138****8000")
    change = asked["change"]["id"]
    _, early = await screen.post(f"/contact-changes/{change}/confirm", {"side": "old_phone"})
    assert early["verdict"]["reasons"][0]["code"] == "needs-new-code"
    _, undone = await screen.post(f"/contact-changes/{change}/cancel", None)
    assert undone["change"]["state"] == "cancelled"
    _, mail = await screen.post("/email-change", {"email": "lin.xiao@example.cn"})
    assert mail["change"]["wanted"] == "l***@example.cn"
    _, flat = await screen.post("/address-change", {"address": "北京市海淀区中关村大街1号"})
    assert flat["change"]["state"] == "requested"
    wanted = {"account": "a1", "wanted": 2500000, "term": "permanent"}
    _, limit = await screen.post("/limit-request", wanted)
    assert limit["outcome"] == "referred"
    assert [one["code"] for one in limit["verdict"]["reasons"]] == ["statements-few"]
    _, waiting = await screen.web.ask("GET", "/approvals", who="lead:6010")
    assert [one["id"] for one in waiting["limits"]] == [limit["request"]["id"]]
    decision = {"decision": "grant", "why": "收入证明与还款记录良好，同意调整。"}
    _, granted = await screen.web.ask(
        "POST", f"/limit-requests/{limit['request']['id']}/decide", decision, who="lead:6010"
    )
    assert granted["request"]["state"] == "in-force"
    fee = await desk.spend(10000, date(2026, 9, 7), PostingKind.ANNUAL_FEE)
    _, given = await screen.post("/fee-reversal", {"posting": fee.id})
    assert given["reversal"]["state"] == "reversed"
    _, closing = await screen.post("/card-closure", {"card": "c1"})
    assert closing["closure"]["state"] == "cooling"
    _, kept = await screen.post(f"/card-closures/{closing['closure']['id']}/withdraw", None)
    assert kept["closure"]["state"] == "withdrawn"
    _, mine = await screen.web.ask("GET", "/holders/h1/requests")
    assert {part: len(rows) for part, rows in mine.items()} == {
        "cases": 0,
        "changes": 3,
        "limits": 1,
        "fees": 1,
        "closures": 1,
    }


async def test_what_belongs_to_another_holder_is_not_there(screen: Screen) -> None:
    desk = screen.desk
    strange = replace(
        await desk.spend(100), id="p-other", account_id=OTHER_ACCOUNT.id, card_id=OTHER_CARD.id
    )
    async with desk.database.transaction() as tx:
        await desk.bank.post_many(tx, postings=[strange])
    told = "请查一下"
    attempts: dict[str, object] = {
        "/disputes": {"posting": "p-other", "reason": "other", "told": told},
        "/failed-transactions": {"card": OTHER_CARD.id, "reason": "other", "told": told},
        "/credit-objection": {
            "account": OTHER_ACCOUNT.id,
            "month": "2026-08",
            "reason": "other",
            "told": told,
        },
        "/limit-request": {"account": OTHER_ACCOUNT.id, "wanted": 100000, "term": "permanent"},
        "/fee-reversal": {"posting": "p-other"},
        "/card-closure": {"card": OTHER_CARD.id},
        "/contact-changes/change-none/cancel": None,
        "/card-closures/close-none/withdraw": None,
        "/limit-requests/limit-none/offer": {"accepts": True},
    }
    for path, body in attempts.items():
        assert await screen.post(path, body) == (404, {"code": "not-found"}), path
    _, mine = await screen.post("/phone-change", {"phone": "13800138000"})
    other = await desk.call(OTHER.id)
    path = f"/interactions/{other}/contact-changes/{mine['change']['id']}"
    status, _ = await screen.web.ask("POST", f"{path}/cancel", None)
    assert status == 404
    assert (await screen.web.ask("GET", "/interactions/none/acts"))[0] == 404
    assert (await screen.web.ask("GET", "/holders/none/cases"))[0] == 404
    assert (await screen.web.ask("GET", "/cases/none"))[0] == 404


async def test_an_agent_who_is_not_in_the_call_sees_and_does_nothing(screen: Screen) -> None:
    colleague = "agent:6002"
    for path in ("/acts", "/account"):
        status, told = await screen.web.ask("GET", f"/interactions/i1{path}", who=colleague)
        assert (status, told["code"]) == (404, "not-found")
    body = {"account": ACCOUNT.id, "wanted": 2500000, "term": "permanent"}
    status, told = await screen.post("/limit-request", body, who=colleague)
    assert (status, told["code"]) == (404, "not-found")
    status, _ = await screen.web.ask("GET", "/interactions/i1/account", who="lead:6010")
    assert status == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/interactions/i1/acts", {"agent", "lead"}),
        ("GET", "/interactions/i1/account", {"agent", "lead"}),
        ("POST", "/interactions/i1/card-closure", {"agent", "lead"}),
        ("GET", "/cases", {"agent", "lead", "quality", "compliance"}),
        ("GET", "/holders/h1/cases", {"agent", "lead", "quality", "compliance"}),
        ("POST", "/cases/none/take", {"agent", "lead"}),
        ("GET", "/approvals", {"lead"}),
        ("POST", "/limit-requests/none/decide", {"lead"}),
        ("POST", "/fee-reversals/none/settle", {"lead"}),
    ],
)
async def test_each_role_has_its_routes(
    screen: Screen, method: str, path: str, allowed: set[str]
) -> None:
    body = {"card": CARD.id, "decision": "refuse", "why": "x"} if method == "POST" else None
    for role in ("agent", "lead", "quality", "compliance", "administrator"):
        status, _ = await screen.web.ask(method, path, body, who=f"{role}:6001")
        assert (status != 403) is (role in allowed), role


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/disputes", {"posting": "p", "reason": "because", "told": "请查一下"}),
        ("/disputes", {"posting": "p", "reason": "paid-in-time", "told": "请查一下"}),
        ("/disputes", {"posting": "p\0", "reason": "other", "told": "请查一下"}),
        ("/disputes", {"posting": "p", "reason": "other", "told": "x" * 2001}),
        (
            "/credit-objection",
            {"account": "a1", "month": "2026-13", "reason": "other", "told": "请查"},
        ),
        ("/limit-request", {"account": "a1", "wanted": 0, "term": "permanent"}),
        ("/limit-request", {"account": "a1", "wanted": 100000, "term": "for ever"}),
        ("/limit-request", {"account": "a1", "wanted": 100000, "term": "temporary"}),
        ("/phone-change", {"phone": "call me"}),
        ("/card-closure", {}),
    ],
)
async def test_what_is_malformed_is_said_to_be_so(
    screen: Screen, path: str, body: dict[str, object]
) -> None:
    assert (await screen.post(path, body))[0] == 422


def test_no_field_takes_a_card_number_a_cvv_a_password_or_a_code() -> None:
    application = FastAPI()
    services = Desk(None)  # type: ignore[arg-type]
    for routes in (act_routes, case_routes):
        include(application, routes.router(services))
    schemas = application.openapi()["components"]["schemas"]
    names = {name for one in schemas.values() for name in one.get("properties", {})}
    assert "posting" in names
    forbidden = {"pan", "card_number", "cvv", "cvc", "password", "pin", "one_time_code", "expiry"}
    assert not names & forbidden
    assert act_bodies.__doc__
