"""Staff who do everything in the page of the desk: their eyes, hands, voices and ears (row A4)."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx
from playwright.async_api import Browser, Locator, Request, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.journeys.browser import DeskPage, desk_page
from tests.journeys.desk import Desk
from tests.journeys.people import AGENT_HZ, SECONDS, Caller, Stage
from tests.journeys.program import Program, until
from tests.journeys.web_agents import HEARD

LATE = 30_000
"""Milliseconds for what should happen at once, on a busy machine."""

_VOICE = """
(() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  let context, hearing;
  const sounds = async () => {
    context ??= new AudioContext();
    await context.resume();
    return context;
  };
  // The microphone is real and may be refused; in its place comes a steady tone.
  navigator.mediaDevices.getUserMedia = async (wishes) => {
    window.microphone = await real(wishes);
    const context = await sounds();
    const [voice, loudness] = [context.createOscillator(), context.createGain()];
    const out = context.createMediaStreamDestination();
    voice.frequency.value = HERTZ;
    loudness.gain.value = 0.3;
    voice.connect(loudness).connect(out);
    voice.start();
    return out.stream;
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      window.connection = this;
      this.addEventListener('track', async ({ track }) => {
        const context = await sounds();
        hearing = context.createAnalyser();
        hearing.fftSize = 8192;
        hearing.smoothingTimeConstant = 0;
        // Kept by name: what nobody holds is collected, and falls silent.
        window.ear = context.createMediaStreamSource(new MediaStream([track]));
        window.ear.connect(hearing);
      });
    }
  };
  window.hears = (tones) => {
    if (!hearing) return [];
    const levels = new Float32Array(hearing.frequencyBinCount);
    hearing.getFloatFrequencyData(levels);
    const bin = context.sampleRate / hearing.fftSize;
    return tones.filter((hertz) => {
      const at = Math.round(hertz / bin);
      return Math.max(...levels.slice(at - 1, at + 2)) > -50;
    });
  };
})()
"""
"""Chromium plays every stream that comes; the analyser gets only the one that began last. So what
comes back after something else was heard is told by its packets alone (``gets_sound``)."""


class Seat:
    """Somebody of the staff in front of the desk."""

    def __init__(self, screen: DeskPage, staff: dict[str, Any], desk: Desk) -> None:
        self.screen = screen
        self.page = screen.page
        self.staff = staff
        self.desk = desk
        self.tabs: set[str] = set()
        self.page.on("request", self._note_tab)

    def _note_tab(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/softphone"):
            self.tabs.add(str((request.post_data_json or {}).get("tab")))

    # ------------------------------------------------------------ coming and going

    async def enter(self, *, address: str = "") -> Self:
        """Be logged in: by the session of an earlier test, else by password and code."""
        kept = _sessions.get((self.screen.program.http, self.staff["number"]))
        if kept:
            await self.page.context.add_cookies(kept)
        await self.screen.open(address)
        banner = self.page.get_by_role("banner")
        await expect(banner.or_(self.page.locator("#number")).first).to_be_visible(timeout=LATE)
        if not await banner.is_visible():
            await self.screen.type_credentials(self.staff)
        await expect(banner).to_be_visible(timeout=LATE)
        cookies: list[Any] = await self.page.context.cookies()
        _sessions[(self.screen.program.http, self.staff["number"])] = cookies
        return self

    async def sit_down(self, *, ready: bool = True) -> Self:
        """Make the page the phone, and be ready for callers."""
        await self.button("用软电话签入").click()
        await self.sees("软电话已接入")
        if ready:
            await self.button("置闲").click()
            await self.is_in("空闲")
        return self

    async def leave(self) -> None:
        """Hang up, let go of the phone and log out, whatever goes on."""

        async def out() -> bool:
            call = await self.desk.get_if_there("/calls/mine")
            if call:
                await self.desk.attempt(f"/calls/{call['interaction']}/hangup")
            await self.desk.attempt("/agents/me/state", state="logged-out")
            return bool((await self.desk.get("/agents/me/state"))["state"] == "logged-out")

        try:
            with contextlib.suppress(httpx.TransportError):
                for tab in self.tabs:
                    await self.desk.let_go(tab)
                if self.tabs:
                    await until(out, within=SECONDS, what="the agent to be out", every=0.1)
        finally:
            await self.desk.close()

    # ------------------------------------------------------------ eyes and hands

    @property
    def navigation(self) -> Locator:
        """The ways to the screens, at the top."""
        return self.page.get_by_role("banner").get_by_role("navigation")

    async def goes_to(self, name: str) -> None:
        """Choose a screen in the navigation, in whichever group it is found."""
        way = self.navigation.get_by_role("link", name=name, exact=True)
        menus = await self.navigation.get_by_role("button").all()
        while not await way.is_visible():
            assert menus, f"the navigation does not lead to {name}"
            await menus.pop(0).click()
        await way.click()

    def button(self, name: str, *, within: Locator | None = None) -> Locator:
        """A button by what is written on it; the key beside the words does not count.

        Nor does a sign before them that it was just pressed.
        """
        words = re.compile(f"^(loading )?{re.escape(name)}")
        return (within or self.page).get_by_role("button", name=words)

    @property
    def phone(self) -> Locator:
        """The bar that is the phone."""
        return self.page.locator(".phone")

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.get_by_role("dialog")

    async def sees(self, words: str) -> None:
        """Wait until the bar of the phone says something."""
        await expect(self.phone).to_contain_text(words, timeout=LATE)

    async def is_in(self, state: str) -> None:
        """Wait until the page says that one is in a state."""
        await expect(self.page.locator("strong.state")).to_have_text(state, timeout=LATE)

    async def answers(self) -> None:
        """Pick up by the button, and see that the talk is on.

        The bar is drawn anew while it rings: a click that meets that moment is made again.
        """
        talk, answer = self.page.locator(".phone.talk"), self.button("接听")
        await expect(answer.or_(talk).first).to_be_visible(timeout=LATE)

        async def picked_up() -> bool:
            if await answer.is_visible():
                with contextlib.suppress(PlaywrightTimeout):
                    await answer.click(timeout=2000)
            return await talk.is_visible()

        await until(picked_up, within=SECONDS * 2, what="the talk to be on", every=0.2)

    async def press(self, *keys: str) -> None:
        """Press keys of the keyboard."""
        for key in keys:
            await self.page.keyboard.press(key)

    # ------------------------------------------------------------ ears

    async def hears(self, *people: int) -> None:
        """Wait until exactly these are heard, three times in a row."""
        times = 0
        heard: set[int] = set()

        async def so() -> bool:
            nonlocal times, heard
            heard = set(await self.page.evaluate("(tones) => hears(tones)", list(HEARD)))
            times = times + 1 if heard == set(people) else 0
            return times == 3

        try:
            await until(so, within=SECONDS * 2, what=f"{people} to be heard", every=0.1)
        except AssertionError:
            raise AssertionError(f"heard is {sorted(heard)}, not {people}") from None

    async def gets_sound(self) -> None:
        """Wait until a second's worth of packets has come."""
        before = await self._packets()

        async def come() -> bool:
            return await self._packets() >= before + 50

        await until(come, within=SECONDS, what="sound to come", every=0.1)

    async def _packets(self) -> int:
        return int(
            await self.page.evaluate(
                "async () => [...(await connection.getStats()).values()]"
                ".find((found) => found.type === 'transport').packetsReceived"
            )
        )


_sessions: dict[tuple[str, str], list[Any]] = {}


@asynccontextmanager
async def at_the_desk(
    browser: Browser,
    program: Program,
    staff: dict[str, Any],
    *,
    hz: int = AGENT_HZ,
    address: str = "",
    origin: str = "",
) -> AsyncIterator[Seat]:
    """Somebody of the staff logs in; ``origin``: where the desk is reached, host and port."""
    async with desk_page(browser, program, origin=origin) as screen:
        await screen.page.add_init_script(_VOICE.replace("HERTZ", str(hz)))
        seat = Seat(screen, staff, Desk(program, staff["token"]))
        try:
            yield await seat.enter(address=address)
        finally:
            await seat.leave()


async def served(
    stage: Stage,
    number: str,
    seat: Seat,
    *,
    hz: int = AGENT_HZ,
    headers: Mapping[str, str] | None = None,
) -> Caller:
    """A caller asks for a person, and the agent picks up in the page; both hear each other."""
    caller = await stage.caller(number, headers=headers)
    await caller.hears("greeting")
    await caller.press("0")
    await seat.answers()
    await asyncio.gather(caller.ear.person(hz, within=SECONDS * 2), seat.hears(300))
    return caller
