"""The application before a pretended line, and an agent whose phone is a browser."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from cardline.app.calls.dispatch import Dispatcher
from cardline.ports.line.events import Heard, Silent
from cardline.routing.model import RoutingPolicy
from tests.actions.pretend_line import CALL, PretendLine
from tests.actions.whole_application import Whole, whole_application

TAB, OTHER_TAB = "tab-first-one", "tab-second-one"
REJOIN_SECONDS = 1
MUSIC = ("common/hold_music",)


def hurried(policy: RoutingPolicy) -> RoutingPolicy:
    return replace(policy, rejoin=timedelta(seconds=REJOIN_SECONDS))


async def until(is_so: Callable[[], Any], what: str, within: float = 15.0) -> Any:
    ends = time.monotonic() + within
    while True:
        found = is_so()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return found
        assert time.monotonic() < ends, f"waited {within} s for {what}"
        await asyncio.sleep(0.02)


@dataclass
class Room:
    """The application, its line, and one agent at a browser."""

    whole: Whole
    line: PretendLine
    agent: httpx.AsyncClient

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.agent.post(f"/api/v1{path}", json=body)

    async def get(self, path: str) -> Any:
        answer = await self.agent.get(f"/api/v1{path}")
        return answer.json() if answer.status_code == 200 else None

    async def sits_down(self) -> None:
        """Open the softphone, log in with it, be ready."""
        assert (await self.post("/softphone", tab=TAB)).status_code == 200
        logged_in = await self.post("/agents/me/state", state="logged-in", phone="web:a7001")
        assert logged_in.status_code == 200, logged_in.text
        assert (await self.post("/agents/me/state", state="ready")).json()["state"] == "ready"

    async def offered(self) -> dict[str, Any]:
        """Let somebody ask for a person; returns the offer that rings."""
        self.line.rings_in()
        await until(lambda: "zh/greeting.0" in self.line.said, "the greeting")
        self.line.press("0")
        offer: dict[str, Any] = await until(lambda: self.get("/agents/me/offer"), "an offer")
        await until(lambda: offer["leg"] in self.line.legs, "the ringing")
        return offer

    async def picks_up(
        self, leg: str, *, tab: str = TAB, sdp: str = "v=0 an offer"
    ) -> httpx.Response:
        return await self.post(f"/softphone/legs/{leg}/answer", tab=tab, sdp=sdp)

    async def talks(self) -> str:
        """Let the agent talk with a caller; returns the leg."""
        await self.sits_down()
        leg: str = (await self.offered())["leg"]
        assert (await self.picks_up(leg)).status_code == 200
        await self.hears_each_other(leg)
        return leg

    async def hears_each_other(self, leg: str) -> None:
        pair = {"caller": (leg,), leg: ("caller",)}
        await until(lambda: self.line.hears == pair, "caller and agent to hear each other")

    async def falls_silent(self, leg: str) -> None:
        self.line.silent.add(leg)
        self.line.tell(Silent(call=CALL, at=time.time(), party=leg))
        await until(lambda: self.line.hears == {}, "the caller to hear nobody")

    async def is_heard(self, leg: str) -> None:
        self.line.silent.discard(leg)
        self.line.tell(Heard(call=CALL, at=time.time(), party=leg))

    async def state(self) -> tuple[str, list[str]]:
        told = await self.get("/agents/me/state")
        return told["state"], [reason["code"] for reason in told["reasons"]]

    async def journal(self) -> list[str]:
        newest = (await self.get("/interactions?limit=1"))[0]
        whole = await self.get(f"/interactions/{newest['id']}")
        return [line["kind"] for line in whole["timeline"]]


@asynccontextmanager
async def serving(
    database_url: str, home: Path, line: PretendLine, **options: Any
) -> AsyncIterator[Room]:
    async with whole_application(database_url, home, line=line, policy=hurried, **options) as whole:
        calls = whole.running.calls
        dispatcher = Dispatcher(whole.running.services, calls, whole.running.parts.database)
        tasks = [asyncio.create_task(calls.run()), asyncio.create_task(dispatcher.run())]
        try:
            await asyncio.wait_for(calls.ready.wait(), 15)
            async with whole.client("agent") as agent:
                yield Room(whole, line, agent)
        finally:
            for task in [*tasks, *calls._tasks]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
