"""Packs that are asked for on pages: by the holder, and by the staff with a reason."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.app.evidence.packs.job import make_next, pack_file, sweep
from cardline.app.evidence.roots import seal
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.evidence.packs.actions import take_order
from cardline.evidence.packs.checking import check
from tests.actions.evidence_house import EvidenceHouse
from tests.actions.portal_house import MINE, THEIRS, Browser, House
from tests.actions.test_evidence_packs import index_of, journals
from tests.actions.test_portal_pages import PNG
from tests.actions.whole_application import whole_application


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> EvidenceHouse:
    made = House(database, tmp_path)
    await made.fill()
    made.now = utc_now() - timedelta(hours=1)  # the job has a clock of its own
    house = EvidenceHouse(made, tmp_path)
    await house.new_key()
    return house


@pytest.fixture
async def web(house: EvidenceHouse) -> Browser:
    return house.house.browser()


async def test_a_holder_takes_everything_home_and_anybody_can_check_it(
    house: EvidenceHouse, web: Browser, tmp_path: Path
) -> None:
    call = await house.house.call()
    await web.log_in(proven=True)
    await web.send(f"/my/contacts/{call}", {"note": "座席答应三天内回电"}, files=[("a.png", PNG)])
    assert (await web.send("/my/evidence")).status_code == 303
    assert "正在制作" in (await web.get("/my/evidence")).text
    assert await make_next(house.parts)
    assert not await make_next(house.parts)
    page = (await web.get("/my/evidence")).text
    link = re.search(r"/my/evidence/\w+\.zip", page)
    assert link
    taken = await web.get(link[0])
    assert taken.headers["content-type"] == "application/zip"
    pack = tmp_path / "taken.zip"
    pack.write_bytes(taken.content)
    assert check(pack).holds
    with zipfile.ZipFile(io.BytesIO(taken.content)) as packed:
        names = packed.namelist()
    index = index_of(pack)
    assert f"recordings/{call}.wav" in names
    assert any(name.startswith("files/") and name.endswith(".png") for name in names)
    assert "您的可用额度为九万元" in index
    assert "座席答应三天内回电" in index
    looks = (await web.get("/my/looks")).text
    assert "申请了证据包" in looks
    assert "取走了证据包" in looks


async def test_one_pack_is_made_at_a_time_and_so_many_a_day(
    house: EvidenceHouse, web: Browser
) -> None:
    await web.log_in(proven=True)
    await web.send("/my/evidence")
    again = await web.send("/my/evidence")
    assert again.status_code == 422
    assert "已有一份正在制作" in again.text
    for _ in range(2):
        await make_next(house.parts)
        assert (await web.send("/my/evidence")).status_code == 303
    await make_next(house.parts)
    full = await web.send("/my/evidence")
    assert full.status_code == 422
    assert "今天制作的份数已满" in full.text


async def test_a_pack_is_nobody_elses_and_goes_after_its_time(
    house: EvidenceHouse, web: Browser
) -> None:
    await web.log_in(proven=True)
    await web.send("/my/evidence")
    await make_next(house.parts)
    (pack,) = await house.house.ask("SELECT id FROM evidence_pack")
    file = pack_file(house.parts.settings, pack)
    assert file.stat().st_mode & 0o777 == 0o600
    other = house.house.browser(host="192.0.2.9")
    await other.log_in(THEIRS, proven=True)
    assert (await other.get(f"/my/evidence/{pack}.zip")).status_code == 404
    async with house.house.database.transaction() as tx:
        await tx.connection.execute("UPDATE evidence_pack SET ends_at = now() - interval '2 hours'")
    assert (await web.get(f"/my/evidence/{pack}.zip")).status_code == 404
    await sweep(house.parts)
    assert not file.exists()
    assert "已过保留期" in (await web.get("/my/evidence")).text


async def test_a_pack_that_cannot_be_made_is_tried_again_and_then_given_up(
    house: EvidenceHouse, web: Browser, tmp_path: Path
) -> None:
    await web.log_in(proven=True)
    await web.send("/my/evidence")
    for key in (tmp_path / "keys").iterdir():
        key.unlink()
    for _ in range(3):
        assert await make_next(house.parts)
        async with house.house.database.transaction() as tx:
            await tx.connection.execute("UPDATE evidence_pack SET leased_until = asked_at")
    assert not await make_next(house.parts)
    await sweep(house.parts)
    assert "没有制作成功" in (await web.get("/my/evidence")).text
    assert not list((tmp_path / "evidence" / "packs").iterdir()), "nothing half made is left"


async def test_whoever_has_not_proven_enough_gets_no_pack(house: EvidenceHouse) -> None:
    web = house.house.browser()
    answer = await web.get("/my/evidence")
    assert answer.status_code == 303
    await web.log_in()
    answer = await web.get("/my/evidence")
    assert "/my/prove" in answer.headers["location"]


async def test_staff_ask_with_a_reason_and_fetch_what_they_asked_for(
    database_url: str, tmp_path: Path
) -> None:
    async with whole_application(database_url, tmp_path) as whole:
        parts = whole.running.parts
        async with parts.database.transaction() as tx:
            await parts.bank.add_holders(tx, holders=[MINE])
        compliance, lead = whole.client("compliance"), whole.client("lead")
        packs = "/api/v1/evidence/packs"
        assert (await compliance.post(packs, json={"phone": MINE.phone})).status_code == 422
        nobody = {"phone": "15400000099", "reason": "投诉 2026-118"}
        assert (await compliance.post(packs, json=nobody)).status_code == 404
        both = {"phone": MINE.phone, "interactions": ["i1"], "reason": "核查"}
        assert (await compliance.post(packs, json=both)).status_code == 422
        asked = await compliance.post(packs, json={"phone": MINE.phone, "reason": "投诉 2026-118"})
        assert (asked.status_code, asked.json()["state"]) == (202, "asked")
        pack = asked.json()["id"]
        assert (await compliance.get(f"{packs}/{pack}/file")).status_code == 404
        await seal(parts, at=utc_now())
        assert await make_next(parts)
        assert (await compliance.get(f"{packs}/{pack}")).json()["state"] == "ready"
        assert [one["id"] for one in (await compliance.get(packs)).json()] == [pack]
        file = tmp_path / "fetched.zip"
        file.write_bytes((await compliance.get(f"{packs}/{pack}/file")).content)
        assert check(file).holds
        assert (await lead.get(f"{packs}/{pack}")).status_code == 404, "each their own"
        told = await whole.ask(
            "SELECT kind, by, body->>'reason' FROM journal WHERE stream = %s ORDER BY seq",
            f"holder:{MINE.id}",
        )
        kinds = ["desk.looked", "evidence.packed", "desk.looked", "evidence.pack-fetched"]
        assert [row[0] for row in told] == kinds
        for look in (told[0], told[2]):
            assert look[1].startswith("staff:")
            assert look[2] == "投诉 2026-118"


async def test_a_holder_sees_once_who_else_made_a_pack_and_why(
    house: EvidenceHouse, web: Browser
) -> None:
    call = await house.house.call()
    await house.order(house.subject(audience="auditor", interactions=[call]))
    async with house.house.database.transaction() as tx:
        await take_order(
            tx, house.subject(), by=OPERATOR, role="operator", reason="监管检查", at=house.house.now
        )
    await web.log_in(proven=True)
    looks = (await web.get("/my/looks")).text
    assert looks.count("申请了您的证据包") == 2
    assert "合规人员7004：申请了您的证据包（理由：核查）" in looks
    assert "运维人员" in looks
    assert "监管检查" in looks


async def test_a_holder_has_a_pack_made_of_one_complaint(
    house: EvidenceHouse, web: Browser, tmp_path: Path
) -> None:
    call = await house.house.call()
    await web.log_in(proven=True)
    written = {"key": "k" * 20, "statement": "客服答应退年费，至今没有退。"}
    sent = await web.send("/my/complaints/new", written, files=[("承诺.png", PNG)])
    reference = re.findall(r"C\d{6}-\w{6}", sent.headers["location"])[0]
    own = f"/my/complaints/{reference}"
    assert f'action="{own}/evidence"' in (await web.get(own)).text
    asked = await web.send(f"{own}/evidence", page=own)
    assert (asked.status_code, asked.headers["location"]) == (303, "/my/evidence")
    again = await web.send(f"{own}/evidence", page=own)
    assert again.status_code == 422
    assert "已有一份证据包正在制作" in again.text
    assert await make_next(house.parts)
    mine = (await web.get("/my/evidence")).text
    assert f"投诉{reference}" in mine
    link = re.search(r"/my/evidence/\w+\.zip", mine)
    assert link
    pack = tmp_path / "taken.zip"
    pack.write_bytes((await web.get(link[0])).content)
    assert check(pack).holds
    index = index_of(pack)
    assert "至今没有退" in index
    assert "承诺.png" in index
    assert call not in index, "what has nothing to do with it stays out"
    assert f"complaint:{reference}" in journals(pack)


async def test_a_complaint_of_somebody_else_gives_no_pack(
    house: EvidenceHouse, web: Browser
) -> None:
    await web.log_in(proven=True)
    sent = await web.send("/my/complaints/new", {"key": "k" * 20, "statement": "没有退年费。"})
    reference = re.findall(r"C\d{6}-\w{6}", sent.headers["location"])[0]
    other = house.house.browser(host="192.0.2.9")
    await other.log_in(THEIRS, proven=True)
    theirs = f"/my/complaints/{reference}/evidence"
    assert (await other.send(theirs, page="/my/evidence")).status_code == 404
    assert not await house.house.ask("SELECT id FROM evidence_pack")
