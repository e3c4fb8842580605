"""``cardline demo``: the demonstration bank, and people on real SIP who use it."""

from cardline.app.demo_bank import make_bank
from cardline.app.server import Running, serve
from cardline.app.settings import Settings
from cardline.app.wiring import open_parts


async def demonstration(settings: Settings, *, calls_per_minute: int) -> None:
    """Make the bank where there is none yet, then serve, with simulated people."""
    async with open_parts(settings) as parts:
        await make_bank(parts)

        async def people(running: Running) -> None:
            await simulate(running, calls_per_minute=calls_per_minute)

        await serve(settings, started=people)


async def simulate(running: Running, *, calls_per_minute: int) -> None:
    """Let simulated agents and callers use the system, on SIP phones of their own."""
    await running.calls.ready.wait()
