"""Reports of scams, their review, warnings and cooling-off: what is kept, frozen, and known."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from cardline.adapters.postgres.database import Database
from cardline.app.http.application import include
from cardline.cards.model import CardState
from cardline.core.actor import OPERATOR
from cardline.core.errors import CardlineError, Conflict, NotFound
from cardline.trust.model import Official, OfficialKind
from cardline.trust.policy import load_trust
from cardline.trust.registering import add_official
from cardline.trust.scam import routes
from cardline.trust.scam.config import scam_config
from tests.actions.serving_desk import CARD, HOLDER, OTHER_CARD, Desk
from tests.rules.scam_bench import REGISTRY

TEXT = (
    "【信用卡中心】您的积分已满一万分，请登录 http://jf-cardline.top 兑换现金，"
    "客服13900001111，需提供验证码482913"
)
KEY = "key-of-report"
TELLER = "compliance:9001"


class ScamDesk(Desk):
    """The desk of the acts, with what judges scams; visitors are counted, not refused."""

    scam = scam_config(registry=REGISTRY, hotline="4000000000")
    asked = 0

    def admit_visitor(self, request: Request) -> None:
        self.asked += 1

    @asynccontextmanager
    async def client(self) -> AsyncIterator["Client"]:
        application = FastAPI()
        include(application, routes.router(self))

        @application.exception_handler(CardlineError)
        async def refused(request: Request, error: CardlineError) -> JSONResponse:
            status = 404 if isinstance(error, NotFound) else 422
            status = 409 if isinstance(error, Conflict) else status
            return JSONResponse({"code": error.code, "message": error.message}, status)

        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Client(client)


class Client:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(
        self, method: str, path: str, body: object = None, *, who: str = "agent:6001"
    ) -> tuple[int, Any]:
        answer = await self.client.request(
            method, f"/api/v1{path}", headers={"who": who}, json=body
        )
        return answer.status_code, answer.json() if answer.content else None

    async def told(
        self, method: str, path: str, body: object = None, *, who: str = "agent:6001"
    ) -> Any:
        status, answer = await self.ask(method, path, body, who=who)
        assert status == 200, answer
        return answer

    async def report(self, **more: object) -> Any:
        body = {"text": TEXT, "sender": "13900001111", "key": KEY} | more
        return await self.told("POST", "/interactions/i1/scam-report", body)


@pytest.fixture
async def desk(database: Database) -> ScamDesk:
    desk = ScamDesk(database)
    await desk.open()
    return desk


async def test_a_report_is_a_case_for_compliance_and_a_call_back(desk: ScamDesk) -> None:
    async with desk.client() as client:
        told = await client.report(paid=True)
        assert told["allowed"]
        report = told["report"]
        assert (report["verdict"], report["state"]) == ("scam", "open")
        assert "482913" not in str(told), "secrets are not kept"
        assert report["sender"] != "13900001111"
        waiting = await client.told("GET", "/scam-reports?state=open", who=TELLER)
        assert [one["id"] for one in waiting] == [report["id"]]
    ((what, matter, holder, due),) = await desk.ask(
        "SELECT what, matter, holder, due_at FROM desk_task"
    )
    assert report["id"] in what
    assert (matter, holder) == ("urgent", HOLDER.id)
    assert due == desk.now + desk.scam.policy.follow_up_within
    assert await desk.kinds(f"scam:{report['id']}") == ["scam.reported"]
    assert "scam.reported" in await desk.kinds()
    kept = await desk.ask("SELECT text FROM scam_report")
    assert "482913" not in kept[0]


async def test_the_same_key_is_one_report(desk: ScamDesk) -> None:
    async with desk.client() as client:
        first, again = (
            await client.report(),
            await client.report(text="etwas anderes, 完全不同的内容"),
        )
        assert first["report"]["id"] == again["report"]["id"]
    assert await desk.ask("SELECT count(*) FROM scam_report") == [1]
    assert await desk.ask("SELECT count(*) FROM desk_task") == [1]


async def test_freezing_comes_with_the_report_and_before_it(desk: ScamDesk) -> None:
    async with desk.client() as client:
        told = await client.report(freeze=CARD.id, secrets_told=True)
        assert told["frozen"] == {
            "allowed": True,
            "already": False,
            "tail": CARD.tail,
            "state": "frozen",
            "held_until": None,
        }
        assert told["report"]["frozen"] == [CARD.id]
        refused = await client.report(freeze=CARD.id, text="。", key="another-key")
        assert [one["code"] for one in refused["refusals"]] == ["empty"]
        assert refused["frozen"]["already"], "a report that is refused undoes no freeze"
    kinds = await desk.kinds()
    assert kinds.index("card.frozen") < kinds.index("scam.reported")


async def test_nobody_freezes_another_holders_card_with_a_report(desk: ScamDesk) -> None:
    async with desk.client() as client:
        body = {"text": TEXT, "key": KEY, "freeze": OTHER_CARD.id}
        assert (await client.ask("POST", "/interactions/i1/scam-report", body))[0] == 404
    assert await desk.ask("SELECT count(*) FROM scam_report") == [0]


async def test_nothing_is_known_before_compliance_confirms(desk: ScamDesk) -> None:
    elsewhere = {"text": "请登录 http://jf-cardline.top 查看", "sender": ""}
    async with desk.client() as client:
        report = (await client.report())["report"]

        async def codes() -> list[str]:
            told = await client.told("POST", "/check-message", elsewhere)
            return [one["code"] for one in told["reasons"]]

        assert "known-domain" not in await codes()
        named = {(one["kind"], one["value"]): one["id"] for one in report["indicators"]}
        assert ("number", "13900001111") in named
        assert ("domain", "jf-cardline.top") in named
        review = {
            "state": "confirmed",
            "findings": "仿冒积分网站",
            "keep": [named["domain", "jf-cardline.top"]],
        }
        done = await client.told("POST", f"/scam-reports/{report['id']}/review", review, who=TELLER)
        assert (done["state"], done["reviewed_by"]) == ("confirmed", "9001")
        assert (await codes())[0] == "known-domain"
        body = {"text": "您好", "sender": "13900001111"}
        assert "known-number" not in str(await client.told("POST", "/check-message", body))
        path = f"/scam-reports/{report['id']}/review"
        assert (await client.ask("POST", path, review, who=TELLER))[0] == 409
        assert (await client.ask("DELETE", f"/scam-indicators/{review['keep'][0]}", who=TELLER))[
            0
        ] == 204
        assert "known-domain" not in await codes()
        gone = f"/scam-indicators/{review['keep'][0]}"
        assert (await client.ask("DELETE", gone, who=TELLER))[0] == 404
    assert await desk.kinds(f"scam:{report['id']}") == [
        "scam.reported",
        "scam.reviewed",
        "scam.forgotten",
    ]
    assert desk.asked == 4


async def test_what_is_known_lapses(desk: ScamDesk) -> None:
    async with desk.client() as client:
        report = (await client.report())["report"]
        keep = [one["id"] for one in report["indicators"]]
        body = {"state": "confirmed", "findings": "已核实", "keep": keep}
        await client.told("POST", f"/scam-reports/{report['id']}/review", body, who=TELLER)
        check = {"text": "请回电", "sender": "13900001111"}
        assert (await client.told("POST", "/check-message", check))["verdict"] == "scam"
        desk.now += desk.scam.policy.known_for
        assert (await client.told("POST", "/check-message", check))["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"state": "dismissed", "findings": "误报，是客户的朋友"}, 200),
        ({"state": "confirmed", "findings": " . "}, 422),
        ({"state": "open", "findings": "说明说明"}, 422),
        ({"state": "confirmed", "findings": "说明说明", "keep": ["si-nothing"]}, 422),
    ],
)
async def test_a_review_says_what_was_found(desk: ScamDesk, body: Any, status: int) -> None:
    async with desk.client() as client:
        report = (await client.report())["report"]
        path = f"/scam-reports/{report['id']}/review"
        assert (await client.ask("POST", path, body, who=TELLER))[0] == status
        assert (await client.ask("POST", path, body))[0] == 403


async def test_what_is_official_is_not_even_named(desk: ScamDesk) -> None:
    async with desk.client() as client:
        text = "请致电4000000000或登录 https://www.cardline.example 和 http://t.cn/abc 咨询95588"
        told = await client.report(text=text, sender="4000000000")
        kinds = [one["kind"] for one in told["report"]["indicators"]]
        assert kinds in ([], ["text"])


async def test_a_report_from_a_conversation_without_a_holder_is_taken_too(desk: ScamDesk) -> None:
    await desk.call(None)
    async with desk.client() as client:
        told = await client.told(
            "POST", "/interactions/i2/scam-report", {"text": TEXT, "key": KEY, "kind": "call"}
        )
        assert told["report"]["holder"] is None
    assert await desk.ask("SELECT count(*) FROM desk_task") == [0]


async def test_who_was_not_in_the_call_reports_nothing(desk: ScamDesk) -> None:
    async with desk.client() as client:
        body = {"text": TEXT, "key": KEY}
        path = "/interactions/i1/scam-report"
        assert (await client.ask("POST", path, body, who="agent:6002"))[0] in (404, 409)
        assert (await client.ask("POST", path, body, who="quality:1"))[0] == 403


# ---------------------------------------------------------------- the warned holder (row E4)

WARNING = {
    "reasons": ["safe-account", "secrecy"],
    "words": "客户说对方是公安，坚持要转",
    "goes_on": True,
}


async def test_a_warning_is_on_record_with_what_the_holder_means_to_do(desk: ScamDesk) -> None:
    async with desk.client() as client:
        told = await client.told("POST", "/interactions/i1/scam-warning", WARNING)
        assert told["allowed"]
        assert told["hold"] is None
        listed = await client.told("GET", f"/holders/{HOLDER.id}/scam-warnings", who="quality:1")
        assert [one["id"] for one in listed] == [told["warning"]["id"]]
        assert listed[0]["goes_on"]
        path = f"/holders/{HOLDER.id}/scam-warnings"
        assert (await client.ask("GET", path))[0] == 200
        assert (await client.ask("GET", path, who="agent:6002"))[0] == 404
    assert (await desk.kinds())[-1] == "scam.warned"


async def test_the_script_tells_every_step_in_both_languages_and_what_a_cooling_off_is(
    desk: ScamDesk,
) -> None:
    async with desk.client() as client:
        script = await client.told("GET", "/scam-persuasion")
        assert (await client.ask("GET", "/scam-persuasion", who="compliance:1"))[0] == 403
    assert next(one["code"] for one in script["steps"]) == "beside"
    assert all(each["zh"] and each["en"] for one in script["steps"] for each in one["say"])
    assert "4000000000" in str(script)
    assert "{" not in script["cooling_off"]["ends"]["zh"]
    assert script["cooling_off"]["hours"] == 24
    until = desk.now + desk.scam.policy.cooling_off
    assert script["cooling_off"]["until"].startswith(until.isoformat()[:19])
    codes = {one["code"] for one in script["reasons"]}
    assert {"safe-account", "secrecy"} <= codes
    assert not {"empty", "nothing-found", "sender-unknown"} & codes


async def test_what_the_holder_was_told_is_judged_in_the_talk_and_kept_without_secrets(
    desk: ScamDesk,
) -> None:
    heard = {"text": "我是公安，把钱转到安全账户，验证码482913念给我", "sender": "13900001111"}
    async with desk.client() as client:
        judged = await client.told(
            "POST", "/interactions/i1/scam-judgement", heard | {"kind": "call"}
        )
        assert judged["verdict"] == "scam"
        assert await desk.ask("SELECT count(*) FROM scam_warning") == [0]
        body = WARNING | heard | {"kind": "call", "told": ["beside", "reasons", "reasons"]}
        told = await client.told("POST", "/interactions/i1/scam-warning", body)
        warning = told["warning"]
        assert [one["code"] for one in warning["told"]] == ["beside", "reasons"]
        assert [one["code"] for one in warning["why"]] == ["safe-account", "secrecy"]
        assert warning["judged"]["verdict"] == "scam"
        assert warning["judged"]["sender"] != "13900001111"
        assert "482913" not in str(warning)
        listed = await client.told("GET", f"/holders/{HOLDER.id}/scam-warnings")
        assert listed == [warning]
        status, _ = await client.ask(
            "POST", "/interactions/i1/scam-judgement", heard, who="agent:6002"
        )
        assert status == 404, "only who talks with them"
    (body,) = await desk.ask("SELECT body FROM journal WHERE kind = 'scam.warned'")
    assert (body["verdict"], body["told"]) == ("scam", ["beside", "reasons"])
    assert "482913" not in str(body)


async def test_a_cooling_off_holds_the_card_with_the_holders_agreement(desk: ScamDesk) -> None:
    body = WARNING | {"card": CARD.id, "agreed": True}
    until = desk.now + desk.scam.policy.cooling_off
    async with desk.client() as client:
        told = await client.told("POST", "/interactions/i1/scam-warning", body)
        assert told["hold"]["state"] == "held"
        assert told["warning"]["cools_until"].startswith(until.isoformat()[:19])
    async with desk.database.transaction() as tx:
        card = await desk.bank.card(tx, card_id=CARD.id)
    assert card is not None
    assert (card.state, card.held_until) == (CardState.HELD, until)
    assert {"card.held", "scam.warned"} <= set(await desk.kinds())
    assert [template for _, template in await desk.texts()] == ["card_held"]


async def test_without_agreement_nothing_is_held_or_recorded_but_the_try(desk: ScamDesk) -> None:
    async with desk.client() as client:
        told = await client.told(
            "POST", "/interactions/i1/scam-warning", WARNING | {"card": CARD.id}
        )
        assert [one["code"] for one in told["refusals"]] == ["no-agreement"]
        assert told["refusals"][0]["words"]["zh"]
        assert told["warning"] is None
    assert await desk.ask("SELECT count(*) FROM scam_warning") == [0]
    assert (await desk.kinds()) == ["scam.cooling-off-refused"]
    assert await desk.ask("SELECT state FROM bank_card WHERE id = %s", CARD.id) == ["active"]


async def test_a_longer_hold_or_a_freeze_stays(desk: ScamDesk) -> None:
    longer = desk.now + desk.scam.policy.cooling_off + timedelta(days=2)
    await desk.set_state(CardState.HELD, longer)
    async with desk.client() as client:
        body = WARNING | {"card": CARD.id, "agreed": True}
        told = await client.told("POST", "/interactions/i1/scam-warning", body)
        assert told["hold"]["already"]
        assert told["warning"]["cools_until"].startswith(longer.isoformat()[:19])


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"reasons": []}, 422),
        ({"reasons": ["no-such-reason"]}, 422),
        ({"words": " "}, 422),
        ({"told": ["no-such-step"]}, 422),
        ({"text": "好" * 9000}, 422),
        ({"card": OTHER_CARD.id, "agreed": True}, 404),
    ],
)
async def test_a_warning_that_says_nothing_is_refused(
    desk: ScamDesk, wrong: dict[str, object], status: int
) -> None:
    async with desk.client() as client:
        answer = await client.ask("POST", "/interactions/i1/scam-warning", WARNING | wrong)
        assert answer[0] == status
    assert await desk.ask("SELECT count(*) FROM scam_warning") == [0]


# ---------------------------------------------------------------- the bank's own register


async def test_what_the_bank_registers_is_official_while_it_is_in_force(desk: ScamDesk) -> None:
    desk.scam = replace(desk.scam, trust=load_trust())
    body = {
        "text": "【示例银行】您的账单已出，详见 https://www.bank.example/bills",
        "sender": "95500",
    }
    async with desk.client() as client:
        assert (await client.told("POST", "/check-message", body))["verdict"] == "unknown"
        async with desk.database.transaction() as tx:
            for kind, value in (
                (OfficialKind.NUMBER, "95500"),
                (OfficialKind.DOMAIN, "bank.example"),
            ):
                since = desk.now - timedelta(days=1)
                entry = Official("", kind, value, "登记", "registered", since)
                _, verdict = await add_official(
                    tx, entry, config=load_trust(), by=OPERATOR, at=desk.now
                )
                assert verdict.allowed, verdict
        assert (await client.told("POST", "/check-message", body))["verdict"] == "official"


# ---------------------------------------------------------------- from the inbox


async def test_a_lead_reads_a_report_in_words_and_holds_a_card_that_the_holder_can_undo(
    desk: ScamDesk,
) -> None:
    lead = "lead:6010"
    async with desk.client() as client:
        path = f"/scam-reports/{(await client.report(secrets_told=True))['report']['id']}"
        assert (await client.ask("GET", path))[0] == 403  # agents have their conversations
        whole = await client.told("GET", path, who=lead)
        assert whole["verdict"] == "scam"
        assert all(one["zh"] and one["en"] for one in whole["why"])
        assert [one["code"] for one in whole["why"]] == whole["reasons"]
        assert [(one["tail"], one["state"]) for one in whole["cards"]] == [(CARD.tail, "active")]
        body = {"card": CARD.id, "why": "客户已把验证码告诉对方，尚未接到回访"}
        for change, status in (({"why": "可疑"}, 422), ({"card": OTHER_CARD.id}, 404)):
            assert (await client.ask("POST", f"{path}/hold", body | change, who=lead))[0] == status
        held = (await client.told("POST", f"{path}/hold", body, who=lead))["held"]
        assert (held["allowed"], held["state"], held["tail"]) == (True, "held", CARD.tail)
        whole = await client.told("GET", path, who=lead)
        assert (whole["cards"][0]["state"], whole["frozen"]) == ("held", [CARD.id])
        await client.told(
            "POST",
            f"{path}/review",
            {"state": "dismissed", "findings": "核实为误会", "keep": []},
            who=TELLER,
        )
        assert (await client.ask("POST", f"{path}/hold", body, who=lead))[0] == 409
    assert (HOLDER.phone, "card_held") in await desk.texts()
    report = path.rpartition("/")[2]
    assert "scam.held" in await desk.kinds(f"scam:{report}")


async def test_a_report_that_is_not_there_is_told_as_that(desk: ScamDesk) -> None:
    async with desk.client() as client:
        assert (await client.ask("GET", "/scam-reports/nothing", who=TELLER))[0] == 404
        body = {"card": CARD.id, "why": "客户已把验证码告诉对方，尚未接到回访"}
        assert (await client.ask("POST", "/scam-reports/nothing/hold", body, who=TELLER))[0] == 404
