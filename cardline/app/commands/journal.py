"""``journal verify``."""

import typer

from cardline.app.commandline import DEFAULT_HOME, AsJson, Database, Home, app, print_json, say
from cardline.app.commandline import with_parts as with_installation
from cardline.app.wiring import Parts
from cardline.core.transaction import JsonObject
from cardline.evidence import actions as evidence

journal = typer.Typer(help="The journal of every act.", no_args_is_help=True)
app.add_typer(journal, name="journal")


@journal.command()
def verify(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Check the chain of every stream; name the first entry that does not hold."""

    async def work(parts: Parts) -> JsonObject:
        async with parts.database.transaction() as tx:
            streams, breaches = await evidence.verify(tx)
        found = [
            {"stream": breach.stream, "entry": breach.seq, "what": breach.what}
            for breach in breaches
        ]
        return {"streams": streams, "intact": not breaches, "breaches": found}

    told = with_installation(home, database, work)
    if json:
        print_json(told)
    elif told["intact"]:
        say(f"{told['streams']} streams, all intact")
    else:
        for breach in told["breaches"]:
            say(f"{breach['stream']}: entry {breach['entry']} {breach['what']}")
    if not told["intact"]:
        raise typer.Exit(1)
