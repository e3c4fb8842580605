"""Notices by letter and e-mail: they count when they have left, and not when they come back."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.postgres.database import Database
from cardline.adapters.typst.setter import TypstSetter
from cardline.app.outward.written import letter_config, mail_config
from cardline.app.settings import Settings
from cardline.complaints import actions
from cardline.complaints.actions import Stepped
from cardline.complaints.model import Complainant, ComplaintId, Door, Mark, Reach, State
from cardline.complaints.telling_model import WayOn, Words
from cardline.core.ids import HolderId
from cardline.core.verdict import RuleVersion
from cardline.messages.file_model import FilePolicy
from cardline.messages.files import Files
from cardline.messages.letters import posting, printing
from cardline.messages.letters.actions import send_again
from cardline.messages.letters.model import Addressee
from cardline.messages.mail.actions import dispatch as send_mails
from cardline.messages.mail.model import AddressRejected
from cardline.messages.outcomes import MessageOutcome
from cardline.outreach.model import Channel
from tests.actions.complaint_room import AGENT, SECOND, Room
from tests.actions.mail_room import Printer, Relay
from tests.actions.serving_desk import HOLDER

UNTOLD = "投诉{}的答复没有送达（{}），请换一种方式告知投诉人"


def way(name: str, zh: str, line: str = "") -> WayOn:
    return WayOn(name, Words(zh, name), Words(f"{zh}的办法。", f"How to {name}."), line)


WAYS = (
    way("reexamination", "申请核查"),
    way("regulator", "监管热线", "12378"),
    way("mediation", "申请调解"),
    way("arbitration", "申请仲裁"),
    way("court", "向法院起诉"),
    way("junk", "垃圾短信举报", "12321"),
)


class PostRoom(Room):
    """The complaints desk with a printer and a mail relay beside it."""

    def equip(self, home: Path) -> None:
        files = Files(DiskShelf(home), FilePolicy(RuleVersion("files/test"), 10**7, 10**7))
        given = Settings(), self.config.sms, files, self.outcomes
        self.mail = mail_config(*given, within=timedelta(hours=24))
        self.letters = letter_config(*given, within=timedelta(hours=24))
        self.config = replace(self.config, mail=self.mail, letters=self.letters, ways=WAYS)

    def clock(self) -> datetime:
        return self.now

    async def tells(self, case: ComplaintId, channel: str, **more: Any) -> Stepped:
        given = {"channel": channel, "contents": (), "proof_kind": None, "proof": None}
        return await self.answer(case, **given | more)

    async def carrier(self) -> str:
        rows = await self.rows("SELECT carried_by FROM complaint_notice ORDER BY at, id")
        return str(rows[-1])

    async def prints(self) -> str:
        """Print what waits; return what stands on the last letter, without its line breaks."""
        printer = Printer()
        await printing.dispatch(
            self.database, printer, TypstSetter(), config=self.letters, clock=self.clock
        )
        pages = PdfReader(io.BytesIO(printer.given[-1][0])).pages
        return "".join("".join(page.extract_text() for page in pages).split())

    async def posts(self, letter: str, number: str = "XA12345678944") -> None:
        async with self.database.transaction() as tx:
            await posting.post(
                tx, letter, carrier="中国邮政", posting=number, posted_at=self.now,
                config=self.letters, by=AGENT, at=self.now,
            )  # fmt: skip

    async def comes_back(self, letter: str) -> None:
        async with self.database.transaction() as tx:
            await posting.come_back(
                tx, letter, reason="moved", config=self.letters, by=AGENT, at=self.now
            )

    async def mails(self, *faults: Exception) -> Relay:
        relay = Relay(*faults)
        await send_mails(self.database, relay, config=self.mail, clock=self.clock)
        return relay

    async def bounces(self, mail: str) -> None:
        """The relay says later that it could not deliver."""
        ((key, stream),) = await self.rows(
            "SELECT key, stream FROM mail_outbox WHERE id = %s", mail
        )
        async with self.database.transaction() as tx:
            await self.outcomes.tell(
                tx,
                MessageOutcome(
                    "bounced", Channel.EMAIL, mail, key, "complaint_answered",
                    HolderId(HOLDER.id), stream, self.now, {"reason": "5.1.1"},
                ),
            )  # fmt: skip

    async def tasks(self) -> Sequence[str]:
        """Return the open tasks that say what somebody was not told, whoever made them."""
        return await self.rows(
            "SELECT what FROM desk_task WHERE done_at IS NULL AND source ~"
            " '^(complaint-untold|mail-failed|letter-returned):'"
        )


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> PostRoom:
    room = PostRoom(database)
    await room.open()
    room.equip(tmp_path)
    await room.rows(
        "UPDATE bank_holder SET email = 'lin@example.com', address = %s WHERE id = %s RETURNING id",
        "310000\n杭州市西湖区文三路9号",
        HOLDER.id,
    )
    return room


async def test_a_letter_says_all_that_an_answer_must_and_counts_from_its_posting(
    room: PostRoom,
) -> None:
    case = await room.decided()
    told = await room.tells(case, "letter", text="林先生，您反映的年费问题，我们逐笔核对过了。")
    assert told.verdict.codes == ()
    assert told.complaint.state is State.DECIDED
    room.later(hours=1)
    letter = await room.prints()
    for said in (
        "挂号", "杭州市西湖区文三路9号", "我们逐笔核对过了", "您反映的问题属实",
        "调查结果：年费减免未录入系统。", "处理依据：合约第五条。", "处理理由：减免条件已满足。",
        "向您支付人民币300.00元", "诚恳致歉", "申请核查", "监管热线（电话12378）", "申请调解",
        "申请仲裁", "向法院起诉", case,
    ):  # fmt: skip
        assert said in letter, said
    assert "垃圾短信" not in letter
    assert (await room.find(case)).state is State.DECIDED
    room.later(days=1)
    await room.posts(await room.carrier())
    found = await room.find(case)
    assert (found.state, found.timeline.marks[Mark.ANSWERED]) == (State.ANSWERED, room.now)
    ((proof, at),) = await room.rows(
        "SELECT proof, proven_at FROM complaint_notice WHERE about = 'answer'"
    )
    assert (proof, at) == ("中国邮政 XA12345678944", room.now)
    async with room.database.transaction() as tx:
        seen = await actions.view_for(tx, case, holder=HOLDER.id, config=room.config, at=room.now)
    assert "处理理由：减免条件已满足。" in (seen.answer or "")


async def test_what_the_handler_has_said_the_letter_does_not_say_again(room: PostRoom) -> None:
    case = await room.decided()
    await room.tells(case, "letter", contents=("findings", "basis", "reasons"))
    letter = await room.prints()
    assert "依据合约第五条" in letter
    assert "处理依据：" not in letter
    assert "向法院起诉" in letter


async def test_a_letter_that_comes_back_is_owed_again_and_its_time_is_kept(room: PostRoom) -> None:
    case = await room.decided()
    await room.tells(case, "letter")
    await room.prints()
    await room.posts(await room.carrier())
    posted = room.now
    room.later(days=9)
    await room.comes_back(await room.carrier())
    found = await room.find(case)
    assert (found.state, found.timeline.marks[Mark.ANSWERED]) == (State.DECIDED, posted)
    assert (await room.kinds(case))[-1] == "undelivered"
    assert await room.tasks() == [UNTOLD.format(case, "信函被退回")]
    assert "follow-up" not in await room.due(case)
    closed = await room.do(actions.close, case)
    assert "state-decided" in closed.verdict.codes
    await room.tells(case, "email")
    await room.mails()
    assert (await room.find(case)).state is State.ANSWERED
    assert await room.tasks() == []


async def test_the_same_letter_to_another_address_speaks_for_the_same_notice(
    room: PostRoom,
) -> None:
    case = await room.decided()
    await room.tells(case, "letter")
    await room.prints()
    await room.posts(await room.carrier())
    room.later(days=3)
    await room.comes_back(await room.carrier())
    async with room.database.transaction() as tx:
        again = await send_again(
            tx, await room.carrier(), config=room.letters,
            to=Addressee("林晓", ("310001", "杭州市上城区解放路8号")), registered=True, at=room.now,
        )  # fmt: skip
    await room.prints()
    room.later(hours=3)
    await room.posts(again.id, "XA98765432144")
    assert (await room.find(case)).state is State.ANSWERED
    assert await room.tasks() == []
    assert await room.rows("SELECT proof FROM complaint_notice WHERE about = 'answer'") == [
        "中国邮政 XA98765432144"
    ]


async def test_whose_answer_came_back_has_the_whole_time_to_disagree_with_the_one_that_arrived(
    room: PostRoom,
) -> None:
    case = await room.decided()
    await room.tells(case, "letter")
    await room.prints()
    await room.posts(await room.carrier())
    room.later(days=25)
    await room.comes_back(await room.carrier())
    room.later(days=1)
    await room.tells(case, "email")
    await room.mails()
    told = room.now
    found = await room.find(case)
    assert found.timeline.marks[Mark.ANSWERED] < found.timeline.marks[Mark.ANSWERED_AGAIN] == told
    assert "answer" not in await room.due(case)  # it was posted in time
    room.later(days=29)
    async with room.database.transaction() as tx:
        seen = await actions.view_for(tx, case, holder=HOLDER.id, config=room.config, at=room.now)
    zone = room.config.policy.zone
    assert seen.may_ask_reexamination_until == told.astimezone(zone).date() + timedelta(days=30)
    asked = await room.ask(actions.ask_reexamination, case, why="利息没有退。", in_writing=True)
    assert asked.verdict.allowed


async def test_an_e_mail_that_bounces_later_takes_its_effect_back(room: PostRoom) -> None:
    case = await room.decided()
    await room.tells(case, "email", text="林先生，您反映的年费问题，我们逐笔核对过了。")
    relay = await room.mails()
    ((_, to, mail, _),) = relay.given
    assert to == "lin@example.com"
    body = mail.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    assert "处理依据：合约第五条。" in lines
    assert "· 监管热线（电话12378）：监管热线的办法。" in lines
    assert (await room.find(case)).state is State.ANSWERED
    assert "follow-up" in await room.due(case)
    room.later(hours=2)
    await room.bounces(await room.carrier())
    found = await room.find(case)
    assert found.state is State.DECIDED
    assert Mark.ANSWERED not in found.timeline.marks
    assert "answer" in await room.due(case)
    assert "follow-up" not in await room.due(case)
    assert await room.tasks() == [UNTOLD.format(case, "电子邮件被退回")]
    said = (await room.journal(case))[-1].body
    assert (said["fate"], said["reason"], said["time_kept"]) == ("bounced", "5.1.1", False)


async def test_one_of_two_ways_that_arrived_is_enough(room: PostRoom) -> None:
    case = await room.decided()
    await room.tells(case, "letter")
    letter = await room.carrier()
    room.later(minutes=1)
    await room.tells(case, "email")
    mail = await room.carrier()
    await room.mails()
    await room.prints()
    room.later(hours=5)
    await room.posts(letter)
    await room.bounces(mail)
    found = await room.find(case)
    assert (found.state, found.timeline.marks[Mark.ANSWERED]) == (State.ANSWERED, room.now)
    assert await room.tasks() == []


async def test_an_e_mail_that_never_left_tells_nobody_and_says_so(room: PostRoom) -> None:
    case = await room.decided()
    await room.tells(case, "email")
    await room.mails(AddressRejected("550 no such mailbox"))
    assert (await room.find(case)).state is State.DECIDED
    assert await room.tasks() == [UNTOLD.format(case, "电子邮件发送失败")]
    again = await room.tells(case, "email")
    assert again.verdict.codes == ("way-closed",)
    assert (await room.kinds(case))[-1] == "step-refused"
    assert await room.rows("SELECT count(*) FROM complaint_notice WHERE about = 'answer'") == [1]


async def test_a_letter_that_is_stopped_before_the_printer_was_not_told(room: PostRoom) -> None:
    case = await room.decided()
    await room.tells(case, "letter")
    async with room.database.transaction() as tx:
        await posting.withdraw(
            tx, await room.carrier(), why="错字", config=room.letters, by=AGENT, at=room.now
        )
    assert await room.tasks() == [UNTOLD.format(case, "信函寄出前被撤下")]


async def test_without_an_address_nothing_is_sent_and_the_handler_hears_it(room: PostRoom) -> None:
    await room.rows("UPDATE bank_holder SET address = '', email = NULL RETURNING id")
    case = await room.decided()
    for channel in ("letter", "email"):
        assert (await room.tells(case, channel)).verdict.codes == ("no-address",)
    by_hand = await room.tells(case, "letter", contents=room.config.policy.answer_contents,
                               proof_kind="posting", proof="EMS 1")  # fmt: skip
    assert by_hand.complaint.state is State.ANSWERED


async def test_a_stranger_is_answered_where_they_said_and_told_why_it_is_refused(
    room: PostRoom,
) -> None:
    who = Complainant(None, "周明", "", Reach(address="信封所写"))
    case = await room.accepted(door=Door.LETTER, complainant=who, account_id=None)
    refused = await room.do(actions.refuse, case, reason="not-about-us", why="所述商户与本行无关。")
    assert refused.verdict.codes == ()
    given = {"about": "refusal", "text": "您所说的商户不是我行特约商户，建议联系其收单机构。"}
    assert (await room.tells(case, "letter", **given)).verdict.codes == ("no-address",)
    told = await room.tells(case, "letter", to="200000; 上海市黄浦区南京东路1号", **given)
    assert told.verdict.codes == ()
    letter = await room.prints()
    assert "上海市黄浦区南京东路1号" in letter
    assert "原因是：所反映的事项与本行无关" in letter
    assert "监管热线" in letter
    assert "申请核查" not in letter
    await room.posts(await room.carrier())
    assert Mark.REFUSAL_TOLD in (await room.find(case)).timeline.marks


async def test_an_extension_is_told_with_its_ground_and_new_day_once_it_is_approved(
    room: PostRoom,
) -> None:
    case = await room.accepted()
    asked = await room.do(
        actions.extend, case, grade="complex", ground="third-party-records", why="需向商户调单"
    )
    given = {"about": "extension", "extension": asked.made, "text": "我们已向商户调取交易单据。"}
    assert (await room.tells(case, "email", **given)).verdict.codes == ("approval-needed",)
    settled = await room.do(
        actions.settle_extension, case, extension=asked.made, approve=True, staff=SECOND
    )
    assert settled.verdict.codes == ()
    assert (await room.tells(case, "letter", **given)).verdict.codes == ()
    letter = await room.prints()
    assert "需向商户或其他机构调取资料" in letter
    await room.posts(await room.carrier())
    last = (await room.due(case))["answer"]
    assert f"{last.year}年{last.month}月{last.day}日" in letter


async def test_a_short_message_that_fails_is_told_like_any_other(room: PostRoom) -> None:
    case = (await room.receive()).id
    ((key, stream, message),) = await room.rows("SELECT key, stream, id FROM sms_outbox")
    async with room.database.transaction() as tx:
        await room.outcomes.tell(
            tx,
            MessageOutcome(
                "failed", Channel.SMS, message, key, "complaint_received", HolderId(HOLDER.id),
                stream, room.now, {},
            ),
        )  # fmt: skip
    assert await room.tasks() == [
        f"投诉{case}的收到告知没有送达（短信发送失败），请换一种方式告知投诉人"
    ]


async def test_messages_that_carry_no_notice_are_none_of_ours(room: PostRoom) -> None:
    case = await room.decided()
    before = await room.kinds(case)
    for stream in ("interaction:1", f"complaint:{case}"):
        async with room.database.transaction() as tx:
            await room.outcomes.tell(
                tx,
                MessageOutcome(
                    "bounced", Channel.EMAIL, "m", "other", "x", None, stream, room.now, {}
                ),
            )
    assert await room.kinds(case) == before
    assert await room.tasks() == []
