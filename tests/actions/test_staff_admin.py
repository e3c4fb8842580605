"""An administrator manages the staff over HTTP, through the whole application."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.desk.login import sessions
from cardline.desk.staff.model import ROLES
from tests.actions.routing_floor import POLICY
from tests.actions.staff_desk import CONFIG, NUMBER, Browser, StaffDesk, browser, secret_in

BOSS = "9001"
NEW = {"number": "6102", "name": "陈静", "role": "agent", "skills": ["limit"]}


@pytest.fixture
async def web(database: Database) -> AsyncIterator[Browser]:
    desk = StaffDesk(database)
    web = browser(desk, routing=POLICY)
    await desk.hire(BOSS, "administrator")
    async with web.client:
        yield web


async def ask(
    web: Browser, method: str, path: str, body: Any = None, *, by: str = BOSS
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer token of {by}"}
    answer = await web.ask(method, f"/staff{path}", body, headers=headers)
    return answer.status_code, answer.json() if answer.content else None


async def rows(web: Browser) -> dict[str, dict[str, Any]]:
    _, listed = await ask(web, "GET", "")
    return {one["number"]: one for one in listed}


async def test_somebody_is_added_and_logs_in_with_the_password_shown_once(web: Browser) -> None:
    status, shown = await ask(web, "POST", "", NEW)
    assert status == 200
    assert shown["phone_user"] == "a6102"
    assert all(shown[key] for key in ("password", "token", "phone_password"))
    logged_in = await web.log_in(shown["password"], code="", number="6102")
    assert (logged_in.status_code, logged_in.json()["enrolled"]) == (200, False)
    row = (await rows(web))["6102"]
    assert (row["role"], row["agent"], row["skills"], row["state"]) == (
        *("agent", "a6102", ["limit"], "logged-out"),
    )
    assert not {"password", "token"} & row.keys()
    assert (await ask(web, "POST", "", NEW))[0] == 409
    assert await web.desk.ask("SELECT by FROM journal WHERE kind = 'staff.added'") == [
        *("operator", f"staff:{BOSS}")
    ]


async def enrol(web: Browser) -> None:
    """Enrol the second factor of whoever is logged in."""
    shown = await web.ask("POST", "/session/enrolment")
    web.desk.secret = secret_in(shown.json()["uri"])
    code = {"code": web.desk.code()}
    assert (await web.ask("POST", "/session/enrolment/confirm", code)).status_code == 204


async def test_a_password_that_somebody_else_set_opens_its_change_and_nothing_else(
    web: Browser,
) -> None:
    _, shown = await ask(web, "POST", "", NEW)
    told = (await web.log_in(shown["password"], code="", number="6102")).json()
    assert (told["enrolled"], told["must_change_password"]) == (False, True)
    await enrol(web)
    for path in ("/staff/me", "/queues", "/interactions"):
        answer = await web.ask("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (403, "password-change-needed")
    own = {"old": shown["password"], "new": "known to nobody 5"}
    same = await web.ask("POST", "/session/password", own | {"new": shown["password"]})
    assert (same.status_code, same.json()["code"]) == (422, "password-same")
    assert (await web.ask("GET", "/staff/me")).status_code == 403
    assert (await web.ask("POST", "/session/password", own)).status_code == 204
    assert (await web.ask("GET", "/session")).json()["must_change_password"] is False
    assert (await web.ask("GET", "/staff/me")).status_code == 200

    web.desk.later(minutes=1)
    told = (await web.log_in(own["new"], number="6102")).json()
    assert told["must_change_password"] is False
    _, again = await ask(web, "POST", "/6102/password")
    web.desk.later(minutes=1)
    told = (await web.log_in(again["password"], number="6102")).json()
    assert (told["enrolled"], told["must_change_password"]) == (True, True)
    assert (await web.ask("GET", "/staff/me")).status_code == 403


@pytest.mark.parametrize(
    "change",
    [{"number": "x;"}, {"name": ""}, {"role": "king"}, {"skills": ["weather"]}, {"languages": []}],
)
async def test_who_cannot_be_is_refused_and_not_half_added(
    web: Browser, change: dict[str, Any]
) -> None:
    assert (await ask(web, "POST", "", {**NEW, **change}))[0] == 422
    assert set(await rows(web)) == {BOSS}


async def test_a_role_changes_at_once_and_old_sessions_end(web: Browser) -> None:
    _, shown = await ask(web, "POST", "", NEW)
    await web.log_in(shown["password"], code="", number="6102")
    _, row = await ask(web, "PUT", "/6102/role", {"role": "quality"})
    assert (row["role"], row["agent"], row["phone_user"]) == ("quality", "a6102", None)
    assert (await web.ask("GET", "/session")).status_code == 401
    _, row = await ask(web, "PUT", "/6102/role", {"role": "lead"})
    assert (row["role"], row["agent"]) == ("lead", "a6102")
    kinds = await web.desk.kinds("staff:6102")
    assert kinds.count("staff.role-set") == 2


async def test_who_begins_to_take_calls_is_known_to_routing(web: Browser) -> None:
    await web.desk.hire(NUMBER, "quality")
    _, row = await ask(web, "PUT", f"/{NUMBER}/role", {"role": "agent"})
    assert (row["agent"], row["state"], row["languages"]) == (f"a{NUMBER}", "logged-out", ["zh"])


async def test_skills_and_languages_are_set_whole(web: Browser) -> None:
    await ask(web, "POST", "", NEW)
    web.desk.later(seconds=1)
    body = {"skills": ["points", "account"], "languages": ["zh", "en"]}
    _, row = await ask(web, "PUT", "/6102/skills", body)
    assert (row["skills"], row["languages"]) == (["account", "points"], ["en", "zh"])
    web.desk.later(seconds=1)
    _, row = await ask(web, "PUT", "/6102/skills", {"skills": [], "languages": ["zh"]})
    assert (row["skills"], row["languages"]) == ([], ["zh"])
    assert (await ask(web, "PUT", f"/{BOSS}/skills", body))[0] == 422
    assert (await ask(web, "PUT", "/6102/skills", {**body, "skills": ["weather"]}))[0] == 422


async def test_sessions_are_listed_and_ended(web: Browser) -> None:
    _, shown = await ask(web, "POST", "", NEW)
    await web.log_in(shown["password"], code="", number="6102")
    _, listed = await ask(web, "GET", "/6102/sessions")
    assert len(listed) == 1
    assert "secret" not in str(listed)
    assert await ask(web, "DELETE", "/6102/sessions") == (200, {"ended": 1})
    assert (await web.ask("GET", "/session")).status_code == 401
    assert (await ask(web, "GET", "/6102/sessions"))[1] == []
    assert (await ask(web, "GET", "/nobody/sessions"))[0] == 404


async def test_new_keys_replace_the_old_ones(web: Browser) -> None:
    _, shown = await ask(web, "POST", "", NEW)
    _, renewed = await ask(web, "POST", "/6102/renewal")
    assert renewed["token"] not in ("", shown["token"])
    _, changed = await ask(web, "POST", "/6102/password")
    assert (await web.log_in(shown["password"], code="", number="6102")).status_code == 401
    assert (await web.log_in(changed["password"], code="", number="6102")).status_code == 200


async def test_who_leaves_is_gone_from_the_list_and_out_of_the_queues(web: Browser) -> None:
    _, shown = await ask(web, "POST", "", NEW)
    assert (await ask(web, "POST", "/6102/leave"))[0] == 204
    assert "6102" not in await rows(web)
    assert (await web.log_in(shown["password"], code="", number="6102")).status_code == 401
    assert (await ask(web, "POST", "/6102/leave"))[0] == 404


async def test_nobody_locks_oneself_out(web: Browser) -> None:
    for method, path, body in (
        ("PUT", f"/{BOSS}/role", {"role": "agent"}),
        ("POST", f"/{BOSS}/leave", None),
        ("DELETE", f"/{BOSS}/second-factor", None),
    ):
        assert (await ask(web, method, path, body))[0] == 409, path
    assert (await rows(web))[BOSS]["role"] == "administrator"


async def test_only_an_administrator_passes(web: Browser) -> None:
    for role in ROLES:
        if role == "administrator":
            continue
        await web.desk.hire(role, role)
        for method, path, body in (
            ("GET", "", None),
            ("POST", "", NEW),
            ("PUT", "/1/role", {"role": "lead"}),
            ("PUT", "/1/skills", {"skills": [], "languages": ["zh"]}),
            ("POST", "/1/password", None),
            ("POST", "/1/renewal", None),
            ("DELETE", "/1/second-factor", None),
            ("GET", "/1/sessions", None),
            ("DELETE", "/1/sessions", None),
            ("POST", "/1/leave", None),
        ):
            assert (await ask(web, method, path, body, by=role))[0] == 403, (role, path)


async def test_sessions_that_ended_long_ago_are_swept_and_open_ones_stay(
    database: Database,
) -> None:
    desk = StaffDesk(database)
    await desk.enrol()
    policy = replace(CONFIG.policy, sessions_kept=timedelta(days=180))

    async def sweep() -> int:
        async with database.transaction() as tx:
            return await sessions.sweep_sessions(tx, policy=policy, at=desk.now)

    desk.later(days=179)
    await desk.log_in()
    assert await sweep() == 0
    desk.later(days=3)
    assert await sweep() == 1
    assert await desk.ask("SELECT count(*) FROM staff_session") == [1]
    assert await sweep() == 0
