"""The holder's pages over HTTP: logging in, cards, contacts, notes, messages, preferences."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from cardline.adapters.postgres.database import Database
from cardline.cards.model import CardState
from tests.actions.portal_house import MINE, PASSWORD, THEIRS, Browser, House, csrf_in


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (3, 2), "teal").save(made, "PNG")
    return made.getvalue()


PNG = picture()


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    await house.fill()
    return house


@pytest.fixture
async def web(house: House) -> AsyncIterator[Browser]:
    browser = house.browser()
    async with browser.client:
        yield browser


async def test_a_holder_logs_in_and_sees_cards_with_their_state(web: Browser) -> None:
    await web.log_in()
    page = await web.get("/my")
    assert page.status_code == 200
    for words in ("林晓，您好", "尾号1111", "尾号1122", "正常", "冻结卡片", "核对资料"):
        assert words in page.text
    assert "¥" not in page.text  # what is owed needs more proof


async def test_bills_ask_for_both_tails_once_and_then_open(web: Browser) -> None:
    await web.log_in()
    asked = await web.get("/my/bills")
    assert (asked.status_code, asked.headers["location"]) == (303, "/my/prove?back=/my/bills")
    tails = {"card_tail": "1122", "id_tail": "123x", "back": "/my/bills"}
    proven = await web.send("/my/prove", tails)
    assert (proven.status_code, proven.headers["location"]) == (303, "/my/bills")
    page = await web.get("/my/bills")
    for words in ("当前欠款", "可用额度", "积分", "年费", "2026年11月5日"):
        assert words in page.text


async def test_a_statement_shows_postings_and_its_interest_line_by_line(web: Browser) -> None:
    await web.log_in(proven=True)
    page = await web.get("/my/bills/a1/2026-11-05")
    assert page.status_code == 200
    assert "永辉超市" in page.text
    assert "是怎么算的" in page.text
    lines = await web.get("/my/bills/a1/2026-11-05/interest")
    assert "× 日利率0.05%" in lines.text
    assert (await web.get("/my/bills/a1/2026-02-30")).status_code == 404
    assert (await web.get("/my/bills/a1/1999-01-05")).status_code == 404


async def test_two_taps_freeze_a_card_and_the_phone_is_told(web: Browser) -> None:
    await web.log_in()
    page = await web.get("/my/freeze")
    done = await web.post("/my/freeze", {"csrf": csrf_in(page.text), "card": "c11"})
    told = await web.follow(done)
    assert told.status_code == 200
    assert "尾号1111的卡已冻结" in told.text
    assert "如何解除" in told.text
    assert await web.house.state("c11") is CardState.FROZEN
    assert await web.house.state("c12") is CardState.ACTIVE
    assert "已于11月23日10:00冻结" in (await web.house.texts())[-1]
    assert "card.frozen" in await web.house.kinds()


async def test_freezing_twice_is_a_success_that_tells_once(web: Browser) -> None:
    await web.log_in()
    for _ in range(2):
        done = await web.send("/my/freeze", {"card": "c11"})
        assert done.status_code == 303
    assert len([text for text in await web.house.texts() if "冻结，此后" in text]) == 1


async def test_a_freeze_is_lifted_by_a_person_and_the_page_says_so(web: Browser) -> None:
    await web.log_in()
    await web.send("/my/freeze", {"card": "c11"})
    page = await web.get("/my/release/c11")
    assert "需由座席核实您的身份后解除" in page.text
    assert 'type="password"' not in page.text
    tried = await web.send("/my/release/c11", {"password": PASSWORD})
    assert tried.status_code == 422
    assert await web.house.state("c11") is CardState.FROZEN


async def hold(house: House) -> None:
    async with house.database.transaction() as tx:
        await house.bank.set_card_state(
            tx,
            card_id="c11",
            state=CardState.HELD,
            until=house.now.replace(day=25),
            key="hold",
            at=house.now,
        )


async def test_a_hold_is_lifted_with_the_query_password(web: Browser) -> None:
    await hold(web.house)
    await web.log_in()
    page = await web.get("/my/release/c11")
    assert 'type="password"' in page.text
    wrong = await web.send("/my/release/c11", {"password": "000000"})
    assert wrong.status_code == 422
    assert "查询密码不对" in wrong.text
    assert await web.house.state("c11") is CardState.HELD
    right = await web.send("/my/release/c11", {"password": PASSWORD})
    assert right.status_code == 200
    assert "已解除冻结" in right.text
    assert await web.house.state("c11") is CardState.ACTIVE
    assert "已于11月23日10:00解除冻结" in (await web.house.texts())[-1]


async def test_wrong_passwords_lock_as_on_the_hotline(web: Browser) -> None:
    await hold(web.house)
    await web.log_in()
    for _ in range(3):
        await web.send("/my/release/c11", {"password": "000000"})
    locked = await web.get("/my/release/c11")
    assert 'type="password"' not in locked.text
    assert "致电" in locked.text
    await web.send("/my/release/c11", {"password": PASSWORD})
    assert await web.house.state("c11") is CardState.HELD


async def test_wrong_tails_lock_until_the_day_is_over(web: Browser) -> None:
    await web.log_in()
    for _ in range(3):
        tried = await web.send("/my/prove", {"card_tail": "1111", "id_tail": "0000"})
        assert tried.status_code == 422
    right = await web.send("/my/prove", {"card_tail": "1111", "id_tail": "123X"})
    assert right.status_code == 200
    assert "客服热线" in right.text
    assert (await web.get("/my/bills")).status_code == 303


async def test_a_slow_bank_gets_a_kind_page_and_the_wish_is_kept(
    web: Browser, house: House
) -> None:
    from dataclasses import replace
    from datetime import timedelta

    await web.log_in()
    token = csrf_in((await web.get("/my/freeze")).text)
    quick = replace(house.portal.policy, bank_patience=timedelta(seconds=0.5))
    house.portal = replace(house.portal, policy=quick)
    house.application = house.make_application()
    impatient = house.browser()
    impatient.client.cookies = web.client.cookies
    house.bank.hangs = True
    async with impatient.client:
        page = await impatient.post("/my/freeze", {"csrf": token, "card": "c11"})
    assert page.status_code == 503
    assert "冻结尚未确认" in page.text
    assert "tel:95500" in page.text
    assert await house.state("c11") is CardState.ACTIVE
    assert "portal.bank-silent" in await house.kinds()


async def test_every_contact_is_listed_searched_and_told_in_plain_words(web: Browser) -> None:
    call = await web.house.call()
    await web.log_in(proven=True)
    page = await web.get("/my/contacts")
    assert "您致电我行" in page.text
    assert "我行发给您的短信" in page.text
    found = await web.get("/my/contacts?q=九万元")
    assert "共1条" in found.text
    assert call in found.text
    assert "共0条" in (await web.get("/my/contacts?q=没有这样的话")).text
    assert "我行发给您的短信" not in (await web.get("/my/contacts?door=calls")).text
    one = await web.get(f"/my/contacts/{call}")
    for words in ("您拨通了客服热线。", "您的可用额度为九万元", "按了 1 键。", "通话结束", "录音"):
        assert words in one.text


async def test_a_code_is_masked_in_the_list_of_texts(web: Browser) -> None:
    await web.log_in(proven=True)
    page = await web.get("/my/contacts?door=texts")
    assert "验证码******" in page.text


async def test_listening_and_downloading_are_journaled_once(web: Browser) -> None:
    call = await web.house.call()
    await web.log_in(proven=True)
    at = f"/my/contacts/{call}/recording.wav"
    heard = await web.get(at, Range="bytes=0-")
    assert (heard.status_code, heard.headers["content-type"]) == (206, "audio/wav")
    rest = await web.get(at, Range="bytes=100-200")
    assert rest.status_code == 206
    taken = await web.get(f"{at}?download=1")
    assert taken.headers["content-disposition"].startswith("attachment")
    kinds = await web.house.kinds()
    assert kinds.count("portal.listened") == 1
    assert kinds.count("portal.downloaded") == 1
    assert "收听了录音" in (await web.get("/my/looks")).text


async def test_notes_stand_beside_a_contact_and_can_be_taken_away(web: Browser) -> None:
    call = await web.house.call()
    await web.log_in(proven=True)
    kept = await web.send(
        f"/my/contacts/{call}", {"note": "卡号 6222 0212 3456 7890 128"}, files=[("票.png", PNG)]
    )
    assert kept.status_code == 303
    page = await web.get(f"/my/contacts/{call}")
    assert "票.png" in page.text
    file = re.search(r"/my/files/\w+/\w+", page.text)
    assert file
    given = await web.get(file[0])
    assert given.headers["content-type"] == "image/png"
    assert given.content.startswith(b"\x89PNG")
    assert "sandbox" in given.headers["content-security-policy"]
    assert [one for one in (web.house.folder / "files").rglob("*") if one.is_file()]
    note = re.search(r'name="note" value="(\w+)"', page.text)
    assert note
    await web.send(f"/my/contacts/{call}/remove", {"note": note[1]}, page=f"/my/contacts/{call}")
    assert "票.png" not in (await web.get(f"/my/contacts/{call}")).text
    assert (await web.get(file[0])).status_code == 404
    assert not [one for one in (web.house.folder / "files").rglob("*") if one.is_file()]


async def test_a_refused_file_keeps_what_was_typed(web: Browser) -> None:
    call = await web.house.call()
    await web.log_in(proven=True)
    refused = await web.send(
        f"/my/contacts/{call}", {"note": "不要丢掉"}, files=[("page.html", b"<script>")]
    )
    assert refused.status_code == 422
    assert "不要丢掉" in refused.text
    assert "page.html" in refused.text
    sent = await web.send(
        "/my/messages", {"subject": "发票", "text": "请看附件"}, files=[("x.svg", b"<svg>")]
    )
    assert sent.status_code == 422
    assert "请看附件" in sent.text
    assert await web.house.ask("SELECT count(*) FROM stored_file") == [0]


async def test_a_message_becomes_a_task_is_answered_and_read(web: Browser) -> None:
    await web.log_in(proven=True)
    sent = await web.send(
        "/my/messages", {"subject": "年费", "text": "为什么收年费？"}, files=[("a.png", PNG)]
    )
    page = await web.follow(sent)
    assert "我们将在2026年11月24日 10:00前答复" in page.text
    headers = await web.house.hire()
    api = "/api/v1/holder-messages"
    waiting = (await web.client.get(api, headers=headers)).json()
    assert [one["subject"] for one in waiting] == ["年费"]
    await web.send(f"/my/messages/{waiting[0]['id']}", {"text": "请尽快"})
    tasks = await web.house.ask("SELECT kind, matter, interaction, what, done_at FROM desk_task")
    assert tasks == [("message", "general", waiting[0]["id"], "", None)], "one task for both parts"
    message, file = waiting[0]["id"], waiting[0]["lines"][0]["files"][0]["id"]
    opened = await web.client.get(f"{api}/{message}/files/{file}", headers=headers)
    assert opened.content.startswith(b"\x89PNG")
    web.house.later(minutes=3)
    answered = await web.client.post(
        f"{api}/{message}/answer", json={"text": "已为您免除。"}, headers=headers
    )
    assert answered.status_code == 200, answered.text
    assert (await web.client.get(api, headers=headers)).json() == []
    assert await web.house.ask("SELECT done_by FROM desk_task") == ["6101"]
    assert "您的留言已有答复" in (await web.house.texts())[-1]
    assert "您的留言“年费”已有答复" in (await web.get("/my")).text
    read = await web.get(f"/my/messages/{message}")
    assert "已为您免除。" in read.text
    assert "工号6101" in read.text
    assert "已有答复" not in (await web.get("/my")).text
    story = await web.get(f"/my/contacts/{message}")
    assert "为什么收年费？" in story.text
    assert "打开了您随留言发来的附件" in story.text


async def test_messages_lose_their_secrets_and_have_limits(web: Browser) -> None:
    await web.log_in(proven=True)
    for data, words in (
        ({"subject": "", "text": "x"}, "请填写主题"),
        ({"subject": "x", "text": ""}, "还没有填写内容"),
        ({"subject": "x", "text": "y" * 4001}, "文字太长"),
    ):
        answer = await web.send("/my/messages", data)
        assert answer.status_code == 422
        assert words in answer.text
    await web.send("/my/messages", {"subject": "卡", "text": "卡号4111 1111 1111 1111"})
    stored = await web.house.ask("SELECT text FROM portal_message_line")
    assert "4111 1111" not in stored[0]


async def test_preferences_are_kept_and_come_back_with_the_next_log_in(web: Browser) -> None:
    await web.log_in()
    chosen = {"language": "en", "size": "large", "delivery": "paper"}
    page = await web.follow(await web.send("/my/preferences", chosen))
    assert 'lang="en" class="large"' in page.text
    assert "Your settings are saved" in page.text
    other = web.house.browser(host="192.0.2.9")
    web.house.later(minutes=2)
    async with other.client:
        await other.log_in()
        assert 'lang="en" class="large"' in (await other.get("/my")).text


async def test_marketing_is_agreed_to_in_words_and_stopped_at_once(web: Browser) -> None:
    await web.log_in()
    page = await web.get("/my/preferences")
    assert "您没有同意" in page.text
    await web.send("/my/preferences/marketing", {"channel": "sms", "wish": "give"}, page="/my")
    page = await web.get("/my/preferences")
    assert "您于2026年11月23日 10:00同意（在本页面）" in page.text
    wording = await web.house.ask("SELECT wording FROM outreach_consent")
    assert "我同意贵行以短信" in wording[0]
    web.house.later(minutes=1)
    await web.send("/my/preferences/marketing", {"channel": "sms", "wish": "withdraw"}, page="/my")
    assert "您没有同意" in (await web.get("/my/preferences")).text
    assert "outreach.withdrawn" in await web.house.kinds()


async def test_being_left_alone_blocks_all_but_what_protects(web: Browser) -> None:
    await web.log_in()
    await web.send("/my/preferences/quiet", {"wish": "quiet"}, page="/my")
    assert "已开启" in (await web.get("/my/preferences")).text
    assert await web.house.ask("SELECT kind FROM outreach_block WHERE until IS NULL") == [
        "no_contact"
    ]
    await web.send("/my/preferences/quiet", {"wish": "usual"}, page="/my")
    assert "已开启" not in (await web.get("/my/preferences")).text


async def test_sessions_are_listed_and_ended(web: Browser) -> None:
    await web.log_in()
    web.house.later(minutes=2)
    other = web.house.browser(host="192.0.2.9")
    async with other.client:
        await other.log_in()
        page = await other.get("/my/sessions")
        assert "本设备" in page.text
        assert "其他设备" in page.text
        await other.send("/my/sessions", {"session": ""})
        assert (await other.get("/my")).status_code == 303
    assert (await web.get("/my")).status_code == 401
    assert await web.house.ask(
        "SELECT count(*) FROM portal_session WHERE ended_at IS NULL AND holder = %s", THEIRS.id
    ) == [0]


async def test_an_expired_session_comes_back_with_what_was_typed(web: Browser) -> None:
    call = await web.house.call()
    await web.log_in(proven=True)
    at = f"/my/contacts/{call}"
    token = csrf_in((await web.get(at)).text)
    web.house.later(minutes=16)
    over = await web.post(at, {"csrf": token, "note": "写了很久的话"})
    assert over.status_code == 401
    assert "已为您保留" in over.text
    kept = re.search(r'name="kept" value="([^"]*)"', over.text)
    assert kept
    import html

    form = {"phone": MINE.phone, "back": at, "kept": html.unescape(kept[1])}
    await web.post("/my/login", {"csrf": csrf_in(over.text), **form})
    done = await web.send("/my/login/code", {"code": await web.code()})
    assert done.headers["location"] == at
    tails = {"card_tail": "1111", "id_tail": "123X", "back": at}
    page = await web.follow(await web.send("/my/prove", tails))
    assert "写了很久的话" in page.text
    assert "写了很久的话" not in (await web.get(at)).text


async def test_language_and_large_type_are_switched_before_logging_in(web: Browser) -> None:
    switched = await web.send("/my/view", {"language": "en", "back": "/my/login"}, page="/my/login")
    assert switched.headers["location"] == "/my/login"
    page = await web.get("/my/login")
    assert '<html lang="en">' in page.text
    await web.send("/my/view", {"size": "large", "back": "/my/login"}, page="/my/login")
    assert '<html lang="en" class="large">' in (await web.get("/my/login")).text
