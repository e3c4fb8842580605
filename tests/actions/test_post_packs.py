"""What a pack holds of e-mails and letters: proof of posting, the letter itself, what came in."""

from datetime import timedelta
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.ids import HolderId
from cardline.evidence.packs.model import Part, Subject
from cardline.messages.letters import posting
from cardline.messages.packing import post_part
from tests.actions.mail_room import AGENT, Printer, Relay, Room
from tests.rules.identity_people import SUBJECT


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    return Room(database, tmp_path)


async def part(room: Room, **about: object) -> Part:
    told = {"holder": SUBJECT.id, "language": "zh", "audience": "holder", "most": 100} | about
    async with room.database.transaction() as tx:
        return await post_part(room.files)(tx, Subject(**told))  # type: ignore[arg-type]


async def test_a_letter_stands_in_a_pack_with_its_pdf_and_the_proof_of_its_posting(
    room: Room,
) -> None:
    queued = await room.letter()
    printer = Printer()
    await room.prints(printer)
    room.later(hours=1)
    async with room.database.transaction() as tx:
        await posting.post(
            tx,
            queued.id,
            carrier="中国邮政",
            posting="XA12345678944",
            posted_at=room.now,
            config=room.letters,
            by=AGENT,
            at=room.now,
        )
    told = await part(room)
    (item,) = told.items
    assert item.title.startswith("我行寄出的信函")
    posted = next(line for line in item.lines if "XA12345678944" in line.text)
    assert (posted.text, posted.at) == ("已交邮：中国邮政 XA12345678944", room.now)
    (record,) = told.records
    assert record["sent"]["posting"] == "XA12345678944"
    (file,) = told.files
    assert (file.of, file.title) == (queued.id, "信函全文")
    async with room.database.transaction() as tx:
        assert b"".join(await file.read(tx)) == printer.given[0][0], "the one that was printed"


async def test_an_email_is_told_whole_for_a_complaint_and_to_nobody_else(room: Room) -> None:
    await room.write()
    await room.sends(Relay())
    complaint = await part(room, interactions=(), complaint="c1", audience="auditor")
    (item,) = complaint.items
    texts = [line.text for line in item.lines]
    assert any("C-2026-000417" in text for text in texts), "its story stands nowhere else here"
    assert any("Message-ID" in text for text in texts)
    assert (await part(room, interactions=(), complaint="c2")).items == ()
    assert (await part(room, holder=HolderId("h-other"))).items == ()


async def test_a_letter_whose_pdf_was_erased_is_named_as_missing(room: Room) -> None:
    await room.letter()
    await room.prints(Printer())
    await room.ask("UPDATE stored_file SET erased_at = %s RETURNING id", room.now + timedelta(1))
    told = await part(room)
    assert told.files == ()
    (missing,) = told.missing
    assert missing.startswith("信函全文")
