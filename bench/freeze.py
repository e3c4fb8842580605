"""How long from the last key until the card system has frozen the card. Prints JSON.

    python -m bench.freeze [--calls 50]

Callers with one active card call from the registered phone and press ``9`` and ``1``, one after
another. Measured from the first packet of the ``1``, and from its last, until somebody else reads
the state ``frozen`` in the card system's tables: that is after the commit.
"""

import argparse
import asyncio
import json
import time
from typing import Any

from bench.generator import share
from bench.installation import Installation
from bench.processes import Machine
from cardline.cards.model import CardState
from cardline.core.phone import parse_phone
from cardline.core.transaction import Transaction
from cardline.sim.phone import Phone

GOAL_MS = 1000.0
KEY_SECONDS = 0.1
MENU_SECONDS = 1.0
"""Seconds between ``9`` and ``1``: the caller hears the beginning of the offer."""
LOOK_SECONDS = 0.002


async def measure(calls: int) -> dict[str, Any]:
    """Freeze so many cards."""
    before = Machine.now()
    pressed: list[float] = []
    released: list[float] = []
    failed = 0
    with Installation() as installation:
        numbers = await installation.fill(holders=4 * calls, phones=[])
        installation.launch()
        await installation.ready()
        async with installation.parts() as parts:
            for number in [one for one in numbers if await _one_card(parts, one)][:calls]:
                async with Phone("127.0.0.1", user=number.lstrip("+")) as phone:
                    call = await phone.call(f"sip:hotline@{installation.sip}")
                    await call.answered(within=5)
                    await asyncio.sleep(0.3)
                    await call.press("9", gap=0.0, seconds=KEY_SECONDS)
                    await asyncio.sleep(MENU_SECONDS)
                    began = time.monotonic()
                    pressing = asyncio.create_task(call.press("1", gap=0.0, seconds=KEY_SECONDS))
                    frozen = await _frozen(parts, number)
                    await pressing
                    await call.hang_up()
                if frozen is None:
                    failed += 1
                else:
                    pressed.append(1000 * (frozen - began))
                    released.append(1000 * (frozen - began - KEY_SECONDS))
    busy = Machine.now().busy_since(before)
    p99 = share(pressed, 0.99)
    return {
        "calls": calls,
        "frozen": len(pressed),
        "failed": failed,
        "keys": 2,
        "key_begins_to_frozen_ms": {"p50": share(pressed, 0.5), "p99": p99},
        "key_ends_to_frozen_ms": {"p50": share(released, 0.5), "p99": share(released, 0.99)},
        "box_busy": busy,
        "goal_ms": GOAL_MS,
        "ratio": round(p99 / GOAL_MS, 3) if p99 is not None else None,
        "passed": p99 is not None and p99 < GOAL_MS and not failed,
    }


async def _states(parts: Any, number: str) -> list[CardState]:
    async def work(tx: Transaction) -> list[CardState]:
        phone = parse_phone(number)
        assert phone is not None
        holder = await parts.bank.holder_by_phone(tx, phone=phone)
        return [card.state for card in await parts.bank.cards_of(tx, holder_id=holder.id)]

    states: list[CardState] = await parts.database.run(work)
    return states


async def _one_card(parts: Any, number: str) -> bool:
    return await _states(parts, number) == [CardState.ACTIVE]


async def _frozen(parts: Any, number: str) -> float | None:
    """Look until the card is frozen; return when, or ``None`` after five seconds."""
    for _ in range(round(5 / LOOK_SECONDS)):
        if CardState.FROZEN in await _states(parts, number):
            return time.monotonic()
        await asyncio.sleep(LOOK_SECONDS)
    return None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    print(json.dumps(asyncio.run(measure(parser.parse_args().calls)), indent=1))


if __name__ == "__main__":
    main()
