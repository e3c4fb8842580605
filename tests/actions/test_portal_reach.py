"""The holder in control: wishes, reject list, everything that was tried, the rules as published."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.phone import PhoneNumber
from cardline.outreach import actions as outreach
from cardline.outreach.model import Caps, Channel, Contact, Purpose, Wishes
from tests.actions.portal_house import MINE, Browser, House, csrf_in

WISHES = "/my/preferences/contact"
ALL: dict[str, Any] = {
    "kind": ["reminder", "service", "survey", "marketing"],
    "channel": ["call", "sms", "email", "letter", "app"],
    "day": [str(day) for day in range(1, 8)],
    **dict.fromkeys(("from", "to", "week", "month", "pause"), ""),
}


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    await house.fill()
    return house


@pytest.fixture
async def web(house: House) -> AsyncIterator[Browser]:
    browser = house.browser()
    async with browser.client:
        await browser.log_in()
        yield browser


async def ask(
    house: House, purpose: Purpose, channel: Channel = Channel.SMS, **more: Any
) -> tuple[str, ...]:
    to = more.pop("to", MINE.phone)
    contact = Contact(purpose, channel, to, MINE.id, **more)
    policy = house.identity.sms.policy
    async with house.database.transaction() as tx:
        verdict = await outreach.pass_gate(
            tx, contact, key=f"{purpose}/{channel}/{house.now}", policy=policy, at=house.now
        )
    return verdict.codes


async def wishes(house: House) -> Wishes:
    async with house.database.transaction() as tx:
        return await outreach.wishes_of(tx, holder=MINE.id)


async def test_what_is_set_on_the_page_is_obeyed_at_once(web: Browser) -> None:
    page = await web.get(WISHES)
    assert page.status_code == 200
    assert "怎样联系您" in page.text
    chosen = ALL | {
        "kind": ["service", "survey", "marketing"],
        "channel": ["sms", "email", "letter"],
        "day": ["1", "2", "3", "4", "5"],
        "from": "14",
        "to": "18",
        "week": "2",
        "month": "4",
    }
    saved = await web.send(WISHES, chosen)
    assert saved.status_code == 303
    page = await web.follow(saved)
    assert "您的选择已保存，即时生效" in page.text
    assert '<option value="14" selected>14:00</option>' in page.text
    assert await wishes(web.house) == Wishes(
        kinds_off=frozenset({Purpose.REMINDER}),
        channels_off=frozenset({Channel.CALL, Channel.APP}),
        opens=time(14),
        closes=time(18),
        days_off=frozenset({6, 7}),
        most_week=2,
        most_month=4,
    )
    assert await ask(web.house, Purpose.REMINDER) == ("kind-declined", "hours-declined")
    assert await ask(web.house, Purpose.SERVICE, Channel.CALL) == (
        "channel-declined",
        "hours-declined",
    )
    assert "outreach.wished" in await web.house.kinds()
    await web.send(WISHES, ALL)
    assert await wishes(web.house) == Wishes()
    assert await ask(web.house, Purpose.SERVICE) == ()


async def test_a_pause_is_shown_kept_and_ended(web: Browser) -> None:
    page = await web.follow(await web.send(WISHES, ALL | {"pause": "30"}))
    assert "已暂停至2026年12月23日" in page.text
    assert await ask(web.house, Purpose.SERVICE) == ("paused",)
    web.house.later(minutes=1)
    page = await web.follow(await web.send(WISHES, ALL))
    assert "已暂停至2026年12月23日 10:00" in page.text, "saving something else leaves it as it is"
    page = await web.follow(await web.send(WISHES, ALL | {"pause": "end"}))
    assert "已暂停至" not in page.text
    assert await ask(web.house, Purpose.SERVICE) == ()


async def test_what_cannot_be_is_said_and_nothing_is_changed(web: Browser) -> None:
    for bad, says in (
        ({"from": "14", "to": "15"}, "联系时段太短"),
        ({"from": "18", "to": "12"}, "联系时段太短"),
        ({"day": []}, "请至少保留一天"),
    ):
        answer = await web.send(WISHES, ALL | bad)
        assert answer.status_code == 422
        assert says in answer.text
        assert await wishes(web.house) == Wishes()
    none = {"from": "3", "to": "x", "week": "-1", "month": "999", "pause": "0"}
    assert (await web.send(WISHES, ALL | none)).status_code == 303
    assert await wishes(web.house) == Wishes(), "words that are none say nothing"


async def test_numbers_and_campaigns_go_on_the_reject_list_and_off_it(web: Browser) -> None:
    other = PhoneNumber("+8613800138000")
    page = await web.follow(
        await web.send(
            "/my/preferences/reject", {"wish": "reject", "phone": "138 0013 8000"}, page=WISHES
        )
    )
    assert "138****8000" in page.text
    assert await ask(web.house, Purpose.SERVICE, to=other) == ("number-rejected",)
    await web.send("/my/preferences/reject", {"wish": "reject", "campaign": "spring"}, page=WISHES)
    assert "campaign-rejected" in await ask(web.house, Purpose.MARKETING, campaign="spring")
    listed = await web.get(WISHES)
    assert "活动“spring”" in listed.text
    for one in ({"phone": other}, {"campaign": "spring"}):
        await web.send("/my/preferences/reject", {"wish": "allow", **one}, page=WISHES)
    assert "清单是空的" in (await web.get(WISHES)).text
    web.house.later(minutes=1)
    assert await ask(web.house, Purpose.SERVICE, to=other) == ()
    unreadable = {"wish": "reject", "phone": "12<b>"}
    answer = await web.send("/my/preferences/reject", unreadable, page=WISHES)
    assert answer.status_code == 422
    assert "看不懂这个号码" in answer.text
    assert 'value="12&lt;b&gt;"' in answer.text, "what was typed is kept"


async def test_everything_that_was_tried_is_listed_with_its_reasons(web: Browser) -> None:
    asked = await web.get("/my/preferences/asked")
    assert asked.status_code == 303, "what the bank knows needs more proof"
    assert asked.headers["location"].startswith("/my/prove")
    (confirmed,) = await web.house.ask("SELECT confirmed_at FROM outreach_number")
    assert confirmed == web.house.now, "logging in confirms the number"
    assert await ask(web.house, Purpose.MARKETING, campaign="spring") == ("consent-missing",)
    web.house.later(minutes=1)
    assert await ask(web.house, Purpose.SERVICE, Channel.CALL) == ()
    web.house.later(hours=12)
    assert await ask(web.house, Purpose.REMINDER) == ("quiet-hours",)
    await web.log_in(proven=True)
    page = (await web.get("/my/preferences/asked")).text
    for words in (
        "优惠和活动 · 短信",
        "您没有同意",
        "没有联系",
        "服务通知 · 电话",
        "可以联系，已放行",
        "不在可以联系的时段",
        "已推迟，最早2026年11月24日 08:00",
        "安全提醒 · 短信",
    ):
        assert words in page, words
    assert MINE.phone[3:] not in page
    reject = {"wish": "reject", "campaign": "spring"}
    await web.send("/my/preferences/reject", reject, page="/my/preferences/asked")
    assert (await wishes(web.house)).campaigns_off == {"spring"}


async def test_the_published_rules_are_those_that_are_executed(house: House) -> None:
    stranger = house.browser()
    async with stranger.client:
        page = await stranger.get("/my/contact-policy")
        assert page.status_code == 200
        for words in (
            "09:00至20:00之间，按您所在地的时间，法定节假日除外",
            "每天最多1次",
            "每30天最多4次",
            "须您事先明确同意",
            "接通的电话每天最多3个",
            "任何时间，不计次数",
            "72小时内不再拨打",
            "欠款提醒（电话、短信、手机应用消息）",
            "cn/outreach/2026-11-27",
        ):
            assert words in page.text, words
        marketing = replace(house.identity.sms.policy.hours[Purpose.MARKETING], closes=time(18, 30))
        policy = replace(
            house.identity.sms.policy,
            hours=house.identity.sms.policy.hours | {Purpose.MARKETING: marketing},
            caps=house.identity.sms.policy.caps | {Purpose.MARKETING: Caps(1, 2, 3)},
        )
        sms = replace(house.identity.sms, policy=policy)
        house.identity = replace(house.identity, sms=sms)
        house.portal = replace(house.portal, identity=house.identity)
        house.application = house.make_application()
    other = house.browser()
    async with other.client:
        page = await other.get("/my/contact-policy")
        assert "09:00至18:30之间" in page.text
        assert "每30天最多3次" in page.text
        english = await other.client.post(
            "/my/view",
            data={"csrf": csrf_in(page.text), "language": "en", "back": "/my/contact-policy"},
        )
        page = await other.follow(english)
        assert "Between 09:00 and 18:30 of your local time, not on public holidays" in page.text
        assert len(page.content) < 50_000


async def test_marketing_is_withdrawn_for_one_way_or_for_all(web: Browser) -> None:
    path, page = "/my/preferences/marketing", "/my/preferences"
    for channel in ("call", "sms"):
        await web.send(path, {"channel": channel, "wish": "give"}, page=page)
    web.house.later(minutes=1)
    await web.send(path, {"channel": "call", "wish": "withdraw-one"}, page=page)
    assert "consent-withdrawn" in await ask(web.house, Purpose.MARKETING, Channel.CALL)
    assert await ask(web.house, Purpose.MARKETING, Channel.SMS) == ()
    web.house.later(minutes=1)
    await web.send(path, {"channel": "sms", "wish": "withdraw"}, page=page)
    web.house.later(days=1)
    assert await ask(web.house, Purpose.MARKETING, Channel.SMS) == ("consent-withdrawn",)
