"""An officer's walk: sealed with SM4, held, let go, erased; packs of before and after (F2, F3)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.adapters.sealer.keyring import KeyRing
from cardline.core.actor import SYSTEM, Actor
from cardline.desk.recordings.files import remove_erased, seal_old
from cardline.evidence.packs.checking import Trust, check
from cardline.evidence.packs.findings import Result
from cardline.evidence.retention import actions as retention
from cardline.evidence.retention import erasing
from cardline.evidence.sealing import actions as sealing
from cardline.evidence.sealing.chunks import key_id_of
from cardline.evidence.sealing.keys import recording_key
from cardline.evidence.sealing.model import Erased
from cardline.evidence.sealing.recordings import Recordings
from cardline.evidence.verifying import verify
from tests.actions.evidence_house import EvidenceHouse
from tests.actions.portal_house import House

ANNA, BO = Actor("staff", "7004"), Actor("staff", "7005")


def told(result: Result, code: str) -> dict[str, str | int] | None:
    return next((one.values for one in result.findings if one.code == code), None)


async def sweep(house: House) -> dict[str, int]:
    swept = await erasing.sweep(house.database, config=house.retention, clock=lambda: house.now)
    await remove_erased(house.database, house.recordings, clock=lambda: house.now)
    return dict(swept.erased)


@pytest.fixture
async def evidence(database: Database, tmp_path: Path) -> EvidenceHouse:
    house = House(database, tmp_path)
    ring = KeyRing(tmp_path / "master", cipher="sm4-gcm")
    house.retention = replace(house.retention, recordings=Recordings(tmp_path, ring))
    house.recordings = Recordings(tmp_path, ring, cipher="sm4-gcm")
    await house.fill()
    made = EvidenceHouse(house, tmp_path)
    await made.new_key(lasts=timedelta(days=3650))
    return made


async def test_what_was_erased_is_proven_by_packs_of_before_and_of_after(
    evidence: EvidenceHouse, tmp_path: Path
) -> None:
    house, database = evidence.house, evidence.house.database
    call = await house.call()
    plain = (tmp_path / f"{call}.wav").read_bytes()
    assert (await seal_old(database, house.recordings, clock=lambda: house.now)).sealed == 1
    lies = (tmp_path / f"{call}.wav").read_bytes()
    assert key_id_of(lies) is not None
    assert plain[4:] not in lies
    ring = house.recordings.sealer
    assert isinstance(ring, KeyRing)
    ring.new(at=house.now)
    async with database.transaction() as tx:
        assert await sealing.rewrap(tx, sealer=ring, by=SYSTEM, at=house.now) >= 1
        (key,) = await sealing.keys_of(tx, recording_key(f"{call}.wav"))
        assert key.cipher == "sm4-gcm"
        with await house.recordings.open(tx, f"{call}.wav") as opened:
            assert opened.read() == plain, "under the new master key"
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    await evidence.pack(before, evidence.subject(audience="auditor", interactions=[call]))
    assert told(check(before), "recordings") == {"recordings": 1}

    async with database.transaction() as tx:
        hold = await retention.set_hold(
            tx,
            ("interaction", call),
            reason="法院函（2026）12号",
            number="7004",
            by=ANNA,
            at=house.now,
        )
    house.later(days=4 * 365)
    assert "recording" not in await sweep(house), "held"
    async with database.transaction() as tx:
        await retention.ask_to_lift(
            tx, hold.id, reason="案件已结", number="7004", by=ANNA, at=house.now
        )
    async with database.transaction() as tx:
        own, _ = await retention.lift_hold(
            tx, hold.id, number="7004", by=ANNA, policy=house.retention.policy, at=house.now
        )
        assert not own.allowed, "whoever asked does not lift"
        verdict, _ = await retention.lift_hold(
            tx, hold.id, number="7005", by=BO, policy=house.retention.policy, at=house.now
        )
        assert verdict.allowed
    assert (await sweep(house))["recording"] == 1

    assert not (tmp_path / f"{call}.wav").exists()
    (tmp_path / f"{call}.wav").write_bytes(lies)  # out of a backup of the files
    async with database.transaction() as tx:
        with pytest.raises(Erased):
            await house.recordings.open(tx, f"{call}.wav")
    (tmp_path / f"{call}.wav").unlink()

    await evidence.pack(after, evidence.subject(audience="auditor", interactions=[call]))
    result = check(after, Trust(published=await evidence.published()))
    assert result.holds
    erased = [one.values for one in result.findings if one.code == "erased"]
    recording = next(one for one in erased if one["what"] == "recording")
    assert recording["stream"] == call
    assert "retention.service_recording" in str(recording["rule"])
    assert told(result, "recordings-absent") is None
    again = check(before, Trust(published=await evidence.published()))
    assert again.holds, "what was handed out before stays proven"
    assert told(again, "recordings") == {"recordings": 1}
    async with database.transaction() as tx:
        assert (await verify(tx)).breaches == []
