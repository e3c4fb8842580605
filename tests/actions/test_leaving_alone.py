"""Marketing stopped by a word in the chat and by an agent; a mark for who needs care (row D2)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM
from cardline.core.ids import HolderId
from cardline.messages.chat.model import Visitor
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, Purpose
from tests.actions.chat_room import STRANGER, Room
from tests.actions.serving_desk import HOLDER, Desk, Web


@pytest.fixture
async def room(database: Database) -> Room:
    return Room(database)


async def withdrawn(room: Room | Desk) -> list[Any]:
    async with room.database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT holder, phone, source FROM outreach_withdrawal ORDER BY at"
        )
        return await cursor.fetchall()


async def test_a_word_in_the_chat_stops_marketing_at_once_and_a_question_does_not(
    room: Room,
) -> None:
    for number, text in enumerate(
        (
            "退订",
            "TD",
            "不要再给我发广告了",
            "请停止营销电话",
            "别再打电话推销了",
            "Stop all marketing, please.",
        )
    ):
        visitor = Visitor(HolderId(f"w{number}"), None)
        said = await room.say(text, visitor)
        assert said.chat is not None
        assert said.chat.state == "bot", text
        assert (await withdrawn(room))[-1] == (f"w{number}", None, "chat"), text
        told = (await room.texts(visitor))[-1]
        assert told.startswith("bot: 已为您停止全部营销电话和信息，即时生效"), text
        assert "outreach.withdrawn" in await room.kinds(said.chat.id)
        room.later(minutes=1)
    stopped = len(await withdrawn(room))
    for number, text in enumerate(
        (
            "怎么停止营销短信",
            "如何退订",
            "取消分期可以吗",
            "不要取消我的卡",
            "广告上说的活动还有吗",
            "电话打不通",
        )
    ):
        await room.say(text, Visitor(HolderId(f"q{number}"), None))
        assert len(await withdrawn(room)) == stopped, text


async def test_whoever_is_unknown_is_told_how_to_stop(room: Room) -> None:
    await room.say("退订", STRANGER)
    assert await withdrawn(room) == []
    assert "按8" in (await room.texts(STRANGER))[-1]


async def test_it_works_while_waiting_and_beside_a_complaint(room: Room) -> None:
    await room.hire("a1", "complaint")
    said = await room.say("不要再打推销电话，否则我要投诉")
    assert said.chat is not None
    assert said.chat.state == "waiting"
    assert len(await withdrawn(room)) == 1
    assert any("已为您停止" in one for one in await room.texts())
    await room.say("退订")
    assert "您此前已经停止了全部营销" in (await room.texts())[-1]


# ---------------------------------------------------------------- an agent


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.open()
    return desk


@pytest.fixture
async def web(desk: Desk) -> AsyncIterator[Web]:
    async with desk.web() as web:
        yield web


async def codes(desk: Desk, purpose: Purpose, channel: Channel) -> tuple[str, ...]:
    contact = Contact(purpose, channel, HOLDER.phone, HOLDER.id)
    async with desk.database.transaction() as tx:
        verdict = await outreach.pass_gate(
            tx, contact, key="k", policy=desk.identity.sms.policy, at=desk.now
        )
    return verdict.codes


async def test_an_agent_stops_marketing_and_it_is_confirmed_once(desk: Desk, web: Web) -> None:
    for already in (False, True):
        status, told = await web.ask("POST", "/interactions/i1/stop-marketing")
        assert (status, told) == (200, {"already": already, "told": not already})
    assert await withdrawn(desk) == [(HOLDER.id, HOLDER.phone, "agent")]
    assert await desk.texts() == [(HOLDER.phone, "marketing_stopped")]
    assert await desk.kinds() == ["outreach.withdrawn", "outreach.withdrawn"]


async def test_an_agent_stops_it_for_a_caller_whom_nobody_knows(desk: Desk, web: Web) -> None:
    name = await desk.call(None, proven=())
    status, told = await web.ask("POST", f"/interactions/{name}/stop-marketing")
    assert (status, told["already"]) == (200, False)
    assert await withdrawn(desk) == [(None, HOLDER.phone, "agent")]


async def test_whoever_does_not_talk_with_them_stops_nothing(desk: Desk, web: Web) -> None:
    status, told = await web.ask("POST", "/interactions/i1/stop-marketing", who="agent:6002")
    assert status == 404
    await desk.hang_up("i1")
    status, told = await web.ask("POST", "/interactions/i1/stop-marketing")
    assert (status, told["code"]) == (409, "not-serving")
    assert await withdrawn(desk) == []


async def test_a_mark_for_who_needs_care_is_set_and_taken_away(desk: Desk, web: Web) -> None:
    mark = "/interactions/i1/vulnerable"
    assert await codes(desk, Purpose.COLLECTION, Channel.CALL) == ()
    for wanted, changed in ((True, True), (True, False)):
        status, told = await web.ask("POST", mark, {"vulnerable": wanted})
        assert (status, told) == (200, {"vulnerable": True, "changed": changed})
    assert await codes(desk, Purpose.COLLECTION, Channel.CALL) == ("vulnerable",)
    assert await codes(desk, Purpose.REMINDER, Channel.CALL) == ()
    desk.now = desk.now.replace(minute=30)
    assert (await web.ask("POST", mark, {"vulnerable": False}))[1]["changed"] is True
    assert await codes(desk, Purpose.COLLECTION, Channel.CALL) == ()
    nobody = await desk.call(None, proven=())
    status, told = await web.ask("POST", f"/interactions/{nobody}/vulnerable", {"vulnerable": True})
    assert (status, told["code"]) == (409, "nobody-claimed")


# ---------------------------------------------------------------- what an agent sees of it


async def told_of(web: Web, interaction: str = "i1", **more: str) -> Any:
    status, told = await web.ask("GET", f"/interactions/{interaction}/permissions", **more)
    assert status == 200, told
    return told


def way(told: Any, purpose: str, channel: str) -> Any:
    return next(
        one["may"] for one in told["ways"] if (one["purpose"], one["channel"]) == (purpose, channel)
    )


async def test_an_agent_sees_what_may_be_said_by_which_way_and_every_reason_why_not(
    desk: Desk, web: Web
) -> None:
    told = await told_of(web)
    assert (told["known"], told["vulnerable"], told["consents"]) == (True, False, [])
    assert way(told, "reminder", "call")["answer"] == "yes"
    assert way(told, "marketing", "call") == {
        "answer": "no",
        "not_before": None,
        "reasons": [{"code": "consent-missing", "source": "outreach.needs_consent", "until": None}],
    }
    async with desk.database.transaction() as tx:
        await outreach.give_consent(
            tx,
            holder=HOLDER.id,
            purpose=Purpose.MARKETING,
            channel=Channel.CALL,
            source="portal",
            wording="w",
            stream="t",
            by=SYSTEM,
            at=desk.now - timedelta(days=1),
        )
    told = await told_of(web)
    assert [(one["purpose"], one["channel"]) for one in told["consents"]] == [("marketing", "call")]
    assert way(told, "marketing", "call")["answer"] == "yes"
    await web.ask("POST", "/interactions/i1/stop-marketing")
    await web.ask("POST", "/interactions/i1/vulnerable", {"vulnerable": True})
    desk.now += timedelta(hours=12)  # 22 in the evening
    told = await told_of(web)
    assert told["consents"] == []
    assert [one["source"] for one in told["withdrawals"]] == ["agent"]
    assert told["vulnerable"]
    assert [one["kind"] for one in told["blocks"]] == ["vulnerable"]
    codes = [one["code"] for one in way(told, "marketing", "call")["reasons"]]
    assert codes == ["vulnerable", "consent-withdrawn", "quiet-hours"]
    late = way(told, "reminder", "sms")
    assert (late["answer"], [one["code"] for one in late["reasons"]]) == ("later", ["quiet-hours"])
    assert late["not_before"] is not None
    assert way(told, "security", "call")["answer"] == "yes"
    assert HOLDER.phone not in str(told)


async def test_looking_at_permissions_takes_no_place_and_is_for_who_takes_part(
    desk: Desk, web: Web
) -> None:
    for _ in range(4):  # more than the cap of a day
        assert way(await told_of(web), "service", "sms")["answer"] == "yes"
    assert await desk.ask("SELECT count(*) FROM outreach_contact") == [0]
    assert (await web.ask("GET", "/interactions/i1/permissions", who="agent:6002"))[0] == 404
    assert "desk.looked" not in await desk.kinds()
    await told_of(web, who="compliance:9001")
    assert "desk.looked" in await desk.kinds()


async def test_of_a_caller_whom_nobody_knows_the_number_alone_is_told(desk: Desk, web: Web) -> None:
    name = await desk.call(None, proven=())
    told = await told_of(web, name)
    assert not told["known"]
    assert {one["channel"] for one in told["ways"]} == {"call", "sms"}
    assert "recipient-unknown" in [one["code"] for one in way(told, "service", "call")["reasons"]]
