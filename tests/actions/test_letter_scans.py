"""Letters that come in: cleaned before they are kept, once each, tied to a holder by the staff."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.staff.model import Staff
from cardline.messages.arrivals import Arrival, Handovers
from cardline.messages.letters import scans
from cardline.messages.letters.model import ScannedLetter
from tests.actions.mail_room import AGENT, LEAD, Room
from tests.actions.test_mail_in import bomb, picture
from tests.rules.identity_people import NOW, SUBJECT

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    return Room(database, tmp_path)


async def taken(
    room: Room, *files: tuple[str, bytes], handovers: Handovers | None = None, **more: Any
) -> ScannedLetter:
    given = {
        "box": "general",
        "holder": SUBJECT.id,
        "sender": "张伟",
        "subject": "要求更正地址，密码845201",
        "language": "zh",
        "received_on": date(2026, 11, 20),
        "posting": "XA12345678944",
    } | more
    safe = await scans.clean(files or (("page.png", picture()),), config=room.letters)
    async with room.database.transaction() as tx:
        return await scans.take_in(
            tx,
            safe,
            config=room.letters,
            handovers=handovers or Handovers(),
            by=AGENT,
            at=room.now,
            **given,
        )


async def test_a_letter_is_an_interaction_a_task_and_its_scans_with_their_hash(
    room: Room,
) -> None:
    letter = await taken(room, ("1.png", picture()), ("2.pdf", PDF))
    assert "845201" not in letter.subject
    assert await room.ask("SELECT door, holder_id FROM interaction") == [("letter", SUBJECT.id)]
    ((what, interaction),) = await room.ask("SELECT what, interaction FROM desk_task")
    assert interaction == letter.interaction
    assert "要求更正地址" in what
    kinds = await room.kinds(letter.interaction)
    assert kinds[:4] == ["interaction.opened", "file.stored", "file.stored", "letter.received"]
    async with room.database.transaction() as tx:
        _, files = await scans.one(tx, letter.id, by=AGENT, at=room.now)
        assert [file.kind for file in files] == ["png", "pdf"]
        await scans.scan_of(tx, letter.id, files[0].id, by=LEAD, at=room.now)
        with pytest.raises(NotFound):
            await scans.scan_of(tx, "li-other", files[0].id, by=LEAD, at=room.now)
    assert (await room.kinds(letter.interaction))[-1] == "letter.scan-opened"


async def test_the_same_scans_are_one_letter(room: Room) -> None:
    first = await taken(room)
    assert (await taken(room)).id == first.id
    assert await room.ask("SELECT count(*) FROM interaction") == [(1,)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("letter.pdf", b"this is no PDF", "file-kind"),
        ("letter.pdf", b"%PDF-1.7 without an end", "file-broken"),
        ("letter.pdf", PDF[:20] + b" /OpenAction " + PDF[20:], "file-active"),
        ("bomb.zip", bomb(), "file-kind"),
        ("half.png", picture()[:40], "file-broken"),
        ("large.pdf", b"%PDF-" + b"0" * 10**7, "file-too-large"),
        ("empty.pdf", b"", "file-empty"),
    ],
)
async def test_what_is_not_what_it_says_is_refused_kindly(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    room = Room(None, tmp_path)  # type: ignore[arg-type]  # no database is asked
    with pytest.raises(scans.ScanRefused) as refused:
        await scans.clean([("1.png", picture()), (name, content)], config=room.letters)
    assert refused.value.code == code
    assert name in refused.value.message
    with pytest.raises(Invalid):
        await scans.clean([], config=room.letters)


async def test_a_day_to_come_and_a_letter_about_nothing_are_refused(room: Room) -> None:
    with pytest.raises(Invalid):
        await taken(room, received_on=(NOW + timedelta(days=1)).date())
    with pytest.raises(Invalid):
        await taken(room, subject="  ")


async def test_a_complaint_is_handed_over_with_the_day_from_which_its_clocks_run(
    room: Room,
) -> None:
    handed: list[Arrival] = []

    async def take(tx: Transaction, arrival: Arrival) -> bool:
        handed.append(arrival)
        return True

    handovers = Handovers()
    handovers.register("complaints", take)
    letter = await taken(room, box="complaints", handovers=handovers)
    assert letter.taken
    assert (handed[0].door, handed[0].by_staff, handed[0].holder) == ("letter", True, SUBJECT.id)
    assert handed[0].received_on == date(2026, 11, 20)
    assert len(handed[0].files) == 1
    assert await room.ask("SELECT count(*) FROM desk_task") == [(0,)]


async def test_from_a_task_one_comes_to_the_scans_but_not_to_a_colleagues(room: Room) -> None:
    letter = await taken(room)
    other = replace(AGENT, number="6099", agent_id=AgentId("a-6099"))

    async def found(by: Staff) -> list[str]:
        async with room.database.transaction() as tx:
            told = await scans.of_interaction(tx, letter.interaction, by=by)
        return [one.id for one in told]

    assert await found(AGENT) == await found(LEAD) == [letter.id]
    assert await found(other) == [letter.id], "nobody's yet: whoever takes the task must see it"
    await room.ask("UPDATE desk_task SET agent = 'a-6002' RETURNING id")
    assert await found(other) == []
    async with room.database.transaction() as tx:
        with pytest.raises(NotFound):
            await scans.one(tx, letter.id, by=other, at=room.now)
