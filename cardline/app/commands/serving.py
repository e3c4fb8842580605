"""``serve`` and ``demo``."""

import gc
from typing import Annotated

import typer

from cardline.app.commandline import DEFAULT_HOME, Database, Home, app, say, settings_for
from cardline.app.loop import run

Http = Annotated[str | None, typer.Option("--http", help="Where HTTP answers, HOST:PORT.")]
Sip = Annotated[str | None, typer.Option("--sip", help="Where SIP answers (UDP), HOST:PORT.")]
Trunk = Annotated[
    str | None, typer.Option("--trunk", help="SIP address for numbers outside, with {number}.")
]


@app.command()
def serve(
    home: Home = DEFAULT_HOME,
    database: Database = None,
    http: Http = None,
    sip: Sip = None,
    trunk: Trunk = None,
) -> None:
    """Run the system: hotline, HTTP and everything behind them."""
    gc.disable()  # what is made at the start stays: nothing is to be looked through until it stands
    from cardline.app.server import serve as run_server  # seconds that others need not wait

    run(run_server(settings_for(home, database, http=http, sip=sip, trunk=trunk)))


@app.command()
def demo(
    home: Home = DEFAULT_HOME,
    database: Database = None,
    http: Http = None,
    sip: Sip = None,
    trunk: Trunk = None,
    calls_per_minute: Annotated[
        int, typer.Option(min=0, max=600, help="Simulated callers a minute; 0 for none.")
    ] = 6,
) -> None:
    """Run the system with a made-up bank, made-up staff, and simulated callers on real SIP."""
    from cardline.app.demo.demonstration import demonstration

    settings = settings_for(home, database, http=http, sip=sip, trunk=trunk)
    say(f"Cardline demonstration in {settings.home}")
    say(f"  hotline   sip:hotline@{settings.sip}")
    say(f"  desk      http://{settings.http}/desk")
    say(f"  holders   http://{settings.http}/my")
    say(f"  chat      http://{settings.http}/chat")
    say(f"  health    http://{settings.http}/readyz")
    say(f"  mail      {settings.home}/mail/out, letters {settings.home}/print")
    say("  people    cardline demo-people --home " + str(settings.home))
    say("  log in    cardline demo-login 6003 --home " + str(settings.home))
    say("  stop      Ctrl-C")
    run(demonstration(settings, calls_per_minute=calls_per_minute))
