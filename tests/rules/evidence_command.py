"""The command that checks a pack, as a third party runs it."""

from typer.testing import CliRunner

from cardline.app.commandline import app


def run(*arguments: object) -> tuple[int, str]:
    """Run the command; return its status and what it says in English. No traceback, ever."""
    result = CliRunner().invoke(app, ["verify-evidence", *map(str, arguments), "--language", "en"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output
