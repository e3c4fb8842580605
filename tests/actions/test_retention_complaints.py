"""Complaints and what was written are erased in their time, and not a day before (PBC5 44)."""

from datetime import timedelta
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.complaints import store as complaint_store
from cardline.complaints import work_store
from cardline.complaints.model import ComplaintId
from cardline.core.actor import Actor
from cardline.evidence.actions import read_streams
from cardline.evidence.retention import actions as retention
from cardline.evidence.retention import erasing
from cardline.evidence.retention.rules import after
from cardline.evidence.retention.ties import complaint_ties
from cardline.evidence.verifying import verify
from tests.actions.old_house import NOW, OLD, POLICY, OldHouse
from tests.actions.old_post import NUMBER, came_in, old_complaint

MIDDLE = NOW - timedelta(days=500)
"""When a complaint was closed whose contacts are long over."""


@pytest.fixture
def house(database: Database, tmp_path: Path) -> OldHouse:
    return OldHouse(database, tmp_path, ties=(complaint_ties,))


async def tells(house: OldHouse, what: str) -> list[str]:
    """Tables that still hold it, beside the journal."""
    tables = await house.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for table in sorted({*tables} - {"journal", "journal_head"}):
        (count,) = await house.ask(
            f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s", f"%{what}%"
        )
        found += [table] * (count > 0)
    return found


async def test_an_old_complaint_loses_who_and_what_and_keeps_its_figures(house: OldHouse) -> None:
    await old_complaint(house, "q1", OLD, received=OLD - timedelta(days=30), holder_id="h1")
    assert len(await tells(house, NUMBER)) == 9
    assert (await house.due()).erased == {"complaint": 1}
    assert (await house.sweep()).erased == {"complaint": 1}
    assert await tells(house, NUMBER) == []
    assert await tells(house, "林女士") == await tells(house, "123X") == []
    async with house.database.transaction() as tx:
        case = await complaint_store.by_id(tx, ComplaintId("q1"))
        assert case is not None
        (decided,) = await work_store.decisions(tx, case)
        entries = (await read_streams(tx, ["complaint:q1"]))["complaint:q1"]
    async with house.database.transaction() as tx:
        assert (await verify(tx)).breaches == []
    assert (case.issue, case.closed_at, case.persons) == ("fees", OLD, ())
    assert (decided.decision.outcome, decided.decision.compensation) == ("upheld", 100)
    assert [one.kind for one in entries] == [erasing.ERASED]
    assert entries[0].body["rule"][0].startswith("kept-complaint: retention.complaint: PBC5 44")
    assert not (await house.sweep()).erased


async def test_three_years_from_its_closing_and_not_a_moment_less(house: OldHouse) -> None:
    await old_complaint(house, "q1", OLD, received=OLD - timedelta(days=30))
    await old_complaint(house, "q2", None, received=OLD - timedelta(days=30))
    house.now = after(OLD, POLICY.classes["complaint"].keep) - timedelta(microseconds=1)
    assert not (await house.sweep()).erased
    house.now += timedelta(microseconds=1)
    assert (await house.sweep()).erased == {"complaint": 1}
    assert await house.ask("SELECT id FROM complaint WHERE erased_at IS NULL") == ["q2"]


async def test_a_complaint_that_goes_on_in_another_stays_as_long_as_that(house: OldHouse) -> None:
    await old_complaint(house, "q1", MIDDLE, received=OLD)
    await old_complaint(house, "q2", OLD, received=OLD, state="joined", joined_to="q1")
    told = await house.sweep()
    assert (told.erased, told.kept["complaint", "kept-complaint"]) == ({}, 1)


async def test_a_hold_on_a_complaint_keeps_it_and_what_was_written_in_it(house: OldHouse) -> None:
    await old_complaint(house, "q1", OLD, received=OLD)
    await house.file("complaint:q1", OLD)
    await house.rows_of_every_kind("old", OLD)
    for table in ("mail_outbox", "letter", "app_outbox", "sms_outbox"):
        await house.ask(f"UPDATE {table} SET stream = 'complaint:q1'")
    async with house.database.transaction() as tx:
        await retention.set_hold(
            tx,
            ("complaint", "q1"),
            reason="法院来函保全",
            number="7004",
            by=Actor("staff", "7004"),
            at=NOW,
        )
    told = await house.sweep()
    held = {kind for kind, reason in told.kept if reason == "legal-hold"}
    assert held == {
        "complaint", "complaint-file", "email-sent", "letter-sent", "app-message-sent", "sms-sent",
    }  # fmt: skip
    assert held.isdisjoint(told.erased)


async def test_what_was_written_and_sent_in_as_evidence_stays_with_the_complaint(
    house: OldHouse,
) -> None:
    await came_in(house, "i-letter", OLD, door="letter", owner="li-1")
    await came_in(house, "i-mail", OLD, door="email", owner="m-1")
    await came_in(house, "i-loose", OLD, door="email", owner="m-2")
    scan, sent = await house.file("li-1", OLD), await house.file("m-1", OLD)
    await house.file("m-2", OLD)
    more = await house.file("complaint:q1", OLD)
    await old_complaint(house, "q1", MIDDLE, received=OLD, interaction="i-letter", files=[scan.id])
    await house.ask("UPDATE complaint_fact SET files = %s", [sent.id, more.id])
    told = await house.sweep()
    assert told.erased == {"file": 1, "conversation": 1}
    assert (told.kept["file", "kept-complaint"], told.kept["conversation", "kept-complaint"]) == (
        2,
        2,
    )
    assert await tells(house, NUMBER) != []
    house.now = after(MIDDLE, POLICY.classes["complaint"].keep) + timedelta(minutes=1)
    told = await house.sweep()
    assert told.erased == {"complaint-file": 1, "file": 2, "conversation": 2, "complaint": 1}
    assert await tells(house, NUMBER) == []


async def test_an_email_that_awaits_an_answer_is_not_over(house: OldHouse) -> None:
    await came_in(house, "i-mail", OLD, door="email", owner="m-1")
    await house.ask("UPDATE mail_in SET due_at = at")
    told = await house.sweep()
    assert (told.erased, told.kept["conversation", "kept-contact_history"]) == ({}, 1)


async def test_the_pdf_of_a_letter_goes_with_the_letter(house: OldHouse) -> None:
    await house.rows_of_every_kind("old", OLD)
    pdf = await house.file("old", OLD)
    await house.ask("UPDATE letter SET file = %s, holder = 'h1'", pdf.id)
    assert (await house.sweep()).erased["letter-file"] == 1
    await erasing.remove_files(house.database, config=house.config, clock=house.clock)
    assert not (house.folder / "files" / pdf.path).exists()
