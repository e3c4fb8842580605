"""Retention from outside: compliance over HTTP, the operator's commands, the hour of the night."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cardline.app.commandline import app
from cardline.app.evidence.nightly import Nightly
from tests.actions.whole_application import whole_application


def run(home: Path, url: str, *words: str, status: int = 0) -> Any:
    told = CliRunner().invoke(app, [*words, "--home", str(home), "--database", url, "--json"])
    assert told.exit_code == status, told.output
    return json.loads(told.stdout)


def test_an_operator_sees_what_is_due_and_replaces_the_master_key(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardline.app.commandline.set_up_logs", lambda **_: None)
    told = run(tmp_path, database_url, "retention", "due")
    assert (told["due"], told["kept"], told["holds"]) == ({}, [], 0)
    assert run(tmp_path, database_url, "retention", "sweep")["erased"] == {}
    (first,) = run(tmp_path, database_url, "sealing", "keys")["keys"]
    assert (first["here"], first["current"], first["wraps"]) == (True, True, 0)
    file = next((tmp_path / "secrets" / "master").glob("*.key"))
    file.rename(file.with_name(f"20260101T000000-{first['name']}.key"))  # it was made long ago
    made = run(tmp_path, database_url, "sealing", "new-key")
    assert Path(made["file"]).stat().st_mode & 0o777 == 0o600
    keys = run(tmp_path, database_url, "sealing", "keys")["keys"]
    assert [one["current"] for one in keys] == [False, True]
    assert run(tmp_path, database_url, "sealing", "rewrap") == {"rewrapped": 0}
    assert run(tmp_path, database_url, "sealing", "seal")["sealed"] == 0


async def test_compliance_sets_a_hold_and_cannot_lift_it_alone(
    database_url: str, tmp_path: Path
) -> None:
    async with whole_application(database_url, tmp_path) as whole, whole.client("compliance") as us:
        at = "/api/v1/retention"
        case = await handed_on(us)
        body = {"on": "complaint", "of": case, "reason": "法院来函保全"}
        for on in ("holder", "complaint", "interaction"):  # a mistyped one would protect nothing
            nothing = await us.post(f"{at}/holds", json=body | {"on": on, "of": "nothing"})
            assert nothing.status_code == 404
        hold = (await us.post(f"{at}/holds", json=body)).json()
        assert (hold["of"], hold["set_by"], hold["lifted_at"]) == (case, "7004", None)
        assert (await us.post(f"{at}/holds", json=body)).status_code == 409
        assert (await us.post(f"{at}/holds", json=body | {"reason": " "})).status_code == 422
        lift = f"{at}/holds/{hold['id']}/lift"
        assert (await us.post(lift)).json()["reasons"] == ["lift-not-asked"]
        asked = await us.post(f"{lift}-request", json={"reason": "案件已经结束"})
        assert asked.json()["lift_asked_by"] == "7004"
        told = (await us.post(lift)).json()
        assert (told["allowed"], told["reasons"]) == (False, ["same-person"])
        (listed,) = (await us.get(f"{at}/holds")).json()
        assert listed["lift_reason"] == "案件已经结束"
        classes = {one["name"]: one for one in (await us.get(f"{at}/classes")).json()}
        assert classes["complaint"]["keep"] == "3 years"
        assert (await us.get(f"{at}/due")).json()["due"] == {}
        assert (await us.get(f"{at}/requests")).json() == []


async def handed_on(us: Any) -> str:
    """Let a regulator hand a complaint on; return its reference."""
    told = await us.post(
        "/api/v1/complaint-transfers",
        json={
            "key": "",
            "door": "regulator",
            "number": "局转1号",
            "received_at": datetime.now(UTC).isoformat(),
            "name": "周婷",
            "reach": {"phone": "13800001234"},
            "statement": "年费没有退回。",
            "subjects": ["fees"],
        },
    )
    return str(told.json()["complaint"])


async def test_it_is_swept_once_a_night_and_at_night_alone(
    database_url: str, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 27, 17, 59, tzinfo=UTC)  # a minute before two in Shanghai
    async with whole_application(database_url, tmp_path) as whole:
        nightly = Nightly(whole.running.parts, lambda: now)
        assert not await nightly.look()
        now = now.replace(hour=18, minute=1)
        assert await nightly.look()
        assert not await nightly.look()
        now = now.replace(hour=21, minute=1)
        assert not await Nightly(whole.running.parts, lambda: now).look()
