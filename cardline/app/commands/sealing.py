"""``cardline sealing``: the master keys under which recordings and files lie (row F3)."""

from typing import Annotated

import typer

from cardline.adapters.sealer.keyring import KeyRing
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
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.recordings.files import seal_old
from cardline.evidence.sealing import actions as sealed
from cardline.evidence.sealing.checking import faults
from cardline.messages.file_sealing import seal_old_files

sealing = typer.Typer(help="Keys under which recordings and files lie.", no_args_is_help=True)
app.add_typer(sealing, name="sealing")


@sealing.command()
def keys(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """List the master keys and how much hangs on each; status 1 where one is missing or wrong."""

    async def work(parts: Parts) -> JsonObject:
        ring = _ring(parts)
        async with parts.database.transaction() as tx:
            used = await sealed.masters_in_use(tx)
            wrong = await faults(tx, parts.recordings.sealer)
        here = ring.keys()
        return {
            "folder": str(ring.folder),
            "keys": [
                {
                    "name": name,
                    "made_at": here[name].made_at.isoformat() if name in here else None,
                    "here": name in here,
                    "current": bool(here) and name == ring.current,
                    "wraps": used.get(name, 0),
                }
                for name in dict.fromkeys([*here, *used])
            ],
            "faults": wrong,
        }

    told = with_installation(home, database, work)
    if json:
        print_json(told)
    else:
        for one in told["keys"]:
            how = "wraps from now on" if one["current"] else "opens what is under it"
            how = how if one["here"] else "MISSING"
            made = str(one["made_at"] or "")[:19]
            say(f"{one['name']}  {made:19}  {one['wraps']:>9,} keys  {how}")
        for fault in told["faults"]:
            say(fault)
    if told["faults"]:
        raise typer.Exit(1)


@sealing.command("new-key")
def new_key(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Make a master key, which wraps from now on; then run ``sealing rewrap``."""

    async def work(parts: Parts) -> JsonObject:
        made = _ring(parts).new(at=utc_now())
        async with parts.database.transaction() as tx:
            await sealed.journal_new_master(tx, made.name, by=OPERATOR, at=utc_now())
        return {"name": made.name, "file": str(made.path)}

    told = with_installation(home, database, work)
    if json:
        print_json(told)
        return
    say(f"master key {told['name']} in {told['file']}")
    say("back it up apart from the database, then: cardline sealing rewrap")


@sealing.command()
def rewrap(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Wrap all data keys under the newest master key; what they seal is not touched."""

    async def work(parts: Parts) -> int:
        done = 0

        async def some(tx: Transaction) -> int:
            return await sealed.rewrap(
                tx, sealer=parts.recordings.sealer, by=OPERATOR, at=utc_now()
            )

        while count := await parts.database.run(some):
            done += count
        return done

    count = with_installation(home, database, work)
    if json:
        print_json({"rewrapped": count})
    else:
        say(f"{count} keys are under the newest master key now")


@sealing.command()
def seal(
    home: Home = DEFAULT_HOME,
    database: Database = None,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between two of them.")] = 0.0,
    json: AsJson = False,
) -> None:
    """Seal recordings and files that still lie in the clear; a running server does it by itself."""

    async def work(parts: Parts) -> JsonObject:
        sound = await seal_old(parts.database, parts.recordings, clock=utc_now, pause=pause)
        sent = await seal_old_files(parts.database, parts.files, clock=utc_now, pause=pause)
        return {
            "sealed": sound.sealed,
            "files": sent.sealed,
            "missing": [*sound.missing, *sent.missing],
            "altered": [*sound.altered, *sent.altered],
        }

    told = with_installation(home, database, work)
    if json:
        print_json(told)
    else:
        say(f"{told['sealed']} recordings and {told['files']} files sealed")
        for one in told["missing"]:
            say(f"{one}: its file is not there")
        for one in told["altered"]:
            say(f"{one}: its file is not what the journal says; it was left as it lies")
    if told["altered"]:
        raise typer.Exit(1)


def _ring(parts: Parts) -> KeyRing:
    sealer = parts.recordings.sealer
    if not isinstance(sealer, KeyRing):
        fail("the master keys lie with the bank's key management: use its own tools")
    return sealer
