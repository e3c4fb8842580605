"""Complaining on the pages: logged in, or without; once, however often it is sent (rows C1, C4)."""

import asyncio
import io
import re
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from cardline.adapters.postgres.database import Database
from cardline.complaints import actions
from cardline.complaints.model import ComplaintId
from tests.actions.complaint_house import ANSWER, HANDLER, answered
from tests.actions.portal_house import THEIRS, Browser, House


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 80), "#f4f1e8").save(made, "PNG")
    return made.getvalue()


PNG = _picture()
STATEMENT = "上周五客服答应退我三百元年费，到今天还没有退。"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    await house.fill()
    return house


async def references(house: House) -> list[str]:
    return await house.ask("SELECT id FROM complaint ORDER BY recorded_at, id")


async def logged_in(house: House) -> Browser:
    browser = house.browser()
    await browser.log_in(proven=True)
    return browser


async def complaint(house: House, browser: Browser, **more: str) -> str:
    answer = await browser.send(
        "/my/complaints/new", {"key": "k" * 20, "statement": STATEMENT, **more}
    )
    assert answer.status_code == 303, answer.text
    return str(re.findall(r"C\d{6}-\w{6}", answer.headers["location"])[0])


def key_in(page: str) -> str:
    return str(re.findall(r'name="key" value="([^"]+)"', page)[0])


async def test_a_holder_complains_and_is_asked_for_nothing_that_the_bank_has(house: House) -> None:
    browser = house.browser()
    await browser.log_in()  # the code alone: complaining needs no further proof
    form = (await browser.get("/my/complaints/new")).text
    fields = set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', form))
    assert fields <= {
        *("csrf", "key", "back", "statement", "demand", "staff", "contacts", "files", "phone")
    }
    answer = await browser.send(
        "/my/complaints/new",
        {"key": key_in(form), "statement": STATEMENT, "demand": "退回年费"},
        files=[("截图.png", PNG)],
    )
    sent = await browser.follow(answer)
    [reference] = await references(house)
    assert "我们收到了您的投诉" in sent.text
    assert reference in sent.text
    assert "最迟2026年" in sent.text
    [(holder, door, demand, files)] = await house.ask(
        "SELECT holder_id, door, demand, array_length(files, 1) FROM complaint"
    )
    assert (holder, door, demand, files) == ("h1", "portal", "退回年费", 1)
    assert await house.ask("SELECT door, holder_id FROM interaction") == [("message", "h1")]
    assert any(reference in text for text in await house.texts())


async def test_the_same_form_sent_twice_is_one_complaint(house: House) -> None:
    browser = await logged_in(house)
    first = await complaint(house, browser)
    assert await complaint(house, browser) == first
    assert await references(house) == [first]
    assert len(await house.ask("SELECT id FROM interaction")) == 1


async def test_the_same_words_again_are_joined_and_not_lost(house: House) -> None:
    browser = await logged_in(house)
    first = await complaint(house, browser)
    house.later(minutes=5)
    again = await browser.send(
        "/my/complaints/new", {"key": "another-key-of-a-form", "statement": STATEMENT}
    )
    page = await browser.follow(again)
    assert "一起处理" in page.text
    assert first in page.text
    assert len(await references(house)) == 2


async def test_secrets_in_the_words_are_taken_out_before_anything_is_kept(house: House) -> None:
    browser = await logged_in(house)
    text = "客服问我要密码，我说密码是739154，卡号6222021234567890128也报了。"
    await complaint(house, browser, statement=text, demand="验证码 883921 是他们要的")
    everything = str(
        await house.ask("SELECT statement, demand FROM complaint")
        + await house.ask("SELECT body::text FROM journal")
    )
    assert "739154" not in everything
    assert "883921" not in everything
    assert "622202123456" not in everything


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"statement": "  ！？ "}, "请写一写发生了什么"),
    ({"statement": "字" * 4001}, "4000个字"),
    ({"statement": STATEMENT, "demand": "字" * 4001}, "4000个字"),
    ({"statement": STATEMENT, "phone": "123"}, "看起来不完整"),
    ({"statement": STATEMENT, "staff": "字" * 61}, "60个字"),
]


async def test_what_is_refused_is_said_and_what_was_typed_stays(house: House) -> None:
    browser = await logged_in(house)
    for data, said in REFUSED:
        answer = await browser.send("/my/complaints/new", {"key": "k" * 20, **data})
        assert answer.status_code == 422
        assert said in answer.text
        assert data["statement"].strip() in answer.text
    assert await references(house) == []


async def test_a_file_that_is_none_refuses_the_form_and_keeps_the_words(house: House) -> None:
    browser = await logged_in(house)
    answer = await browser.send(
        "/my/complaints/new",
        {"key": "k" * 20, "statement": STATEMENT},
        files=[("notes.exe", b"MZ\x90\x00" + bytes(200))],
    )
    assert answer.status_code == 422
    assert "这个文件没有收下" in answer.text
    assert STATEMENT in answer.text
    assert await house.ask("SELECT id FROM stored_file") == []


async def test_a_complaint_about_calls_stops_them_at_once(house: House) -> None:
    browser = await logged_in(house)
    await complaint(house, browser, contacts="yes")
    kinds = await house.ask("SELECT kind FROM outreach_block WHERE holder = 'h1'")
    assert "calls_complaint" in kinds


async def test_nobody_sees_a_complaint_of_somebody_else(house: House) -> None:
    reference = await complaint(house, await logged_in(house))
    other = house.browser(host="192.0.2.9")
    await other.log_in(THEIRS, proven=True)
    for path in (f"/my/complaints/{reference}", f"/my/complaints/{reference}/sent"):
        assert (await other.get(path)).status_code == 404
    token = (await other.get("/my/complaints/new")).text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', token)[0]
    for act in ("facts", "withdrawal", "opinion", "reexamination"):
        form = {"csrf": csrf, "act": act, "key": "k" * 20, "text": "我也不满意"}
        assert (await other.post(f"/my/complaints/{reference}", form)).status_code == 404
    assert reference not in (await other.get("/my/complaints")).text


async def test_the_complainant_sees_state_date_person_answer_and_says_what_they_think(
    house: House,
) -> None:
    browser = await logged_in(house)
    reference = await complaint(house, browser, demand="退回年费")
    at = f"/my/complaints/{reference}"
    page = (await browser.get(at)).text
    assert "已收到" in page
    assert "正在安排" in page
    assert "这个日期是怎么算的" in page
    assert STATEMENT in page
    await answered(house, reference)
    page = (await browser.get(at)).text
    assert "年费三百元已经退回" in page
    assert "投诉成立" in page
    assert "您满意吗" in page
    assert "申请核查" in page
    answer = await browser.send(at, {"act": "opinion", "key": "o1" * 8, "satisfied": "no"})
    page = (await browser.follow(answer)).text
    assert "您说：不满意" in page
    assert "您满意吗" not in page
    answer = await browser.send(
        at, {"act": "reexamination", "key": "r1" * 8, "text": "还应当退利息"}
    )
    page = (await browser.follow(answer)).text
    assert "核查申请已收到" in page
    assert "还应当退利息" in page


async def test_facts_are_added_once_and_a_complaint_is_taken_back(house: House) -> None:
    browser = await logged_in(house)
    reference = await complaint(house, browser)
    at = f"/my/complaints/{reference}"
    form = {"act": "facts", "key": "f1" * 8, "text": "客服工号是6107"}
    for _ in range(2):
        answer = await browser.send(at, form, files=[("凭证.png", PNG)])
        assert "补充的内容已收到" in (await browser.follow(answer)).text
    assert await house.ask("SELECT text FROM complaint_fact") == ["客服工号是6107"]
    answer = await browser.send(at, {"act": "withdrawal", "key": "w1" * 8})
    page = (await browser.follow(answer)).text
    assert "已按您的意愿撤回" in page
    answer = await browser.send(at, {"act": "facts", "key": "f2" * 8, "text": "再补充一点"})
    assert answer.status_code == 422
    assert "现在不能这样做" in answer.text
    assert "再补充一点" not in str(await house.ask("SELECT text FROM complaint_fact"))


async def test_a_complaint_stands_among_the_contacts(house: House) -> None:
    browser = await logged_in(house)
    reference = await complaint(house, browser)
    [interaction] = await house.ask("SELECT id FROM interaction WHERE door = 'message'")
    page = (await browser.get(f"/my/contacts/{interaction}")).text
    assert f"登记了投诉{reference}" in page


async def test_what_was_typed_survives_a_session_that_was_over(house: House) -> None:
    browser = house.browser()
    await browser.log_in()
    page = (await browser.get("/my/complaints/new")).text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    house.later(hours=2)
    answer = await browser.post(
        "/my/complaints/new", {"csrf": csrf, "key": "k" * 20, "statement": STATEMENT}
    )
    assert answer.status_code == 401
    assert "为您保留" in answer.text


# ---------------------------------------------------------------- the public form


FORM = {
    "as": "self",
    "key": "p" * 20,
    "statement": STATEMENT,
    "name": "周婷",
    "phone": "13800001234",
}


async def word_of(house: House, **more: str) -> tuple[str, str]:
    answer = await house.browser().post("/complain", {**FORM, **more})
    assert answer.status_code == 200, answer.text
    reference = re.findall(r'id="reference">([^<]+)<', answer.text)[0]
    return str(reference), str(re.findall(r'id="word">([^<]+)<', answer.text)[0])


async def test_anybody_complains_without_logging_in_and_finds_it_with_the_code(
    house: House,
) -> None:
    reference, word = await word_of(house)
    stranger = house.browser(host="198.51.100.7")
    asked = await stranger.get(f"/complain/{reference}")
    assert STATEMENT not in asked.text
    shown = await stranger.post(f"/complain/{reference}", {"word": word.replace(" ", "-")})
    assert shown.status_code == 200
    assert STATEMENT in shown.text
    assert "周婷" not in shown.text
    [(door, holder, name, hash_)] = await house.ask(
        "SELECT door, holder_id, name, word_hash FROM complaint JOIN complaint_lookup"
        " ON complaint_lookup.complaint = complaint.id"
    )
    assert (door, holder, name) == ("form", None, "周婷")
    assert word.encode() not in bytes(hash_)
    assert word not in str(await house.ask("SELECT body::text FROM journal"))


async def test_a_stranger_learns_nothing_of_a_reference(house: House) -> None:
    reference, _ = await word_of(house)
    stranger = house.browser(host="198.51.100.7")
    pages = []
    for there in (reference, "C261123-000000"):
        page = (await stranger.get(f"/complain/{there}")).text
        wrong = await stranger.post(f"/complain/{there}", {"word": "aaaa-bbbb-cccc"})
        pages.append((page.replace(there, ""), wrong.text.replace(there, ""), wrong.status_code))
    fixed = [tuple(re.sub(r'value="[^"]*"', "", str(part)) for part in one) for one in pages]
    assert fixed[0] == fixed[1]
    # Acts need the word too.
    form = {"act": "withdrawal", "key": "w" * 20, "word": "aaaa-bbbb-cccc"}
    assert (await stranger.post(f"/complain/{reference}", form)).status_code == 422
    assert await house.ask("SELECT state FROM complaint") == ["received"]
    # A complaint that came by another door has no word at all.
    other = await complaint(house, await logged_in(house))
    assert (await stranger.post(f"/complain/{other}", {"word": ""})).status_code == 422


async def test_after_many_wrong_words_a_reference_rests_for_a_day(house: House) -> None:
    reference, word = await word_of(house)
    for turn in range(10):
        guesser = house.browser(host=f"198.51.{turn}.7")
        await guesser.post(f"/complain/{reference}", {"word": f"wrong-{turn}"})
    own = house.browser(host="203.0.113.5")
    assert (await own.post(f"/complain/{reference}", {"word": word})).status_code == 422
    house.later(hours=25)
    assert (await own.post(f"/complain/{reference}", {"word": word})).status_code == 200


async def test_the_public_form_sent_twice_is_one_and_tells_its_word_once(house: House) -> None:
    _, word = await word_of(house)
    again = await house.browser().post("/complain", FORM)
    assert word not in again.text
    assert "没有重复登记" in again.text
    assert len(await references(house)) == 1


async def test_three_clicks_at_once_are_one_complaint_with_one_word(house: House) -> None:
    answers = await asyncio.gather(*(house.browser().post("/complain", FORM) for _ in range(3)))
    assert [one.status_code for one in answers] == [200] * 3
    assert sum('id="word"' in one.text for one in answers) == 1
    assert len(await references(house)) == 1
    assert len(await house.ask("SELECT id FROM interaction")) == 1


async def test_a_flood_from_one_address_is_stopped_and_no_word_is_lost(house: House) -> None:
    browser = house.browser(host="198.51.100.9")
    statuses = []
    for turn in range(12):
        answer = await browser.post(
            "/complain", {**FORM, "key": f"{turn:020}", "statement": f"{STATEMENT}{turn}"}
        )
        statuses.append(answer.status_code)
    assert statuses[:10] == [200] * 10
    assert statuses[-1] == 429
    assert f"{STATEMENT}11" in answer.text
    assert "按5" in answer.text
    # Somebody else is not held up by it.
    other = await house.browser(host="203.0.113.77").post(
        "/complain", {**FORM, "key": "q" * 20, "phone": "13900005678"}
    )
    assert other.status_code == 200


async def test_anonymous_proxy_and_joint_complaints_are_taken_as_what_they_are(
    house: House,
) -> None:
    await word_of(house, **{"as": "anonymous", "key": "a" * 20, "name": "", "phone": ""})
    await word_of(house, **{"as": "proxy", "key": "b" * 20, "speaker": "周明", "heir": "yes"})
    speakers = "周婷\n李强\n"
    await word_of(house, **{"as": "joint", "key": "c" * 20, "people": "7", "speaker": speakers})
    found = await house.ask("SELECT anonymous, proxy, joint FROM complaint ORDER BY key")
    assert [one[0] for one in found] == [True, False, False]
    assert found[1][1]["name"] == "周明"
    assert found[1][1]["heir"] is True
    assert found[2][2] == {"people": 7, "representatives": ["周婷", "李强"], "in_person": False}


async def test_whether_a_code_was_sent_again_nobody_sees_on_the_page(house: House) -> None:
    reference, code = await word_of(house, email="zhou@example.net")
    stranger = house.browser(host="198.51.100.7")
    await stranger.get("/complain")  # the first page sets the language
    pages = []
    for there, given in (
        (reference, "13800001234"), (reference, "13900009999"), ("C261123-000000", "13800001234"),
    ):  # fmt: skip
        answer = await stranger.post(f"/complain/{there}/code", {"given": given})
        pages.append((answer.status_code, answer.text.replace(there, ""), sorted(answer.headers)))
    assert pages[0] == pages[1] == pages[2]
    assert "新口令已经发出" in pages[0][1]
    assert await house.ask("SELECT template FROM sms_outbox") == ["complaint_received_code"]
    opened = await stranger.post(f"/complain/{reference}", {"word": code})
    assert opened.status_code == 422
    await house.texts()
    [text] = await house.ask("SELECT text FROM sms_embedded")
    [again] = re.findall(r"\d{4} \d{4} \d{4}", text)
    assert STATEMENT in (await stranger.post(f"/complain/{reference}", {"word": again})).text


async def test_no_network_asks_for_codes_without_end(house: House) -> None:
    reference, _ = await word_of(house)
    stranger = house.browser(host="198.51.100.8")
    answers = [
        await stranger.post(f"/complain/{reference}/code", {"given": "x"}) for _ in range(12)
    ]
    assert answers[-1].status_code == 429
    assert "太频繁" in answers[-1].text


async def test_who_speaks_for_somebody_hears_the_answer_once_a_person_has_seen_the_authority(
    house: House,
) -> None:
    reference, word = await word_of(house, **{"as": "proxy", "speaker": "周明", "name": "周秀英"})
    at, code = f"/complain/{reference}", {"word": word}
    await answered_in_letter(house, reference)
    son = house.browser(host="198.51.100.7")
    page = (await son.post(at, code)).text
    assert "已答复" in page
    assert "请补交授权材料" in page
    assert "签名的授权书" in page
    for kept_back in (ANSWER, "投诉成立", "您满意吗", "我想撤回", "申请核查</button>"):
        assert kept_back not in page
    for act in ("withdrawal", "opinion", "reexamination"):
        refused = await son.post(at, {**code, "act": act, "key": act, "text": "不同意"})
        assert refused.status_code == 422
        assert "请先补交" in refused.text
        assert ANSWER not in refused.text
    form = {**code, "act": "authority", "key": "au" * 8, "principal": "周秀英", "until": "13月"}
    assert "写清年月日" in (await son.post(at, form)).text
    form["until"] = "2026-12-31"
    shown = await son.post(at, form, files=[("授权.png", PNG)], field="authority")
    assert "授权材料已收到" in shown.text
    assert "还没有人核对" in shown.text
    assert ANSWER not in shown.text
    [(files, principal, until, checked)] = await house.ask(
        "SELECT proxy->'authority_files', proxy->>'principal', proxy->>'until',"
        " proxy->>'checked_by' FROM complaint"
    )
    assert (len(files), principal, until, checked) == (1, "周秀英", "2026-12-31", "")
    assert any("请核对" in what for what in await house.ask("SELECT what FROM desk_task"))
    await checked_by_handler(house, reference, files)
    page = (await son.post(at, code)).text
    assert ANSWER in page
    assert "请补交授权材料" not in page
    reasons = await house.ask(
        "SELECT verdict->'reasons' FROM journal WHERE kind = 'complaint.proxy-judged' ORDER BY seq"
    )
    assert [[one["code"] for one in each] for each in reasons] == [
        ["authority-unchecked", "proxy-identity-needed"], []
    ]  # fmt: skip
    house.later(days=60)
    assert "授权已过有效期" in (await son.post(at, code)).text


async def answered_in_letter(house: House, reference: str) -> None:
    """Let it be answered at the complainant's own ways: a proxy's answer would be refused."""
    await house.ask(
        'UPDATE complaint SET reach = \'{"phone": "13900007777", "email": "",'
        ' "address": ""}\' WHERE id = %s RETURNING id',
        reference,
    )
    await answered(house, reference, channel="letter", proof_kind="posting", proof="XA1")


async def checked_by_handler(house: House, reference: str, files: list[str]) -> None:
    async with house.database.transaction() as tx:
        await actions.show_authority(
            tx, ComplaintId(reference),
            actions.Shown(files, ["f-identity"], principal="周秀英", until=date(2026, 12, 31)),
            checked=True, config=house.complaints, by=HANDLER.actor, at=house.now,
        )  # fmt: skip


LACKING: list[tuple[dict[str, str], str]] = [
    ({"name": ""}, "请写下姓名"),
    ({"phone": ""}, "至少留一种联系方式"),
    ({"phone": "", "email": "zhou@"}, "看起来不完整"),
    ({"as": "proxy"}, "请写下您自己的姓名"),
    ({"as": "joint", "people": "3"}, "至少写一位代表"),
    ({"as": "joint", "people": "3", "speaker": "甲\n乙\n丙\n丁\n戊\n己"}, "代表最多5位"),
    ({"as": "joint", "people": "很多", "speaker": "甲"}, "用数字写明"),
    ({"as": "joint", "people": "1", "speaker": "甲"}, "用数字写明"),
    ({"statement": ""}, "请写一写发生了什么"),
]


async def test_what_an_answer_needs_is_asked_for_and_no_more(house: House) -> None:
    for turn, (data, said) in enumerate(LACKING):
        answer = await house.browser(host=f"192.0.{turn}.1").post("/complain", {**FORM, **data})
        assert answer.status_code == 422
        assert said in answer.text
    assert await references(house) == []


async def test_the_ways_on_outside_are_told_to_everybody(house: House) -> None:
    page = (await house.browser().get("/complain/outside")).text
    for way in ("12378", "12363", "12315", "12321", "调解", "仲裁", "法院", "30天"):
        assert way in page


async def test_what_belongs_to_no_page_is_a_page_that_says_so(house: House) -> None:
    browser = house.browser()
    assert (await browser.get("/complain/new?as=<script>")).status_code == 200
    answer = await browser.post("/complain/look", {"reference": "<b>C1</b>/../x"})
    assert answer.headers["location"] == "/complain/bC1bx"
    reference, word = await word_of(house)
    form = {"word": word, "act": "delete", "key": "x" * 20}
    assert (await browser.post(f"/complain/{reference}", form)).status_code == 404
    missing = await browser.get("/complain/a/b")
    assert missing.status_code == 404
