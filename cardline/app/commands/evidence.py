"""``evidence``: keys that sign, roots of the journal, packs that a third party can check."""

from pathlib import Path
from typing import Annotated, Literal

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
from cardline.app.commands.holds import hold
from cardline.app.evidence.packs.making import (
    make_ordered,
    subject_of_complaint,
    subject_of_interactions,
    subject_of_phone,
)
from cardline.app.evidence.roots import publish, seal
from cardline.app.wiring import Parts
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.transaction import Transaction
from cardline.evidence import publishing, roots
from cardline.evidence.model import SigningKey
from cardline.evidence.packs.actions import take_order
from cardline.evidence.packs.making import Made, Order

evidence = typer.Typer(help="Evidence that stands without us.", no_args_is_help=True)
app.add_typer(evidence, name="evidence")
evidence.add_typer(hold, name="hold")


@evidence.command("new-key")
def new_key(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Make the next key: it signs from now on, the one before vouches for it and stays valid."""

    async def work(parts: Parts) -> SigningKey:
        async def make(tx: Transaction) -> SigningKey:
            return await roots.new_key(
                tx, signer=parts.signer, lasts=parts.evidence.key_lasts, by=OPERATOR, at=utc_now()
            )

        made = await parts.database.run(make)
        await publish(parts)
        return made

    key = with_installation(home, database, work)
    told = {
        "key": key.id,
        "public": key.public.hex(),
        "valid_from": key.valid_from.isoformat(),
        "valid_to": key.valid_to.isoformat(),
        "previous": key.previous,
        "vouched": key.previous_signature is not None,
    }
    if json:
        print_json(told)
        return
    say(f"{key.id}  {told['public']}  until {key.valid_to:%Y-%m-%d}")
    if key.previous and not told["vouched"]:
        say(f"key {key.previous} could not vouch for it: publish this key as you did the first")


@evidence.command("root")
def root(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Seal the journal now, without waiting for the hour."""

    async def work(parts: Parts) -> int:
        await seal(parts, at=utc_now(), due_only=False)
        async with parts.database.transaction() as tx:
            last = await roots.last_root(tx)
        return last.number if last else 0

    number = with_installation(home, database, work)
    if json:
        print_json({"root": number})
    else:
        say(f"root {number}")


@evidence.command("pack")
def pack(
    out: Annotated[Path, typer.Option(help="The file to write; it must not exist.")],
    holder: Annotated[
        str | None, typer.Option(metavar="PHONE", help="All of a holder's, by registered number.")
    ] = None,
    interaction: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="This conversation, for an auditor; may be repeated."),
    ] = None,
    complaint: Annotated[
        str | None, typer.Option(metavar="REF", help="This complaint, for an auditor.")
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why; it is journaled, and the holder sees it.")
    ] = "asked for at the command line",
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the index.")
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write an evidence pack, which anybody can check with ``cardline verify-evidence``."""
    if [bool(holder), bool(interaction), bool(complaint)].count(True) != 1:
        fail("name one of --holder, --interaction and --complaint")
    if out.exists():
        fail(f"{out} exists already")
    if not out.parent.is_dir():
        fail(f"there is no folder {out.parent}")

    async def work(parts: Parts) -> Made:
        async def order(tx: Transaction) -> Order:
            if holder:
                subject = await subject_of_phone(tx, parts, holder, language=language)
            elif complaint:
                subject = await subject_of_complaint(tx, parts, complaint, language=language)
            else:
                ids = interaction or ()
                subject = await subject_of_interactions(tx, parts, ids, language=language)
            return await take_order(
                tx, subject, by=OPERATOR, role="operator", reason=reason, at=utc_now()
            )

        return await make_ordered(parts, await parts.database.run(order), path=out)

    made = with_installation(home, database, work)
    if json:
        told = {"file": str(out), "files": made.files, "streams": made.streams}
        print_json({**told, "entries": made.entries, "missing": list(made.missing)})
        return
    say(f"{out}: {made.files} files, {made.streams} streams, {made.entries} entries")
    for one in made.missing:
        say(f"not in it: {one}")


@evidence.command("roots")
def export_roots(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write all public keys and signed roots, one a line: for publishing and for keeping."""

    async def work(parts: Parts) -> tuple[int, int]:
        async with parts.database.transaction() as tx:
            keys = await roots.all_keys(tx)
            with file.open("xb") as out:
                out.writelines(publishing.key_line(key) for key in keys)
                after = 0
                while found := await roots.read_roots(tx, after=after):
                    out.writelines(publishing.root_line(one) for one in found)
                    after = found[-1].number
        return len(keys), after

    if file.exists():
        fail(f"{file} exists already")
    if not file.parent.is_dir():
        fail(f"there is no folder {file.parent}")
    keys, last = with_installation(home, database, work)
    if json:
        print_json({"keys": keys, "roots": last, "file": str(file)})
    else:
        say(f"{keys} keys and {last} roots written to {file}")
