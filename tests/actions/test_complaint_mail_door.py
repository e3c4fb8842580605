"""E-mail to the box of complaints: a stranger is told once a day, a flood is one complaint."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.complaints import actions
from cardline.complaints.doors import mail
from cardline.complaints.doors.config import DoorConfig, door_config
from cardline.complaints.model import ComplaintId, Mark, State
from cardline.core.actor import SYSTEM
from cardline.messages.arrivals import Arrival, Handovers
from cardline.messages.written import open_written
from tests.actions.serving_desk import HOLDER
from tests.actions.test_complaint_notices import PostRoom

SENDER = "zhou@example.net"
STATEMENT = "催收人员打电话到我单位，请停止，并向我道歉。我的手机是13800001234。"


class Letterbox(PostRoom):
    """The post room with the door of complaints open."""

    doors: DoorConfig

    def open_door(self) -> None:
        self.doors = door_config(self.config, self.mail.files, files_at_once=3)
        self.handovers = Handovers()
        mail.take_from(self.handovers, self.doors)

    async def writes(self, text: str = STATEMENT, **more: Any) -> None:
        number = len(await self.rows("SELECT key FROM complaint")) + 1
        async with self.database.transaction() as tx:
            box = await open_written(
                tx, "email", holder=None, language="zh", source="email", by=SYSTEM, at=self.now
            )
        plain = Arrival(
            door="email", id=f"m{number}-{self.now.timestamp()}", box="complaints",
            interaction=box, sender=SENDER, sender_name="周婷", holder=None,
            registered=False, by_staff=False, subject="投诉催收", text=text, files=(),
            language="zh", again=False, answers=None, about=None, at=self.now,
        )  # fmt: skip
        async with self.database.transaction() as tx:
            assert await self.handovers.offer(tx, replace(plain, **more))

    async def complaints(self) -> list[str]:
        return await self.rows("SELECT id FROM complaint ORDER BY received_at, key")


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> Letterbox:
    room = Letterbox(database)
    await room.open()
    room.equip(tmp_path)
    room.open_door()
    return room


async def test_a_stranger_is_told_that_it_came_and_what_comes_next_and_nothing_of_its_words(
    room: Letterbox,
) -> None:
    await room.writes()
    [reference] = await room.complaints()
    relay = await room.mails()
    ((_, to, message, _),) = relay.given
    assert (to, message["Auto-Submitted"]) == (SENDER, "auto-generated")
    assert message["From"].addresses[0].addr_spec == "complaints@card.bank.example"
    body = message.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert reference in said
    last = (await room.due(ComplaintId(reference)))["answer"]
    assert f"{last.year}年{last.month}月{last.day}日" in said
    assert "直接回复本邮件" in said
    for leak in ("催收", "13800001234", "周婷", "complaint_"):
        assert leak not in said
    assert Mark.ACKNOWLEDGED in (await room.find(ComplaintId(reference))).timeline.marks


async def test_an_address_is_told_once_a_day_however_much_it_writes(room: Letterbox) -> None:
    await room.writes()
    room.later(minutes=5)
    await room.writes("另一件事：年费多收了。")
    await room.writes("第三件事：积分没有到账。", sender="ZHOU@example.net")
    await room.writes(sender="other@example.net")
    told = {to for _, to, _, _ in (await room.mails()).given}
    assert told == {SENDER, "other@example.net"}
    assert await room.rows("SELECT count(*) FROM mail_outbox") == [2]
    room.later(days=1)
    await room.writes("第四件事：账单寄错了地址。")
    assert [to for _, to, _, _ in (await room.mails()).given] == [SENDER]


async def test_what_is_the_same_as_an_open_one_is_acknowledged_under_the_reference_that_goes_on(
    room: Letterbox,
) -> None:
    await room.writes()
    [first] = await room.complaints()
    await room.mails()
    room.later(days=1)
    await room.writes()
    joined = await room.rows("SELECT joined_to FROM complaint WHERE state = 'joined'")
    assert joined == [first]
    ((_, _, message, _),) = (await room.mails()).given
    assert first in str(message["Subject"])


async def test_a_holder_at_the_registered_address_is_told_on_the_telephone_alone(
    room: Letterbox,
) -> None:
    await room.writes(holder=HOLDER.id, registered=True)
    assert (await room.mails()).given == []
    assert await room.rows("SELECT template FROM sms_outbox") == ["complaint_received"]


async def test_whoever_floods_the_box_writes_on_in_one_complaint_and_nothing_is_lost(
    room: Letterbox,
) -> None:
    most = room.doors.policy.mails_per_day
    for number in range(most + 3):
        room.later(seconds=10)
        await room.writes(f"第{number}件：我要投诉第{number}件事。")
    cases = await room.complaints()
    assert len(cases) == most
    facts = await room.rows("SELECT complaint, text, restarts FROM complaint_fact ORDER BY at")
    assert {(case, restarts) for case, _, restarts in facts} == {(cases[-1], False)}
    assert [re.findall(r"第(\d)件：", text) for _, text, _ in facts] == [["5"], ["6"], ["7"]]
    assert all("并入办理" in text for _, text, _ in facts)
    # Others are not touched by it, and tomorrow is another day.
    await room.writes("别人的事。", sender="other@example.net")
    room.later(days=1, minutes=1)
    await room.writes("第二天的事。")
    assert len(await room.complaints()) == most + 2


async def test_what_has_ended_takes_nothing_more_in(room: Letterbox) -> None:
    most = room.doors.policy.mails_per_day
    for number in range(most):
        await room.writes(f"第{number}件：我要投诉第{number}件事。")
    for case in await room.complaints():
        done = await room.ask(actions.withdraw, ComplaintId(case), why="不投诉了。")
        assert done.complaint.state is State.WITHDRAWN
    room.later(hours=1)
    await room.writes("还是要投诉。")
    assert len(await room.complaints()) == most + 1
    assert await room.rows("SELECT id FROM complaint_fact") == []
