"""Agents at a browser: a real Chromium is the phone, the API is asked as the desk would."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from playwright.async_api import Browser

from tests.journeys.desk import Desk
from tests.journeys.people import SECONDS
from tests.journeys.program import Program, until
from tests.journeys.sounds import MUSIC_HZ
from tests.wire.web_support import WebPhone, web_phone

TAB = "the-tab-of-a-test"
BEAT_SECONDS = 5.0
HEARD = (int(MUSIC_HZ), 300, 400, 460, 520, 570)
"""What a page listens for: music, and everybody who may talk."""


@dataclass
class WebAgent:
    """Somebody who takes calls in a browser."""

    staff: dict[str, Any]
    desk: Desk
    phone: WebPhone
    tab: str = TAB
    beating: "asyncio.Task[None] | None" = field(default=None)

    @property
    def name(self) -> str:
        """The browser's name on the line."""
        return f"web:a{self.staff['number']}"

    async def sits_down(self, *, ready: bool = True) -> Self:
        """Open the softphone, log in with it and be ready."""
        taken = await self.desk.post("/softphone", tab=self.tab)
        assert taken["phone"] == self.name
        self.beating = asyncio.create_task(self._beat())
        await self.desk.post("/agents/me/state", state="logged-in", phone=self.name)
        if ready:
            await self.desk.post("/agents/me/state", state="ready")
        return self

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            with contextlib.suppress(httpx.TransportError):
                await self.desk.attempt("/softphone/heartbeat", tab=self.tab)

    async def offered(self) -> dict[str, Any]:
        """Wait for an offer."""

        found: dict[str, Any] = await until(
            lambda: self.desk.get_if_there("/agents/me/offer"), within=SECONDS, what="an offer"
        )
        return found

    async def rung(self) -> str:
        """Wait until one's leg of a call rings; returns it."""

        async def ringing() -> Any:
            call = await self.desk.get_if_there("/calls/mine")
            return call["my_leg"] if call and call["my_presence"] == "ringing" else None

        leg: str = await until(ringing, within=SECONDS, what="the ringing")
        return leg

    async def picks_up(self, leg: str) -> None:
        """Answer, or join again after a refresh."""
        sdp = await self.phone.offer()
        told = await self.desk.post(f"/softphone/legs/{leg}/answer", tab=self.tab, sdp=sdp)
        await self.phone.page.evaluate("(sdp) => answered(sdp)", told["sdp"])

    async def hears(self, *people: int) -> None:
        """Wait until exactly these are heard."""
        await self.phone.hears(*people, among=HEARD)

    async def becomes(self, state: str, *, within: float = SECONDS) -> dict[str, Any]:
        """Wait for a state."""

        async def there() -> Any:
            told = await self.desk.get("/agents/me/state")
            return told if told["state"] == state else None

        told: dict[str, Any] = await until(there, within=within, what=f"state {state}")
        return told

    async def control(self, verb: str, **body: Any) -> None:
        """Ask something of the call that one is in."""
        call = await self.desk.get("/calls/mine")
        await self.desk.post(f"/calls/{call['interaction']}/{verb}", **body)

    async def goes_home(self) -> None:
        """Hang up, let go of the phone and log out, whatever goes on."""
        if self.beating:
            self.beating.cancel()

        async def out() -> bool:
            call = await self.desk.get_if_there("/calls/mine")
            if call:
                await self.desk.attempt(f"/calls/{call['interaction']}/hangup")
            await self.desk.attempt("/agents/me/state", state="logged-out")
            told = await self.desk.get("/agents/me/state")
            return bool(told["state"] == "logged-out")

        try:
            with contextlib.suppress(httpx.TransportError):
                await self.desk.let_go(self.tab)
                await until(out, within=SECONDS, what="the agent to be logged out", every=0.1)
        finally:
            await self.desk.close()


@asynccontextmanager
async def at_a_browser(
    browser: Browser, program: Program, staff: dict[str, Any], *, hz: int
) -> AsyncIterator[WebAgent]:
    """Bring an agent and a page with the agent's voice."""
    async with web_phone(browser, hz) as phone:
        agent = WebAgent(staff, Desk(program, staff["token"]), phone)
        try:
            yield agent
        finally:
            await agent.goes_home()
