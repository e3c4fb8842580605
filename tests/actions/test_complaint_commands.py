"""``cardline complaints``: the year, the export, a due time explained, on a real installation."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cardline.adapters.postgres.database import Database
from cardline.app.commandline import app
from tests.actions.complaint_room import Room


@pytest.fixture
def reference(database_url: str) -> str:
    async def fill() -> str:
        async with Database(database_url) as database:
            return (await (await Room(database).open()).receive()).id

    return asyncio.run(fill())


def run(database_url: str, home: Path, *words: str) -> str:
    told = CliRunner().invoke(
        app, ["complaints", *words, "--home", str(home), "--database", database_url]
    )
    assert told.exit_code == 0, told.output
    return told.output


def test_the_commands_of_complaints(reference: str, database_url: str, tmp_path: Path) -> None:
    report = json.loads(run(database_url, tmp_path, "report", "--year", "2026", "--json"))
    assert (report["received"], report["by_door"]) == (1, {"portal": 1})
    assert "1 complaints, 1 open" in run(database_url, tmp_path, "report", "--year", "2026")
    out = tmp_path / "year.csv"
    run(database_url, tmp_path, "export", "--year", "2026", "--out", str(out))
    assert reference in out.read_text(encoding="utf-8")
    told = run(database_url, tmp_path, "explain", reference, "--at", "2026-09-12T00:00:00")
    assert "2026-09-25  answer_simple" in told
    assert "2026年9月11日为第1天" in told
    late = json.loads(
        run(database_url, tmp_path, "explain", reference, "--at", "2027-01-01T00:00:00", "--json")
    )
    assert all(one["missed"] for one in late)
