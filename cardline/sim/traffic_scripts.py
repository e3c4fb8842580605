"""What simulated callers do, as data, and the doing of it."""

import asyncio
import random
from dataclasses import dataclass
from typing import Literal

from cardline.sim.outgoing import OutgoingCall

Outcome = Literal[
    "self-service", "talked", "gave-up", "not-served", "hotline-hung-up", "refused", "no-answer"
]
Range = tuple[float, float]
"""Seconds, from and to; one time between them is drawn."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Listen for a while."""

    seconds: Range


@dataclass(frozen=True, slots=True)
class Press:
    """Think, then press keys; ``{card}``, ``{id_tail}``, ``{query_password}`` are the holder's."""

    keys: str
    think: Range = (1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for a person for so long, and talk to them."""

    patience: Range


Step = Listen | Press | Wait


@dataclass(frozen=True, slots=True)
class Script:
    """What a caller does, and how often compared with the others."""

    name: str
    weight: int
    steps: tuple[Step, ...]
    registered: bool = True
    """Calls from the number that the bank knows."""


SCRIPTS: tuple[Script, ...] = (
    Script("balance", 25, (Press("1"), Press("1"), Press("1"), Listen((12, 25)))),
    Script(
        "balance-with-password",
        10,
        (*(Press("1"),) * 3, Press("{query_password}", think=(4, 6)), Listen((12, 25))),
    ),
    Script("points", 10, (Press("1"), Press("2"), Press("1"), Listen((8, 15)))),
    Script("english", 5, (Press("2"), Press("1"), Press("1"), Listen((10, 20)))),
    Script("person", 20, (Press("1"), Press("0"), Wait((60, 180)))),
    Script("person-at-once", 5, (Press("0", think=(0.5, 1.5)), Wait((60, 180)))),
    Script("gives-up-waiting", 8, (Press("1"), Press("0"), Wait((3, 8)))),
    Script("freeze", 3, (Press("9"), Press("1", think=(3, 6)), Listen((6, 10)))),
    Script(
        "freeze-from-another-phone",
        2,
        (
            Press("9"),
            Press("{card}", think=(4, 7)),
            Press("{id_tail}", think=(3, 6)),
            Listen((6, 10)),
        ),
        registered=False,
    ),
    Script("wrong-keys", 5, (Press("1"), *(Press("*#", think=(2, 4)),) * 3, Wait((30, 60)))),
    Script("says-nothing", 4, (Wait((40, 60)),)),
    Script("hangs-up-at-the-greeting", 3, (Listen((1, 4)),)),
)

RINGS: Range = (1.0, 4.0)
"""How long an agent lets it ring."""
TALKS: Range = (8.0, 45.0)
LISTENS_ON: Range = (3.0, 10.0)
"""How long a caller still listens behind a talk."""
AGENT_HANGS_UP = 0.5
"""Share of the talks that the agent ends."""
GREETING_HZ = 1004
"""The tone with which agents greet."""
_TONE_HZ = 6.0
_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class Caller:
    """A holder who may call; ``cards`` are tails, ``id_tail`` the last of the identity number."""

    name: str
    phone: str
    id_tail: str
    cards: tuple[str, ...]
    query_password: str = ""


class Course:
    """One caller on the way through a script; ``outcome`` is what it would be if it ended now."""

    def __init__(self, call: OutgoingCall, holder: Caller, chance: random.Random) -> None:
        self.outcome: Outcome = "hotline-hung-up"
        self._call = call
        self._holder = holder
        self._chance = chance

    async def follow(self, script: Script) -> None:
        for step in script.steps:
            match step:
                case Listen():
                    await self._pause(step.seconds)
                case Press():
                    await self._pause(step.think)
                    await self._call.press(self._keys(step.keys), gap=0.15)
                case Wait():
                    await self._wait(step)
        if self.outcome == "hotline-hung-up":
            self.outcome = "self-service"

    async def _wait(self, step: Wait) -> None:
        """Wait for the tone with which agents greet, then talk."""
        self.outcome = "not-served"
        loop = asyncio.get_running_loop()
        gives_up = loop.time() + self._chance.uniform(*step.patience)
        while abs(self._call.strongest_hz(0.3) - GREETING_HZ) > _TONE_HZ:
            if loop.time() > gives_up:
                self.outcome = "gave-up"
                return
            await asyncio.sleep(_LOOK)
        self.outcome = "talked"
        await self._pause(TALKS)
        await self._pause(LISTENS_ON)

    def _keys(self, keys: str) -> str:
        holder = self._holder
        card = self._chance.choice(holder.cards) if holder.cards else ""
        password = holder.query_password
        filled = keys.format(card=card, id_tail=holder.id_tail, query_password=password)
        return filled.upper().replace("X", "*")

    async def _pause(self, seconds: Range) -> None:
        await asyncio.sleep(self._chance.uniform(*seconds))
