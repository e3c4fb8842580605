"""Every route: forms of other sites, looking changes nothing, headers, sessions."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from cardline.core.clock import utc_now
from cardline.core.masking import Secret
from cardline.desk.login import sessions
from cardline.desk.staff.model import ROLES, Role
from tests.actions.busy_bank import BusyBank, busy_bank
from tests.actions.openapi_requests import Description, Operation
from tests.actions.test_every_look import LOOKS, LOOKS_ELSEWHERE
from tests.actions.test_role_matrix import OPEN
from tests.actions.whole_application import HOST, whole_application

WRITTEN = {
    "GET /api/v1/chats/mine": "says that the screen is there",
    "GET /api/v1/session/oidc": "remembers that this browser was sent away",
    **{f"GET /api/v1{path}": "a look is journaled" for path in (*LOOKS, *LOOKS_ELSEWHERE)},
}
"""What may write at a GET, and why; only to these tables."""
LOOKED_IN = {"journal", "journal_head", "chat_agent", "chat", "chat_message", "oidc_departure"}
NEVER = re.compile(r"unsafe-inline|unsafe-eval|unsafe-hashes|data:|blob:|https?:|\*")


@pytest.fixture
async def bank(database_url: str, tmp_path: Path) -> AsyncIterator[BusyBank]:
    async with whole_application(database_url, tmp_path) as whole:
        yield await busy_bank(whole)


async def described(bank: BusyBank) -> Description:
    return Description(await bank.whole.description(), bank.names)


async def operations(bank: BusyBank) -> Iterator[tuple[Operation, str]]:
    """Every operation of the API with an address of something that is there."""
    description = await described(bank)
    found = [(one, description.address(one, None)) for one in description.operations()]
    assert len(found) > 90
    return iter(found)


async def checksums(bank: BusyBank) -> dict[str, str]:
    """A sum over every row of every table."""
    tables = await bank.whole.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    each = (
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
        f" FROM {table} AS t"
        for table in tables
    )
    return dict(await bank.whole.ask(" UNION ALL ".join(each)))


# ------------------------------------------------------------ forms of other sites


async def test_no_route_takes_what_another_site_sends(bank: BusyBank) -> None:
    """A browser sends the cookie along with a form of any site; the token it cannot know."""
    lead = await bank.whole.browser("lead")
    other = await bank.whole.browser("lead")
    before = await checksums(bank)
    tried, faults = 0, []
    async with lead.client, other.client:
        for one, address in await operations(bank):
            if one.method == "GET" or str(one) in OPEN or not one.path.startswith("/api/"):
                continue
            for token in (None, "x", other.csrf, lead.secret.reveal()):
                answer = await lead.ask(one.method, address, {}, csrf=token)
                tried += 1
                if (answer.status_code, answer.json().get("code")) != (403, "csrf"):
                    faults.append(f"{one} with {token!r}: {answer.status_code} {answer.text[:100]}")
        assert (await lead.ask("GET", "/api/v1/session")).status_code == 200
    assert tried > 200
    assert not faults, "\n".join(faults[:20])
    assert await checksums(bank) == before


async def test_looking_changes_nothing(bank: BusyBank) -> None:
    faults, written = [], set()
    before = await checksums(bank)
    async with bank.whole.client("lead") as lead, bank.agent() as owner:
        for asking in (lead, owner):
            for one, address in await operations(bank):
                if one.method != "GET" or not one.path.startswith("/api/"):
                    continue
                await asking.get(address)
                after = await checksums(bank)
                changed = {table for table in after if after[table] != before[table]}
                before = after
                if str(one) in WRITTEN:
                    written |= changed
                    changed -= LOOKED_IN
                if changed:
                    faults.append(f"{one} wrote {sorted(changed)}")
    assert not faults, "\n".join(faults)
    assert "journal" in written, "no look was journaled: the test has seen nothing"


# ------------------------------------------------------------ headers


def _policies(answer: httpx.Response) -> dict[str, str]:
    policy = answer.headers["content-security-policy"]
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _, value in parts if name}


def _faults_of(answer: httpx.Response) -> Iterator[str]:
    if "content-security-policy" not in answer.headers:
        yield "no policy"
        return
    policy = _policies(answer)
    scripts = policy.get("script-src", policy.get("default-src", "*"))
    if NEVER.search(scripts):
        yield f"scripts from {scripts}"
    if NEVER.search(policy.get("style-src", policy.get("default-src", "*"))):
        yield "styles from anywhere"
    if policy.get("frame-ancestors") != "'none'":
        yield "may be framed"
    if policy.get("object-src", policy.get("default-src")) != "'none'":
        yield "may hold objects"
    if answer.headers.get("x-content-type-options") != "nosniff":
        yield "sniffed"
    if answer.headers.get("referrer-policy") != "no-referrer":
        yield "tells where it came from"
    cache = answer.headers.get("cache-control", "")
    if "no-store" not in cache and not re.search("/(static|assets)/", str(answer.url)):
        yield f"kept: {cache!r}"


async def test_every_answer_carries_the_headers_of_safety(bank: BusyBank) -> None:
    faults = []
    tried = [("GET", "/desk"), ("GET", "/desk/no/such/page"), ("GET", "/chat"), ("GET", "/my")]
    tried += [("GET", "/my/login"), ("GET", "/chat/static/chat.js"), ("GET", "/nothing")]
    tried += [("GET", "/api/v1/x%00"), ("PATCH", "/api/v1/tasks"), ("GET", "/desk/assets/no.js")]
    tried += [("GET", "/my/static/my.css"), ("OPTIONS", "/api/v1/tasks"), ("TRACE", "/")]
    tried += [(one.method, address) for one, address in await operations(bank)]
    for role in (None, "agent", "lead"):
        async with bank.whole.client(role) as client:  # type: ignore[arg-type]
            for method, address in tried:
                answer = await client.request(method, address)
                faults += [f"{role} {method} {address}: {one}" for one in _faults_of(answer)]
    assert not faults, "\n".join(faults[:30])


async def test_a_fault_of_the_server_carries_them_too(
    bank: BusyBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect, with a secret in it")

    monkeypatch.setattr("cardline.desk.interactions.listing.listed", broken)
    async with bank.whole.client("lead") as client:
        answer = await client.get("/api/v1/interactions")
    assert (answer.status_code, answer.json()["code"]) == (500, "defect")
    assert "secret" not in answer.text
    assert not list(_faults_of(answer))


# ------------------------------------------------------------ sessions


@pytest.mark.parametrize("base", ["http://desk", "https://desk"])
async def test_cookies_are_for_this_host_and_no_script(bank: BusyBank, base: str) -> None:
    """Over TLS every cookie bears ``__Host-``: no sister site can plant one."""
    transport = httpx.ASGITransport(bank.whole.application)
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        for path in ("/chat", "/my/login"):
            for cookie in (await client.get(path)).headers.get_list("set-cookie"):
                flags = cookie.lower()
                assert "httponly" in flags
                assert "samesite=lax" in flags
                assert "domain" not in flags
                secure = base.startswith("https")
                assert ("; secure" in flags) == secure
                assert cookie.startswith("__Host-") == secure
                assert not secure or "path=/;" in flags + ";"


@pytest.mark.parametrize("planted", ["x" * 43, "", "a" * 4000, "\x7f"])
async def test_a_secret_that_was_brought_along_opens_nothing(bank: BusyBank, planted: str) -> None:
    transport = httpx.ASGITransport(bank.whole.application)
    headers = {"Cookie": f"cardline_session={planted}"}
    async with httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers) as client:
        assert (await client.get("/api/v1/session")).status_code == 401
        assert (await client.get("/api/v1/staff/me")).status_code == 401
    assert await bank.whole.ask("SELECT count(*) FROM staff_session") == [0]


async def test_over_tls_a_cookie_of_a_sister_site_is_not_looked_at(bank: BusyBank) -> None:
    browser = await bank.whole.browser("agent")
    transport = httpx.ASGITransport(bank.whole.application)
    planted = {"Cookie": f"cardline_session={browser.secret.reveal()}"}
    async with browser.client:
        assert (await browser.ask("GET", "/api/v1/session")).status_code == 200
    async with httpx.AsyncClient(
        transport=transport, base_url="https://desk", headers=planted
    ) as client:
        assert (await client.get("/api/v1/session")).status_code == 401


async def test_logging_out_everywhere_ends_every_session_at_once(bank: BusyBank) -> None:
    browsers = [await bank.whole.browser("agent") for _ in range(3)]
    bystander = await bank.whole.browser("lead")
    number = (await browsers[0].ask("GET", "/api/v1/session")).json()["number"]
    async with bank.whole.client("administrator") as administrator:
        ended = await administrator.delete(f"/api/v1/staff/{number}/sessions")
    assert ended.status_code == 200
    for browser in browsers:
        assert (await browser.ask("GET", "/api/v1/session")).status_code == 401
        body = {"what": "x", "due_at": "2031-05-06T07:08:09Z"}
        assert (await browser.ask("POST", "/api/v1/tasks", body)).status_code == 401
    assert (await bystander.ask("GET", "/api/v1/session")).status_code == 200
    for browser in (*browsers, bystander):
        await browser.client.aclose()


async def test_one_session_does_not_end_with_another(bank: BusyBank) -> None:
    one, two = await bank.whole.browser("agent"), await bank.whole.browser("agent")
    async with one.client, two.client:
        assert (await one.ask("DELETE", "/api/v1/session")).status_code == 204
        assert (await one.ask("GET", "/api/v1/session")).status_code == 401
        assert (await two.ask("GET", "/api/v1/session")).status_code == 200


@pytest.mark.parametrize("role", ROLES)
async def test_who_has_yet_to_enrol_reaches_no_route(bank: BusyBank, role: Role) -> None:
    browser = await bank.whole.browser(role, proven=False)
    own = {"GET /api/v1/session", "DELETE /api/v1/session", "POST /api/v1/session/enrolment"}
    own |= {"POST /api/v1/session/enrolment/confirm"}
    async with browser.client:
        for one, address in await operations(bank):
            if str(one) in OPEN | own or not one.path.startswith("/api/"):
                continue
            answer = await browser.ask(one.method, address, {})
            told = (answer.status_code, answer.json()["code"])
            assert told == (403, "enrolment-needed"), str(one)


async def test_a_session_is_kept_as_a_hash_only(bank: BusyBank) -> None:
    browser = await bank.whole.browser("agent")
    kept = str(await bank.whole.ask("SELECT t::text FROM staff_session AS t"))
    assert browser.secret.reveal() not in kept
    assert browser.csrf not in kept
    hashed = re.findall(r"\\\\x([0-9a-f]{64})", kept)
    assert hashed
    async with bank.whole.running.parts.database.transaction() as tx:
        seen = await sessions.see_session(
            tx, Secret(hashed[0]), policy=bank.whole.running.parts.login.policy, at=utc_now()
        )
    assert seen.session is None, "the hash that is kept opened a session"
