"""``interaction list`` and ``interaction show``."""

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
from cardline.app.wiring import Parts
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.transaction import JsonObject
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.timeline import story, summary
from cardline.desk.recordings import listening

interaction = typer.Typer(help="Conversations with callers.", no_args_is_help=True)
app.add_typer(interaction, name="interaction")


@interaction.command("list")
def list_interactions(
    home: Home = DEFAULT_HOME,
    database: Database = None,
    limit: Annotated[int, typer.Option(min=1, max=10000)] = 50,
    json: AsJson = False,
) -> None:
    """List interactions, newest first."""

    async def work(parts: Parts) -> list[JsonObject]:
        async with parts.database.transaction() as tx:
            return [summary(one) for one in await desk.latest(tx, limit=limit)]

    found = with_installation(home, database, work)
    if json:
        print_json(found)
        return
    for one in found:
        times = f"{(one['opened_at'] or '')[:19]}  {one['outcome'] or 'open':14}"
        say(f"{one['id']}  {times}  {one['from']}")


@interaction.command("show")
def show(
    interaction_id: Annotated[str, typer.Argument(metavar="ID")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Tell one interaction: timeline, legs, verdicts, recording."""

    async def work(parts: Parts) -> JsonObject | None:
        async with parts.database.transaction() as tx:
            return await story(tx, interaction_id)

    told = with_installation(home, database, work)
    if told is None:
        fail(f"there is no interaction {interaction_id}; see: cardline interaction list")
    if json:
        print_json(told)
        return
    say(f"{told['id']}  from {told['from']} to {told['to']}  {told['outcome'] or 'still up'}")
    for line in told["timeline"]:
        say(f"  {str(line['at'])[11:23]}  {_words(line)}")
    recording = told["recording"]
    if recording:
        gaps = len(recording["gaps"])
        say(f"recording {recording['file']}: {recording['seconds']} s, {gaps} gaps")
    intact = "intact" if told["journal"]["intact"] else f"BROKEN {told['journal']['breach']}"
    say(f"journal {told['journal']['entries']} entries, {intact}")


@interaction.command("recording")
def take_recording(
    interaction_id: Annotated[str, typer.Argument(metavar="ID")],
    out: Annotated[Path, typer.Option(help="File to write the sound to; it must not exist.")],
    reason: Annotated[str, typer.Option(help="Why; it is journaled.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write the recording of an interaction as a sound file, and check it against the journal."""
    if out.exists():
        fail(f"{out} exists already")

    async def work(parts: Parts) -> JsonObject:
        async with parts.database.transaction() as tx:
            recording = await listening.take_out(
                tx, interaction_id, by=OPERATOR, reason=reason, at=utc_now()
            )
            opened = await parts.recordings.open(tx, recording.path)
        with opened, out.open("xb") as file:
            for part in opened.parts():
                file.write(part)
            digest = opened.sha256()
        return {
            "file": str(out),
            "bytes": opened.size,
            "sha256": digest,
            "as_journaled": digest == recording.sha256,
        }

    told = with_installation(home, database, work)
    if json:
        print_json(told)
    else:
        same = "as" if told["as_journaled"] else "NOT what is"
        say(f"{told['file']}: {told['bytes']} bytes, SHA-256 {told['sha256']}, {same} journaled")
    if not told["as_journaled"]:
        raise typer.Exit(1)


def _words(line: dict[str, Any]) -> str:
    if line["kind"] == "hotline.step":
        return f"[{line['node']}] " + (f"key {line['key']}" if "key" in line else str(line["said"]))
    rest = {
        name: value
        for name, value in line.items()
        if name not in ("at", "kind", "by") and value not in (None, [], "")
    }
    shown = ", ".join(f"{name}={value}" for name, value in rest.items())
    return f"{line['kind']} by {line['by']}  {shown}"
