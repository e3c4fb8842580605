"""Codes of whoever has no log-in: one for every door, told once, kept nowhere in the clear (C4)."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.complaints import actions
from cardline.complaints.doors import codes, following, hotline
from cardline.complaints.doors.from_staff import TakenDown, handed_on
from cardline.complaints.model import Complainant, ComplaintId, Door, Proxy, Reach
from cardline.core.actor import SYSTEM
from cardline.core.errors import NotFound
from cardline.core.ids import InteractionId
from cardline.core.masking import Secret
from cardline.core.phone import PhoneNumber
from cardline.messages.letters.actions import send_again
from cardline.messages.letters.model import Addressee
from cardline.messages.written import open_written
from tests.actions.complaint_room import COMPLIANCE, HOLDER, LEAD
from tests.actions.test_complaint_mail_door import SENDER, Letterbox

CODE = re.compile(r"\d{4} \d{4} \d{4}")
CALLER = PhoneNumber("+8613800001234")


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> Letterbox:
    room = Letterbox(database)
    await room.open()
    room.equip(tmp_path)
    room.open_door()
    return room


async def opened(room: Letterbox, reference: str, code: str) -> bool:
    async with room.database.transaction() as tx:
        found = await following.by_word(tx, reference, Secret(code), config=room.doors, at=room.now)
    return found is not None


async def mailed(room: Letterbox) -> str:
    """Return the code in the last e-mail."""
    message = (await room.mails()).given[-1][2]
    return CODE.findall(message.get_body(("plain",)).get_content())[0]


async def texted(room: Letterbox) -> list[str]:
    await room.send_messages()
    return await room.rows("SELECT text FROM sms_embedded ORDER BY at")


async def everything(room: Letterbox) -> str:
    """All that the database holds as text, but for the outbox that stands for the telephone."""
    tables = await room.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        " AND table_type = 'BASE TABLE' AND table_name <> 'sms_embedded'"
    )
    found = [await room.rows(f'SELECT t::text FROM "{table}" AS t') for table in tables]
    return str(found)


async def kept(room: Letterbox) -> list[Any]:
    return await room.rows("SELECT way, keyed FROM complaint_lookup ORDER BY made_at")


async def test_who_complains_by_e_mail_gets_the_code_in_the_acknowledgement_and_it_opens(
    room: Letterbox,
) -> None:
    await room.writes()
    [reference] = await room.complaints()
    before = await everything(room)
    code = await mailed(room)
    assert await kept(room) == [("email", True)]
    assert await opened(room, reference, code)
    assert not await opened(room, reference, code[:-1] + ("0" if code[-1] != "0" else "1"))
    for place in (before, await everything(room)):
        assert code not in place
        assert code.replace(" ", "") not in place
    assert "******" in (await room.rows("SELECT text FROM mail_outbox"))[0]
    made = [one.body for one in await room.journal(ComplaintId(reference)) if "code" in one.kind]
    assert made == [{"way": "email", "again": False}]


async def test_who_quotes_our_mail_in_the_answer_leaves_the_code_nowhere(room: Letterbox) -> None:
    await room.writes()
    [reference] = await room.complaints()
    message = (await room.mails()).given[-1][2]
    quoted = message.get_body(("plain",)).get_content()
    code = CODE.findall(quoted)[0]
    room.later(minutes=5)
    await room.writes(f"我再补充一点：他们昨天又打来了。\n{quoted}", about=f"complaint:{reference}")
    [fact] = await room.rows("SELECT text FROM complaint_fact")
    assert "昨天又打来了" in fact
    assert code not in await everything(room)


async def test_who_leaves_it_recorded_is_texted_and_no_number_is_flooded(room: Letterbox) -> None:
    for _ in range(5):
        room.later(minutes=3)
        await recorded(room, number=CALLER)
    texts = await texted(room)
    assert len(texts) == room.doors.policy.texts_per_day
    for text in texts:
        [reference] = re.findall(r"C\d{6}-\w{6}", text)
        assert await opened(room, reference, CODE.findall(text)[0])
    whole = await everything(room)
    assert all(CODE.findall(text)[0] not in whole for text in texts)
    room.later(hours=25)
    await room.send_messages()
    assert all("******" in text for text in await texted(room))


async def test_a_landline_and_a_holder_are_texted_no_code(room: Letterbox) -> None:
    await recorded(room, number=PhoneNumber("+861065551234"))
    assert await texted(room) == []
    await recorded(room, number=CALLER, holder=HOLDER)
    assert await room.rows("SELECT template FROM sms_outbox") == ["complaint_received"]
    assert await kept(room) == []


async def recorded(room: Letterbox, *, number: PhoneNumber, holder: Any = None) -> None:
    async with room.database.transaction() as tx:
        box = await open_written(
            tx, "message", holder=None, language="zh", source="call", by=SYSTEM, at=room.now
        )
        await hotline.left_recorded(
            tx, interaction=InteractionId(box), holder=holder, number=number, language="zh",
            by=SYSTEM, config=room.doors, at=room.now,
        )  # fmt: skip


async def transfer(room: Letterbox, who: Complainant, **more: Any) -> Any:
    async with room.database.transaction() as tx:
        return await handed_on(
            tx,
            TakenDown("", "账单寄错了，请监管部门处理。", who=who, proxy=more.get("proxy")),
            door=more.get("door", Door.REGULATOR),
            number=more.get("number", "监2026-118"),
            received_at=room.now,
            holder=more.get("holder"),
            by=COMPLIANCE,
            config=room.doors,
            at=room.now,
        )


@pytest.mark.parametrize("door", [Door.REGULATOR, Door.ASSOCIATION])
async def test_whoever_the_regulator_or_an_association_hands_on_hears_by_the_way_they_gave(
    room: Letterbox, door: Door
) -> None:
    reach = Reach("", "zhou@example.net", "杭州市文三路1号")
    taken = await transfer(room, Complainant(None, "周婷", "", reach), door=door)
    await transfer(room, Complainant(None, "周婷", "", reach), door=door)
    assert await room.rows("SELECT count(*) FROM mail_outbox") == [1]
    assert await opened(room, taken.complaint.id, await mailed(room))
    assert taken.code is None


async def test_who_gave_an_address_alone_gets_the_code_on_paper_and_the_copy_has_none(
    room: Letterbox,
) -> None:
    reach = Reach(address="310000\n杭州市文三路1号")
    taken = await transfer(room, Complainant(None, "周婷", "", reach))
    paper = await room.prints()
    digits = re.findall(r"查询口令是(\d{12})", paper)
    assert digits, paper
    assert await opened(room, taken.complaint.id, digits[0])
    spaced = " ".join(digits[0][place : place + 4] for place in (0, 4, 8))
    assert spaced not in await everything(room)
    [content] = await room.rows("SELECT content::text FROM letter")
    assert "******" in content
    [letter] = await room.rows("SELECT id FROM letter WHERE sealed IS NULL")
    # What came back holds a code that is kept nowhere: a new one is sent in its place.
    await room.posts(letter)
    await room.comes_back(letter)
    with pytest.raises(Exception, match="held a code"):
        async with room.database.transaction() as tx:
            await send_again(
                tx, letter, config=room.letters, to=Addressee("周婷", ("杭州市",)),
                registered=False, at=room.now,
            )  # fmt: skip


async def test_a_letter_that_came_in_is_acknowledged_at_the_address_that_somebody_reads(
    room: Letterbox,
) -> None:
    await room.writes(
        "手写来信", door="letter", sender="", sender_name="周婷", received_on=None, subject=""
    )
    [reference] = await room.complaints()
    told = await room.do(
        actions.notify, ComplaintId(reference), about="acknowledgement", channel="letter",
        text="来信和附件都已收到，谢谢您。", to="310000\n杭州市文三路1号", staff=LEAD,
    )  # fmt: skip
    assert told.verdict.allowed, told.verdict.codes
    paper = await room.prints()
    assert "来信和附件都已收到" in paper
    [code] = re.findall(r"查询口令是(\d{12})", paper)
    assert await opened(room, reference, code)


async def test_another_code_replaces_the_one_before_for_whoever_names_what_they_gave(
    room: Letterbox,
) -> None:
    await room.writes()
    [reference] = await room.complaints()
    first = await mailed(room)
    await asks(room, reference, "wrong@example.net")
    await asks(room, "C261127-000000", SENDER)
    assert (await room.mails()).given == []
    assert await opened(room, reference, first)
    await asks(room, reference, SENDER.upper())
    second = await mailed(room)
    assert not await opened(room, reference, first)
    assert await opened(room, reference, second)
    for _ in range(5):
        await asks(room, reference, SENDER)
    sent = await room.rows("SELECT count(*) FROM mail_outbox")
    assert sent == [1 + room.doors.policy.codes_per_day]


async def asks(room: Letterbox, reference: str, given: str) -> None:
    async with room.database.transaction() as tx:
        await codes.send_again(tx, reference, given, config=room.doors, at=room.now)


async def test_wrong_names_count_like_wrong_codes_and_then_nothing_is_sent(
    room: Letterbox,
) -> None:
    await room.writes()
    [reference] = await room.complaints()
    code = await mailed(room)
    for turn in range(room.doors.policy.lookup_tries):
        await asks(room, reference, f"guess{turn}@example.net")
    assert not await opened(room, reference, code)
    await asks(room, reference, SENDER)
    assert (await room.mails()).given == []
    room.later(hours=25)
    assert await opened(room, reference, code)


async def test_a_code_that_is_asked_for_is_said_once_by_the_agent_or_sent(room: Letterbox) -> None:
    await room.writes()
    [reference] = await room.complaints()
    first = await mailed(room)
    said = await given_by_staff(room, reference, SENDER, way="said")
    assert said is not None
    assert await opened(room, reference, said.reveal())
    assert not await opened(room, reference, first)
    assert said.reveal() not in await everything(room)
    made = [one for one in await room.journal(ComplaintId(reference)) if "code" in one.kind]
    assert (made[-1].by, made[-1].body) == (str(LEAD.actor), {"way": "said", "again": True})
    assert await given_by_staff(room, reference, SENDER, way="email") is None
    assert await opened(room, reference, await mailed(room))
    for given, way in ((SENDER, "sms"), ("other@example.net", "said")):
        with pytest.raises(NotFound):
            await given_by_staff(room, reference, given, way=way)


async def given_by_staff(room: Letterbox, reference: str, given: str, *, way: Any) -> Any:
    async with room.database.transaction() as tx:
        found = await codes.find_theirs(tx, reference, given, config=room.doors, at=room.now)
    async with room.database.transaction() as tx:
        return await codes.give_again(
            tx, found, way=way, to="", by=LEAD.actor, config=room.doors, at=room.now
        )


async def test_a_holder_has_no_code_and_who_speaks_for_one_gets_it_at_their_own_ways(
    room: Letterbox,
) -> None:
    taken = await transfer(room, Complainant(), holder=HOLDER.id)
    await asks(room, taken.complaint.id, HOLDER.phone)
    assert await kept(room) == []
    spoken = await transfer(
        room, Complainant(), holder=HOLDER.id, number="监2026-119",
        proxy=Proxy("周明", Reach(email="ming@example.net")),
    )  # fmt: skip
    [to] = [to for _, to, _, _ in (await room.mails()).given]
    assert to == "ming@example.net"
    assert await kept(room) == [("email", True)]
    assert replace(spoken.complaint, version=0).proxy is not None
