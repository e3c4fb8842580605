"""``campaign``: make, fill, foresee, start, pause, stop, report; and the kill switch."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

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
from cardline.app.people import known_matter
from cardline.app.wiring import Parts
from cardline.core.actor import OPERATOR
from cardline.core.calendar import business_day
from cardline.core.clock import utc_now
from cardline.core.verdict import Verdict
from cardline.outreach.campaigns import actions, reporting
from cardline.outreach.campaigns.machine_model import Machines
from cardline.outreach.campaigns.model import Draft, Event, Kind, Listed, Mode
from cardline.outreach.campaigns.views import (
    campaign_view,
    foresight_view,
    listed_view,
    report_view,
)
from cardline.outreach.model import Channel

campaign = typer.Typer(help="Contacts that the bank makes by a list.", no_args_is_help=True)
app.add_typer(campaign, name="campaign")

Id = Annotated[str, typer.Argument(help="Id of the campaign.", metavar="CAMPAIGN")]


@campaign.command()
def create(
    name: Annotated[str, typer.Argument(help="What staff call it.")],
    kind: Annotated[Kind, typer.Option(help="What it is about.")],
    channel: Annotated[str, typer.Option(help="call or sms.")] = "call",
    mode: Annotated[Mode, typer.Option(help="How it is dialled.")] = Mode.PROGRESSIVE,
    matter: Annotated[str, typer.Option(help="Skill that its agents have passed.")] = "general",
    opening: Annotated[str, typer.Option(help="played, or read by the agent.")] = "played",
    minutes: Annotated[int, typer.Option(min=1, max=30, help="Length that is announced.")] = 3,
    retries: Annotated[
        int | None, typer.Option(min=0, max=9, help="Tries after the first.")
    ] = None,
    hold_out: Annotated[
        float | None, typer.Option(min=0, max=0.5, help="Share that is left alone.")
    ] = None,
    abandonment_limit: Annotated[
        float | None, typer.Option(min=0, max=0.99, help="Share of answered calls.")
    ] = None,
    machines: Annotated[
        Machines | None, typer.Option(help="What happens where an answering machine answers.")
    ] = None,
    script_zh: Annotated[str, typer.Option(help="What the agent reads, in Mandarin.")] = "",
    script_en: Annotated[str, typer.Option(help="What the agent reads, in English.")] = "",
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make a campaign; it contacts nobody until it is started."""
    if channel not in ("call", "sms") or opening not in ("played", "read"):
        fail("channel is call or sms, opening is played or read", status=2)
    said = {"zh": script_zh, "en": script_en}

    async def work(parts: Parts) -> Any:
        draft = Draft(
            name=name,
            kind=kind,
            channel=Channel(channel),
            mode=mode,
            matter=known_matter(matter, parts.routing),
            opening="read" if opening == "read" else "played",
            script={"zh": said["zh"], "en": said["en"]} if any(said.values()) else {},
            minutes=minutes,
            retries=retries,
            hold_out=hold_out,
            abandonment_limit=abandonment_limit,
            machines=machines,
        )
        async with parts.database.transaction() as tx:
            made = await actions.create(
                tx, draft, policy=parts.campaigns, by=OPERATOR, at=utc_now()
            )
        return campaign_view(made).model_dump(mode="json")

    told = with_installation(home, database, work)
    if json:
        print_json(told)
        return
    say(f"{told['id']}  {told['name']}  {told['kind']} by {told['channel']}, a draft")


@campaign.command("list")
def add_list(
    campaign_id: Id,
    file: Annotated[Path | None, typer.Argument(help="CSV with holder_id or phone.")] = None,
    due_in_days: Annotated[
        int | None, typer.Option(min=0, max=60, help="Instead: whose bill is due then.")
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Add people: from a CSV, or everybody whose bill is due in so many days."""
    if (file is None) == (due_in_days is None):
        fail("give a FILE or --due-in-days", status=2)
    if file is not None and not file.is_file():
        fail(f"there is no file {file}")

    async def work(parts: Parts) -> Listed:
        at = utc_now()
        async with parts.database.transaction() as tx:
            if file is not None:
                text = file.read_text(encoding="utf-8-sig")
                return await actions.add_list(
                    tx, campaign_id, text, bank=parts.bank, by=OPERATOR, at=at
                )
            assert due_in_days is not None
            due_on = business_day(at) + timedelta(days=due_in_days)
            return await actions.add_due(
                tx, campaign_id, due_on, bank=parts.bank, by=OPERATOR, at=at
            )

    listed = with_installation(home, database, work)
    if json:
        print_json(listed_view(listed).model_dump())
        return
    for row in listed.bad:
        say(f"line {row.line}: {row.why}")
    say(
        f"{listed.added} added, {listed.held_out} held out, {listed.known} known,"
        f" {len(listed.bad)} rejected"
    )


@campaign.command()
def foresee(
    campaign_id: Id, home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False
) -> None:
    """Show whom the gate would let pass now, and whom not and why; contacts nobody."""

    async def work(parts: Parts) -> Any:
        async with parts.database.transaction() as tx:
            found = await reporting.foresee(
                tx, campaign_id, gate=parts.identity.sms.policy, at=utc_now()
            )
        return foresight_view(found).model_dump()

    told = with_installation(home, database, work)
    if json:
        print_json(told)
        return
    say(f"{told['looked_at']} people: {told['yes']} yes, {told['later']} later, {told['no']} no")
    for code, count in sorted(told["reasons"].items(), key=lambda pair: -pair[1]):
        say(f"  {count:6} {code}")


@campaign.command()
def start(campaign_id: Id, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Start a campaign, or go on after a pause; a running server dials."""
    _change(campaign_id, Event.START, home, database)


@campaign.command()
def pause(campaign_id: Id, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Dial no more for now; what rings may ring out."""
    _change(campaign_id, Event.PAUSE, home, database)


@campaign.command()
def stop(campaign_id: Id, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Stop a campaign for good; what rings is taken back."""
    _change(campaign_id, Event.STOP, home, database)


@campaign.command("stop-everything")
def stop_everything(
    reason: Annotated[str, typer.Argument(help="Why.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """The kill switch: stop every campaign for good, at once, on all nodes."""

    async def work(parts: Parts) -> list[str]:
        async with parts.database.transaction() as tx:
            return list(await actions.stop_everything(tx, reason=reason, by=OPERATOR, at=utc_now()))

    stopped = with_installation(home, database, work)
    if json:
        print_json({"stopped": stopped})
        return
    say(f"{len(stopped)} campaigns stopped")


@campaign.command()
def results(
    campaign_id: Id,
    file: Annotated[Path, typer.Argument(help="CSV: holder_id, reached (1 or 0).")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Tell who did what the campaign is for, held-out people too: what it changes is seen then."""
    if not file.is_file():
        fail(f"there is no file {file}")
    with file.open(newline="", encoding="utf-8-sig") as opened:
        table = csv.DictReader(opened)
        if not {"holder_id", "reached"} <= set(table.fieldnames or ()):
            fail("the file needs the columns holder_id and reached")
        told = [(row["holder_id"], row["reached"].strip() == "1") for row in table]

    async def work(parts: Parts) -> list[str]:
        async with parts.database.transaction() as tx:
            return await actions.note_results(tx, campaign_id, told, by=OPERATOR, at=utc_now())

    unknown = with_installation(home, database, work)
    if json:
        print_json({"told": len(told) - len(unknown), "unknown": unknown})
        return
    say(f"{len(told) - len(unknown)} told, {len(unknown)} not in this campaign")


@campaign.command()
def report(
    campaign_id: Id, home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False
) -> None:
    """Progress, outcomes, refusals by reason, and what the campaign changed."""

    async def work(parts: Parts) -> Any:
        async with parts.database.transaction() as tx:
            found = await reporting.report(tx, campaign_id, policy=parts.campaigns, at=utc_now())
        return report_view(found).model_dump(mode="json")

    told = with_installation(home, database, work)
    if json:
        print_json(told)
        return
    say(f"{told['campaign']['name']}: {told['campaign']['state']}")
    say(f"listed {told['listed']}  held out {told['held_out']}  waiting {told['waiting']}")
    say(f"done {told['done']}  reached {told['talked']}  missed {told['missed']}")
    share = told["abandonment"]["share"]
    say(f"answered {told['answered']}  abandoned {told['abandoned']} ({share:.2%})")
    for what in ("outcomes", "dispositions", "refused"):
        for code, count in sorted(told[what].items(), key=lambda pair: -pair[1]):
            say(f"  {what[:-1] if what != 'refused' else what:12} {count:6} {code}")
    effect = told["effect"]
    if effect is None:
        say("what it changes: too few results yet")
    else:
        low, high = effect["low"], effect["high"]
        say(f"what it changes: {effect['difference']:+.1%}, between {low:+.1%} and {high:+.1%}")


def _change(campaign_id: str, event: Event, home: Path, database: str | None) -> None:
    async def work(parts: Parts) -> Verdict:
        async with parts.database.transaction() as tx:
            return await actions.change_state(
                tx, campaign_id, event, policy=parts.campaigns, by=OPERATOR, at=utc_now()
            )

    verdict = with_installation(home, database, work)
    if not verdict.allowed:
        fail(f"this is refused: {', '.join(verdict.codes)}")
    say("done")
