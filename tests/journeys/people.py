"""The people of a journey: callers with their phones, and agents with phone and desk."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from cardline.sim.dialog import Dialog
from cardline.sim.phone import ANSWER, IncomingCall, OutgoingCall, Phone, Policy, Voice
from cardline.sim.sound import tone
from tests.journeys.desk import Desk
from tests.journeys.program import Program, until
from tests.journeys.sounds import Tone, heard_by

CALLER_HZ = 300
AGENT_HZ, COLLEAGUE_HZ, OUTSIDE_HZ, LEAD_HZ = 400, 460, 520, 570
SECONDS = 15.0
"""How long people wait for something that should happen at once, on a busy machine."""


@dataclass
class Heard:
    """What somebody hears in a call: an ear that knows every prompt by its tone."""

    call: Dialog
    since: float = 0.0
    """Seconds of the event loop's clock; what came before is of no interest any more."""

    def names(self) -> list[str]:
        """Return what was heard since the last ``forget``, without immediate repeats."""
        found: list[str] = []
        for one in self.tones():
            if not found or found[-1] != one.name:
                found.append(one.name)
        return found

    def tones(self) -> list[Tone]:
        """Return the tones since the last ``forget``."""
        return heard_by(self.call, self.since)

    def forget(self) -> None:
        """From now on only what is new counts."""
        self.since = asyncio.get_running_loop().time()

    async def piece(self, name: str, *, within: float = SECONDS) -> Tone:
        """Wait until a piece (``zh/greeting.0``; ``greeting``: in any language) is heard.

        ``this|that`` is one of both. What came up to its end is forgotten.
        """
        wanted = name.split("|")

        def find() -> Tone | None:
            for one in self.tones():
                if one.name in wanted or one.name.partition("/")[2].partition(".")[0] in wanted:
                    return one
            return None

        try:
            found: Tone = await until(find, within=within, what=name, every=0.06)
        except AssertionError:
            raise AssertionError(
                f"{name} was not heard within {within} s, but {self.names()}"
            ) from None
        self.since = found.ends
        return found

    async def person(self, hz: int, *, within: float = SECONDS) -> Tone:
        """Wait until a person is heard."""
        return await self.piece(f"{hz} Hz", within=within)


@dataclass
class Caller:
    """Somebody who calls the hotline."""

    lead: Desk
    phone: Phone
    number: str
    call: OutgoingCall
    ear: Heard
    dialled_at: float

    async def press(self, keys: str) -> float:
        """Press keys; returns when the last one began, on the event loop's clock."""
        if keys[:-1]:
            await self.call.press(keys[:-1], gap=0.06, seconds=0.08)
        began = asyncio.get_running_loop().time()
        await self.call.press(keys[-1], gap=0.06, seconds=0.08)
        return began

    async def hears(self, *names: str, within: float = SECONDS) -> Tone:
        """Wait until these pieces were heard one after another; returns the last."""
        for name in names:
            heard = await self.ear.piece(name, within=within)
        return heard

    async def choose(self, language: str = "zh") -> None:
        """Choose the language and wait for the main menu."""
        await self.press("1" if language == "zh" else "2")
        await self.hears(f"{language}/main_menu.0")

    async def hang_up(self) -> None:
        """Hang up."""
        await self.call.hang_up()

    async def interaction(self) -> dict[str, Any]:
        """Return this call's interaction, as the desk sees it now."""
        return await self.lead.interaction_from(self.number)

    async def closed(self, *, recorded: bool = False) -> dict[str, Any]:
        """Wait until the call is closed in the records (and its recording stored)."""

        async def is_closed() -> dict[str, Any] | None:
            told = await self.interaction()
            done = told["closed_at"] and (told["recording"] or not recorded)
            return told if done else None

        what = "the call's end in the records"
        told: dict[str, Any] = await until(is_closed, within=15, what=what, every=0.2)
        return told


@dataclass
class Agent:
    """Somebody who takes calls: a phone, and a desk."""

    program: Program
    staff: dict[str, Any]
    phone: Phone
    desk: Desk
    number: str = field(init=False)

    def __post_init__(self) -> None:
        self.number = self.staff["number"]

    async def log_in(self, *, fixed: bool = False) -> Self:
        """Log in: with a phone that registers, or at a ``fixed`` address."""
        if fixed:
            await self.state("logged-in", phone=self.phone.uri)
        else:
            await self.phone.register(f"sip:{self.program.sip}")
            await self.state("logged-in")
        return self

    async def ready(self) -> Self:
        """Be ready for the next call."""
        await self.state("ready")
        return self

    async def state(self, state: str, **more: str) -> dict[str, Any]:
        """Ask for a state."""
        told: dict[str, Any] = await self.desk.post("/agents/me/state", state=state, **more)
        return told

    async def now(self) -> dict[str, Any]:
        """Return the agent's own state."""
        told: dict[str, Any] = await self.desk.get("/agents/me/state")
        return told

    async def becomes(self, state: str, *, within: float = SECONDS) -> dict[str, Any]:
        """Wait for a state."""

        async def is_there() -> dict[str, Any] | None:
            told = await self.now()
            return told if told["state"] == state else None

        told: dict[str, Any] = await until(is_there, within=within, what=f"state {state}")
        return told

    async def rings(self, *, within: float = SECONDS) -> IncomingCall:
        """Wait until the phone rings."""
        return await self.phone.next_call(within=within)

    async def control(self, verb: str, **body: Any) -> None:
        """Ask something of the call that this agent is in: hold, consult, transfer …"""
        interaction = (await self.now())["interaction"]
        assert interaction, "this agent is in no call"
        await self.desk.post(f"/calls/{interaction}/{verb}", **body)


@dataclass
class Stage:
    """Everybody and everything in one test; whoever is left at the end goes home."""

    program: Program
    lead: Desk
    callers: list[Caller] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)

    async def caller(
        self,
        number: str,
        *,
        hz: int = CALLER_HZ,
        within: float = SECONDS,
        headers: Mapping[str, str] | None = None,
    ) -> Caller:
        """Call the hotline and be answered; ``headers``: more of the INVITE."""
        phone = await Phone(user=number, voice=Voice(sound=tone(hz), keep_seconds=90)).open()
        began = asyncio.get_running_loop().time()
        try:
            call = await phone.call(
                self.program.hotline, from_user=number, headers=headers, within=within
            )
        except BaseException:
            await phone.close()
            raise
        caller = Caller(self.lead, phone, number, call, Heard(call), began)
        self.callers.append(caller)
        return caller

    async def agent(
        self,
        staff: dict[str, Any],
        *,
        hz: int = AGENT_HZ,
        policy: Policy = ANSWER,
        fixed: bool = False,
        ready: bool = True,
    ) -> Agent:
        """Bring an agent in, with a phone, logged in and ready."""
        phone = await Phone(
            user=staff["phone_user"],
            password=staff["phone_password"],
            policy=policy,
            voice=Voice(sound=tone(hz), keep_seconds=60),
        ).open()
        agent = Agent(self.program, staff, phone, Desk(self.program, staff["token"]))
        self.agents.append(agent)
        await agent.log_in(fixed=fixed)
        if ready:
            await agent.ready()
        return agent

    async def strike(self) -> None:
        """Hang up everywhere and log everybody out."""
        for caller in self.callers:
            await caller.phone.close()
        for agent in self.agents:
            await agent.phone.close()
        for agent in self.agents:
            with contextlib.suppress(httpx.TransportError):  # the server was hurt on purpose
                await self._log_out(agent)
            await agent.desk.close()
        await self.lead.close()

    async def _log_out(self, agent: Agent) -> None:
        async def is_out() -> bool:
            now = await agent.now()
            if now["state"] != "logged-out":
                await agent.desk.attempt("/agents/me/state", state="logged-out")
            return bool(now["state"] == "logged-out")

        await until(is_out, within=SECONDS, what="the agent to be logged out", every=0.1)


async def talks(stage: Stage, number: str, agent: Agent) -> tuple[Caller, Heard]:
    """Bring a caller and an agent together."""
    caller = await stage.caller(number)
    await caller.hears("greeting")
    await caller.press("0")
    talk = await agent.rings()
    await talk.answered(within=SECONDS)
    ear = Heard(talk)
    await asyncio.gather(caller.ear.person(AGENT_HZ), ear.person(CALLER_HZ))
    return caller, ear


async def only_hears(ear: Heard, *people: int) -> None:
    """See that for a moment exactly these people are heard, and nothing else."""
    await asyncio.sleep(0.3)
    ear.forget()
    await asyncio.sleep(0.5)
    voices = {name for name in ear.names() if name.endswith(" Hz")}
    assert voices == {f"{hz} Hz" for hz in people}, ear.names()


def skilled(
    staff: Sequence[dict[str, Any]], matter: str, language: str = "zh"
) -> list[dict[str, Any]]:
    """Return those of a staff who serve a matter in a language, the lead last."""
    found = [one for one in staff if matter in one["skills"] and language in one["languages"]]
    return sorted(found, key=lambda one: one["role"] == "lead")
