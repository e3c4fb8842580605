"""``cardline retention``: how long what is kept, what is due, what is held (row F3)."""

import typer

from cardline.app.commandline import (
    DEFAULT_HOME,
    AsJson,
    Database,
    Home,
    app,
    print_json,
    say,
)
from cardline.app.commandline import with_parts as with_installation
from cardline.app.wiring import Parts
from cardline.core.clock import utc_now
from cardline.core.transaction import JsonObject
from cardline.desk.recordings.files import remove_erased
from cardline.evidence.retention import actions, erasing
from cardline.evidence.retention.erasing import Swept

retention = typer.Typer(help="How long what is kept, and erasing it.", no_args_is_help=True)
app.add_typer(retention, name="retention")


@retention.command("due")
def due(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Say what a sweep would erase now, and what old things stay and why; change nothing."""

    async def work(parts: Parts) -> JsonObject:
        now = utc_now()
        async with parts.database.transaction() as tx:
            told = await erasing.due(tx, config=parts.retention, now=now)
            lying = [one for one in await actions.holds(tx) if one.lifted_at is None]
        return {"at": now.isoformat(), "holds": len(lying), **_told(told, "due")}

    told = with_installation(home, database, work)
    if json:
        print_json(told)
    else:
        _say(told, "due")


@retention.command("sweep")
def sweep(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Erase all that is over now; a running server does it every night."""

    async def work(parts: Parts) -> JsonObject:
        config = parts.retention
        asked = await erasing.carry_out_requests(parts.database, config=config, clock=utc_now)
        told = await erasing.sweep(parts.database, config=config, clock=utc_now)
        removed = await remove_erased(parts.database, parts.recordings, clock=utc_now)
        removed += await erasing.remove_files(parts.database, config=config, clock=utc_now)
        return {"requests": len(asked), "files": removed, **_told(told, "erased")}

    told = with_installation(home, database, work)
    if json:
        print_json(told)
    else:
        _say(told, "erased")


def _told(told: Swept, word: str) -> JsonObject:
    return {
        word: dict(told.erased),
        "kept": [
            {"kind": kind, "reason": reason, "count": count}
            for (kind, reason), count in sorted(told.kept.items())
        ],
    }


def _say(told: JsonObject, word: str) -> None:
    if not told[word]:
        say(f"nothing {word}")
    for kind, count in sorted(told[word].items()):
        say(f"{count:>9,}  {kind} {word}")
    for one in told["kept"]:
        say(f"{one['count']:>9,}  {one['kind']} kept: {one['reason']}")
