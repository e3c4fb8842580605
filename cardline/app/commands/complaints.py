"""``complaints``: the yearly report, the regulator's export, and a due time explained."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

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
from cardline.complaints import actions, reporting
from cardline.complaints.model import ComplaintId
from cardline.complaints.spreadsheet import as_csv
from cardline.complaints.words import explain
from cardline.core.amounts import in_figures
from cardline.core.clock import utc_now
from cardline.core.errors import NotFound
from cardline.core.home import home as bank
from cardline.core.money import Money
from cardline.core.transaction import JsonObject

complaints = typer.Typer(help="Complaints: reports, exports, due times.", no_args_is_help=True)
app.add_typer(complaints, name="complaints")

Year = Annotated[int, typer.Option("--year", min=2000, max=2100, help="Which year.")]


@complaints.command()
def report(
    year: Year, home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False
) -> None:
    """Print the yearly report."""

    async def work(parts: Parts) -> JsonObject:
        async with parts.database.transaction() as tx:
            return await reporting.year_report(tx, year, config=parts.complaints, at=utc_now())

    told = with_installation(home, database, work)
    if json:
        print_json(told)
        return
    say(f"{year}: {told['received']} complaints, {told['open']} open")
    say(f"answered {told['answered']}, in time {told['answered_in_time']}")
    say(f"unanswered and overdue {told['unanswered_overdue']}")
    say(f"re-examined {told['reexaminations']}, changed {told['changed_by_reexamination']}")
    paid = Money(told["compensation_fen"], told["currency"])
    say(f"compensation {in_figures(paid, 'en')}")
    for cause in told["causes"]:
        say(f"{cause['count']:>6}  {cause['cumulative']:>6.1%}  {cause['code']}")


@complaints.command()
def export(
    year: Year,
    out: Annotated[Path, typer.Option("--out", help="A file that ends in .csv or .json.")],
    language: Annotated[
        str, typer.Option("--language", help="Of a CSV, zh or en; without: the bank's.")
    ] = "",
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Write what a regulator gets: one row a complaint, without whoever complained."""
    if out.suffix not in (".csv", ".json"):
        fail("--out is a file that ends in .csv or .json", status=2)
    if language not in ("", "zh", "en"):
        fail("--language is zh or en", status=2)

    async def work(parts: Parts) -> tuple[int, str]:
        async with parts.database.transaction() as tx:
            rows = await reporting.export(tx, year, config=parts.complaints)
        if out.suffix == ".json":
            return len(rows), reporting.as_json(rows)
        chosen = bank().language if not language else "en" if language == "en" else "zh"
        causes = parts.complaints.causes
        return len(rows), as_csv(rows, reporting.COLUMNS, language=chosen, causes=causes)

    count, text = with_installation(home, database, work)
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    say(f"{count} complaints of {year} are in {out}")


@complaints.command("explain")
def explain_due(
    reference: Annotated[str, typer.Argument(help="Reference of the complaint.", metavar="ID")],
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "zh",
    at: Annotated[
        datetime | None, typer.Option("--at", help="As of this time (UTC); without: now.")
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Say what is due on a complaint, by when, under which law, step by step."""
    if language not in ("zh", "en"):
        fail("--language is zh or en", status=2)
    now = at.replace(tzinfo=UTC) if at else utc_now()

    async def work(parts: Parts) -> list[JsonObject]:
        async with parts.database.transaction() as tx:
            found = await actions.whole(tx, ComplaintId(reference), config=parts.complaints, at=now)
        return [
            {
                "clock": clock.key,
                "task": clock.task,
                "due_at": clock.due_at.isoformat(),
                "last_day": clock.last_day.isoformat(),
                "met_at": clock.met_at.isoformat() if clock.met_at else None,
                "stopped": clock.stopped,
                "missed": clock.missed(now),
                "explained": list(explain(clock, "zh" if language == "zh" else "en")),
            }
            for clock in found.clocks
        ]

    try:
        told = with_installation(home, database, work)
    except NotFound as error:
        fail(error.message)
    if json:
        print_json(told)
        return
    for clock in told:
        say(f"{clock['last_day']}  {clock['clock']}{'  done' if clock['met_at'] else ''}")
        for sentence in clock["explained"]:
            say(f"    {sentence}")
