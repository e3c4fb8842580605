"""HTTP of chats and guidance through the whole application: roles, cookies, forms, files."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from cardline.adapters.postgres.database import Database
from cardline.ports.files import Scan
from tests.actions.chat_room import CONFIG
from tests.actions.chat_web import Web, chat_web, png, post, token_in

PAN = "6222021234567890128"


@pytest.fixture
async def web(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Web]:
    async with chat_web(database, tmp_path / "files", monkeypatch) as web:
        yield web


async def test_a_form_alone_suffices(web: Web) -> None:
    async with web.browser() as browser:
        page = await browser.get("/chat")
        assert page.status_code == 200
        cookie = page.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        sent = await post(browser, "/chat/messages", token_in(page.text), text="最低还款怎么算")
        assert (sent.status_code, sent.headers["location"]) == (303, "/chat?language=zh#write")
        shown = (await browser.get("/chat")).text
        assert "最低还款额通常是：消费余额的10%" in shown
        assert "机器助手" in shown
        assert len(shown.encode()) < 50_000
        again = await post(
            browser, "/chat/messages", token_in(shown), act="refresh", text="写了一半<b>"
        )
        assert "写了一半&lt;b&gt;</textarea>" in again.text
        empty = await post(browser, "/chat/messages", token_in(shown), text=" ")
        assert empty.status_code == 422
        assert "请先写点什么" in empty.text


async def test_the_page_of_a_long_chat_stays_small(web: Web) -> None:
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        for number in range(45):
            web.room.later(seconds=10)
            await post(browser, "/chat/messages", csrf, text=f"年费{number}", key=f"key{number}")
            if number == 3:
                await post(browser, "/chat/messages", csrf, act="person")
        page = await browser.get("/chat")
        assert len(page.content) < 50_000
        assert "查看更早的消息" in page.text
        assert "年费0</p>" not in page.text
        assert "年费0</p>" in (await browser.get("/chat?whole=true")).text


async def test_policies_of_content_are_strict(web: Web) -> None:
    async with web.browser() as browser:
        for path in ("/chat", "/chat?language=en"):
            policy = (await browser.get(path)).headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
        for name in ("chat.js", "chat.css", "chat.svg"):
            assert (await browser.get(f"/chat/static/{name}")).status_code == 200
        for name in ("..%2Fpages.py", "chat.html", "x"):
            assert (await browser.get(f"/chat/static/{name}")).status_code == 404
        page = (await browser.get("/chat")).text
        assert not re.search(r"<script(?! src=)|style=|\bon\w+=", page)


async def test_only_the_sites_of_the_bank_embed_the_page(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cardline.app.settings import read_sites

    assert read_sites("https://www.bank.example, https://a.b:8443") == (
        "https://www.bank.example",
        "https://a.b:8443",
    )
    for wrong in ("http://bank.example", "https://*", "https://a.b/;", "'self'"):
        with pytest.raises(ValueError, match="must be sites"):
            read_sites(wrong)
    from cardline.messages.chat.guests import COOKIE
    from cardline.messages.chat.pages import Pages

    async with web.browser() as browser:
        plain = Pages.page

        def embedded(self: Pages, *args: Any, **named: Any) -> Any:
            return plain(self, *args, **{**named, "origins": ("https://www.bank.example",)})

        monkeypatch.setattr(Pages, "page", embedded)
        browser.base_url = httpx.URL("https://bank.example")
        answer = await browser.get("/chat")
    assert "frame-ancestors https://www.bank.example" in answer.headers["content-security-policy"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"__Host-{COOKIE}=")
    for word in ("Path=/;", "Secure", "SameSite=None", "Partitioned", "HttpOnly"):
        assert word in cookie


async def test_a_form_of_another_page_is_refused_and_what_was_typed_can_be_sent_again(
    web: Web,
) -> None:
    async with web.browser() as browser, web.browser() as other:
        csrf = token_in((await browser.get("/chat")).text)
        theirs = token_in((await other.get("/chat")).text)
        for path in ("/chat/messages", "/chat/close", "/chat/read", "/chat/typing", "/chat/files"):
            for wrong in ("", theirs, "\u00e9"):
                assert (await post(browser, path, wrong, text="x")).status_code == 403
        async with web.browser() as bare:
            refused = await post(bare, "/chat/messages", csrf, text="x")
            assert refused.status_code == 403
            assert "Cookie" in refused.text
        assert await web.room.ask("SELECT count(*) FROM chat") == [0]


async def test_nobody_reads_the_chat_or_file_of_another(web: Web) -> None:
    async with web.browser() as browser, web.browser() as other:
        csrf = token_in((await browser.get("/chat")).text)
        await post(browser, "/chat/files", csrf, file=("收据.png", png()))
        news = (await browser.get("/chat/events")).json()
        link = next(one["file"] for one in news["messages"] if one["file"])
        assert (await browser.get(link)).status_code == 200
        await other.get("/chat")
        assert (await other.get(link)).status_code == 404
        assert (await other.get("/chat/events")).json()["messages"] == []
        mine = {"x-test-holder": "h1"}
        assert (await other.get(f"/my{link}", headers=mine)).status_code == 404


async def test_a_holder_who_is_logged_in_is_known_and_others_are_not(web: Web) -> None:
    async with web.browser() as browser:
        door = await browser.get("/my/chat")
        assert (door.status_code, door.headers["location"]) == (303, "/my/login?back=/my/chat")
        script = {"Accept": "application/json"}
        assert (await browser.get("/my/chat/events", headers=script)).status_code == 401
        mine = {"x-test-holder": "h1"}
        page = await browser.get("/my/chat", headers=mine)
        assert 'action="/my/chat/messages"' in page.text
        assert "set-cookie" not in page.headers
        data = {"csrf": "csrf of h1", "text": "年费", "key": "key-12345"}
        assert (await browser.post("/my/chat/messages", data=data, headers=mine)).status_code == 303
        assert await web.room.ask("SELECT holder_id FROM chat") == ["h1"]
        theirs = {"x-test-holder": "h2"}
        assert (
            await browser.post("/my/chat/messages", data=data, headers=theirs)
        ).status_code == 403
        assert (await browser.get("/my/chat/events", headers=theirs)).json()["messages"] == []
        rows = await web.room.ask("SELECT holder_id, door FROM interaction")
        assert rows == [("h1", "chat")]


async def test_from_question_to_a_person_and_a_file_and_the_end(web: Web) -> None:
    agent = await web.hire("6001", "agent", "general")
    async with web.browser() as browser, agent:
        api = "/api/v1/chats"
        assert (await agent.get(f"{api}/mine")).json()["ready"] is False
        ready = await agent.put(f"{api}/availability", json={"ready": True, "capacity": 2})
        assert ready.json()["capacity"] == 2
        csrf = token_in((await browser.get("/chat")).text)
        for text in ("今天天气", "明天天气"):
            await post(browser, "/chat/messages", csrf, text=text, key=text)
        mine = (await agent.get(f"{api}/mine")).json()
        chat = mine["next"]["id"]
        assert mine["waiting"] == 1
        taken = await agent.post(f"{api}/{chat}/accept")
        assert (taken.status_code, taken.json()["state"]) == (200, "talking")
        body = {"text": "您好，请发收据", "key": "agent-key-1"}
        assert (await agent.post(f"{api}/{chat}/messages", json=body)).status_code == 200
        news = (await browser.get("/chat/events")).json()
        assert news["messages"][-1]["text"] == "您好，请发收据"
        assert news["state"] == "talking"
        sent = await browser.post(
            "/chat/files?after=99",
            data={"csrf": csrf},
            files={"file": ("../收据.png", png())},
            headers={"accept": "application/json"},
        )
        assert sent.status_code == 200
        whole = (await agent.get(f"{api}/{chat}")).json()
        file = whole["messages"][-1]["file"]
        assert (file["name"], file["kind"]) == ("收据.png", "png")
        given = await agent.get(f"{api}/{chat}/files/{file['id']}")
        assert given.headers["content-type"] == "image/png"
        assert "sandbox" in given.headers["content-security-policy"]
        number = whole["messages"][-1]["number"]
        assert (await agent.post(f"{api}/{chat}/read", json={"through": number})).status_code == 204
        news = (await browser.get("/chat/events")).json()
        assert news["read"] == number
        assert (await agent.post(f"{api}/{chat}/typing")).status_code == 204
        assert (await browser.get("/chat/events")).json()["agent_typing"] is True
        end = await agent.post(f"{api}/{chat}/close", json={"outcome": "resolved"})
        assert end.status_code == 204
        assert (await browser.get("/chat/events")).json()["state"] == "closed"
        assert "对话已结束" in (await browser.get("/chat")).text


async def test_waiting_for_news_ends_when_there_are_some(web: Web) -> None:
    agent = await web.hire("6001", "agent", "general")
    async with web.browser() as browser, agent:
        await agent.put("/api/v1/chats/availability", json={"ready": True})
        csrf = token_in((await browser.get("/chat")).text)
        await post(browser, "/chat/messages", csrf, act="person")
        news = (await browser.get("/chat/events")).json()
        chat = (await agent.get("/api/v1/chats/mine")).json()["next"]["id"]
        last = news["messages"][-1]["number"]
        asked = {"after": str(last), "version": news["version"], "wait": "25"}
        waiting = asyncio.create_task(browser.get("/chat/events", params=asked))
        await asyncio.sleep(0)
        await agent.post(f"/api/v1/chats/{chat}/accept")
        async with asyncio.timeout(20):
            told = (await waiting).json()
        assert told["state"] == "talking"
        assert told["messages"][-1]["text"].startswith("客服林晓")


async def test_nobody_is_left_waiting_for_news_by_a_server_that_stops(web: Web) -> None:
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        await post(browser, "/chat/messages", csrf, act="person")
        news = (await browser.get("/chat/events")).json()
        last = news["messages"][-1]["number"]
        asked = {"after": str(last), "version": news["version"], "wait": "25"}
        waiting = asyncio.create_task(browser.get("/chat/events", params=asked))
        await asyncio.sleep(0)
        web.hub.close()
        async with asyncio.timeout(10):
            told = (await waiting).json()
            again = (await browser.get("/chat/events", params=asked)).json()
        assert told["messages"] == again["messages"] == []


async def test_an_agent_who_asks_for_a_secret_is_told_so(web: Web) -> None:
    agent = await web.hire("6001", "agent", "general")
    async with web.browser() as browser, agent:
        await agent.put("/api/v1/chats/availability", json={"ready": True})
        csrf = token_in((await browser.get("/chat")).text)
        await post(browser, "/chat/messages", csrf, act="person")
        chat = (await agent.get("/api/v1/chats/mine")).json()["next"]["id"]
        await agent.post(f"/api/v1/chats/{chat}/accept")
        body = {"text": "麻烦您把完整卡号和CVV发我", "key": "agent-key-1"}
        refused = await agent.post(f"/api/v1/chats/{chat}/messages", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "asks-for-secret")
        kinds = await web.room.ask("SELECT count(*) FROM journal WHERE kind = 'chat.secret-asked'")
        assert kinds == [1], "the refusal was rolled back"


async def test_a_secret_stands_nowhere(
    web: Web, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = (PAN, "135790", "482913")
    with structlog.testing.capture_logs() as logged:
        async with web.browser() as browser:
            csrf = token_in((await browser.get("/chat")).text)
            text = f"卡号{PAN}，密码是135790，验证码482913"
            sent = await post(browser, "/chat/messages", csrf, text=text)
            assert sent.status_code == 303
            await post(browser, "/chat/files", csrf, file=("a.txt", text.encode()))
            await post(browser, "/chat/files", csrf, file=(f"{PAN}.png", png()))
            await post(browser, "/chat/messages", csrf, text=text * 200)
            page = (await browser.get("/chat?whole=true")).text
            news = (await browser.get("/chat/events")).text
    kept = b"".join(path.read_bytes() for path in web.folder.rglob("*") if path.is_file())
    whole = await web.room.whole_database()
    captured = capsys.readouterr()
    written = f"{logged}{caplog.text}{captured.out}{captured.err}"
    assert "已被遮住" in page
    for secret in secrets:
        for where in (whole, page, news, written, kept.decode("latin-1")):
            assert secret not in where


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.svg", b"<svg onload=alert(1)>", "只能发送"),
        ("a.html", b"<html><script>alert(1)</script>", "只能发送"),
        ("a.png", b"", "文件是空的"),
        ("a.png", b"\x89PNG\r\n\x1a\nrubbish", "打不开"),
        ("a.zip", b"PK\x03\x04" + bytes(99), "只能发送"),
    ],
)  # fmt: skip
async def test_a_hostile_file_is_refused_kindly_and_not_kept(
    web: Web, name: str, content: bytes, words: str
) -> None:
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        await post(browser, "/chat/messages", csrf, text="你好")
        refused = await post(browser, "/chat/files", csrf, file=(name, content))
        assert refused.status_code == 422
        assert words in refused.text
    assert not [path for path in web.folder.rglob("*") if path.is_file()]
    assert await web.room.ask("SELECT count(*) FROM journal WHERE kind = 'file.refused'") == [1]


async def test_a_file_that_is_too_large_is_not_even_read(web: Web) -> None:
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        most = CONFIG.policy.files.most_bytes
        refused = await post(browser, "/chat/files", csrf, file=("a.png", bytes(most + 99_000)))
        assert refused.status_code == 413
        assert "最多5 MB" in refused.text

        async def endless() -> AsyncIterator[bytes]:
            yield b"csrf="
            raise AssertionError("it was read")

        unsaid = await browser.post(
            "/chat/files",
            content=endless(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert unsaid.status_code == 411


@pytest.mark.parametrize(
    ("answer", "words"), [("infected", "病毒扫描没有通过"), ("unsure", "暂时无法扫描")]
)
async def test_without_a_clear_word_of_the_scanner_nothing_is_kept(
    web: Web, answer: Scan, words: str
) -> None:
    web.scanner.answer = answer
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        refused = await post(browser, "/chat/files", csrf, file=("a.png", png()))
        assert words in refused.text
    assert not [path for path in web.folder.rglob("*") if path.is_file()]


async def test_a_file_that_was_changed_on_the_disk_is_not_given(web: Web) -> None:
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        await post(browser, "/chat/files", csrf, file=("a.png", png()))
        news = (await browser.get("/chat/events")).json()
        link = next(one["file"] for one in news["messages"] if one["file"])
        (kept,) = [path for path in web.folder.rglob("*") if path.is_file()]
        kept.write_bytes(b"something else")
        assert (await browser.get(link)).status_code == 404


async def test_roles(web: Web) -> None:
    clients = {role: await web.hire(f"7{n}00", role) for n, role in enumerate(_ROLES, start=1)}  # type: ignore[arg-type]
    for method, path, allowed in (
        ("GET", "/chats", {"lead"}),
        ("GET", "/chats/mine", {"agent", "lead"}),
        ("PUT", "/chats/availability", {"agent", "lead"}),
        ("GET", "/chats/i1", {"agent", "lead", "quality", "compliance"}),
        ("POST", "/chats/i1/accept", {"agent", "lead"}),
        ("POST", "/chats/i1/messages", {"agent", "lead"}),
        ("POST", "/chats/i1/typing", {"agent", "lead"}),
        ("POST", "/chats/i1/read", {"agent", "lead"}),
        ("POST", "/chats/i1/close", {"agent", "lead"}),
        ("POST", "/chats/i1/transfer", {"agent", "lead"}),
        ("GET", "/chats/i1/files/f1", {"agent", "lead", "quality", "compliance"}),
        ("GET", "/knowledge", set(_ROLES)),
        ("GET", "/knowledge/annual-fee", set(_ROLES)),
        ("GET", "/scripts", set(_ROLES)),
    ):
        async with web.browser() as nobody:
            assert (await nobody.request(method, f"/api/v1{path}", json={})).status_code == 401
        for role, client in clients.items():
            answer = await client.request(method, f"/api/v1{path}", json=_BODIES.get(path, {}))
            assert (answer.status_code == 403) is (role not in allowed), (role, method, path)
            assert answer.status_code < 500, answer.text
    for client in clients.values():
        await client.aclose()


_ROLES = ("agent", "lead", "quality", "compliance", "administrator")
_BODIES = {
    "/chats/availability": {"ready": False},
    "/chats/i1/messages": {"text": "您好", "key": "key-12345"},
    "/chats/i1/read": {"through": 1},
    "/chats/i1/close": {"outcome": "resolved"},
    "/chats/i1/transfer": {"matter": "points"},
}


async def test_guidance_over_http(web: Web) -> None:
    client = await web.hire("7100", "agent")
    async with client:
        hits = (await client.get("/api/v1/knowledge", params={"q": "滞纳金"})).json()
        assert hits[0]["id"] == "late-payment"
        assert any(piece["found"] for piece in hits[0]["title"] + hits[0]["excerpt"])
        everything = (await client.get("/api/v1/knowledge", params={"limit": 50})).json()
        assert len(everything) == len(CONFIG.knowledge.articles)
        of_points = (await client.get("/api/v1/knowledge", params={"matter": "points"})).json()
        assert {"points", "annual-fee"} == {one["id"] for one in of_points}
        article = (await client.get("/api/v1/knowledge/annual-fee?language=en")).json()
        assert article["title"].startswith("Annual fee")
        assert (await client.get("/api/v1/knowledge/nothing")).status_code == 404
        told = (await client.get("/api/v1/scripts", params={"matter": "urgent"})).json()
        assert told["scripts"][0]["steps"]
        assert {one["strain"] for one in told["hard"]} == {
            *("distress", "anger", "abuse", "nightly", "convinced"),
        }
        assert (await client.get("/api/v1/scripts?matter=weather")).status_code == 404
        assert (await client.get("/api/v1/knowledge?q=" + "x" * 201)).status_code == 422


async def test_a_flood_from_one_address_is_stemmed(web: Web) -> None:
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        codes = [
            (await post(browser, "/chat/messages", csrf, text="你好", key=f"k{n}")).status_code
            for n in range(65)
        ]
    assert codes.count(429) >= 4
    assert 303 in codes


@pytest.mark.parametrize(
    "sent",
    [
        b"text=%00%01", b"text=" + b"x" * 30_000, b"=&=&=", b"text=%ff%fe", b"act=person&act=send",
        b"\xff\xfe", b"text=" + json.dumps({"a": 1}).encode(),
    ],
)  # fmt: skip
async def test_a_malformed_form_breaks_nothing(web: Web, sent: bytes) -> None:
    async with web.browser() as browser:
        csrf = token_in((await browser.get("/chat")).text)
        answer = await browser.post(
            "/chat/messages",
            content=f"csrf={csrf}&".encode() + sent,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code in (303, 422)
