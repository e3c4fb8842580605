"""HTTP of logging in, through the whole application: cookie, CSRF, enrolment, limits, logs."""

import logging
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import httpx
import pytest
import structlog

from cardline.adapters.postgres.database import Database
from cardline.core.actor import OPERATOR
from cardline.desk.staff import actions as staff
from tests.actions.staff_desk import (
    NUMBER,
    PASSWORD,
    TOKEN,
    Browser,
    StaffDesk,
    browser,
    secret_in,
)

CHANGE = {"old": PASSWORD, "new": "another good one"}
COOKIE = "cardline_session"


@pytest.fixture
async def web(database: Database) -> AsyncIterator[Browser]:
    web = browser(StaffDesk(database))
    async with web.client:
        yield web


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_browser_logs_in_works_and_logs_out(web: Browser) -> None:
    await web.desk.enrol()
    answer = await web.log_in()
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["number"], shown["role"], shown["enrolled"]) == (NUMBER, "agent", True)
    assert (await web.ask("GET", "/session")).json() == shown
    assert (await web.ask("GET", "/staff/me")).json()["number"] == NUMBER
    assert (await web.ask("DELETE", "/session")).status_code == 204
    assert COOKIE not in web.client.cookies
    assert refusal(await web.ask("GET", "/session")) == (401, "unauthorised")
    web.client.cookies.set(COOKIE, SimpleCookie(answer.headers["set-cookie"])[COOKIE].value)
    assert refusal(await web.ask("GET", "/session")) == (401, "unauthorised")


@pytest.mark.parametrize(("base_url", "secure"), [("http://desk", ""), ("https://desk", True)])
async def test_the_cookie_is_for_the_browser_alone(
    database: Database, base_url: str, secure: object
) -> None:
    web = browser(StaffDesk(database), base_url=base_url)
    await web.desk.hire_with_password()
    async with web.client:
        answer = await web.log_in(code="")
        name = f"__Host-{COOKIE}" if secure else COOKIE
        morsel = SimpleCookie(answer.headers["set-cookie"])[name]
        assert morsel["httponly"] is True
        assert (morsel["samesite"].lower(), morsel["path"]) == ("strict", "/")
        assert morsel["secure"] == secure
        assert (morsel["domain"], morsel["max-age"], morsel["expires"]) == ("", "", "")
        assert len(morsel.value) >= 43


async def test_what_changes_something_needs_the_token_of_this_session(web: Browser) -> None:
    await web.desk.enrol()
    await web.log_in()
    other = web.csrf
    web.client.cookies.clear()
    web.desk.later(minutes=1)
    await web.log_in()
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": other}, {"X-CSRF-Token": "\x7f"}):
        for method, path, body in (
            ("DELETE", "/session", None),
            ("POST", "/session/password", CHANGE),
            ("POST", "/session/enrolment", None),
            ("POST", "/agents/me/state", {"state": "logged-out"}),
        ):
            assert refusal(await web.ask(method, path, body, headers=headers)) == (403, "csrf")
    assert (await web.ask("GET", "/session", headers={})).status_code == 200
    assert (await web.ask("POST", "/session/password", CHANGE)).status_code == 204


async def test_a_token_needs_no_csrf_token_and_opens_no_session(web: Browser) -> None:
    await web.desk.enrol()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert (await web.ask("GET", "/staff/me", headers=bearer)).status_code == 200
    refused = await web.ask("POST", "/agents/me/wrap-up/end", headers=bearer)
    assert refusal(refused)[1] == "invalid"  # takes no calls: it came as far as that
    assert refusal(await web.ask("GET", "/session", headers=bearer)) == (401, "unauthorised")
    wrong = {"Authorization": "Bearer guess"}
    await web.log_in()
    assert refusal(await web.ask("GET", "/staff/me", headers=wrong)) == (401, "unauthorised")


async def test_the_role_counts_for_sessions_too(web: Browser) -> None:
    await web.desk.enrol()
    await web.log_in()
    assert refusal(await web.ask("PUT", "/agents/a1/state", {"state": "logged-out"})) == (
        403,
        "forbidden",
    )


async def test_who_has_yet_to_enrol_may_only_enrol(web: Browser) -> None:
    await web.desk.hire_with_password()
    assert (await web.log_in(code="")).json()["enrolled"] is False
    for method, path, body in (("GET", "/staff/me", None), ("POST", "/session/password", CHANGE)):
        assert refusal(await web.ask(method, path, body)) == (403, "enrolment-needed")
    confirm = "/session/enrolment/confirm"
    assert refusal(await web.ask("POST", confirm, {"code": "1"})) == (409, "enrolment-not-begun")
    shown = await web.ask("POST", "/session/enrolment")
    web.desk.secret = secret_in(shown.json()["uri"])
    assert refusal(await web.ask("POST", confirm, {"code": "1"})) == (409, "wrong-code")
    assert (await web.ask("POST", confirm, {"code": web.desk.code()})).status_code == 204
    assert (await web.ask("GET", "/staff/me")).status_code == 200
    assert (await web.ask("GET", "/session")).json()["enrolled"] is True
    again = await web.ask("POST", "/session/enrolment")
    assert refusal(again) == (409, "already-enrolled")


async def test_who_leaves_is_out_at_the_next_request(web: Browser) -> None:
    await web.desk.enrol()
    await web.log_in()
    async with web.desk.database.transaction() as tx:
        await staff.leave(tx, NUMBER, by=OPERATOR, at=web.desk.now)
    assert refusal(await web.ask("GET", "/staff/me")) == (401, "unauthorised")


async def test_a_changed_password_ends_the_session_of_another_browser(web: Browser) -> None:
    await web.desk.enrol()
    other = browser(web.desk, host="192.0.2.2")
    async with other.client:
        await other.log_in()
        web.desk.later(minutes=1)
        await web.log_in()
        short = await web.ask("POST", "/session/password", CHANGE | {"new": "short"})
        assert refusal(short) == (422, "password-too-short")
        assert (await web.ask("POST", "/session/password", CHANGE)).status_code == 204
        assert (await web.ask("GET", "/session")).status_code == 200
        assert (await other.ask("GET", "/session")).status_code == 401


async def test_wrong_tries_are_refused_alike_and_then_locked(web: Browser) -> None:
    await web.desk.enrol()
    answers = [await web.log_in("wrong password 1") for _ in range(4)]
    answers += [await web.log_in(code="000000")]
    assert {(one.status_code, one.text) for one in answers} == {
        (401, '{"code":"wrong-credentials","message":"refused: wrong-credentials"}')
    }
    assert refusal(await web.log_in()) == (401, "locked")


async def test_an_address_tries_ten_times_and_then_waits(web: Browser) -> None:
    for _ in range(10):
        assert (await web.log_in(number="nobody", code="")).status_code == 401
    refused = await web.log_in(number="nobody", code="")
    assert refusal(refused) == (429, "too-many-tries")
    assert refused.headers["retry-after"] == "6"
    other = browser(web.desk, host="192.0.2.2")
    async with other.client:
        assert (await other.log_in(number="nobody", code="")).status_code == 401
    web.desk.later(seconds=6)
    assert (await web.log_in(number="nobody", code="")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b'{"number": "\\u0000", "password": "x"}',
        b'{"number": "6101", "password": "\\ud800"}',
        b'{"number": "\\udfff", "password": "x"}',
        b'{"number": "6101", "password": "x", "code": "\\ud800"}',
        b'{"number": "6101", "password": ["x"]}',
        b'{"number": "6101"}',
        b"null",
        b'{"number": "6101", "password": "' + b"x" * 201 + b'"}',
    ],
)
async def test_a_malformed_try_is_refused(web: Browser, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await web.client.post("/api/v1/session", content=body, headers=headers)
    assert refusal(answer) == (422, "invalid")
    assert "xxx" not in answer.text


async def test_a_choice_that_is_none_is_answered_with_the_choices_as_one_sends_them(
    web: Browser,
) -> None:
    await web.desk.hire()
    body = {"posting": "p1", "reason": "because", "told": "我没有买过"}
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    answer = await web.ask("POST", "/interactions/i1/disputes", body, headers=bearer)
    assert refusal(answer) == (422, "invalid")
    (fault,) = answer.json()["faults"]
    assert fault["where"] == "body.reason"
    assert "'not-mine'" in fault["what"]
    assert "CaseReason" not in fault["what"]


async def test_every_answer_carries_the_headers_of_safety(web: Browser) -> None:
    for path in ("/session", "/nothing"):
        headers = (await web.ask("GET", path)).headers
        policy = headers["content-security-policy"]
        for word in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert word in policy
        assert "object-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


async def test_logs_have_no_secret(
    web: Browser, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logged:
        await web.desk.enrol()
        await web.log_in("wrong password 1")
        answer = await web.log_in()
        await web.ask("POST", "/session/password", CHANGE)
        await web.client.post("/api/v1/session", json={"password": [PASSWORD]})
        await web.ask("DELETE", "/session")
    written = f"{logged}{caplog.text}{capsys.readouterr()}"
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE].value
    for secret in (PASSWORD, "wrong password 1", CHANGE["new"], cookie, web.csrf, web.desk.code()):
        assert secret not in written
