"""Killed with -9 at every step: a compensation is paid once, a notice counts once, roots hold."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from cardline.adapters.postgres.database import Database
from cardline.adapters.smtp.relay import Relay, RelayMail
from cardline.app.evidence.roots import FILE
from cardline.complaints import actions
from cardline.complaints.model import Complainant, ComplaintId, Door, Mark, Reach
from cardline.core.masking import Secret
from cardline.evidence.model import Entry
from cardline.evidence.publishing import read_published
from cardline.evidence.verifying import verify
from cardline.messages.mail.actions import dispatch
from tests.actions.complaint_room import Room, decision
from tests.actions.test_complaint_notices import PostRoom
from tests.store.mortal import Mortals
from tests.store.mortal_jobs import BankElsewhere

FEN = 30000
_COMMON = 8
"""Words with the database below which a job has not even begun: a check that cannot fail."""


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals("tests.store.mortal_jobs") as mortals:
        yield mortals


@pytest.fixture
async def room(database: Database) -> Room:
    return await Room(database).open()


async def ordered(room: Room, number: int) -> ComplaintId:
    """A complaint of which a compensation is decided, and not yet paid."""
    case = await room.accepted(f"k{number}", statement=f"第{number}笔年费已经减免，却仍被收取。")
    assert (await room.do(actions.decide, case, decision(FEN))).verdict.allowed
    return case


async def sound(database: Database) -> None:
    """Nothing in the journal is broken."""
    async with database.transaction() as tx:
        report = await verify(tx)
    assert report.breaches == []


async def paid_for(room: Room, case: ComplaintId) -> list[Any]:
    """Return the postings of a complaint's compensation."""
    return await room.rows(
        "SELECT p.id, -p.amount FROM complaint_remedy AS r"
        " JOIN bank_posting AS p ON p.key = 'complaint/' || r.id WHERE r.complaint = %s",
        case,
    )


def told_of(entries: list[Entry]) -> list[str]:
    """Return what a journal says of deciding and paying, in order."""
    kinds = ("complaint.decided", "complaint.compensated")
    return [entry.kind for entry in entries if entry.kind in kinds]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["embedded bank", "bank elsewhere"])
async def test_a_compensation_is_paid_once_at_whatever_step_the_payer_is_killed(
    room: Room, application_url: str, mortals: Mortals, elsewhere: bool
) -> None:
    given = {"url": application_url, "now": room.now.isoformat(), "elsewhere": elsewhere}
    room = room.with_bank(BankElsewhere(room.database)) if elsewhere else room
    killed = 0
    for step in itertools.count(1):
        case = await ordered(room, step)
        ended = await mortals.do("pay", die_at=step, **given)
        assert len(await paid_for(room, case)) <= 1
        swept = await room.sweep()
        assert (swept.paid, swept.unpaid) in ((0, 0), (1, 0))
        ((posting, amount),) = await paid_for(room, case)
        assert amount == FEN
        journal = await room.journal(case)
        assert told_of(journal) == ["complaint.decided", "complaint.compensated"]
        said = journal[-1].body
        assert (said["posting"], said["amount_fen"]) == (posting, FEN)
        if not ended.killed:
            break
        killed += 1
    assert killed > _COMMON
    assert await room.paid() == [FEN] * (killed + 1)
    await sound(room.database)


async def test_of_two_sweepers_at_once_one_of_them_killed_each_compensation_is_paid_once(
    room: Room, application_url: str, mortals: Mortals
) -> None:
    given = {"url": application_url, "now": room.now.isoformat(), "elsewhere": True}
    made = itertools.count(1)
    cases: list[ComplaintId] = []
    killed = 0
    for die_at in (None, 3, 6, 9, 12):
        cases += [await ordered(room, next(made)) for _ in range(3)]
        first, second = await mortals.do_at_once("pay", die_at=[die_at, None], **given)
        assert not second.killed
        killed += first.killed  # unless the second was quicker, and left it nothing to say
        await room.with_bank(BankElsewhere(room.database)).sweep()
        assert await room.paid() == [FEN] * len(cases)
    assert killed
    for case in cases:
        assert told_of(await room.journal(case)) == ["complaint.decided", "complaint.compensated"]
    assert await room.rows("SELECT what FROM desk_task WHERE source LIKE 'complaint-pay:%%'") == []
    await sound(room.database)


# ---------------------------------------------------------------- a notice


class Post:
    """The bank's mail server: it keeps what it takes, and may kill whoever brought it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        """Message-ID and recipient of each."""
        self.kills: Mortals | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        lines = envelope.content.decode("ascii", "replace").splitlines()
        name = next(one for one in lines if one.lower().startswith("message-id:"))
        self.taken.append((name.partition(":")[2].strip(), str(envelope.rcpt_tos[0])))
        while self.kills is not None and not self.kills.pids:  # noqa: ASYNC110 - forked, not heard
            await asyncio.sleep(0.01)
        for pid in self.kills.pids if self.kills else []:
            os.kill(pid, signal.SIGKILL)
        self.kills = None
        return "250 2.0.0 kept"


@asynccontextmanager
async def post_office(post: Post) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(post, hostname="relay", loop=loop), "127.0.0.1")
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
async def letters(database: Database, tmp_path: Path) -> PostRoom:
    room = PostRoom(database)
    await room.open()
    room.equip(tmp_path)
    return room


async def written_to(room: PostRoom, to: str) -> ComplaintId:
    """A stranger's complaint, of which the acknowledgement waits in the outbox."""
    who = Complainant(None, "周婷", "", Reach(email=to))
    case = await room.receive(to, door=Door.FORM, complainant=who, account_id=None)
    async with room.database.transaction() as tx:
        await actions.acknowledge_by(tx, case, "email", config=room.config, at=room.now)
    return case.id


async def test_a_notice_counts_once_at_whatever_step_its_sender_is_killed(
    letters: PostRoom, application_url: str, mortals: Mortals, tmp_path: Path
) -> None:
    room, post, killed = letters, Post(), 0
    async with post_office(post) as port:
        relay = RelayMail(Relay("127.0.0.1", port, protection="none"), password=Secret(""))
        given = {"url": application_url, "port": port, "files": str(tmp_path)}
        for step in itertools.count(0):
            to = f"zhou{step}@example.com"
            case = await written_to(room, to)
            if step == 0:  # taken by the server, of which the sender never hears
                post.kills = mortals
            ended = await mortals.do("send", die_at=step or None, now=room.now.isoformat(), **given)
            room.later(minutes=20)  # whoever died has lost the right to send it
            await dispatch(room.database, relay, config=room.mail, clock=room.clock)
            assert Mark.ACKNOWLEDGED in (await room.find(case)).timeline.marks
            assert (await room.kinds(case)).count("proven") == 1
            copies = [name for name, address in post.taken if address == to]
            assert 1 <= len(copies) <= 2
            assert len(set(copies)) == 1, "whoever gets it twice sees that it is the same"
            if not ended.killed:
                assert len(copies) == 1
                break
            killed += 1
    assert killed > _COMMON
    assert await room.tasks() == []
    await sound(room.database)


# ---------------------------------------------------------------- the root of the hour


async def test_an_hour_has_one_root_at_whatever_step_its_sealer_is_killed(
    room: Room, application_url: str, mortals: Mortals, tmp_path: Path
) -> None:
    killed = 0
    for step in itertools.count(1):
        await room.receive(f"k{step}", statement=f"第{step}件事。")
        room.later(hours=1)
        given = {"url": application_url, "now": room.now.isoformat(), "home": str(tmp_path)}
        ended = await mortals.do("seal", die_at=step, **given)
        room.later(minutes=1)
        await mortals.do("seal", **{**given, "now": room.now.isoformat()})
        room.now = room.now.replace(minute=0)
        made = await room.rows("SELECT count(*) FROM evidence_root")
        assert made == [step], "one an hour, and none is missing"
        if not ended.killed:
            break
        killed += 1
    assert killed > _COMMON
    with (tmp_path / "evidence" / FILE).open("rb") as lines:
        published = read_published(lines)
    assert sorted(published.roots) == list(range(1, killed + 2))
    async with room.database.transaction() as tx:
        report = await verify(tx, published=published)
    assert report.breaches == []
