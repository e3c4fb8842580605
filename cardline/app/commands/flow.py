"""``flow check``."""

from pathlib import Path
from typing import Annotated

import typer

from cardline.app.commandline import DEFAULT_HOME, AsJson, Home, app, print_json, say, settings_for
from cardline.app.wiring import checked_flow
from cardline.hotline.flows.reading import FlowError

flow = typer.Typer(help="The call flow.", no_args_is_help=True)
app.add_typer(flow, name="flow")


@flow.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="The flow; that of the settings by default.")
    ] = None,
    home: Home = DEFAULT_HOME,
    prompts: Annotated[
        Path | None, typer.Option("--prompts", help="Folder of the recorded prompts.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Prove what must be true of a flow before a caller meets it."""
    settings = settings_for(home, None)
    path = file or settings.flow
    faults: list[dict[str, object]] = []
    nodes = 0
    try:
        read, _ = checked_flow(path, prompts or settings.prompts, pack=settings.pack)
        nodes = len(read.nodes)
    except FlowError as error:
        faults = [{"line": fault.line, "what": fault.what} for fault in error.faults]
    if json:
        print_json({"file": str(path), "ok": not faults, "nodes": nodes, "faults": faults})
    elif faults:
        for fault in faults:
            say(f"{path}:{fault['line']}: {fault['what']}")
    else:
        say(f"{path}: {nodes} nodes, all reachable, no dead end, every prompt recorded")
    if faults:
        raise typer.Exit(1)
