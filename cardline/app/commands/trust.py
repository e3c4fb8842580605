"""``official``: what is the bank's. ``caller-identity``: the key that signs its calls."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric import ec

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
from cardline.core.keyfiles import keep_private_key
from cardline.trust import registering
from cardline.trust.actions import registry
from cardline.trust.model import Official
from cardline.trust.registering import Imported

official = typer.Typer(help="What is officially the bank's.", no_args_is_help=True)
app.add_typer(official, name="official")
identity = typer.Typer(help="Signed caller identity.", no_args_is_help=True)
app.add_typer(identity, name="caller-identity")


@official.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="YAML or CSV; see docs/howto/trust.md.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Bring numbers, sender names, domains and offers in; what is there is passed over."""
    if not file.is_file():
        fail(f"there is no file {file}")

    async def work(parts: Parts) -> Imported:
        async with parts.database.transaction() as tx:
            return await registering.import_officials(
                tx, file, config=parts.identity.sms.trust, by=OPERATOR, at=utc_now()
            )

    done = with_installation(home, database, work)
    refused = [{"entry": number, "reasons": list(codes)} for number, codes in done.refused]
    if json:
        print_json({"added": done.added, "unchanged": done.unchanged, "refused": refused})
    else:
        say(f"{done.added} added, {done.unchanged} unchanged, {len(refused)} refused")
        for number, codes in done.refused:
            say(f"entry {number}: {', '.join(codes)}")
    if refused:
        raise typer.Exit(1)


@official.command("list")
def list_entries(
    home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False
) -> None:
    """Everything that is or was the bank's, by the settings and by what was brought in."""

    async def work(parts: Parts) -> list[Official]:
        async with parts.database.transaction() as tx:
            return await registry(tx, config=parts.identity.sms.trust)

    found = with_installation(home, database, work)
    if json:
        print_json([_shown(one) for one in found])
        return
    for one in found:
        until = one.until.date().isoformat() if one.until else "…"
        say(f"{one.kind:9} {one.value:30} {one.since.date()} – {until}  {one.zh}")


@identity.command("new-key")
def new_key(
    file: Annotated[Path, typer.Argument(help="Where the private key goes.")],
) -> None:
    """Make a key for signing calls, readable by its owner alone; print the public key."""
    try:
        say(keep_private_key(file, ec.generate_private_key(ec.SECP256R1())))
    except OSError as error:
        fail(f"{file} cannot be made: {error.strerror}")


def _shown(one: Official) -> dict[str, str | None]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "value": one.value,
        "zh": one.zh,
        "en": one.en,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
    }
