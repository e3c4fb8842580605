"""Proofs, the registry and their checks on a real database: what is left, kept, told and hidden."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import OPERATOR, Actor
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.identity.model import CodePurpose
from cardline.messages.actions import send_sms
from cardline.messages.model import MessageState, RejectedByGateway
from cardline.trust import actions as trust
from cardline.trust import registering, rules
from cardline.trust.caller_identity import keep_verdict, verdict_of
from cardline.trust.caller_model import CallerVerdict
from cardline.trust.model import (
    Answer,
    ByHolder,
    ByNumber,
    Claim,
    Official,
    OfficialKind,
    Proof,
    StaffShown,
    Stranger,
)
from cardline.trust.policy import load_trust
from cardline.trust.registering import DEMO_REGISTRY, import_officials, read_officials
from cardline.trust.words import code_words
from tests.actions.identity_desk import Desk, everything_stored
from tests.actions.identity_desk import config as identity_config
from tests.rules.identity_people import NOW, PHONE, SUBJECT

CONFIG = load_trust(hotline="95500", text_number="10690000000", senders=("示例银行",))
AGENT = StaffShown("6003", "王小明")
NUMBER = OfficialKind.NUMBER
HOLDER = SUBJECT.id
STRANGER_NUMBER = PhoneNumber("+8613812345678")


@pytest.fixture
def desk(database: Database) -> Desk:
    found = identity_config()
    return Desk(database, config=replace(found, sms=replace(found.sms, trust=CONFIG)))


async def call_them(
    database: Database, *, key: str = "call/c1", to: str = PHONE, at: datetime = NOW
) -> Proof:
    async with database.transaction() as tx:
        return await trust.leave_proof(
            tx,
            key=key,
            channel="call",
            to=to,
            holder=HOLDER if to == PHONE else None,
            purpose="service",
            shown_number="95500",
            staff=AGENT,
            at=at,
            stream="i1",
        )


async def check(database: Database, claim: Claim, asker: Any, *, at: datetime = NOW) -> Any:
    async with database.transaction() as tx:
        return await trust.check_contact(tx, claim, asker, config=CONFIG, at=at)


def said(proof: Proof, language: Any = "zh") -> str:
    return " ".join(rules.spoken(proof.code, code_words(), language))


# ---------------------------------------------------------------- proofs


async def test_a_contact_leaves_one_proof_however_often_it_is_written(desk: Desk) -> None:
    first = await call_them(desk.database)
    again = await call_them(desk.database)
    assert again == first
    assert len(set(first.code)) == 3
    kinds = [kind for kind, _ in await desk.journal()]
    assert kinds == ["trust.proof-left"]


async def test_the_words_of_a_code_are_no_entry_of_the_journal(desk: Desk) -> None:
    proof = await call_them(desk.database)
    written = str(await desk.journal())
    assert not any(word in written for word in rules.spoken(proof.code, code_words(), "zh"))
    assert str(list(proof.code)) not in written
    assert PHONE not in written


async def test_whoever_was_on_the_phone_hears_yes_without_logging_in(desk: Desk) -> None:
    proof = await call_them(desk.database)
    for language in ("zh", "en"):
        claim = Claim(code=said(proof, language), tail=PHONE[-4:])
        told = await check(desk.database, claim, Stranger())
        assert told.finding.answer is Answer.YES
        assert told.proof is None
    late = NOW + CONFIG.policy.code_lasts
    told = await check(desk.database, Claim(code=said(proof), tail=PHONE[-4:]), Stranger(), at=late)
    assert told.finding.answer is Answer.NO


async def test_the_holder_hears_which_contact_it_was_and_who_is_on_the_line_now(
    desk: Desk,
) -> None:
    await call_them(desk.database)
    me, later = ByHolder(HOLDER, PHONE), NOW + timedelta(minutes=2)
    async with desk.database.transaction() as tx:
        assert await trust.live_call(tx, me, config=CONFIG, at=later) is None
        other = StaffShown("6004", "李娜")
        await trust.contact_answered(tx, key="call/c1", at=NOW - timedelta(seconds=1), staff=other)
        up = await trust.live_call(tx, me, config=CONFIG, at=later)
        assert up is not None
        assert up.staff == other
    told = await check(desk.database, Claim(staff_number="6004"), me, at=later)
    assert told.finding.answer is Answer.YES
    assert told.live == told.proof
    async with desk.database.transaction() as tx:
        await trust.contact_ended(tx, key="call/c1", at=later)
        await trust.contact_ended(tx, key="call/c1", at=later)
        await trust.contact_answered(tx, key="call/c1", at=later)
        await trust.contact_ended(tx, key="call/unheard-of", at=later)
        assert await trust.live_call(tx, me, config=CONFIG, at=later) is None


async def test_nobody_hears_of_what_went_to_others(desk: Desk) -> None:
    await call_them(desk.database)
    nobody = ByNumber(STRANGER_NUMBER)
    told = await check(desk.database, Claim(kind="call"), nobody)
    assert (told.finding.answer, told.proof) == (Answer.NO, None)
    async with desk.database.transaction() as tx:
        since = NOW - timedelta(days=1)
        assert await trust.contacts_of(tx, nobody, since=since) == []
        assert len(await trust.contacts_of(tx, ByNumber(PHONE, HOLDER), since=since)) == 1
        assert await trust.contacts_of(tx, ByNumber(PHONE, HolderId("next")), since=since) == []


# ---------------------------------------------------------------- short messages


class Refusing:
    async def send(self, **message: str) -> str:
        raise RejectedByGateway("no such number")


async def proofs(desk: Desk) -> list[tuple[Any, ...]]:
    async with desk.database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT key, purpose, text, solicited, undone_at FROM trust_proof ORDER BY at, key"
        )
        return await cursor.fetchall()


async def test_every_message_leaves_a_proof_without_its_secret(desk: Desk) -> None:
    assert await desk.issue(CodePurpose.RESET_QUERY_PASSWORD) == ()
    (proof,) = await proofs(desk)
    code = await desk.last_digits(6)
    assert proof[1:] == ("security", proof[2], False, None)
    assert "******" in proof[2]
    async with desk.database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT row_to_json(p)::text FROM trust_proof AS p")
        assert code not in str(await cursor.fetchall())
    text = await desk.last_text()
    told = await check(desk.database, Claim(text=text), ByHolder(HOLDER, PHONE), at=desk.now)
    assert told.finding.answer is Answer.YES
    forged = text.replace("95500", "13800138000")
    assert forged != text
    told = await check(desk.database, Claim(text=forged), ByHolder(HOLDER, PHONE), at=desk.now)
    assert told.finding.answer is Answer.NO


async def test_a_message_that_was_never_sent_proves_nothing(desk: Desk) -> None:
    assert await desk.issue(CodePurpose.IDENTIFY) == ()
    await desk.send(Refusing())  # type: ignore[arg-type]
    assert (await proofs(desk))[0][4] is not None
    told = await check(desk.database, Claim(kind="message"), ByHolder(HOLDER, PHONE), at=desk.now)
    assert told.finding.answer is Answer.NO


async def test_a_message_that_the_gate_refuses_leaves_no_proof(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        queued = await send_sms(
            tx,
            config=desk.config.sms,
            holder=None,
            to=STRANGER_NUMBER,
            template="callback_promised",
            values={"until": NOW},
            language="zh",
            key="k",
            stream="i1",
            at=NOW,
        )
    assert queued.state is MessageState.REFUSED
    assert await proofs(desk) == []


# ---------------------------------------------------------------- the registry


async def add(database: Database, **changes: Any) -> tuple[Official, tuple[str, ...]]:
    entry = Official("", NUMBER, "021-60000000", "总机", "switchboard", NOW)
    async with database.transaction() as tx:
        kept, verdict = await registering.add_official(
            tx, replace(entry, **changes), config=CONFIG, by=Actor("staff", "9001"), at=NOW
        )
    return kept, verdict.codes


async def test_an_entry_is_ours_for_its_time_and_stays_known_afterwards(desk: Desk) -> None:
    kept, refused = await add(desk.database)
    assert (kept.value, refused) == ("+862160000000", ())
    assert (await add(desk.database))[1] == ("overlaps",)
    ends = NOW + timedelta(days=1)
    async with desk.database.transaction() as tx:
        await registering.end_official(
            tx, kept.id, until=ends, why="旧网址停用", by=OPERATOR, at=NOW
        )
        for at, answer in ((NOW, Answer.YES), (ends, Answer.NO)):
            found = await trust.check_official(tx, NUMBER, "02160000000", config=CONFIG, at=at)
            assert found.answer is answer
        assert found.codes == ("no-longer-ours",)
        with pytest.raises(NotFound):
            await registering.end_official(
                tx, kept.id, until=ends, why="旧网址停用", by=OPERATOR, at=NOW
            )
    assert (await add(desk.database, since=ends))[1] == ()
    kinds = [kind for kind, _ in await desk.journal(registering.STREAM)]
    assert kinds == [
        "trust.official-added",
        "trust.official-refused",
        "trust.official-ended",
        "trust.official-added",
    ]


async def test_a_mobile_number_gets_into_no_registry(desk: Desk) -> None:
    assert (await add(desk.database, value="13800138000"))[1] == ("mobile-never-hotline",)
    async with desk.database.transaction() as tx:
        assert [one.id for one in await trust.registry(tx, config=CONFIG)] == [
            "own-hotline",
            "own-text-number",
            "own-sender",
        ]


async def test_the_registry_of_the_demonstration_comes_in_once(desk: Desk) -> None:
    for added, unchanged in ((6, 0), (0, 6)):
        async with desk.database.transaction() as tx:
            done = await import_officials(tx, DEMO_REGISTRY, config=CONFIG, by=OPERATOR, at=NOW)
        assert (done.added, done.unchanged, done.refused) == (added, unchanged, ())
    async with desk.database.transaction() as tx:
        when = datetime(2026, 11, 27, tzinfo=UTC)
        found = await trust.check_official(
            tx, OfficialKind.CAMPAIGN, "加油返现", config=CONFIG, at=when
        )
        assert found.answer is Answer.YES


def test_a_file_of_entries_may_be_csv(tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text(
        "kind,value,zh,en,since,until\n"
        "number,021-60000000,总机,switchboard,2026-01-01,\n"
        "domain,bank.example,网站,site,2026-01-01T08:00:00+00:00,2027-01-01\n",
        encoding="utf-8-sig",
    )
    first, second = read_officials(file)
    assert first.until is None
    assert second.since == datetime(2026, 1, 1, 8, tzinfo=UTC)
    assert second.until == datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "no YAML"),
        ("a: 1", "no list"),
        ("- 1", "entry 1: it is no table"),
        ("- {kind: number, value: '1', zh: a, en: b}", "entry 1: since"),
        ("- {kind: phone, value: '95500', zh: a, en: b, since: 2026-01-01}", "kind must be"),
        ("- {kind: number, zh: a, en: b, since: 2026-01-01}", "value is missing"),
        ("- {kind: number, value: '95500', zh: a, en: b, since: soon}", "no time"),
        (
            "- {kind: number, value: '95500', zh: a, en: b, since: 2026-01-01, until: 2026-01-01}",
            "ends before",
        ),
        ("- {kind: number, value: '95500', zh: a, en: b, since: 2026-01-01, x: 1}", "no x"),
    ],
)
def test_a_malformed_file_is_refused_with_its_entry(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match=fault):
        read_officials(file)


async def test_the_verdict_on_a_callers_signature_is_kept_once_and_journaled(desk: Desk) -> None:
    verdict = CallerVerdict("invalid", ("stale",), origin="13800138000", attest="A", name="某行")
    async with desk.database.transaction() as tx:
        await keep_verdict(tx, "i1", verdict, at=NOW)
        await keep_verdict(tx, "i1", CallerVerdict("valid"), at=NOW)
        assert await verdict_of(tx, "i1") == verdict
        assert await verdict_of(tx, "i2") is None
    ((kind, body),) = await desk.journal()
    assert kind == "trust.caller-identity"
    assert "13800138000" not in str(body)


async def test_nothing_of_a_check_by_a_stranger_is_stored(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        before = await everything_stored(tx)
    await check(desk.database, Claim(number="95500", text="密码123456"), Stranger())
    async with desk.database.transaction() as tx:
        assert await everything_stored(tx) == before
