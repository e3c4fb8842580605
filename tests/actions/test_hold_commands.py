"""``cardline evidence hold``: placed and asked about there, lifted by nobody there."""

import asyncio
import json
from pathlib import Path
from typing import Any

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


def run(database_url: str, home: Path, *words: str, status: int = 0) -> str:
    where = ["--home", str(home), "--database", database_url]
    told = CliRunner().invoke(app, ["evidence", "hold", *words, *where])
    assert told.exit_code == status, told.output
    return told.output + (str(told.exception) if status else "")


def test_a_hold_is_placed_and_its_lifting_only_proposed(
    reference: str, database_url: str, tmp_path: Path
) -> None:
    def told(*words: str) -> Any:
        return json.loads(run(database_url, tmp_path, *words, "--json"))

    assert told("list") == []
    assert "no hold lies" in run(database_url, tmp_path, "list")
    placed = told("place", "--complaint", reference, "--reason", "法院来函保全")
    assert (placed["on"], placed["of"], placed["set_by"]) == ("complaint", reference, "operator")
    again = run(
        database_url, tmp_path, "place", "--complaint", reference, "--reason", "法院来函保全",
        status=1,
    )  # fmt: skip
    assert "lies already" in again
    run(database_url, tmp_path, "ask-to-lift", placed["hold"], "--reason", "诉讼已经结束")
    (lying,) = told("list")
    assert (lying["lift_asked_by"], lying["lifted_at"]) == ("operator", None)
    assert "operator asks to lift it" in run(database_url, tmp_path, "list")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--complaint", "C000101-nosuch"), "there is no complaint C000101-nosuch"),
        (("--interaction", "i-nosuch"), "there is no interaction i-nosuch"),
        (("--holder", "+8613700000000"), "holder"),
        (("--holder", "nonsense"), "no telephone number"),
        ((), "name one of"),
        (("--complaint", "x", "--interaction", "y"), "name one of"),
    ],
)
def test_a_hold_on_nothing_is_refused_and_says_so(
    reference: str, words: tuple[str, ...], why: str, database_url: str, tmp_path: Path
) -> None:
    reason = ("--reason", "法院来函保全")
    assert why in run(database_url, tmp_path, "place", *words, *reason, status=1)


def test_nothing_at_the_command_line_lifts_a_hold(database_url: str, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["evidence", "hold", "--help"])
    assert "ask-to-lift" in told.output
    assert CliRunner().invoke(app, ["evidence", "hold", "lift", "x"]).exit_code == 2
