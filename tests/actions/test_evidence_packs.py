"""Evidence packs: what is in them, what stays out, and that both can be proven without the bank."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from cardline.adapters.postgres.database import Database
from cardline.adapters.signing.key_files import KeyFiles
from cardline.adapters.typst.setter import TypstSetter
from cardline.app.evidence.packs.making import subject_of_complaint
from cardline.app.evidence.packs.sources import decision_words
from cardline.complaints import actions as complaints
from cardline.complaints.model import ComplaintId
from cardline.complaints.packing import complaints_part
from cardline.core.actor import SYSTEM, holder_actor
from cardline.core.clock import SHANGHAI, utc_now
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId, InteractionId
from cardline.core.policy import load_area
from cardline.core.verdict import Reason, RuleVersion, Verdict
from cardline.evidence import roots
from cardline.evidence.actions import journal
from cardline.evidence.packs import making
from cardline.evidence.packs.actions import take_order
from cardline.evidence.packs.checking import Trust, check
from cardline.evidence.packs.findings import Result
from cardline.evidence.packs.making import PackConfig
from cardline.evidence.packs.model import Subject
from cardline.evidence.packs.paper import PaperPages
from cardline.evidence.packs.sources import sources
from cardline.evidence.policy import evidence_policy
from cardline.evidence.roots import NoKeyError
from tests.actions.busy_bank import busy_bank
from tests.actions.busy_post import TEXT, busy_post
from tests.actions.complaint_room import Room
from tests.actions.evidence_house import BY, EvidenceHouse
from tests.actions.portal_house import MINE, TEXTS, THEIRS, House
from tests.actions.serving_desk import HOLDER
from tests.actions.whole_application import whole_application

OTHERS = "+8613912345678"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> EvidenceHouse:
    made = House(database, tmp_path)
    await made.fill()
    house = EvidenceHouse(made, tmp_path)
    await house.new_key()
    return house


def told(result: Result, code: str) -> dict[str, str | int] | None:
    return next((one.values for one in result.findings if one.code == code), None)


def index_of(pack: Path) -> str:
    with zipfile.ZipFile(pack) as opened:
        pages = PdfReader(io.BytesIO(opened.read("index.pdf"))).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def journals(pack: Path) -> dict[str, list[dict[str, object]]]:
    with zipfile.ZipFile(pack) as opened:
        files = [json.loads(opened.read(name)) for name in opened.namelist() if "journal/" in name]
    return {one["stream"]: one["entries"] for one in files}


async def test_a_pack_of_a_holder_holds_and_can_be_read(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    call = await house.house.call()
    theirs = await house.house.call(THEIRS)
    await house.seal()
    pack = tmp_path / "pack.zip"
    made = await house.pack(pack)
    assert made.missing == ()
    result = check(pack)
    assert result.holds
    assert told(result, "recordings") == {"recordings": 1}
    assert told(result, "unsealed") is None, "the look itself was sealed too"
    with zipfile.ZipFile(pack) as opened:
        names = opened.namelist()
        everything = b"".join(opened.read(name) for name in names)
    index = index_of(pack)
    assert "您的可用额度为九万元" in index
    assert f"recordings/{call}.wav" in index
    assert "本期应还" in index
    assert f"recordings/{call}.wav" in names
    assert theirs.encode() not in everything
    assert THEIRS.phone.encode() not in everything


async def test_the_look_is_journaled_with_who_and_why(house: EvidenceHouse, tmp_path: Path) -> None:
    await house.pack(tmp_path / "pack.zip")
    entries = journals(tmp_path / "pack.zip")[f"holder:{MINE.id}"]
    assert entries[-1]["kind"] == "evidence.packed"
    fields = entries[-1]["fields"]
    assert isinstance(fields, dict)
    assert fields["by"]["value"] == str(BY)
    assert fields["body/reason"]["value"] == "核查"
    async with house.house.database.transaction() as tx:
        with pytest.raises(Invalid):
            await take_order(
                tx, house.subject(), by=BY, role="compliance", reason=" ", at=house.house.now
            )


async def _note(house: EvidenceHouse, stream: str, kind: str, **body: object) -> None:
    async with house.house.database.transaction() as tx:
        await journal(
            tx,
            stream=stream,
            kind=kind,
            by=SYSTEM,
            body=body,
            at=house.house.now,
            verdict=Verdict(RuleVersion("t/1"), (Reason("too-late", "test.rule: CMP 18"),)),
        )


async def test_other_peoples_data_stay_out_and_the_rest_is_proven_all_the_same(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    call = await house.house.call()
    await _note(house, call, "call.transferred", target=OTHERS, to="6001")
    await _note(house, call, "account.seen", holder=THEIRS.id, about="王强的账户")
    await _note(house, call, "desk.noted", text="同事之间的话", masked=[])
    await _note(house, call, "limit.refused", holder=MINE.id)
    mine, auditors = tmp_path / "mine.zip", tmp_path / "auditors.zip"
    await house.pack(mine)
    await house.pack(auditors, house.subject(audience="auditor", interactions=[call]))
    for pack in (mine, auditors):
        result = check(pack)
        assert result.holds
        raw = json.dumps(journals(pack), ensure_ascii=False)
        assert OTHERS not in raw
        assert "王强" not in raw
        assert MINE.phone in raw
        assert "too-late" in raw
        assert "CMP 18" in index_of(pack)
    assert "同事之间的话" not in json.dumps(journals(mine), ensure_ascii=False)
    assert "同事之间的话" in json.dumps(journals(auditors), ensure_ascii=False)
    assert list(journals(auditors)) == [call]
    transferred = next(one for one in journals(mine)[call] if one["kind"] == "call.transferred")
    fields = transferred["fields"]
    assert isinstance(fields, dict)
    assert fields["body/target"].keys() == {"commitment"}
    assert fields["body/to"]["value"] == "6001", "field by field, not the whole entry"


async def test_a_conversation_of_nobody_known_is_packed_for_an_auditor(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    call = await house.house.call(replace(MINE, id=HolderId("h1")))
    subject = replace(
        house.subject(audience="auditor", interactions=[call]), holder=None, numbers=frozenset()
    )
    pack = tmp_path / "pack.zip"
    await house.pack(pack, subject)
    assert check(pack).holds
    assert MINE.phone not in json.dumps(journals(pack))


async def test_a_recording_that_is_gone_or_was_exchanged_is_said(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    gone, exchanged = await house.house.call(), await house.house.call()
    (tmp_path / f"{gone}.wav").unlink()
    (tmp_path / f"{exchanged}.wav").write_bytes(b"RIFF another")
    pack = tmp_path / "pack.zip"
    made = await house.pack(pack)
    assert [one.partition(":")[0] for one in made.missing] == [f"recordings/{gone}.wav"]
    result = check(pack)
    assert [(one.code, one.values) for one in result.findings if one.state == "failed"] == [
        ("recording", {"name": f"recordings/{exchanged}.wav"})
    ]
    assert told(result, "missing") is not None


async def test_the_same_pack_made_twice_is_the_same_to_the_byte(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    await house.house.call()
    order = await house.order()
    await house.seal()
    for name in ("one.zip", "two.zip"):
        await house.make(tmp_path / name, order)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


async def test_an_old_pack_still_holds_after_the_key_changed_and_the_first_one_is_enough(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    await house.house.call()
    await house.pack(tmp_path / "old.zip")
    first = (await house.published()).keys
    public = next(iter(first.values())).public
    house.house.later(days=399)
    await house.new_key()
    house.house.later(days=2)
    await house.pack(tmp_path / "new.zip")
    published = await house.published()
    for name in ("old.zip", "new.zip"):
        result = check(tmp_path / name, Trust(key=public, published=published))
        assert result.holds, result.findings


async def test_without_a_valid_key_no_pack_is_made_and_nothing_is_left(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    order = await house.order()
    house.house.now += timedelta(days=500)
    with pytest.raises(NoKeyError):
        await house.make(tmp_path / "pack.zip", order)
    assert not (tmp_path / "pack.zip").exists()


async def test_an_interaction_that_does_not_exist_adds_nothing(
    house: EvidenceHouse, tmp_path: Path
) -> None:
    subject = house.subject(interactions=[InteractionId("i-nowhere")])
    order = replace(await house.order(), subject=subject)
    await house.seal()
    made = await house.make(tmp_path / "pack.zip", order)
    assert (made.streams, made.entries) == (0, 0)
    result = check(tmp_path / "pack.zip")
    failed = [(one.code, one.values) for one in result.findings if one.state == "failed"]
    assert failed == [("about-not-there", {"stream": "i-nowhere"})], "asking for it is journaled"


async def test_a_complaint_is_packed_with_what_was_said_and_told(
    database: Database, tmp_path: Path
) -> None:
    room = await Room(database).open()
    case = await room.answered()
    signer = KeyFiles(tmp_path / "keys")
    config = PackConfig(
        policy=evidence_policy(load_area("evidence")),
        sources=sources({"complaints": complaints_part(House(database, tmp_path).files)}),
        signer=signer,
        writer=PaperPages(TypstSetter(), decision_words(TEXTS), SHANGHAI),
    )
    at = room.now + timedelta(days=1)
    pack = tmp_path / "pack.zip"
    async with database.transaction() as tx:
        complaint = await room.find(case)
        subject = Subject(
            complaint.complainant.holder_id, "zh", "auditor", 100, interactions=(), complaint=case
        )
        order = await take_order(tx, subject, by=BY, role="compliance", reason="监管转办", at=at)
        await roots.new_key(tx, signer=signer, lasts=timedelta(days=400), by=SYSTEM, at=at)
        await roots.make_root(tx, signer=signer, at=at)
    await making.make(database, order, config=config, path=pack, at=at)
    assert check(pack).holds
    kinds = [entry["kind"] for entry in journals(pack)[f"complaint:{case}"]]
    assert kinds[-1] == "evidence.packed"
    index = index_of(pack)
    assert complaint.statement in index
    assert "已答复" in index


async def test_what_was_added_to_a_complaint_later_is_in_its_pack_with_its_files(
    database_url: str, tmp_path: Path
) -> None:
    async with whole_application(database_url, tmp_path) as whole:
        bank = await busy_bank(whole)
        names = await busy_post(bank)
        parts = whole.running.parts
        read = complaints_part(parts.files)
        async with parts.database.transaction() as tx:
            await complaints.add_facts(
                tx,
                ComplaintId(names["complaint"]),
                text="随邮件补上对账单截图",
                files=[names["email-file"]],
                config=parts.complaints,
                by=holder_actor(HOLDER.id),
                at=utc_now(),
            )
            auditor = await subject_of_complaint(tx, parts, names["complaint"])
            told = await read(tx, auditor)
            own = await read(tx, replace(auditor, audience="holder"))
    (item,) = told.items
    assert [line.text for line in item.lines if line.who == "补充"] == [
        TEXT,
        "随邮件补上对账单截图",
    ]
    by_staff, by_mail = bank.names["file"], names["email-file"]
    assert {one.name.split("/")[-1].split(".")[0] for one in told.files} == {by_staff, by_mail}
    # What one of the staff tied to it may be somebody else's.
    assert [one.name.split("/")[-1].split(".")[0] for one in own.files] == [by_mail]
