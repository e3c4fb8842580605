"""Letters: through the gate, numbered without a gap, printed once, posted with proof, come back."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AgentId
from cardline.desk.staff import actions as staff
from cardline.messages.letters import drafts, posting
from cardline.messages.letters.actions import send_again, send_letter
from cardline.messages.letters.model import Addressee, Letter
from cardline.messages.model import MessageState
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind
from tests.actions.mail_room import ACKNOWLEDGED, AGENT, HOME, LEAD, Printer, Room
from tests.rules.identity_people import NOW, SUBJECT


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    return Room(database, tmp_path)


async def posted(room: Room, letter: str, **more: Any) -> Letter:
    given = {"carrier": "中国邮政", "posting": "XA12345678944", "posted_at": room.now} | more
    async with room.database.transaction() as tx:
        return await posting.post(tx, letter, config=room.letters, by=AGENT, at=room.now, **given)


async def test_a_letter_is_printed_posted_and_proves_its_notice(room: Room) -> None:
    queued = await room.letter()
    assert (queued.state, queued.number) == (MessageState.QUEUED, "信函〔2026〕000001号")
    printer = Printer()
    assert (await room.prints(printer)).sent == 1
    ((pdf, enclosures, manifest, key),) = printer.given
    assert (key, manifest["name"], enclosures) == ("k1", "2026-000001", [])
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for said in (
        "信函〔2026〕000001号",
        "尊敬的张伟",
        "C-2026-000417",
        "金融大街17号院3号楼1201室",
    ):
        assert said in text.replace(" ", "").replace("\n", "")
    room.later(hours=1)
    letter = await posted(room, queued.id)
    assert letter.posted_at == room.now
    assert room.fates == ["printed", "posted"]
    assert room.told[-1].arrived
    assert room.told[-1].facts["posting"] == "XA12345678944"
    assert await room.kinds() == ["letter.queued", "file.stored", "letter.printed", "letter.posted"]
    (proof,) = await room.proofs()
    assert proof["channel"] == "letter"
    assert proof["undone_at"] is None


async def test_numbers_have_no_gap_whatever_is_rolled_back_or_refused(room: Room) -> None:
    await room.letter("a")
    with pytest.raises(RuntimeError):
        async with room.database.transaction() as tx:
            await send_letter(
                tx,
                config=room.letters,
                key="rolled back",
                template="complaint_acknowledged",
                values=ACKNOWLEDGED,
                holder=SUBJECT.id,
                to=HOME,
                language="zh",
                stream="complaint:c1",
                at=room.now,
            )
            raise RuntimeError
    with pytest.raises(Invalid):
        await room.letter("unfit", to=Addressee("张伟", ("一" * 61,)))
    refused = await room.letter("refused", holder=None)
    assert (refused.state, refused.number) == (MessageState.REFUSED, "")
    assert refused.verdict.codes == ("recipient-unknown",)
    again = await room.letter("a")
    last = await room.letter("b", language="en")
    assert (again.number, last.number) == ("信函〔2026〕000001号", "Letter 2026/000002")


async def test_the_new_year_of_the_bank_begins_at_one(room: Room) -> None:
    await room.letter("old")
    room.now = NOW.replace(month=12, day=31, hour=16)  # midnight in Shanghai
    assert (await room.letter("new")).number == "信函〔2027〕000001号"


async def test_a_printer_that_fails_is_given_the_same_letter_again(room: Room) -> None:
    await room.letter()
    printer = Printer(ConnectionError())
    assert (await room.prints(printer)).later == 1
    room.later(minutes=1)
    assert (await room.prints(printer)).sent == 1
    (first, _, told, _), (second, _, again, _) = printer.given
    assert first == second
    assert told == again


async def test_the_gate_is_asked_again_before_a_letter_is_printed(room: Room) -> None:
    await room.letter()
    async with room.database.transaction() as tx:
        await outreach.block(
            tx,
            kind=BlockKind.NO_CONTACT,
            holder=SUBJECT.id,
            phone=None,
            source="test",
            stream="i2",
            by=SYSTEM,
            at=room.now,
        )
    printer = Printer()
    assert (await room.prints(printer)).refused == 1
    assert printer.given == []
    assert room.fates == ["refused"]
    assert (await room.proofs())[0]["undone_at"] is not None


async def test_a_letter_is_stopped_only_before_the_printer_has_it(room: Room) -> None:
    first, second = await room.letter("a"), await room.letter("b")
    async with room.database.transaction() as tx:
        await posting.withdraw(
            tx, first.id, why="wrong address", config=room.letters, by=LEAD, at=room.now
        )
    printer = Printer()
    assert (await room.prints(printer)).sent == 1
    assert printer.given[0][3] == "b"
    with pytest.raises(Conflict):
        async with room.database.transaction() as tx:
            await posting.withdraw(
                tx, second.id, why="late", config=room.letters, by=LEAD, at=room.now
            )
    assert room.fates == ["withdrawn", "printed"]


async def test_posting_is_believed_only_where_it_can_be_true(room: Room) -> None:
    queued = await room.letter(registered=True)
    with pytest.raises(Conflict):
        await posted(room, queued.id)
    await room.prints(Printer())
    with pytest.raises(Invalid):
        await posted(room, queued.id, posting=" ")
    with pytest.raises(Invalid):
        await posted(room, queued.id, posted_at=room.now + timedelta(hours=1))
    with pytest.raises(Invalid):
        await posted(room, queued.id, posted_at=room.now - timedelta(days=1))
    await posted(room, queued.id)
    await posted(room, queued.id)
    with pytest.raises(Conflict):
        await posted(room, queued.id, posting="other")
    assert room.fates == ["printed", "posted"]


async def test_what_comes_back_is_a_task_and_goes_to_the_new_address(room: Room) -> None:
    queued = await room.letter()
    await room.prints(Printer())
    await posted(room, queued.id)
    room.later(days=6)
    async with room.database.transaction() as tx:
        await posting.come_back(
            tx, queued.id, reason="moved", config=room.letters, by=AGENT, at=room.now
        )
    ((what, holder),) = await room.ask("SELECT what, holder FROM desk_task")
    assert holder == SUBJECT.id
    assert queued.number in what
    moved = Addressee("张伟", ("200120", "上海市浦东新区", "世纪大道8号"))
    async with room.database.transaction() as tx:
        again = await send_again(
            tx, queued.id, config=room.letters, to=moved, registered=False, at=room.now
        )
    assert again.number == "信函〔2026〕000002号"
    printer = Printer()
    await room.prints(printer)
    assert printer.given[0][2]["addressee"] == ["张伟", "200120", "上海市浦东新区", "世纪大道8号"]
    assert room.fates == ["printed", "posted", "returned", "printed"]
    assert not room.told[2].arrived


async def test_free_words_leave_only_when_a_second_person_has_read_them(room: Room) -> None:
    with pytest.raises(Invalid):
        await room.letter("f", "free", values={"subject": "说明", "text": "您好"})

    async def draft(instead_of: str | None = None) -> str:
        async with room.database.transaction() as tx:
            written = await drafts.write(
                tx,
                subject="关于您的来信",
                text="您好，您的卡号4111111111111111已收到。\n\n谢谢。",
                holder=SUBJECT.id,
                to=HOME,
                language="zh",
                registered=False,
                stream="complaint:c1",
                by=LEAD,
                at=room.now,
                instead_of=instead_of,
            )
        return written.id

    name = await draft()
    with pytest.raises(drafts.NotBySame):
        async with room.database.transaction() as tx:
            await drafts.approve(tx, name, config=room.letters, by=LEAD, at=room.now)
    other = replace(LEAD, number="6009")
    async with room.database.transaction() as tx:
        queued = await drafts.approve(tx, name, config=room.letters, by=other, at=room.now)
    assert queued.number == "信函〔2026〕000001号"
    ((content,),) = await room.ask("SELECT content FROM letter")
    assert "4111111111111111" not in str(content)
    with pytest.raises(Conflict):
        async with room.database.transaction() as tx:
            await drafts.reject(tx, name, why="late", config=room.letters, by=other, at=room.now)
    second = await draft()
    async with room.database.transaction() as tx:
        rejected = await drafts.reject(
            tx, second, why="语气", config=room.letters, by=other, at=room.now
        )
    assert rejected.state == "rejected"
    assert (await room.ask("SELECT count(*) FROM letter")) == [(1,)]
    async with room.database.transaction() as tx:
        (back,) = await drafts.waiting(tx, reader=LEAD)
        assert (back.id, back.why) == (second, "语气")
        assert await drafts.waiting(tx, reader=other) == []  # it is its author's to see
        with pytest.raises(NotFound):
            await drafts.drop(tx, second, by=other, at=room.now)
    anew = await draft(instead_of=second)
    async with room.database.transaction() as tx:
        assert [one.id for one in await drafts.waiting(tx, reader=LEAD)] == [anew]


async def test_what_was_sent_back_is_a_task_of_its_author_until_they_settle_it(room: Room) -> None:
    author = replace(LEAD, number="6012", role="agent", agent_id=AgentId("a6012"))
    async with room.database.transaction() as tx:
        await staff.add_staff(tx, author, token="a", phone_ha1=None, by=SYSTEM, at=room.now)
        written = await drafts.write(
            tx, subject="账单说明", text="随信附上。", holder=SUBJECT.id, to=HOME, language="zh",
            registered=False, stream=None, by=author, at=room.now,
        )  # fmt: skip
        await drafts.reject(
            tx, written.id, why="请写明月份", config=room.letters, by=LEAD, at=room.now
        )
    tasks = "SELECT what, agent, done_at IS NULL FROM desk_task"
    assert await room.ask(tasks) == [("信函《账单说明》被退回修改：请写明月份", "a6012", True)]
    async with room.database.transaction() as tx:
        await drafts.drop(tx, written.id, by=author, at=room.now)
        assert await drafts.waiting(tx, reader=author) == []
    assert [done for _, _, done in await room.ask(tasks)] == [False]
