"""``do-not-call``: public lists of those who want no advertising (row D1)."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import phonenumbers
import typer

from cardline.app.commandline import (
    DEFAULT_HOME,
    AsJson,
    Database,
    Home,
    app,
    fail,
    print_json,
    say,
)
from cardline.app.commandline import with_parts as with_installation
from cardline.app.wiring import Parts
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.home import home as bank
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject
from cardline.outreach.actions import registers
from cardline.outreach.model import Register
from cardline.outreach.rules.registers import BadRow, numbers_in

_NAMED = 1000
"""Bad rows that are named one by one."""

lists = typer.Typer(help="Public lists of numbers that want no advertising.", no_args_is_help=True)
app.add_typer(lists, name="do-not-call")


@lists.command()
def load(
    name: Annotated[str, typer.Argument(help="Name of the list, for example tps.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="One number a line, or CSV as published.")
    ],
    region: Annotated[
        str, typer.Option("--region", help="Whose numbers stand there without country code: GB.")
    ],
    as_of: Annotated[str, typer.Option("--as-of", help="Of which day the list is: 2026-11-27.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Load the rest where lines hold no number.")
    ] = False,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Put a list in the place of the one of this name, whole or not at all."""
    if not file.is_file():
        fail(f"there is no file {file}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name):
        fail("a list is named by small letters, digits and dashes", status=2)
    if region not in phonenumbers.SUPPORTED_REGIONS:
        fail(f"--region {region!r} is no region; write GB, US, CN", status=2)
    try:
        day = datetime.fromisoformat(as_of)
    except ValueError:
        fail(f"--as-of {as_of!r} is no day; write it as 2026-11-27", status=2)
    moment = day if day.tzinfo else day.replace(tzinfo=bank().zone)
    reading = _Reading(file, region)
    # Read once before anything changes: a line that is not understood is somebody unprotected.
    for _ in reading.numbers():
        pass
    bad = reading.bad
    reading.tell()
    if bad and not skip_bad:
        fail(
            f"{bad} lines hold no number: nothing was changed. Whoever stands in them would be "
            "called; mend the file, or load the rest with --skip-bad"
        )

    async def work(parts: Parts) -> Register:
        async with parts.database.transaction() as tx:
            return await registers.load_register(
                tx,
                reading.numbers(),
                name=name,
                region=region,
                as_of=moment,
                policy=parts.identity.sms.policy,
                by=OPERATOR,
                at=utc_now(),
            )

    loaded = with_installation(home, database, work)
    if json:
        print_json(_view(loaded) | {"bad": bad})
    else:
        say(f"{loaded.numbers} numbers of {name} as of {loaded.as_of:%Y-%m-%d}; {bad} bad lines")


@lists.command("list")
def show(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Show which lists are loaded, of when, and how long they are."""

    async def work(parts: Parts) -> list[Register]:
        async with parts.database.transaction() as tx:
            return await registers.loaded_registers(tx)

    found = with_installation(home, database, work)
    if json:
        print_json([_view(one) for one in found])
        return
    for one in found:
        say(f"{one.name:20} {one.region}  as of {one.as_of:%Y-%m-%d}  {one.numbers:>10} numbers")
    if not found:
        say("no list is loaded")


@lists.command()
def drop(
    name: Annotated[str, typer.Argument(help="Name of the list.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Remove a list: its numbers are not held against anybody any more."""

    async def work(parts: Parts) -> None:
        async with parts.database.transaction() as tx:
            await registers.drop_register(tx, name=name, by=OPERATOR, at=utc_now())

    with_installation(home, database, work)


def _view(one: Register) -> JsonObject:
    return {
        "name": one.name,
        "region": one.region,
        "as_of": one.as_of.isoformat(),
        "numbers": one.numbers,
        "loaded_at": one.loaded_at.isoformat(),
    }


class _Reading:
    """A file that is read twice: to see whether it is whole, and to load it."""

    def __init__(self, path: Path, region: str) -> None:
        self._path, self._region = path, region
        self._named: list[BadRow] = []
        self.bad = 0

    def numbers(self) -> Iterator[PhoneNumber]:
        """Return the numbers; what is bad is counted anew."""
        self._named, self.bad = [], 0
        with self._path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for one in numbers_in(self._rows(csv.reader(file)), region=self._region):
                if not isinstance(one, BadRow):
                    yield one
                    continue
                self.bad += 1
                if len(self._named) < _NAMED:
                    self._named.append(one)

    def tell(self) -> None:
        """Name the bad lines, the first thousand of them; not what stands in them."""
        for one in self._named:
            typer.echo(f"line {one.line}: {one.reason}", err=True)
        if self.bad > len(self._named):
            typer.echo("and further lines are bad too", err=True)

    @staticmethod
    def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = ["?????"]  # no line that can be read: bad, and named
            yield reader.line_num, cells
