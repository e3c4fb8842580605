"""Simulated callers and agents on real SIP, for a demonstration that lives.

    async with Traffic("sip:hotline@127.0.0.1:5060", holders=..., agents=..., told=print):
        ...

Agents register, let it ring for a while, greet with a tone of one second (by which callers know
them), talk, and hang up or wait for the caller to do so. Callers come at random, one script each.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np

from cardline.sim.phone import NEVER, CallFailed, IncomingCall, Phone, Voice
from cardline.sim.registration import RegistrationFailed
from cardline.sim.sound import Sound, murmur, tone
from cardline.sim.traffic_scripts import (
    AGENT_HANGS_UP,
    GREETING_HZ,
    RINGS,
    SCRIPTS,
    TALKS,
    Caller,
    Course,
    Outcome,
    Range,
    Script,
)

MOST_CALLERS = 100
"""Callers at once; one more does not come."""
_ANSWERED_WITHIN = 20.0


@dataclass(frozen=True, slots=True)
class AgentLogin:
    """A desk phone's user and password."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class CallTold:
    """One finished call."""

    started: datetime
    who: str
    number: str
    script: str
    outcome: Outcome
    seconds: float
    detail: str = ""
    """The status of a refusal."""


class Traffic:
    """Agents and callers, from entering to leaving."""

    def __init__(
        self,
        hotline: str,
        *,
        holders: Sequence[Caller],
        agents: Sequence[AgentLogin] = (),
        calls_per_minute: float = 6.0,
        told: Callable[[CallTold], None] | None = None,
        host: str = "127.0.0.1",
        scripts: Sequence[Script] = SCRIPTS,
        seed: int | None = None,
    ) -> None:
        self._hotline = hotline
        self._holders = list(holders)
        self._logins = agents
        self._rate = calls_per_minute / 60
        self._told = told
        self._host = host
        self._scripts = list(scripts)
        self._chance = random.Random(seed)
        self._phones: list[Phone] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._talking: set[str] = set()
        """Numbers on the phone just now: nobody calls twice at once."""

    async def __aenter__(self) -> Self:
        """Register the agents and let the callers come. Raises ``RegistrationFailed``."""
        try:
            for login in self._logins:
                await self._sign_in(login)
        except RegistrationFailed:
            await self.__aexit__()
            raise
        if self._rate > 0 and self._holders:
            self._spawn(self._arrivals())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(self._sign_out(phone) for phone in self._phones))
        self._phones.clear()

    # ------------------------------------------------------------ agents

    async def _sign_out(self, phone: Phone) -> None:
        with contextlib.suppress(RegistrationFailed, TimeoutError):
            async with asyncio.timeout(1):
                await phone.unregister()
        await phone.close()

    async def _sign_in(self, login: AgentLogin) -> None:
        phone = Phone(
            self._host,
            user=login.user,
            password=login.password,
            policy=NEVER,
            voice=Voice(sound=_greeting(len(self._phones)), keep_seconds=0.5),
            on_call=self._serve,
        )
        self._phones.append(await phone.open())
        _, _, registrar = self._hotline.rpartition("@")
        await phone.register(f"sip:{registrar}")

    async def _serve(self, call: IncomingCall) -> None:
        """Take one call as an agent."""
        await asyncio.sleep(self._between(RINGS))
        call.answer()
        if self._chance.random() < AGENT_HANGS_UP:
            with contextlib.suppress(TimeoutError):
                await call.over(within=self._between(TALKS))
            await call.hang_up()
        else:
            await call.over()

    # ------------------------------------------------------------ callers

    async def _arrivals(self) -> None:
        while True:
            await asyncio.sleep(self._chance.expovariate(self._rate))
            free = [holder for holder in self._holders if holder.phone not in self._talking]
            if free and len(self._talking) < MOST_CALLERS:
                self._spawn(self._one_call(self._chance.choice(free)))

    async def _one_call(self, holder: Caller) -> None:
        weights = [script.weight for script in self._scripts]
        (script,) = self._chance.choices(self._scripts, weights)
        await self.place(holder, script)

    async def place(self, holder: Caller, script: Script) -> CallTold:
        """Make one call by one script, and tell of it."""
        number = holder.phone if script.registered else self._some_number()
        started, loop = datetime.now(UTC), asyncio.get_running_loop()
        began = loop.time()
        self._talking.add(holder.phone)
        voice = Voice(sound=murmur(len(self._talking) % 7, 1500), keep_seconds=0.5)
        try:
            async with Phone(self._host, user=number, voice=voice) as phone:
                outcome, detail = await self._play(phone, holder, script)
        finally:
            self._talking.discard(holder.phone)
        seconds = round(loop.time() - began, 1)
        call = CallTold(started, holder.name, number, script.name, outcome, seconds, detail)
        if self._told is not None:
            self._told(call)
        return call

    async def _play(self, phone: Phone, holder: Caller, script: Script) -> tuple[Outcome, str]:
        try:
            call = await phone.call(self._hotline, within=_ANSWERED_WITHIN)
        except CallFailed as failed:
            return "refused", str(failed.status)
        except TimeoutError:
            return "no-answer", ""
        course = Course(call, holder, self._chance)
        following = asyncio.create_task(course.follow(script))
        over = asyncio.create_task(call.ended.wait())
        try:
            await asyncio.wait([following, over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            following.cancel()
            over.cancel()
            await asyncio.gather(following, over, return_exceptions=True)
        return course.outcome, ""

    # ------------------------------------------------------------ chance

    def _between(self, seconds: Range) -> float:
        return self._chance.uniform(*seconds)

    def _some_number(self) -> str:
        return f"+86130{self._chance.randrange(10**8):08}"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _greeting(agent: int) -> Sound:
    """Return what an agent says: the tone, then for long a murmur of its own."""
    hello = tone(GREETING_HZ).samples
    return Sound(np.concatenate([hello, *[murmur(agent).samples] * 5]))
