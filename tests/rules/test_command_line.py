"""The command line reads what a command needs, and no more."""

import subprocess
import sys

import typer
from typer.testing import CliRunner

from cardline.app import commands
from cardline.app.commandline import app

_CHECK = """
import sys
from cardline.app.cli import main
sys.argv = ["cardline", "verify-evidence", "nothing.zip"]
try:
    main()
except SystemExit as ended:
    assert ended.code == 1, ended.code
print(*sys.modules)
"""


def _all_commands() -> dict[str, typer.core.TyperCommand]:
    for name in commands.COMMANDS:
        commands.read(name)
    return dict(typer.main.get_group(app).commands)  # type: ignore[arg-type]


def test_the_list_says_what_the_commands_say_themselves() -> None:
    said = {
        name: " ".join((one.help or "").split("\n\n")[0].split())
        for name, one in _all_commands().items()
    }
    assert said == {name: listed.help for name, listed in commands.COMMANDS.items()}


def test_every_command_that_a_module_adds_is_listed() -> None:
    _all_commands()
    added = [one.name or one.callback.__name__ for one in app.registered_commands]  # type: ignore[union-attr]
    added += [group.name for group in app.registered_groups]
    assert sorted(added) == sorted(commands.COMMANDS)


def test_a_slip_of_the_keys_is_met_with_the_command_that_was_meant() -> None:
    told = CliRunner().invoke(app, ["verify-evidense"])
    assert told.exit_code == 2
    assert "verify-evidence" in told.output


def test_a_pack_is_checked_without_server_line_or_database() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _CHECK], capture_output=True, text=True, timeout=60, check=True
    )
    read = set(told.stdout.splitlines()[-1].split())
    assert "cardline.evidence.packs.checking" in read
    others = ("psycopg", "pgserver", "fastapi", "uvicorn", "sippy", "rtp", "numpy", "typst")
    assert not read & {
        *others,
        "cardline.app.wiring",
        "cardline.app.server",
        "cardline.app.http.application",
    }
    assert not [one for one in read if one.startswith("cardline.adapters")]
