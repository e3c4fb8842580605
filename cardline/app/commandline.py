"""What all commands share: the application object, options, output, and opening a home."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer

import cardline
from cardline.app.logs import set_up_logs
from cardline.app.settings import Settings, load_settings
from cardline.app.wiring import Parts, open_parts

Result = TypeVar("Result")

app = typer.Typer(
    help="The customer-service system of a bank's credit-card business.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Home = Annotated[Path, typer.Option("--home", help="Folder of this installation.")]
Database = Annotated[
    str | None, typer.Option("--database", help="URL of an external PostgreSQL (15 or later).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

DEFAULT_HOME = Path("var")


def with_parts(
    home: Path, database: str | None, work: Callable[[Parts], Awaitable[Result]]
) -> Result:
    """Run ``work`` on the installation in ``home``, whether or not a server runs on it."""

    async def run() -> Result:
        async with open_parts(settings_for(home, database), connections=2) as parts:
            return await work(parts)

    return asyncio.run(run())


def settings_for(home: Path, database: str | None, **more: object) -> Settings:
    """Put the settings together for a command."""
    return load_settings({"home": str(home), "database": database, **more})


def print_json(value: Any) -> None:
    """Print one JSON document, indented for people who read it all the same."""
    encoded = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.write(encoded.decode() + "\n")


def say(text: str = "") -> None:
    """Print a line for people."""
    sys.stdout.write(text + "\n")


def fail(message: str, *, status: int = 1) -> NoReturn:
    """Say what is wrong and end."""
    sys.stderr.write(message + "\n")
    raise typer.Exit(status)


def _version(value: bool) -> None:
    if value:
        say(f"cardline {cardline.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The customer-service system of a bank's credit-card business."""
    del version  # its callback has answered
    set_up_logs(pretty=sys.stderr.isatty())
