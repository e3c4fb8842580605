"""What all commands share: the application object, options, output, and opening a home."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import msgspec
import typer
from typer.core import TyperCommand, TyperGroup

import cardline
from cardline.app.commands import COMMANDS, read
from cardline.app.operation.logs import set_up_logs
from cardline.app.settings import Settings, load_settings

if TYPE_CHECKING:
    from cardline.app.wiring import Parts

Result = TypeVar("Result")


class Commands(TyperGroup):
    """All commands by name and help; the module of one is read when it is called."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = {
            name: self.commands.get(name) or TyperCommand(name, help=listed.help)
            for name, listed in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is called."""
        if args[0] in COMMANDS:
            read(args[0])
            self.commands[args[0]] = typer.main.get_group(app).commands[args[0]]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Commands,
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
    home: Path, database: str | None, work: "Callable[[Parts], Awaitable[Result]]"
) -> Result:
    """Run ``work`` on the installation in ``home``, whether or not a server runs on it."""
    from cardline.app.wiring import open_parts  # nearly everything, which many commands do without

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
