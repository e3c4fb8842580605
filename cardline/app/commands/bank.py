"""``import-accounts`` and ``holder show``: the bank behind the hotline."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from cardline.adapters.corebank.extract import import_csv
from cardline.adapters.corebank.importing import ImportResult
from cardline.adapters.corebank.uci import import_uci
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
from cardline.cards.rules.terms import card_terms
from cardline.cards.views import holder_view
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.phone import parse_phone
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject

holder = typer.Typer(help="Holders of cards.", no_args_is_help=True)
app.add_typer(holder, name="holder")


class Format(StrEnum):
    """What kind of file it is."""

    UCI = "uci"
    CSV = "csv"


@app.command("import-accounts")
def import_accounts(
    file: Annotated[Path, typer.Argument(help="The file.")],
    format: Annotated[Format, typer.Option("--format", help="Kind of file.")],  # noqa: A002
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Load accounts: a bank's own extract (csv) or the UCI credit-card data set (uci)."""
    if not file.is_file():
        fail(f"there is no file {file}")
    load = import_uci if format is Format.UCI else import_csv

    async def work(parts: Parts) -> ImportResult:
        terms = card_terms(load_area("cards", pack=parts.settings.pack))
        with Progress(console=Console(stderr=True), transient=True) as shown:
            task = shown.add_task("rows", total=None)

            def progress(done: int, total: int) -> None:
                shown.update(task, completed=done, total=total)

            return await load(
                parts.database, file, terms=terms, by=OPERATOR, at=utc_now(), progress=progress
            )

    result = with_installation(home, database, work)
    if json:
        import msgspec

        say(msgspec.json.encode(result.as_json()).decode())
        return
    for row in result.rejected:
        say(f"line {row.line}: {row.reason}")
    say(f"{result.loaded} loaded, {result.unchanged} unchanged, {len(result.rejected)} rejected")


@holder.command()
def show(
    phone: Annotated[str, typer.Argument(help="Registered telephone number.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Show a holder: accounts, cards with their state, the last statement."""
    number = parse_phone(phone)
    if number is None:
        fail(f"{phone!r} is no telephone number")

    async def work(parts: Parts) -> JsonObject:
        async with parts.database.transaction() as tx:
            return await holder_view(tx, bank=parts.bank, phone=number, at=utc_now())

    told = with_installation(home, database, work)
    if json:
        print_json(told)
        return
    say(f"{told['holder']['name']}  {told['holder']['phone']}")
    for account in told["accounts"]:
        amounts = [f"{what} {account[what]['yuan']}" for what in ("owed", "available")]
        limit = account["credit_limit"]["yuan"]
        say(f"account {account['id']}  limit {limit}  {'  '.join(amounts)}")
    for card in told["cards"]:
        until = f" until {card['held_until'][:16]}" if card["held_until"] else ""
        say(f"card ending {card['tail']}  {card['state']}{until}")
    last = told["last_statement"]
    if last:
        amounts = [f"{what} {last[what]['yuan']}" for what in ("balance", "minimum_payment")]
        say(f"statement of {last['closing_on']}  {'  '.join(amounts)}  due {last['due_on']}")
