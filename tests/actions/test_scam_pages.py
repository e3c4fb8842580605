"""The pages: anybody checks a message; a holder reports a scam and freezes a card with it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.model import CardState, Holder
from cardline.core.ids import CardId
from cardline.trust.scam import store
from cardline.trust.scam.model import Judged, Message, ScamWarning
from tests.actions.portal_house import MINE, THEIRS, Browser, House

CHECK, REPORT, WARNINGS = "/verify/message", "/my/report-scam", "/my/warnings"
SCAM = "我是客服，请把短信验证码发给我"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    await house.fill()
    return house


async def check(browser: Browser, **form: str) -> httpx.Response:
    return await browser.post(CHECK, {"kind": "message", "sender": "", "text": "", **form})


async def test_anybody_checks_a_message_without_logging_in(house: House) -> None:
    browser = house.browser()
    page = await browser.get(CHECK)
    assert page.status_code == 200
    assert 'name="text"' in page.text
    answer = await check(browser, text=SCAM, sender="13800138000")
    assert answer.status_code == 200
    assert "很可能是诈骗" in answer.text
    assert "索要短信验证码" in answer.text
    assert REPORT in answer.text
    assert await house.ask("SELECT count(*) FROM scam_report") == [0]


async def test_the_page_speaks_the_language_that_was_chosen(house: House) -> None:
    browser = house.browser()
    answer = await browser.send("/my/view", {"language": "en", "back": CHECK}, page=CHECK)
    assert answer.headers["location"] == CHECK
    assert "Very likely a scam" in (await check(browser, text=SCAM)).text


async def test_what_was_pasted_is_shown_as_text_and_nothing_runs(house: House) -> None:
    text = '<script>alert(1)</script> 请点击 http://"><img src=x>.top'
    answer = await check(house.browser(), text=text, sender='"><b>x')
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert "<b>x" not in answer.text


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ("", 422, "请先粘贴"),
        ("  \n ", 422, "请先粘贴"),
        ("\0\ud7ff\x07", 200, "没有可以判断的内容"),
    ],
)
async def test_an_empty_text_is_said(house: House, text: str, status: int, says: str) -> None:
    answer = await check(house.browser(), text=text)
    assert (answer.status_code, says in answer.text) == (status, True)


async def test_a_text_beyond_all_bounds_is_refused_with_a_page(house: House) -> None:
    most = house.portal.policy.request_bytes
    answer = await check(house.browser(), text="好" * (most // 9 + 1000))
    assert answer.status_code == 413
    assert "内容太长了" in answer.text


async def test_who_asks_all_the_time_waits(house: House) -> None:
    browser = house.browser()
    statuses = {(await check(browser, text="你好")).status_code for _ in range(70)}
    assert statuses == {200, 429}


async def test_a_report_needs_a_log_in_and_its_token(house: House) -> None:
    browser = house.browser()
    assert (await browser.get(REPORT)).status_code == 303
    await browser.log_in()
    answer = await browser.post(REPORT, {"text": SCAM, "key": "k"})
    assert answer.status_code == 403
    assert await house.ask("SELECT count(*) FROM scam_report") == [0]


async def test_a_holder_reports_and_freezes_in_one_step(house: House) -> None:
    browser = house.browser()
    await browser.log_in()
    answer = await browser.send(
        REPORT,
        {
            "text": SCAM + "，验证码482913",
            "sender": "13800138000",
            "key": "k1",
            "told": "yes",
            "card": "c11",
        },
    )
    assert answer.status_code == 200, answer.text
    assert "已收到您的举报" in answer.text
    assert "已经冻结" in answer.text
    assert await house.state("c11") is CardState.FROZEN
    ((text, told, frozen, holder),) = await house.ask(
        "SELECT text, secrets_told, frozen, holder FROM scam_report"
    )
    assert "482913" not in text
    assert (told, frozen, holder) == (True, ["c11"], "h1")
    assert await house.ask("SELECT matter FROM desk_task") == ["urgent"]
    again = await browser.send(REPORT, {"text": SCAM, "key": "k1"})
    assert again.status_code == 200
    assert await house.ask("SELECT count(*) FROM scam_report") == [1]


async def test_another_holders_card_is_not_frozen(house: House) -> None:
    browser = house.browser()
    await browser.log_in()
    answer = await browser.send(REPORT, {"text": SCAM, "key": "k1", "card": "c21"})
    assert answer.status_code == 404
    assert await house.state("c21") is CardState.ACTIVE


async def test_an_empty_report_keeps_what_was_typed(house: House) -> None:
    browser = house.browser()
    await browser.log_in()
    answer = await browser.send(REPORT, {"text": " ", "sender": "13800138000", "key": "k1"})
    assert answer.status_code == 422
    assert "请粘贴短信内容" in answer.text
    assert "13800138000" in answer.text


async def test_too_many_reports_still_freeze(house: House) -> None:
    browser = house.browser()
    await browser.log_in()
    for number in range(house.scam.policy.reports_per_day):
        answer = await browser.send(REPORT, {"text": SCAM, "key": f"k{number}"})
        assert answer.status_code == 200
    answer = await browser.send(REPORT, {"text": SCAM, "key": "one-more", "card": "c11"})
    assert "今天提交的举报较多" in answer.text
    assert await house.state("c11") is CardState.FROZEN
    house.later(days=1, minutes=1)


async def test_a_silent_bank_is_said_and_the_report_is_kept(house: House) -> None:
    browser = house.browser()
    await browser.log_in()
    page = await browser.get(REPORT)
    house.bank.hangs = True
    quick = replace(house.portal.policy, bank_patience=timedelta(milliseconds=300))
    object.__setattr__(house.portal, "policy", quick)
    assert page.status_code == 200
    answer = await browser.send(REPORT, {"text": SCAM, "key": "k1", "card": "c11"})
    assert answer.status_code == 200, answer.text
    assert "没有冻结成功" in answer.text
    assert "已收到您的举报" in answer.text
    assert "portal.bank-silent" in await house.kinds()


# ---------------------------------------------------------------- warnings on record (row E4)


async def warned(house: House, holder: Holder, **more: Any) -> None:
    """A warning from a conversation, as an agent puts it on record."""
    warning = ScamWarning(
        id=f"sw-{holder.id}",
        interaction=await house.call(holder),
        holder=holder.id,
        reasons=("safe-account", "secrecy"),
        words="坚持要转",
        goes_on=True,
        card=None,
        cools_until=None,
        author="6001",
        at=house.now,
        told=("own-call", "a-step-of-before"),
        judged=Judged(Message("<b>安全账户</b>", "", "call"), "scam", 0.97),
    )
    async with house.database.transaction() as tx:
        await store.add_warning(tx, replace(warning, **more))


async def test_the_holder_reads_the_warnings_that_were_given_and_nobody_elses(house: House) -> None:
    await warned(house, MINE)
    await warned(house, THEIRS, words="别人的想法")
    browser = house.browser()
    await browser.log_in()
    first = await browser.get(WARNINGS)
    assert first.status_code == 303, "what was said is personal: more must be proven"
    await browser.prove()
    page = await browser.get(WARNINGS)
    assert page.status_code == 200
    for words in (
        *("很可能是诈骗", "世上没有安全账户", "请客户自己打电话核实", "a-step-of-before"),
        *("坚持要转", "您决定：仍然继续", "4000000000"),
    ):
        assert words in page.text
    assert "<b>" not in page.text
    assert "别人的想法" not in page.text
    assert WARNINGS in (await browser.get("/my")).text
    english = await browser.send("/my/view", {"language": "en", "back": WARNINGS}, page=WARNINGS)
    assert english.status_code == 303
    assert "You decided: to go on" in (await browser.get(WARNINGS)).text


async def test_a_cooling_off_that_runs_leads_to_its_end_by_the_holder(house: House) -> None:
    until = house.now + timedelta(hours=24)
    async with house.database.transaction() as tx:
        await house.bank.set_card_state(
            tx,
            card_id=CardId("c11"),
            state=CardState.HELD,
            until=until,
            key="cooling",
            at=house.now,
        )
    await warned(house, MINE, goes_on=False, card="c11", cools_until=until)
    browser = house.browser()
    await browser.log_in(proven=True)
    page = (await browser.get(WARNINGS)).text
    assert "您决定：不再继续" in page
    assert "/my/release/c11" in page
    house.later(hours=25)
    await browser.log_in(proven=True)
    assert "/my/release/c11" not in (await browser.get(WARNINGS)).text


async def test_without_warnings_the_page_says_so(house: House) -> None:
    browser = house.browser()
    await browser.log_in(proven=True)
    assert "还没有这样的提醒" in (await browser.get(WARNINGS)).text
