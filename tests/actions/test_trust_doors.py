"""The doors of "was that really you?": short message, the open page, the holder's page, the API."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.ids import LegId
from cardline.desk.interactions import actions as desk
from cardline.trust import actions as trust
from tests.actions.portal_house import MINE, NOW, THEIRS, Browser
from tests.actions.trust_house import NOBODY, TrustedHouse, said
from tests.actions.whole_application import Whole, whole_application


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> TrustedHouse:
    house = TrustedHouse(database, tmp_path)
    await house.fill()
    return house


@pytest.fixture
async def web(house: TrustedHouse) -> AsyncIterator[Browser]:
    browser = house.browser()
    async with browser.client:
        yield browser


# ---------------------------------------------------------------- by short message


async def test_a_text_is_answered_from_what_went_to_its_number(house: TrustedHouse) -> None:
    assert await house.text("核实") == "verify_nothing"
    assert await house.text("核实13800138000") == "verify_number_not_ours"
    assert await house.text("VERIFY 95500") == "verify_number_ours"
    await house.calls()
    assert await house.text("核实") == "verify_was_call"
    assert await house.text("VERIFY 95500") == "verify_was_call"
    assert await house.text("核实13800138000") == "verify_number_not_ours"
    house.later(hours=80)
    assert await house.text("核实") == "verify_nothing"  # our own answers are no contacts


async def test_a_text_from_a_number_of_nobodys_gets_the_same_answers(house: TrustedHouse) -> None:
    await house.calls()
    theirs = [await house.text(words, THEIRS.phone) for words in ("核实", "核实95500", "核实123")]
    nobodys = [await house.text(words, NOBODY) for words in ("核实", "核实95500", "核实123")]
    assert theirs == nobodys == ["verify_nothing", "verify_number_ours", "verify_number_not_ours"]
    await house.calls(NOBODY)
    assert await house.text("核实", NOBODY) == "verify_was_call"


# ---------------------------------------------------------------- the open page


async def verify(web: Browser, **typed: str) -> tuple[int, str]:
    answer = await web.client.post("/verify", data={"what": "contact", **typed})
    found = re.search(r'<h2 id="answer"[^>]*>(.*?)</h2>', answer.text)
    return answer.status_code, found[1] if found else ""


async def test_the_page_opens_for_anybody_and_lists_what_is_ours(web: Browser) -> None:
    page = await web.get("/verify")
    assert page.status_code == 200
    for words in ("95500", "示例银行", "Example Bank", "bank.example", "三个词"):
        assert words in page.text
    assert (await web.get("/verify/message")).status_code == 200
    assert len(page.content) < 30_000
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    await web.send("/my/view", {"language": "en", "back": "/verify"}, page="/verify")
    assert "Was that really us?" in (await web.get("/verify")).text


async def test_only_the_code_makes_the_page_say_yes(web: Browser, house: TrustedHouse) -> None:
    proof = await house.calls()
    tail = MINE.phone[-4:]
    assert await verify(web, code=said(proof), tail=tail) == (200, "是我行")
    assert await verify(web, code=said(proof), tail="9999") == (200, "不是我行")
    assert await verify(web, code=said(proof)) == (200, "无法确定")
    assert await verify(web, number="95500") == (200, "无法确定")
    assert await verify(web, number="13800138000") == (200, "不是我行")
    assert await verify(web, text="【示例银行】请点 bank-example.top") == (200, "不是我行")
    assert await verify(web) == (422, "")
    for path, typed in (("官方", "95500"), ("网址", "https://www.bank.example/x")):
        answer = await web.client.post("/verify", data={"what": "official", "value": typed})
        assert "是我行" in answer.text, path


async def test_nobody_learns_from_the_page_whom_we_called(
    web: Browser, house: TrustedHouse
) -> None:
    asked: dict[str, str] = {"number": "95500", "code": "苹果、老虎、火车", "tail": "0001"}
    before = (await web.client.post("/verify", data={"what": "contact", **asked})).text
    await house.calls(up=True)
    await house.calls(NOBODY)
    after = (await web.client.post("/verify", data={"what": "contact", **asked})).text
    bare = re.compile(r'name="csrf" value="[^"]*"')
    assert bare.sub("", before) == bare.sub("", after)
    for name in ("林晓", "王小明", "6003"):
        assert name not in after


async def test_the_page_takes_an_even_time_and_ends_an_addresss_patience(
    house: TrustedHouse,
) -> None:
    house.portal = replace(
        house.portal, policy=replace(house.portal.policy, even_pace=timedelta(milliseconds=150))
    )
    house.application = house.make_application()
    browser = house.browser(host="192.0.2.77")
    async with browser.client:
        answer = await browser.client.post("/verify", data={"what": "contact", "number": "95500"})
        assert answer.elapsed >= timedelta(milliseconds=140)
        for _ in range(12):
            answer = await browser.client.post("/verify", data={"what": "contact", "code": "x"})
        assert answer.status_code == 429
        assert "尝试过于频繁" in answer.text


async def test_the_page_bears_whatever_is_typed(web: Browser) -> None:
    nasty = "<script>alert(1)</script>\"'{{7*7}}\x00"
    answer = await web.client.post("/verify", data={"what": nasty, "number": nasty, "text": nasty})
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert (await web.client.post("/verify", content=b"\xff")).status_code in (200, 413, 422)


# ---------------------------------------------------------------- the holder's own page


async def test_a_holder_sees_what_we_sent_and_who_is_talking(
    web: Browser, house: TrustedHouse
) -> None:
    await web.log_in()
    assert (await web.get("/my/verify")).headers["location"].startswith("/my/prove")
    await web.prove()
    page = (await web.get("/my/verify")).text
    assert "此刻我行没有与您通话" in page
    proof = await house.calls(up=True)
    page = (await web.get("/my/verify")).text
    assert "正在与您通话：王小明，工号6003。" in page
    assert f"对方应当能说出的口令：{said(proof)}" in page
    assert "还款提醒" in page
    assert "正在与您通话：王小明" in (await web.get("/my")).text
    async with house.database.transaction() as tx:
        await trust.contact_ended(tx, key=f"call/{MINE.phone}/{NOW - timedelta(minutes=3)}", at=NOW)
    assert "正在与您通话" not in (await web.get("/my")).text


async def test_a_call_of_the_holders_own_shows_who_answers_it(
    web: Browser, house: TrustedHouse
) -> None:
    await web.log_in(proven=True)
    name = await house.rings_us()
    page = (await web.get("/my/verify")).text
    assert "正在与您通话：赵敏，工号6101。" in page
    assert "打来的电话" in page
    async with house.database.transaction() as tx:
        await desk.leg_ended(tx, name, LegId("l1"), cause="hung-up", at=house.now)
    assert "我行语音系统" in (await web.get("/my/verify")).text
    async with house.database.transaction() as tx:
        await desk.close_interaction(tx, name, outcome="hung-up", at=house.now)
    assert "此刻我行没有与您通话" in (await web.get("/my/verify")).text


async def test_a_holder_checks_a_call_against_their_own_contacts(
    web: Browser, house: TrustedHouse
) -> None:
    await house.calls()
    await web.log_in(proven=True)

    async def told(**typed: str) -> str:
        return (await web.send("/my/verify", typed)).text

    right = await told(kind="call", number="95500", staff="6003", when="2026-11-23T10:00")
    assert "是我行联系了您" in right
    assert "王小明 6003" in right
    assert "工号与您说的不同" in await told(kind="call", staff="6009")
    assert "没有这样联系过您" in await told(kind="call", when="2026-11-20T09:00")
    assert "请至少填写一项" in await told()
    assert "时间没有填完整" in await told(when="soon")
    kinds = await house.ask("SELECT count(*) FROM journal WHERE kind = 'trust.checked'")
    assert kinds == [3]


async def test_another_holder_sees_nothing_of_it(house: TrustedHouse) -> None:
    await house.calls(up=True)
    other = house.browser(host="192.0.2.8")
    async with other.client:
        await other.log_in(THEIRS, proven=True)
        page = (await other.get("/my/verify")).text
        assert "此刻我行没有与您通话" in page
        assert "王小明" not in page
        answer = await other.send("/my/verify", {"kind": "call"})
        assert "没有这样联系过您" in answer.text


async def test_a_tip_stands_where_it_matters(web: Browser) -> None:
    await web.send("/my/login", {"phone": MINE.phone})
    assert "有人要您念出验证码，就是诈骗" in (await web.get("/my/login/code")).text
    await web.log_in(proven=True)
    frozen = await web.follow(await web.send("/my/freeze", {"card": "c11"}))
    assert "配合解冻" in frozen.text
    assert "95500或96110" in (await web.get("/my/release/c11")).text
    assert "不要转给个人账户" in (await web.get("/my/bills")).text


# ---------------------------------------------------------------- the API


@pytest.fixture
async def whole(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_application(database_url, tmp_path) as whole:
        yield whole


async def test_the_registry_is_kept_by_compliance_and_read_by_all(whole: Whole) -> None:
    entry: dict[str, Any] = {
        "kind": "number",
        "value": "021-60000000",
        "zh": "总机",
        "en": "switchboard",
        "since": "2026-01-01T00:00:00+08:00",
    }
    async with whole.client("compliance") as keeper, whole.client("agent") as agent:
        made = await keeper.post("/api/v1/trust/registry", json=entry)
        assert made.status_code == 200, made.text
        assert made.json()["value"] == "+862160000000"
        for change, code in (
            ({"value": "13800138000"}, "mobile-never-hotline"),
            ({}, "overlaps"),
            ({"since": "2026-01-01T00:00:00"}, "invalid"),
            ({"until": "2025-01-01T00:00:00+08:00"}, "invalid"),
        ):
            refused = await keeper.post("/api/v1/trust/registry", json={**entry, **change})
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        listed = (await agent.get("/api/v1/trust/registry")).json()
        assert "总机" in [one["zh"] for one in listed]
        path = f"/api/v1/trust/registry/{made.json()['id']}/end"
        assert (await keeper.post(path, json={})).status_code == 422  # nobody says why
        ended = await keeper.post(path, json={"why": "号码已停用"})
        assert ended.json()["until"] is not None
        assert ended.json()["ended_why"] == "号码已停用"
        again = await keeper.post(path, json={"why": "号码已停用"})
        assert again.status_code == 404
        listed = (await agent.get("/api/v1/trust/registry")).json()
        assert [one["ended_why"] for one in listed if one["zh"] == "总机"] == ["号码已停用"]
        asked = {"kind": "number", "value": entry["value"]}
        public = (await agent.get("/api/v1/trust/official", params=asked)).json()
        assert public["official"]["ended_why"] == ""
    kinds = await whole.ask("SELECT kind FROM journal WHERE stream = 'trust:registry' ORDER BY seq")
    assert kinds == [
        "trust.official-added",
        *["trust.official-refused"] * 2,
        "trust.official-ended",
    ]


async def test_anybody_may_ask_the_api_in_words_or_codes(whole: Whole) -> None:
    async with whole.client() as stranger:
        told = (
            await stranger.get(
                "/api/v1/trust/official", params={"kind": "number", "value": "4000000000"}
            )
        ).json()
        assert told["answer"] == "yes"
        assert told["official"]["zh"] == "客服热线"
        told = (await stranger.post("/api/v1/trust/check", json={"number": "13800138000"})).json()
        assert told["answer"] == "no"
        assert told["reasons"][0]["code"] == "mobile-never-hotline"
        assert any("4000000000" in one["zh"] for one in told["steps"])
        wrong = await stranger.post("/api/v1/trust/check", json={"at": "2026-11-27T10:00:00"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")
        for _ in range(12):
            answer = await stranger.post("/api/v1/trust/check", json={})
        assert answer.status_code == 429
