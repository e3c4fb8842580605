"""Complaints by mail and letter, from outside, in a conversation, and left on the hotline (C1)."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from cardline.adapters.postgres.database import Database
from cardline.app.wiring import complaint_config
from cardline.complaints.doors import hotline, mail
from cardline.complaints.doors.config import door_config
from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import CallId, InteractionId
from cardline.core.phone import PhoneNumber
from cardline.desk.interactions import actions as interactions
from cardline.desk.interactions.model import Interaction
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import Role, Staff
from cardline.identity.model import Proofs
from cardline.messages.arrivals import Arrival, Handovers
from tests.actions.identity_desk import config as identity_config
from tests.actions.portal_house import MINE, House
from tests.actions.test_mail_in import Box, bomb

STATEMENT = "催收人员打电话到我单位，请停止，并向我道歉。"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    await house.fill()
    return house


@pytest.fixture
async def letterbox(house: House) -> InteractionId:
    """The interaction that the mail area has opened for what came in."""
    return InteractionId(await house.call(recorded=False))


async def desk_of(house: House, role: Role) -> httpx.AsyncClient:
    number = {"lead": "7001", "compliance": "7002"}.get(role, "7003")
    async with house.database.transaction() as tx:
        who = Staff(number, "王芳", role, None, None)
        await staff.add_staff(tx, who, token=role, phone_ha1=None, by=SYSTEM, at=house.now)
    transport = httpx.ASGITransport(house.application)
    headers = {"Authorization": f"Bearer {role}"}
    return httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers)


def arrival(house: House, box: InteractionId, **more: Any) -> Arrival:
    plain = Arrival(
        door="email",
        id="m1",
        box="complaints",
        interaction=box,
        sender="zhou@example.com",
        sender_name="周婷",
        holder=None,
        registered=False,
        by_staff=False,
        subject="投诉催收",
        text=STATEMENT,
        files=(),
        language="zh",
        again=False,
        answers=None,
        about=None,
        at=house.now,
    )
    return replace(plain, **more)


async def taken(house: House, one: Arrival) -> bool:
    handovers = Handovers()
    mail.take_from(handovers, house.doors)
    async with house.database.transaction() as tx:
        return await handovers.offer(tx, one)


# ---------------------------------------------------------------- e-mail and letters


async def test_a_mail_is_one_complaint_however_often_it_comes(
    house: House, letterbox: InteractionId
) -> None:
    assert await taken(house, arrival(house, letterbox))
    assert await taken(house, arrival(house, letterbox))
    [(door, name, reach, anonymous, said)] = await house.ask(
        "SELECT door, name, reach, anonymous, statement FROM complaint"
    )
    assert (door, name, anonymous) == ("email", "周婷", False)
    assert reach["email"] == "zhou@example.com"
    assert said == f"投诉催收\n{STATEMENT}"


async def test_a_mail_from_an_address_that_claims_to_be_a_holders_is_not_theirs(
    house: House, letterbox: InteractionId
) -> None:
    await taken(house, arrival(house, letterbox, holder=MINE.id))
    await taken(
        house, arrival(house, letterbox, id="m2", text="另一件事", holder=MINE.id, registered=True)
    )
    owners = await house.ask("SELECT holder_id FROM complaint ORDER BY key")
    assert owners == [None, "h1"]
    # The holder is told on the registered telephone, whoever wrote the mail.
    assert len(await house.texts()) == 1


async def test_a_letter_that_staff_tied_to_a_holder_is_theirs_and_one_without_words_is_taken(
    house: House, letterbox: InteractionId
) -> None:
    letter = {"door": "letter", "sender": "", "sender_name": "", "subject": "", "text": ""}
    await taken(house, arrival(house, letterbox, id="l1", **letter))
    await taken(house, arrival(house, letterbox, id="l2", holder=MINE.id, by_staff=True, **letter))
    found = await house.ask(
        "SELECT door, holder_id, anonymous, statement FROM complaint ORDER BY key"
    )
    assert found == [
        ("letter", None, False, "投诉内容见附件。"),
        ("letter", "h1", False, "投诉内容见附件。"),
    ]


async def test_the_clock_of_a_letter_runs_from_the_day_on_which_it_reached_the_bank(
    house: House, letterbox: InteractionId
) -> None:
    stamped = house.now.date() - timedelta(days=3)
    await taken(house, arrival(house, letterbox, id="l9", door="letter", received_on=stamped))
    [received] = await house.ask("SELECT received_at FROM complaint")
    assert received.astimezone(house.complaints.policy.zone).date() == stamped


async def test_an_answer_to_our_mail_goes_to_its_complaint_and_a_strangers_does_not(
    house: House, letterbox: InteractionId
) -> None:
    await taken(house, arrival(house, letterbox))
    [reference] = await house.ask("SELECT id FROM complaint")
    about = f"complaint:{reference}"
    again = {"again": True, "about": about, "answers": "k1"}
    await taken(house, arrival(house, letterbox, id="m2", text="他们昨天又打来了。", **again))
    await taken(house, arrival(house, letterbox, id="m2", text="他们昨天又打来了。", **again))
    assert await house.ask("SELECT text FROM complaint_fact") == ["他们昨天又打来了。"]
    await taken(
        house,
        arrival(
            house, letterbox, id="m3", text="我要撤回这件投诉。", sender="x@example.net", **again
        ),
    )
    assert len(await house.ask("SELECT id FROM complaint_fact")) == 1
    assert len(await house.ask("SELECT id FROM complaint")) == 2
    assert set(await house.ask("SELECT state FROM complaint")) == {"received"}


async def test_a_real_mail_with_a_picture_and_a_bomb_becomes_a_complaint_with_the_picture(
    database: Database, tmp_path: Path
) -> None:
    box = await Box(database, tmp_path).opened()
    bank = box.desk.bank
    doors = door_config(complaint_config(bank, identity_config()), box.files, files_at_once=3)
    mail.take_from(box.handovers, doors)
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#fff").save(made, "PNG")
    files = (("凭证.png", made.getvalue()), ("b.zip", bomb()))
    await box.arrives(STATEMENT, to="complaints@card.bank.example", files=files)
    async with database.transaction() as tx:
        found = await tx.connection.execute(
            "SELECT door, holder_id, array_length(files, 1), interaction IS NOT NULL,"
            " statement LIKE '%%催收%%' FROM complaint"
        )
        assert await found.fetchall() == [("email", "h1", 1, True, True)]


# ---------------------------------------------------------------- handed on from outside


async def test_a_transfer_has_its_own_number_date_and_clock(house: House) -> None:
    desk = await desk_of(house, "compliance")
    came = house.now - timedelta(days=2)
    body = {
        "door": "regulator",
        "number": "金监转〔2026〕118号",
        "received_at": came.isoformat(),
        "holder": "h1",
        "statement": STATEMENT,
        "subjects": ["collection"],
    }
    answer = await desk.post("/api/v1/complaint-transfers", json=body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["next_by"]
    assert told["explained"]
    again = await desk.post("/api/v1/complaint-transfers", json=body)
    assert again.json()["complaint"] == told["complaint"]
    [(door, received, number)] = await house.ask(
        "SELECT complaint.door, received_at, reference FROM complaint"
        " JOIN complaint_arrival ON complaint_arrival.complaint = complaint.id"
    )
    assert (door, received, number) == ("regulator", came, "金监转〔2026〕118号")
    due = await house.ask("SELECT what, due_at FROM complaint_due ORDER BY due_at")
    assert "tell-regulator" in [what for what, _ in due]


FAULTS: list[dict[str, Any]] = [
    {"number": "   "},
    {"door": "portal"},
    {"received_at": "2099-01-01T00:00:00Z"},
    {"received_at": "2026-11-20T10:00:00"},
    {"holder": "nobody"},
    {"statement": ""},
    {"subjects": ["weather"]},
]


async def test_a_transfer_that_cannot_be_is_refused(house: House) -> None:
    desk = await desk_of(house, "compliance")
    body = {
        "door": "pbc",
        "number": "银诉1",
        "received_at": (house.now - timedelta(hours=1)).isoformat(),
        "statement": STATEMENT,
    }
    for fault in FAULTS:
        answer = await desk.post("/api/v1/complaint-transfers", json={**body, **fault})
        assert answer.status_code in (404, 422), fault
    assert await house.ask("SELECT id FROM complaint") == []


# ---------------------------------------------------------------- in a conversation


async def test_an_agent_takes_it_down_and_of_a_holder_nothing_is_asked_again(
    house: House,
) -> None:
    desk = await desk_of(house, "lead")
    call = await house.call()
    body = {
        "key": "first-try-1",
        "statement": STATEMENT + "密码739154我也说了",
        "demand": "道歉",
        "name": "别的名字",
        "reach": {"phone": "13800001234"},
        "persons": ["6107"],
        "subjects": ["collection", "contacts"],
    }
    answer = await desk.post(f"/api/v1/interactions/{call}/complaint", json=body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["complaint"].startswith("C261123-")
    again = await desk.post(f"/api/v1/interactions/{call}/complaint", json=body)
    assert again.json()["complaint"] == told["complaint"]
    [(door, holder, name, persons, text)] = await house.ask(
        "SELECT door, holder_id, name, persons, statement FROM complaint"
    )
    assert (door, holder, name, persons) == ("agent", "h1", "", ["6107"])
    assert "739154" not in text
    assert "acknowledged" in await house.ask("SELECT mark FROM complaint_mark")
    assert "calls_complaint" in await house.ask("SELECT kind FROM outreach_block")
    assert "complaint.received" in await house.ask(
        "SELECT kind FROM journal WHERE stream = %s", call
    )
    nowhere = await desk.post("/api/v1/interactions/nothing/complaint", json=body)
    assert nowhere.status_code == 404


async def test_whoever_was_not_in_the_call_takes_nothing_down_in_it(house: House) -> None:
    headers = await house.hire()
    transport = httpx.ASGITransport(house.application)
    call = await house.call(recorded=False)
    body = {"key": "first-try-1", "statement": STATEMENT}
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as desk:
        answer = await desk.post(
            f"/api/v1/interactions/{call}/complaint", json=body, headers=headers
        )
        refused = await desk.post("/api/v1/complaint-transfers", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert refused.status_code == 403
    assert await house.ask("SELECT id FROM complaint") == []


async def test_a_visitor_of_the_chat_complains_with_name_and_way_or_without(house: House) -> None:
    desk = await desk_of(house, "lead")
    chat = InteractionId("i-chat")
    async with house.database.transaction() as tx:
        await interactions.open_interaction(tx, visit(chat, house), source="chat")
    for key, who in (
        ("first-try-1", {"name": "周婷", "reach": {"phone": "13800001234"}}),
        ("x" * 9, {}),
    ):
        body = {"key": key, "statement": f"{STATEMENT}{key}", **who}
        answer = await desk.post(f"/api/v1/interactions/{chat}/complaint", json=body)
        assert answer.status_code == 200, answer.text
    found = await house.ask("SELECT door, name, anonymous FROM complaint ORDER BY name DESC")
    assert found == [("chat", "周婷", False), ("chat", "", True)]


def visit(chat: InteractionId, house: House) -> Interaction:
    return Interaction(
        id=chat,
        door="chat",
        call=CallId(""),
        line="",
        from_number="",
        to_number="",
        holder_id=None,
        language="zh",
        opened_at=house.now,
        answered_at=house.now,
        closed_at=None,
        outcome=None,
        flow_version="",
        state={},
        proofs=Proofs(),
        continues=None,
    )


async def test_a_classification_is_suggested_with_its_words_and_nothing_is_kept(
    house: House,
) -> None:
    desk = await desk_of(house, "lead")
    answer = await desk.post("/api/v1/complaint-suggestions", json={"text": STATEMENT})
    found = answer.json()
    assert found["issue"]["code"] == "collection"
    assert "催收" in found["issue"]["words"]
    assert found["issue"]["candidates"][0]["zh"] == "催收"
    assert await house.ask("SELECT id FROM complaint") == []
    too_long = await desk.post("/api/v1/complaint-suggestions", json={"text": "长" * 20_001})
    assert too_long.status_code == 422


# ---------------------------------------------------------------- the hotline, without a person


async def left(house: House, **who: Any) -> Any:
    call = await house.call(recorded=False)
    async with house.database.transaction() as tx:
        return await hotline.left_recorded(
            tx,
            interaction=InteractionId(call),
            language="zh",
            by=Actor("caller", "x"),
            config=house.doors,
            at=house.now,
            **who,
        )


async def test_what_is_recorded_is_a_complaint_at_once_and_two_recordings_are_two(
    house: House,
) -> None:
    number = PhoneNumber("+8613800001234")
    due = await left(house, holder=None, number=number)
    assert due > house.now.date()
    house.later(minutes=3)
    await left(house, holder=None, number=number)
    house.later(minutes=3)
    await left(house, holder=MINE, number=MINE.phone)
    house.later(minutes=3)
    await left(house, holder=None, number=None)
    found = await house.ask("SELECT holder_id, name, anonymous, state FROM complaint ORDER BY key")
    assert found == [
        (None, "来电人（尾号1234）", False, "received"),
        (None, "来电人（尾号1234）", False, "received"),
        ("h1", "", False, "received"),
        (None, "", True, "received"),
    ]


def test_the_hotline_tells_the_numbers_of_the_pack(tmp_path: Path) -> None:
    house = House(None, tmp_path)  # type: ignore[arg-type]
    told = hotline.rules_of(house.doors)
    assert told == {"simple": 15, "complex": 30, "ask": 30, "line": "12378"}
