"""Every look at a holder's data is written down, and the holder reads who it was and what for."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.adapters.postgres.database import Database
from cardline.adapters.sealer.keyring import KeyRing
from cardline.core.actor import Actor
from cardline.core.ids import CallId, HolderId, InteractionId
from cardline.core.policy import load_area
from cardline.core.roles import ROLES, Role
from cardline.desk.interactions import actions as desk
from cardline.desk.staff.model import Staff
from cardline.evidence.looks.actions import record_list, record_look
from cardline.evidence.looks.model import Row
from cardline.evidence.looks.rules import listen_policy, may_listen
from cardline.evidence.retention import erasing
from cardline.evidence.sealing.keys import recording_key, seal
from cardline.evidence.sealing.recordings import Recordings
from tests.actions.portal_house import MINE, NOW, RETENTION, THEIRS, Browser, House
from tests.actions.routing_floor import after
from tests.actions.workplace import Workplace, open_workplace

POLICY = listen_policy(load_area("looks"))
AT = datetime(2026, 11, 27, 4, tzinfo=UTC)


# ---------------------------------------------------------------- who may listen


@given(
    role=st.sampled_from(ROLES),
    took_part=st.booleans(),
    days=st.integers(0, 100),
    reason=st.sampled_from(["", "  ", "投诉", "投诉复核", "quality check"]),
)
def test_who_may_listen_to_what(role: Role, took_part: bool, days: int, reason: str) -> None:
    verdict = may_listen(
        role,
        took_part=took_part,
        ended_at=AT,
        reason=reason,
        policy=POLICY,
        now=AT + timedelta(days=days),
    )
    expected = {
        "agent": took_part and days < 30,
        "administrator": False,
    }.get(role, len(reason.strip()) >= 4)
    assert verdict.allowed == expected
    assert verdict.allowed or verdict.codes


# ---------------------------------------------------------------- at the desk


@pytest.fixture
async def place(database: Database, tmp_path: Path) -> AsyncIterator[Workplace]:
    async with open_workplace(database) as place:
        ring = KeyRing(tmp_path / "master")
        ring.new(at=AT)
        place.services.recordings = Recordings(tmp_path, ring)
        await place.call("i1")
        yield place


async def recorded(place: Workplace) -> None:
    recordings = place.services.recordings
    name = recording_key("i1.wav")
    content, key = seal(recordings.sealer, b"RIFF" * 99, name=name, cipher="sm4-gcm")
    (recordings.folder / "i1.wav").write_bytes(content)
    async with place.services.database.transaction() as tx:
        await desk.close_interaction(tx, InteractionId("i1"), outcome="hung-up", at=after(60))
        await desk.store_recording(
            tx,
            call=CallId("call-i1"),
            path="i1.wav",
            seconds=1,
            size=396,
            sha256="",
            gaps=[],
            at=after(60),
            key=key,
        )


async def listen(place: Workplace, who: str, reason: str = "") -> int:
    at = f"/api/v1/interactions/i1/recording?reason={reason}"
    answer = await place.client.get(at, headers={"who": who})
    assert answer.status_code != 200 or answer.content == b"RIFF" * 99
    return answer.status_code


async def test_an_agent_hears_his_own_calls_for_a_time_and_no_others(place: Workplace) -> None:
    await recorded(place)
    assert await listen(place, "agent:a1") == 200
    assert await listen(place, "agent:a2") == 404
    assert await listen(place, "lead") == 422
    assert await listen(place, "lead", "投诉复核") == 200
    heard = [
        (by, body["role"], body["reason"])
        for kind, by, body in await place.journal("i1")
        if kind == "recording.listened"
    ]
    assert heard == [("agent:a1", "agent", ""), ("staff:lead", "lead", "投诉复核")]
    place.services.seconds += 30 * 86400
    assert await listen(place, "agent:a1") == 422


async def test_an_agents_look_counts_when_the_call_is_long_over(place: Workplace) -> None:
    async def looks() -> list[tuple[str, str]]:
        return [
            (by, body["what"]) for kind, by, body in await place.journal("i1") if kind == LOOKED
        ]

    await place.told("GET", "/interactions/i1/screen")
    await recorded(place)
    await place.told("GET", "/interactions/i1")
    assert await looks() == []
    place.services.seconds += 3700
    await place.told("GET", "/interactions/i1")
    await place.told("GET", "/interactions/i1/screen")
    assert await looks() == [("agent:a1", "story"), ("agent:a1", "screen")]


LOOKED = "desk.looked"


async def test_a_search_is_a_look_at_everybody_it_finds(place: Workplace) -> None:
    found = await place.told("GET", "/holders?phone=15400000001", who="compliance")
    (holder,) = found["holders"]
    kind, by, body = (await place.journal(f"holder:{holder['id']}"))[-1]
    assert (kind, by, body["what"], body["role"]) == (
        LOOKED,
        "staff:compliance",
        "search",
        "compliance",
    )


async def test_what_was_erased_is_told_to_nobody(place: Workplace) -> None:
    await recorded(place)
    async with place.services.database.transaction() as tx:
        await tx.connection.execute("UPDATE interaction SET erased_at = now() WHERE id = 'i1'")
    for who in ("agent:a1", "lead", "quality", "compliance", "administrator"):
        status, told = await place.ask("GET", "/interactions/i1", who=who)
        assert (status, told["code"]) == (422, "erased"), who  # this desk knows no status for it


async def test_a_look_costs_one_statement(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = 0
    async with place.services.database.transaction() as tx:
        execute = tx.connection.execute

        async def counting(*arguments: object, **more: object) -> object:
            nonlocal counted
            counted += 1
            return await execute(*arguments, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(tx.connection, "execute", counting)
        for _ in range(2):  # the first begins the stream, which takes a second
            counted = 0
            await record_look(
                tx,
                who=Actor("staff", "6201"),
                role="quality",
                what="file",
                holder=HolderId("h9"),
                reason="卡号6222021234567890128有误",
                at=AT,
            )
    assert counted == 1
    body = (await place.journal("holder:h9"))[-1][2]
    assert "6222021234567890128" not in body["reason"]


async def test_a_line_of_a_list_is_one_look_a_shift_and_a_person(place: Workplace) -> None:
    lead, other = person("6101", "lead"), person("6102", "lead")
    rows = [
        Row(HolderId("h1")),
        Row(HolderId("h1")),
        Row(None, "i1"),
        Row(None),
        Row(HolderId("h2")),
    ]

    async def seen(by: Staff, hours: int) -> int:
        async with place.services.database.transaction() as tx:
            at = AT + timedelta(hours=hours)
            return await record_list(tx, rows, by=by, policy=POLICY, at=at)

    assert await seen(lead, 0) == 3
    assert await seen(lead, 7) == 0
    assert await seen(other, 7) == 3
    assert await seen(lead, 9) == 3
    for stream, whose in (("holder:h1", "h1"), ("holder:h2", "h2"), ("i1", None)):
        looks = [body for kind, _, body in await place.journal(stream) if kind == LOOKED]
        assert looks == [{"what": "list", "role": "lead", "holder": whose}] * 3


async def test_a_list_without_anybody_in_it_writes_nothing(place: Workplace) -> None:
    async with place.services.database.transaction() as tx:
        assert await record_list(tx, [], by=person("6101", "lead"), policy=POLICY, at=AT) == 0


def person(number: str, role: Role) -> Staff:
    return Staff(number, "", role, None, None)


# ---------------------------------------------------------------- what the holder sees


@pytest.fixture
async def web(database: Database, tmp_path: Path) -> AsyncIterator[Browser]:
    house = House(database, tmp_path)
    await house.fill()
    async with house.browser().client as client:
        yield Browser(house, client)


async def test_the_holder_reads_who_looked_by_role_and_number_and_what_for(web: Browser) -> None:
    call = await web.house.call()
    async with web.house.database.transaction() as tx:
        for who, role, what, reason in (
            (Actor("staff", "6201"), "quality", "story", "抽检"),
            (Actor("agent", "a6003"), "agent", "recording", ""),
        ):
            await record_look(
                tx,
                who=who,
                role=role,  # type: ignore[arg-type]
                what=what,  # type: ignore[arg-type]
                holder=MINE.id,
                reason=reason,
                at=NOW,
                within=call,
            )
        await record_look(
            tx,
            who=Actor("staff", "6301"),
            role="compliance",
            what="search",
            holder=THEIRS.id,
            at=NOW,
        )
    await web.log_in(proven=True)
    page = _words((await web.get("/my/looks")).text)
    assert "质检人员6201：查看了这次联系的经过（理由：抽检）" in page
    assert "座席6003：收听了录音" in page
    assert "6301" not in page
    assert "质检人员6201" in _words((await web.get(f"/my/contacts/{call}")).text)


async def test_the_holder_reads_how_long_what_is_kept_and_why(web: Browser) -> None:
    await web.log_in(proven=True)
    page = _words((await web.get("/my/data")).text)
    assert "通话录音 3年，从通话结束起算。" in page
    assert "身份资料与交易记录 10年，" in page
    assert "监管规定：投诉资料至少保存三年。" in page


async def test_a_holder_asks_for_erasure_thinks_again_and_is_told_what_came_of_it(
    web: Browser,
) -> None:
    house = web.house
    house.now = NOW - timedelta(days=400)
    old = await house.call()
    house.now = NOW
    young = await house.call()
    await web.log_in(proven=True)
    page = await web.follow(await web.send("/my/data", {"wish": "erase"}))
    assert "申请已收到" in page.text
    assert "撤回申请" in page.text
    page = await web.follow(await web.send("/my/data", {"wish": "keep"}))
    assert "什么都没有删除" in page.text
    await web.send("/my/data", {"wish": "erase"})
    house.later(days=8)
    config = house.retention
    done = await erasing.carry_out_requests(house.database, config=config, clock=lambda: house.now)
    assert len(done) == 1
    await web.log_in(proven=True)
    page = _words((await web.get("/my/data")).text)
    assert re.search(r"已永久删除\d+项资料", page)
    assert (await web.get(f"/my/contacts/{old}")).status_code == 404
    assert (await web.get(f"/my/contacts/{old}/recording.wav")).status_code == 404
    assert (await web.get(f"/my/contacts/{young}/recording.wav")).status_code == 200
    assert RETENTION.request_waits.days == 7


async def test_an_unknown_wish_and_a_form_without_its_token_change_nothing(web: Browser) -> None:
    await web.log_in(proven=True)
    assert (await web.send("/my/data", {"wish": "everything"})).status_code == 404
    assert (await web.post("/my/data", {"wish": "erase"})).status_code == 403
    assert await web.house.ask("SELECT count(*) FROM retention_request") == [0]


async def test_whoever_has_not_proven_more_than_a_code_is_asked_to_first(web: Browser) -> None:
    await web.log_in()
    answer = await web.get("/my/data")
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/prove?back=/my/data")


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace(" :", ":")
