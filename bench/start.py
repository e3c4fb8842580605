"""How long from ``cardline serve`` to the first answered call, on an initialised home. Prints JSON.

    python -m bench.start [--rounds 5]

Every round starts everything anew, the embedded database too, and calls until a call is answered.
"""

import argparse
import asyncio
import contextlib
import json
import socket
import statistics
import time

from bench.installation import Installation
from bench.processes import Machine
from cardline.sim.phone import CallFailed, Phone

GOAL_SECONDS = 5.0


async def _answered(installation: Installation) -> None:
    """Call until somebody answers: a call that came before the line was there is lost."""
    async with Phone("127.0.0.1", user="13900000000", max_calls=100) as phone:
        while True:
            call = await phone.call(f"sip:hotline@{installation.sip}")
            with contextlib.suppress(CallFailed, TimeoutError):
                await call.answered(within=2.0)
                await call.hang_up()
                return


async def measure(rounds: int) -> dict[str, object]:
    """Start and stop so many times."""
    taken = []
    before = Machine.now()
    with Installation() as installation:
        await installation.fill(holders=200, phones=[])
        for _ in range(rounds):
            began = time.monotonic()
            installation.launch()
            async with asyncio.timeout(60):
                await _wait_for_port(installation)
                await _answered(installation)
            taken.append(time.monotonic() - began)
            installation.stop()
    busy = Machine.now().busy_since(before)
    worst = max(taken)
    return {
        "rounds": rounds,
        "seconds": {
            "median": round(statistics.median(taken), 2),
            "worst": round(worst, 2),
            "all": [round(one, 2) for one in taken],
        },
        "box_busy": busy,
        "goal_seconds": GOAL_SECONDS,
        "ratio": round(worst / GOAL_SECONDS, 3),
        "passed": worst < GOAL_SECONDS,
    }


async def _wait_for_port(installation: Installation) -> None:
    """Wait until somebody listens for SIP, so that the phone's retransmissions cost no time."""
    host, _, port = installation.sip.rpartition(":")
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((host, int(port)))
            except OSError:
                return
        await asyncio.sleep(0.02)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    print(json.dumps(asyncio.run(measure(parser.parse_args().rounds)), indent=1))


if __name__ == "__main__":
    main()
