"""What is over is erased, with a proof that stays; what must stay, stays, and says why."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import Actor
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.desk.recordings.files import remove_erased
from cardline.evidence import actions as evidence
from cardline.evidence.model import Entry
from cardline.evidence.retention import actions as retention
from cardline.evidence.retention import erasing
from cardline.evidence.retention.config import Tie
from cardline.evidence.retention.model import Subject
from cardline.evidence.retention.rules import after
from cardline.evidence.retention.store.kinds import KINDS
from cardline.evidence.retention.ties import complaint_ties
from cardline.evidence.sealing.model import Erased
from cardline.evidence.verifying import verify
from cardline.messages import files as file_actions
from tests.actions.old_house import NOW, OLD, POLICY, YOUNG, OldHouse
from tests.actions.old_post import NUMBER

ANNA, BO = Actor("staff", "7004"), Actor("staff", "7005")
PLAIN = [kind.name for kind in KINDS if kind.erase]


@pytest.fixture
def house(database: Database, tmp_path: Path) -> OldHouse:
    return OldHouse(database, tmp_path)


async def set_hold(house: OldHouse, subject: Subject) -> str:
    async with house.database.transaction() as tx:
        hold = await retention.set_hold(
            tx, subject, reason="法院函（2030）12号", number="7004", by=ANNA, at=NOW
        )
    return hold.id


async def verified(house: OldHouse) -> bool:
    async with house.database.transaction() as tx:
        return (await verify(tx)).breaches == []


# ---------------------------------------------------------------- calls


async def test_an_old_call_is_erased_with_a_proof_that_stays(house: OldHouse) -> None:
    await house.call("i1", OLD)
    await house.call("i2", YOUNG)
    (digest,) = await house.ask("SELECT sha256 FROM recording WHERE interaction = 'i1'")
    told = await house.sweep()
    assert (told.erased["recording"], told.erased["conversation"]) == (1, 1)
    async with house.database.transaction() as tx:
        with pytest.raises(Erased):
            await house.recordings.open(tx, "call-i1.wav")
        with await house.recordings.open(tx, "call-i2.wav") as opened:
            assert opened.read().startswith(b"RIFF i2")
    assert await remove_erased(house.database, house.recordings, clock=house.clock) == 1
    assert not (house.folder / "call-i1.wav").exists()
    kept = await house.ask(
        "SELECT from_number, to_number, holder_id, state::text, proofs::text FROM interaction "
        "WHERE id = 'i1'"
    )
    assert kept == [("", "", None, "{}", "{}")]
    (stays,) = await house.ask("SELECT outcome, opened_at FROM interaction WHERE id = 'i1'")
    assert stays[0] == "hung-up"
    entries = await _entries(house, "i1")
    proof, conversation = [one for one in entries if one.kind == erasing.ERASED]
    assert (proof.body["what"], proof.body["sha256"]) == ("recording", digest)
    assert proof.body["rule"][0].startswith("kept-service_recording: retention.service_recording")
    assert proof.verdict is not None
    assert proof.verdict["rule"] == "cn/retention/2026-11-01"
    assert conversation.body["what"] == "conversation"
    assert await verified(house)


async def test_nothing_goes_a_moment_early_and_all_goes_soon_after(house: OldHouse) -> None:
    await house.call("i1", OLD)
    over = after(OLD, POLICY.classes["service_recording"].keep)
    house.now = over - timedelta(microseconds=1)
    assert not (await house.sweep()).erased
    house.now = over + timedelta(minutes=1)
    assert (await house.sweep()).erased == {"recording": 1, "conversation": 1}


async def test_doing_it_again_changes_nothing(house: OldHouse) -> None:
    await house.call("i1", OLD)
    await house.rows_of_every_kind("old", OLD)
    assert (await house.sweep()).erased
    before = await house.ask("SELECT count(*) FROM journal")
    assert not (await house.sweep()).erased
    assert await house.ask("SELECT count(*) FROM journal") == before


async def test_a_dry_run_says_what_a_sweep_then_does(house: OldHouse) -> None:
    for place in range(3):
        await house.call(f"i{place}", OLD, holder=f"h{place}")
    await house.rows_of_every_kind("old", OLD)
    await set_hold(house, ("holder", "h1"))
    told = await house.due()
    before = await house.ask("SELECT count(*) FROM journal")
    # Each conversation waits for its recording, which a dry run leaves where it is.
    assert told.erased["recording"] == 2
    assert told.kept["recording", "legal-hold"] == 1
    assert await house.ask("SELECT count(*) FROM journal") == before
    swept = await house.sweep()
    assert {one: swept.erased[one] for one in PLAIN} == {one: told.erased[one] for one in PLAIN}


async def test_a_recording_that_was_never_sealed_is_gone_with_its_file(house: OldHouse) -> None:
    await house.call("i1", OLD, sealed=False)
    await house.sweep()
    await remove_erased(house.database, house.recordings, clock=house.clock)
    assert not (house.folder / "call-i1.wav").exists()


async def test_a_file_goes_with_its_contact(house: OldHouse) -> None:
    await house.call("i1", OLD)
    await house.call("i2", YOUNG)
    gone, stays = await house.file("i1", OLD), await house.file("i2", YOUNG)
    assert b"what was sent" not in (house.folder / "files" / gone.path).read_bytes()
    assert (await house.sweep()).erased["file"] == 1
    assert await erasing.remove_files(house.database, config=house.config, clock=house.clock) == 1
    assert not (house.folder / "files" / gone.path).exists()
    async with house.database.transaction() as tx:
        with pytest.raises(NotFound):
            await file_actions.find(tx, gone.id, owner="i1")
        found = await file_actions.find(tx, stays.id, owner="i2")
    assert await file_actions.read(house.files, found) == b"what was sent"
    digests = [
        one.body["sha256"]
        for one in await _entries(house, "i1")
        if one.kind == erasing.ERASED and one.body["what"] == "file"
    ]
    assert digests == [hashlib.sha256(b"what was sent").hexdigest()]


async def _entries(house: OldHouse, stream: str) -> Sequence[Entry]:
    async with house.database.transaction() as tx:
        return (await evidence.read_streams(tx, [stream])).get(stream, [])


# ---------------------------------------------------------------- what keeps


@pytest.mark.parametrize("subject", [("holder", "h1"), ("interaction", "i1"), ("complaint", "q1")])
async def test_whatever_a_hold_lies_on_stays(house: OldHouse, subject: Subject) -> None:
    async def ties(tx: Transaction, names: Sequence[str]) -> Mapping[str, Sequence[Tie]]:
        return {"i1": [Tie("complaint", OLD, "q1")]}

    house.ties = (ties,)
    await house.call("i1", OLD)
    await house.call("i2", OLD, holder="h3")
    hold = await set_hold(house, subject)
    told = await house.sweep()
    assert (told.erased["recording"], told.kept["recording", "legal-hold"]) == (1, 1)
    async with house.database.transaction() as tx:
        with await house.recordings.open(tx, "call-i1.wav") as opened:
            assert opened.read().startswith(b"RIFF i1")
        await retention.ask_to_lift(tx, hold, reason="案件已经结束", number="7004", by=ANNA, at=NOW)
        verdict, _ = await retention.lift_hold(
            tx, hold, number="7004", by=ANNA, policy=POLICY, at=NOW
        )
        assert verdict.codes == ("same-person",)
    assert not (await house.sweep()).erased
    async with house.database.transaction() as tx:
        verdict, lifted = await retention.lift_hold(
            tx, hold, number="7005", by=BO, policy=POLICY, at=NOW
        )
    assert (verdict.allowed, lifted.lifted_by) == (True, "7005")
    assert (await house.sweep()).erased["recording"] == 1
    kinds = [one.kind for one in await _entries(house, f"hold:{hold}")]
    assert kinds == [
        "retention.hold-set",
        "retention.lift-asked",
        "retention.lift-refused",
        "retention.hold-lifted",
    ]


async def test_a_hold_needs_a_reason_and_is_set_once(house: OldHouse) -> None:
    async with house.database.transaction() as tx:
        with pytest.raises(Invalid):
            await retention.set_hold(
                tx, ("holder", "h1"), reason=" x ", number="7004", by=ANNA, at=NOW
            )
    hold = await set_hold(house, ("holder", "h1"))
    with pytest.raises(Conflict):
        await set_hold(house, ("holder", "h1"))
    async with house.database.transaction() as tx:
        verdict, _ = await retention.lift_hold(
            tx, hold, number="7005", by=BO, policy=POLICY, at=NOW
        )
        assert verdict.codes == ("lift-not-asked",)
        with pytest.raises(NotFound):
            await retention.ask_to_lift(
                tx, "none", reason="案件已经结束", number="1", by=BO, at=NOW
            )


async def test_a_hold_that_is_set_while_a_sweep_runs_is_not_too_late(house: OldHouse) -> None:
    await house.call("i1", OLD)
    setting = asyncio.Event()
    go_on = asyncio.Event()

    async def set_slowly() -> None:
        async with house.database.transaction() as tx:
            await retention.set_hold(
                tx, ("holder", "h1"), reason="法院来函保全", number="7004", by=ANNA, at=NOW
            )
            setting.set()
            await go_on.wait()

    slow = asyncio.create_task(set_slowly())
    async with asyncio.timeout(20):
        await setting.wait()
    sweeping = asyncio.create_task(house.sweep())
    await house.ask("SELECT 1")
    go_on.set()
    await slow
    assert not (await sweeping).erased


async def test_an_open_complaint_keeps_and_a_closed_one_counts_from_its_closing(
    house: OldHouse,
) -> None:
    closed: list[Tie] = [Tie("complaint", None, "q1")]

    async def ties(tx: Transaction, names: Sequence[str]) -> Mapping[str, Sequence[Tie]]:
        return {name: closed for name in names if name == "i1"}

    house.ties = (ties,)
    await house.call("i1", OLD)
    told = await house.sweep()
    assert (told.erased["recording"], told.kept["recording", "kept-complaint"]) == (0, 1)
    closed[:] = [Tie("complaint", NOW - timedelta(days=30), "q1")]
    assert not (await house.sweep()).erased
    house.now = NOW + timedelta(days=3 * 366)
    assert (await house.sweep()).erased["recording"] == 1


async def test_complaints_keep_what_they_were_made_in_and_all_while_they_are_open(
    house: OldHouse,
) -> None:
    house.ties = (complaint_ties,)
    for name in ("i1", "i2", "i3"):
        await house.call(name, OLD, holder="h3" if name == "i3" else "h1")
    await house.put(
        "complaint",
        id="q1",
        key="q1",
        door="hotline",
        holder_id="h1",
        anonymous=False,
        statement="态度不好",
        interaction="i1",
        language="zh",
        zone="Asia/Shanghai",
        taken_by="x",
        received_at=OLD,
        recorded_at=OLD,
        state="accepted",
    )
    told = await house.sweep()
    assert (told.erased["recording"], told.kept["recording", "kept-complaint"]) == (1, 2)
    await house.ask("UPDATE complaint SET state = 'closed', closed_at = %s", NOW)
    told = await house.sweep()
    assert (told.erased["recording"], told.kept["recording", "kept-complaint"]) == (1, 1)
    await set_hold(house, ("complaint", "q1"))
    house.now = NOW + timedelta(days=4 * 366)
    assert (await house.sweep()).kept["recording", "legal-hold"] == 1


async def test_a_conversation_waits_for_the_tasks_that_came_of_it(house: OldHouse) -> None:
    await house.call("i1", OLD)
    await house.put(
        "desk_task",
        id="t1",
        source="x",
        kind="promise",
        what="回电",
        interaction="i1",
        matter="general",
        due_at=OLD,
        opened_at=OLD,
        opened_by="x",
    )
    assert (await house.sweep()).erased == {"recording": 1}
    await house.ask("UPDATE desk_task SET done_at = %s, done_by = 'x'", NOW)
    assert (await house.sweep()).erased == {"conversation": 1}
    assert await house.ask("SELECT what FROM desk_task") == ["***"]


# ---------------------------------------------------------------- rows


async def test_rows_of_every_kind_go_when_they_are_old_and_no_other(house: OldHouse) -> None:
    await house.rows_of_every_kind("old", OLD)
    await house.rows_of_every_kind("young", YOUNG)
    told = await house.sweep()
    assert {name: told.erased[name] for name in PLAIN} == dict.fromkeys(PLAIN, 1)
    for kind in KINDS:
        if kind.erase:
            (left,) = await house.ask(f"SELECT count(*) FROM {kind.source} WHERE {kind.over}")
            assert left == 1, kind.name
    tables = await house.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for table in {*tables} - {"journal", "journal_head", "migration"}:
        (left,) = await house.ask(
            f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s", f"%{NUMBER}%"
        )
        (young,) = await house.ask(
            f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s AND t::text LIKE '%%young%%'",
            f"%{NUMBER}%",
        )
        assert left == young, f"{table} still holds a number of what is old"
    assert await verified(house)


async def test_the_journal_of_rows_says_how_many_went_and_betrays_none(house: OldHouse) -> None:
    await house.rows_of_every_kind("old", OLD)
    await house.sweep()
    entries = await _entries(house, erasing.STREAM)
    assert sorted(one.body["what"] for one in entries) == sorted(PLAIN)
    for one in entries:
        assert one.body["count"] == 1
        assert NUMBER not in str(one.body)
    sent = next(one for one in entries if one.body["what"] == "sms-sent")
    assert sent.body["ids_sha256"] == hashlib.sha256(b"old").hexdigest()


async def test_a_code_that_still_counts_is_not_swept(house: OldHouse) -> None:
    await house.rows_of_every_kind("young", NOW - timedelta(days=100))
    assert not (await house.sweep()).erased


async def test_two_sweepers_erase_everything_once(house: OldHouse) -> None:
    for place in range(12):
        await house.call(f"i{place}", OLD, holder=f"h{place}")
    told = await asyncio.gather(house.sweep(), house.sweep(), house.sweep())
    assert sum(one.erased["recording"] for one in told) == 12
    # One that went by while another held the rest leaves it to that one, or to the next night.
    told = [*told, await house.sweep()]
    assert sum(one.erased["conversation"] for one in told) == 12
    (erased,) = await house.ask("SELECT count(*) FROM journal WHERE kind = %s", erasing.ERASED)
    assert erased == 24


# ---------------------------------------------------------------- a holder asks


async def test_a_holder_who_asks_has_erased_what_may_be_and_is_told_what_stays(
    house: OldHouse,
) -> None:
    async def ties(tx: Transaction, names: Sequence[str]) -> Mapping[str, Sequence[Tie]]:
        return {"i2": [Tie("complaint", NOW - timedelta(days=300), "q1")]} if "i2" in names else {}

    house.ties = (ties,)
    year_ago = NOW - timedelta(days=365)
    for name, at, holder in (
        ("i1", year_ago, "h1"),
        ("i2", year_ago, "h1"),
        ("i3", YOUNG, "h1"),
        ("i4", year_ago, "h9"),
    ):
        await house.call(name, at, holder=holder)
    holder, me = HolderId("h1"), Actor("holder", "h1")
    async with house.database.transaction() as tx:
        asked = await retention.ask_erasure(tx, holder, policy=POLICY, by=me, at=NOW)
        again = await retention.ask_erasure(tx, holder, policy=POLICY, by=me, at=NOW)
    assert again.id == asked.id
    assert asked.due_at == NOW + timedelta(days=7)
    assert await _carried_out(house) == 0
    house.now = asked.due_at
    assert await _carried_out(house) == 1
    assert await _carried_out(house) == 0
    async with house.database.transaction() as tx:
        (told,) = await retention.requests_of(tx, holder)
    assert told.state == "done"
    assert told.erased == {"recording": 1, "conversation": 1}
    assert told.kept == {"kept-complaint": "2032-08-05"}
    erased = "SELECT interaction FROM recording WHERE erased_at IS NOT NULL"
    assert await house.ask(erased) == ["i1"]
    assert "retention.request-done" in [one.kind for one in await _entries(house, "holder:h1")]
    assert await verified(house)


async def test_a_holder_may_think_again(house: OldHouse) -> None:
    await house.call("i1", NOW - timedelta(days=365))
    holder, me = HolderId("h1"), Actor("holder", "h1")
    async with house.database.transaction() as tx:
        await retention.ask_erasure(tx, holder, policy=POLICY, by=me, at=NOW)
        assert await retention.withdraw_erasure(tx, holder, by=me, at=NOW)
        assert not await retention.withdraw_erasure(tx, holder, by=me, at=NOW)
    house.now = NOW + timedelta(days=30)
    assert await _carried_out(house) == 0
    assert await house.ask("SELECT count(*) FROM recording WHERE erased_at IS NOT NULL") == [0]


async def test_a_hold_wins_over_a_holder_who_asks(house: OldHouse) -> None:
    await house.call("i1", NOW - timedelta(days=365))
    await set_hold(house, ("interaction", "i1"))
    holder, me = HolderId("h1"), Actor("holder", "h1")
    async with house.database.transaction() as tx:
        await retention.ask_erasure(tx, holder, policy=POLICY, by=me, at=NOW)
    house.now = NOW + timedelta(days=8)
    assert await _carried_out(house) == 1
    async with house.database.transaction() as tx:
        (told,) = await retention.requests_of(tx, holder)
    assert (told.erased, told.kept) == ({}, {"legal-hold": ""})


async def _carried_out(house: OldHouse) -> int:
    done = await erasing.carry_out_requests(house.database, config=house.config, clock=house.clock)
    return len(done)


# ---------------------------------------------------------------- nothing is forgotten

NOT_SWEPT = {
    "kept as long as it counts": {
        "journal", "journal_head", "migration", "sealed_key", "retention_hold",
        "retention_request", "outreach_withdrawal", "outreach_block", "outreach_wish",
        "outreach_reject", "outreach_person", "outreach_number", "evidence_key", "evidence_root",
        "evidence_leaf", "letter_number",
    },
    "the bank's own system, or what it decided": {
        "bank_holder", "bank_account", "bank_card", "bank_card_change", "bank_posting",
        "bank_statement", "bank_interest_line", "bank_import_row", "bank_contact_change",
        "bank_limit_change", "bank_credit_mark", "demo_bank", "card_case", "card_contact_change",
        "card_limit_request", "card_fee_reversal", "card_closure", "identity_query_password",
        "identity_hold",
    },
    "staff, and how they work": {
        "staff", "staff_login", "routing_agent", "routing_skill", "routing_phone", "routing_line",
        "routing_wait", "routing_offer", "routing_talk", "softphone", "desk_pause", "chat_agent",
        "call_help",
    },
    "swept by what made it": {
        "staff_login_tries", "staff_session", "staff_oidc_try", "portal_sign_in", "sms_embedded",
        "complaint_lookup_miss", "smpp_part", "smpp_receipt", "smpp_heard",
        "outreach_register_number",
    },
    "goes with its conversation": {
        "interaction_leg", "callback_message", "desk_wrap_up", "chat",
        "chat_message", "chat_task", "chat_stay", "portal_message", "portal_message_line",
        "campaign_attempt", "letter_in", "app_in",
    },
    "goes with its complaint": {
        "complaint_arrival", "complaint_fact", "complaint_pause", "complaint_extension",
        "complaint_decision", "complaint_remedy", "complaint_notice", "complaint_task",
        "complaint_lookup",
    },
    "tells of no person": {
        "complaint_mark", "complaint_due", "complaint_corrective", "outreach_register",
    },
    "the holder's own, or nobody's": {
        "portal_note", "portal_preference", "trust_official", "scam_indicator", "campaign",
    },
}  # fmt: skip


async def test_no_table_of_this_house_was_forgotten(house: OldHouse) -> None:
    tables = set(await house.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    swept = {kind.source.split()[0] for kind in KINDS}
    named = swept.union(*NOT_SWEPT.values())
    assert named - tables == set()
    assert tables - named == set(), "say in retention what becomes of these"
    assert {kind.cls for kind in KINDS} <= POLICY.classes.keys()
