"""``journal verify`` and ``journal export``."""

from pathlib import Path
from typing import Annotated

import msgspec
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
from cardline.app.evidence.roots import published_file, read_file
from cardline.app.wiring import Parts
from cardline.core.transaction import JsonObject
from cardline.evidence import actions as evidence
from cardline.evidence import verifying
from cardline.evidence.statements import Malformed

journal = typer.Typer(help="The journal of every act.", no_args_is_help=True)
app.add_typer(journal, name="journal")


@journal.command()
def verify(
    kept: Annotated[
        Path | None,
        typer.Option("--roots", help="Published roots that were kept elsewhere."),
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Check the chain of every stream; name the first entry that does not hold."""
    if kept is not None and not kept.is_file():
        fail(f"there is no file {kept}")

    async def work(parts: Parts) -> JsonObject:
        file = kept or published_file(parts)
        try:
            published = read_file(file)
        except Malformed as error:
            fail(f"{file}: {error}")
        async with parts.database.transaction() as tx:
            report = await verifying.verify(tx, published=published)
        found = [
            {"stream": breach.stream, "entry": breach.seq, "what": breach.what}
            for breach in report.breaches
        ]
        root = report.root
        return {
            "streams": report.streams,
            "entries": report.entries,
            "root": root.number if root else None,
            "root_at": root.at.isoformat() if root else None,
            "unsealed": report.unsealed,
            "published": report.published,
            "published_in": str(file),
            "intact": not found,
            "breaches": found,
        }

    told = with_installation(home, database, work)
    if json:
        print_json(told)
    elif not told["entries"] and told["intact"]:
        say(f"nothing is journaled in {home} yet: there was nothing to check")
    elif told["intact"]:
        say(f"{told['streams']} streams, all intact")
        sealed = f"root {told['root']} of {told['root_at']}" if told["root"] else "no root yet"
        say(f"{told['entries']} entries, {told['unsealed']} of them since {sealed}")
        say(
            f"as published in {told['published_in']}: {told['published']} roots"
            if told["published"]
            else f"not compared with what was published: nothing stands in {told['published_in']}"
        )
    else:
        for breach in told["breaches"]:
            say(f"{breach['stream']}: entry {breach['entry']} {breach['what']}")
    if not told["intact"]:
        raise typer.Exit(1)


@journal.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only entries of this kind; may be repeated.")
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write the journal as JSON, one entry a line, in the order of time."""

    async def work(parts: Parts) -> int:
        written = 0
        with file.open("xb") as out:
            async with parts.database.transaction() as tx:
                async for entry in evidence.read_all(tx, kinds=kind or ()):
                    out.write(msgspec.json.encode(entry) + b"\n")
                    written += 1
        return written

    if file.exists():
        fail(f"{file} exists already")
    if not file.parent.is_dir():
        fail(f"there is no folder {file.parent}")
    count = with_installation(home, database, work)
    if json:
        print_json({"entries": count, "file": str(file)})
    else:
        say(f"{count} entries written to {file}")
