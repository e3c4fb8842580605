"""What nobody may do on the holder's pages: every route, without keys and with another's."""

import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from cardline.adapters.postgres.database import Database
from cardline.cards.model import CardState
from cardline.core.phone import PhoneNumber
from cardline.identity import actions as identity
from cardline.identity.model import CodePurpose
from tests.actions.identity_desk import CALLER, everything_stored
from tests.actions.portal_house import MINE, PASSWORD, THEIRS, Browser, House, csrf_in

NOBODY = replace(MINE, phone=PhoneNumber("+8615499999999"))
PUBLIC = {
    "/my/login",
    "/my/login/code",
    "/my/login/again",
    "/my/goodbye",
    "/my/view",
    "/my/static/my.css",
    "/my/contact-policy",  # the rules, for everybody
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
        yield browser


def routes(house: House) -> Iterator[tuple[str, str]]:
    """Every method and address of the holder's pages but the chat's, which has tests of its own."""
    for route in house.application.routes:
        if not isinstance(route, APIRoute):
            continue
        if route.path.startswith("/my") and not route.path.startswith("/my/chat"):
            for method in route.methods - {"HEAD", "OPTIONS"}:
                yield method, route.path


def filled(path: str, **values: str) -> str:
    """Put values into an address."""
    for name in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{name}}}", values.get(name, "x"))
    return path


async def test_no_page_opens_without_a_session(web: Browser) -> None:
    tried = 0
    for method, path in routes(web.house):
        if path in PUBLIC:
            continue
        answer = await web.client.request(method, filled(path), data={"a": "b"})
        assert answer.status_code in (303, 401), (method, path)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/my/login"), path
        assert "林晓" not in answer.text
        tried += 1
    assert tried > 25


async def test_no_form_is_taken_without_its_token_or_with_anothers(web: Browser) -> None:
    other = web.house.browser(host="192.0.2.9")
    async with other.client:
        await other.log_in(THEIRS)
        foreign = csrf_in((await other.get("/my/freeze")).text)
    await web.log_in(proven=True)
    tried = 0
    for method, path in routes(web.house):
        if method != "POST":
            continue
        for token in ("", "0" * 64, foreign):
            data = {"csrf": token, "card": "c11", "session": "", "wish": "quiet"}
            answer = await web.post(filled(path, card_id="c11"), data)
            assert answer.status_code == 403, (path, token)
        tried += 1
    assert tried >= 14
    assert await web.house.state("c11") is CardState.ACTIVE
    assert (await web.get("/my")).status_code == 200  # still logged in: nothing was done


async def everything_of(house: House, browser: Browser) -> dict[str, str]:
    """Let the other holder make one of everything; returns the names of it all."""
    call = await house.call(THEIRS)
    await browser.log_in(THEIRS, proven=True)
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (2, 2)).save(made, "PNG")
    picture = [("a.png", made.getvalue())]
    await browser.send(f"/my/contacts/{call}", {"note": "SECRET-NOTE"}, files=picture)
    await browser.send("/my/messages", {"subject": "S", "text": "SECRET-TEXT"}, files=picture)
    ask = house.ask
    (note,) = await ask("SELECT id FROM portal_note")
    (line,) = await ask("SELECT id FROM portal_message_line")
    (message,) = await ask("SELECT id FROM portal_message")
    files = dict(await ask("SELECT owner, id FROM stored_file"))
    (session,) = await ask("SELECT id FROM portal_session WHERE holder = %s", THEIRS.id)
    (sms, *_) = await ask("SELECT id FROM sms_outbox WHERE holder = %s", THEIRS.id)
    return {
        "account_id": "a2",
        "closing_on": "2026-11-05",
        "card_id": "c21",
        "card": "c21",
        "contact": call,
        "owner": note,
        "file": files[note],
        "message": message,
        "note": note,
        "line": line,
        "line_file": files[line],
        "session": session,
        "sms": sms,
    }


async def test_no_holder_reaches_anything_of_anothers(web: Browser, house: House) -> None:
    other = house.browser(host="192.0.2.9")
    async with other.client:
        theirs = await everything_of(house, other)
        await web.log_in(proven=True)
        token = csrf_in((await web.get("/my/freeze")).text)
        addresses = [(method, path) for method, path in routes(house) if "{" in path]
        assert len(addresses) >= 12
        for method, path in addresses:
            at = filled(path, **theirs)
            data = {"csrf": token, "password": PASSWORD, "note": theirs["note"], "text": "x"}
            answer = await web.client.request(method, at, data=data if method == "POST" else None)
            assert answer.status_code == 404, (method, at)
            assert "SECRET" not in answer.text
        more = (
            f"/my/contacts/{theirs['sms']}",
            f"/my/files/{theirs['line']}/{theirs['line_file']}",
            f"/my/contacts/{theirs['message']}",
        )
        for at in more:
            assert (await web.get(at)).status_code == 404, at
        await web.post("/my/freeze", {"csrf": token, "card": "c21"})
        await web.post("/my/sessions", {"csrf": token, "session": theirs["session"]})
        assert await house.state("c21") is CardState.ACTIVE
        assert (await other.get("/my")).status_code == 200
        page = (await web.get("/my/contacts")).text
        assert theirs["contact"] not in page
        assert theirs["sms"] not in page


async def test_a_session_that_was_brought_along_is_never_used(web: Browser) -> None:
    planted = "chosen-by-somebody-else-and-long-enough-0123"
    web.client.cookies.set("cardline_my", planted, domain="my")
    done = await web.log_in()
    (given,) = [
        one.partition("=")[2].partition(";")[0]
        for one in done.headers.get_list("set-cookie")
        if one.startswith("cardline_my=")
    ]
    assert given != planted
    assert len(given) >= 43
    fixed = web.house.browser(host="192.0.2.9")
    async with fixed.client:
        fixed.client.cookies.set("cardline_my", planted)
        answer = await fixed.get("/my")
        assert answer.status_code == 401
        assert "林晓" not in answer.text


async def test_logging_in_again_ends_the_former_session(web: Browser) -> None:
    await web.log_in()
    former = web.client.cookies["cardline_my"]
    web.house.later(minutes=2)
    await web.log_in()
    old = web.house.browser()
    async with old.client:
        old.client.cookies.set("cardline_my", former)
        assert (await old.get("/my")).status_code == 401


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (15, 401)])
async def test_a_session_ends_without_use(web: Browser, minutes: int, status: int) -> None:
    await web.log_in()
    web.house.later(minutes=minutes)
    assert (await web.get("/my")).status_code == status


async def test_a_session_ends_after_an_hour_however_it_is_used(web: Browser) -> None:
    await web.log_in()
    for _ in range(5):
        web.house.later(minutes=10)
        assert (await web.get("/my")).status_code == 200
    web.house.later(minutes=10)
    assert (await web.get("/my")).status_code == 401


async def test_logging_out_ends_the_session_for_good(web: Browser) -> None:
    await web.log_in()
    secret = web.client.cookies["cardline_my"]
    await web.send("/my/logout", page="/my")
    web.client.cookies.set("cardline_my", secret)
    assert (await web.get("/my")).status_code == 401


async def test_nobody_learns_who_is_a_customer(web: Browser) -> None:
    pages = []
    for holder in (MINE, NOBODY):
        asked = await web.send("/my/login", {"phone": holder.phone})
        page = await web.get(asked.headers["location"])
        wrong = [await web.send("/my/login/code", {"code": "000000"}) for _ in range(4)]
        texts = [page.text, *(one.text for one in wrong)]
        tail = holder.phone[-4:]
        pages.append([re.sub(rf"154\*\*\*\*{tail}|value=\"[0-9a-f]{{64}}\"", "", t) for t in texts])
        assert [one.status_code for one in wrong] == [422] * 4
        web.house.later(minutes=2)
    assert pages[0] == pages[1]
    assert "已用完" in pages[0][-1]


async def test_whoever_knows_a_number_guesses_and_the_holder_still_logs_in(web: Browser) -> None:
    stranger = web.house.browser(host="192.0.2.66")
    async with stranger.client:
        await stranger.send("/my/login", {"phone": MINE.phone})
        guesses = [await stranger.send("/my/login/code", {"code": "000000"}) for _ in range(4)]
        assert "已用完" in guesses[-1].text
    web.house.later(minutes=2)
    await web.log_in()
    assert (await web.get("/my")).status_code == 200


async def test_a_stranger_does_not_use_up_the_codes_of_a_holder_whose_browser_is_known(
    web: Browser,
) -> None:
    codes = web.house.identity.policy
    await web.log_in()
    await web.send("/my/logout", page="/my")
    web.house.later(days=2)
    for number in range(codes.codes_per_day + 2):
        stranger = web.house.browser(host=f"192.0.2.{100 + number}")
        async with stranger.client:
            asked = await stranger.send("/my/login", {"phone": MINE.phone})
            assert asked.headers["location"] == "/my/login/code"
        web.house.later(minutes=2)
    issued = "SELECT count(*) FROM identity_code WHERE issued_at > %s"
    today = web.house.now - timedelta(hours=12)
    assert await web.house.ask(issued, today) == [codes.codes_for_strangers]
    await web.log_in()
    assert (await web.get("/my")).status_code == 200


async def test_one_network_asks_for_few_codes_of_a_number_and_another_for_its_own(
    web: Browser,
) -> None:
    codes = web.house.identity.policy
    for _ in range(codes.codes_per_day):
        await web.send("/my/login", {"phone": MINE.phone})
        web.house.later(minutes=2)
    count = "SELECT count(*) FROM identity_code"
    assert await web.house.ask(count) == [codes.codes_per_network]
    refused = await web.house.ask(
        "SELECT verdict FROM journal WHERE kind = 'identity.code-refused' LIMIT 1"
    )
    assert "too-many-strangers" in str(refused)
    other = web.house.browser(host="198.51.100.7")
    async with other.client:
        await other.log_in()
    assert await web.house.ask(count) == [codes.codes_per_network + 1]
    assert "192.0.2" not in str(await web.house.ask("SELECT network FROM identity_code"))
    web.house.later(days=1)
    await web.log_in()


async def test_the_sign_of_a_known_browser_is_for_its_holder_alone_and_for_a_time(
    web: Browser,
) -> None:
    await web.log_in()
    mark = web.client.cookies["cardline_my_known"]
    assert MINE.id not in mark
    await web.send("/my/logout", page="/my")
    assert web.client.cookies["cardline_my_known"] == mark, "logging out keeps it"
    day, _, sign = mark.partition(".")
    known = web.house.portal.policy.known_browser
    for phone, planted, after, counted in (
        (MINE.phone, mark, timedelta(hours=1), ""),
        (MINE.phone, mark, known, ""),
        (MINE.phone, mark, timedelta(days=2), "apart"),
        (THEIRS.phone, mark, timedelta(0), "apart"),
        (MINE.phone, f"2099-01-01.{sign}", timedelta(days=1), "apart"),
        (MINE.phone, f"{day}.{sign[:-1]}", timedelta(days=1), "apart"),
        (MINE.phone, "nonsense", timedelta(days=1), "apart"),
        (MINE.phone, f"{day}.{sign}" * 9, timedelta(days=1), "apart"),
    ):
        web.house.now += after
        other = web.house.browser(host="198.51.100.8")
        async with other.client:
            other.client.cookies.set("cardline_my_known", planted)
            await other.send("/my/login", {"phone": phone})
        (network,) = await web.house.ask(
            "SELECT network FROM identity_code ORDER BY issued_at DESC LIMIT 1"
        )
        assert bool(network) == bool(counted), (phone, planted)


async def test_asking_and_checking_take_at_least_an_even_time(house: House) -> None:
    paced = replace(house.portal.policy, even_pace=timedelta(seconds=0.4))
    house.portal = replace(house.portal, policy=paced)
    house.application = house.make_application()
    for holder in (MINE, NOBODY):
        browser = house.browser()
        async with browser.client:
            page = await browser.get("/my/login")
            data = {"csrf": csrf_in(page.text), "phone": holder.phone}
            for path, form in (("/my/login", data), ("/my/login/code", {**data, "code": "1"})):
                began = time.monotonic()
                await browser.post(path, form)
                assert time.monotonic() - began >= 0.4


async def test_a_code_for_the_hotline_or_a_reset_opens_nothing_here(web: Browser) -> None:
    await web.send("/my/login", {"phone": MINE.phone})
    web.house.later(minutes=2)
    for purpose in (CodePurpose.IDENTIFY, CodePurpose.RESET_QUERY_PASSWORD):
        async with web.house.database.transaction() as tx:
            cards = await web.house.bank.cards_of(tx, holder_id=MINE.id)
            await identity.issue_one_time_code(
                tx,
                subject=identity.subject_of(MINE, cards),
                purpose=purpose,
                config=web.house.identity,
                stream="i1",
                by=CALLER,
                at=web.house.now,
            )
        code = await web.code()
        answer = await web.send("/my/login/code", {"code": code})
        assert answer.status_code == 422, purpose
        web.house.later(minutes=2)
    assert await web.house.ask("SELECT count(*) FROM portal_session") == [0]


async def test_a_code_is_used_once(web: Browser) -> None:
    await web.log_in()
    code = await web.code()
    other = web.house.browser(host="192.0.2.9")
    async with other.client:
        await other.send("/my/login", {"phone": MINE.phone})  # too soon: no new code
        assert (await other.send("/my/login/code", {"code": code})).status_code == 422


async def test_an_address_cannot_ask_for_codes_without_end(web: Browser) -> None:
    statuses = [
        (await web.send("/my/login", {"phone": f"1540000{n:04}"})).status_code for n in range(12)
    ]
    assert statuses[0] == 303
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "/my//evil.example",
        "/my/../desk",
        "/my/login",
        "/myriad",
        "/my\\evil",
        "/my/logout",
        "javascript:alert(1)",
        "/my/x\r\nSet-Cookie: a=b",
    ],
)
async def test_nobody_is_sent_elsewhere_after_logging_in(web: Browser, back: str) -> None:
    await web.send("/my/login", {"phone": MINE.phone, "back": back})
    done = await web.send("/my/login/code", {"code": await web.code()})
    assert done.headers["location"] == "/my"


async def test_cookies_are_closed_to_scripts_and_over_tls_bound_to_the_host(house: House) -> None:
    for base, prefix in (("http://my", "cardline_my="), ("https://my", "__Host-cardline_my=")):
        browser = house.browser(base=base)
        async with browser.client:
            answer = await browser.log_in()
        found = [one for one in answer.headers.get_list("set-cookie") if one.startswith(prefix)]
        assert len(found) == 1, answer.headers
        flags = found[0].lower()
        assert "httponly" in flags
        assert "samesite=lax" in flags
        assert "path=/" in flags
        assert "domain" not in flags
        assert ("secure" in flags) == base.startswith("https")
        house.later(minutes=2)


async def test_every_answer_carries_the_headers_of_safety(web: Browser) -> None:
    await web.log_in()
    for path in ("/my", "/my/nothing", "/my/login", "/my/bills", "/my/freeze"):
        headers = (await web.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
    assert not re.search(r"<script|style=|onclick", (await web.get("/my")).text)


async def test_wrong_methods_and_addresses_get_a_readable_page(web: Browser) -> None:
    await web.log_in()
    for method, path in (("PUT", "/my"), ("DELETE", "/my/freeze"), ("GET", "/my/logout")):
        answer = await web.client.request(method, path)
        assert answer.status_code == 405, path
        assert "没有找到这个页面" in answer.text
    for path in ("/my/nothing", "/my/contacts?page=x", "/my/release/nothing"):
        page = await web.follow(await web.get(path))
        assert "<h1>" in page.text
        assert "Traceback" not in page.text


async def test_too_large_a_form_is_refused_unread(web: Browser) -> None:
    await web.log_in()
    answer = await web.client.post(
        "/my/messages", content=b"x", headers={"content-length": "999999999"}
    )
    assert answer.status_code == 413
    assert "附件太大" in answer.text


async def test_what_is_typed_is_never_run(web: Browser) -> None:
    call = await web.house.call()
    await web.log_in(proven=True)
    nasty = "<script>alert(1)</script>\"'{{7*7}}"
    await web.send(f"/my/contacts/{call}", {"note": nasty})
    sent = await web.follow(await web.send("/my/messages", {"subject": nasty, "text": nasty}))
    found = await web.get("/my/contacts", q=nasty)
    for page in (await web.get(f"/my/contacts/{call}"), sent, found, await web.get("/my/messages")):
        assert "<script" not in page.text
        assert "49" not in re.findall(r"&#39;(.{2})", page.text)


async def test_no_secret_is_stored_or_told(web: Browser) -> None:
    await web.log_in()
    secret, code = web.client.cookies["cardline_my"], await web.code()
    # The embedded outbox stands for the telephone, where a code lies until it expires.
    await web.house.ask("DELETE FROM sms_embedded RETURNING key")
    async with web.house.database.transaction() as tx:
        stored = await everything_stored(tx)
    assert secret not in stored
    assert PASSWORD not in stored
    assert code not in stored
