"""``flow check``."""

from pathlib import Path
from typing import Annotated

import typer

from cardline.app.cli import AsJson, app, print_json, say
from cardline.app.settings import Settings
from cardline.app.wiring import checked_flow
from cardline.hotline.flow_file import DEFAULT_FLOW, FlowError

flow = typer.Typer(help="The call flow.", no_args_is_help=True)
app.add_typer(flow, name="flow")


@flow.command()
def check(
    file: Annotated[Path, typer.Argument(help="The flow; the built-in one by default.")] = (
        DEFAULT_FLOW
    ),
    prompts: Annotated[
        Path | None, typer.Option("--prompts", help="Folder of the recorded prompts.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Prove what must be true of a flow before a caller meets it."""
    faults: list[dict[str, object]] = []
    nodes = 0
    try:
        read, _ = checked_flow(file, prompts or Settings().prompts)
        nodes = len(read.nodes)
    except FlowError as error:
        faults = [{"line": fault.line, "what": fault.what} for fault in error.faults]
    if json:
        print_json({"file": str(file), "ok": not faults, "nodes": nodes, "faults": faults})
    elif faults:
        for fault in faults:
            say(f"{file}:{fault['line']}: {fault['what']}")
    else:
        say(f"{file}: {nodes} nodes, all reachable, no dead end, every prompt recorded")
    if faults:
        raise typer.Exit(1)
