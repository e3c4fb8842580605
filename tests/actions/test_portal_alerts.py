"""Was it you, on the holder's page: a no freezes, a yes changes nothing, nobody else sees it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.model import CardState
from cardline.outreach.campaigns import alerts
from tests.actions.campaign_floor import POLICY
from tests.actions.portal_house import MINE, THEIRS, Browser, House


@pytest.fixture
async def web(database: Database, tmp_path: Path) -> AsyncIterator[Browser]:
    house = House(database, tmp_path)
    await house.fill()
    browser = house.browser()
    async with browser.client:
        yield browser


async def asked(house: House) -> str:
    """Ask the holder about a transaction; returns the id of the alert."""
    async with house.database.transaction() as tx:
        raised = await alerts.raise_alert(
            tx,
            holder=MINE.id,
            phone=MINE.phone,
            language=MINE.language,
            zone=MINE.zone,
            tail="1111",
            amount="5,999.00",
            merchant="某电器商城",
            key="alert-1",
            bank=house.bank,
            config=house.identity,
            policy=POLICY,
            at=house.now,
        )
    return raised.alert.id


async def test_a_no_freezes_the_card_before_the_page_is_shown(web: Browser) -> None:
    alert = await asked(web.house)
    await web.log_in()
    assert "有一笔交易需要您确认" in (await web.get("/my")).text
    page = await web.get("/my/alerts")
    assert "尾号1111的卡片在“某电器商城”交易5,999.00元" in page.text
    told = await web.send("/my/alerts", {"alert": alert, "answer": "no"})
    assert "尾号1111的卡已冻结" in told.text
    assert await web.house.state("c11") is CardState.FROZEN
    assert "campaign.alert-answered" in await web.house.kinds()


async def test_a_yes_is_noted_and_the_card_stays_in_use(web: Browser) -> None:
    alert = await asked(web.house)
    await web.log_in()
    told = await web.send("/my/alerts", {"alert": alert, "answer": "yes"})
    assert "谢谢，已经记录" in told.text
    assert await web.house.state("c11") is CardState.ACTIVE
    assert "目前没有需要您确认的交易" in (await web.get("/my/alerts")).text


async def test_what_was_answered_is_not_answered_again(web: Browser) -> None:
    alert = await asked(web.house)
    await web.log_in()
    await web.send("/my/alerts", {"alert": alert, "answer": "yes"})
    again = await web.send("/my/alerts", {"alert": alert, "answer": "no"})
    assert again.status_code == 404
    assert await web.house.state("c11") is CardState.ACTIVE


async def test_nobody_else_sees_or_answers_it(web: Browser) -> None:
    alert = await asked(web.house)
    await web.log_in(THEIRS)
    assert "某电器商城" not in (await web.get("/my/alerts")).text
    assert (await web.send("/my/alerts", {"alert": alert, "answer": "no"})).status_code == 404
    assert await web.house.state("c11") is CardState.ACTIVE


async def test_without_the_token_of_the_form_nothing_is_taken(web: Browser) -> None:
    alert = await asked(web.house)
    await web.log_in()
    answer = await web.post("/my/alerts", {"alert": alert, "answer": "no", "csrf": "made up"})
    assert answer.status_code in (401, 403)
    assert await web.house.state("c11") is CardState.ACTIVE
